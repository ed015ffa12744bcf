import {
  BackupClient,
  CreateBackupPlanCommand,
  CreateBackupSelectionCommand,
  CreateBackupVaultCommand,
} from '@aws-sdk/client-backup';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { CheckvalveError } from '../contract/errors';
import { RECOVERY_POINT_TAGS } from '../contract/names';
import type { Emulator } from '../emulator/emulator';
import { toolingIn } from '../operations/backup/aws-account';

/** When the plan of a team starts, and how long AWS Backup may take to start a job of it, in minutes. */
export const TEAM_PLAN = { schedule: 'cron(30 2 * * ? *)', timeZone: 'UTC', startWindowMinutes: 120 } as const;

/** Creates what a team brings that uses its own backup plan, as docs/bring-your-own-plan.md describes: a backup vault, a role, and a
 * plan that sets the two tags. */
export async function bringOwnPlan(
  emulator: Emulator,
  { databaseTag }: CheckvalveConfig,
  { account, region }: { readonly account: string; readonly region: string },
): Promise<void> {
  const settings = emulator.client(account, region);
  const tooling = await toolingIn(() => settings, region);
  if (!tooling) {
    const message = `No stack of the tooling in ${account}, ${region} has its export key as an output`;
    throw new CheckvalveError('REHEARSAL_FAILED', message, 'Look at the outputs in the template of the tooling.');
  }
  const [backup, iam] = [new BackupClient(settings), new IAMClient(settings)];
  const role = await createBackupRole(iam, `team-backup-${region}`);
  await backup.send(new CreateBackupVaultCommand({ BackupVaultName: 'team-vault' }));
  const rule = {
    RuleName: 'nightly',
    TargetBackupVaultName: 'team-vault',
    ScheduleExpression: TEAM_PLAN.schedule,
    ScheduleExpressionTimezone: TEAM_PLAN.timeZone,
    StartWindowMinutes: TEAM_PLAN.startWindowMinutes,
    Lifecycle: { DeleteAfterDays: 14 },
    RecoveryPointTags: { [RECOVERY_POINT_TAGS.exportKey]: tooling.exportKeyId, [RECOVERY_POINT_TAGS.plan]: 'daily' },
  };
  const plan = new CreateBackupPlanCommand({ BackupPlan: { BackupPlanName: 'team-daily', Rules: [rule] } });
  const { BackupPlanId } = await backup.send(plan);
  const BackupSelection = {
    SelectionName: 'ours',
    IamRoleArn: role,
    Resources: ['arn:aws:rds:*:*:db:*', 'arn:aws:rds:*:*:cluster:*'],
    Conditions: {
      StringEquals: [{ ConditionKey: `aws:ResourceTag/${databaseTag.key}`, ConditionValue: databaseTag.value }],
    },
  };
  await backup.send(new CreateBackupSelectionCommand({ BackupPlanId, BackupSelection }));
}

/** Creates the role of the plan, and returns its ARN. */
async function createBackupRole(iam: IAMClient, RoleName: string): Promise<string | undefined> {
  const Statement = { Effect: 'Allow', Principal: { Service: 'backup.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [Statement] });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  // AWS's managed policy allows even more.
  const may = { Effect: 'Allow', Action: ['backup:*', 'kms:*', 'rds:*', 'tag:GetResources'], Resource: '*' };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [may] });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'backup', PolicyDocument }));
  return Role?.Arn;
}
