import { BackupClient, paginateListBackupPlans } from '@aws-sdk/client-backup';
import { plansOf } from '../../config/plans-of';
import { CheckvalveError } from '../../contract/errors';
import { bringOwnPlan } from '../own-plan';
import type { Stage } from '../stage';
import type { PhaseResults } from './phase';

/** How long a job of AWS Backup takes, in virtual seconds. */
export const JOB_SECONDS = 600;

/** Runs the daily plan of each production account, and waits until its jobs are complete. The events of RDS and of AWS
 * Backup wait for the next phase. */
export async function runBackupPlans(stage: Stage, { hasOwnPlans = false }: PhaseResults): Promise<PhaseResults> {
  const { config, emulator, world } = stage;
  for (const account of world.production) {
    for (const region of new Set(world.databases.filter((one) => one.account === account).map((one) => one.region))) {
      await stage.timed(account, () => runDailyPlan(stage, { account, region, isFirst: !hasOwnPlans }));
    }
  }
  await emulator.advance(JOB_SECONDS + 1);
  return { hasOwnPlans: plansOf(config) === undefined };
}

/** An account and Region, and whether AWS Backup has run no plan there before. */
interface PlanRun {
  readonly account: string;
  readonly region: string;
  readonly isFirst: boolean;
}

/** The daily plan of one account starts its jobs. A team that brings its own backup plan creates it first. */
export async function runDailyPlan(stage: Stage, { account, region, isFirst }: PlanRun): Promise<void> {
  const { config, emulator } = stage;
  const isOurs = plansOf(config) !== undefined;
  if (!isOurs && isFirst) await bringOwnPlan(emulator, config, { account, region });
  const planName = await dailyPlan(new BackupClient(emulator.client(account, region)), account);
  const jobs = await emulator.runBackup({ account, region, planName, durationSeconds: JOB_SECONDS });
  for (const { resourceArn, recoveryPointArn, statusMessage, obstacle } of jobs) {
    if (obstacle === 'window') throw failed(resourceArn, statusMessage ?? '');
    if (statusMessage && isOurs) throw denied(statusMessage);
    // The role of a team's own plan is not part of the tooling: its permissions are not checked.
    if (recoveryPointArn && isOurs) await requireBackupPermission(stage, resourceArn, recoveryPointArn);
  }
}

/** @throws CheckvalveError `ACCESS_DENIED` when AWS Backup's role lacks a permission that this backup needs */
export async function requireBackupPermission({ options }: Stage, database: string, point: string): Promise<void> {
  const decision = (await options.authorizeBackup?.(database, point)) ?? { allowed: true };
  if (decision.allowed) return;
  throw denied(decision.message);
}

const denied = (message: string) =>
  new CheckvalveError('ACCESS_DENIED', message, 'Look at the backup role in the template of the tooling.');

const failed = (database: string, message: string) =>
  new CheckvalveError(
    'REHEARSAL_FAILED',
    `AWS Backup does not back up ${database}: ${message}`,
    'Move that window of the instance, or the schedule of the plan, so that they are two hours apart.',
  );

async function dailyPlan(client: BackupClient, account: string): Promise<string> {
  const names: string[] = [];
  for await (const page of paginateListBackupPlans({ client }, {})) {
    for (const { BackupPlanName = '' } of page.BackupPlansList ?? []) names.push(BackupPlanName);
  }
  const daily = names.filter((name) => /daily/i.test(name));
  if (daily.length === 1 && daily[0]) return daily[0];
  const message = `Account ${account} must have one daily backup plan; it has: ${names.join(', ') || 'no plan'}.`;
  throw new CheckvalveError('REHEARSAL_FAILED', message, 'Look at the plans in the template of the tooling.');
}
