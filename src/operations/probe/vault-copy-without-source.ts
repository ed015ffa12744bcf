import { DisableKeyCommand } from '@aws-sdk/client-kms';
import { DeleteDBSnapshotCommand } from '@aws-sdk/client-rds';
import type { Probe } from './probe';
import { copyEnd, shareCopy } from './snapshots';
import { keyResource, stack } from './stacks';

/** Does a completed copy in the vault depend on the source? */
export const vaultCopyWithoutSource: Probe = {
  id: 'vault-copy-without-source',
  assumptions: ['vault-copies-need-nothing-of-the-source'],
  creates: 'an RDS instance, a snapshot and a shared copy of it, a KMS key in each account, two more copies',
  maxCostUsd: 0.5,
  assumed: 'independent',
  ask: async (clients, scope) => {
    const { source, vault } = clients;
    const shared = await shareCopy(scope, clients, 'withdrawn');
    const { Key = '' } = await stack(
      scope,
      'vault',
      'withdrawn-import',
      { Key: keyResource(vault.account) },
      { Key: { 'Fn::GetAtt': ['Key', 'Arn'] } },
    );
    const imported = scope.name('kept-import');
    const order = { SourceDBSnapshotIdentifier: shared.arn, TargetDBSnapshotIdentifier: imported };
    const { end, refusal } = await copyEnd(scope, 'vault', order, Key);
    if (end !== 'copied') throw refusal ?? new Error(`The copy ${imported} has failed`);
    await source.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: shared.name }));
    await source.kms.send(new DisableKeyCommand({ KeyId: shared.keyArn }));
    const again = { SourceDBSnapshotIdentifier: imported, TargetDBSnapshotIdentifier: scope.name('kept-again') };
    return (await copyEnd(scope, 'vault', again, Key)).end === 'copied' ? 'independent' : 'dependent';
  },
};
