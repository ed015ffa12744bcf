import { CloudFormationClient, ListStackInstancesCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { ToolingInstances } from '../../../../lambda/_kit/aws/tooling-instances';
import type { RegionRollout, RegistryEntry } from '../../../../lambda/_kit/ports/registry';
import type { StackInstance } from '../../../../lambda/_kit/ports/stack-instances';
import type { RolloutFacts } from '../../../../lambda/management/watch-rollout/facts';
import { plan } from '../../../../lambda/management/watch-rollout/plan';
import { DAY, HOUR } from '../../../../src/contract/durations';
import { subjectOf } from '../../../../src/contract/management-alerts';
import { HERE, ManagementWorld, numbered, SOURCE } from '../../../support/enrollment';
import { holds } from '../../../support/holds';
import { operationEvent, registryEntry, repairsOf, rolloutOf } from '../../../support/rollout';

const START = new Date('2026-03-01T12:00:00Z');
/** Every detailed status of the API, none, and one that the API does not have.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackInstanceComprehensiveStatus.html */
const DETAILS = [
  'PENDING',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
  'INOPERABLE',
  'SKIPPED_SUSPENDED_ACCOUNT',
  'FAILED_IMPORT',
  'A_NEW_STATUS',
  undefined,
] as const;
type Detail = (typeof DETAILS)[number];

/** An instance that is not up to date, as the adapter returns it. */
async function outdated(DetailedStatus: Detail): Promise<StackInstance> {
  const cloudFormation = mockClient(CloudFormationClient);
  const summary = { Account: SOURCE, Region: HERE, Status: 'OUTDATED' as const, LastOperationId: 'operation-0' };
  const StackInstanceStatus = { DetailedStatus } as object;
  cloudFormation.on(ListStackInstancesCommand).resolves({ Summaries: [{ ...summary, StackInstanceStatus }] });
  const client = new CloudFormationClient({ region: 'us-east-1' });
  const [found] = (await new ToolingInstances(client, 'source-tooling', 'r-ex01').instances()).items;
  if (!found) throw new Error('nothing was read');
  return found;
}

interface Course {
  readonly instance: StackInstance;
  readonly isRollingOut: boolean;
  readonly version?: string;
  readonly hours: number;
}

/** The actions of each hourly run for an instance that never changes: `repair`, `drop`, `alert`, or none. */
function courseOf({ instance, isRollingOut, version, hours }: Course): readonly string[] {
  const at = new Date(START.getTime() - 30 * DAY).toISOString();
  const before: RegionRollout = { state: 'current', at, version, failed: [], repairs: 0 };
  let entry = registryEntry(SOURCE, { since: at, ...(version && { rollout: { [HERE]: before } }) });
  return Array.from({ length: hours }, (_, hour) => {
    const now = new Date(START.getTime() + hour * HOUR);
    const entries = new Map([[SOURCE, entry]]);
    const facts: RolloutFacts = { instances: [instance], entries, version: 'bbbb', mayRepair: true, isRollingOut, now };
    const actions = plan(facts);
    for (const action of actions) if (action.do !== 'alert') entry = action.entries[0] ?? entry;
    return actions
      .map((action) => action.do)
      .filter((one) => one !== 'record')
      .join(' ');
  });
}

/** The first hours in which there is an action, as `hour: actions`. */
const firstActions = (course: readonly string[], count = 5): readonly string[] =>
  course.flatMap((what, hour) => (what ? [`${hour}: ${what}`] : [])).slice(0, count);

const SPENT = ['0: repair', '1: repair', '2: repair', '3: alert', '171: repair'];
const LATER = ['1: repair', '2: repair', '3: repair', '4: alert', '173: repair'];
const A_DAY = ['24: repair', '48: repair', '72: repair', '96: alert', '288: repair'];
const FAILED = ['0: repair alert', '1: repair', '2: repair', '3: alert', '171: repair'];
const INOPERABLE = ['0: drop alert', '1: drop', '2: drop'];

test.each([
  ['PENDING', false, LATER],
  ['PENDING', true, A_DAY],
  ['RUNNING', false, LATER],
  ['RUNNING', true, A_DAY],
  ['A_NEW_STATUS', false, LATER],
  ['A_NEW_STATUS', true, A_DAY],
  ['SUCCEEDED', false, SPENT],
  ['SUCCEEDED', true, A_DAY],
  [undefined, false, SPENT],
  [undefined, true, A_DAY],
  ['CANCELLED', false, SPENT],
  ['CANCELLED', true, A_DAY],
  ['FAILED', false, FAILED],
  ['FAILED', true, FAILED],
  ['FAILED_IMPORT', false, FAILED],
  ['FAILED_IMPORT', true, FAILED],
  ['INOPERABLE', false, INOPERABLE],
  ['INOPERABLE', true, INOPERABLE],
  // One repair a day: enroll-accounts reads once a day whether the account is still suspended.
  ['SKIPPED_SUSPENDED_ACCOUNT', false, ['1: repair', '25: repair', '49: repair', '73: alert', '242: repair']],
  ['SKIPPED_SUSPENDED_ACCOUNT', true, ['1: repair', '25: repair', '49: repair', '73: alert', '242: repair']],
] as const)(
  'an instance that is OUTDATED, %s, with a running operation (%s), is repaired, and alerted when that fails',
  async (detail, isRollingOut, expected) => {
    const instance = await outdated(detail);
    expect(firstActions(courseOf({ instance, isRollingOut, version: 'aaaa', hours: 300 }))).toEqual(expected);
  },
);

test('the table has a row for every detailed status', () => expect(DETAILS).toHaveLength(10));

test('no instance stays OUTDATED without an action: within a day, and then every week', async () => {
  const read = new Map<Detail, StackInstance>();
  for (const detail of DETAILS) read.set(detail, await outdated(detail));
  const course = fc.record({
    detail: fc.constantFrom(...DETAILS.filter((one) => one !== 'INOPERABLE')),
    isRollingOut: fc.boolean(),
    version: fc.constantFrom(undefined, 'aaaa', 'bbbb'),
    operation: fc.constantFrom(undefined, 'operation-0'),
    reason: fc.constantFrom(undefined, 'a role exists', 'stacksets-exec- is not ready', 'a quota is full'),
  });
  holds(
    fc.property(course, ({ detail, isRollingOut, version, operation, reason }) => {
      const { operation: _, ...rest } = read.get(detail) as StackInstance;
      const instance = { ...rest, ...(operation && { operation }), ...(reason && { reason }) };
      const actions = courseOf({ instance, isRollingOut, version, hours: 24 * 24 });
      const hours = actions.flatMap((what, hour) => (what ? [hour] : []));
      expect(hours[0] ?? 1000).toBeLessThanOrEqual(25);
      for (const [at, hour] of [...hours.slice(1), actions.length].entries()) {
        expect(hour - (hours[at] ?? 0)).toBeLessThanOrEqual(8 * 24);
      }
    }),
    { seed: 110, numRuns: 80 },
  );
});

/** A world in which the account is enrolled and its instance is current. */
async function enrolled(): Promise<ManagementWorld> {
  const world = new ManagementWorld();
  world.organization.set(SOURCE);
  await world.sweep();
  await world.watch();
  return world;
}
const nextHour = async (world: ManagementWorld) => {
  world.pass(1 / 24);
  await world.watch();
};

// Case 110.
test('an account that is active again is repaired within a day; one that is still suspended is not', async () => {
  const world = await enrolled();
  world.organization.set(SOURCE, { state: 'SUSPENDED' });
  await world.sweep();
  world.stackSet.put({ account: SOURCE, region: HERE, standing: 'suspended', operation: 'operation-2' });
  for (let at = 0; at < 48; at += 1) await nextHour(world);
  expect(repairsOf(world)).toEqual([]);
  world.organization.set(SOURCE, { state: 'ACTIVE' });
  await world.sweep();
  await nextHour(world);
  expect(repairsOf(world)).toMatchObject([{ accounts: [SOURCE] }]);
  await nextHour(world);
  expect(rolloutOf(world)).toEqual(expect.objectContaining({ state: 'current', repairs: 0 }));
  expect(rolloutOf(world)?.waiting).toBeUndefined();
});

// Case 111.
test('an instance that waits for no operation is repaired; while one runs it waits', async () => {
  const world = await enrolled();
  const pending = { account: SOURCE, region: HERE, standing: 'pending', detail: 'OUTDATED, PENDING' } as const;
  world.stackSet.put(pending);
  world.stackSet.elsewhere.push({ id: 'an upgrade', action: 'UPDATE', ended: false });
  for (let at = 0; at < 5; at += 1) await nextHour(world);
  expect(repairsOf(world)).toEqual([]);
  world.stackSet.elsewhere.splice(0, 1, { id: 'an upgrade', action: 'UPDATE', ended: true });
  await nextHour(world);
  expect(repairsOf(world)).toMatchObject([{ accounts: [SOURCE] }]);
  expect(world.alerts).toEqual([]);
});

// Case 112.
test.each([
  'OperationInProgressException',
  'StaleRequestException',
  'ThrottlingException',
  'AccessDeniedException',
  'LimitExceededException',
  'OperationIdAlreadyExistsException',
  'TimeoutError',
])(
  'a repair that AWS refuses with %s for five hours is no try; the refusal is alerted once a day, and the repair is made when AWS accepts it',
  async (name) => {
    const world = await enrolled();
    world.stackSet.put({ account: SOURCE, region: HERE, standing: 'outdated', detail: 'OUTDATED, CANCELLED' });
    const before = world.registry.held.get(SOURCE);
    world.stackSet.before = (call) => {
      if (call === 'UPDATE') throw Object.assign(new Error('not now'), { name });
    };
    for (let at = 0; at < 5; at += 1) await nextHour(world);
    expect(world.registry.held.get(SOURCE)).toEqual(before);
    expect(world.alerts).toMatchObject([
      {
        subject: subjectOf('stack-set-call-refused'),
        message: expect.stringContaining(
          `AWS refuses UpdateStackInstances on the StackSet since 2026-03-01T13:00:00.000Z: ${name}`,
        ),
      },
    ]);
    expect(world.alerts[0]?.message).toContain(`Accounts that wait for it: ${SOURCE}`);
    for (let at = 0; at < 24; at += 1) await nextHour(world);
    expect(world.alerts).toHaveLength(2);
    world.stackSet.before = () => {};
    await nextHour(world);
    expect(repairsOf(world)).toMatchObject([{ accounts: [SOURCE] }]);
    await nextHour(world);
    expect(rolloutOf(world)).toMatchObject({ state: 'current', repairs: 0 });
  },
);

// Case 112.
test('a drop that AWS refuses quarantines no account; the failure is alerted when AWS accepts the drop', async () => {
  const world = new ManagementWorld();
  world.organization.set(SOURCE);
  world.stackSet.failing.set(SOURCE, 'a role exists');
  await world.sweep();
  await nextHour(world);
  world.alerts.length = 0;
  world.stackSet.before = (call) => {
    if (call === 'DELETE') throw Object.assign(new Error('not now'), { name: 'StaleRequestException' });
  };
  await nextHour(world);
  expect(rolloutOf(world)).toMatchObject({ state: 'failed', repairs: 1 });
  expect(world.alerts).toEqual([]);
  world.stackSet.before = () => {};
  await nextHour(world);
  expect(rolloutOf(world)).toMatchObject({ state: 'quarantined' });
  expect(world.subjects).toEqual([`${subjectOf('account-quarantined')}: ${SOURCE}`]);
});

// Case 112.
test('a creation that AWS refuses for hours is alerted once a day, and made when AWS accepts it', async () => {
  const world = new ManagementWorld();
  world.organization.set(SOURCE);
  let refused = true;
  world.stackSet.before = (call) => {
    if (refused && call === 'CREATE')
      throw Object.assign(new Error('not now'), { name: 'OperationInProgressException' });
  };
  for (let at = 0; at < 10; at += 1) {
    await world.sweep();
    world.pass(1 / 24);
  }
  expect(world.subjects).toEqual([subjectOf('stack-set-call-refused')]);
  refused = false;
  await world.sweep();
  expect(world.stackSet.enrolled).toEqual([SOURCE]);
  expect(rolloutOf(world)).toBeUndefined();
});

test('an account whose entry changes while its repair is planned is left out of the repair until the next run', async () => {
  const world = await enrolled();
  world.organization.set(numbered(1));
  await world.sweep();
  await world.watch();
  for (const account of [SOURCE, numbered(1)]) {
    world.stackSet.put({ account, region: HERE, standing: 'outdated', detail: 'OUTDATED, CANCELLED' });
  }
  const { of } = world.registry;
  let reads = 0;
  world.registry.of = async (accounts) => {
    reads += 1;
    if (reads === 2)
      await world.registry.change({ ...(world.registry.held.get(SOURCE) as RegistryEntry), state: 'leaving' });
    return of.call(world.registry, accounts);
  };
  await nextHour(world);
  expect(repairsOf(world)).toMatchObject([{ accounts: [numbered(1)] }]);
  expect(rolloutOf(world)).toMatchObject({ repairs: 0 });
});

// Case 113.
test('operations that roll nothing out count neither by their results nor as the last operation', async () => {
  const world = await enrolled();
  const { changes } = world.registry;
  for (const id of ['drift-1', 'drift-2']) {
    world.stackSet.elsewhere.push({ id, action: 'DETECT_DRIFT', ended: true });
    world.stackSet.results = async () => ({
      items: [{ account: SOURCE, region: HERE, standing: 'failed', operation: id, reason: 'no credentials' }],
    });
    await world.watch(operationEvent(id, 'FAILED'));
    await nextHour(world);
  }
  expect(world.registry.changes).toBe(changes);
  expect(world.alerts).toEqual([]);
  // A detection of drift after a failed deployment is no second failure.
  world.stackSet.put({ account: SOURCE, region: HERE, standing: 'failed', operation: 'op', reason: 'a role exists' });
  await nextHour(world);
  world.stackSet.put({
    account: SOURCE,
    region: HERE,
    standing: 'failed',
    operation: 'drift-1',
    reason: 'a role exists',
  });
  world.stackSet.before = (call) => {
    if (call === 'UPDATE') throw new Error('not now');
  };
  await nextHour(world);
  expect(rolloutOf(world)).toMatchObject({ state: 'failed', failed: ['op'] });
  expect(world.subjects).toEqual([`${subjectOf('rollout-failed')}: ${SOURCE}`]);
});

test('an operation of an unknown action neither explains an outdated instance nor counts as a failure', async () => {
  const world = await enrolled();
  world.stackSet.put({ account: SOURCE, region: HERE, standing: 'pending', detail: 'OUTDATED, PENDING' });
  world.stackSet.elsewhere.push({ id: 'new', action: 'A_NEW_ACTION', ended: false });
  await nextHour(world);
  await nextHour(world);
  expect(repairsOf(world)).toHaveLength(1);
});
