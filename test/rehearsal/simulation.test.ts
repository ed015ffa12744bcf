import type { Snapshot, Snapshots } from '../../lambda/_kit/ports/snapshots';
import { databaseArn, keyArn, type SnapshotArn } from '../../src/contract/ids';
import { TAGS } from '../../src/contract/names';
import { tellCounterexample } from '../../src/rehearsal/simulation/counterexample';
import { EventQueue } from '../../src/rehearsal/simulation/event-queue';
import { FAULTS } from '../../src/rehearsal/simulation/faults';
import type { Violation } from '../../src/rehearsal/simulation/invariants';
import { Random } from '../../src/rehearsal/simulation/random';
import { databaseKeyOf, makeScenario, SOURCES, VAULT } from '../../src/rehearsal/simulation/scenario';
import { shrink } from '../../src/rehearsal/simulation/shrink';
import { play, type SimulationResult, simulate } from '../../src/rehearsal/simulation/simulate';
import type { Tampering } from '../../src/rehearsal/simulation/step-runner';

const DAYS = 10;
/** The world of a seed with only each so-manieth database: the whole one is for `checkvalve rehearse --days`. */
const thinned = (seed: number, days: number, each: number) => {
  const scenario = makeScenario(seed, days);
  return { ...scenario, databases: scenario.databases.filter((_, at) => at % each === 0) };
};
const results = new Map<number, SimulationResult>();

test.each(Array.from({ length: 20 }, (_, at) => at + 1))(
  'seed %i: every invariant holds for ten days',
  async (seed) => {
    const result = await play(thinned(seed, DAYS, 4));
    results.set(seed, result);
    expect(result.violations).toEqual([]);
    expect(result.snapshots).toBeGreaterThan(90);
    expect(result.crossed + result.excused + result.left).toBe(result.snapshots);
    // Were much excused, the rest would prove little.
    expect(result.excused).toBeLessThan(result.snapshots / 100);
  },
);

test('over the seeds, every kind of fault strikes', () => {
  const struck = new Set([...results.values()].flatMap(({ faults }) => Object.keys(faults)));
  expect(results.size).toBe(20);
  expect([...struck].sort()).toEqual(Object.keys(FAULTS).sort());
});

test('a seed plays the same each time, and another seed plays another world', async () => {
  expect(await simulate(7, 2)).toEqual(await simulate(7, 2));
  expect(makeScenario(7, 4)).not.toEqual(makeScenario(8, 4));
});

test('a part that is left out leaves the chances of the others as they were', () => {
  const [first] = Array.from({ length: 3 }, () => new Random(7, 'backups of orders').next());
  expect(first).toBe(new Random(7, 'backups of orders').next());
  expect(first).not.toBe(new Random(8, 'backups of orders').next());
  expect(first).not.toBe(new Random(7, 'backups of stock').next());
});

test('the queue gives out what is earliest, and of two at one time what came first', () => {
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

/** Wraps one port of one step. */
const tamper =
  (step: string, change: (snapshots: Snapshots) => Partial<Snapshots>): Tampering =>
  (snapshots, of) =>
    of === step ? { ...bound(snapshots), ...change(snapshots) } : snapshots;

const bound = (port: Snapshots): Snapshots => ({
  own: () => port.own(),
  manual: () => port.manual(),
  shared: () => port.shared(),
  copy: (order) => port.copy(order),
  share: (snapshot, account) => port.share(snapshot, account),
  tag: (arn, tags) => port.tag(arn, tags),
  remove: (snapshot) => port.remove(snapshot),
});

const without = (tags: Readonly<Record<string, string>>, key: string) =>
  Object.fromEntries(Object.entries(tags).filter(([name]) => name !== key));

const isExportCopy = ({ tags }: Snapshot) => tags.get(TAGS.role) === 'export';
const [FIRST] = SOURCES;

/** Faults that somebody might program, and the promise that each breaks. */
const MUTANTS: readonly (readonly [string, Violation['invariant'], Tampering])[] = [
  [
    'the exporter loses the mark on its copies',
    'nothing is lost',
    tamper('export-snapshots', (port) => ({
      copy: (order) => port.copy({ ...order, tags: without(order.tags, TAGS.role) }),
    })),
  ],
  [
    'the exporter forgets what crossed when it retires a copy',
    'nothing crosses twice',
    tamper('export-snapshots', (port) => ({
      tag: (arn: SnapshotArn, tags) =>
        arn.includes('awsbackup:') && TAGS.takenAt in tags ? Promise.resolve() : port.tag(arn, tags),
    })),
  ],
  [
    'the exporter does not count what waits for the vault',
    'limits are kept',
    tamper('export-snapshots', (port) => ({
      own: async () =>
        (await port.own()).map((one) =>
          isExportCopy(one) ? { ...one, database: databaseArn(`${one.database}-other`) } : one,
        ),
    })),
  ],
  [
    'a deleter takes every copy for taken',
    'nothing is deleted early',
    tamper('export-snapshots', (port) => ({
      own: async () =>
        (await port.own()).map((one) =>
          isExportCopy(one)
            ? { ...one, tags: new Map([...one.tags, [TAGS.takenAt, '2026-01-01T00:00:00.000Z']]) }
            : one,
        ),
    })),
  ],
  [
    'the importer copies under the key of the database',
    'the right key',
    tamper('import-copies', (port) => ({
      copy: (order) => port.copy({ ...order, key: FIRST ? databaseKeyOf(FIRST) : keyArn('') }),
    })),
  ],
  [
    'the importer does not carry the tags along',
    'a copy tells its story',
    tamper('import-copies', (port) => ({
      copy: (order) => port.copy({ ...order, tags: without(order.tags, TAGS.snapshot) }),
    })),
  ],
  [
    'the exporter shares with the wrong account',
    'shared with the vault alone',
    tamper('export-snapshots', (port) => ({ share: (snapshot) => port.share(snapshot, '222200009999') })),
  ],
];

test.each(MUTANTS)('caught and shrunk: %s', async (_, invariant, tampering) => {
  const world = thinned(3, 8, 5);
  const vaultDown = { kind: 'vault-down', account: VAULT, at: 1440, minutes: 5 * 1440, nth: 1 } as const;
  const scenario = { ...world, faults: [...world.faults, vaultDown] };
  const { violations } = await play(scenario, { tampering, stopAtFirst: true });
  const found = violations.find((one) => one.invariant === invariant);
  if (!found) throw new Error(`not caught; ${violations.length} other violations: ${violations[0]?.what}`);
  const counterexample = await shrink(scenario, found, { tampering, budget: 40 });
  expect(counterexample.violation.invariant).toBe(invariant);
  expect(counterexample.scenario.databases.length).toBeLessThanOrEqual(3);
  expect(counterexample.scenario.faults.length).toBeLessThanOrEqual(1);
  const told = tellCounterexample(counterexample);
  expect(told).toContain(`Broken: ${invariant}`);
  expect(told).toContain('seed 3');
});
