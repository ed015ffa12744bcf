import { DynamoDBClient, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { DynamoExportMemory } from '../../../lambda/_kit/aws/dynamo-export-memory';
import { memoryEnd } from '../../../lambda/source/export-snapshots/memory-term';
import { TAGS } from '../../../src/contract/names';
import { database, Pipeline, SOURCE, VAULT } from '../../support/pipeline';

const LEDGER = database(SOURCE, 'cluster', 'ledger');
const DAY = 24 * 60;

const exported = async (pipeline: Pipeline) => {
  for (let round = 0; round < 8; round += 1) await pipeline.round();
};

test('what was exported is remembered in the table, not in a tag, and nothing is exported twice', async () => {
  const pipeline = new Pipeline();
  pipeline.rds.refusesBackupTags = true;
  const { arn } = pipeline.backUp(LEDGER);
  await exported(pipeline);
  expect(pipeline.rds.find(arn)?.tags.has(TAGS.copiedAt)).toBe(false);
  expect([...pipeline.rds.remembered(SOURCE)]).toMatchObject([[arn, { copiedAt: expect.any(String) }]]);
  const asked = pipeline.rds.calls.get('copy');
  await exported(pipeline);
  expect(pipeline.rds.calls.get('copy')).toBe(asked);
  expect(pipeline.rds.all(VAULT)).toHaveLength(1);
});

test('a snapshot takes seven calls that change something in RDS or the table, and one notification', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(LEDGER);
  await exported(pipeline);
  const changing = ['copy', 'share', 'tag', 'remove', 'remember'].map((name) => pipeline.rds.calls.get(name) ?? 0);
  expect(changing.reduce((sum, one) => sum + one, 0) + pipeline.notifications.said.length).toBeLessThanOrEqual(8);
});

test('what an older tooling wrote in a tag is still read', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(LEDGER, { [TAGS.copiedAt]: '2025-12-31T00:00:00.000Z' });
  await exported(pipeline);
  expect(pipeline.rds.calls.get('copy')).toBeUndefined();
});

test('a five-year snapshot is remembered as long as it stands, with few writes', async () => {
  const pipeline = new Pipeline();
  pipeline.backUp(LEDGER);
  await exported(pipeline);
  const [copies, writes] = [pipeline.rds.calls.get('copy'), pipeline.rds.calls.get('remember') ?? 0];
  for (let day = 0; day < 1825; day += 5) {
    pipeline.rds.advance(5 * DAY);
    await pipeline.export();
  }
  expect(pipeline.rds.calls.get('copy')).toBe(copies);
  expect((pipeline.rds.calls.get('remember') ?? 0) - writes).toBeLessThanOrEqual(7);
});

test('a snapshot of 35 days is remembered with one write, and forgotten after it is gone', async () => {
  const pipeline = new Pipeline();
  const { arn } = pipeline.backUp(LEDGER);
  await exported(pipeline);
  pipeline.rds.advance(35 * DAY);
  await pipeline.export();
  pipeline.rds.change(arn, undefined);
  expect(pipeline.rds.calls.get('remember')).toBe(1);
  pipeline.rds.advance(60 * DAY);
  expect(pipeline.rds.remembered(SOURCE).size).toBe(0);
});

test('the table is scanned consistently, and an item is updated in what is known alone', async () => {
  const dynamo = mockClient(DynamoDBClient);
  const arn = `arn:aws:rds:eu-central-1:${SOURCE}:snapshot:awsbackup:job-1` as never;
  const item = { snapshot: { S: arn }, copiedAt: { S: 't' }, expiresAt: { N: '1780000000' } };
  dynamo.on(ScanCommand).resolves({ Items: [item, { snapshot: { S: 'odd' } }] });
  dynamo.on(UpdateItemCommand).resolves({});
  const memory = new DynamoExportMemory(new DynamoDBClient({ region: 'eu-central-1' }), 'checkvalve-export-memory');
  const expiresAt = new Date(1780000000 * 1000);
  expect([...(await memory.all())]).toEqual([[arn, { copiedAt: 't', expiresAt }]]);
  expect(dynamo.commandCalls(ScanCommand)[0]?.args[0].input).toMatchObject({ ConsistentRead: true });
  await memory.remember(arn, { held: 'h', expiresAt });
  expect(dynamo.commandCalls(UpdateItemCommand)[0]?.args[0].input).toMatchObject({
    UpdateExpression: 'SET held = :held, expiresAt = :expiresAt',
    ExpressionAttributeValues: { ':held': { S: 'h' }, ':expiresAt': { N: '1780000000' } },
  });
});

test('the end of the memory never comes closer as time goes on', () => {
  const snapshot = { takenAt: new Date(0) };
  const ends = [0, 10, 90, 400].map((day) => memoryEnd(snapshot, new Date(day * DAY * 60_000)).getTime());
  expect(ends).toEqual([...ends].sort((a, b) => a - b));
});
