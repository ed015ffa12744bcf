import { CloudFormationClient, ListStackInstancesCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { ToolingInstances } from '../../../lambda/_kit/aws/tooling-instances';
import type { RegionRollout, RegistryEntry } from '../../../lambda/_kit/ports/registry';
import type { StackInstance } from '../../../lambda/_kit/ports/stack-instances';
import { plan, type RolloutFacts } from '../../../lambda/management/watch-rollout/plan';
import { subjectOf } from '../../../src/contract/management-alerts';
import { HERE, ManagementWorld, numbered, SOURCE } from '../../support/enrollment';

const START = new Date('2026-03-01T12:00:00Z');
const HOUR_MS = 3600 * 1000;
/** Every detailed status of the API, none at all, and a word that it does not have.
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
  'A_NEW_WORD',
  undefined,
] as const;
type Detail = (typeof DETAILS)[number];

/** An instance that is not up to date, as the adapter reads it. */
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
  readonly rollingOut: boolean;
  readonly version?: string;
  readonly hours: number;
}

/** What each hourly sweep does about an instance that nothing ever changes: `repair`, `drop`, `tell`, or nothing. */
function courseOf({ instance, rollingOut, version, hours }: Course): readonly string[] {
  const at = new Date(START.getTime() - 30 * 24 * HOUR_MS).toISOString();
  const before: RegionRollout = { state: 'current', at, version, failed: [], repairs: 0 };
  let entry: RegistryEntry = {
    account: SOURCE,
    state: 'enrolled',
    regions: [HERE],
    since: at,
    reason: 'tagged',
    ...(version && { rollout: { [HERE]: before } }),
  };
  return Array.from({ length: hours }, (_, hour) => {
    const now = new Date(START.getTime() + hour * HOUR_MS);
    const entries = new Map([[SOURCE, entry]]);
    const facts: RolloutFacts = { seen: [instance], entries, version: 'bbbb', repairing: true, rollingOut, now };
    const actions = plan(facts);
    for (const action of actions) if (action.do !== 'tell') entry = action.entries[0] ?? entry;
    return actions
      .map((action) => action.do)
      .filter((one) => one !== 'record')
      .join(' ');
  });
}

/** The first hours in which something is done or told, as `hour: what`. */
const begins = (course: readonly string[], count = 5): readonly string[] =>
  course.flatMap((what, hour) => (what ? [`${hour}: ${what}`] : [])).slice(0, count);

const SPENT = ['0: repair', '1: repair', '2: repair', '3: tell', '171: repair'];
const LATER = ['1: repair', '2: repair', '3: repair', '4: tell', '173: repair'];
const A_DAY = ['24: repair', '48: repair', '72: repair', '96: tell', '288: repair'];
const FAILED = ['0: repair tell', '1: repair', '2: repair', '3: tell', '171: repair'];
const INOPERABLE = ['0: drop tell', '1: drop', '2: drop'];

test.each([
  ['PENDING', false, LATER],
  ['PENDING', true, A_DAY],
  ['RUNNING', false, LATER],
  ['RUNNING', true, A_DAY],
  ['A_NEW_WORD', false, LATER],
  ['A_NEW_WORD', true, A_DAY],
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
  // One try a day: it is enroll-accounts that knows whether the account is suspended.
  ['SKIPPED_SUSPENDED_ACCOUNT', false, ['1: repair', '25: repair', '49: repair', '73: tell', '242: repair']],
  ['SKIPPED_SUSPENDED_ACCOUNT', true, ['1: repair', '25: repair', '49: repair', '73: tell', '242: repair']],
] as const)('OUTDATED, %s, an operation runs: %s', async (detail, rollingOut, expected) => {
  const instance = await outdated(detail);
  expect(begins(courseOf({ instance, rollingOut, version: 'aaaa', hours: 300 }))).toEqual(expected);
});

