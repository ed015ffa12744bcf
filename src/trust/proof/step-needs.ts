import { cellSuffix } from '../../contract/cells';
import type { Region } from '../../contract/ids';
import { NAMES, roleNames, TAGS } from '../../contract/names';
import { accountPart } from '../arn';
import type { Access, AwsCall } from '../implied/access';
import { impliedAccesses } from '../implied/implied';
import { type CallingRole, callingRoleOf, objectOf, STEP_CALLS } from '../step-calls';
import { isObject, type TemplateVariant } from '../templates/template';
import type { Need } from './need';
import type { ProvedLandingZone } from './proved-landing-zone';
import { copyKeyOf, KINDS, type Samples, snapshotArns, topicKeyOf } from './samples';

/** A role, its place, and the values of its function’s environment: the code calls the resources that they name. */
export interface RolePlacement {
  readonly role: string;
  readonly caller: CallingRole;
  readonly place: TemplateVariant['place'];
  readonly variables: readonly string[];
}

/** The roles of a template that run code of Checkvalve, and its access roles. */
export function placementsIn(template: TemplateVariant): readonly RolePlacement[] {
  const resources = [...template.resources.values()];
  return resources.flatMap(({ type, arn: role }): readonly RolePlacement[] => {
    const caller = type === 'AWS::IAM::Role' && role !== undefined ? callingRoleOf(role) : undefined;
    if (role === undefined || caller === undefined) return [];
    const variables = resources
      .filter((one) => one.type === 'AWS::Lambda::Function' && one.properties.Role === role)
      .flatMap(({ properties: { Environment } }) =>
        isObject(Environment) ? Object.values(Object(Environment.Variables)) : [],
      )
      .filter((value): value is string => typeof value === 'string');
    return [{ role, caller, place: template.place, variables }];
  });
}

/** The values of a field of a call: those of its kind in the environment of the function, or the resources of access roles. */
function choicesOf(
  zone: ProvedLandingZone,
  { variables, place }: RolePlacement,
): Readonly<Record<string, readonly string[]>> {
  const {
    management,
    sources: [source = ''],
    templates,
  } = zone;
  const region = place.account === management ? (zone.regions[0] ?? '') : place.region;
  const chosen = (isKind: (text: string) => boolean, ...others: readonly string[]) => {
    const found = variables.filter(isKind);
    return found.length > 0 ? found : others;
  };
  const names = (type: string) =>
    [...templates.vault, ...templates.management, ...templates.source].flatMap(({ resources }) =>
      [...resources.values()].flatMap((one) => (one.type === type && one.physicalName ? [one.physicalName] : [])),
    );
  const [tables, buckets] = [names('AWS::DynamoDB::Table'), names('AWS::S3::Bucket')];
  const queues = [NAMES.wakeups, NAMES.wakeupsDeadLetters];
  return {
    TableName: chosen(
      (text) => tables.includes(text),
      place.account === management ? NAMES.registryTable : NAMES.exportMemoryTable,
    ),
    Bucket: chosen((text) => buckets.includes(text)),
    TopicArn: chosen((text) => text.startsWith('arn:aws:sns:'), `arn:aws:sns:${region}:${source}:${NAMES.copiesTopic}`),
    QueueUrl: chosen(
      (text) => text.startsWith('https://sqs.'),
      ...queues.map((name) => `https://sqs.${region}.amazonaws.com/${place.account}/${name}`),
    ),
    QueueName: queues,
    RoleArn: chosen(
      (text) => text.includes(':role/'),
      `arn:aws:iam::${source}:role/${roleNames.snapshotAccess(region as Region)}`,
    ),
  };
}

/** The tables of which one call reads several items. */
const TABLES: readonly string[] = [NAMES.registryTable, NAMES.sourcesTable, NAMES.copyIndexTable];

/** The tags that a role writes on existing copies, one at a time. */
const TAGS_ON_EXISTING: Partial<Record<CallingRole, readonly string[]>> = {
  'snapshot-access': [TAGS.importedAt, TAGS.held],
  'import-copies': [TAGS.failedAt],
};

/** The target of one call, where a role calls an operation on several. */
interface CallTarget {
  readonly kind: (typeof KINDS)[number];
  /** Key of the tag that is written. Without one it is the role tag, as on a new copy. */
  readonly tagKey?: string;
}

/** The targets of an operation. One operation writes the tags on snapshots of both kinds; others are for one kind or none. */
const callTargetsOf = (caller: CallingRole, operation: string): readonly CallTarget[] =>
  operation === 'AddTagsToResource'
    ? KINDS.flatMap((kind) => (TAGS_ON_EXISTING[caller] ?? [undefined]).map((tagKey) => ({ kind, tagKey })))
    : [{ kind: 'snapshot' }];

