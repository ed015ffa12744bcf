import { BackupClient, paginateListBackupPlans } from '@aws-sdk/client-backup';
import { plansOf } from '../config/plans-of';
import { CheckvalveError } from '../contract/errors';
import { bringOwnPlan } from './own-plan';
import type { Stage } from './stage';

/** How long a job of AWS Backup takes, in virtual seconds. */
export const JOB_SECONDS = 600;

/** Lets the daily plan of each production account take its turn, and waits until its jobs are through. What RDS and
 * AWS Backup tell of it waits with the functions: hearing it is the next beat. */
export async function backUp(stage: Stage): Promise<void> {
  const { config, emulator, world } = stage;
  const ours = plansOf(config) !== undefined;
  for (const account of world.production) {
    for (const region of new Set(world.databases.filter((of) => of.account === account).map((of) => of.region))) {
      await stage.timed(account, async () => {
        if (!ours && !stage.hasOwnPlans) await bringOwnPlan(emulator, config, { account, region });
        const planName = await dailyPlan(new BackupClient(emulator.client(account, region)), account);
        const jobs = await emulator.runBackup({ account, region, planName, durationSeconds: JOB_SECONDS });
        for (const { resourceArn, recoveryPointArn } of jobs) {
          // A role of somebody else's is not ours to judge.
          if (recoveryPointArn && ours) await mayBackUp(stage, resourceArn, recoveryPointArn);
        }
      });
    }
  }
  stage.hasOwnPlans = !ours;
  await emulator.advance(JOB_SECONDS + 1);
}

/** @throws CheckvalveError `ACCESS_DENIED` when AWS Backup's role may not do what this backup needs */
export async function mayBackUp({ options }: Stage, database: string, point: string): Promise<void> {
  const verdict = (await options.authorizeBackup?.(database, point)) ?? { allowed: true };
  if (verdict.allowed) return;
  throw new CheckvalveError(
    'ACCESS_DENIED',
    verdict.message,
    'Look at the backup role in the template of the tooling.',
  );
}

async function dailyPlan(client: BackupClient, account: string): Promise<string> {
  const names: string[] = [];
  for await (const page of paginateListBackupPlans({ client }, {})) {
    for (const { BackupPlanName = '' } of page.BackupPlansList ?? []) names.push(BackupPlanName);
  }
  const daily = names.filter((name) => /daily/i.test(name));
  if (daily.length === 1 && daily[0]) return daily[0];
  const message = `Account ${account} should have one daily backup plan; it has: ${names.join(', ') || 'no plan'}.`;
  throw new CheckvalveError('REHEARSAL_FAILED', message, 'Look at the plans in the template of the tooling.');
}
