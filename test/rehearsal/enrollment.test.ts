import { CloudFormationClient, ListStackInstancesCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CloseAccountCommand,
  OrganizationsClient,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-organizations';
import { config } from '../../src/checkvalve.config';
import { subjectOf } from '../../src/contract/management-alerts';
import { NAMES, TAGS } from '../../src/contract/names';
import { snapshotsOf, stackKeys, stacksOf } from '../../src/rehearsal/checks/evidence';
import { followedBy } from '../../src/rehearsal/checks/evidence-sources';
import { LandingZone } from '../../src/rehearsal/host/landing-zone';
import { EXAMPLE } from '../../src/rehearsal/world';
import { MANAGEMENT, REGION, START } from '../src/emulator/emulator-world';
import { emulatorOfWorker } from '../support/worker';

const DAY = 24 * 3600;
const ROLLOUT = 900;
const { first, second, missingTag, suspended } = EXAMPLE;
const ROLE_EXISTS =
  'ResourceLogicalId:SnapshotAccessRole, ResourceType:AWS::IAM::Role, ResourceStatusReason:already exists.';

/** A landing zone in which the two production accounts are enrolled. */
async function enrolled(failing: Readonly<Record<string, string>> = {}) {
  const zone = await LandingZone.start(config, () => {}, { now: START, emulator: await emulatorOfWorker() });
  await zone.deploy();
  await zone.emulator.setStackSets({ failAccounts: failing });
  await zone.fire('enroll-accounts');
  await zone.pass(ROLLOUT);
  const settings = zone.emulator.client(MANAGEMENT, 'us-east-1');
  return {
    zone,
    organizations: new OrganizationsClient(settings),
    /** What the registry says of an account. */
    entry: async (account: string) => {
      const get = new GetItemCommand({ TableName: NAMES.registryTable, Key: { account: { S: account } } });
      const { Item } = await new DynamoDBClient(settings).send(get);
      const rollout = JSON.parse(Item?.rollout?.S ?? '{}') as Readonly<Record<string, { readonly state: string }>>;
      return { state: Item?.state?.S, rollout: rollout[REGION]?.state };
    },
    /** The accounts that have an instance, and its status. */
    instances: async () => {
      const list = new ListStackInstancesCommand({ StackSetName: NAMES.stackSet });
      const { Summaries = [] } = await new CloudFormationClient(settings).send(list);
      return Object.fromEntries(Summaries.map(({ Account = '', Status }) => [Account, Status]));
    },
    /** Subjects of the alerts, the newest last. */
    subjects: async () => {
      const all = await zone.emulator.notifications();
      return all.filter(({ topicArn }) => topicArn.endsWith(':checkvalve-alerts')).map(({ subject }) => subject);
    },
    asked: (role: string) =>
      new Set(
        zone.authorizer.asked
          .filter(({ principal }) => typeof principal === 'string' && principal.endsWith(`/checkvalve-${role}`))
          .map(({ access }) => access.action),
      ),
  };
}

const tag = (account: string, value = 'production') =>
  new TagResourceCommand({ ResourceId: account, Tags: [{ Key: 'environment', Value: value }] });
const untag = (account: string) => new UntagResourceCommand({ ResourceId: account, TagKeys: ['environment'] });

/** Lets AWS Backup take its turn in an account, and the tooling export what it made; resolves to the export copies. */
async function exported(zone: LandingZone, account: string) {
  await zone.emulator.runBackup({ account, region: REGION, durationSeconds: 600 });
  await zone.pass(1200);
  await zone.fire('export-snapshots');
  await zone.pass(1200);
  const all = await snapshotsOf(zone.emulator, account, REGION);
  return all.filter(({ tags }) => tags.get(TAGS.role) === 'export');
}

test('retained resources stay, and a new enrollment uses them: enroll, back up, withdraw after the grace, enroll again, export', async () => {
  const { zone, organizations, entry, instances, subjects, asked } = await enrolled();
  const { emulator } = zone;
  try {
    await zone.fire('follow-sources');
    expect(await followedBy(emulator, zone.world)).toEqual([first, second]);
    const [oldCopy] = await exported(zone, first);
    const [oldKey] = await stackKeys(emulator, first, REGION);
    expect(oldCopy?.kmsKeyArn).toBe(oldKey);

    await organizations.send(untag(first));
    await zone.pass(60);
    expect(await entry(first)).toMatchObject({ state: 'leaving' });
    expect(await subjects()).toEqual([`${subjectOf('account-leaving')}: ${first}`]);
    await zone.pass(13 * DAY);
    await zone.fire('enroll-accounts');
    expect(await instances()).toEqual({ [first]: 'CURRENT', [second]: 'CURRENT' });
    await zone.pass(DAY);
    await zone.fire('enroll-accounts');
    await zone.pass(ROLLOUT);
    expect(await instances()).toEqual({ [second]: 'CURRENT' });
    expect(await stacksOf(emulator, first, REGION)).toEqual([]);
    expect(await entry(first)).toEqual({ state: 'left', rollout: undefined });
    await zone.fire('follow-sources');
    // The vault follows it for one more day, and operators are alerted in that time.
    expect(await followedBy(emulator, zone.world)).toEqual([first, second]);
    await zone.pass(DAY);
    await zone.fire('follow-sources');
    expect(await followedBy(emulator, zone.world)).toEqual([second]);

    await organizations.send(tag(first));
    await zone.pass(ROLLOUT);
    expect(await entry(first)).toEqual({ state: 'enrolled', rollout: 'current' });
    await zone.fire('follow-sources');
    expect(await followedBy(emulator, zone.world)).toEqual([first, second]);
    const copies = await exported(zone, first);
    const [newKey] = await stackKeys(emulator, first, REGION);
    expect(newKey).not.toBe(oldKey);
    expect(copies.map(({ kmsKeyArn }) => kmsKeyArn)).toEqual(expect.arrayContaining([oldKey, newKey]));
    expect(await subjects()).toHaveLength(2);
    expect(asked('enroll-accounts')).toContain('cloudformation:DeleteStackInstances');
    expect(asked('enroll-accounts')).toContain('kms:GenerateDataKey');
    expect(await emulator.problems()).toEqual([]);
  } finally {
    await zone.stop();
  }
}, 180_000);

test('an account whose stack fails twice is quarantined, a busy StackSet is retried, and a misspelled tag is alerted', async () => {
  const { zone, organizations, entry, instances, subjects, asked } = await enrolled({ [first]: ROLE_EXISTS });
  const { emulator } = zone;
  try {
    expect(await entry(first)).toEqual({ state: 'enrolled', rollout: 'failed' });
    expect(await entry(second)).toEqual({ state: 'enrolled', rollout: 'current' });
    await zone.pass(3600);
    await zone.fire('watch-rollout');
    await zone.pass(ROLLOUT);
    expect(await entry(first)).toEqual({ state: 'enrolled', rollout: 'quarantined' });
    expect(await instances()).toEqual({ [second]: 'CURRENT' });
    expect(await subjects()).toEqual([
      `${subjectOf('rollout-failed')}: ${first}`,
      `${subjectOf('account-quarantined')}: ${first}`,
    ]);
    await zone.fire('enroll-accounts');
    expect(await instances()).toEqual({ [second]: 'CURRENT' });
    await emulator.setStackSets({ failAccounts: {} });
    await zone.pass(7 * DAY);
    await zone.fire('enroll-accounts');
    await zone.pass(ROLLOUT);
    expect(await entry(first)).toEqual({ state: 'enrolled', rollout: 'current' });

    await organizations.send(tag(missingTag, 'Production'));
    await zone.pass(60);
    expect((await subjects()).at(-1)).toBe(`${subjectOf('tag-near-miss')}: ${missingTag}`);
    await emulator.plantFaults([
      { action: 'CreateStackInstances', code: 'OperationInProgressException', status: 409, times: 3 },
    ]);
    await organizations.send(tag(missingTag));
    await zone.pass(ROLLOUT);
    expect(await instances()).toEqual({ [first]: 'CURRENT', [second]: 'CURRENT', [missingTag]: 'CURRENT' });

    await organizations.send(new CloseAccountCommand({ AccountId: second }));
    await zone.pass(600);
    expect((await subjects()).at(-1)).toBe(`${subjectOf('account-leaving')}: ${second}`);
    await zone.pass(14 * DAY);
    await zone.fire('enroll-accounts');
    await zone.pass(ROLLOUT);
    expect(Object.keys(await instances()).sort()).toEqual([first, missingTag].sort());
    expect(await stacksOf(emulator, second, REGION)).toHaveLength(1);
    expect(await stacksOf(emulator, suspended, REGION)).toEqual([]);
    expect(asked('enroll-accounts')).toContain('sqs:ChangeMessageVisibility');
    for (const action of [
      'cloudformation:UpdateStackInstances',
      'cloudformation:DeleteStackInstances',
      'sns:Publish',
    ]) {
      expect(asked('watch-rollout')).toContain(action);
    }
    expect(await emulator.problems()).toEqual([]);
  } finally {
    await zone.stop();
  }
}, 180_000);
