import {
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { DynamoEnrollment } from '../../../lambda/_kit/aws/dynamo-enrollment';
import { DynamoExportMemory } from '../../../lambda/_kit/aws/dynamo-export-memory';
import { DynamoRegistry } from '../../../lambda/_kit/aws/dynamo-registry';
import { DynamoRegistryAccess } from '../../../lambda/_kit/aws/dynamo-registry-access';
import { DynamoSources } from '../../../lambda/_kit/aws/dynamo-sources';
import { itemOf, sweptAtOf } from '../../../lambda/_kit/aws/registry-item';
import { snapshotArn } from '../../../src/contract/ids';
import { enrolled, HERE, SOURCE } from '../../support/pipeline';

const OTHER = '222200005555';
const dynamo = mockClient(DynamoDBClient);
const client = new DynamoDBClient({ region: HERE });
const snapshot = (name: string) => snapshotArn(`arn:aws:rds:${HERE}:${SOURCE}:snapshot:awsbackup:${name}`);
const entry = (account: string) => ({ account: { S: account }, state: { S: 'enrolled' } });
beforeEach(() => dynamo.reset());

/** A table of two pages, of one item each. */
function twoPages(first: object, second: object): void {
  const key = { key: { S: 'where the second page begins' } };
  dynamo.on(ScanCommand).resolves({ Items: [first as never], LastEvaluatedKey: key });
  dynamo.on(ScanCommand, { ExclusiveStartKey: key }).resolves({ Items: [second as never] });
}

const accounts = (entries: readonly { readonly account: string }[]) => entries.map(({ account }) => account);

test.each([
  ['the registry', async () => accounts(await new DynamoRegistry(client, 'registry').entries())],
  [
    'the registry, read by the vault',
    async () => accounts((await new DynamoRegistryAccess(client, 'registry').read()).entries),
  ],
  ['the vault’s sources', async () => accounts((await new DynamoSources(client, 'sources').known()).entries)],
])('every page of %s is read', async (_, read) => {
  twoPages(entry(SOURCE), entry(OTHER));
  expect(await read()).toEqual([SOURCE, OTHER]);
});

test('every page of what an account has exported is read', async () => {
  twoPages({ snapshot: { S: snapshot('a') } }, { snapshot: { S: snapshot('b') } });
  const known = await new DynamoExportMemory(client, 'exports').all();
  expect([...known.keys()]).toEqual([snapshot('a'), snapshot('b')]);
});

/** The request of each call, in order. */
const asked = () => dynamo.calls().map(({ args }) => args[0].input);

describe.each([
  ['the registry', async () => (await new DynamoRegistry(client, 't').entries()).length],
  ['the registry, read by the vault', async () => (await new DynamoRegistryAccess(client, 't').read()).entries.length],
  ['the vault’s sources', async () => (await new DynamoSources(client, 't').known()).entries.length],
  ['what an account has exported', async () => (await new DynamoExportMemory(client, 't').all()).size],
])('%s', (_, count) => {
  test('is read with the latest writes', async () => {
    dynamo.on(ScanCommand).resolves({ Items: [] });
    expect(await count()).toBe(0);
    expect(asked()).toMatchObject([{ TableName: 't', ConsistentRead: true }]);
  });

  test('may be empty', async () => {
    dynamo.on(ScanCommand).resolves({});
    expect(await count()).toBe(0);
  });

  test('hides no failure of DynamoDB', async () => {
    dynamo.on(ScanCommand).rejects(new Error('throttled'));
    await expect(count()).rejects.toThrow('throttled');
  });
});

test('notes of the registry are no entries', async () => {
  dynamo.on(ScanCommand).resolves({ Items: [{ account: { S: '#sweep' } }, entry(SOURCE)] });
  expect(accounts(await new DynamoRegistry(client, 't').entries())).toEqual([SOURCE]);
  expect(accounts((await new DynamoRegistryAccess(client, 't').read()).entries)).toEqual([SOURCE]);
});

test('an entry is written whole, to the table of its keeper', async () => {
  dynamo.on(PutItemCommand).resolves({});
  await new DynamoRegistry(client, 'registry').put(enrolled(SOURCE));
  await new DynamoSources(client, 'sources').put(enrolled(SOURCE));
  const Item = itemOf(enrolled(SOURCE));
  expect(asked()).toEqual([
    { TableName: 'registry', Item },
    { TableName: 'sources', Item },
  ]);
  expect(Object.keys(Item).sort()).toEqual(['account', 'reason', 'regions', 'since', 'state']);
});

test('the vault notes when it has read the registry, and reads the note again', async () => {
  dynamo.on(PutItemCommand).resolves({});
  const at = '2026-03-01T00:00:00.000Z';
  await new DynamoSources(client, 'sources').noteReading(new Date(at), 7);
  const Item = { account: { S: '#reading' }, readAt: { S: at }, entries: { N: '7' } };
  expect(asked()).toEqual([{ TableName: 'sources', Item }]);
  dynamo.on(ScanCommand).resolves({ Items: [entry(SOURCE), { account: { S: `#accepted:${OTHER}` } }, Item] });
  const { entries, decisions, lastRead } = await new DynamoSources(client, 'sources').known();
  expect([accounts(entries), decisions.map(({ subject }) => subject), lastRead]).toEqual([[SOURCE], [OTHER], at]);
  dynamo.on(ScanCommand).resolves({ Items: [{ account: { S: '#reading' } }] });
  expect((await new DynamoSources(client, 'sources').known()).lastRead).toBeUndefined();
});

describe('what an account has exported', () => {
  const memory = new DynamoExportMemory(client, 'exports');
  const expiresAt = new Date('2026-03-01T00:00:00.500Z');

  test('is read from what release 0.1.0 wrote, too', async () => {
    const arn = 'arn:aws:rds:eu-central-1:222200001111:snapshot:awsbackup:job-1';
    dynamo.on(ScanCommand).resolves({ Items: [{ snapshot: { S: arn }, takenAt: { S: 'then' } }] });
    expect([...(await memory.all()).values()]).toMatchObject([{ importedAt: 'then' }]);
  });
  const seconds = String(Date.parse('2026-03-01T00:00:01Z') / 1000);

  test.each([
    [{ importedAt: 'then' }, 'SET importedAt = :importedAt, expiresAt = :expiresAt', { ':importedAt': { S: 'then' } }],
    [{ held: 'why' }, 'SET held = :held, expiresAt = :expiresAt', { ':held': { S: 'why' } }],
    [{}, 'SET expiresAt = :expiresAt', {}],
  ])('is remembered, and what is left out stays: %j', async (facts, UpdateExpression, values) => {
    dynamo.on(UpdateItemCommand).resolves({});
    await memory.remember(snapshot('a'), { ...facts, expiresAt });
    expect(asked()).toEqual([
      {
        TableName: 'exports',
        Key: { snapshot: { S: snapshot('a') } },
        UpdateExpression,
        ExpressionAttributeValues: { ...values, ':expiresAt': { N: seconds } },
      },
    ]);
  });

  test('comes back as it was written; what names no snapshot is left out', async () => {
    const key = (name: string) => ({ snapshot: { S: snapshot(name) } });
    const full = { ...key('a'), importedAt: { S: 'then' }, held: { S: 'why' }, expiresAt: { N: seconds } };
    dynamo.on(ScanCommand).resolves({ Items: [full, key('b'), { snapshot: { S: 'x' } }, {}] });
    expect([...(await memory.all())]).toEqual([
      [snapshot('a'), { importedAt: 'then', held: 'why', expiresAt: new Date('2026-03-01T00:00:01Z') }],
      [snapshot('b'), { expiresAt: new Date(0) }],
    ]);
  });
});

describe('the registry, as enroll-accounts writes it', () => {
  const registry = new DynamoEnrollment(client, 'registry');

  test('a page begins where the last one ended, a hundred entries long', async () => {
    dynamo.on(ScanCommand).resolves({});
    expect(await registry.page(SOURCE)).toEqual({ items: [], next: undefined });
    await registry.page();
    dynamo.on(ScanCommand).resolves({ LastEvaluatedKey: {} });
    expect((await registry.page()).next).toBeUndefined();
    const question = { TableName: 'registry', ConsistentRead: true, Limit: 100 };
    expect(asked().slice(0, 2)).toEqual([
      { ...question, ExclusiveStartKey: { account: { S: SOURCE } } },
      { ...question, ExclusiveStartKey: undefined },
    ]);
  });

  test('entries are asked for once each, with the latest writes, and never without a key', async () => {
    dynamo.on(BatchGetItemCommand).resolves({ UnprocessedKeys: {} });
    await registry.of([enrolled(SOURCE).account, enrolled(SOURCE).account]);
    await registry.of([]);
    expect(asked()).toEqual([
      { RequestItems: { registry: { Keys: [{ account: { S: SOURCE } }], ConsistentRead: true } } },
    ]);
  });

  test('what DynamoDB leaves over five times is an error that says how much', async () => {
    const left = { registry: { Keys: [{ account: { S: SOURCE } }] } };
    dynamo.on(BatchGetItemCommand).resolves({ UnprocessedKeys: left });
    await expect(registry.of([enrolled(SOURCE).account])).rejects.toMatchObject({
      message: 'DynamoDB left 1 entries of registry unread',
      remedy: expect.stringContaining('tries again'),
    });
    expect(asked()).toHaveLength(5);
  });

  test('a change over another run’s says whose entry it is', async () => {
    dynamo.on(PutItemCommand).rejects(Object.assign(new Error('no'), { name: 'ConditionalCheckFailedException' }));
    await expect(registry.change(enrolled(SOURCE))).rejects.toMatchObject({
      message: expect.stringContaining(SOURCE),
      remedy: expect.stringContaining('looked at again'),
    });
  });

  test('an alert is recorded once, and again when its text has changed', async () => {
    dynamo.on(PutItemCommand).resolves({});
    dynamo.on(BatchGetItemCommand).resolves({});
    expect(await registry.recordAlert('x', 'y')).toBe(true);
    expect(asked().slice(1)).toEqual([
      {
        TableName: 'registry',
        Item: { account: { S: '#alerted:x' }, alerted: { S: 'y' } },
        ConditionExpression: 'attribute_not_exists(alerted) OR alerted <> :alerted',
        ExpressionAttributeValues: { ':alerted': { S: 'y' } },
      },
    ]);
  });

  test('a sweep that was never seen begins only where there is none', async () => {
    dynamo.on(PutItemCommand).resolves({});
    const counts = { members: 0, enrolled: 0, due: 0 };
    const state = { id: 'a', seq: 0, phase: 'accounts', counts, again: false, touchedAt: 'a' } as const;
    expect(await registry.replaceSweep(undefined, state)).toBe(true);
    await registry.replaceSweep(state, state);
    const sweep = { S: JSON.stringify(state) };
    const Item = { account: { S: '#sweep' }, sweep };
    expect(asked()).toEqual([
      { TableName: 'registry', Item, ConditionExpression: 'attribute_not_exists(sweep)' },
      {
        TableName: 'registry',
        Item,
        ConditionExpression: 'sweep = :seen',
        ExpressionAttributeValues: { ':seen': sweep },
      },
    ]);
  });

  test('notes that are not there, or say nothing, are none', async () => {
    const now = new Date('2026-03-01T00:00:00Z');
    dynamo.on(PutItemCommand).resolves({});
    const answers = [{}, { Responses: {} }, { Responses: { registry: [{ account: { S: '#sweep' } }] } }];
    for (const answer of answers) {
      dynamo.on(BatchGetItemCommand).resolves(answer as BatchGetItemCommandOutput);
      expect(await registry.sweep()).toBeUndefined();
      expect(await registry.recordRefusal('x', now)).toEqual(now);
    }
  });

  test('an item without what it always has is an error with its facts; a note of another kind says no time', async () => {
    dynamo.on(ScanCommand).resolves({ Items: [{ account: { S: SOURCE } }] });
    await expect(registry.page()).rejects.toMatchObject({
      message: `The registry entry of ${SOURCE} has the state undefined`,
      remedy: 'Set it to one of enrolled, leaving, left, or let enroll-accounts write it again.',
    });
    dynamo.on(ScanCommand).resolves({ Items: [{}] });
    await expect(registry.page()).rejects.toThrow('has the state undefined');
    dynamo.on(ScanCommand).resolves({ Items: [entry(SOURCE)] });
    expect((await registry.page()).items).toEqual([
      { account: SOURCE, state: 'enrolled', regions: [], since: '', reason: '' },
    ]);
    const swept = { sweep: { S: JSON.stringify({ touchedAt: '2026-03-01T00:00:00.000Z' }) } };
    expect(sweptAtOf(swept)).toBeUndefined();
    expect(sweptAtOf({ ...swept, account: { S: SOURCE } })).toBeUndefined();
    expect(sweptAtOf({ account: { S: '#sweep' }, sweep: { S: '{"touchedAt":1772323200000}' } })).toBeUndefined();
  });
});
