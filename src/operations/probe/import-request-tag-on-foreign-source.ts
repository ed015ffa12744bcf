import { importAs } from './import-as';
import type { Probe } from './probe';

/** Is a condition on request tags met for the source of a copy, a snapshot of another account? */
export const importRequestTagOnForeignSource: Probe = {
  id: 'import-request-tag-on-foreign-source',
  assumptions: ['request-tag-is-known-for-a-foreign-source'],
  creates: 'an RDS instance, a snapshot and a shared copy of it, a KMS key and a role in the vault, one more copy',
  maxCostUsd: 0.5,
  assumed: 'present',
  ask: async (clients, scope) => {
    const { vault } = clients;
    const tagged = { StringEquals: { 'aws:RequestTag/checkvalve-probe': scope.run } };
    const copying = {
      Effect: 'Allow',
      Action: ['rds:CopyDBSnapshot', 'rds:AddTagsToResource'],
      Resource: `arn:aws:rds:${vault.region}:*:snapshot:checkvalve-probe-*`,
      Condition: tagged,
    };
    const end = await importAs(scope, clients, 'tagged-import', [copying]);
    return end === 'refused' ? 'absent' : 'present';
  },
};
