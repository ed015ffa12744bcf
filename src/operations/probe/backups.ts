import { DescribeBackupJobCommand, StartBackupJobCommand } from '@aws-sdk/client-backup';
import type { AccountClients } from './clients';
import type { Database } from './databases';
import type { Scope } from './probe';
import { roleResource, stack } from './stacks';

const MAX_MINUTES = 120;
const BACKUP_SERVICE = { Service: 'backup.amazonaws.com' };
/** What AWS Backup may do in AWS’s own words. */
export const MANAGED_POLICY = 'arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup';

/** A backup vault of the source, and a role with AWS's own policy for AWS Backup. */
export const backupPlace = (scope: Scope): Promise<{ readonly vault: string; readonly role: string }> =>
  scope.once('backup-place', async () => {
    const vault = scope.name('backups');
    const { Role: role = '' } = await stack(
      scope,
      'source',
      'backup-place',
      {
        Vault: { Type: 'AWS::Backup::BackupVault', Properties: { BackupVaultName: vault } },
        Role: roleResource(scope.name('backup'), BACKUP_SERVICE, [], { ManagedPolicyArns: [MANAGED_POLICY] }),
      },
      { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } },
    );
    await scope.pause(20);
    await scope.create('source', 'backups-in', vault, async () => undefined);
    return { vault, role };
  });

/** Starts a backup of a database of the source with AWS Backup, and resolves to the id of its job. */
export async function startBackup(scope: Scope, { backup }: AccountClients, { arn }: Database): Promise<string> {
  const { vault, role } = await backupPlace(scope);
  const RecoveryPointTags = Object.fromEntries(scope.tags.map(({ Key, Value }) => [Key, Value]));
  const order = { ResourceArn: arn, BackupVaultName: vault, IamRoleArn: role, RecoveryPointTags };
  const { BackupJobId = '' } = await backup.send(new StartBackupJobCommand(order));
  return BackupJobId;
}

/** Backs a database of the source up with AWS Backup, and resolves to the ARN of the snapshot. */
export async function backUp(scope: Scope, source: AccountClients, database: Database): Promise<string> {
  const BackupJobId = await startBackup(scope, source, database);
  const job = await scope.within(MAX_MINUTES, async () => {
    const seen = await source.backup.send(new DescribeBackupJobCommand({ BackupJobId }));
    return /^(COMPLETED|FAILED|ABORTED|EXPIRED|PARTIAL)$/.test(seen.State ?? '') ? seen : undefined;
  });
  if (job?.State === 'COMPLETED' && job.RecoveryPointArn) return job.RecoveryPointArn;
  throw new Error(`The backup of ${database.arn} ends with ${job?.State ?? 'nothing'}: ${job?.StatusMessage ?? ''}`);
}

/** The backup of a database that all probes of a run share. */
export const backupOf = (scope: Scope, source: AccountClients, database: Database): Promise<string> =>
  scope.once(`backup-${database.id}`, () => backUp(scope, source, database));
