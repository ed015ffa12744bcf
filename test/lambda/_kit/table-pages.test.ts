import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { DynamoExportMemory } from '../../../lambda/_kit/aws/dynamo-export-memory';
import { DynamoRegistry } from '../../../lambda/_kit/aws/dynamo-registry';
import { DynamoRegistryDoor } from '../../../lambda/_kit/aws/dynamo-registry-door';
import { DynamoSources } from '../../../lambda/_kit/aws/dynamo-sources';
import { HERE, SOURCE } from '../../support/pipeline';

const OTHER = '222200005555';
const dynamo = mockClient(DynamoDBClient);
const client = new DynamoDBClient({ region: HERE });
const snapshot = (name: string) => `arn:aws:rds:${HERE}:${SOURCE}:snapshot:awsbackup:${name}`;
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
    async () => accounts((await new DynamoRegistryDoor(client, 'registry').read()).entries),
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
