import { type BackupClient, DescribeRegionSettingsCommand, paginateListBackupJobs } from '@aws-sdk/client-backup';
import type { BackupJobs, FailedJob } from '../ports/backup-jobs';

/** The endings of a job that leave no snapshot; a job that was not opted in to is none at all.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupJob.html */
const ENDINGS = ['FAILED', 'EXPIRED', 'ABORTED'] as const;

/** What AWS Backup calls databases. */
const DATABASES = ['RDS', 'Aurora', 'DocumentDB', 'Neptune'];

/** Pages of each ending that are read: who lets a million jobs fail hides his own, and takes nobody else's time. */
const PAGES = 3;

/** {@link BackupJobs} on AWS Backup. */
export class AwsBackupJobs implements BackupJobs {
  constructor(private readonly client: BackupClient) {}

  async failedSince(after: Date): Promise<readonly FailedJob[]> {
    const found: FailedJob[] = [];
    for (const ByState of ENDINGS) {
      const input = { ByState, ByCreatedAfter: after, MaxResults: 1000 };
      let pages = 0;
      for await (const page of paginateListBackupJobs({ client: this.client }, input)) {
        for (const job of page.BackupJobs ?? []) {
          if (!DATABASES.includes(job.ResourceType ?? '')) continue;
          found.push({
            resource: job.ResourceArn ?? 'unknown',
            state: ByState,
            message: job.StatusMessage ?? 'AWS Backup gives no reason',
            at: job.CompletionDate ?? job.CreationDate ?? after,
          });
        }
        pages += 1;
        if (pages === PAGES) break;
      }
    }
    return found;
  }

  async optedOut(): Promise<readonly string[]> {
    const { ResourceTypeOptInPreference: preferences = {} } = await this.client.send(
      new DescribeRegionSettingsCommand({}),
    );
    return DATABASES.filter((service) => preferences[service] === false);
  }
}
