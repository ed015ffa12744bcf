import { Aws, Fn, type IResolvable, RemovalPolicy } from 'aws-cdk-lib';
import { CfnBackupPlan, CfnBackupSelection, CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { documentOf, explainWildcards } from '../../src/constructs/permissions';
import type { Region } from '../../src/contract/ids';
import { NAMES, PREFIX, RECOVERY_POINT_TAGS, roleNames } from '../../src/contract/names';
import { BACKUP_PERMISSIONS, COPY_PERMISSIONS } from './backup-permissions';
import { whereCopiesArrive } from './where-copies-arrive';

/** One plan of AWS Backup. */
export interface PlanProps {
  readonly schedule: string;
  readonly timeZone: string;
  readonly retentionDays: number;
}

/** The two backup plans and what they select. */
export interface BackupPlansProps {
  readonly daily: PlanProps;
  readonly monthly: PlanProps;
  /** Minutes within which a job must start. The start windows of the two plans must not overlap. */
  readonly startWindowMinutes: number;
  /** The Region to whose backup vault every recovery point is also copied. */
  readonly copyTo?: Region;
  readonly databaseTag: { readonly key: string; readonly value: string };
  readonly exportKeyId: string;
}

/** Minutes within which a job must finish: seven days, the default of AWS Backup. */
const COMPLETION_WINDOW_MINUTES = 7 * 24 * 60;

/** AWS Backup in a source: a backup vault, a role, and a daily and a monthly plan. */
export class BackupPlans extends Construct {
  readonly vaultName: string;
  readonly roleArn: string;

  constructor(scope: Construct, id: string, props: BackupPlansProps) {
    super(scope, id);
    const endOfStackId = Fn.select(4, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))));
    const vault = new CfnBackupVault(this, 'Vault', {
      // A backup vault with recovery points cannot be deleted, so that it is retained. Its name ends in the id of the stack, so
      // that the names differ when the account is enrolled again.
      backupVaultName: `${PREFIX}-${endOfStackId}`,
    });
    const may = props.copyTo ? [...BACKUP_PERMISSIONS, ...COPY_PERMISSIONS] : BACKUP_PERMISSIONS;
    const role = new Role(this, 'Role', {
      // AWS Backup needs the role as long as its recovery points exist: it deletes them with this role, years later.
      roleName: `${roleNames.backup(Aws.REGION as Region)}-${endOfStackId}`,
      assumedBy: new ServicePrincipal('backup.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      inlinePolicies: { backup: documentOf(may) },
    });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    vault.applyRemovalPolicy(RemovalPolicy.RETAIN);
    explainWildcards(role, may);
    this.vaultName = vault.ref;
    this.roleArn = role.roleArn;
    this.plan('daily', props.daily, vault, role, props);
    this.plan('monthly', props.monthly, vault, role, props);
  }

  private plan(name: string, plan: PlanProps, vault: CfnBackupVault, role: Role, props: BackupPlansProps): void {
    const id = name === 'daily' ? 'Daily' : 'Monthly';
    const backupPlan = new CfnBackupPlan(this, id, {
      backupPlan: {
        backupPlanName: `${PREFIX}-${name}`,
        backupPlanRule: [
          {
            ruleName: name,
            targetBackupVault: vault.ref,
            scheduleExpression: plan.schedule,
            scheduleExpressionTimezone: plan.timeZone,
            startWindowMinutes: props.startWindowMinutes,
            completionWindowMinutes: COMPLETION_WINDOW_MINUTES,
            lifecycle: { deleteAfterDays: plan.retentionDays },
            copyActions: this.copies(plan, props.copyTo),
            recoveryPointTags: {
              [RECOVERY_POINT_TAGS.exportKey]: props.exportKeyId,
              [RECOVERY_POINT_TAGS.plan]: name,
            },
          },
        ],
      },
    });
    new CfnBackupSelection(this, `${id}Databases`, {
      backupPlanId: backupPlan.ref,
      backupSelection: {
        selectionName: 'databases',
        iamRoleArn: role.roleArn,
        // Databases by ARN and by tag: a tag alone would also select volumes, tables and buckets, and keep them for five years.
        // https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources-json.html
        resources: ['arn:aws:rds:*:*:db:*', 'arn:aws:rds:*:*:cluster:*'],
        conditions: {
          StringEquals: [
            { ConditionKey: `aws:ResourceTag/${props.databaseTag.key}`, ConditionValue: props.databaseTag.value },
          ],
        },
      },
    });
  }

  /** A copy of each recovery point in the other Region, kept as long; none in that Region itself. */
  private copies({ retentionDays }: PlanProps, copyTo: Region | undefined): IResolvable | undefined {
    if (!copyTo) return undefined;
    const vault = `arn:aws:backup:${copyTo}:${Aws.ACCOUNT_ID}:backup-vault:${NAMES.copiesVault}`;
    const copy = { DestinationBackupVaultArn: vault, Lifecycle: { DeleteAfterDays: retentionDays } };
    return whereCopiesArrive(this, copyTo, Aws.NO_VALUE, [copy]);
  }
}
