import { canMean, roleName } from '../permissions/permission-row';
import { ACCESS_ROLES, roleNameOf } from '../permissions/role-patterns';
import type { JudgedTemplate } from '../templates/judged-templates';
import type { Statement } from '../templates/statement';

/** Calls that share a snapshot. */
export const SHARING: readonly string[] = ['rds:ModifyDBClusterSnapshotAttribute', 'rds:ModifyDBSnapshotAttribute'];

/** Calls that delete copies, or databases restored from them. */
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

/**
 * Whether an action, or a pattern of actions, can mean an action on a key. RAM shares keys.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
 */
export const isAboutKeys = (action: string): boolean => {
  const [service = ''] = action.split(':');
  return canMean(service, ['kms', 'ram']);
};

/** Whether a statement belongs to an access role. The vault has none. */
export const isAccessRole = (statement: Statement, { place, zone }: JudgedTemplate): boolean =>
  zone !== 'vault' &&
  ACCESS_ROLES.some((accessRole) => {
    const [name, known] = [roleName(statement), roleNameOf(accessRole, place.region, undefined)];
    return name === known || (accessRole.endsWith('{cell}') && name.startsWith(`${known}-`));
  });

/** The Allow statements in the identity policies and boundaries of all roles, except access roles. */
export const roleStatementsOf = (template: JudgedTemplate): readonly Statement[] =>
  template.statements.filter(
    (statement) =>
      (statement.kind === 'identity' || statement.kind === 'boundary') &&
      statement.effect === 'Allow' &&
      !isAccessRole(statement, template),
  );

/** The statements, each with those of its actions that pass the test. Statements without such an action are left out. */
export const withActions = (
  statements: readonly Statement[],
  passes: (action: string) => boolean,
): readonly Statement[] =>
  statements
    .map((statement) => ({ ...statement, actions: statement.actions.filter(passes) }))
    .filter(({ actions }) => actions.length > 0);

const hasWildcard = (action: string): boolean => /[*?]/.test(action);

/**
 * The role statements that no rule of their own judges: the rule of the zone does. A wildcard belongs to every rule, so it is
 * always among them.
 */
export const otherRoleStatementsOf = (template: JudgedTemplate): readonly Statement[] =>
  withActions(
    roleStatementsOf(template),
    (action) => hasWildcard(action) || !(isAboutKeys(action) || canMean(action, SHARING) || canMean(action, DELETING)),
  );
