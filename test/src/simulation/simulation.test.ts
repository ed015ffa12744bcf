import { EventQueue } from '../../../src/simulation/event-queue';
import { FAULTS, type FaultKind } from '../../../src/simulation/faults';
import { Random } from '../../../src/simulation/random';
import { makeScenario } from '../../../src/simulation/scenario';
import { play, type SimulationResult, simulate } from '../../../src/simulation/simulate';
import { testEach, testOfAll } from '../../support/sample';
import { thinned } from './thinned';

const DAYS = 10;
const results = new Map<number, SimulationResult>();

const WORLDS = 'worlds of ten days';
const seeds = Array.from({ length: 20 }, (_, at) => at + 1);

testEach(WORLDS, seeds, 5, String, 'seed %s: every invariant holds for ten days', async (seed) => {
  const result = await play(thinned(seed, DAYS, 4));
  results.set(seed, result);
  expect(result.violations).toEqual([]);
  expect(result.snapshots).toBeGreaterThan(90);
  expect(result.pruned).toBeGreaterThan(10);
  expect(result.copied + result.exempt + result.left).toBe(result.snapshots);
  // With many exempt snapshots the rest would prove little.
  expect(result.exempt).toBeLessThan(result.snapshots / 100);
});

testOfAll('over the seeds, every kind of fault has an effect', () => {
  const count = (kind: FaultKind) => [...results.values()].reduce((sum, { faults }) => sum + faults[kind], 0);
  expect(results.size).toBe(20);
  expect((Object.keys(FAULTS) as FaultKind[]).filter((kind) => count(kind) === 0)).toEqual([]);
});

test('a seed makes the same world each time, and another seed another world', async () => {
  expect(await simulate(7, 2)).toEqual(await simulate(7, 2));
  expect(makeScenario(7, 4)).not.toEqual(makeScenario(8, 4));
});

test('a backup that would start in a window of its instance is missed; without windows none is missed', async () => {
  const scenario = { ...thinned(3, 5, 2), faults: [] };
  const { missed, snapshots, violations } = await play(scenario);
  expect(violations).toEqual([]);
  expect(missed).toBeGreaterThan(0);
  expect(missed).toBeLessThan(snapshots / 20);
  const databases = scenario.databases.map(({ windows: _, ...spec }) => spec);
  const without = await play({ ...scenario, databases });
  expect([without.missed, without.snapshots]).toEqual([0, expect.any(Number)]);
  expect(without.snapshots).toBeGreaterThan(snapshots);
});

test('the random streams of other parts stay the same when one part is left out', () => {
  const [first] = Array.from({ length: 3 }, () => new Random(7, 'backups of orders').next());
  expect(first).toBe(new Random(7, 'backups of orders').next());
  expect(first).not.toBe(new Random(8, 'backups of orders').next());
  expect(first).not.toBe(new Random(7, 'backups of stock').next());
});

test('the queue returns the earliest event, and of two at one time the first', () => {
  const queue = new EventQueue<string>();
  const random = new Random(1, 'queue');
  const put = Array.from({ length: 500 }, (_, order) => ({ at: random.int(0, 40), order }));
  for (const { at, order } of put) queue.put(at, `${at} ${order}`);
  const taken = put.map(() => queue.take());
  expect(taken).toEqual(
    [...put].sort((a, b) => a.at - b.at || a.order - b.order).map(({ at, order }) => `${at} ${order}`),
  );
  expect(queue.take()).toBeUndefined();
  expect(queue.nextAt).toBe(Number.POSITIVE_INFINITY);
});
