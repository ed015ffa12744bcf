import type { Region } from '../../contract/ids';
import { NAMES, RECOVERY_POINT_TAGS, roleNames, TAGS } from '../../contract/names';
import type { PrincipalInput } from '../evaluator/case';
import type { PolicyDocument } from '../evaluator/policy';
import type { Access, AwsCall, SnapshotFacts } from '../implied/access';
import { implied } from '../implied/implied';
import { deliveryToQueue, eventToQueue, impliedByRunning, takingFunctionRole, wakeUpOf } from '../implied/on-behalf';
import { defaultKeyPolicy } from '../key-policies';
import { type Caller, callerOf, STEP_CALLS } from '../step-calls';
import type { TemplateVariant } from '../templates/template';
import { wakersIn } from '../templates/wakers-in';
import type { LandingZone } from './landing-zone';

/** An access without which a step, or what wakes it, does not work. */
export interface Need {
  readonly principal: PrincipalInput;
  /** Whose need it is; undefined when AWS needs it to bring a message or to run a function. */
  readonly caller?: Caller;
  readonly access: Access;
}

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

/** What the calls of a role name, whichever it calls: every field that any of its calls has. */
function inputOf(zone: LandingZone, caller: Caller, region: string): Readonly<Record<string, unknown>> {
  const {
    vault,
    management,
    sources: [source = ''],
    templates,
  } = zone;
  const inSource = caller === 'export-snapshots' || caller === 'vault-door';
  const [snapshot, cluster] = KINDS.map((kind) => named(zone, region, kind));
  if (!snapshot || !cluster) return {};
  const of = (one: typeof snapshot) =>
    inSource
      ? { from: caller === 'vault-door' ? one.exported : one.backup, to: one.exported, held: one.exported }
      : { from: one.exported, to: one.kept, held: one.kept };
  const [instances, clusters] = [of(snapshot), of(cluster)];
  const queue = `https://sqs.${region}.amazonaws.com/${inSource ? source : vault}/${NAMES.wakeups}`;
  return {
    SourceDBSnapshotIdentifier: instances.from,
    TargetDBSnapshotIdentifier: instances.to,
    SourceDBClusterSnapshotIdentifier: clusters.from,
    TargetDBClusterSnapshotIdentifier: clusters.to,
    DBSnapshotIdentifier: instances.held,
    DBClusterSnapshotIdentifier: clusters.held,
    ResourceName: instances.held,
    KmsKeyId: inSource ? keyOf(templates.source, source, region) : keyOf(templates.vault, vault, region),
    Tags: [
      caller === 'vault-door'
        ? { Key: TAGS.takenAt, Value: '2026-01-01T00:00:00Z' }
        : { Key: TAGS.role, Value: inSource ? 'export' : 'vault' },
    ],
    TableName: caller === 'enroll-accounts' || caller === 'registry-door' ? NAMES.registryTable : 'checkvalve-sources',
    TopicArn: `arn:aws:sns:${region}:${source}:${NAMES.copiesTopic}`,
    Protocol: 'sqs',
    Endpoint: `arn:aws:sqs:${region}:${vault}:${NAMES.inbox}`,
    QueueUrl: queue,
    RoleArn:
      caller === 'follow-sources'
        ? `arn:aws:iam::${management}:role/${NAMES.registryDoor}`
        : `arn:aws:iam::${source}:role/${roleNames.vaultDoor(region as Region)}`,
    StackSetName: NAMES.stackSet,
    DeploymentTargets: { OrganizationalUnitIds: ['r-root'] },
    ChildId: source,
    ResourceId: source,
  };
}

/** What the code behind a role calls, with all that implies, on the real resources. */
function neededBy(
  zone: LandingZone,
  { facts }: Samples,
  role: string,
  { account, region }: TemplateVariant['place'],
): readonly Need[] {
  const caller = callerOf(role);
  if (!caller) return [];
  const input = inputOf(zone, caller, region);
  const world = {
    organizationId: zone.organization,
    // Tags of another account's snapshot are no condition keys here.
    snapshot: (arn: string) => {
      const found = facts.get(arn);
      return found && arn.split(':')[4] !== account ? { ...found, tags: new Map<string, string>() } : found;
    },
  };
  return STEP_CALLS[caller].flatMap((name) => {
    const [service = '', operation = ''] = name.split(':');
    const call: AwsCall = { account, region, service, operation, input };
    // Tags are written on snapshots of both kinds by one call.
    const onCluster = { ...call, input: { ...input, ResourceName: input.DBClusterSnapshotIdentifier } };
    const calls = operation === 'AddTagsToResource' ? [call, onCluster] : [call];
    return calls.flatMap((one) => implied(one, world)).map((access) => ({ principal: role, caller, access }));
  });
}

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
    const running = [undefined, ...queues].flatMap((queue) => impliedByRunning(log, queue));
    const events = { service: 'events.amazonaws.com' };
    return [
      { principal: { service: 'lambda.amazonaws.com' }, access: takingFunctionRole(arn, role) },
      ...running.map((access) => ({ principal: role, caller: callerOf(role), access })),
      ...(wakers.get(arn) ?? []).map((rule) => ({ principal: events, access: wakeUpOf(arn, rule) })),
      ...queues.flatMap((queue) =>
        (wakers.get(queue) ?? []).map((rule) => ({ principal: events, access: eventToQueue(rule, queue) })),
      ),
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
  const homes = [
    ...templates.vault,
    ...templates.management,
    ...templates.source.filter(({ place }) => place.account === source),
  ];
  const bell = regions.map((region) => ({
    principal: { service: 'sns.amazonaws.com' },
    access: deliveryToQueue(
      `arn:aws:sns:${region}:${source}:${NAMES.copiesTopic}`,
      `arn:aws:sqs:${region}:${vault}:${NAMES.inbox}`,
    ),
  }));
  const roles = homes.flatMap((template) =>
    [...template.resources.values()].flatMap(({ type, arn }) =>
      type === 'AWS::IAM::Role' && arn !== undefined ? neededBy(zone, samples, arn, template.place) : [],
    ),
  );
  return [...bell, ...roles, ...homes.flatMap(neededToRun)];
}
