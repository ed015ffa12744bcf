/** A job that ended without a snapshot. */
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

/** The jobs and the opt-in of AWS Backup in one account and Region. */
export interface BackupJobs {
  /** Jobs for databases that ended without a snapshot after that instant, the newest first. */
  failedSince(after: Date): Promise<readonly FailedJob[]>;
  /** Services for clusters (`Aurora`, …) that AWS Backup does not back up: the account has not opted in. */
  optedOut(): Promise<readonly string[]>;
}
