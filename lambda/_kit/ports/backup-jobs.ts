/** A job that ended without a snapshot, in AWS Backup's words. */
export interface FailedJob {
  /** ARN of what was to be backed up. */
  readonly resource: string;
  /** `FAILED`, `EXPIRED` or `ABORTED`. */
  readonly state: string;
  readonly message: string;
  readonly at: Date;
  /** When it was to start. */
  readonly begunAt?: Date;
}

/** What AWS Backup says of itself in one account and Region. */
export interface BackupJobs {
  /** Jobs for databases that ended without a snapshot after that instant, whenever they began; the newest first. */
  failedSince(after: Date): Promise<readonly FailedJob[]>;
  /** Kinds of cluster, in AWS Backup's words (`Aurora`, …), that it does not back up: the account has not opted in. */
  optedOut(): Promise<readonly string[]>;
}
