import { PREFIX, TAGS } from '../../contract/names';
import { templatesIn, type Zone } from '../templates/judged-templates';
import { beyond, canMean, type Reach } from '../permissions/permission-row';
import { ROLES } from '../permissions/role-patterns';
import { foundAt } from './findings-at';
import { allowancesOf, DELETING, withActions } from './statements-by-action';
import type { Rule } from './rule';

/** Only prune-copies can delete snapshots, and only ours (T7). */
export const onlyPruneCopiesDeletes: Rule = {
  id: 'T7',
  promise: 'Only prune-copies can delete snapshots, and only ours; no role of the vault deletes databases.',
  because: 'One role whose every deletion is planned, capped and logged can be watched; a second one could not.',
  refuses: [
    'in the vault a deletion of snapshots by another role than prune-copies, of snapshots without our prefix and mark, or of snapshots on legal hold',
    'in the vault a deletion of instances and clusters, for any role',
    'in a source a deletion by another than the exporter (its own export copies) and AWS Backup (its own snapshots)',
    'any deletion of copies in the management account',
  ],
  judge: (estate) =>
    templatesIn(estate, 'vault', 'management', 'source').flatMap((template) =>
      withActions(allowancesOf(template), (action) => canMean(action, DELETING)).flatMap((statement) =>
        foundAt(
          template,
          statement.at,
          beyond(statement, DELETE_REACH[template.zone], { template, accounts: estate.accounts }),
        ),
      ),
    ),
};

const copies = (by: string, kind: 'snapshot' | 'cluster-snapshot', role: string): Reach => ({
  by: [by],
  may: [kind === 'snapshot' ? 'rds:DeleteDBSnapshot' : 'rds:DeleteDBClusterSnapshot'],
  on: [`arn:aws:rds:{region}:{account}:${kind}:${PREFIX}-*`],
  when: [
    ['StringEquals', `aws:ResourceTag/${TAGS.role}`, role],
    ...(role === 'vault' ? [['Null', `aws:ResourceTag/${TAGS.legalHold}`, 'true'] as const] : []),
  ],
  because: role === 'vault' ? 'Copies past their term are pruned.' : 'An export copy that was taken is retired.',
});

/** Who may delete what. */
export const DELETE_REACH: Readonly<Record<Zone, readonly Reach[]>> = {
  management: [],
  source: [
    copies(ROLES.exporter, 'snapshot', 'export'),
    copies(ROLES.exporter, 'cluster-snapshot', 'export'),
    {
      by: [ROLES.backup],
      may: ['rds:DeleteDBClusterSnapshot', 'rds:DeleteDBSnapshot'],
      on: ['snapshot', 'cluster-snapshot'].map((kind) => `arn:aws:rds:*:{account}:${kind}:awsbackup:*`),
      because: 'AWS Backup lets its own snapshots expire.',
    },
  ],
  vault: [copies(ROLES.pruner, 'snapshot', 'vault'), copies(ROLES.pruner, 'cluster-snapshot', 'vault')],
};
