import type { Region } from '../../contract/ids';
import { NAMES, roleNames, TAGS } from '../../contract/names';
import type { Access, AwsCall } from '../implied/access';
import { implied } from '../implied/implied';
import { type Caller, callerOf, objectOf, STEP_CALLS } from '../step-calls';
import { isObject, type TemplateVariant } from '../templates/template';
import type { LandingZone } from './proved-landing-zone';
import type { Need } from './needs';
import { copyKeyOf, KINDS, named, type Samples, topicKeyOf } from './samples';

/** Where a role stands, and what its function is told: code calls on what its environment names. */
export interface Post {
  readonly role: string;
  readonly caller: Caller;
  readonly place: TemplateVariant['place'];
  readonly told: readonly string[];
}

/** The roles of a template that run code of ours, or are its access roles. */
export function postsIn(template: TemplateVariant): readonly Post[] {
  const resources = [...template.resources.values()];
  return resources.flatMap(({ type, arn: role }): readonly Post[] => {
    const caller = type === 'AWS::IAM::Role' && role !== undefined ? callerOf(role) : undefined;
    if (role === undefined || caller === undefined) return [];
    const told = resources
      .filter((one) => one.type === 'AWS::Lambda::Function' && one.properties.Role === role)
      .flatMap(({ properties: { Environment } }) =>
        isObject(Environment) ? Object.values(Object(Environment.Variables)) : [],
      )
      .filter((value): value is string => typeof value === 'string');
    return [{ role, caller, place: template.place, told }];
  });
}

/** What can stand in a field of a call: what the function is told that is of that kind, or else what access roles are used for. */
function choicesOf(zone: LandingZone, { told, place }: Post): Readonly<Record<string, readonly string[]>> {
  const {
    management,
    sources: [source = ''],
    templates,
  } = zone;
  const region = place.account === management ? (zone.regions[0] ?? '') : place.region;
  const chosen = (isKind: (text: string) => boolean, ...others: readonly string[]) => {
    const found = told.filter(isKind);
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

/** The marks that a role writes on copies that are there already, one at a time. */
const MARKS: Partial<Record<Caller, readonly string[]>> = {
  'snapshot-access': [TAGS.takenAt, TAGS.held],
  'import-copies': [TAGS.failedAt],
};

/** What one call is about, where a role makes it about several things. */
interface Subject {
  readonly kind: (typeof KINDS)[number];
  /** Key of the tag that is written; without one it is the role's mark, as on a copy that is being made. */
  readonly mark?: string;
}

/** The subjects of an operation: tags are written on snapshots of both kinds, and each mark by itself, by one call; every
 * other call is for one kind, or for none. */
const subjectsOf = (caller: Caller, operation: string): readonly Subject[] =>
  operation === 'AddTagsToResource'
    ? KINDS.flatMap((kind) => (MARKS[caller] ?? [undefined]).map((mark) => ({ kind, mark })))
    : [{ kind: 'snapshot' }];

/** What the calls of a role name beside that: every field that any of its calls has. */
function inputOf(
  zone: LandingZone,
  { caller, place }: Post,
  { kind, mark }: Subject,
): Readonly<Record<string, unknown>> {
  const {
    vault,
    sources: [source = ''],
    templates,
  } = zone;
  const region = templates.vault.some((one) => one.place.region === place.region) ? place.region : zone.regions[0];
  const [snapshot, cluster] = KINDS.map((one) => named(zone, region ?? '', one));
  if (!snapshot || !cluster) return {};
  const inSource = place.account === source;
  const inVault = place.account === vault;
  const of = (one: typeof snapshot) => {
    if (inVault) return { from: one.exported, to: one.kept, held: one.kept };
    return { from: caller === 'export-snapshots' ? one.backup : one.exported, to: one.exported, held: one.exported };
  };
  const [instances, clusters] = [of(snapshot), of(cluster)];
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
    Tags: [mark === undefined ? role : { Key: mark, Value: '2026-01-01T00:00:00Z' }],
    Protocol: 'sqs',
    Endpoint: `arn:aws:sqs:${region}:${vault}:${NAMES.inbox}`,
    StackSetName: NAMES.stackSet,
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

/** What the code behind a role calls, with all that implies, on the real resources. */
export function neededBy(zone: LandingZone, { facts }: Samples, post: Post): readonly Need[] {
  const {
    role,
    caller,
    place: { account, region },
  } = post;
  const choices = combined(choicesOf(zone, post));
  const world = {
    organizationId: zone.organization,
    topicKey: (topic: string) => topicKeyOf(zone, topic),
    // Tags of another account's snapshot are no condition keys here.
    snapshot: (arn: string) => {
      const found = facts.get(arn);
      return found && arn.split(':')[4] !== account ? { ...found, tags: new Map<string, string>() } : found;
    },
  };
  return STEP_CALLS[caller].flatMap((name): readonly Need[] => {
    const [service = '', operation = ''] = name.split(':');
    // What AWS does not say must be allowed both ways.
    const worlds = operation.startsWith('Copy')
      ? [false, true].flatMap((requestTagOnSource) =>
          [false, true].map((resourceAccountIsCaller) => ({ ...world, requestTagOnSource, resourceAccountIsCaller })),
        )
      : [world];
    const asked = subjectsOf(caller, operation).flatMap((subject) => worlds.map((seen) => ({ subject, seen })));
    return asked.map(({ subject, seen }) => {
      const ways = choices.map((chosen): readonly Access[] => {
        const input = { ...inputOf(zone, post, subject), ...objectOf(caller, operation), ...chosen };
        return implied({ account, region, service, operation, input } satisfies AwsCall, seen);
      });
      return { principal: role, caller, ways: distinct(ways) };
    });
  });
}

const distinct = <T>(values: readonly T[]): readonly T[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];
