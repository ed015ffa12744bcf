import type { Probe } from './probe';
import { copyEnd, sharedCopy } from './snapshots';
import { keyResource, roleResource, sessionOf, stack } from './stacks';

/** Does a condition on the tags of a request hold for the snapshot of another account that is copied? */
export const importRequestTagOnForeignSource: Probe = {
  id: 'import-request-tag-on-foreign-source',
  assumptions: ['request-tag-is-known-for-a-foreign-source'],
  creates: 'an RDS instance, a snapshot and a shared copy of it, a KMS key and a role in the vault, one more copy',
  maxCostUsd: 0.5,
  assumed: 'present',
  ask: async (clients, scope) => {
    const { vault } = clients;
    const shared = await sharedCopy(scope, clients);
    const marked = { StringEquals: { 'aws:RequestTag/checkvalve-probe': scope.run } };
    const copying = {
      Effect: 'Allow',
      Action: ['rds:CopyDBSnapshot', 'rds:AddTagsToResource'],
      Resource: `arn:aws:rds:${vault.region}:*:snapshot:checkvalve-probe-*`,
      Condition: marked,
    };
    const statements = [copying, { Effect: 'Allow', Action: 'kms:*', Resource: '*' }];
    const { Key = '', Role = '' } = await stack(
      scope,
      'vault',
      'importer',
      {
        Key: keyResource(vault.account),
        Role: roleResource(scope.name('importer'), { AWS: vault.account }, statements),
      },
      { Key: { 'Fn::GetAtt': ['Key', 'Arn'] }, Role: { 'Fn::GetAtt': ['Role', 'Arn'] } },
    );
    const order = { SourceDBSnapshotIdentifier: shared.arn, TargetDBSnapshotIdentifier: scope.name('tagged-import') };
    const { end, refusal } = await copyEnd(scope, 'vault', order, Key, await sessionOf(scope, vault, Role));
    if (refusal && !/AccessDenied|NotAuthorized/.test(refusal.name)) throw refusal;
    return end === 'refused' ? 'absent' : 'present';
  },
};
