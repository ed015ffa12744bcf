import { DescribeBackupJobCommand, StartBackupJobCommand } from '@aws-sdk/client-backup';
import type { AccountClients } from './clients';
import type { ProbeDatabase } from './databases';
import type { Scope } from './probe';
import { roleResource, stack } from './stacks';

const MAX_MINUTES = 120;
const BACKUP_SERVICE = { Service: 'backup.amazonaws.com' };
/** AWS’s managed policy for backup roles. */
export const MANAGED_POLICY = 'arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup';

/** A backup vault in the source, and a role with AWS’s managed policy for AWS Backup. */
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
export async function startBackup(scope: Scope, { backup }: AccountClients, { arn }: ProbeDatabase): Promise<string> {
  const { vault, role } = await backupPlace(scope);
  const RecoveryPointTags = Object.fromEntries(scope.tags.map(({ Key, Value }) => [Key, Value]));
  const order = { ResourceArn: arn, BackupVaultName: vault, IamRoleArn: role, RecoveryPointTags };
  const { BackupJobId = '' } = await backup.send(new StartBackupJobCommand(order));
  return BackupJobId;
}

/** Backs up a database of the source with AWS Backup, and resolves to the ARN of the snapshot. */
export async function backUp(scope: Scope, source: AccountClients, database: ProbeDatabase): Promise<string> {
  const BackupJobId = await startBackup(scope, source, database);
  const job = await scope.within(MAX_MINUTES, async () => {
    const found = await source.backup.send(new DescribeBackupJobCommand({ BackupJobId }));
    return /^(COMPLETED|FAILED|ABORTED|EXPIRED|PARTIAL)$/.test(found.State ?? '') ? found : undefined;
  });
  if (job?.State === 'COMPLETED' && job.RecoveryPointArn) return job.RecoveryPointArn;
  throw new Error(
    `The backup of ${database.arn} ended as ${job?.State ?? `unfinished after ${MAX_MINUTES} minutes`}: ${job?.StatusMessage ?? ''}`,
  );
}

/** The backup of a database that the probes of a run share. */
export const backupOf = (scope: Scope, source: AccountClients, database: ProbeDatabase): Promise<string> =>
  scope.once(`backup-${database.id}`, () => backUp(scope, source, database));
