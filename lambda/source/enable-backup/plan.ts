/** AWS Backup's names of the services whose databases cross. */
export const DATABASE_SERVICES = ['RDS', 'Aurora', 'DocumentDB', 'Neptune'] as const;
/** One of them. */
export type DatabaseService = (typeof DATABASE_SERVICES)[number];

/** What enable-backup looks at. */
export interface EnableFacts {
  /** `report`: tell what is found. `set`: opt in to what is off. */
  readonly mode: 'report' | 'set';
  /** Every service that AWS Backup offers in the Region, and whether it is opted in to; or why that cannot be read. */
  readonly optIn: ReadonlyMap<string, boolean> | { readonly unreadable: string };
  /** The backup vault that copies of other Regions' recovery points go into; undefined where none arrive. */
  readonly copiesVault?: string;
}

/** One thing to do. */
export type EnableAction =
  | {
      readonly do: 'opt-in';
      /** What is switched on. */
      readonly services: readonly DatabaseService[];
      /** All services as they are to be, others as they are: a service left out may be switched on by AWS. */
      readonly preferences: ReadonlyMap<string, boolean>;
    }
  | { readonly do: 'make-vault'; readonly name: string };

/** How a service stands. `not offered`: AWS Backup does not know it in this Region. */
export type Standing = 'on' | 'off' | 'switched on' | 'not offered' | 'unknown';

/** What must happen, and how the services stand once it has. */
export interface EnablePlan {
  readonly actions: readonly EnableAction[];
  readonly standing: ReadonlyMap<DatabaseService, Standing>;
  /** Why what is configured cannot be done. What is only to be told never fails. */
  readonly failure?: string;
}

/**
 * Decides what is to be switched on: database services that are off, and only where that is configured.
 *
 * The whole map goes back as it came: AWS switches on some of the services that a request leaves out, and refuses one that
 * names a service which the Region does not offer.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRegionSettings.html
 */
export function plan({ mode, optIn, copiesVault }: EnableFacts): EnablePlan {
  const vault: readonly EnableAction[] = copiesVault ? [{ do: 'make-vault', name: copiesVault }] : [];
  if (!(optIn instanceof Map)) {
    const { unreadable } = optIn as { readonly unreadable: string };
    const standing = new Map(DATABASE_SERVICES.map((service) => [service, 'unknown'] as const));
    return { actions: vault, standing, ...(mode === 'set' && { failure: unreadable }) };
  }
  const off = DATABASE_SERVICES.filter((service) => optIn.get(service) === false);
  const switched = mode === 'set' ? off : [];
  const standing = new Map(
    DATABASE_SERVICES.map((service): [DatabaseService, Standing] => {
      if (!optIn.has(service)) return [service, 'not offered'];
      if (optIn.get(service)) return [service, 'on'];
      return [service, switched.includes(service) ? 'switched on' : 'off'];
    }),
  );
  if (switched.length === 0) return { actions: vault, standing };
  const preferences = new Map<string, boolean>([...optIn, ...switched.map((service) => [service, true] as const)]);
  return { actions: [{ do: 'opt-in', services: switched, preferences }, ...vault], standing };
}
