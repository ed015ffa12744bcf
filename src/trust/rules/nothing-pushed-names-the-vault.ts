import { unlistedPermissions } from '../permissions/permission-row';
import { SOURCE_PERMISSIONS } from '../permissions/source-permissions';
import { templatesIn } from '../templates/judged-templates';
import { unlistedPropertiesOf } from '../templates/resource-types';
import { findingsAt } from './findings-at';
import type { Rule } from './rule';
import { otherRoleStatementsOf } from './statements-by-action';

/** Nothing pushed into a source names a permission on a vault resource (T3). */
export const nothingPushedNamesTheVault: Rule = {
  id: 'T3',
  promise: 'Nothing pushed into a source names a permission on a vault resource.',
  because: 'An administrator of a source controls everything in it, so nothing in it may have access to the vault.',
  refuses: [
    'a permission on a resource outside the source, and one that no row of the table of permissions lists',
    'a wildcard in the place of an account, a name or an action',
    'a resource type, or a property, that is not listed for a source',
    'a rule, a plan, a subscription or another resource that points out of the source',
    'a value that only the deployment knows: parameters, imports, macros, `NotAction`, an AWS managed policy',
  ],
  judge: (judged) =>
    templatesIn(judged, 'source').flatMap((template) => [
      ...template.unread,
      ...template.resources.flatMap((one) => findingsAt(template, one.id, unlistedPropertiesOf(one, template))),
      ...otherRoleStatementsOf(template).flatMap((statement) =>
        findingsAt(
          template,
          statement.at,
          unlistedPermissions(statement, SOURCE_PERMISSIONS, { template, accounts: judged.accounts }),
        ),
      ),
    ]),
};
