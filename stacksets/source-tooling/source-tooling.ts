import { Aws } from 'aws-cdk-lib';
import { StackSetStack } from 'cdk-stacksets';
import type { Construct } from 'constructs';
import type { AccountId, Region } from '../../src/contract/ids';
import { BackupPlans, type PlanProps } from './backup-plans';
import { CopiesTopic } from './copies-topic';
import { CoverageDoor } from './coverage-door';
import { ExportKey } from './export-key';
import { ExportSnapshots } from './export-snapshots';
import { VaultDoor } from './vault-door';

/** What the tooling must be told; nothing of it depends on the account it lands in. */
export interface SourceToolingProps {
  readonly vaultAccount: AccountId;
  /** The bundle of export-snapshots. */
  readonly code: string;
  readonly daily: PlanProps;
  readonly monthly: PlanProps;
  /** The tag that selects databases. */
  readonly databaseTag: { readonly key: string; readonly value: string };
  readonly limits: Readonly<Record<string, number>>;
}

/** The Region that the stack lands in: known to CloudFormation alone. */
export const HERE = Aws.REGION as Region;

/** What is pushed into every production account. Reads as the flow: key, backup, export, announcement, doors. */
export class SourceTooling extends StackSetStack {
  constructor(scope: Construct, id: string, props: SourceToolingProps) {
    super(scope, id);
    this.templateOptions.description = 'Checkvalve: exports snapshots of this account’s databases for the vault';
    const { vaultAccount } = props;

    const key = new ExportKey(this, 'ExportKey', { vaultAccount });
    new BackupPlans(this, 'Backup', { ...props, exportKeyId: key.keyId });
    const topic = new CopiesTopic(this, 'Copies', { vaultAccount });
    new ExportSnapshots(this, 'ExportSnapshots', { ...props, key, topic });
    new VaultDoor(this, 'VaultDoor', { vaultAccount });
    new CoverageDoor(this, 'CoverageDoor', { vaultAccount });
  }
}
