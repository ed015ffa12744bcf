import {
  CopyDBClusterSnapshotCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBClusterSnapshotAttributeCommand,
  ModifyDBSnapshotAttributeCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { RdsDatabases } from '../../../lambda/_kit/aws/rds-databases';
import { RdsSnapshots } from '../../../lambda/_kit/aws/rds-snapshots';
import { accountId, keyArn, snapshotArn } from '../../../src/contract/ids';
import { exportKeyOf, HERE, SOURCE } from '../../support/pipeline';
import { NOW, vaultCopy } from '../../support/vault-copies';

const STEM = `arn:aws:rds:${HERE}:${SOURCE}`;
const VAULT = accountId('333300002222');
const rds = mockClient(RDSClient);
const snapshots = () => new RdsSnapshots(new RDSClient({ region: HERE }));
const named = (name: string) => Object.assign(new Error('no'), { name });
beforeEach(() => rds.reset());

const clusterSnapshot = (name: string) => ({
  DBClusterSnapshotArn: `${STEM}:cluster-snapshot:${name}`,
  DBClusterIdentifier: 'ledger',
  TagList: [],
});

test.each([
  ['own', undefined],
  ['manual', 'manual'],
  ['shared', 'shared'],
] as const)('%s: every page of the cluster snapshots is read', async (listing, SnapshotType) => {
  const type = SnapshotType && { SnapshotType };
  rds.on(DescribeDBSnapshotsCommand).resolves({});
  rds.on(DescribeDBClusterSnapshotsCommand).resolves({});
  rds
    .on(DescribeDBClusterSnapshotsCommand, { ...type })
    .resolves({ Marker: 'm', DBClusterSnapshots: [clusterSnapshot('a')] });
  rds
    .on(DescribeDBClusterSnapshotsCommand, { ...type, Marker: 'm' })
    .resolves({ DBClusterSnapshots: [clusterSnapshot('b')] });
  expect((await snapshots()[listing]()).map(({ name }) => name)).toEqual(['a', 'b']);
});

test('every page of the clusters is read', async () => {
  const cluster = (name: string) => ({ DBClusterArn: `${STEM}:cluster:${name}` });
  rds.on(DescribeDBInstancesCommand).resolves({});
  rds.on(DescribeDBClustersCommand).resolves({ Marker: 'm', DBClusters: [cluster('a')] });
  rds.on(DescribeDBClustersCommand, { Marker: 'm' }).resolves({ DBClusters: [cluster('b')] });
  const found = await new RdsDatabases(new RDSClient({ region: HERE })).all();
  expect(found.map(({ arn }) => arn)).toEqual([`${STEM}:cluster:a`, `${STEM}:cluster:b`]);
});

test.each([
  ['DBClusterSnapshotAlreadyExistsFault', { kind: 'already-there' }],
  ['DBClusterSnapshotNotFoundFault', { kind: 'gone' }],
])('an order to copy a cluster snapshot that ends in %s is an ordinary outcome', async (name, outcome) => {
  rds.on(CopyDBClusterSnapshotCommand).rejects(named(name));
  const order = {
    source: snapshotArn(`${STEM}:cluster-snapshot:awsbackup:job-1`),
    kind: 'cluster' as const,
    name: 'checkvalve-ledger-0011223344556677',
    key: keyArn(exportKeyOf(SOURCE)),
    tags: {},
  };
  expect(await snapshots().copy(order)).toEqual(outcome);
});

test('a snapshot of an instance is shared with one account, and never with all', async () => {
  rds.on(ModifyDBSnapshotAttributeCommand).resolves({});
  const copy = vaultCopy(NOW);
  expect(await snapshots().share(copy, VAULT)).toEqual({ kind: 'shared' });
  expect(rds.commandCalls(ModifyDBSnapshotAttributeCommand).map(({ args }) => args[0].input)).toEqual([
    { DBSnapshotIdentifier: copy.name, AttributeName: 'restore', ValuesToAdd: [VAULT] },
  ]);
});

test('a snapshot of a cluster is shared with one account, and never with all', async () => {
  rds.on(ModifyDBClusterSnapshotAttributeCommand).resolves({});
  const copy = vaultCopy(NOW, { kind: 'cluster', database: `${STEM}:cluster:ledger` });
  expect(await snapshots().share(copy, VAULT)).toEqual({ kind: 'shared' });
  expect(rds.commandCalls(ModifyDBClusterSnapshotAttributeCommand).map(({ args }) => args[0].input)).toEqual([
    { DBClusterSnapshotIdentifier: copy.name, AttributeName: 'restore', ValuesToAdd: [VAULT] },
  ]);
});

test('what RDS leaves out of a database, or says of it', async () => {
  const [db, cluster] = [`${STEM}:db:orders`, `${STEM}:cluster:ledger`];
  const windows = { PreferredBackupWindow: '01:00-02:00', PreferredMaintenanceWindow: 'sun:03:00-sun:04:00' };
  rds.on(DescribeDBInstancesCommand).resolves({
    DBInstances: [{ DBInstanceArn: db, Engine: 'mysql', ...windows }, { DBInstanceArn: db }],
  });
  rds.on(DescribeDBClustersCommand).resolves({
    DBClusters: [{ DBClusterArn: cluster, Engine: 'aurora-mysql', StorageEncrypted: true }, { DBClusterArn: cluster }],
  });
  expect(await new RdsDatabases(new RDSClient({ region: HERE })).all()).toMatchObject([
    {
      engine: 'mysql',
      encrypted: false,
      windows: { backupWindow: '01:00-02:00', maintenanceWindow: 'sun:03:00-sun:04:00' },
    },
    { engine: 'unknown', encrypted: false },
    { engine: 'aurora-mysql', encrypted: true },
    { engine: 'unknown', encrypted: false },
  ]);
  expect(rds.calls().map(({ args }) => (args[0].input as { MaxRecords?: number }).MaxRecords)).toEqual([100, 100]);
});
