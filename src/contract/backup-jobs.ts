/** States of a job of AWS Backup that ended without a backup.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupJob.html */
export const MISSED_STATES = ['FAILED', 'EXPIRED', 'ABORTED'] as const;
