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

/** What the tooling must be told; nothing of it depends on the account it lands in. */
export interface SourceToolingProps {
  readonly vaultAccount: AccountId;
  readonly code: { readonly enableBackup: string; readonly exportSnapshots: string };
  /** The plans that are brought along; undefined where people bring their own. */
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

/** The Region that the stack lands in: known to CloudFormation alone. */
export const HERE = Aws.REGION as Region;

/** What is pushed into every production account. Reads as the flow: key, backup, export, notification, access roles. */
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

    // Without export names: an output that another stack imports would keep the tooling from being withdrawn.
    const output = (name: string, value: string, description: string) =>
      new CfnOutput(this, name, { value, description });
    output(TOOLING_OUTPUTS.exportKeyId, key.keyId, 'The value of the tag encryption_key that makes a backup cross');
    output(TOOLING_OUTPUTS.serviceOptIn, enabled.optIn, 'How AWS Backup’s service opt-in stood when the tooling came');
    if (!backup) return;
    output(TOOLING_OUTPUTS.backupVault, backup.vaultName, 'The backup vault of the plans');
    output(TOOLING_OUTPUTS.backupRole, backup.roleArn, 'The role that AWS Backup works under');
  }
}
