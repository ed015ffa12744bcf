import { config } from '../../../src/checkvalve.config';
import { admissionRules } from '../../../src/config/admission-rules';
import type { CheckvalveConfig } from '../../../src/config/checkvalve-config';
import { warningsOf } from '../../../src/config/warnings';
import type { AccountId } from '../../../src/contract/ids';
import { enrolled, Pipeline, VAULT } from '../../support/pipeline';
import { accountsOf, playDays, shareCopy } from '../../support/vault-days';

// Weeks are played through the real importer and pruner.
jest.setTimeout(300_000);

/** Ten copies of a database: nine days, and one. */
const TEN = { dailyDays: 9 };
const reserving = (copiesPerDatabase: number) => (pipeline: Pipeline) => {
  pipeline.admission = { ...pipeline.admission, copiesPerDatabase };
};
const of = (pipeline: Pipeline, name: string) =>
  pipeline.rds.all(VAULT).filter(({ database }) => database.includes(`:${name}`)).length;

test.each([
  ['five databases in one account, beside an account that has none', [5, 0]],
  ['four databases in one account, and one in another', [4, 1]],
  ['one database in each of five accounts', [1, 1, 1, 1, 1]],
])('a vault whose quota is exactly what retention needs keeps every RPO: %s', async (_, databases) => {
  const { worstDays, lateShare } = await playDays({
    databases,
    quota: 50,
    retention: TEN,
    days: 25,
    prepare: reserving(10),
  });
  expect(worstDays).toBeLessThanOrEqual(1);
  expect(lateShare).toBe(0);
});

test.each([
  ['that has no room to spare', 50, 0],
  // Ten places a name: five names reserve what was free.
  ['with twice the room', 100, 5],
])('a day’s flood of one-off names costs no other database a copy in a vault %s', async (_, quota, floods) => {
  const { worstDays, lateShare, pipeline } = await playDays({
    databases: [2, 2, 1],
    quota,
    retention: TEN,
    days: 30,
    prepare: reserving(10),
    onDay: (day, flooded, accounts) => {
      for (let at = 0; at < (day === 5 ? 40 : 0); at += 1) {
        shareCopy(flooded, accounts[2] as AccountId, `flood-${at}`);
      }
    },
  });
  expect(worstDays).toBeLessThanOrEqual(1);
  expect(lateShare).toBe(0);
  expect(of(pipeline, 'flood')).toBe(floods);
});

test('twenty copies of three days leave slots for a neighbor: it waits for no end', async () => {
  const pipeline = new Pipeline({
    maxInstanceCopiesInFlight: 20,
    maxClusterCopiesInFlight: 5,
    manualSnapshotQuota: 1000,
  });
  const [flooder, neighbor] = accountsOf(2) as [AccountId, AccountId];
  for (const account of [flooder, neighbor]) await pipeline.sources.put(enrolled(account));
  pipeline.admission = { ...pipeline.admission, maxNewDatabasesPerAccountPerDay: 100 };
  for (let at = 0; at < 20; at += 1) shareCopy(pipeline, flooder, `slow-${at}`, { minutes: 3 * 1440 });
  await pipeline.import();
  expect(of(pipeline, 'slow')).toBe(16);
  shareCopy(pipeline, neighbor, 'orders');
  await pipeline.import();
  expect(of(pipeline, 'orders')).toBe(1);
});

describe('config check warns of exactly the configurations that starve', () => {
  const configured = (databases: number, quota: number): CheckvalveConfig => ({
    ...config,
    vault: {
      ...config.vault,
      manualSnapshotQuota: quota,
      databases: { instances: databases, clusters: 0 },
      retention: {
        ...config.vault.retention,
        dailyDays: 3,
        monthlyMonths: 0,
        yearlyYears: 0,
        maxDeletedPercentPerRun: 100,
      },
    },
  });
  const grid = [[3], [2, 1], [1, 1, 1], [3, 0], [4, 1]].flatMap((databases) =>
    [14, 15, 24, 25, 40].map((quota) => [databases, quota] as const),
  );

  test.each(grid)('databases %j, quota %i', async (databases, quota) => {
    const all = databases.reduce((sum, count) => sum + count, 0);
    const of = configured(all, quota);
    const warned = warningsOf(of, new Date('2026-11-25T12:00:00Z')).length > 0;
    const { worstDays } = await playDays({
      databases,
      quota,
      retention: of.vault.retention,
      days: 7,
      prepare: (pipeline) => {
        pipeline.admission = admissionRules(of);
      },
    });
    expect(worstDays > 1).toBe(warned);
  });
});
