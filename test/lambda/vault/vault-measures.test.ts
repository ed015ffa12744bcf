import { followSources } from '../../../lambda/vault/follow-sources/follow-sources';
import { importCopies } from '../../../lambda/vault/import-copies/import-copies';
import { snapshotArn } from '../../../src/contract/ids';
import { NAMES } from '../../../src/contract/names';
import { breachedAlarms } from '../../../src/rehearsal/checks/breached-alarms';
import { database, enrolled, FakeRegistry, HERE, IMPORT_KEY, Pipeline, SOURCE, VAULT } from '../../support/pipeline';
import { plantVaultCopy, shareCopy } from '../../support/vault-days';

const LIMITS = {
  maxInstanceCopiesInFlight: 2,
  maxClusterCopiesInFlight: 1,
  manualSnapshotQuota: 10,
  copyDeadlineHours: 24,
};

/** What one run of the importer measures, in a vault that holds so many snapshots of others already. */
async function measured(pipeline: Pipeline, event: unknown = {}) {
  const seen: Record<string, number>[] = [];
  const ports = {
    sources: pipeline.sources,
    snapshots: pipeline.rds.as(VAULT),
    accessRoles: { of: (account: typeof SOURCE) => pipeline.rds.as(account) },
    wakeups: { wakeIn: async () => {} },
  };
  const settings = { importKey: IMPORT_KEY, limits: LIMITS, admission: pipeline.admission };
  await importCopies(
    event,
    ports,
    settings,
    pipeline.rds.time,
    pipeline.log,
    (values) => void seen.push({ ...values }),
  );
  return { values: seen[0] ?? {}, alarms: breachedAlarms([{ step: 'import-copies', values: seen[0] ?? {} }]) };
}

/** A pipeline whose vault holds so many manual snapshots that are none of ours. */
function vaultWith(count: number): Pipeline {
  const pipeline = new Pipeline(LIMITS);
  for (let at = 0; at < count; at += 1) {
    const like = pipeline.backUp(database(VAULT, 'db', `by-hand-${at}`));
    const name = `by-hand-${at}`;
    pipeline.rds.plant({ ...like, arn: snapshotArn(like.arn.replace(like.name, name)), name, type: 'manual' });
  }
  return pipeline;
}

test.each([
  [7, 70, []],
  [8, 80, ['quota-nearly-full']],
  [10, 100, ['quota-nearly-full']],
])(
  // Case 31.
  '%i of 10 manual snapshots are measured as %i %%, and the alarm is raised at 80',
  async (count, percent, alarms) => {
    const { values, alarms: raised } = await measured(vaultWith(count));
    expect(values.QuotaUsedPercent).toBe(percent);
    expect(raised).toEqual(alarms);
  },
);

test('copies that are due and wait for a slot are counted', async () => {
  const pipeline = new Pipeline({
    maxInstanceCopiesInFlight: 20,
    maxClusterCopiesInFlight: 5,
    manualSnapshotQuota: 100,
  });
  for (const name of ['a', 'b', 'c', 'd', 'e']) pipeline.backUp(database(SOURCE, 'db', name));
  await pipeline.export();
  pipeline.rds.advance(30);
  await pipeline.export();
  pipeline.admission = { ...pipeline.admission, copiesPerDatabase: 2 };
  const { values, alarms } = await measured(pipeline);
  // One of the two slots is kept for another account.
  expect(values.CopiesWaitingForSlots).toBe(4);
  expect(alarms).toContain('copies-waiting-for-slots');
});

