import type { CopyOrder, SnapshotSearch, Snapshots } from '../../../../lambda/_kit/ports/snapshots';
import { MINUTES_PER_DAY } from '../../../../src/contract/durations';
import { TAGS } from '../../../../src/contract/names';
import { database, Pipeline, SOURCE, VAULT } from '../../../support/pipeline';

const ORDERS = database(SOURCE, 'db', 'orders');
const LEDGER = database(SOURCE, 'cluster', 'ledger');

/** A pipeline in which RDS refuses the vault copies of the export copies in `refused`. */
function refusing() {
  const pipeline = new Pipeline();
  const refused = new Set<string>();
  const as = pipeline.rds.as.bind(pipeline.rds);
  pipeline.rds.as = (account): Snapshots & SnapshotSearch => {
    const port = as(account);
    const copy = async (order: CopyOrder) =>
      refused.has(order.source) ? ({ kind: 'refused', because: 'it is damaged' } as const) : port.copy(order);
    return account === VAULT ? { ...port, copy } : port;
  };
  return { pipeline, refused };
}
const exportCopies = (pipeline: Pipeline) =>
  pipeline.rds.all(SOURCE).filter(({ tags }) => tags.get(TAGS.role) === 'export');

/** A day with one backup and hourly runs; with `isBad`, the vault is refused every export copy. */
async function day(pipeline: Pipeline, refused: Set<string>, of: typeof ORDERS, isBad: boolean) {
  pipeline.backUp(of);
  for (let hour = 0; hour < 24; hour += 1) {
    await pipeline.round(60);
    if (isBad) for (const copy of exportCopies(pipeline)) refused.add(copy.arn);
  }
}

test.each([
  ['instance', ORDERS],
  ['cluster', LEDGER],
])(
  'copies of an %s that the vault is refused give way to younger ones, which are copied to the vault',
  async (_, of) => {
    const { pipeline, refused } = refusing();
    for (let at = 0; at < 2; at += 1) await day(pipeline, refused, of, true);
    expect(pipeline.vaultCopies()).toEqual([]);
    for (let at = 0; at < 10; at += 1) await day(pipeline, refused, of, false);
    expect(pipeline.vaultCopies()).toHaveLength(10);
    // Once RDS accepts them, the refused ones are copied as well, while their recovery points exist.
    refused.clear();
    for (let at = 0; at < 3; at += 1) await day(pipeline, refused, of, false);
    expect(pipeline.vaultCopies()).toHaveLength(15);
  },
);

test('a refused copy whose recovery point was deleted stays: it is the last copy', async () => {
  const { pipeline, refused } = refusing();
  for (let at = 0; at < 2; at += 1) await day(pipeline, refused, ORDERS, true);
  const [first, second] = exportCopies(pipeline);
  for (const { arn, type } of pipeline.rds.all(SOURCE)) if (type === 'awsbackup') pipeline.rds.change(arn, undefined);
  for (let at = 0; at < 3; at += 1) await day(pipeline, refused, ORDERS, false);
  expect(exportCopies(pipeline)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ arn: first?.arn }),
      expect.objectContaining({ arn: second?.arn }),
    ]),
  );
});

test('a verdict of the vault on all copies, such as its quota, makes no copy give way', async () => {
  const { pipeline } = refusing();
  pipeline.rds.refusals.set(`${VAULT} ${ORDERS.arn}`, { kind: 'full', because: 'no more' });
  for (let at = 0; at < 6; at += 1) {
    pipeline.backUp(ORDERS);
    await pipeline.rounds(MINUTES_PER_DAY / 60, 60);
  }
  expect(exportCopies(pipeline)).toHaveLength(2);
  pipeline.rds.refusals.clear();
  for (let at = 0; at < 4; at += 1) await pipeline.rounds(MINUTES_PER_DAY / 60, 60);
  expect(pipeline.vaultCopies()).toHaveLength(6);
  const days = pipeline.vaultCopies().map(({ tags }) => tags.get(TAGS.sourceTime)?.slice(8, 10));
  // What waited in the vault's inbox comes in order; of the others the newest goes first, since the database is behind.
  expect(days).toEqual(['01', '02', '06', '05', '03', '04']);
});

describe('an export copy in a state that does not end', () => {
  const STATES = ['failed', 'error', 'incompatible-restore'];

  test.each(STATES)(
    '%s, and imported: the import is recorded, the copy is deleted, and the snapshot is not exported again',
    async (status) => {
      const pipeline = new Pipeline();
      pipeline.backUp(ORDERS);
      await pipeline.rounds(8);
      const [copy] = exportCopies(pipeline);
      expect(copy?.tags.has(TAGS.importedAt)).toBe(true);
      if (copy) pipeline.rds.change(copy.arn, { status });
      const asked = pipeline.rds.calls.get('copy');
      await pipeline.rounds(4);
      expect(exportCopies(pipeline)).toEqual([]);
      expect(pipeline.rds.remembered(SOURCE).size).toBe(1);
      expect(pipeline.rds.calls.get('copy')).toBe(asked);
    },
  );

  test.each(STATES)('%s, and not imported: another attempt replaces it, and it is deleted', async (status) => {
    const pipeline = new Pipeline();
    pipeline.backUp(ORDERS);
    await pipeline.export();
    const [copy] = exportCopies(pipeline);
    if (copy) pipeline.rds.change(copy.arn, { status });
    await pipeline.rounds(8);
    expect(exportCopies(pipeline).map(({ name }) => name)).toEqual([`${copy?.name}-2`]);
    expect(pipeline.vaultCopies()).toHaveLength(1);
  });
});

test.each([
  ['while its copy is made', async (pipeline: Pipeline) => void (await pipeline.export())],
  [
    'between the listing and the order',
    async ({ rds }: Pipeline) => {
      rds.beforeCall = ({ name }) => {
        const [backup] = rds.all(SOURCE).filter(({ type }) => type === 'awsbackup');
        if (name === 'copy' && backup) rds.change(backup.arn, undefined);
      };
    },
  ],
])('a snapshot that is deleted %s has one alert', async (_, begin) => {
  const pipeline = new Pipeline();
  const { arn } = pipeline.backUp(ORDERS);
  await begin(pipeline);
  const [copy] = exportCopies(pipeline);
  if (copy) pipeline.rds.change(copy.arn, { status: 'failed' });
  if (copy) pipeline.rds.change(arn, undefined);
  await pipeline.rounds(4);
  // The failed copy records the verdict for the coverage report.
  expect(exportCopies(pipeline).map(({ tags }) => tags.get(TAGS.held)?.split(' ')[0])).toEqual(
    copy ? ['snapshot-deleted'] : [],
  );
  pipeline.rds.advance(24 * 60);
  await pipeline.rounds(2);
  expect(pipeline.fieldsOf('database.not-copied')).toMatchObject([
    { database: ORDERS.arn, verdict: 'snapshot-deleted', remedy: expect.any(String) },
  ]);
  // It records the verdict for three days, in which the coverage report sends its alerts; then it is deleted.
  const held = exportCopies(pipeline).map(({ tags }) => tags.get(TAGS.held)?.split(' ')[0]);
  expect(held).toEqual(copy ? ['snapshot-deleted'] : []);
  pipeline.rds.advance(3 * 24 * 60);
  await pipeline.round();
  expect(exportCopies(pipeline)).toEqual([]);
  expect(pipeline.verdicts).toHaveLength(1);
});
