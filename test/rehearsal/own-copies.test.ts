import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoOwnCopies } from '../../lambda/_kit/aws/dynamo-own-copies';
import type { CopyRecord } from '../../lambda/_kit/ports/own-copies';
import { decisionKey } from '../../src/contract/decisions';
import { COPY_INDEX } from '../../src/contract/names';
import { Emulator } from '../../src/emulator/emulator';
import { copyOf, exportCopy } from '../support/import-world';
import { HERE, OTHER, SOURCE, VAULT } from '../support/pipeline';

const LISTED = new Date('2026-06-15T12:00:00Z');
const after = (minutes: number) => new Date(LISTED.getTime() + minutes * 60_000);
const record = (of: string, more: Partial<CopyRecord> = {}, status = 'available'): CopyRecord => ({
  copy: copyOf(exportCopy({ of }), { status }),
  isMarked: false,
  at: LISTED,
  ...more,
});

let emulator: Emulator;
let client: DynamoDBClient;
let sent: string[];
let tables = 0;
beforeAll(async () => {
  emulator = await Emulator.start();
  client = new DynamoDBClient(emulator.client(VAULT, HERE));
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        sent.push(commandName ?? '');
        return next(args);
      },
    { step: 'initialize' },
  );
});
afterAll(() => emulator.stop());

async function created(name: string, key: string) {
  tables += 1;
  const TableName = `${name}-${tables}`;
  await client.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  return TableName;
}

/** An index on new tables, with the calls that it has made. */
async function newIndex() {
  sent = [];
  const [table, sources] = [await created('index', COPY_INDEX.key), await created('sources', 'account')];
  sent = [];
  return { table, sources, index: new DynamoOwnCopies(client, table, sources) };
}
const named = async (index: DynamoOwnCopies) => {
  const { records = [] } = (await index.read([])).index ?? {};
  return records.map(({ copy, isMarked }) => `${copy.database.split(':').at(-1)} ${copy.status} ${isMarked}`).sort();
};

test('without a listing there is no index, and a change is not kept', async () => {
  const { index } = await newIndex();
  expect(await index.read([])).toEqual({ followed: new Set() });
  expect(await index.record([record('orders')])).toEqual({ hasWaiting: true });
  expect(await index.read([])).toEqual({ followed: new Set() });
});

test('one call reads a listing with the changes since, as plans need them', async () => {
  const { index } = await newIndex();
  const [orders, stock] = [record('orders'), record('stock', {}, 'creating')];
  await index.replace({ records: [orders, stock], listedAt: LISTED, followed: [SOURCE] }, false);
  await index.record([{ ...stock, copy: { ...stock.copy, status: 'available' }, isMarked: true, at: after(1) }]);
  await index.record([record('users', { at: after(2) }, 'creating')]);
  sent = [];
  const { index: read } = await index.read([SOURCE]);
  expect(sent).toEqual(['BatchGetItemCommand']);
  expect(await named(index)).toEqual(['orders available false', 'stock available true', 'users creating false']);
  expect(read).toMatchObject({ listedAt: LISTED, followed: [SOURCE], hasWaiting: false });
  const { tags, ...copy } = orders.copy;
  const found = read?.records.find((one) => one.copy.arn === copy.arn)?.copy;
  expect(found).toMatchObject({ ...copy });
  expect(found?.tags).toEqual(tags);
});

test('a copy that is gone leaves the index', async () => {
  const { index } = await newIndex();
  await index.replace({ records: [record('orders'), record('stock')], listedAt: LISTED, followed: [] }, false);
  await index.record([record('orders', { isGone: true, at: after(1) })]);
  expect(await named(index)).toEqual(['stock available false']);
});

test('a change returns whether something waits, and sets it where it says so', async () => {
  const { index } = await newIndex();
  await index.replace({ records: [], listedAt: LISTED, followed: [] }, true);
  expect(await index.record([record('orders')])).toEqual({ hasWaiting: true });
  expect(await index.record([], false)).toEqual({ hasWaiting: false });
  expect(await index.record([record('stock')])).toEqual({ hasWaiting: false });
});

test('a new listing keeps the changes since it began, and drops those that it has', async () => {
  const { index } = await newIndex();
  await index.replace({ records: [], listedAt: LISTED, followed: [] }, false);
  await index.record([record('old', { at: after(1) }), record('new', { at: after(61) }, 'creating')]);
  await index.replace({ records: [record('listed')], listedAt: after(60), followed: [] }, false);
  expect(await named(index)).toEqual(['listed available false', 'new creating false']);
});

test('runs at the same time lose no change, whichever of them replaces the listing', async () => {
  const { index } = await newIndex();
  await index.replace({ records: [], listedAt: LISTED, followed: [] }, false);
  const changes = Array.from({ length: 12 }, (_, at) => record(`db-${at}`, { at: after(30) }));
  await Promise.all([
    ...changes.map((one) => index.record([one])),
    index.replace({ records: [record('listed')], listedAt: after(20), followed: [] }, false),
  ]);
  expect(await named(index)).toHaveLength(13);
}, 30_000);

test('a listing of which a part is of another generation, or damaged, is no index', async () => {
  const { index, table } = await newIndex();
  await index.replace({ records: [record('orders')], listedAt: LISTED, followed: [] }, false);
  const part = { [COPY_INDEX.key]: { S: 'base-0' } };
  for (const generation of ['another', undefined]) {
    const Item = { ...part, ...(generation && { [COPY_INDEX.generation]: { S: generation } }) };
    await client.send(new PutItemCommand({ TableName: table, Item }));
    expect((await index.read([])).index).toBeUndefined();
  }
});

test('ten thousand copies fit into few parts, and one call reads them', async () => {
  const { index } = await newIndex();
  const records = Array.from({ length: 10_000 }, (_, at) => record(`db-${at}`));
  await index.replace({ records, listedAt: LISTED, followed: [] }, false);
  expect(sent.filter((name) => name === 'PutItemCommand').length).toBeLessThan(6);
  sent = [];
  expect((await index.read([])).index?.records).toHaveLength(10_000);
  expect(sent).toEqual(['BatchGetItemCommand']);
}, 30_000);

test('the vault follows an account that it accepted, that has not left, and that no operator evicted', async () => {
  const { index, sources } = await newIndex();
  const put = (account: string, state?: string) =>
    client.send(
      new PutItemCommand({
        TableName: sources,
        Item: { account: { S: account }, ...(state && { state: { S: state } }) },
      }),
    );
  const followed = async () => [...(await index.read([SOURCE, OTHER])).followed];
  await put(SOURCE, 'enrolled');
  await put(OTHER, 'left');
  expect(await followed()).toEqual([SOURCE]);
  await put(OTHER, 'leaving');
  expect(await followed()).toEqual([SOURCE, OTHER]);
  await put(decisionKey({ kind: 'evicted', subject: SOURCE }));
  expect(await followed()).toEqual([OTHER]);
});
