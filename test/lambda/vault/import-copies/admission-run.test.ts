import { snapshotArn } from '../../../../src/contract/ids';
import { TAGS } from '../../../../src/contract/names';
import { database, OTHER, Pipeline, SOURCE, VAULT } from '../../../support/pipeline';
import { plantVaultCopy, shareCopy } from '../../../support/vault-days';

const decided = (pipeline: Pipeline, kind: 'evicted' | 'database' | 'size', subject: string) =>
  void pipeline.sources.decisions.push({ kind, subject, by: 'arn:aws:iam::333300002222:role/ops', at: '2026-01-01' });
const LIMITS = { maxInstanceCopiesInFlight: 20, maxClusterCopiesInFlight: 5, manualSnapshotQuota: 100 };
const pipelineWith = (limits: Partial<typeof LIMITS> = {}) => new Pipeline({ ...LIMITS, ...limits });
/** Names of the databases that the vault holds a copy of. */
const held = (pipeline: Pipeline) =>
  pipeline.rds
    .all(VAULT)
    .filter(({ tags }) => tags.get(TAGS.role) === 'vault')
    .map(({ database: of }) => of.split(':').at(-1));
const logged = (pipeline: Pipeline, event: string) =>
  pipeline.logged.filter((one) => one.event === event).map(({ fields }) => fields);

/** A snapshot in the vault that Checkvalve did not make. */
function plantForeign(pipeline: Pipeline, name: string, status = 'available'): void {
  const like = pipeline.backUp(database(VAULT, 'db', name));
  const arn = snapshotArn(like.arn.replace(like.name, name));
  pipeline.rds.change(like.arn, undefined);
  pipeline.rds.plant({ ...like, arn, name, status, type: 'manual' });
}

test('nothing is imported from an account that an operator evicted, whatever the registry says', async () => {
  const pipeline = pipelineWith();
  shareCopy(pipeline, SOURCE, 'orders');
  shareCopy(pipeline, OTHER, 'stock');
  decided(pipeline, 'evicted', SOURCE);
  await pipeline.import();
  expect(held(pipeline)).toEqual(['stock']);
  expect(logged(pipeline, 'copies.observed').at(-1)).toMatchObject({ passed: { 'account-not-accepted': 1 } });
});

test('of a flood of one-off names ten are admitted in a day; the log names the account and what to do', async () => {
  const pipeline = pipelineWith();
  for (let at = 0; at < 40; at += 1) shareCopy(pipeline, OTHER, `flood-${at}`);
  shareCopy(pipeline, SOURCE, 'orders');
  for (let round = 0; round < 5; round += 1) {
    await pipeline.import();
    pipeline.rds.advance(30);
  }
  expect(held(pipeline).filter((name) => name?.startsWith('flood'))).toHaveLength(10);
  expect(held(pipeline)).toContain('orders');
  expect(logged(pipeline, 'account.waits').at(-1)).toMatchObject({
    account: OTHER,
    because: 'new-database-limit',
    databases: 30,
    remedy: expect.stringContaining('checkvalve accept'),
  });
});

test('a database that an operator accepted is imported beyond the limit of the day', async () => {
  const pipeline = pipelineWith();
  pipeline.admission = { ...pipeline.admission, maxNewDatabasesPerAccountPerDay: 1 };
  for (const name of ['a', 'b', 'c']) shareCopy(pipeline, SOURCE, name);
  decided(pipeline, 'database', database(SOURCE, 'db', 'c').arn);
  await pipeline.import();
  expect(held(pipeline).sort()).toEqual(['a', 'c']);
});

test('a copy that is too large waits for an operator, and the log says what its storage costs', async () => {
  const pipeline = pipelineWith();
  const huge = shareCopy(pipeline, SOURCE, 'huge', { sizeGiB: 20_000 });
  shareCopy(pipeline, SOURCE, 'orders');
  await pipeline.import();
  expect(held(pipeline)).toEqual(['orders']);
  expect(logged(pipeline, 'account.waits')).toMatchObject([
    {
      account: SOURCE,
      because: 'copy-too-large',
      copies: [{ exportCopy: huge, sizeGiB: 20_000, storageUsdPerMonth: 1900 }],
    },
  ]);
  decided(pipeline, 'size', huge);
  await pipeline.import();
  expect(held(pipeline).sort()).toEqual(['huge', 'orders']);
});

test('foreign snapshots use room and slots', async () => {
  const pipeline = pipelineWith({ manualSnapshotQuota: 9 });
  for (const at of [1, 2]) plantForeign(pipeline, `by-hand-${at}`);
  for (const name of ['a', 'b']) shareCopy(pipeline, SOURCE, name);
  await pipeline.import();
  // Four places are reserved for each database, and seven are left.
  expect(held(pipeline)).toEqual(['a']);
  const busy = pipelineWith({ maxInstanceCopiesInFlight: 2 });
  for (const at of [1, 2]) plantForeign(busy, `copying-${at}`, 'creating');
  shareCopy(busy, SOURCE, 'orders');
  await busy.import();
  expect(held(busy)).toEqual([]);
  expect(logged(busy, 'import.wait')).toEqual([]);
});

test('failed copies use places of their account, as good ones do', async () => {
  const pipeline = pipelineWith({ manualSnapshotQuota: 8 });
  for (const name of ['a', 'b']) shareCopy(pipeline, SOURCE, name, { minutes: 5 });
  await pipeline.import();
  for (const copy of pipeline.rds.all(VAULT)) pipeline.rds.change(copy.arn, { ...copy, status: 'failed' });
  shareCopy(pipeline, OTHER, 'stock');
  await pipeline.import();
  // Eight places: four for each of the two whose copies failed. A third database has no room.
  expect(held(pipeline)).not.toContain('stock');
  expect(logged(pipeline, 'account.waits')).toMatchObject([{ account: OTHER, because: 'new-database-no-room' }]);
});

