import {
  type BackupClient,
  DescribeRegionSettingsCommand,
  type ListBackupJobsCommandInput,
  paginateListBackupJobs,
} from '@aws-sdk/client-backup';
import { MISSED_STATES } from '../../../src/contract/backup-jobs';
import { CLUSTER_SERVICES, isDatabaseService } from '../../../src/contract/database-services';
import { DAY } from '../../../src/contract/durations';
import type { BackupJobs, FailedJob } from '../ports/backup-jobs';

/** How long a job may have waited to start before it expired. */
const WAITED = DAY;

/** Pages of each state that are read: an account with a million failed jobs hides only its own, and costs others no time. */
const PAGES = 3;

/** {@link BackupJobs} on AWS Backup. */
export class AwsBackupJobs implements BackupJobs {
  constructor(private readonly client: BackupClient) {}

  async failedSince(after: Date): Promise<readonly FailedJob[]> {
    const found: FailedJob[] = [];
    const asked: ListBackupJobsCommandInput[] = [
      // A job may run for days: when it began does not say when it failed.
      ...MISSED_STATES.map((ByState) => ({ ByState, ByCompleteAfter: after })),
      // AWS does not document an end time for a job that never started.
      { ByState: 'EXPIRED', ByCreatedAfter: new Date(after.getTime() - WAITED) },
    ];
    for (const input of asked) {
      let pages = 0;
      for await (const page of paginateListBackupJobs({ client: this.client }, { ...input, MaxResults: 1000 })) {
        for (const job of page.BackupJobs ?? []) {
          if (!isDatabaseService(job.ResourceType ?? '') || (input.ByCreatedAfter && job.CompletionDate)) continue;
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
    return CLUSTER_SERVICES.filter((service) => preferences[service] === false);
  }
}
