import { importAs, makeTaggedCopies } from './import-as';
import type { Probe } from './probe';

/** Which account does `aws:ResourceAccount` hold when a shared snapshot is copied? */
export const resourceAccountOfSharedSnapshot: Probe = {
  id: 'resource-account-of-shared-snapshot',
  assumptions: ['resource-account-of-a-shared-snapshot-is-its-owner'],
  creates: 'an RDS instance, a snapshot and a shared copy of it, a KMS key and a role in the vault, one more copy',
  maxCostUsd: 0.5,
  assumed: 'owner',
  ask: async (clients, scope) => {
    const { vault } = clients;
    const foreign = {
      Effect: 'Allow',
      Action: 'rds:CopyDBSnapshot',
      Resource: `arn:aws:rds:${vault.region}:*:snapshot:checkvalve-probe-*`,
      Condition: { StringNotEquals: { 'aws:ResourceAccount': vault.account } },
    };
    const end = await importAs(scope, clients, 'foreign-import', [foreign, makeTaggedCopies(scope, clients)]);
    return end === 'refused' ? 'caller' : 'owner';
  },
};
