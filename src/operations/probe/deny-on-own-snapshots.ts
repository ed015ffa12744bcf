import { importAs } from './import-as';
import type { Probe } from './probe';

/** Can a role copy a shared snapshot when a Deny without the tag covers the snapshots of its own account? */
export const denyOnOwnSnapshots: Probe = {
  id: 'deny-on-own-snapshots',
  assumptions: ['a-deny-on-own-snapshots-lets-shared-ones-be-copied'],
  creates: 'an RDS instance, a snapshot and a shared copy of it, a KMS key and a role in the vault, one more copy',
  maxCostUsd: 0.5,
  assumed: 'copied',
  ask: async (clients, scope) => {
    const { region, account } = clients.vault;
    const snapshotsOf = (owner: string) => `arn:aws:rds:${region}:${owner}:snapshot:checkvalve-probe-*`;
    const withoutTag = { StringNotEquals: { 'aws:RequestTag/checkvalve-probe': scope.run } };
    return importAs(scope, clients, 'denying-import', [
      { Effect: 'Allow', Action: ['rds:CopyDBSnapshot', 'rds:AddTagsToResource'], Resource: snapshotsOf('*') },
      { Effect: 'Deny', Action: 'rds:CopyDBSnapshot', Resource: snapshotsOf(account), Condition: withoutTag },
    ]);
  },
};
