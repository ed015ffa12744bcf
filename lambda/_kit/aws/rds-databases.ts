import {
  type DBCluster,
  type DBInstance,
  paginateDescribeDBClusters,
  paginateDescribeDBInstances,
  type RDSClient,
} from '@aws-sdk/client-rds';
import { databaseArn } from '../../../src/contract/ids';
import { tagMap } from '../../../src/contract/tags';
import type { Database, Databases } from '../ports/databases';

const instance = (found: DBInstance): Database => ({
  arn: databaseArn(found.DBInstanceArn),
  kind: 'instance',
  resourceId: found.DbiResourceId,
  engine: found.Engine ?? 'unknown',
  encrypted: found.StorageEncrypted ?? false,
  createdAt: found.InstanceCreateTime,
  tags: tagMap(found.TagList),
  windows: { backupWindow: found.PreferredBackupWindow, maintenanceWindow: found.PreferredMaintenanceWindow },
});

const cluster = (found: DBCluster): Database => ({
  arn: databaseArn(found.DBClusterArn),
  kind: 'cluster',
  resourceId: found.DbClusterResourceId,
  engine: found.Engine ?? 'unknown',
  encrypted: found.StorageEncrypted ?? false,
  createdAt: found.ClusterCreateTime,
  tags: tagMap(found.TagList),
});

/** {@link Databases} on Amazon RDS; Aurora, DocumentDB and Neptune among them. */
export class RdsDatabases implements Databases {
  constructor(private readonly client: RDSClient) {}

  async all(): Promise<readonly Database[]> {
    const found: Database[] = [];
    for await (const page of paginateDescribeDBInstances({ client: this.client }, { MaxRecords: 100 })) {
      for (const one of (page.DBInstances ?? []).filter((one) => !one.DBClusterIdentifier).map(instance))
        found.push(one);
    }
    for await (const page of paginateDescribeDBClusters({ client: this.client }, { MaxRecords: 100 })) {
      for (const one of (page.DBClusters ?? []).map(cluster)) found.push(one);
    }
    return found;
  }
}