test('the table has a row for every detailed status', () => expect(DETAILS).toHaveLength(10));

test('no instance stays OUTDATED without a sign: within a day, and then every week', async () => {
  const read = new Map<Detail, StackInstance>();
  for (const detail of DETAILS) read.set(detail, await outdated(detail));
  const course = fc.record({
    detail: fc.constantFrom(...DETAILS.filter((one) => one !== 'INOPERABLE')),
    rollingOut: fc.boolean(),
    version: fc.constantFrom(undefined, 'aaaa', 'bbbb'),
    operation: fc.constantFrom(undefined, 'operation-0'),
    reason: fc.constantFrom(undefined, 'a role exists', 'stacksets-exec- is not ready', 'a quota is full'),
  });
  fc.assert(
    fc.property(course, ({ detail, rollingOut, version, operation, reason }) => {
      const { operation: _, ...rest } = read.get(detail) as StackInstance;
      const instance = { ...rest, ...(operation && { operation }), ...(reason && { reason }) };
      const signs = courseOf({ instance, rollingOut, version, hours: 24 * 24 });
      const hours = signs.flatMap((what, hour) => (what ? [hour] : []));
      expect(hours[0] ?? 1000).toBeLessThanOrEqual(25);
      for (const [at, hour] of [...hours.slice(1), signs.length].entries()) {
        expect(hour - (hours[at] ?? 0)).toBeLessThanOrEqual(8 * 24);
      }
    }),
    { seed: 110, numRuns: 80 },
  );
});

/** A world in which the account stands as enrolled and up to date. */
async function enrolled(): Promise<ManagementWorld> {
  const world = new ManagementWorld();
  world.organization.set(SOURCE);
  await world.sweep();
  await world.watch();
  return world;
}
const rolloutOf = (world: ManagementWorld, account = SOURCE) => world.registry.held.get(account)?.rollout?.[HERE];
const updates = ({ stackSet }: ManagementWorld) => stackSet.operations.filter(({ action }) => action === 'UPDATE');
const hour = async (world: ManagementWorld) => {
  world.pass(1 / 24);
  await world.watch();
};

test('case 110: an account that is active again is repaired within a day; one that is still suspended is left', async () => {
  const world = await enrolled();
  world.organization.set(SOURCE, { state: 'SUSPENDED' });
  await world.sweep();
  world.stackSet.put({ account: SOURCE, region: HERE, standing: 'suspended', operation: 'operation-2' });
  for (let at = 0; at < 48; at += 1) await hour(world);
  expect(updates(world)).toEqual([]);
  world.organization.set(SOURCE, { state: 'ACTIVE' });
  await world.sweep();
  await hour(world);
  expect(updates(world)).toMatchObject([{ accounts: [SOURCE] }]);
  await hour(world);
  expect(rolloutOf(world)).toEqual(expect.objectContaining({ state: 'current', repairs: 0 }));
  expect(rolloutOf(world)?.waiting).toBeUndefined();
});

test('case 111: an instance that waits for an operation that is not there is repaired; while one runs it waits', async () => {
  const world = await enrolled();
  const pending = { account: SOURCE, region: HERE, standing: 'pending', detail: 'OUTDATED, PENDING' } as const;
  world.stackSet.put(pending);
  world.stackSet.elsewhere.push({ id: 'an upgrade', action: 'UPDATE', ended: false });
  for (let at = 0; at < 5; at += 1) await hour(world);
  expect(updates(world)).toEqual([]);
  world.stackSet.elsewhere.splice(0, 1, { id: 'an upgrade', action: 'UPDATE', ended: true });
  await hour(world);
  expect(updates(world)).toMatchObject([{ accounts: [SOURCE] }]);
  expect(world.alerts).toEqual([]);
});

