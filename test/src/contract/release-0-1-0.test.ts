import { readFileSync } from 'node:fs';
import {
  type AttributeValue,
  BatchGetItemCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotsCommand,
  ListTagsForResourceCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { DynamoEnrollment } from '../../../lambda/_kit/aws/dynamo-enrollment';
import { DynamoExportMemory } from '../../../lambda/_kit/aws/dynamo-export-memory';
import { DynamoSources } from '../../../lambda/_kit/aws/dynamo-sources';
import { RdsSnapshots } from '../../../lambda/_kit/aws/rds-snapshots';
import { deletedSources } from '../../../lambda/vault/prune-copies/deleted-sources';
import { plan } from '../../../lambda/vault/report-coverage/plan';
import { isExpected, readEvidence } from '../../../src/contract/coverage';
import { TAGS } from '../../../src/contract/names';
import { currentReport, currentTags } from '../../../src/contract/release-0-1-0';
import { parseHold, VERDICTS } from '../../../src/contract/verdicts';
import { aCopy, aDatabase, factsOf, NOW, openAccount } from '../../support/coverage-world';
import { HERE, OTHER, SOURCE } from '../../support/pipeline';

const dynamo = mockClient(DynamoDBClient);
const client = new DynamoDBClient({ region: HERE });
beforeEach(() => void dynamo.reset());

/** A report of that release, as its plan wrote it. */
const text = readFileSync('test/fixtures/releases/0.1.0/coverage-report.json', 'utf8');
const AT = '2026-11-23T12:00:00.000Z';

test('a report is read with each status, code and time', () => {
  const report = readEvidence(text);
  const nameOf = (arn: string) => arn.slice(arn.lastIndexOf(':') + 1);
  expect(report.databases.map(({ database, status, code, since }) => [nameOf(database), status, code, since])).toEqual([
    ['shut', 'unknown', undefined, AT],
    ['lost', 'lost', undefined, '2026-11-24T12:00:00.000Z'],
    ['never', 'never', 'missing-tag', AT],
    ['multi-az', 'unsupported', 'multi-az-cluster', AT],
    ['without-tag', 'missing-tag', undefined, AT],
    ['gone', 'source-deleted', undefined, AT],
    ['left', 'account-left', undefined, AT],
    ['late', 'protected', undefined, AT],
    ['orders', 'protected', undefined, AT],
  ]);
  expect(report.databases.filter(isExpected)).toHaveLength(7);
  expect(new Set(report.databases.map(({ rpoHours }) => rpoHours))).toEqual(new Set([26]));
  expect(report.counts).toMatchObject({ 'source-deleted': 1, 'account-left': 1, unsupported: 1, 'missing-tag': 1 });
  expect(report.alertedAt).toBe('2026-11-24T11:00:00.000Z');
  const [source, ...others] = report.accounts;
  expect(source).toMatchObject({ access: 'granted', leavingSince: '2026-11-25T09:00:00.000Z' });
  expect(source?.notImported).toHaveLength(1);
  expect(source?.exportKey?.deniesAllPrincipals).toBe(true);
  expect(others.map(({ access }) => access)).toEqual(['denied', 'unknown', 'not-requested']);
  // Without the report, prune-copies would count the term of these copies from the upgrade on.
  const deleted = deletedSources(report, [], new Date('2026-11-25T12:00:00Z'));
  expect([...deleted].map(([arn, since]) => [nameOf(arn), since.toISOString()])).toEqual([['gone', AT]]);
});

test('the first report after an upgrade continues that report', () => {
  const orders = aDatabase('orders');
  const before = readEvidence(text);
  const { evidence } = plan(factsOf([openAccount({ databases: [orders] })], [aCopy(orders, 3)], before, NOW));
  const sinceOf = (name: string) => evidence.databases.find(({ database }) => database.endsWith(`:${name}`))?.since;
  expect([sinceOf('orders'), sinceOf('lost'), evidence.alertedAt]).toEqual([
    AT,
    '2026-11-24T12:00:00.000Z',
    before.alertedAt,
  ]);
});

test('a report of this release is read as it was written; its current fields take precedence', () => {
  const { evidence } = plan(factsOf([openAccount({ databases: [aDatabase('orders')] })]));
  const written: unknown = JSON.parse(JSON.stringify(evidence));
  expect(currentReport(written)).toEqual(written);
  expect(currentReport({ databases: [{ verdict: 'left', status: 'late' }], accounts: [1], toldAt: 'a' })).toEqual({
    databases: [{ status: 'late' }],
    accounts: [1],
    alertedAt: 'a',
  });
  for (const other of [null, 'text', [], 7]) expect(currentReport(other)).toBe(other);
});

test.each([
  ['our-key-not-accessible', 'checkvalve-key-not-accessible'],
  ['untagged', 'missing-tag'],
])('the verdict %s is read as %s, with its count and times', (id, code) => {
  expect(Object.hasOwn(VERDICTS, id)).toBe(false);
  const at = new Date(AT);
  expect(parseHold(`${id} 3 ${AT} ${AT}`)).toEqual({ code, count: 3, at, alertedAt: at });
});

test('an export copy that the vault has imported is read as imported, listed with or without tags', async () => {
  const rds = mockClient(RDSClient);
  const TagList = [{ Key: 'checkvalve:taken-at', Value: AT }];
  const listed = (name: string) => ({
    DBSnapshotArn: `arn:aws:rds:${HERE}:${SOURCE}:snapshot:checkvalve-${name}`,
    DBInstanceIdentifier: 'orders',
  });
  rds.on(DescribeDBClusterSnapshotsCommand).resolves({});
  rds.on(DescribeDBSnapshotsCommand).resolves({ DBSnapshots: [{ ...listed('a'), TagList }, listed('b')] });
  rds.on(ListTagsForResourceCommand).resolves({ TagList });
  const found = await new RdsSnapshots(new RDSClient({ region: HERE })).manual();
  expect(found.map(({ tags }) => [...tags])).toEqual([[[TAGS.importedAt, AT]], [[TAGS.importedAt, AT]]]);
  const both = new Map([
    [TAGS.importedAt, 'now'],
    ['checkvalve:taken-at', 'before'],
  ]);
  expect([...currentTags(both)]).toEqual([[TAGS.importedAt, 'now']]);
});

test('an account that is about to leave keeps its day', async () => {
  const item = { account: { S: SOURCE }, state: { S: 'enrolled' }, regions: { L: [] }, since: { S: AT } };
  dynamo.on(ScanCommand).resolves({ Items: [{ ...item, exitSeen: { S: AT } }] });
  expect((await new DynamoSources(client, 'sources').known()).entries).toMatchObject([{ leavingSince: AT }]);
});

test('the export memory and the states of Regions are read', async () => {
  const arn = `arn:aws:rds:${HERE}:${SOURCE}:snapshot:awsbackup:job-1`;
  dynamo.on(ScanCommand).resolves({ Items: [{ snapshot: { S: arn }, takenAt: { S: AT } }] });
  expect([...(await new DynamoExportMemory(client, 'exports').all()).values()]).toMatchObject([{ importedAt: AT }]);
  const rollout = { [HERE]: { state: 'region not enabled', at: AT, failed: [], repairs: 0 } };
  const item = { account: { S: OTHER }, state: { S: 'enrolled' }, rollout: { S: JSON.stringify(rollout) } };
  dynamo.on(BatchGetItemCommand).resolves({ Responses: { registry: [item] } });
  const entry = (await new DynamoEnrollment(client, 'registry').of([OTHER])).get(OTHER);
  expect(entry?.rollout).toEqual({ [HERE]: { ...rollout[HERE], state: 'region-not-enabled' } });
});

test.each<[string, Record<string, AttributeValue>[], boolean]>([
  ['the same text', [{ account: { S: '#told:near miss 1' }, told: { S: 'text' } }], false],
  ['another text', [{ account: { S: '#told:near miss 1' }, told: { S: 'other' } }], true],
  [
    'the same text, and a newer one since the upgrade',
    [
      { account: { S: '#told:near miss 1' }, told: { S: 'text' } },
      { account: { S: '#alerted:near-miss 1' }, alerted: { S: 'newer' } },
    ],
    true,
  ],
  ['nothing', [], true],
])('an alert of which that release recorded %s', async (_, items, isSent) => {
  dynamo.on(BatchGetItemCommand).resolves({ Responses: { registry: items } });
  dynamo.on(PutItemCommand).resolves({});
  expect(await new DynamoEnrollment(client, 'registry').recordAlert('near-miss 1', 'text')).toBe(isSent);
  const [call] = dynamo.commandCalls(BatchGetItemCommand);
  expect(call?.args[0].input.RequestItems?.registry?.Keys).toEqual([
    { account: { S: '#alerted:near-miss 1' } },
    { account: { S: '#told:near miss 1' } },
  ]);
});
