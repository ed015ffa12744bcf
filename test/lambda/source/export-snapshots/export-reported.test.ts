import { TAGS } from '../../../../src/contract/names';
import { database, exportKeyOf, SOURCE } from '../../../support/pipeline';
import { IndexedPipeline, queued, REMINDER, reported } from '../../../support/short-runs';

const ORDERS = database(SOURCE, 'db', 'orders');
const LEDGER = database(SOURCE, 'cluster', 'ledger');

const created = (pipeline: IndexedPipeline, of = ORDERS) => {
  const snapshot = pipeline.backUp(of);
  return queued(SOURCE, reported(snapshot, of === LEDGER ? 'RDS-EVENT-0075' : 'RDS-EVENT-0042'));
};
/** The events report copies that have finished. */
const finished = (pipeline: IndexedPipeline) =>
  queued(SOURCE, ...pipeline.exportCopies().map((copy) => reported(copy)));

test('a new snapshot costs one listing and one copy, and its finished copy is shared without a listing', async () => {
  const pipeline = new IndexedPipeline();
  expect(await pipeline.calls(() => pipeline.export(SOURCE, created(pipeline)))).toEqual({ withBackups: 1, copy: 1 });
  expect(pipeline.reminders).toBe(0);
  pipeline.rds.advance(30);
  expect(await pipeline.calls(() => pipeline.export(SOURCE, finished(pipeline)))).toEqual({ share: 1, tag: 1 });
  expect(pipeline.notifications.sent).toHaveLength(1);
  expect(pipeline.exportCopies()[0]?.tags.has(TAGS.sharedAt)).toBe(true);
});

test('a second event about the same snapshot costs nothing', async () => {
  const pipeline = new IndexedPipeline();
  const event = created(pipeline);
  await pipeline.export(SOURCE, event);
  expect(await pipeline.calls(() => pipeline.export(SOURCE, event))).toEqual({});
});

test('a snapshot that the listing lacks is asked for by name, and one that is not found leads to a full run', async () => {
  const pipeline = new IndexedPipeline();
  const event = created(pipeline);
  const as = pipeline.rds.as.bind(pipeline.rds);
  pipeline.rds.as = (account) => ({ ...as(account), withBackups: as(account).ofKind });
  expect(await pipeline.calls(() => pipeline.export(SOURCE, event))).toEqual({ ofKind: 1, find: 1, copy: 1 });
  const missing = queued(SOURCE, reported({ name: 'awsbackup:job-none', kind: 'instance' }, 'RDS-EVENT-0042'));
  expect(await pipeline.calls(() => pipeline.export(SOURCE, missing))).toMatchObject({ own: 1, remembered: 1 });
});

test.each([
  ['older than an hour', (pipeline: IndexedPipeline) => pipeline.rds.advance(61)],
  [
    'under a key that RDS may not use',
    (pipeline: IndexedPipeline) => pipeline.rds.disabledKeys.add(exportKeyOf(SOURCE)),
  ],
])('a snapshot %s leads to a run over all snapshots', async (_, change) => {
  const pipeline = new IndexedPipeline();
  const event = created(pipeline);
  change(pipeline);
  expect(await pipeline.calls(() => pipeline.export(SOURCE, event))).toMatchObject({ own: 1, remembered: 1 });
});

test('a copy that cannot be shared leads to a run over all snapshots, which records why', async () => {
  const pipeline = new IndexedPipeline();
  pipeline.rds.unshareable.add(ORDERS.arn);
  await pipeline.export(SOURCE, created(pipeline));
  pipeline.rds.advance(30);
  expect(await pipeline.calls(() => pipeline.export(SOURCE, finished(pipeline)))).toMatchObject({
    own: 1,
    remember: 1,
  });
  expect(pipeline.verdicts).toEqual(['unshareable']);
});

test('a snapshot that waits for a slot makes the next run look at all snapshots', async () => {
  const pipeline = new IndexedPipeline();
  for (let at = 0; at < 20; at += 1)
    await pipeline.export(SOURCE, created(pipeline, database(SOURCE, 'db', `db-${at}`)));
  await pipeline.export(SOURCE, created(pipeline));
  expect(pipeline.reminders).toBe(1);
  pipeline.rds.advance(30);
  await pipeline.export(SOURCE, finished(pipeline));
  expect(pipeline.exportCopies()).toHaveLength(21);
});

test('the copy of a cluster is shared at a reminder that finds it available', async () => {
  const pipeline = new IndexedPipeline();
  await pipeline.export(SOURCE, created(pipeline, LEDGER));
  expect(pipeline.reminders).toBe(1);
  expect(await pipeline.calls(() => pipeline.export(SOURCE, queued(SOURCE, REMINDER)))).toEqual({ ofKind: 1 });
  expect(pipeline.reminders).toBe(2);
  pipeline.rds.advance(30);
  const shared = await pipeline.calls(() => pipeline.export(SOURCE, queued(SOURCE, REMINDER)));
  expect(shared).toEqual({ ofKind: 1, share: 1, tag: 1 });
  expect(pipeline.reminders).toBe(2);
});

test('a reminder to a function without notes looks at all snapshots', async () => {
  const pipeline = new IndexedPipeline();
  expect(await pipeline.calls(() => pipeline.export(SOURCE, queued(SOURCE, REMINDER)))).toMatchObject({ own: 1 });
});