test('a failed copy uses no GiB of its account’s day', async () => {
  const pipeline = pipelineWith();
  plantVaultCopy(pipeline, SOURCE, 'a', { status: 'failed', sizeGiB: 60_000 });
  shareCopy(pipeline, SOURCE, 'b', { sizeGiB: 10_000 });
  await pipeline.import();
  expect(held(pipeline)).toContain('b');
});

test('copies under a legal hold use no room of the copies to come', async () => {
  const pipeline = pipelineWith({ manualSnapshotQuota: 6 });
  for (let at = 0; at < 4; at += 1) {
    plantVaultCopy(pipeline, SOURCE, 'orders', { copy: `held-${at}`, tags: { [TAGS.legalHold]: 'a lawsuit' } });
  }
  shareCopy(pipeline, SOURCE, 'orders');
  await pipeline.import();
  expect(held(pipeline)).toHaveLength(5);
});

test('the databases of an account that an operator evicted reserve no more than they have', async () => {
  const pipeline = pipelineWith({ manualSnapshotQuota: 6 });
  for (const name of ['x', 'y']) plantVaultCopy(pipeline, OTHER, name);
  shareCopy(pipeline, SOURCE, 'orders');
  await pipeline.import();
  expect(held(pipeline)).not.toContain('orders');
  decided(pipeline, 'evicted', OTHER);
  await pipeline.import();
  expect(held(pipeline)).toContain('orders');
});

test('where more is reserved than there is, the account with the smallest part of its reservation comes first', async () => {
  const pipeline = pipelineWith({ manualSnapshotQuota: 5 });
  for (const at of [1, 2, 3]) plantVaultCopy(pipeline, OTHER, 'stock', { copy: `stock-${at}` });
  plantVaultCopy(pipeline, SOURCE, 'orders');
  shareCopy(pipeline, OTHER, 'stock-more', { of: 'stock' });
  pipeline.rds.advance(1);
  shareCopy(pipeline, SOURCE, 'orders-more', { of: 'orders' });
  await pipeline.import();
  expect(held(pipeline).filter((name) => name === 'orders')).toHaveLength(2);
  expect(logged(pipeline, 'quota.reserved-beyond')).toMatchObject([{ kind: 'instance', places: 3 }]);
});

test('after its pause an account in backoff gets one copy, however many it shares', async () => {
  const pipeline = pipelineWith();
  for (const at of [1, 2, 3]) {
    const failed = { status: 'failed', tags: { [TAGS.failedAt]: pipeline.rds.time.toISOString() } };
    plantVaultCopy(pipeline, SOURCE, 'a', { copy: `a-${at}`, ...failed });
  }
  pipeline.rds.advance(61);
  for (const name of ['b', 'c', 'd']) shareCopy(pipeline, SOURCE, name);
  await pipeline.import();
  expect(pipeline.rds.all(VAULT)).toHaveLength(4);
});

test('an account whose copies fail is in backoff, no other is, and the log says until when', async () => {
  const pipeline = pipelineWith();
  for (let at = 0; at < 4; at += 1) shareCopy(pipeline, OTHER, `bad-${at}`, { minutes: 5 });
  await pipeline.import();
  for (const copy of pipeline.rds.all(VAULT)) pipeline.rds.change(copy.arn, { ...copy, status: 'failed' });
  shareCopy(pipeline, SOURCE, 'orders');
  await pipeline.import();
  expect(held(pipeline).filter((name) => name === 'orders')).toHaveLength(1);
  expect(pipeline.rds.all(VAULT)).toHaveLength(5);
  const pausedUntil = new Date(pipeline.rds.time.getTime() + 3_600_000).toISOString();
  expect(logged(pipeline, 'account.backoff')).toEqual([{ account: OTHER, failures: 4, pausedUntil, maxInFlight: 1 }]);
});

test.each([
  ['says that it can never be copied', 'failed-too-often 1 2026-01-01T00:00:00.000Z'],
  ['says that the database cannot be shared', 'unshareable 9999 2026-01-01T00:00:00.000Z'],
  ['is of the future', 'key-not-accessible 9999 2036-01-01T00:00:00.000Z'],
])('a hold that the source forged and that %s keeps nothing out', async (_, hold) => {
  const pipeline = pipelineWith();
  const copy = shareCopy(pipeline, SOURCE, 'orders');
  await pipeline.rds.as(SOURCE).tag(copy, { [TAGS.held]: hold });
  await pipeline.import();
  expect(held(pipeline)).toEqual(['orders']);
});

test.each([
  ['for a slot', { maxInstanceCopiesInFlight: 1 }, () => {}],
  ['for room', { manualSnapshotQuota: 5 }, (pipeline: Pipeline) => plantForeign(pipeline, 'by-hand')],
])('a copy that waits %s beyond the deadline is alerted as overdue, once a day', async (_, limits, crowd) => {
  const pipeline = pipelineWith(limits);
  shareCopy(pipeline, OTHER, 'long', { minutes: 9 * 1440 });
  await pipeline.import();
  crowd(pipeline);
  shareCopy(pipeline, SOURCE, 'orders');
  await pipeline.import();
  const alerts = () => logged(pipeline, 'database.not-copied').map((fields) => [fields?.database, fields?.verdict]);
  expect(alerts()).toEqual([]);
  pipeline.rds.advance(25 * 60);
  await pipeline.import();
  await pipeline.import();
  const orders = database(SOURCE, 'db', 'orders').arn;
  expect(alerts().filter(([of]) => of === orders)).toEqual([[orders, 'overdue']]);
});
