import type { Standing } from '../../../../lambda/_kit/ports/stack-instances';
import { parseEvent } from '../../../../lambda/management/watch-rollout/parse-event';
import { subjectOf } from '../../../../src/contract/management-alerts';
import { HERE, ManagementWorld, numbered, OTHER, SOURCE } from '../../../support/enrollment';
import { operationEvent, rolloutOf } from '../../../support/rollout';

const ROLE_EXISTS =
  'ResourceLogicalId:SnapshotAccessRole, ResourceType:AWS::IAM::Role, ResourceStatusReason:already exists.';
const last = (world: ManagementWorld) => world.stackSet.operations.at(-1)?.id ?? '';

/** A world in which these accounts were enrolled; the deployment of some failed. */
async function rollout(failing: Readonly<Record<string, string>> = {}, count = 1): Promise<ManagementWorld> {
  const world = new ManagementWorld();
  world.organization.set(SOURCE);
  for (let at = 1; at < count; at += 1) world.organization.set(numbered(at));
  for (const [account, reason] of Object.entries(failing)) world.stackSet.failing.set(account as typeof SOURCE, reason);
  await world.sweep();
  return world;
}
test('a current instance is recorded once, with the version of its template', async () => {
  const world = await rollout();
  await world.watch(operationEvent());
  expect(rolloutOf(world)).toMatchObject({ state: 'current', version: 'aaaaaaaaaaaa', failed: [], repairs: 0 });
  const { changes } = world.registry;
  await world.watch();
  await world.watch(operationEvent());
  expect(world.registry.changes).toBe(changes);
  world.stackSet.version = 'bbbbbbbbbbbb';
  await world.watch();
  expect(rolloutOf(world)?.version).toBe('bbbbbbbbbbbb');
  expect(world.alerts).toEqual([]);
});

