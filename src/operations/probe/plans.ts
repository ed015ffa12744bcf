import { ListBackupJobsCommand } from '@aws-sdk/client-backup';
import { MINUTE } from '../../contract/durations';
import type { AccountClients } from './clients';
import { instance } from './databases';
import type { Scope } from './probe';
import { roleResource, stack } from './stacks';

const BEGINS_IN_MINUTES = 10;
const START_WINDOW_MINUTES = 60;
/** AWS Backup lists a job some minutes after its start. */
const MAX_MINUTES = BEGINS_IN_MINUTES + START_WINDOW_MINUTES + 20;

const cron = (at: Date) => `cron(${at.getUTCMinutes()} ${at.getUTCHours()} * * ? *)`;

/**
 * Whether a backup plan that selects instances by ARN pattern and tag, as Checkvalve’s plans do, starts a job for the
 * instance of the run. `policy` is the policy of the plan’s role: inline statements, or the ARN of a managed policy.
 * Longer than most: it contains the template of the plan.
 */
export async function planSelects(
  scope: Scope,
  { region, account }: AccountClients,
  what: string,
  policy: readonly object[] | string,
): Promise<boolean> {
  const { arn } = await instance(scope);
  const vault = scope.name(`${what}-vault`);
  const start = new Date(Date.now() + BEGINS_IN_MINUTES * MINUTE);
  const rule = {
    RuleName: 'probe',
    TargetBackupVault: { Ref: 'Vault' },
    ScheduleExpression: cron(start),
    StartWindowMinutes: START_WINDOW_MINUTES,
    CompletionWindowMinutes: 180,
  };
  const selection = {
    SelectionName: 'probe',
    IamRoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Resources: [`arn:aws:rds:${region}:${account}:db:*`],
    Conditions: {
      StringEquals: [{ ConditionKey: 'aws:ResourceTag/checkvalve-probe', ConditionValue: scope.run }],
    },
  };
  const [inline, managed] = typeof policy === 'string' ? [[], { ManagedPolicyArns: [policy] }] : [policy, {}];
  await stack(scope, 'source', what, {
    Vault: { Type: 'AWS::Backup::BackupVault', Properties: { BackupVaultName: vault } },
    Role: roleResource(scope.name(`${what}-role`), { Service: 'backup.amazonaws.com' }, inline, managed),
    Plan: {
      Type: 'AWS::Backup::BackupPlan',
      Properties: { BackupPlan: { BackupPlanName: scope.name(what), BackupPlanRule: [rule] } },
    },
    Selection: {
      Type: 'AWS::Backup::BackupSelection',
      Properties: { BackupPlanId: { Ref: 'Plan' }, BackupSelection: selection },
    },
  });
  // A plan that is created after its start selects no instance today, for a reason other than the question.
  if (Date.now() >= start.getTime()) throw new Error(`The plan ${scope.name(what)} did not exist at its start`);
  const order = { ByResourceArn: arn, ByBackupVaultName: vault };
  const job = await scope.create('source', 'backups-in', vault, ({ backup }) =>
    scope.within(MAX_MINUTES, async () => (await backup.send(new ListBackupJobsCommand(order))).BackupJobs?.[0]),
  );
  return job !== undefined;
}
