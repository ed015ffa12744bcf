import type { Region } from '../../contract/ids';
import { NAMES, RECOVERY_POINT_TAGS, roleNames, TAGS } from '../../contract/names';
import type { PrincipalInput } from '../evaluator/case';
import type { PolicyDocument } from '../evaluator/policy';
import type { Access, AwsCall, SnapshotFacts } from '../implied/access';
import { implied } from '../implied/implied';
import { deliveryToQueue, eventToQueue, impliedByRunning, takingFunctionRole, wakeUpOf } from '../implied/on-behalf';
import { defaultKeyPolicy } from '../key-policies';
import { type Caller, callerOf, STEP_CALLS } from '../step-calls';
import { isObject, type TemplateVariant } from '../templates/template';
import { wakersIn } from '../templates/wakers-in';
import type { LandingZone } from './landing-zone';

/** Something without which a step, or what wakes it, does not work. */
export interface Need {
  readonly principal: PrincipalInput;
  /** Whose need it is; undefined when AWS needs it to bring a message or to run a function. */
  readonly caller?: Caller;
  /** What must be allowed together; of several ways one must be allowed. */
  readonly ways: readonly (readonly Access[])[];
}

const need = (principal: PrincipalInput, access: Access, caller?: Caller): Need => ({
  ...{ principal, ways: [[access]], ...(caller && { caller }) },
});

/** Snapshots that stand for all, by what they are: each kind once. */
export interface Samples {
  readonly snapshots: readonly string[];
  readonly facts: ReadonlyMap<string, SnapshotFacts>;
  /** Policies of keys that no template made. */
  readonly elsewhere: (arn: string) => PolicyDocument | null;
}

const KINDS = ['snapshot', 'cluster-snapshot'] as const;
const END = 'orders-0011223344556677';
const TEAM_KEY = 'key/00000000-0000-4000-8000-0000000000aa';

/** Names of snapshots of a Region: what AWS Backup made, the export copy, the vault copy, and one that is not ours. */
const named = ({ vault, sources: [source = ''] }: LandingZone, region: string, kind: string) => ({
  backup: `arn:aws:rds:${region}:${source}:${kind}:awsbackup:job-00000000-0000-4000-8000-000000000001`,
  exported: `arn:aws:rds:${region}:${source}:${kind}:checkvalve-${END}`,
  kept: `arn:aws:rds:${region}:${vault}:${kind}:checkvalve-${source}-${END}`,
  foreign: `arn:aws:rds:${region}:${vault}:${kind}:final-orders`,
});

const keyOf = (templates: readonly TemplateVariant[], account: string, region: string): string => {
  const here = templates.filter(({ place }) => place.account === account && place.region === region);
  const keys = here.flatMap(({ resources }) => [...resources.values()].filter(({ type }) => type === 'AWS::KMS::Key'));
  return keys[0]?.arn ?? `arn:aws:kms:${region}:${account}:key/none`;
};

/** One snapshot of each kind in each Region, and what the steps find when they look at them. */
export function samplesOf(zone: LandingZone): Samples {
  const { vault, sources, templates, regions } = zone;
  const [source = ''] = sources;
  const facts = new Map<string, SnapshotFacts>();
  for (const region of regions) {
    const [exportKey, importKey] = [keyOf(templates.source, source, region), keyOf(templates.vault, vault, region)];
    for (const kind of KINDS) {
      const { backup, exported, kept, foreign } = named(zone, region, kind);
      const tag = new Map([[RECOVERY_POINT_TAGS.exportKey, exportKey.split('/')[1] ?? '']]);
      facts.set(backup, { tags: tag, keyArn: `arn:aws:kms:${region}:${source}:${TEAM_KEY}` });
      facts.set(exported, { tags: new Map([[TAGS.role, 'export']]), keyArn: exportKey });
      facts.set(kept, { tags: new Map([[TAGS.role, 'vault']]), keyArn: importKey });
      facts.set(foreign, { tags: new Map(), keyArn: importKey });
    }
  }
  const elsewhere = (arn: string) => (arn.endsWith(TEAM_KEY) ? defaultKeyPolicy(arn.split(':')[4] ?? '') : null);
  return { snapshots: [...facts.keys()], facts, elsewhere };
}

/** Where a role stands, and what its function is told: code calls on what its environment names. */
interface Post {
  readonly role: string;
  readonly caller: Caller;
  readonly place: TemplateVariant['place'];
  readonly told: readonly string[];
}

