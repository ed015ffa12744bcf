import type { ProbeClients } from './clients';
import type { Scope } from './probe';
import { copyEnd, sharedCopy } from './snapshots';
import { keyResource, roleResource, sessionOf, stack } from './stacks';

/**
 * Copies the shared snapshot in the vault, under a key of the vault, as a role with these statements and all permissions on
 * keys. @throws Error when AWS refuses the copy for a reason other than a missing permission
 */
export async function importAs(
  scope: Scope,
  clients: ProbeClients,
  what: string,
  statements: readonly object[],
): Promise<'copied' | 'refused' | 'failed'> {
  const { vault } = clients;
  const shared = await sharedCopy(scope, clients);
  const keys = { Effect: 'Allow', Action: 'kms:*', Resource: '*' };
  const { Key = '', Role = '' } = await stack(
    scope,
    'vault',
    what,
    {
      Key: keyResource(vault.account),
      Role: roleResource(scope.name(what), { AWS: vault.account }, [...statements, keys]),
    },
    { Key: { 'Fn::GetAtt': ['Key', 'Arn'] }, Role: { 'Fn::GetAtt': ['Role', 'Arn'] } },
  );
  const order = { SourceDBSnapshotIdentifier: shared.arn, TargetDBSnapshotIdentifier: scope.name(`${what}-copy`) };
  const { end, refusal } = await copyEnd(scope, 'vault', order, Key, await sessionOf(scope, vault, Role));
  if (refusal && !/AccessDenied|NotAuthorized/.test(refusal.name)) throw refusal;
  return end;
}

/** The statement that allows a role to create tagged copies in the vault. */
export const makeTaggedCopies = (scope: Scope, { vault }: ProbeClients) => ({
  Effect: 'Allow',
  Action: ['rds:CopyDBSnapshot', 'rds:AddTagsToResource'],
  Resource: `arn:aws:rds:${vault.region}:${vault.account}:snapshot:checkvalve-probe-*`,
  Condition: { StringEquals: { 'aws:RequestTag/checkvalve-probe': scope.run } },
});
