import type { Standing } from '../../../lambda/_kit/ports/stack-instances';
import { partFor } from '../../../lambda/management/watch-rollout/watch-rollout';
import { subjectOf } from '../../../src/contract/management-alerts';
import { HERE, ManagementWorld, numbered, OTHER, SOURCE } from '../../support/enrollment';

const ROLE_EXISTS =
  'ResourceLogicalId:SnapshotAccessRole, ResourceType:AWS::IAM::Role, ResourceStatusReason:already exists.';
const ended = (id = 'operation-1', status = 'SUCCEEDED') => ({
  source: 'aws.cloudformation',
  'detail-type': 'CloudFormation StackSet Operation Status Change',
  detail: { 'stack-set-operation-id': id, action: 'CREATE', 'status-details': { status, 'status-reason': '' } },
});
const last = (world: ManagementWorld) => world.stackSet.operations.at(-1)?.id ?? '';

/** A world in which these accounts were enrolled, some of them in vain. */
async function rollout(failing: Readonly<Record<string, string>> = {}, count = 1): Promise<ManagementWorld> {
  const world = new ManagementWorld();
  world.organization.set(SOURCE);
  for (let at = 1; at < count; at += 1) world.organization.set(numbered(at));
  for (const [account, reason] of Object.entries(failing)) world.stackSet.failing.set(account as typeof SOURCE, reason);
  await world.sweep();
  return world;
}
const rolloutOf = (world: ManagementWorld, account = SOURCE) => world.registry.held.get(account)?.rollout?.[HERE];

test('what stands is written down with the version of its template, once', async () => {
  const world = await rollout();
  await world.watch(ended());
  expect(rolloutOf(world)).toMatchObject({ state: 'current', version: 'aaaaaaaaaaaa', failed: [], repairs: 0 });
  const { changes } = world.registry;
  await world.watch();
  await world.watch(ended());
  expect(world.registry.changes).toBe(changes);
  world.stackSet.version = 'bbbbbbbbbbbb';
  await world.watch();
  expect(rolloutOf(world)?.version).toBe('bbbbbbbbbbbb');
  expect(world.alerts).toEqual([]);
});

test('a failure is told with CloudFormation’s reason, tried once more after an hour, and quarantined at the second', async () => {
  const world = await rollout({ [SOURCE]: ROLE_EXISTS });
  await world.watch(ended(last(world), 'FAILED'));
  expect(world.alerts.at(-1)).toMatchObject({
    subject: `${subjectOf('rollout-failed')}: ${SOURCE}`,
    message: expect.stringContaining(`${SOURCE} in eu-central-1: ${ROLE_EXISTS}`),
  });
  expect(world.stackSet.operations).toHaveLength(1);
  await world.watch();
  expect(world.stackSet.operations.at(-1)).toMatchObject({ action: 'UPDATE', accounts: [SOURCE] });
  await world.watch(ended(last(world), 'FAILED'));
  expect(world.alerts.at(-1)).toMatchObject({
    subject: `${subjectOf('account-quarantined')}: ${SOURCE}`,
    message: expect.stringContaining('(failed 2 times)'),
  });
  // It never stood there: the instance is dropped, so that no rollout counts it.
  expect(world.stackSet.operations.at(-1)).toMatchObject({ action: 'DELETE', accounts: [SOURCE], retain: true });
  expect(rolloutOf(world)).toMatchObject({ state: 'quarantined', until: '2026-03-08T12:00:00.000Z' });
  const { length } = world.stackSet.operations;
  for (let day = 0; day < 6; day += 1) {
    world.pass(1);
    await world.sweep();
    await world.watch();
  }
  expect(world.stackSet.operations).toHaveLength(length);
  world.pass(1);
  world.stackSet.failing.clear();
  await world.sweep();
  await world.watch();
  expect(rolloutOf(world)).toMatchObject({ state: 'current', failed: [] });
});

test('an account that works with an older template is quarantined where it stands', async () => {
  const world = await rollout();
  await world.watch(ended());
  world.stackSet.failing.set(SOURCE, ROLE_EXISTS);
  for (let hour = 0; hour < 30; hour += 1) {
    if (hour < 2) await world.stackSet.repair([SOURCE], [HERE]);
    await world.watch();
  }
  expect(rolloutOf(world)).toMatchObject({ state: 'quarantined', version: 'aaaaaaaaaaaa' });
  expect(world.stackSet.operations.map(({ action }) => action)).not.toContain('DELETE');
  expect(world.stackSet.enrolled).toEqual([SOURCE]);
  expect(world.alerts.filter(({ subject }) => subject.includes('quarantined'))).toHaveLength(1);
});

test('failures of some are not hidden by others, and hide none', async () => {
  const world = await rollout({ [numbered(3)]: 'no more roles' }, 60);
  for (const { id } of world.stackSet.operations) await world.watch(ended(id));
  const states = [...world.registry.held.values()].map(({ rollout: of }) => of?.[HERE]?.state);
  expect(states.filter((state) => state === 'current')).toHaveLength(59);
  expect(rolloutOf(world, numbered(3))).toMatchObject({ state: 'failed', reason: 'no more roles' });
});

test.each([
  'Region eu-central-1 is not enabled for account 222200001111',
  'The security token included in the request is invalid',
  'Account 222200001111 has not opted in to the Region eu-central-1',
])('a Region that is not enabled is a verdict: %s', async (reason) => {
  const world = await rollout({ [SOURCE]: reason });
  await world.watch(ended());
  expect(rolloutOf(world)).toMatchObject({ state: 'region not enabled', reason });
  expect(world.subjects).toEqual([`${subjectOf('region-not-enabled')}: ${SOURCE}`]);
  expect(world.stackSet.operations.at(-1)).toMatchObject({ action: 'DELETE', retain: true });
  await world.sweep();
  expect(world.stackSet.operations).toHaveLength(2);
});

