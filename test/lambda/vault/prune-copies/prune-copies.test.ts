import type { Snapshot } from '../../../../lambda/_kit/ports/snapshots';
import { pruneCopies } from '../../../../lambda/vault/prune-copies/prune-copies';
import { DAY } from '../../../../src/contract/durations';
import type { CheckvalveError } from '../../../../src/contract/errors';
import { INTERVALS } from '../../../../src/contract/intervals';
import { TAGS } from '../../../../src/contract/names';
import { MAX_DELETIONS_PER_RUN, type Retention } from '../../../../src/contract/retention';
import { database, Pipeline, SOURCE, VAULT } from '../../../support/pipeline';
import { resourcesOf, templatesOf } from '../../../support/synthesized';
import { daily, vaultCopy } from '../../../support/vault-copies';

const ORDERS = database(SOURCE, 'db', 'orders');
const LEDGER = database(SOURCE, 'cluster', 'ledger');

/** Each day, a copy of each database is imported. */
async function days(count: number, pipeline = new Pipeline(), databases = [ORDERS]): Promise<Pipeline> {
  for (let day = 0; day < count; day += 1) {
    for (const of of databases) pipeline.backUp(of);
    for (let round = 0; round < 8; round += 1) await pipeline.round();
    pipeline.rds.advance(24 * 60 - 8 * 15);
  }
  return pipeline;
}

const exportCopies = (pipeline: Pipeline, kind: Snapshot['kind']) =>
  pipeline.rds.all(SOURCE).filter((one) => one.type === 'manual' && one.kind === kind);

test('what is past its term goes, and import-copies does not bring it back', async () => {
  const pipeline = await days(6);
  await pipeline.prune(daily(3));
  const left = pipeline.vaultCopies().map(({ arn }) => arn);
  expect(left).toHaveLength(3);
  for (let round = 0; round < 8; round += 1) await pipeline.round();
  expect(pipeline.vaultCopies().map(({ arn }) => arn)).toEqual(left);
});

// Case 55.
test('source intermediates after the vault copy is available: of an instance all but the newest are deleted, of a cluster each when taken; and the vault’s copies stay', async () => {
  const pipeline = await days(3, new Pipeline(), [ORDERS, LEDGER]);
  expect(exportCopies(pipeline, 'instance')).toHaveLength(1);
  expect(exportCopies(pipeline, 'cluster')).toHaveLength(0);
  await pipeline.prune(daily(35));
  expect(pipeline.vaultCopies()).toHaveLength(6);
});

// Case 55.
test('the newest intermediate of an instance is still there, so that the next copy can be incremental: its vault copy is the newest, and stays', async () => {
  const pipeline = await days(3);
  const [intermediate] = exportCopies(pipeline, 'instance');
  pipeline.rds.advance(90 * 24 * 60);
  pipeline.rds.plant({ ...vaultCopy(pipeline.rds.time, { database: LEDGER.arn }) });
  await pipeline.prune(daily(1));
  const left = pipeline.vaultCopies().filter(({ tags }) => tags.get(TAGS.database) === ORDERS.arn);
  expect(left.map(({ tags }) => tags.get(TAGS.exportCopy))).toEqual([intermediate?.arn]);
});

// Case 31.
test('SnapshotQuotaExceeded, “Cannot create more than 100 manual snapshots”: terminal for now, alerted once, nothing deleted automatically beyond policy', async () => {
  const pipeline = new Pipeline();
  pipeline.rds.limitsOf.set(VAULT, {
    maxInstanceCopiesInFlight: 20,
    maxClusterCopiesInFlight: 5,
    manualSnapshotQuota: 100,
  });
  for (let at = 0; at < 100; at += 1) {
    pipeline.rds.plant(vaultCopy(new Date(pipeline.rds.time.getTime() - (at / 3) * DAY), { backup: `${at}` }));
  }
  await days(1, pipeline);
  await pipeline.prune(daily(35));
  expect(pipeline.rds.all(VAULT)).toHaveLength(100);
  const alerts = pipeline.logged.filter(({ event }) => event === 'database.not-copied');
  expect(alerts.map(({ fields }) => fields?.verdict)).toEqual(['quota-full']);
});

test('a failed import is removed once another attempt has replaced it, and the count of attempts goes on', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  const failFirst = async (names: string[]) => {
    for (let round = 0; round < 12 && names.length < 3; round += 1) {
      await pipeline.round(5);
      const flying = pipeline.rds.all(VAULT).find(({ status }) => status === 'creating');
      if (flying) {
        names.push(flying.name);
        pipeline.rds.change(flying.arn, { status: 'failed' });
      }
      await pipeline.prune(daily(35));
    }
    return names;
  };
  const names = await failFirst([]);
  expect(names.map((name) => name.split('-').at(-1)?.length === 1)).toEqual([false, true, true]);
  await pipeline.round();
  // Three attempts were made; the last one stays and says so, and there is no fourth.
  expect(pipeline.rds.all(VAULT).map(({ name }) => name)).toEqual([names[2]]);
});

test('a run that is killed at any deletion and run again ends in the same state', async () => {
  const whole = await days(8);
  await whole.prune(daily(3));
  const end = whole.vaultCopies().map(({ arn }) => arn);
  for (let killAt = 1; killAt <= 6; killAt += 1) {
    const pipeline = await days(8);
    let calls = 0;
    pipeline.rds.beforeCall = () => {
      calls += 1;
      if (calls >= killAt) throw new Error('killed');
    };
    await expect(pipeline.prune(daily(3))).rejects.toThrow();
    pipeline.rds.beforeCall = () => {};
    await pipeline.prune(daily(3));
    expect(pipeline.vaultCopies().map(({ arn }) => arn)).toEqual(end);
  }
});