test.each<[what: string, prepare: (pipeline: Pipeline) => void, metric: string, count: number, alarm: string]>([
  [
    'copies of new databases that find no room',
    (pipeline) => {
      pipeline.admission = { ...pipeline.admission, copiesPerDatabase: 6 };
      for (const name of ['a', 'b', 'c']) shareCopy(pipeline, SOURCE, name);
    },
    'CopiesOfNewDatabasesWaiting',
    2,
    'databases-waiting-for-admission',
  ],
  [
    'copies of new databases beyond the bound of a day',
    (pipeline) => {
      pipeline.admission = { ...pipeline.admission, copiesPerDatabase: 1, maxNewDatabasesPerAccountPerDay: 0 };
      shareCopy(pipeline, SOURCE, 'a');
    },
    'CopiesOfNewDatabasesWaiting',
    1,
    'databases-waiting-for-admission',
  ],
  [
    'copies that are too large',
    (pipeline) => shareCopy(pipeline, SOURCE, 'a', { sizeGiB: 20_000 }),
    'CopiesWaitingForSize',
    1,
    'copy-size-needs-decision',
  ],
  [
    'places that are reserved beyond the quota',
    (pipeline) => ['a', 'b', 'c'].map((name) => plantVaultCopy(pipeline, SOURCE, name)),
    'PlacesReservedBeyondQuota',
    2,
    'quota-over-reserved',
  ],
  [
    'copies of admitted databases without a place',
    (pipeline) => {
      pipeline.admission = { ...pipeline.admission, copiesPerDatabase: 1 };
      for (let at = 0; at < 9; at += 1) plantVaultCopy(pipeline, SOURCE, 'a', { copy: `copy-${at}` });
      shareCopy(pipeline, SOURCE, 'a');
    },
    'CopiesWaitingForRoom',
    1,
    'copies-waiting-for-room',
  ],
  [
    'accounts whose copies fail',
    (pipeline) => {
      for (let at = 0; at < 3; at += 1) plantVaultCopy(pipeline, SOURCE, 'a', { copy: `copy-${at}`, status: 'failed' });
    },
    'AccountsInBackoff',
    1,
    'account-slowed',
  ],
])('%s are counted, and raise an alarm', async (_, prepare, metric, count, alarm) => {
  const pipeline = new Pipeline(LIMITS);
  expect((await measured(pipeline)).values[metric]).toBe(0);
  prepare(pipeline);
  const { values, alarms } = await measured(pipeline);
  expect(values[metric]).toBe(count);
  expect(alarms).toContain(alarm);
});

test('a notification of an unknown account is counted', async () => {
  const body = JSON.stringify({ Type: 'Notification', Message: 'no', TopicArn: 'arn:aws:sns:eu-central-1:1:x' });
  const eventSourceARN = `arn:aws:sqs:${HERE}:${VAULT}:${NAMES.inbox}`;
  const event = { Records: [{ messageId: 'm', body, eventSourceARN }] };
  expect(await measured(new Pipeline(LIMITS), event)).toMatchObject({
    values: { MessagesRejected: 1 },
    alarms: ['notifications-rejected'],
  });
});

test('a registry with entries is a sign of life; an empty one is none', async () => {
  const now = new Date('2026-03-01T12:00:00Z');
  const run = async (entries: readonly ReturnType<typeof enrolled>[], sweptAt?: string) => {
    const seen: Record<string, number>[] = [];
    const registry = new FakeRegistry(entries);
    registry.sweptAt = sweptAt === undefined ? undefined : new Date(sweptAt);
    const ports = {
      registry,
      sources: new FakeRegistry(),
      subscriptions: { subscribe: async () => {} },
    };
    const settings = { maxNewAccountsPerDay: 9, region: HERE };
    await followSources(
      ports,
      settings,
      now,
      () => {},
      (values) => void seen.push({ ...values }),
    );
    return seen;
  };
  const read = { RegistryRead: 1, ExitsWaiting: 0, ExitsPending: 0, AccountsWaiting: 0 };
  const always = { ExitsUnconfirmed: 0, SubscriptionsRefused: 0 };
  expect(await run([enrolled(SOURCE)])).toEqual([read, always]);
  expect(await run([])).toEqual([always]);
  expect(await run([enrolled(SOURCE)], '2026-02-28T10:00:00Z')).toEqual([{ ...read, RegistryAgeHours: 26 }, always]);
});
