import { TAGS } from '../../../../src/contract/names';
import { database, OTHER, SOURCE, VAULT } from '../../../support/pipeline';
import { IndexedPipeline, notified, queued, REMINDER, reported } from '../../../support/short-runs';

const ORDERS = database(SOURCE, 'db', 'orders');
const STOCK = database(OTHER, 'db', 'stock');
const LEDGER = database(SOURCE, 'cluster', 'ledger');

const arns = (pipeline: IndexedPipeline) => pipeline.exportCopies().map(({ arn }) => arn);
const copies = (pipeline: IndexedPipeline) => pipeline.rds.all(VAULT);
const isMarked = (pipeline: IndexedPipeline) => pipeline.exportCopies().every(({ tags }) => tags.has(TAGS.importedAt));
const finished = (pipeline: IndexedPipeline) => queued(VAULT, ...copies(pipeline).map((copy) => reported(copy)));

test('a notification costs one search through the access role of its account and one copy', async () => {
  const pipeline = await new IndexedPipeline().sharedBy(ORDERS, STOCK);
  pipeline.opened.length = 0;
  expect(await pipeline.calls(() => pipeline.import(notified(...arns(pipeline))))).toEqual({ find: 1, copy: 1 });
  expect(pipeline.opened).toEqual([SOURCE]);
  expect(copies(pipeline)).toHaveLength(1);
});

test('a finished copy costs one search, and one tag on its export copy', async () => {
  const pipeline = await new IndexedPipeline().sharedBy(ORDERS);
  await pipeline.import(notified(...arns(pipeline)));
  pipeline.rds.advance(30);
  expect(await pipeline.calls(() => pipeline.import(finished(pipeline)))).toEqual({ find: 1, tag: 1 });
  expect(isMarked(pipeline)).toBe(true);
  expect(await pipeline.calls(() => pipeline.import(notified(...arns(pipeline))))).toEqual({ find: 1 });
});

test('an event about a copy that is not available marks nothing', async () => {
  const pipeline = await new IndexedPipeline().sharedBy(ORDERS);
  await pipeline.import(notified(...arns(pipeline)));
  await pipeline.import(finished(pipeline));
  expect(isMarked(pipeline)).toBe(false);
});

test('the copy of a cluster is marked at a reminder that finds it available', async () => {
  const pipeline = await new IndexedPipeline().sharedBy(LEDGER);
  const before = pipeline.reminders;
  await pipeline.import(notified(...arns(pipeline)));
  expect(pipeline.reminders).toBe(before + 1);
  expect(await pipeline.calls(() => pipeline.import(queued(VAULT, REMINDER)))).toEqual({ find: 1 });
  expect(pipeline.reminders).toBe(before + 2);
  pipeline.rds.advance(30);
  expect(await pipeline.calls(() => pipeline.import(queued(VAULT, REMINDER)))).toEqual({ find: 1, tag: 1 });
  expect(isMarked(pipeline)).toBe(true);
  expect(await pipeline.calls(() => pipeline.import(queued(VAULT, REMINDER)))).toEqual({});
});

test('a sweep with nothing to do lists what is shared, and assumes no role', async () => {
  const pipeline = await new IndexedPipeline().sharedBy(ORDERS, STOCK);
  await pipeline.import();
  pipeline.rds.advance(30);
  await pipeline.import();
  expect(isMarked(pipeline)).toBe(true);
  pipeline.opened.length = 0;
  expect(await pipeline.calls(() => pipeline.import())).toEqual({ shared: 1 });
  expect(pipeline.opened).toEqual([]);
});

test('a sweep assumes only the role of an account with something due, and finds what no event reported', async () => {
  const pipeline = await new IndexedPipeline().sharedBy(ORDERS, STOCK);
  await pipeline.import(notified(...arns(pipeline)));
  pipeline.rds.advance(40);
  pipeline.opened.length = 0;
  await pipeline.import();
  expect(copies(pipeline)).toHaveLength(2);
  expect(isMarked(pipeline)).toBe(true);
  pipeline.rds.advance(40);
  pipeline.opened.length = 0;
  await pipeline.import();
  expect([...new Set(pipeline.opened)]).toEqual([OTHER]);
});

test('a sweep lists the vault’s own copies when the index is six hours old', async () => {
  const pipeline = await new IndexedPipeline().sharedBy(ORDERS);
  await pipeline.import();
  pipeline.rds.advance(5 * 60);
  expect(await pipeline.calls(() => pipeline.import())).not.toHaveProperty('manual', 2);
  pipeline.rds.advance(2 * 60);
  expect(await pipeline.calls(() => pipeline.import())).toMatchObject({ shared: 1, manual: 2 });
});

describe('whatever the index says', () => {
  const faults: readonly (readonly [string, (pipeline: IndexedPipeline) => void])[] = [
    ['it is empty', (pipeline) => pipeline.index.clear()],
    [
      'it lacks all copies',
      (pipeline) => {
        pipeline.index.tampering = (index) => ({ ...index, records: [] });
      },
    ],
    [
      'every call to it is refused',
      (pipeline) => {
        pipeline.index.isRefused = true;
      },
    ],
    [
      'it has every copy as failed',
      (pipeline) => {
        pipeline.index.tampering = (index) => ({
          ...index,
          records: index.records.map((one) => ({ ...one, copy: { ...one.copy, status: 'failed' } })),
        });
      },
    ],
    [
      'it is stale',
      (pipeline) => {
        const stale = { records: [], listedAt: pipeline.rds.time, followed: [], hasWaiting: false };
        pipeline.index.tampering = () => stale;
      },
    ],
  ];

  test.each(faults)('%s: no snapshot is copied twice, and the export copy is marked', async (_, change) => {
    const pipeline = await new IndexedPipeline().sharedBy(ORDERS);
    await pipeline.import(notified(...arns(pipeline)));
    change(pipeline);
    for (let run = 0; run < 4; run += 1) {
      await pipeline.import(notified(...arns(pipeline)));
      await pipeline.import();
      pipeline.rds.advance(20);
      await pipeline.import(finished(pipeline));
    }
    expect(copies(pipeline)).toHaveLength(1);
    expect(isMarked(pipeline)).toBe(true);
  });

  test('it says that a copy in flight is available: no export copy is marked', async () => {
    const pipeline = await new IndexedPipeline().sharedBy(ORDERS);
    await pipeline.import(notified(...arns(pipeline)));
    pipeline.index.tampering = (index) => ({
      ...index,
      records: index.records.map((one) => ({ ...one, copy: { ...one.copy, status: 'available' } })),
    });
    await pipeline.import();
    await pipeline.import(notified(...arns(pipeline)));
    expect(isMarked(pipeline)).toBe(false);
  });

  test('it has a copy that does not exist: the snapshot is copied after the next listing', async () => {
    const pipeline = await new IndexedPipeline().sharedBy(ORDERS);
    await pipeline.import(notified(...arns(pipeline)));
    const [copy] = copies(pipeline);
    pipeline.rds.advance(30);
    if (copy) pipeline.rds.change(copy.arn, undefined);
    await pipeline.import();
    expect(isMarked(pipeline)).toBe(false);
    await pipeline.import();
    expect(copies(pipeline)).toHaveLength(1);
  });
});

test('a notification of an account that an operator evicted costs no call to RDS', async () => {
  const pipeline = await new IndexedPipeline().sharedBy(ORDERS);
  pipeline.sources.decisions.push({ kind: 'evicted', subject: SOURCE, by: 'operator', at: '2026-01-01T00:00:00Z' });
  expect(await pipeline.calls(() => pipeline.import(notified(...arns(pipeline))))).toEqual({});
});