test('deletions go side by side, a bounded number of them, the longest overdue first', async () => {
  const pipeline = await days(20);
  const overdue = pipeline.vaultCopies().map(({ arn }) => arn as string);
  const begun: string[] = [];
  let [now, most] = [0, 0];
  const port = pipeline.rds.as(VAULT);
  const slow = {
    ...port,
    remove: async (copy: Snapshot) => {
      begun.push(copy.arn);
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 1));
      now -= 1;
      await port.remove(copy);
    },
  };
  await pruneCopies(pipeline.pruning(slow), { retention: daily(3) }, pipeline.rds.time, pipeline.log);
  expect(most).toBe(10);
  expect(begun).toEqual(overdue.slice(0, 17));
});

test('a run that is cut off leaves the rest to the next run of the day', async () => {
  const pipeline = await days(20);
  const port = pipeline.rds.as(VAULT);
  let removed = 0;
  // As when Lambda ends a run: what is under way never answers.
  const cutOff = {
    ...port,
    remove: (copy: Snapshot) => {
      removed += 1;
      return removed > 4 ? new Promise<never>(() => {}) : port.remove(copy);
    },
  };
  void pruneCopies(pipeline.pruning(cutOff), { retention: daily(3) }, pipeline.rds.time, pipeline.log);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(pipeline.vaultCopies()).toHaveLength(16);
  await pipeline.prune(daily(3));
  expect(pipeline.vaultCopies()).toHaveLength(3);
});

test('four runs a day delete as much as arrives in a vault of thousands of databases', () => {
  const schedules = Object.values(resourcesOf(templatesOf().vault))
    .filter(
      ({ Type, Properties }) =>
        Type === 'AWS::Events::Rule' && String(Properties.Description).includes('past their term'),
    )
    .map(({ Properties }) => Properties.ScheduleExpression);
  expect(schedules).toEqual(['rate(6 hours)']);
  expect((24 / INTERVALS.pruneHours) * MAX_DELETIONS_PER_RUN).toBe(4000);
});

test('a deletion that is refused stops no other one, and the run counts as failed', async () => {
  const pipeline = await days(8);
  const [first] = pipeline.vaultCopies();
  const port = pipeline.rds.as(VAULT);
  const guarded = {
    ...port,
    remove: (copy: Snapshot) => (copy.arn === first?.arn ? Promise.reject(new Error('no')) : port.remove(copy)),
  };
  const run = pruneCopies(pipeline.pruning(guarded), { retention: daily(3) }, pipeline.rds.time, pipeline.log);
  await expect(run).rejects.toMatchObject({ code: 'STEP_FAILED' });
  expect(pipeline.vaultCopies()).toHaveLength(4);
});

describe('the sign of life that an alarm waits for', () => {
  const measuredIn = async (pipeline: Pipeline, retention: Retention, port = pipeline.rds.as(VAULT)) => {
    const seen: Record<string, number>[] = [];
    const measure = (values: Readonly<Record<string, number>>) => void seen.push({ ...values });
    await pruneCopies(pipeline.pruning(port), { retention }, pipeline.rds.time, pipeline.log, measure).catch(() => {});
    return seen;
  };
  const no = () => Promise.reject(new Error('no'));

  test('is given once by a run, be there something to delete or nothing', async () => {
    expect(await measuredIn(await days(8), daily(3))).toEqual([{ PruningDone: 1 }]);
    expect(await measuredIn(await days(1), daily(3))).toEqual([{ PruningDone: 1 }]);
  });

  test('is given by a run that was stopped, and by one that could not delete: those have an alarm of their own', async () => {
    const pipeline = await days(12);
    expect(await measuredIn(pipeline, daily(3, { maxDeletedPercentPerRun: 25 }))).toEqual([{ PruningDone: 1 }]);
    const guarded = { ...pipeline.rds.as(VAULT), remove: no };
    expect(await measuredIn(pipeline, daily(3), guarded)).toEqual([{ PruningDone: 1 }]);
  });

  test('is not given by a run that could not look', async () => {
    const pipeline = await days(8);
    expect(await measuredIn(pipeline, daily(3), { ...pipeline.rds.as(VAULT), manual: no })).toEqual([]);
  });
});

test('a stop is an error with a remedy, which raises an alarm; the log says what stays and why', async () => {
  const pipeline = await days(12);
  const error = await pipeline
    .prune(daily(3, { maxDeletedPercentPerRun: 25 }))
    .catch((thrown: CheckvalveError) => thrown);
  expect(error).toMatchObject({
    code: 'RETENTION_STOPPED',
    message: expect.stringMatching(
      /^prune-copies deleted no copy of 222200001111 \(9 of 12\): 9 of 12 good copies .* more than 25 %$/,
    ),
  });
  expect(pipeline.vaultCopies()).toHaveLength(12);
  const observed = pipeline.logged.filter(({ event, fields }) => event === 'copies.observed' && fields?.kept);
  expect(observed.at(-1)?.fields?.kept).toEqual({ 'within-term': 3, 'account-stopped': 9 });
});