function postsIn(template: TemplateVariant): readonly Post[] {
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

/** What can stand in a field of a call: what the function is told that looks like it, or else what doors are used for. */
function choicesOf(zone: LandingZone, { told, place, caller }: Post): Readonly<Record<string, readonly string[]>> {
  const {
    management,
    sources: [source = ''],
  } = zone;
  const region = place.account === management ? (zone.regions[0] ?? '') : place.region;
  const like = (shape: RegExp, ...others: readonly string[]) => {
    const found = told.filter((text) => shape.test(text));
    return found.length > 0 ? found : others;
  };
  const tables = caller === 'registry-door' ? [NAMES.registryTable] : like(/^[a-z-]+$/);
  return {
    TableName: tables,
    TopicArn: like(/^arn:aws:sns:/, `arn:aws:sns:${region}:${source}:${NAMES.copiesTopic}`),
    QueueUrl: like(/^https:\/\/sqs\./, `https://sqs.${region}.amazonaws.com/${place.account}/${NAMES.wakeups}`),
    RoleArn: like(/:role\//, `arn:aws:iam::${source}:role/${roleNames.vaultDoor(region as Region)}`),
  };
}

/** What the calls of a role name beside that: every field that any of its calls has. `kind` is of the snapshot meant. */
function inputOf(
  zone: LandingZone,
  { caller, place }: Post,
  kind: (typeof KINDS)[number],
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
    KmsKeyId: inSource ? keyOf(templates.source, source, place.region) : keyOf(templates.vault, vault, place.region),
    Tags: [caller === 'vault-door' ? { Key: TAGS.takenAt, Value: '2026-01-01T00:00:00Z' } : role],
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
function neededBy(zone: LandingZone, { facts }: Samples, post: Post): readonly Need[] {
  const {
    role,
    caller,
    place: { account, region },
  } = post;
  const choices = combined(choicesOf(zone, post));
  const world = {
    organizationId: zone.organization,
    // Tags of another account's snapshot are no condition keys here.
    snapshot: (arn: string) => {
      const found = facts.get(arn);
      return found && arn.split(':')[4] !== account ? { ...found, tags: new Map<string, string>() } : found;
    },
  };
  return STEP_CALLS[caller].flatMap((name): readonly Need[] => {
    const [service = '', operation = ''] = name.split(':');
    // Tags are written on snapshots of both kinds by one call; every other call is for one kind, or for none.
    return (operation === 'AddTagsToResource' ? KINDS : (['snapshot'] as const)).map((kind) => {
      const ways = choices.map((chosen): readonly Access[] => {
        const input = { ...inputOf(zone, post, kind), ...chosen };
        return implied({ account, region, service, operation, input } satisfies AwsCall, world);
      });
      return { principal: role, caller, ways: distinct(ways) };
    });
  });
}

const distinct = <T>(values: readonly T[]): readonly T[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];

/** What AWS needs for each function of a template: to take its role, to write its log, to read its queue, to be woken. */
function neededToRun(template: TemplateVariant): readonly Need[] {
  const resources = [...template.resources.values()];
  const wakers = wakersIn([template]);
  const { account, region } = template.place;
  return resources.flatMap(({ type, arn, ref, properties }): Need[] => {
    if (type !== 'AWS::Lambda::Function' || arn === undefined) return [];
    const role = String(properties.Role);
    const feeds = resources.filter(
      (one) =>
        one.type === 'AWS::Lambda::EventSourceMapping' && [arn, ref].includes(String(one.properties.FunctionName)),
    );
    const queues = feeds.map((one) => String(one.properties.EventSourceArn));
    const log = `arn:aws:logs:${region}:${account}:log-group:/aws/lambda/${ref}:*`;
    const running =
      queues.length === 0 ? impliedByRunning(log) : queues.flatMap((queue) => impliedByRunning(log, queue));
    const events = { service: 'events.amazonaws.com' };
    return [
      need({ service: 'lambda.amazonaws.com' }, takingFunctionRole(arn, role)),
      ...running.map((access) => need(role, access, callerOf(role))),
      ...(wakers.get(arn) ?? []).map((rule) => need(events, wakeUpOf(arn, rule))),
      ...queues.flatMap((queue) => (wakers.get(queue) ?? []).map((rule) => need(events, eventToQueue(rule, queue)))),
    ];
  });
}

/**
 * Everything that must be allowed for the flow to run: the calls of every step with all they imply, on the real resources,
 * the doors they go through, the bell at the inbox, and what wakes and runs them. For the first source: all are alike.
 */
export function needsOf(zone: LandingZone, samples: Samples): readonly Need[] {
  const {
    vault,
    sources: [source = ''],
    templates,
    regions,
  } = zone;
  const sourceTemplates = templates.source.filter(({ place }) => place.account === source);
  const homes = [...templates.vault, ...templates.management, ...sourceTemplates];
  const sns = { service: 'sns.amazonaws.com' };
  const bell = regions.map((region) => {
    const inbox = `arn:aws:sqs:${region}:${vault}:${NAMES.inbox}`;
    return need(sns, deliveryToQueue(`arn:aws:sns:${region}:${source}:${NAMES.copiesTopic}`, inbox));
  });
  const calls = homes.flatMap(postsIn).flatMap((post) => neededBy(zone, samples, post));
  return [...bell, ...calls, ...homes.flatMap(neededToRun)];
}
