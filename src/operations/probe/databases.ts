import { randomBytes } from 'node:crypto';
import {
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
} from '@aws-sdk/client-rds';
import { WEEKDAYS } from '../../contract/backup-windows';
import { HOUR } from '../../contract/durations';
import type { Scope } from './probe';

const MAX_MINUTES = 45;

/** A database that exists until the end of the run. */
export interface ProbeDatabase {
  readonly id: string;
  readonly arn: string;
}

const login = () => ({ MasterUsername: 'probe', MasterUserPassword: randomBytes(15).toString('hex') });

/** The hours until the windows of the instance: more than a run takes. */
const HOURS = { backup: 22, maintenance: 140 } as const;

/**
 * Windows of an instance outside the time of the run: in them AWS Backup starts no backup. The backup window has no day,
 * since it is daily.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html
 */
export function lateWindows(now: number) {
  const window = (hours: number, days: boolean) => {
    const begin = new Date(now + hours * HOUR);
    const [hour, day] = [begin.toISOString().slice(11, 13), WEEKDAYS[begin.getUTCDay()]];
    return [`${hour}:00`, `${hour}:30`].map((time) => (days ? `${day}:${time}` : time)).join('-');
  };
  return {
    PreferredBackupWindow: window(HOURS.backup, false),
    PreferredMaintenanceWindow: window(HOURS.maintenance, true),
  };
}

/** A small instance in the source, under the key aws/rds, without automated backups. */
export const instance = (scope: Scope): Promise<ProbeDatabase> =>
  scope.once('instance', async () => {
    const DBInstanceIdentifier = scope.name('instance');
    return scope.create('source', 'db-instance', DBInstanceIdentifier, async ({ rds }) => {
      await rds.send(
        new CreateDBInstanceCommand({
          DBInstanceIdentifier,
          DBInstanceClass: 'db.t4g.micro',
          Engine: 'postgres',
          AllocatedStorage: 20,
          BackupRetentionPeriod: 0,
          StorageEncrypted: true,
          PubliclyAccessible: false,
          ...lateWindows(Date.now()),
          Tags: scope.tags,
          ...login(),
        }),
      );
      const found = await scope.within(MAX_MINUTES, async () => {
        const { DBInstances: [one] = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
        return one?.DBInstanceStatus === 'available' ? one : undefined;
      });
      if (!found?.DBInstanceArn)
        throw new Error(`The instance ${DBInstanceIdentifier} is not available after ${MAX_MINUTES} minutes`);
      return { id: DBInstanceIdentifier, arn: found.DBInstanceArn };
    });
  });

/** An Aurora cluster without an instance in the source: under the key aws/rds, or with RDS’s default encryption. */
export const cluster = (scope: Scope, encryption: 'aws-rds' | 'by-default' = 'aws-rds'): Promise<ProbeDatabase> =>
  scope.once(`cluster-${encryption}`, async () => {
    const DBClusterIdentifier = scope.name(`cluster-${encryption}`);
    return scope.create('source', 'db-cluster', DBClusterIdentifier, async ({ rds }) => {
      await rds.send(
        new CreateDBClusterCommand({
          DBClusterIdentifier,
          Engine: 'aurora-postgresql',
          ...(encryption === 'aws-rds' && { StorageEncrypted: true }),
          Tags: scope.tags,
          ...login(),
        }),
      );
      const found = await scope.within(MAX_MINUTES, async () => {
        const { DBClusters: [one] = [] } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier }));
        return one?.Status === 'available' ? one : undefined;
      });
      if (!found?.DBClusterArn)
        throw new Error(`The cluster ${DBClusterIdentifier} is not available after ${MAX_MINUTES} minutes`);
      return { id: DBClusterIdentifier, arn: found.DBClusterArn };
    });
  });
