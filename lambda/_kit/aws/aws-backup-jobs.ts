import {
  type BackupClient,
  DescribeRegionSettingsCommand,
  type ListBackupJobsCommandInput,
  paginateListBackupJobs,
} from '@aws-sdk/client-backup';
import { DAY } from '../../../src/contract/durations';
import type { BackupJobs, FailedJob } from '../ports/backup-jobs';

/** States of a job that ended without a snapshot. AWS Backup starts no job for a service without opt-in.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupJob.html */
const ENDINGS = ['FAILED', 'EXPIRED', 'ABORTED'] as const;

/** How long a job may have waited to start before it expired. */
const WAITED = DAY;

/** Services of AWS Backup for clusters. Instances, `RDS`, are backed up when a plan selects them by ARN, with or without opt-in.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/getting-started.html#service-opt-in */
const CLUSTERS = ['Aurora', 'DocumentDB', 'Neptune'];
/** Services of AWS Backup for databases. */
const DATABASES = ['RDS', ...CLUSTERS];

/** Pages of each state that are read: an account with a million failed jobs hides only its own, and costs others no time. */
const PAGES = 3;

/** {@link BackupJobs} on AWS Backup. */
export class AwsBackupJobs implements BackupJobs {
  constructor(private readonly client: BackupClient) {}

  async failedSince(after: Date): Promise<readonly FailedJob[]> {
    const found: FailedJob[] = [];
    const asked: ListBackupJobsCommandInput[] = [
      // A job may run for days: when it began does not say when it failed.
      ...ENDINGS.map((ByState) => ({ ByState, ByCompleteAfter: after })),
      // AWS does not document an end time for a job that never started.
      { ByState: 'EXPIRED', ByCreatedAfter: new Date(after.getTime() - WAITED) },
    ];
    for (const input of asked) {
      let pages = 0;
      for await (const page of paginateListBackupJobs({ client: this.client }, { ...input, MaxResults: 1000 })) {
        for (const job of page.BackupJobs ?? []) {
          if (!DATABASES.includes(job.ResourceType ?? '') || (input.ByCreatedAfter && job.CompletionDate)) continue;
          found.push({
            resource: job.ResourceArn ?? 'unknown',
            state: `${input.ByState}`,
            message: job.StatusMessage ?? 'AWS Backup gives no reason',
            at: job.CompletionDate ?? job.CreationDate ?? after,
            begunAt: job.CreationDate,
          });
        }
        pages += 1;
        if (pages === PAGES) break;
      }
    }
    return found.sort((a, b) => b.at.getTime() - a.at.getTime());
  }

  async optedOut(): Promise<readonly string[]> {
    const { ResourceTypeOptInPreference: preferences = {} } = await this.client.send(
      new DescribeRegionSettingsCommand({}),
    );
    return CLUSTERS.filter((service) => preferences[service] === false);
  }
}
