import { BACKUP_PREFIX } from './names';

/** A snapshot as RDS describes it: the last part of its ARN, and its type. */
interface Typed {
  readonly name: string;
  readonly type: string;
}

/**
 * Whether AWS Backup made a snapshot. The name decides, because RDS gives AWS Backup's snapshots of clusters the type manual.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AutomatedBackups.AWSBackup.html
 */
export const isOfAwsBackup = ({ name, type }: Typed): boolean => name.startsWith(BACKUP_PREFIX) || type === 'awsbackup';

/** Whether a snapshot counts toward the quota of manual snapshots. Snapshots of AWS Backup do not (same page). */
export const countsTowardQuota = (snapshot: Typed): boolean => snapshot.type === 'manual' && !isOfAwsBackup(snapshot);
