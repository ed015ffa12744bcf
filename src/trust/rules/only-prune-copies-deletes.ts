import { PREFIX, TAGS } from '../../contract/names';
import { canMean, type PermissionRow, unlistedPermissions } from '../permissions/permission-row';
import { ROLES } from '../permissions/role-patterns';
import { templatesIn } from '../templates/judged-templates';
import type { Zone } from '../templates/template';
import { findingsAt } from './findings-at';
import type { Rule } from './rule';
import { DELETING, roleStatementsOf, withActions } from './statements-by-action';

/** Only prune-copies can delete snapshots, and only those that Checkvalve made (T7). */
export const onlyPruneCopiesDeletes: Rule = {
  id: 'T7',
  promise:
    'Only prune-copies can delete snapshots, and only those that Checkvalve made; no role of the vault deletes databases.',
  because: 'Every deletion of that one role is planned, capped and logged. A second role would bypass the caps.',
  refuses: [
    'in the vault, deletion of snapshots by any other role, of snapshots without the prefix and the role tag of Checkvalve, and of snapshots on legal hold',
    'in the vault, deletion of DB instances and DB clusters by any role',
    'in a source, deletion by any other role than the exporter (its own export copies) and AWS Backup (its own snapshots)',
    'in the management account, deletion of copies',
  ],
  judge: (judged) =>
    templatesIn(judged, 'vault', 'management', 'source').flatMap((template) =>
      withActions(roleStatementsOf(template), (action) => canMean(action, DELETING)).flatMap((statement) =>
        findingsAt(
          template,
          statement.at,
          unlistedPermissions(statement, DELETE_PERMISSIONS[template.zone], { template, accounts: judged.accounts }),
        ),
      ),
    ),
};

const copies = (by: string, kind: 'snapshot' | 'cluster-snapshot', role: string): PermissionRow => ({
  by: [by],
  may: [kind === 'snapshot' ? 'rds:DeleteDBSnapshot' : 'rds:DeleteDBClusterSnapshot'],
  on: [`arn:aws:rds:{region}:{account}:${kind}:${PREFIX}-*`],
  when: [
    ['StringEquals', `aws:ResourceTag/${TAGS.role}`, role],
    ...(role === 'vault' ? [['Null', `aws:ResourceTag/${TAGS.legalHold}`, 'true'] as const] : []),
  ],
  because:
    role === 'vault'
      ? '`prune-copies` deletes copies after their retention.'
      : '`export-snapshots` deletes an export copy that the vault has imported.',
});

/** Which role may delete what. */
export const DELETE_PERMISSIONS: Readonly<Record<Zone, readonly PermissionRow[]>> = {
  management: [],
  source: [
    copies(ROLES.exporter, 'snapshot', 'export'),
    copies(ROLES.exporter, 'cluster-snapshot', 'export'),
    {
      by: [ROLES.backup],
      may: ['rds:DeleteDBClusterSnapshot', 'rds:DeleteDBSnapshot'],
      on: ['snapshot', 'cluster-snapshot'].map((kind) => `arn:aws:rds:*:{account}:${kind}:awsbackup:*`),
      because: 'AWS Backup deletes its own snapshots after their retention.',
    },
  ],
  vault: [copies(ROLES.pruner, 'snapshot', 'vault'), copies(ROLES.pruner, 'cluster-snapshot', 'vault')],
};
