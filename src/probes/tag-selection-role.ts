import { ListBackupJobsCommand } from '@aws-sdk/client-backup';
import { instance } from './databases';
import type { Probe } from './probe';
import { roleResource, stack } from './stacks';

const START_WINDOW_MINUTES = 60;
/** The plan begins ten minutes from now, has an hour to start a job, and AWS Backup needs a while to show it. */
const MAX_MINUTES = 10 + START_WINDOW_MINUTES + 20;

const cron = (at: Date) => `cron(${at.getUTCMinutes()} ${at.getUTCHours()} * * ? *)`;

/** Does AWS Backup select databases by tag under a role that may not look for tags by itself? */
export const tagSelectionRole: Probe = {
  id: 'tag-selection-role',
  assumptions: ['backup-selects-by-tag-without-get-resources'],
  creates: 'an RDS instance, a backup vault, a role, a backup plan that selects by tag, and a backup',
  maxCostUsd: 0.5,
  assumed: 'selected',
  ask: async ({ source }, scope) => {
    const { arn } = await instance(scope);
    const vault = scope.name('selected');
    const actions = ['rds:AddTagsToResource', 'rds:CopyDBSnapshot', 'rds:CreateDBSnapshot', 'rds:DeleteDBSnapshot'];
    const reads = ['rds:DescribeDBInstances', 'rds:DescribeDBSnapshots', 'rds:ListTagsForResource'];
    const keys = ['kms:CreateGrant', 'kms:DescribeKey'];
    const policy = [{ Effect: 'Allow', Action: [...actions, ...reads, ...keys], Resource: '*' }];
    const rule = {
      RuleName: 'probe',
      TargetBackupVault: { Ref: 'Vault' },
      ScheduleExpression: cron(new Date(Date.now() + 10 * 60_000)),
      StartWindowMinutes: START_WINDOW_MINUTES,
      CompletionWindowMinutes: 180,
    };
    const tag = { ConditionKey: 'aws:ResourceTag/checkvalve-probe', ConditionValue: scope.run };
    const selection = {
      SelectionName: 'probe',
      IamRoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Resources: [`arn:aws:rds:${source.region}:${source.account}:db:*`],
      Conditions: { StringEquals: [tag] },
    };
    const plan = { BackupPlanName: scope.name('plan'), BackupPlanRule: [rule] };
    await stack(scope, 'source', 'selection', {
      Vault: { Type: 'AWS::Backup::BackupVault', Properties: { BackupVaultName: vault } },
      Role: roleResource(scope.name('selecting'), { Service: 'backup.amazonaws.com' }, policy),
      Plan: { Type: 'AWS::Backup::BackupPlan', Properties: { BackupPlan: plan } },
      Selection: {
        Type: 'AWS::Backup::BackupSelection',
        Properties: { BackupPlanId: { Ref: 'Plan' }, BackupSelection: selection },
      },
    });
    const order = { ByResourceArn: arn, ByBackupVaultName: vault };
    const job = await scope.create('source', 'backups-in', vault, ({ backup }) =>
      scope.within(MAX_MINUTES, async () => (await backup.send(new ListBackupJobsCommand(order))).BackupJobs?.[0]),
    );
    return job ? 'selected' : 'not-selected';
  },
};
