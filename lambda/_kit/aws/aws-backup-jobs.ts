import {
  type BackupClient,
  DescribeRegionSettingsCommand,
  type ListBackupJobsCommandInput,
  paginateListBackupJobs,
} from '@aws-sdk/client-backup';
import { DAY } from '../../../src/contract/durations';
import type { BackupJobs, FailedJob } from '../ports/backup-jobs';

/** The endings of a job that leave no snapshot; a job that was not opted in to is none at all.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupJob.html */
const ENDINGS = ['FAILED', 'EXPIRED', 'ABORTED'] as const;

/** How long a job that never started may have waited to do so before it expired. */
const WAITED = DAY;

/** What AWS Backup calls clusters. Of instances, `RDS`, it takes whatever is selected by ARN, opted in or not.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/getting-started.html#service-opt-in */
const CLUSTERS = ['Aurora', 'DocumentDB', 'Neptune'];
/** What AWS Backup calls databases. */
const DATABASES = ['RDS', ...CLUSTERS];

/** Pages of each ending that are read: who lets a million jobs fail hides his own, and takes nobody else's time. */
const PAGES = 3;

/** {@link BackupJobs} on AWS Backup. */
export class AwsBackupJobs implements BackupJobs {
  constructor(private readonly client: BackupClient) {}

  async failedSince(after: Date): Promise<readonly FailedJob[]> {
    const found: FailedJob[] = [];
    const asked: ListBackupJobsCommandInput[] = [
      // A job may run for days: when it began says nothing of when it was missed.
      ...ENDINGS.map((ByState) => ({ ByState, ByCompleteAfter: after })),
      // That a job which never started has a time of its end is nowhere promised.
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
