import { PREFIX, TAGS } from '../../contract/names';
import { canMean, type PermissionRow, unlistedPermissions } from '../permissions/permission-row';
import { ROLES } from '../permissions/role-patterns';
import { templatesIn } from '../templates/judged-templates';
import type { Zone } from '../templates/template';
import { findingsAt } from './findings-at';
import type { Rule } from './rule';
import { roleStatementsOf, SHARING, withActions } from './statements-by-action';

/** No copy under the import key is ever shared (T6). */
export const vaultCopiesAreNeverShared: Rule = {
  id: 'T6',
  promise: 'No copy under the import key is ever shared: no role of the vault may share a snapshot.',
  because: 'A shared snapshot gives another account access that no policy of the vault shows.',
  refuses: [
    'in the vault, `rds:ModifyDBSnapshotAttribute` and `rds:ModifyDBClusterSnapshotAttribute` for any role, in any stack, on any snapshot',
    'in a source, either of them for any other role than the exporter, or on anything else than its own export copies',
    'in the management account, either of them',
  ],
  judge: (judged) =>
    templatesIn(judged, 'vault', 'management', 'source').flatMap((template) =>
      withActions(roleStatementsOf(template), (action) => canMean(action, SHARING)).flatMap((statement) =>
        findingsAt(
          template,
          statement.at,
          unlistedPermissions(statement, SHARE_PERMISSIONS[template.zone], { template, accounts: judged.accounts }),
        ),
      ),
    ),
};

const exportCopies = (action: string, kind: string): PermissionRow => ({
  by: [ROLES.exporter],
  may: [action],
  on: [`arn:aws:rds:{region}:{account}:${kind}:${PREFIX}-*`],
  when: [['StringEquals', `aws:ResourceTag/${TAGS.role}`, 'export']],
  because: '`export-snapshots` shares an export copy with the vault.',
});

/** Which role may share what. */
export const SHARE_PERMISSIONS: Readonly<Record<Zone, readonly PermissionRow[]>> = {
  vault: [],
  management: [],
  source: [
    exportCopies('rds:ModifyDBSnapshotAttribute', 'snapshot'),
    exportCopies('rds:ModifyDBClusterSnapshotAttribute', 'cluster-snapshot'),
  ],
};
