import { DescribeDBClusterSnapshotsCommand } from '@aws-sdk/client-rds';
import { backupOf } from './backups';
import { cluster } from './databases';
import type { Probe } from './probe';

/** Which `SnapshotType` does a cluster snapshot of AWS Backup have? */
export const clusterBackupType: Probe = {
  id: 'cluster-backup-type',
  assumptions: ['cluster-backups-are-typed-manual'],
  creates: 'an Aurora cluster and a backup of it',
  maxCostUsd: 0.2,
  assumed: 'manual',
  ask: async ({ source }, scope) => {
    const arn = await backupOf(scope, source, await cluster(scope));
    const DBClusterSnapshotIdentifier = arn.split(':').slice(6).join(':');
    const found = await source.rds.send(new DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier }));
    return found.DBClusterSnapshots?.[0]?.SnapshotType ?? 'none';
  },
};
