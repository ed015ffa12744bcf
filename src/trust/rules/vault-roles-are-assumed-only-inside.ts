import type { RuleContext } from '../permissions/permission-row';
import { unlistedServicePermissions } from '../permissions/service-permissions';
import { templatesIn } from '../templates/judged-templates';
import { isLimitedToOwnAccount } from '../templates/service-principals';
import type { Statement } from '../templates/statement';
import { findingsAt } from './findings-at';
import { isOwnPrincipal, principalText } from './foreign-principals';
import type { Rule } from './rule';

/** No role in the vault can be assumed from outside the vault (T2). */
export const vaultRolesAreAssumedOnlyInside: Rule = {
  id: 'T2',
  promise: 'No role in the vault can be assumed from outside the vault.',
  because: 'A principal that assumes a role has every permission of that role.',
  refuses: [
    'a principal of another account, every principal (`*`), an identity provider',
    'a service principal without `aws:SourceAccount` or `aws:SourceArn` of the vault, if other accounts can make the service assume the role',
    'a service principal limited to the vault that no row of the table of service permissions lets assume a role',
    'any other action than `sts:AssumeRole`',
  ],
  judge: (judged) =>
    templatesIn(judged, 'vault').flatMap((template) =>
      template.statements
        .filter(({ kind, effect }) => kind === 'trust' && effect === 'Allow')
        .flatMap((statement) =>
          findingsAt(template, statement.at, [
            ...foreignPrincipalsOfRole(statement, { template, accounts: judged.accounts }, (name) =>
              isOwnPrincipal(name, template),
            ),
            ...otherAssumeActions(statement),
          ]),
        ),
    ),
};

/**
 * Services that assume a role only after a principal of the role's own account has passed it to a resource of that account.
 * No principal outside the account can make them assume it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
export const SERVICES_WITH_PASSED_ROLES: readonly string[] = ['lambda.amazonaws.com'];

/**
 * The principals of a trust policy that must not assume the role. Allowed are a service that acts for the role's own account
 * and has a row, and the AWS principals that `isKnown` accepts.
 */
export const foreignPrincipalsOfRole = (
  statement: Statement,
  context: RuleContext,
  isKnown: (name: string) => boolean,
): readonly string[] =>
  statement.principals
    .filter(({ kind, name }) =>
      kind === 'Service' ? !mayServiceAssume(name, statement, context) : kind !== 'AWS' || !isKnown(name),
    )
    .map((principal) => `can be assumed by ${principalText(principal)}`);

function mayServiceAssume(name: string, statement: Statement, context: RuleContext): boolean {
  const isOwn = SERVICES_WITH_PASSED_ROLES.includes(name) || isLimitedToOwnAccount(statement, context.template);
  const assuming = { ...statement, principals: [{ kind: 'Service', name }], actions: ['sts:AssumeRole'] };
  return isOwn && unlistedServicePermissions(assuming, context).length === 0;
}

/** Actions of a trust policy that Checkvalve does not use. */
export const otherAssumeActions = ({ actions }: Statement): readonly string[] =>
  actions
    .filter((action) => action.toLowerCase() !== 'sts:assumerole')
    .map((action) => `can be assumed with ${action}`);
