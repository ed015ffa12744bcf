import { BACKUP_PREFIX } from './names';

/** What RDS says of a snapshot: the last part of its ARN, and its type. */
interface Typed {
  readonly name: string;
  readonly type: string;
}

/**
 * Whether AWS Backup made a snapshot. Its name tells: RDS types AWS Backup's snapshots of clusters as manual.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AutomatedBackups.AWSBackup.html
 */
export const isOfAwsBackup = ({ name, type }: Typed): boolean => name.startsWith(BACKUP_PREFIX) || type === 'awsbackup';
/** Whether a snapshot counts toward the account's quota of manual snapshots. AWS Backup's never do (same page). */
export const countsTowardQuota = (snapshot: Typed): boolean => snapshot.type === 'manual' && !isOfAwsBackup(snapshot);