/** The other fields that the calls of a role have. Longer than most: one table of fields. */
function inputOf(
  zone: ProvedLandingZone,
  { caller, place, variables }: RolePlacement,
  { kind, tagKey }: CallTarget,
): Readonly<Record<string, unknown>> {
  const {
    vault,
    sources: [source = ''],
    templates,
  } = zone;
  const region = templates.vault.some((one) => one.place.region === place.region) ? place.region : zone.regions[0];
  const [snapshot, cluster] = KINDS.map((one) => snapshotArns(zone, region ?? '', one));
  if (!snapshot || !cluster) return {};
  const inSource = place.account === source;
  const inVault = place.account === vault;
  const idsOf = (one: typeof snapshot) => {
    if (inVault) return { from: one.exported, to: one.kept, held: one.kept };
    return { from: caller === 'export-snapshots' ? one.backup : one.exported, to: one.exported, held: one.exported };
  };
  const [instances, clusters] = [idsOf(snapshot), idsOf(cluster)];
  const role = { Key: TAGS.role, Value: inSource ? 'export' : 'vault' };
  return {
    SourceDBSnapshotIdentifier: instances.from,
    TargetDBSnapshotIdentifier: instances.to,
    SourceDBClusterSnapshotIdentifier: clusters.from,
    TargetDBClusterSnapshotIdentifier: clusters.to,
    DBSnapshotIdentifier: instances.held,
    DBClusterSnapshotIdentifier: clusters.held,
    ResourceName: kind === 'snapshot' ? instances.held : clusters.held,
    KmsKeyId: copyKeyOf(zone, place.account, place.region),
    KeyId: copyKeyOf(zone, place.account, place.region).split('/')[1],
    Tags: [tagKey === undefined ? role : { Key: tagKey, Value: '2026-01-01T00:00:00Z' }],
    Protocol: 'sqs',
    Endpoint: `arn:aws:sqs:${region}:${vault}:${NAMES.inbox}`,
    RequestItems: Object.fromEntries(TABLES.filter((table) => variables.includes(table)).map((table) => [table, {}])),
    StackSetName: `${NAMES.stackSet}${cellSuffix(zone.cell)}`,
    DeploymentTargets: { OrganizationalUnitIds: ['r-root'] },
    ChildId: source,
    ResourceId: source,
  };
}

/** Every combination of choices. */
const combined = (choices: Readonly<Record<string, readonly string[]>>): readonly Readonly<Record<string, string>>[] =>
  Object.entries(choices).reduce<readonly Readonly<Record<string, string>>[]>(
    (all, [field, values]) =>
      values.length === 0 ? all : values.flatMap((value) => all.map((one) => ({ ...one, [field]: value }))),
    [{}],
  );

/** The accesses that the calls of a role’s code need, on the resources of the templates. */
export function neededBy(zone: ProvedLandingZone, { facts }: Samples, placement: RolePlacement): readonly Need[] {
  const {
    role,
    caller,
    place: { account, region },
  } = placement;
  const choices = combined(choicesOf(zone, placement));
  const callFacts = {
    organizationId: zone.organization,
    topicKey: (topic: string) => topicKeyOf(zone, topic),
    // AWS does not set condition keys for the tags of another account’s snapshot.
    snapshot: (arn: string) => {
      const found = facts.get(arn);
      return found && accountPart(arn) !== account ? { ...found, tags: new Map<string, string>() } : found;
    },
  };
  return STEP_CALLS[caller].flatMap((name): readonly Need[] => {
    const [service = '', operation = ''] = name.split(':');
    // Where AWS does not document the context, both must be allowed.
    const variants = operation.startsWith('Copy')
      ? [false, true].flatMap((requestTagOnSource) =>
          [false, true].map((resourceAccountIsCaller) => ({
            ...callFacts,
            requestTagOnSource,
            resourceAccountIsCaller,
          })),
        )
      : [callFacts];
    const calls = callTargetsOf(caller, operation).flatMap((target) => variants.map((of) => ({ target, of })));
    return calls.map(({ target, of }) => {
      const ways = choices.map((chosen): readonly Access[] => {
        const input = { ...inputOf(zone, placement, target), ...objectOf(caller, operation), ...chosen };
        return impliedAccesses({ account, region, service, operation, input } satisfies AwsCall, of);
      });
      return { principal: role, caller, ways: distinct(ways) };
    });
  });
}

const distinct = <T>(values: readonly T[]): readonly T[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];
