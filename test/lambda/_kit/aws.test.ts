import {
  CloudFormationClient,
  CreateStackInstancesCommand,
  ListStackInstancesCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ListAccountsCommand, ListParentsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import {
  CopyDBSnapshotCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotsCommand,
  ListTagsForResourceCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { AwsOrganization } from '../../../lambda/_kit/aws/aws-organization';
import { DynamoRegistry } from '../../../lambda/_kit/aws/dynamo-registry';
import { DynamoRegistryAccess } from '../../../lambda/_kit/aws/dynamo-registry-access';
import { RdsSnapshots } from '../../../lambda/_kit/aws/rds-snapshots';
import { ToolingInstances } from '../../../lambda/_kit/aws/tooling-instances';
import { keyArn, snapshotArn } from '../../../src/contract/ids';
import { exportKeyOf, HERE, SOURCE } from '../../support/pipeline';

const ARN = `arn:aws:rds:eu-central-1:${SOURCE}:snapshot:awsbackup:job-1`;
const order = {
  source: snapshotArn(ARN),
  kind: 'instance' as const,
  name: 'checkvalve-orders-0011223344556677',
  key: keyArn(exportKeyOf(SOURCE)),
  tags: { a: 'b' },
};
const named = (name: string, message: string) => Object.assign(new Error(message), { name });

test.each([
  ['DBSnapshotAlreadyExistsFault', 'there', { kind: 'already-there' }],
  ['DBSnapshotNotFoundFault', 'gone', { kind: 'gone' }],
  ...[
    ['wait', 'Cannot copy more than 5 snapshots across regions'],
    ['wait', 'Cannot have more than 20 in-progress snapshot copies.'],
    ['wait', 'The request cannot be processed because it would exceed the maximum number of snapshots.'],
    ['full', 'Cannot create more than 100 manual snapshots'],
    ['full', 'cannot create more than 100 manual snapshots (Service: Rds, Status Code: 400)'],
    ['full', 'You have reached the limit of manual DB cluster snapshots'],
  ].map(([kind = '', because = '']): [string, string, unknown] => [
    'SnapshotQuotaExceededFault',
    because,
    { kind, because },
  ]),
  ['KMSKeyNotAccessibleFault', 'key', { kind: 'key', because: 'key' }],
  ['OptionGroupNotFoundFault', 'none', { kind: 'options', because: 'none' }],
  ['InvalidParameterCombination', 'a key that AWS owns', { kind: 'refused', because: 'a key that AWS owns' }],
  ['InvalidDBClusterSnapshotStateFault', 'no', { kind: 'refused', because: 'no' }],
])('an order to copy that ends in %s (%s) is an ordinary outcome', async (name, message, outcome) => {
  const rds = mockClient(RDSClient);
  rds.on(CopyDBSnapshotCommand).rejects(named(name, message));
  expect(await new RdsSnapshots(new RDSClient({ region: HERE })).copy(order)).toEqual(outcome);
});

test('any other answer is a surprise and is thrown', async () => {
  mockClient(RDSClient).on(CopyDBSnapshotCommand).rejects(named('InternalFailure', 'no'));
  await expect(new RdsSnapshots(new RDSClient({ region: HERE })).copy(order)).rejects.toThrow('no');
});

// Case 27.
test('an order names the key and an explicit list of tags, and never CopyTags', async () => {
  const rds = mockClient(RDSClient);
  rds.on(CopyDBSnapshotCommand).resolves({});
  await new RdsSnapshots(new RDSClient({ region: HERE })).copy(order);
  expect(rds.commandCalls(CopyDBSnapshotCommand)[0]?.args[0].input).toEqual({
    SourceDBSnapshotIdentifier: ARN,
    TargetDBSnapshotIdentifier: order.name,
    KmsKeyId: order.key,
    CopyTags: false,
    Tags: [{ Key: 'a', Value: 'b' }],
  });
});

const NEEDS_TIMEZONE = 'The snapshot requires a target option group with the following options: [Timezone]';

test.each([
  ['in the group of our name', { optionGroup: 'checkvalve-oracle-ee-19' }, {}, [undefined, 'checkvalve-oracle-ee-19']],
  ['never where no group could help', {}, { kind: 'options', because: NEEDS_TIMEZONE }, [undefined]],
  // Case 38.
])('a copy that needs an option group is ordered again %s', async (_, more, outcome, groups) => {
  const rds = mockClient(RDSClient);
  rds.on(CopyDBSnapshotCommand).rejects(named('InvalidParameterValue', NEEDS_TIMEZONE));
  rds.on(CopyDBSnapshotCommand, { OptionGroupName: 'checkvalve-oracle-ee-19' }).resolves({});
  const ended = await new RdsSnapshots(new RDSClient({ region: HERE })).copy({ ...order, ...more });
  expect(ended).toEqual({ kind: 'started', ...outcome });
  expect(rds.commandCalls(CopyDBSnapshotCommand).map(({ args }) => args[0].input.OptionGroupName)).toEqual(groups);
});

// Case 38.
test('without such a group in the vault it is an ordinary outcome', async () => {
  const rds = mockClient(RDSClient);
  rds.on(CopyDBSnapshotCommand).rejects(named('InvalidParameterValue', NEEDS_TIMEZONE));
  const wanted = { ...order, optionGroup: 'checkvalve-oracle-ee-19' };
  rds
    .on(CopyDBSnapshotCommand, { OptionGroupName: wanted.optionGroup })
    .rejects(named('OptionGroupNotFoundFault', 'x'));
  expect(await new RdsSnapshots(new RDSClient({ region: HERE })).copy(wanted)).toEqual({
    kind: 'options',
    because: 'x',
  });
});

// Case 35.
test('every page of every listing is read, with the same filter on each', async () => {
  const rds = mockClient(RDSClient);
  const one = (id: string) => ({ DBSnapshotArn: `${ARN}${id}`, DBInstanceIdentifier: 'orders', TagList: [] });
  rds.on(DescribeDBSnapshotsCommand).resolves({});
  rds.on(DescribeDBClusterSnapshotsCommand).resolves({});
  rds.on(DescribeDBSnapshotsCommand, { SnapshotType: 'awsbackup' }).resolves({ Marker: 'm', DBSnapshots: [one('a')] });
  rds.on(DescribeDBSnapshotsCommand, { SnapshotType: 'awsbackup', Marker: 'm' }).resolves({ DBSnapshots: [one('b')] });
  const found = await new RdsSnapshots(new RDSClient({ region: HERE })).own();
  expect(found.map(({ arn }) => arn)).toEqual([`${ARN}a`, `${ARN}b`]);
});

test('a listing without a word on tags: ours and the newest are asked for, at most 300, and no team’s', async () => {
  const rds = mockClient(RDSClient);
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
  const one = (name: string, minute: number) => ({
    DBSnapshotArn: `arn:aws:rds:eu-central-1:${SOURCE}:snapshot:${name}`,
    DBInstanceIdentifier: 'orders',
    SnapshotCreateTime: at(minute),
  });
  const backups = Array.from({ length: 320 }, (_, minute) => one(`awsbackup:job-${minute}`, minute));
  const tagged = { ...one('awsbackup:job-tagged', 0), TagList: [{ Key: 'a', Value: 'b' }] };
  rds.on(DescribeDBSnapshotsCommand).resolves({ DBSnapshots: [one('team', 999), one('checkvalve-x-1', 0)] });
  rds.on(DescribeDBSnapshotsCommand, { SnapshotType: 'awsbackup' }).resolves({ DBSnapshots: [...backups, tagged] });
  rds.on(DescribeDBClusterSnapshotsCommand).resolves({});
  rds.on(ListTagsForResourceCommand).resolves({ TagList: [{ Key: 'asked', Value: 'yes' }] });
  const last = { ResourceName: backups[100]?.DBSnapshotArn };
  rds.on(ListTagsForResourceCommand, last).rejects(named('AccessDenied', 'no'));
  const reported: string[] = [];
  const found = await new RdsSnapshots(new RDSClient({ region: HERE }), (arn) => reported.push(arn)).own();
  const asked = found.filter(({ tags }) => tags.has('asked')).map(({ name }) => name);
  expect(rds.commandCalls(ListTagsForResourceCommand)).toHaveLength(300);
  expect(asked).toHaveLength(299);
  expect(asked).toEqual(expect.arrayContaining(['checkvalve-x-1', 'awsbackup:job-319', 'awsbackup:job-21']));
  expect(asked).not.toEqual(expect.arrayContaining(['team']));
  expect(found.find(({ name }) => name === 'awsbackup:job-tagged')?.tags).toEqual(new Map([['a', 'b']]));
  expect(found).toHaveLength(323);
  expect(reported).toHaveLength(22);
});

test('a snapshot that cannot be read is reported, and hides no other', async () => {
  const rds = mockClient(RDSClient);
  const odd = { DBSnapshotArn: 'arn:aws:rds:eu-central-1:111122223333:snapshot:od d', DBInstanceIdentifier: 'x' };
  const good = { DBSnapshotArn: `${ARN}a`, DBInstanceIdentifier: 'orders', Status: 'available' };
  rds.on(DescribeDBSnapshotsCommand).resolves({ DBSnapshots: [odd, good] });
  rds.on(DescribeDBClusterSnapshotsCommand).resolves({ DBClusterSnapshots: [{}] });
  const reported: string[] = [];
  const found = await new RdsSnapshots(new RDSClient({ region: HERE }), (arn) => reported.push(arn)).shared();
  expect(found.map(({ arn }) => arn)).toEqual([`${ARN}a`]);
  expect(reported).toEqual([odd.DBSnapshotArn, 'without an ARN']);
});

test('a registry of more items than any organization has accounts is read no further than that', async () => {
  const dynamo = mockClient(DynamoDBClient);
  let pages = 0;
  const item = (at: number) => ({
    account: { S: String(100_000_000_000 + at) },
    state: { S: 'enrolled' },
    regions: { L: [] },
  });
  dynamo.on(ScanCommand).callsFake(() => {
    pages += 1;
    return {
      Items: Array.from({ length: 100 }, (_, at) => item(pages * 100 + at)),
      LastEvaluatedKey: { account: { S: 'x' } },
    };
  });
  const registry = new DynamoRegistryAccess(new DynamoDBClient({ region: 'us-east-1' }), 'checkvalve-registry', 1000);
  await expect(registry.read()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  expect(pages).toBe(11);
});

test('of an entry no more is kept than the vault uses, however long its texts', async () => {
  const dynamo = mockClient(DynamoDBClient);
  const long = 'x'.repeat(100_000);
  const regions = { L: Array.from({ length: 5000 }, () => ({ S: 'eu-central-1' })) };
  const item = {
    account: { S: '222200001111' },
    state: { S: 'enrolled' },
    regions,
    reason: { S: long },
    rollout: { S: long },
  };
  const bad = Array.from({ length: 300 }, () => ({ account: { S: long } }));
  dynamo.on(ScanCommand).resolves({ Items: [item, ...bad] });
  const reading = await new DynamoRegistryAccess(
    new DynamoDBClient({ region: 'us-east-1' }),
    'checkvalve-registry',
  ).read();
  expect(JSON.stringify(reading).length).toBeLessThan(40_000);
  expect(reading.unreadable).toHaveLength(100);
});

test('stack instances are made by INTERSECTION under the ancestor, and an empty list is refused', async () => {
  const cloudFormation = mockClient(CloudFormationClient);
  cloudFormation.on(CreateStackInstancesCommand).resolves({ OperationId: 'op' });
  cloudFormation.on(ListStackInstancesCommand).resolves({ Summaries: [] });
  const instances = new ToolingInstances(new CloudFormationClient({ region: 'us-east-1' }), 'source-tooling', 'r-ex01');
  await instances.create([SOURCE], [HERE]);
  expect(cloudFormation.commandCalls(CreateStackInstancesCommand)[0]?.args[0].input).toMatchObject({
    CallAs: 'SELF',
    DeploymentTargets: { OrganizationalUnitIds: ['r-ex01'], Accounts: [SOURCE], AccountFilterType: 'INTERSECTION' },
    Regions: [HERE],
  });
  await expect(instances.create([], [HERE])).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
  expect(cloudFormation.commandCalls(CreateStackInstancesCommand)).toHaveLength(1);
});

test.each([
  [
    'from its path, which costs no call',
    { Id: SOURCE, State: 'ACTIVE', Paths: ['o-x/r-ex01/ou-ex01-workload/ou-ex01-deeper01/222200001111/'] } as const,
    0,
  ],
  ['parent by parent where the path is missing', { Id: SOURCE, State: 'ACTIVE' } as const, 3],
])('the units above an account are known %s', async (_, account, calls) => {
  const organizations = mockClient(OrganizationsClient);
  organizations.on(ListAccountsCommand).resolves({ Accounts: [account as never] });
  const parent = (child: string, Id: string) =>
    organizations.on(ListParentsCommand, { ChildId: child }).resolves({ Parents: [{ Id }] });
  parent(SOURCE, 'ou-ex01-deeper01');
  parent('ou-ex01-deeper01', 'ou-ex01-workload');
  parent('ou-ex01-workload', 'r-ex01');
  const organization = new AwsOrganization(new OrganizationsClient({ region: 'us-east-1' }));
  const {
    items: [one],
  } = await organization.members();
  expect([...(one?.units ?? [])].sort()).toEqual(['ou-ex01-deeper01', 'ou-ex01-workload', 'r-ex01']);
  expect(organizations.commandCalls(ListParentsCommand)).toHaveLength(calls);
});

test.each([
  [
    'that can be read',
    { S: JSON.stringify({ id: 'x', touchedAt: '2026-03-01T02:00:00.000Z' }) },
    '2026-03-01T02:00:00.000Z',
  ],
  ['without a time', { S: '{}' }, undefined],
  ['that is no JSON', { S: 'swept' }, undefined],
])('a note of the sweep %s says when it last made progress, and is no entry', async (_, sweep, expected) => {
  const dynamo = mockClient(DynamoDBClient);
  dynamo.on(ScanCommand).resolves({ Items: [{ account: { S: '#sweep' }, sweep }, { account: { S: '#alerted-x' } }] });
  const registry = new DynamoRegistryAccess(new DynamoDBClient({ region: 'us-east-1' }), 'checkvalve-registry');
  const { entries, sweptAt } = await registry.read();
  expect([entries, sweptAt?.toISOString()]).toEqual([[], expected]);
});

test('through the access role an entry that cannot be understood hides no other, and what only its keeper reads is no matter', async () => {
  const dynamo = mockClient(DynamoDBClient);
  const entry = (account: string, more = {}) => ({ account: { S: account }, state: { S: 'enrolled' }, ...more });
  const broken = { history: { S: '{' }, rollout: { S: '[' } };
  dynamo.on(ScanCommand).resolves({ Items: [entry(SOURCE, broken), entry('222200005555', { state: { S: 'gone' } })] });
  const registry = new DynamoRegistryAccess(new DynamoDBClient({ region: 'us-east-1' }), 'checkvalve-registry');
  const { entries, unreadable } = await registry.read();
  expect(entries.map(({ account }) => account)).toEqual([SOURCE]);
  expect(unreadable).toEqual([expect.stringContaining('222200005555 has the state "gone"')]);
});

test('a registry entry that cannot be understood is an error, never left out', async () => {
  mockClient(DynamoDBClient)
    .on(ScanCommand)
    .resolves({ Items: [{ account: { S: SOURCE }, state: { S: 'gone' } }] });
  const registry = new DynamoRegistry(new DynamoDBClient({ region: 'us-east-1' }), 'checkvalve-registry');
  await expect(registry.entries()).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
