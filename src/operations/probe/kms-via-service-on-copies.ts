import type { Probe } from './probe';
import { copyEnd, shareCopy } from './snapshots';
import { keyResource, stack } from './stacks';

/** Do all calls of RDS to the export key carry `kms:ViaService`, including those after the request? */
export const kmsViaServiceOnCopies: Probe = {
  id: 'kms-via-service-on-copies',
  assumptions: ['rds-calls-the-export-key-with-via-service'],
  creates: 'an RDS instance, a snapshot and a shared copy of it, a KMS key in each account, one more copy',
  maxCostUsd: 0.5,
  assumed: 'copied',
  ask: async (clients, scope) => {
    const { vault } = clients;
    const throughRds = { StringEquals: { 'kms:ViaService': `rds.${vault.region}.amazonaws.com` } };
    const shared = await shareCopy(scope, clients, 'via-service', throughRds);
    const { Key = '' } = await stack(
      scope,
      'vault',
      'via-service-import',
      { Key: keyResource(vault.account) },
      { Key: { 'Fn::GetAtt': ['Key', 'Arn'] } },
    );
    const order = { SourceDBSnapshotIdentifier: shared.arn, TargetDBSnapshotIdentifier: scope.name('via-import') };
    return (await copyEnd(scope, 'vault', order, Key)).end;
  },
};
