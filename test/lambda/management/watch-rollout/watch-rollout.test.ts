import { partFor, watchRollout } from '../../../../lambda/management/watch-rollout/watch-rollout';
import { HERE, ManagementWorld, OTHER, SOURCE } from '../../../support/enrollment';

const NOW = new Date('2026-03-01T12:00:00Z');

/** A run on this world, with what it logged. */
async function watched(world: ManagementWorld, event: unknown) {
  const logged: [string, object | undefined][] = [];
  const { stackSet: rollout, registry, queue, topic: alerts } = world;
  const done = watchRollout(event, { rollout, registry, queue, alerts }, NOW, (name, detail) => {
    logged.push([name, detail]);
  });
  return { done: await done.catch((error: Error) => error.message), logged };
}
const ended = (detail: object, status = 'SUCCEEDED') => ({ detail: { ...detail, 'status-details': { status } } });
const ALL = { run: NOW.toISOString(), part: 0 };
const OP = { operation: 'op', run: 'op', part: 0 };

test.each<[object, object | undefined]>([
  [ended({ 'stack-set-operation-id': 'op' }), OP],
  [ended({ stackSetOperationId: 'op' }), OP],
  [ended({ 'operation-id-of-another': 'op' }), ALL],
  [ended({ 'stack-set-operation-id': 'op' }, 'FAILED'), OP],
  [ended({ 'stack-set-operation-id': 'op' }, 'STOPPED'), OP],
  [ended({ 'stack-set-operation-id': 'op' }, 'STOPPING'), undefined],
  [ended({ 'stack-set-operation-id': 'op' }, ''), undefined],
  [{ detail: { 'stack-set-operation-id': 'op' } }, undefined],
  [{ detail: null }, ALL],
])('%j asks for %j', (event, part) => expect(partFor(event, NOW)).toEqual(part));

test('an operation that runs is not looked at', async () => {
  const event = ended({ 'stack-set-operation-id': 'op' }, 'RUNNING');
  expect(await watched(new ManagementWorld(), event)).toEqual({ done: { batchItemFailures: [] }, logged: [] });
});

test('a run logs what it saw, and leaves the next part to the queue under a name that SQS takes', async () => {
  const world = new ManagementWorld();
  world.stackSet.pageSize = 1;
  world.stackSet.put({ account: SOURCE, region: HERE, standing: 'current' });
  world.stackSet.put({ account: OTHER, region: HERE, standing: 'current' });
  const { done, logged } = await watched(world, {});
  expect(done).toEqual({ batchItemFailures: [] });
  expect(logged).toEqual([['rollout.seen', { run: NOW.toISOString(), part: 0, instances: 1, actions: 0 }]]);
  expect(world.messages).toEqual([
    {
      body: { run: NOW.toISOString(), part: 1, from: '1' },
      group: 'rollout',
      once: '2026-03-01T120000000Z-1',
      received: 0,
    },
  ]);
});

test('an action that fails counts as an error of this step', async () => {
  const world = new ManagementWorld();
  world.organization.set(SOURCE);
  await world.sweep();
  world.registry.before = () => {
    throw new Error('no table');
  };
  expect((await watched(world, {})).done).toBe('1 of 1 action(s) of watch-rollout failed: Error: no table');
});

test('each removal that failed is told of once, whatever other removals failed', async () => {
  const world = new ManagementWorld();
  const operation = { id: 'op', action: 'DELETE', accounts: [SOURCE, OTHER], regions: [HERE] };
  const failed = { region: HERE, standing: 'failed' } as const;
  const results = [
    { ...failed, account: SOURCE },
    { ...failed, account: OTHER, reason: 'a bucket is not empty' },
  ];
  world.stackSet.operations.push({ ...operation, results });
  const event = ended({ 'stack-set-operation-id': 'op' }, 'FAILED');
  await watched(world, event);
  const lines = () => world.alerts.map(({ message }) => message.split('\n')[0]);
  expect(lines()).toEqual([
    `The tooling could not be removed from ${SOURCE} in eu-central-1: no reason given`,
    `The tooling could not be removed from ${OTHER} in eu-central-1: a bucket is not empty`,
  ]);
  await watched(world, event);
  expect(lines()).toHaveLength(2);
});
