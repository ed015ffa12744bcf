import { parseEvent } from '../../../../lambda/management/watch-rollout/parse-event';
import { watchRollout } from '../../../../lambda/management/watch-rollout/watch-rollout';
import {
  cellNamed,
  HERE,
  ManagementWorld,
  numbered,
  OTHER,
  OTHER_VAULT,
  SETTINGS,
  SOURCE,
  VAULT,
} from '../../../support/enrollment';

const NOW = new Date('2026-03-01T12:00:00Z');

/** One run in this world, and its log. */
async function run(world: ManagementWorld, event: unknown) {
  const logged: [string, object | undefined][] = [];
  const { stackSet, registry, queue, alertsPort: alerts } = world;
  const rollouts = new Map([['main', stackSet]]);
  const done = watchRollout(event, { rollouts, registry, queue, alerts }, NOW, (name, detail) => {
    logged.push([name, detail]);
  });
  return { done: await done.catch((error: Error) => error.message), logged };
}
const ended = (detail: object, status = 'SUCCEEDED') => ({ detail: { ...detail, 'status-details': { status } } });
const ALL = [{ cell: 'main', run: NOW.toISOString(), part: 0 }];
const OP = [{ cell: 'main', operation: 'op', run: 'op', part: 0 }];

test.each<[object, object]>([
  [ended({ 'stack-set-operation-id': 'op' }), OP],
  [ended({ stackSetOperationId: 'op' }), OP],
  [ended({ 'operation-id-of-another': 'op' }), ALL],
  [ended({ 'stack-set-operation-id': 'op' }, 'FAILED'), OP],
  [ended({ 'stack-set-operation-id': 'op' }, 'STOPPED'), OP],
  [ended({ 'stack-set-operation-id': 'op' }, 'STOPPING'), []],
  [ended({ 'stack-set-operation-id': 'op' }, ''), []],
  [{ detail: { 'stack-set-operation-id': 'op' } }, []],
  [{ detail: null }, ALL],
])('the event %j asks for the parts %j', (event, parts) => expect(parseEvent(event, ['main'], NOW)).toEqual(parts));

describe('with several cells', () => {
  const arn = (stackSet: string) => `arn:aws:cloudformation:us-east-1:444400003333:stackset/${stackSet}:1-2-3`;
  const event = (stackSet: string) => ended({ 'stack-set-operation-id': 'op', 'stack-set-arn': arn(stackSet) });

  test.each([
    ['source-tooling-north', 'north'],
    ['source-tooling-south', 'south'],
  ])('an operation of %s asks for its results in the cell %s', (stackSet, cell) =>
    expect(parseEvent(event(stackSet), ['north', 'south'], NOW)).toEqual([{ ...OP[0], cell }]),
  );

  test('an operation of a StackSet that belongs to no cell asks for nothing', () =>
    expect(parseEvent(event('source-tooling-east'), ['north', 'south'], NOW)).toEqual([]));

  test('the schedule asks for the instances of each', () =>
    expect(parseEvent({ source: 'aws.events' }, ['north', 'south'], NOW)).toEqual([
      { ...ALL[0], cell: 'north' },
      { ...ALL[0], cell: 'south' },
    ]));

  test('each is listed, and only accounts of the cell are changed, and none that moves', async () => {
    const world = new ManagementWorld();
    world.settings = { ...SETTINGS, cells: [cellNamed('north', VAULT), cellNamed('south', OTHER_VAULT)] };
    const entry = { state: 'enrolled', regions: [HERE], since: '2026-01-01T00:00:00Z', reason: 'tagged' } as const;
    const moving = { to: 'south', since: '2026-03-01T00:00:00Z', by: 'operator', reason: 'room' };
    const accounts = [0, 1, 2, 3].map(numbered);
    for (const [at, account] of accounts.entries()) {
      const cell = at === 3 ? 'south' : 'north';
      world.registry.held.set(account, { ...entry, account, cell, ...(at === 2 && { moving }) });
      world.stackSetOf('north').put({ account, region: HERE, standing: 'outdated' });
    }
    world.stackSetOf('south').put({ account: numbered(3), region: HERE, standing: 'outdated' });
    await world.watch();
    while (await world.work());
    const repaired = (cell: string) => world.stackSetOf(cell).operations.map((one) => [one.action, one.accounts]);
    expect(repaired('north')).toEqual([['UPDATE', [numbered(0), numbered(1)]]]);
    expect(repaired('south')).toEqual([['UPDATE', [numbered(3)]]]);
  });
});

test('an operation that runs is not observed', async () => {
  const event = ended({ 'stack-set-operation-id': 'op' }, 'RUNNING');
  expect(await run(new ManagementWorld(), event)).toEqual({ done: { batchItemFailures: [] }, logged: [] });
});

test('a run logs its counts, and sends the next part to the queue with a deduplication id that SQS accepts', async () => {
  const world = new ManagementWorld();
  world.stackSet.pageSize = 1;
  world.stackSet.put({ account: SOURCE, region: HERE, standing: 'current' });
  world.stackSet.put({ account: OTHER, region: HERE, standing: 'current' });
  const { done, logged } = await run(world, {});
  expect(done).toEqual({ batchItemFailures: [] });
  expect(logged).toEqual([['rollout.observed', { run: NOW.toISOString(), part: 0, instances: 1, actions: 0 }]]);
  expect(world.messages).toEqual([
    {
      body: { cell: 'main', run: NOW.toISOString(), part: 1, from: '1' },
      group: 'rollout-main',
      once: '2026-03-01T120000000Z-main-1',
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
  expect((await run(world, {})).done).toBe('1 of 1 action(s) of watch-rollout failed: Error: no table');
});

test('each failed removal is alerted once, also when several removals failed', async () => {
  const world = new ManagementWorld();
  const operation = { id: 'op', action: 'DELETE', accounts: [SOURCE, OTHER], regions: [HERE] };
  const failed = { region: HERE, standing: 'failed' } as const;
  const results = [
    { ...failed, account: SOURCE },
    { ...failed, account: OTHER, reason: 'a bucket is not empty' },
  ];
  world.stackSet.operations.push({ ...operation, results });
  const event = ended({ 'stack-set-operation-id': 'op' }, 'FAILED');
  await run(world, event);
  const lines = () => world.alerts.map(({ message }) => message.split('\n')[0]);
  expect(lines()).toEqual([
    `The tooling could not be removed from ${SOURCE} in eu-central-1: no reason given`,
    `The tooling could not be removed from ${OTHER} in eu-central-1: a bucket is not empty`,
  ]);
  await run(world, event);
  expect(lines()).toHaveLength(2);
});
