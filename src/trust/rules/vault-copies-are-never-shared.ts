import { PREFIX, TAGS } from '../../contract/names';
import { templatesIn, type Zone } from '../templates/judged-templates';
import { beyond, canMean, type Reach } from '../permissions/permission-row';
import { ROLES } from '../permissions/role-patterns';
import { foundAt } from './findings-at';
import { allowancesOf, SHARING, withActions } from './statements-by-action';
import type { Rule } from './rule';

/** No copy under the import key is ever shared (T6). */
export const vaultCopiesAreNeverShared: Rule = {
  id: 'T6',
  promise: 'No copy under the import key is ever shared: no role of the vault may share a snapshot.',
  because: 'A share is a way out that no policy of the vault would show.',
  refuses: [
    '`rds:ModifyDBSnapshotAttribute` and `rds:ModifyDBClusterSnapshotAttribute` in the vault, for any role, in any stack, on any snapshot',
    'in a source either of them for anybody but the exporter, or on anything but its own export copies',
    'either of them in the management account',
  ],
  judge: (estate) =>
    templatesIn(estate, 'vault', 'management', 'source').flatMap((template) =>
      withActions(allowancesOf(template), (action) => canMean(action, SHARING)).flatMap((statement) =>
        foundAt(
          template,
          statement.at,
          beyond(statement, SHARE_REACH[template.zone], { template, accounts: estate.accounts }),
        ),
      ),
    ),
};

const ofCopies = (action: string, kind: string): Reach => ({
  by: [ROLES.exporter],
  may: [action],
  on: [`arn:aws:rds:{region}:{account}:${kind}:${PREFIX}-*`],
  when: [['StringEquals', `aws:ResourceTag/${TAGS.role}`, 'export']],
  because: 'An export copy is shared with the vault.',
});

/** Who may share what. */
export const SHARE_REACH: Readonly<Record<Zone, readonly Reach[]>> = {
  vault: [],
  management: [],
  source: [
    ofCopies('rds:ModifyDBSnapshotAttribute', 'snapshot'),
    ofCopies('rds:ModifyDBClusterSnapshotAttribute', 'cluster-snapshot'),
  ],
};
