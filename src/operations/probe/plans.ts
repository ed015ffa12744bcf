import { ListBackupJobsCommand } from '@aws-sdk/client-backup';
import { MINUTE } from '../../contract/durations';
import type { AccountClients } from './clients';
import { instance } from './databases';
import type { Scope } from './probe';
import { roleResource, stack } from './stacks';

const BEGINS_IN_MINUTES = 10;
const START_WINDOW_MINUTES = 60;
/** AWS Backup needs a while to show a job. */
const MAX_MINUTES = BEGINS_IN_MINUTES + START_WINDOW_MINUTES + 20;

const cron = (at: Date) => `cron(${at.getUTCMinutes()} ${at.getUTCHours()} * * ? *)`;

/**
 * Whether a backup plan that selects instances by ARN pattern and tag, as Checkvalve's do, starts a job for the instance of
 * the run. `policy` is what the role of the plan has: inline statements, or an ARN of AWS's own policies.
 */
export async function planPicks(
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
  // A plan that came too late for its start picks nothing today, whatever the question.
  if (Date.now() >= start.getTime()) throw new Error(`The plan ${scope.name(what)} was not there at its start`);
  const order = { ByResourceArn: arn, ByBackupVaultName: vault };
  const job = await scope.create('source', 'backups-in', vault, ({ backup }) =>
    scope.within(MAX_MINUTES, async () => (await backup.send(new ListBackupJobsCommand(order))).BackupJobs?.[0]),
  );
  return job !== undefined;
}
