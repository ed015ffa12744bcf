import { Aws, CfnOutput, Tags } from 'aws-cdk-lib';
import { StackSetStack } from 'cdk-stacksets';
import type { Construct } from 'constructs';
import type { AccountId, Region } from '../../src/contract/ids';
import { NAMES, TAGS, TOOLING_OUTPUTS } from '../../src/contract/names';
import { BackupPlans, type PlanProps } from './backup-plans';
import { CopiesTopic } from './copies-topic';
import { CoverageAccess } from './coverage-access';
import { EnableBackup } from './enable-backup';
import { ExportKey } from './export-key';
import { ExportMemoryTable } from './export-memory';
import { ExportSnapshots } from './export-snapshots';
import { SnapshotAccess } from './snapshot-access';

/** What the tooling needs. The template is the same in all accounts. */
export interface SourceToolingProps {
  readonly vaultAccount: AccountId;
  readonly code: { readonly enableBackup: string; readonly exportSnapshots: string };
  /** The backup plans of the tooling; undefined where teams bring their own. */
  readonly plans?: {
    readonly daily: PlanProps;
    readonly monthly: PlanProps;
    readonly startWindowMinutes: number;
    readonly copyTo?: Region;
  };
  readonly serviceOptIn: 'report' | 'set';
  /** The tag that selects databases. */
  readonly databaseTag: { readonly key: string; readonly value: string };
  readonly limits: Readonly<Record<string, number>>;
}

/** The Region of the stack, which CloudFormation resolves. */
export const HERE = Aws.REGION as Region;

/** The stack in every production account, in the order of the flow: key, backup, notification, export, access roles. */
export class SourceTooling extends StackSetStack {
  constructor(scope: Construct, id: string, props: SourceToolingProps) {
    super(scope, id);
    this.templateOptions.description = 'Checkvalve: exports snapshots of this account’s databases for the vault';
    const { vaultAccount, code, plans, serviceOptIn, databaseTag } = props;
    Tags.of(this).add(TAGS.part, NAMES.stackSet);

    const key = new ExportKey(this, 'ExportKey', { vaultAccount });
    const enabled = new EnableBackup(this, 'EnableBackup', {
      code: code.enableBackup,
      serviceOptIn,
      copyTo: plans?.copyTo,
    });
    const backup = plans && new BackupPlans(this, 'Backup', { ...plans, databaseTag, exportKeyId: key.keyId });
    const topic = new CopiesTopic(this, 'Copies', { vaultAccount });
    const memory = new ExportMemoryTable(this, 'ExportMemory');
    new ExportSnapshots(this, 'ExportSnapshots', { ...props, code: code.exportSnapshots, key, topic, memory });
    new SnapshotAccess(this, 'SnapshotAccess', { vaultAccount });
    new CoverageAccess(this, 'CoverageAccess', { vaultAccount, key, memory });

    // Without export names: an output that another stack imports would block the deletion of this stack.
    const output = (name: string, value: string, description: string) =>
      new CfnOutput(this, name, { value, description });
    output(
      TOOLING_OUTPUTS.exportKeyId,
      key.keyId,
      'The value of the tag encryption_key that selects a backup for the vault',
    );
    output(
      TOOLING_OUTPUTS.serviceOptIn,
      enabled.optIn,
      'The service opt-in of AWS Backup when the tooling was deployed',
    );
    if (!backup) return;
    output(TOOLING_OUTPUTS.backupVault, backup.vaultName, 'The backup vault of the plans');
    output(TOOLING_OUTPUTS.backupRole, backup.roleArn, 'The role of AWS Backup');
  }
}
