import * as fc from 'fast-check';
import { TAGS } from '../../src/contract/names';
import { database, IMPORT_KEY, OTHER, Pipeline, SOURCE, VAULT } from '../support/pipeline';

const ORDERS = database(SOURCE, 'db', 'orders', 20);
const DATABASES = [
  ORDERS,
  database(SOURCE, 'cluster', 'ledger', 45),
  database(OTHER, 'db', 'orders', 5),
  database(OTHER, 'cluster', 'stock', 10),
];

/** The vault's copies by database and source time, which do not depend on crashes. */
const copied = (pipeline: Pipeline) =>
  pipeline
    .vaultCopies()
    .map(({ database: of, tags }) => `${of} ${tags.get(TAGS.sourceTime)}`)
    .sort();

async function settle(pipeline: Pipeline, rounds = 30): Promise<void> {
  pipeline.rds.beforeCall = () => {};
  await pipeline.rounds(rounds);
}

async function run(crashAt: number): Promise<{ readonly pipeline: Pipeline; readonly calls: number }> {
  const pipeline = new Pipeline();
  for (const of of DATABASES) pipeline.backUp(of);
  let calls = 0;
  pipeline.rds.beforeCall = () => {
    calls += 1;
    // A killed process makes no further call: from here on, every call of this run fails.
    if (calls >= crashAt && calls < crashAt + 12) throw new Error('killed');
  };
  for (let round = 0; round < 12; round += 1) await pipeline.round().catch(() => pipeline.rds.advance(15));
  await settle(pipeline);
  return { pipeline, calls };
}

test('a run that is killed at any call and run again ends in the same state', async () => {
  const { pipeline: whole, calls } = await run(Number.POSITIVE_INFINITY);
  expect(copied(whole)).toHaveLength(DATABASES.length);
  const states = new Set<string>();
  for (let crashAt = 1; crashAt <= calls; crashAt += 1) {
    const { pipeline } = await run(crashAt);
    states.add(copied(pipeline).join('\n'));
    expect(pipeline.rds.all(VAULT)).toHaveLength(DATABASES.length);
  }
  expect([...states]).toEqual([copied(whole).join('\n')]);
});

test('after any order of backups, runs, faults and pauses, every backup is in the vault once, under the import key', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('back-up' as const), at: fc.nat(DATABASES.length - 1) }),
    fc.record({ kind: fc.constant('export' as const), at: fc.nat(1) }),
    fc.record({ kind: fc.constant('import' as const), at: fc.constant(0) }),
    fc.record({ kind: fc.constant('wait' as const), at: fc.integer({ min: 1, max: 90 }) }),
    fc.record({ kind: fc.constant('fault' as const), at: fc.integer({ min: 1, max: 6 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const pipeline = new Pipeline({
        maxInstanceCopiesInFlight: 2,
        maxClusterCopiesInFlight: 1,
        manualSnapshotQuota: 1000,
      });
      const made: string[] = [];
      let faults = 0;
      pipeline.rds.beforeCall = () => {
        if (faults < 1) return;
        faults -= 1;
        throw new Error('Throttling');
      };
      for (const { kind, at } of steps) {
        if (kind === 'back-up') {
          const { database: of, takenAt } = pipeline.backUp(DATABASES[at] ?? ORDERS);
          made.push(`${of} ${takenAt?.toISOString()}`);
          pipeline.rds.advance(1);
        }
        if (kind === 'export') await pipeline.export(at ? OTHER : SOURCE).catch(() => {});
        if (kind === 'import') await pipeline.import().catch(() => {});
        if (kind === 'wait') pipeline.rds.advance(at);
        if (kind === 'fault') faults = at;
        for (const snapshot of pipeline.rds.all(VAULT)) expect(snapshot.kmsKeyArn).toBe(IMPORT_KEY);
      }
      await settle(pipeline, 6 * made.length + 12);
      expect(copied(pipeline)).toEqual([...made].sort());
    }),
    { numRuns: 200 },
  );
});
