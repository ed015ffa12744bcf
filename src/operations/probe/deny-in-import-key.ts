import type { Probe } from './probe';
import { copyEnd, sharedCopy } from './snapshots';
import { keyResource, stack } from './stacks';

/** Does RDS copy under a key whose policy denies grants to all principals except AWS services? */
export const denyInImportKey: Probe = {
  id: 'deny-in-import-key',
  assumptions: ['a-deny-in-the-import-key-lets-rds-copy'],
  creates: 'an RDS instance, a snapshot and a shared copy of it, a KMS key in the vault, one more copy',
  maxCostUsd: 0.5,
  assumed: 'copied',
  ask: async (clients, scope) => {
    const shared = await sharedCopy(scope, clients);
    const deny = {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'kms:CreateGrant',
      Resource: '*',
      Condition: { Bool: { 'kms:GrantIsForAWSResource': 'false' } },
    };
    const { Key = '' } = await stack(
      scope,
      'vault',
      'denying-key',
      { Key: keyResource(clients.vault.account, deny) },
      { Key: { 'Fn::GetAtt': ['Key', 'Arn'] } },
    );
    const order = { SourceDBSnapshotIdentifier: shared.arn, TargetDBSnapshotIdentifier: scope.name('denied-import') };
    return (await copyEnd(scope, 'vault', order, Key)).end;
  },
};
