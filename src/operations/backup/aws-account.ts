import { BackupClient } from '@aws-sdk/client-backup';
import { CloudFormationClient, paginateDescribeStacks } from '@aws-sdk/client-cloudformation';
import {
  type DBCluster,
  type DBInstance,
  paginateDescribeDBClusters,
  paginateDescribeDBInstances,
  RDSClient,
  type RDSClientConfig,
} from '@aws-sdk/client-rds';
import { databaseArn } from '../../contract/ids';
import { NAMES, TOOLING_OUTPUTS } from '../../contract/names';
import type { FoundDatabase } from './find-database';

/** Settings of the AWS clients of an account: the Region, and where needed the endpoint and the credentials. */
export type ClientsFor = (region: string) => Pick<RDSClientConfig, 'region' | 'endpoint' | 'credentials'>;

const keysOf = (tags: DBInstance['TagList']): readonly string[] => (tags ?? []).flatMap(({ Key }) => Key ?? []);

const instance = (described: DBInstance): FoundDatabase => ({
  arn: databaseArn(described.DBInstanceArn),
  kind: 'instance',
  engine: described.Engine ?? '',
  encrypted: described.StorageEncrypted ?? false,
  tagKeys: keysOf(described.TagList),
  ...(described.DBClusterIdentifier && { memberOf: described.DBClusterIdentifier }),
});

const cluster = (described: DBCluster): FoundDatabase => ({
  arn: databaseArn(described.DBClusterArn),
  kind: 'cluster',
  engine: described.Engine ?? '',
  encrypted: described.StorageEncrypted ?? false,
  tagKeys: keysOf(described.TagList),
});

/** Every database of the account in a Region. */
export async function databasesIn(clientsFor: ClientsFor, region: string): Promise<readonly FoundDatabase[]> {
  const client = new RDSClient(clientsFor(region));
  const found: FoundDatabase[] = [];
  for await (const { DBInstances = [] } of paginateDescribeDBInstances({ client }, {})) {
    for (const one of DBInstances.map(instance)) found.push(one);
  }
  for await (const { DBClusters = [] } of paginateDescribeDBClusters({ client }, {})) {
    for (const one of DBClusters.map(cluster)) found.push(one);
  }
  return found;
}

/** Outputs of the tooling's stack. */
export interface Tooling {
  readonly exportKeyId: string;
  /** Missing if the tooling contains no plans. */
  readonly vault?: string;
  readonly role?: string;
}

/** The tooling in a Region of the account; undefined if it is not deployed there. */
export async function toolingIn(clientsFor: ClientsFor, region: string): Promise<Tooling | undefined> {
  const client = new CloudFormationClient(clientsFor(region));
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {})) {
    for (const { StackName = '', Outputs = [] } of Stacks) {
      if (!StackName.startsWith(`StackSet-${NAMES.stackSet}-`)) continue;
      const outputs = new Map(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
      const exportKeyId = outputs.get(TOOLING_OUTPUTS.exportKeyId);
      const [vault, role] = [outputs.get(TOOLING_OUTPUTS.backupVault), outputs.get(TOOLING_OUTPUTS.backupRole)];
      if (exportKeyId) return { exportKeyId, ...(vault && { vault }), ...(role && { role }) };
    }
  }
  return undefined;
}

/** AWS Backup in a Region of the account. */
export const backupIn = (clientsFor: ClientsFor, region: string): BackupClient => new BackupClient(clientsFor(region));
