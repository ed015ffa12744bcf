import type { JudgedTemplate } from '../templates/judged-templates';
import type { Statement } from '../templates/statement';
import { canMean, roleName } from '../permissions/permission-row';
import { ACCESS_ROLES } from '../permissions/role-patterns';

/** Calls that share a snapshot. */
export const SHARING: readonly string[] = ['rds:ModifyDBClusterSnapshotAttribute', 'rds:ModifyDBSnapshotAttribute'];

/** Calls that delete copies, or what they can be restored to. */
export const DELETING: readonly string[] = [
  'backup:DeleteBackupVault',
  'backup:DeleteRecoveryPoint',
  'backup:DisassociateRecoveryPoint',
  'backup:UpdateRecoveryPointLifecycle',
  'rds:DeleteDBCluster',
  'rds:DeleteDBClusterAutomatedBackup',
  'rds:DeleteDBClusterSnapshot',
  'rds:DeleteDBInstance',
  'rds:DeleteDBInstanceAutomatedBackup',
  'rds:DeleteDBSnapshot',
];

/** Whether an action, or a pattern of actions, can mean something with a key: RAM shares keys.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html */
export const isAboutKeys = (action: string): boolean => {
  const [service = ''] = action.split(':');
  return canMean(service, ['kms', 'ram']);
};

/** Whether the role of a statement is an access role; the vault has none. */
export const isAccessRole = (statement: Statement, { region, zone }: JudgedTemplate): boolean =>
  zone !== 'vault' &&
  ACCESS_ROLES.some((accessRole) => accessRole.replaceAll('{region}', region) === roleName(statement));

/** What roles allow themselves, but at access roles. */
export const allowancesOf = (template: JudgedTemplate): readonly Statement[] =>
  template.statements.filter(
    (statement) =>
      (statement.kind === 'identity' || statement.kind === 'boundary') &&
      statement.effect === 'Allow' &&
      !isAccessRole(statement, template),
  );

/** The same statements with those of their actions that satisfy something. */
export const withActions = (
  statements: readonly Statement[],
  isMeant: (action: string) => boolean,
): readonly Statement[] =>
  statements
    .map((statement) => ({ ...statement, actions: statement.actions.filter(isMeant) }))
    .filter(({ actions }) => actions.length > 0);

const hasWildcard = (action: string): boolean => /[*?]/.test(action);

/** What roles allow themselves that no promise of its own is about: the kind of account decides. A wildcard is about all. */
export const leftToTheZone = (template: JudgedTemplate): readonly Statement[] =>
  withActions(
    allowancesOf(template),
    (action) => hasWildcard(action) || !(isAboutKeys(action) || canMean(action, SHARING) || canMean(action, DELETING)),
  );
