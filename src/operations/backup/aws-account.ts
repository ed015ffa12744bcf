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

/** What AWS clients need to act in an account: the Region, and whatever else tells them who and where. */
export type ClientsFor = (region: string) => Pick<RDSClientConfig, 'region' | 'endpoint' | 'credentials'>;

const keysOf = (tags: DBInstance['TagList']): readonly string[] => (tags ?? []).flatMap(({ Key }) => Key ?? []);

const instance = (seen: DBInstance): FoundDatabase => ({
  arn: databaseArn(seen.DBInstanceArn),
  kind: 'instance',
  engine: seen.Engine ?? '',
  encrypted: seen.StorageEncrypted ?? false,
  tagKeys: keysOf(seen.TagList),
  ...(seen.DBClusterIdentifier && { memberOf: seen.DBClusterIdentifier }),
});

const cluster = (seen: DBCluster): FoundDatabase => ({
  arn: databaseArn(seen.DBClusterArn),
  kind: 'cluster',
  engine: seen.Engine ?? '',
  encrypted: seen.StorageEncrypted ?? false,
  tagKeys: keysOf(seen.TagList),
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

/** What the tooling's stack tells of itself. */
export interface Tooling {
  readonly exportKeyId: string;
  /** Not there where the tooling brings no plans. */
  readonly vault?: string;
  readonly role?: string;
}

/** The tooling in a Region of the account; undefined when it is not deployed there. */
export async function toolingIn(clientsFor: ClientsFor, region: string): Promise<Tooling | undefined> {
  const client = new CloudFormationClient(clientsFor(region));
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {})) {
    for (const { StackName = '', Outputs = [] } of Stacks) {
      if (!StackName.startsWith(`StackSet-${NAMES.stackSet}-`)) continue;
      const told = new Map(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
      const exportKeyId = told.get(TOOLING_OUTPUTS.exportKeyId);
      const [vault, role] = [told.get(TOOLING_OUTPUTS.backupVault), told.get(TOOLING_OUTPUTS.backupRole)];
      if (exportKeyId) return { exportKeyId, ...(vault && { vault }), ...(role && { role }) };
    }
  }
  return undefined;
}

/** AWS Backup in a Region of the account. */
export const backupIn = (clientsFor: ClientsFor, region: string): BackupClient => new BackupClient(clientsFor(region));
