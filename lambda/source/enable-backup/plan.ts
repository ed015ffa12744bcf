import { DATABASE_SERVICES, type DatabaseService } from '../../../src/contract/database-services';
import type { EnableFacts } from './facts';

/** One action of enable-backup. */
export type EnableAction =
  | {
      readonly do: 'opt-in';
      /** The services that are switched on. */
      readonly services: readonly DatabaseService[];
      /** Every service of the Region with its new setting: AWS may switch on a service that the request leaves out. */
      readonly preferences: ReadonlyMap<string, boolean>;
    }
  | { readonly do: 'make-vault'; readonly name: string };

/** State of a service after the plan. `not-offered`: AWS Backup does not offer it in this Region. */
export type OptInState = 'on' | 'off' | 'switched-on' | 'not-offered' | 'unknown';

/** The actions, and the state of each service after them. */
export interface EnablePlan {
  readonly actions: readonly EnableAction[];
  readonly states: ReadonlyMap<DatabaseService, OptInState>;
  /** Why the opt-in cannot be set. In mode `report` there is none. */
  readonly failure?: string;
}

/**
 * Decides which services are switched on: in mode `set`, the database services that are off.
 *
 * The request repeats every service that AWS answered: AWS switches on some services that a request leaves out, and refuses a
 * request that names a service which the Region does not offer.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRegionSettings.html
 */
export function plan({ mode, optIn, copiesVault }: EnableFacts): EnablePlan {
  const vault: readonly EnableAction[] = copiesVault ? [{ do: 'make-vault', name: copiesVault }] : [];
  if (!(optIn instanceof Map)) {
    const { unreadable } = optIn as { readonly unreadable: string };
    const states = new Map(DATABASE_SERVICES.map((service) => [service, 'unknown'] as const));
    return { actions: vault, states, ...(mode === 'set' && { failure: unreadable }) };
  }
  const off = DATABASE_SERVICES.filter((service) => optIn.get(service) === false);
  const switched = mode === 'set' ? off : [];
  const states = new Map(
    DATABASE_SERVICES.map((service): [DatabaseService, OptInState] => {
      if (!optIn.has(service)) return [service, 'not-offered'];
      if (optIn.get(service)) return [service, 'on'];
      return [service, switched.includes(service) ? 'switched-on' : 'off'];
    }),
  );
  if (switched.length === 0) return { actions: vault, states };
  const preferences = new Map<string, boolean>([...optIn, ...switched.map((service) => [service, true] as const)]);
  return { actions: [{ do: 'opt-in', services: switched, preferences }, ...vault], states };
}