test('a failure is alerted with CloudFormation’s reason, repaired after an hour, and quarantined at the second', async () => {
  const world = await rollout({ [SOURCE]: ROLE_EXISTS });
  await world.watch(operationEvent(last(world), 'FAILED'));
  expect(world.alerts.at(-1)).toMatchObject({
    subject: `Checkvalve: The tooling could not be deployed: ${SOURCE}`,
    message: expect.stringContaining(`${SOURCE} in eu-central-1: ${ROLE_EXISTS}`),
  });
  expect(world.stackSet.operations).toHaveLength(1);
  await world.watch();
  expect(world.stackSet.operations.at(-1)).toMatchObject({ action: 'UPDATE', accounts: [SOURCE] });
  await world.watch(operationEvent(last(world), 'FAILED'));
  expect(world.alerts.at(-1)).toMatchObject({
    subject: `Checkvalve: An account is quarantined: ${SOURCE}`,
    message: expect.stringContaining('(failed 2 times)'),
  });
  // The stack was never created: the instance is dropped, so that no rollout counts it.
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

test('an account that has an older template is quarantined and keeps its instance', async () => {
  const world = await rollout();
  await world.watch(operationEvent());
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

test('a failed instance of one account hides no state of other accounts, nor they its failure', async () => {
  const world = await rollout({ [numbered(3)]: 'no more roles' }, 60);
  for (const { id } of world.stackSet.operations) await world.watch(operationEvent(id));
  const states = [...world.registry.held.values()].map(({ rollout: of }) => of?.[HERE]?.state);
  expect(states.filter((state) => state === 'current')).toHaveLength(59);
  expect(rolloutOf(world, numbered(3))).toMatchObject({ state: 'failed', reason: 'no more roles' });
});

test.each([
  'Region eu-central-1 is not enabled for account 222200001111',
  'The security token included in the request is invalid',
  'Account 222200001111 has not opted in to the Region eu-central-1',
])('a Region that is not enabled is recorded and alerted as such: %s', async (reason) => {
  const world = await rollout({ [SOURCE]: reason });
  await world.watch(operationEvent());
  expect(rolloutOf(world)).toMatchObject({ state: 'region-not-enabled', reason });
  expect(world.subjects).toEqual([`Checkvalve: A Region is not enabled in an account: ${SOURCE}`]);
  expect(world.stackSet.operations.at(-1)).toMatchObject({ action: 'DELETE', retain: true });
  await world.sweep();
  expect(world.stackSet.operations).toHaveLength(2);
});

test('an account that is not ready yet is repaired without an alert, for a day', async () => {
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

// Case 60.
test('an account that StackSets skipped as suspended is no failure', async () => {
  const world = await rollout();
  await world.watch();
  world.stackSet.put({ account: SOURCE, region: HERE, standing: 'suspended', operation: 'operation-2' });
  await world.watch();
  expect(rolloutOf(world)).toMatchObject({ state: 'suspended', failed: [] });
  expect(world.alerts).toEqual([]);
  expect(world.stackSet.operations).toHaveLength(1);
});

test('an instance that an operation skipped is repaired, at most three times', async () => {
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

test('an inoperable instance is dropped, and the stack that is left behind is alerted once', async () => {
  const world = await rollout();
  await world.watch();
  world.stackSet.put({ account: SOURCE, region: HERE, standing: 'inoperable', reason: 'termination protection' });
  await world.watch();
  await world.watch();
  expect(world.stackSet.operations.at(-1)).toMatchObject({ action: 'DELETE', retain: true });
  expect(world.subjects).toEqual([`Checkvalve: A stack was left behind: ${SOURCE}`]);
});

test('drift is alerted once', async () => {
  const world = await rollout();
  await world.watch();
  world.stackSet.put({ account: SOURCE, region: HERE, standing: 'current', drifted: true });
  await world.watch();
  await world.watch();
  expect(world.subjects).toEqual([`${subjectOf('tooling-drifted')}: ${SOURCE}`]);
});

test('a failed removal is alerted once for each reason, and repeated by the next sweep', async () => {
  const world = await rollout();
  world.organization.set(SOURCE, { tags: {} });
  await world.sweep();
  world.pass(14);
  world.stackSet.failing.set(SOURCE, 'a bucket is not empty');
  await world.sweep();
  world.alerts.length = 0;
  await world.watch(operationEvent(last(world), 'FAILED'));
  await world.watch(operationEvent(last(world), 'FAILED'));
  expect(world.alerts).toMatchObject([
    {
      message: expect.stringContaining('could not be removed from 222200001111 in eu-central-1: a bucket is not empty'),
    },
  ]);
  world.stackSet.failing.clear();
  await world.sweep();
  expect(world.stackSet.enrolled).toEqual([]);
});

test('a long listing continues through the queue, one part per run; a part that fails is retried', async () => {
  const world = await rollout({}, 250);
  await world.watch();
  expect(world.messages).toMatchObject([{ body: { part: 1, from: '100' }, group: 'rollout-main' }]);
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

test('instances of an account that the registry does not have are left as they are', async () => {
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
  ['an operation that ended', operationEvent('op', 'FAILED'), [{ cell: 'main', operation: 'op', run: 'op', part: 0 }]],
  ['an operation that runs', operationEvent('op', 'RUNNING'), []],
  ['an operation that is queued', operationEvent('op', 'QUEUED'), []],
  ['the hourly schedule', { source: 'aws.events', detail: {} }, [{ cell: 'main', run: NOW.toISOString(), part: 0 }]],
  [
    'an event of an unknown shape',
    { detail: { 'stack-set-operation-id': 7 } },
    [{ cell: 'main', run: NOW.toISOString(), part: 0 }],
  ],
  ['no event', null, [{ cell: 'main', run: NOW.toISOString(), part: 0 }]],
])('%s asks for its parts', (_, event, parts) => expect(parseEvent(event, ['main'], NOW)).toEqual(parts));
