/** A job that ended without a snapshot, in AWS Backup's words. */
export interface FailedJob {
  /** ARN of what was to be backed up. */
  readonly resource: string;
  /** `FAILED`, `EXPIRED` or `ABORTED`. */
  readonly state: string;
  readonly message: string;
  readonly at: Date;
}

/** What AWS Backup says of itself in one account and Region. */
export interface BackupJobs {
  /** Jobs for databases that were started after that instant and ended without a snapshot. Reads all pages. */
  failedSince(after: Date): Promise<readonly FailedJob[]>;
  /** Kinds of resource, in AWS Backup's words (`RDS`, `Aurora`, …), that the account has not opted in to. */
  optedOut(): Promise<readonly string[]>;
}