test.each([
  'OperationInProgressException',
  'StaleRequestException',
  'ThrottlingException',
  'AccessDeniedException',
  'LimitExceededException',
  'OperationIdAlreadyExistsException',
  'TimeoutError',
])(
  'case 112: five hours of %s are no try; it is told as what it is, once a day, and repaired when it is let in',
  async (name) => {
    const world = await enrolled();
    world.stackSet.put({ account: SOURCE, region: HERE, standing: 'outdated', detail: 'OUTDATED, CANCELLED' });
    const before = world.registry.held.get(SOURCE);
    world.stackSet.before = (call) => {
      if (call === 'UPDATE') throw Object.assign(new Error('not now'), { name });
    };
    for (let at = 0; at < 5; at += 1) await hour(world);
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
    for (let at = 0; at < 24; at += 1) await hour(world);
    expect(world.alerts).toHaveLength(2);
    world.stackSet.before = () => {};
    await hour(world);
    expect(updates(world)).toMatchObject([{ accounts: [SOURCE] }]);
    await hour(world);
    expect(rolloutOf(world)).toMatchObject({ state: 'current', repairs: 0 });
  },
);

test('case 112: a deletion that is refused quarantines nobody; the failure itself is told when it is let in', async () => {
  const world = new ManagementWorld();
  world.organization.set(SOURCE);
  world.stackSet.failing.set(SOURCE, 'a role exists');
  await world.sweep();
  await hour(world);
  world.alerts.length = 0;
  world.stackSet.before = (call) => {
    if (call === 'DELETE') throw Object.assign(new Error('not now'), { name: 'StaleRequestException' });
  };
  await hour(world);
  expect(rolloutOf(world)).toMatchObject({ state: 'failed', repairs: 1 });
  expect(world.alerts).toEqual([]);
  world.stackSet.before = () => {};
  await hour(world);
  expect(rolloutOf(world)).toMatchObject({ state: 'quarantined' });
  expect(world.subjects).toEqual([`${subjectOf('account-quarantined')}: ${SOURCE}`]);
});

test('case 112: a creation that is refused for hours is told once a day, and made when it is let in', async () => {
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

test('an account whose entry changes while its repair is planned is left out of it, and looked at again', async () => {
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
  await hour(world);
  expect(updates(world)).toMatchObject([{ accounts: [numbered(1)] }]);
  expect(rolloutOf(world)).toMatchObject({ repairs: 0 });
});

test('case 113: operations that roll nothing out count for nothing, neither by their results nor as the last operation', async () => {
  const world = await enrolled();
  const { changes } = world.registry;
  for (const id of ['drift-1', 'drift-2']) {
    world.stackSet.elsewhere.push({ id, action: 'DETECT_DRIFT', ended: true });
    world.stackSet.results = async () => ({
      items: [{ account: SOURCE, region: HERE, standing: 'failed', operation: id, reason: 'no credentials' }],
    });
    await world.watch({ detail: { 'stack-set-operation-id': id, 'status-details': { status: 'FAILED' } } });
    await hour(world);
  }
  expect(world.registry.changes).toBe(changes);
  expect(world.alerts).toEqual([]);
  // A deployment that failed once is no second failure because somebody looked for drift since.
  world.stackSet.put({ account: SOURCE, region: HERE, standing: 'failed', operation: 'op', reason: 'a role exists' });
  await hour(world);
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
  await hour(world);
  expect(rolloutOf(world)).toMatchObject({ state: 'failed', failed: ['op'] });
  expect(world.subjects).toEqual([`${subjectOf('rollout-failed')}: ${SOURCE}`]);
});

test('an operation of an action that is new explains nothing and counts for nothing', async () => {
  const world = await enrolled();
  world.stackSet.put({ account: SOURCE, region: HERE, standing: 'pending', detail: 'OUTDATED, PENDING' });
  world.stackSet.elsewhere.push({ id: 'new', action: 'A_NEW_ACTION', ended: false });
  await hour(world);
  await hour(world);
  expect(updates(world)).toHaveLength(1);
});
