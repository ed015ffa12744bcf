import type { CopyOrder, Snapshots } from '../../../lambda/_kit/ports/snapshots';
import { TAGS } from '../../../src/contract/names';
import { database, Pipeline, SOURCE, VAULT } from '../../support/pipeline';

const ORDERS = database(SOURCE, 'db', 'orders');
const LEDGER = database(SOURCE, 'cluster', 'ledger');
const DAY = 1440;

/** A pipeline in whose vault RDS refuses copies of these export copies, and of no others. */
function refusing() {
  const pipeline = new Pipeline();
  const refused = new Set<string>();
  const as = pipeline.rds.as.bind(pipeline.rds);
  pipeline.rds.as = (account): Snapshots => {
    const port = as(account);
    const copy = async (order: CopyOrder) =>
      refused.has(order.source) ? ({ kind: 'refused', because: 'it is damaged' } as const) : port.copy(order);
    return account === VAULT ? { ...port, copy } : port;
  };
  return { pipeline, refused };
}
const exportCopies = (pipeline: Pipeline) =>
  pipeline.rds.all(SOURCE).filter(({ tags }) => tags.get(TAGS.role) === 'export');

/** A day of backups and runs; what `isBad` is refused by the vault from its first hour on. */
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
])('copies of an %s that the vault is refused keep no younger one from crossing', async (_, of) => {
  const { pipeline, refused } = refusing();
  for (let at = 0; at < 2; at += 1) await day(pipeline, refused, of, true);
  expect(pipeline.vaultCopies()).toEqual([]);
  for (let at = 0; at < 10; at += 1) await day(pipeline, refused, of, false);
  expect(pipeline.vaultCopies()).toHaveLength(10);
  // What is mended later crosses as well, as long as its recovery point stands.
  refused.clear();
  for (let at = 0; at < 3; at += 1) await day(pipeline, refused, of, false);
  expect(pipeline.vaultCopies()).toHaveLength(15);
});

test('a refused copy whose recovery point is gone is the last there is, and stays', async () => {
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

test('what the vault says of all, its key or its quota, makes no copy give way', async () => {
  const { pipeline } = refusing();
  pipeline.rds.refusals.set(`${VAULT} ${ORDERS.arn}`, { kind: 'full', because: 'no more' });
  for (let at = 0; at < 6; at += 1) {
    pipeline.backUp(ORDERS);
    for (let hour = 0; hour < DAY / 60; hour += 1) await pipeline.round(60);
  }
  expect(exportCopies(pipeline)).toHaveLength(2);
  pipeline.rds.refusals.clear();
  for (let at = 0; at < 4; at += 1) for (let hour = 0; hour < DAY / 60; hour += 1) await pipeline.round(60);
  expect(pipeline.vaultCopies()).toHaveLength(6);
  const times = pipeline.vaultCopies().map(({ tags }) => tags.get(TAGS.sourceTime) ?? '');
  expect(times).toEqual([...times].sort());
});

describe('a copy in a state that never ends', () => {
  const STATES = ['failed', 'error', 'incompatible-restore'];

  test.each(STATES)('%s, and taken: it is remembered and deleted, and nothing is exported twice', async (status) => {
    const pipeline = new Pipeline();
    pipeline.backUp(ORDERS);
    for (let round = 0; round < 8; round += 1) await pipeline.round();
    const [copy] = exportCopies(pipeline);
    expect(copy?.tags.has(TAGS.copiedAt)).toBe(true);
    if (copy) pipeline.rds.change(copy.arn, { status });
    const asked = pipeline.rds.calls.get('copy');
    for (let round = 0; round < 4; round += 1) await pipeline.round();
    expect(exportCopies(pipeline)).toEqual([]);
    expect(pipeline.rds.remembered(SOURCE).size).toBe(1);
    expect(pipeline.rds.calls.get('copy')).toBe(asked);
  });

  test.each(STATES)('%s, and not taken: another attempt takes its place, and it is deleted', async (status) => {
    const pipeline = new Pipeline();
    pipeline.backUp(ORDERS);
    await pipeline.export();
    const [copy] = exportCopies(pipeline);
    if (copy) pipeline.rds.change(copy.arn, { status });
    for (let round = 0; round < 8; round += 1) await pipeline.round();
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
])('a snapshot that is deleted %s reaches people once', async (_, begin) => {
  const pipeline = new Pipeline();
  const { arn } = pipeline.backUp(ORDERS);
  await begin(pipeline);
  const [copy] = exportCopies(pipeline);
  if (copy) pipeline.rds.change(copy.arn, { status: 'failed' });
  if (copy) pipeline.rds.change(arn, undefined);
  for (let round = 0; round < 4; round += 1) await pipeline.round();
  // The failed copy says why to the coverage report, and goes a day later.
  expect(exportCopies(pipeline).map(({ tags }) => tags.get(TAGS.held)?.split(' ')[0])).toEqual(
    copy ? ['snapshot-deleted'] : [],
  );
  pipeline.rds.advance(24 * 60);
  for (let round = 0; round < 2; round += 1) await pipeline.round();
  const told = pipeline.logged.filter(({ event }) => event === 'database.not-crossing').map(({ fields }) => fields);
  expect(told).toMatchObject([{ database: ORDERS.arn, verdict: 'snapshot-deleted', remedy: expect.any(String) }]);
  // The failed copy says so for as long as the coverage of the vault may need to alert people; then it goes.
  const held = exportCopies(pipeline).map(({ tags }) => tags.get(TAGS.held)?.split(' ')[0]);
  expect(held).toEqual(copy ? ['snapshot-deleted'] : []);
  pipeline.rds.advance(3 * 24 * 60);
  await pipeline.round();
  expect(exportCopies(pipeline)).toEqual([]);
  expect(pipeline.logged.filter(({ event }) => event === 'database.not-crossing')).toHaveLength(1);
});