test('an account that is not ready yet is tried again without a word, for a day', async () => {
  const world = await rollout({
    [SOURCE]: 'The AWS Access Key Id needs a subscription for the service (OptInRequired)',
  });
  for (let hour = 0; hour < 3; hour += 1) {
    await world.watch();
    world.pass(1 / 24);
  }
  expect(world.alerts).toEqual([]);
  expect(world.stackSet.operations.map(({ action }) => action)).toEqual(['CREATE', 'UPDATE', 'UPDATE', 'UPDATE']);
  world.stackSet.failing.clear();
  await world.watch();
  await world.watch();
  expect(rolloutOf(world)).toMatchObject({ state: 'current', failed: [] });
});

test('case 60: a suspended account is passed over, and no failure', async () => {
  const world = await rollout();
  await world.watch();
  world.stackSet.put({ account: SOURCE, region: HERE, standing: 'suspended', operation: 'operation-2' });
  await world.watch();
  expect(rolloutOf(world)).toMatchObject({ state: 'suspended', failed: [] });
  expect(world.alerts).toEqual([]);
  expect(world.stackSet.operations).toHaveLength(1);
});

test('what was passed over is brought up to date, at most three times', async () => {
  const world = await rollout();
  await world.watch();
  for (let hour = 0; hour < 8; hour += 1) {
    world.stackSet.put({
      account: SOURCE,
      region: HERE,
      standing: 'outdated',
      reason: 'Cancelled since failure tolerance has exceeded',
    });
    await world.watch();
  }
  expect(world.stackSet.operations.filter(({ action }) => action === 'UPDATE')).toHaveLength(3);
  expect(rolloutOf(world)).toMatchObject({ state: 'quarantined', version: 'aaaaaaaaaaaa' });
});

test('an inoperable instance is dropped, and the stack that is left behind is told of once', async () => {
  const world = await rollout();
  await world.watch();
  world.stackSet.put({ account: SOURCE, region: HERE, standing: 'inoperable', reason: 'termination protection' });
  await world.watch();
  await world.watch();
  expect(world.stackSet.operations.at(-1)).toMatchObject({ action: 'DELETE', retain: true });
  expect(world.subjects).toEqual([`${subjectOf('stack-left-behind')}: ${SOURCE}`]);
});

test('drift is told of once', async () => {
  const world = await rollout();
  await world.watch();
  world.stackSet.put({ account: SOURCE, region: HERE, standing: 'current', drifted: true });
  await world.watch();
  await world.watch();
  expect(world.subjects).toEqual([`${subjectOf('tooling-drifted')}: ${SOURCE}`]);
});

test('a removal that failed is told of once for each reason, and tried again by the next sweep', async () => {
  const world = await rollout();
  world.organization.set(SOURCE, { tags: {} });
  await world.sweep();
  world.pass(14);
  world.stackSet.failing.set(SOURCE, 'a bucket is not empty');
  await world.sweep();
  world.alerts.length = 0;
  await world.watch(ended(last(world), 'FAILED'));
  await world.watch(ended(last(world), 'FAILED'));
  expect(world.alerts).toMatchObject([
    {
      message: expect.stringContaining('could not be removed from 222200001111 in eu-central-1: a bucket is not empty'),
    },
  ]);
  world.stackSet.failing.clear();
  await world.sweep();
  expect(world.stackSet.enrolled).toEqual([]);
});

test('a long listing goes on through the queue, a part a run; one that fails comes back later', async () => {
  const world = await rollout({}, 250);
  await world.watch();
  expect(world.messages).toMatchObject([{ body: { part: 1, from: '100' }, group: 'rollout' }]);
  world.stackSet.before = () => {
    throw new Error('Throttling');
  };
  await world.work();
  expect(world.waited).toEqual([30]);
  world.stackSet.before = () => {};
  while (await world.work());
  expect([...world.registry.held.values()].filter(({ rollout: of }) => of?.[HERE]?.state === 'current')).toHaveLength(
    250,
  );
});

test('instances of an account that the registry does not have are nobody’s business here', async () => {
  const world = await rollout();
  const standings: readonly Standing[] = ['current', 'failed', 'inoperable', 'outdated', 'running', 'suspended'];
  for (const standing of standings) {
    world.stackSet.put({ account: OTHER, region: HERE, standing });
    await world.watch();
  }
  expect(world.stackSet.operations).toHaveLength(1);
  expect(world.registry.held.has(OTHER)).toBe(false);
});

const NOW = new Date('2026-03-01T12:00:00Z');
test.each([
  ['an operation that ended', ended('op', 'FAILED'), { operation: 'op', run: 'op', part: 0 }],
  ['one that runs', ended('op', 'RUNNING'), undefined],
  ['one that waits', ended('op', 'QUEUED'), undefined],
  ['the hourly wake-up', { source: 'aws.events', detail: {} }, { run: NOW.toISOString(), part: 0 }],
  ['a shape nobody knows', { detail: { 'stack-set-operation-id': 7 } }, { run: NOW.toISOString(), part: 0 }],
  ['nothing', null, { run: NOW.toISOString(), part: 0 }],
])('%s asks for what is worth a look', (_, event, part) => expect(partFor(event, NOW)).toEqual(part));
