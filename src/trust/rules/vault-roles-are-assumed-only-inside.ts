import { templatesIn } from '../templates/judged-templates';
import { speaksForItself } from '../templates/service-principals';
import type { Statement } from '../templates/statement';
import type { Ground } from '../permissions/permission-row';
import { servicesBeyond } from '../permissions/service-permissions';
import { foundAt } from './findings-at';
import type { Rule } from './rule';
import { isOwnPrincipal } from './vault-resources-trust-only-the-vault';

/** No role in the vault can be assumed from outside the vault (T2). */
export const vaultRolesAreTakenOnlyInside: Rule = {
  id: 'T2',
  promise: 'No role in the vault can be assumed from outside the vault.',
  because: 'A role that somebody outside can take is as good as a key to everything that the role may do.',
  refuses: [
    'a principal of another account, everybody, an identity provider',
    'a service that others could have take the role for them, without `aws:SourceAccount` or `aws:SourceArn` of the vault',
    'a service, though it comes for the vault, that no row of reach lets take a role',
    'any other way to take a role than `sts:AssumeRole`',
  ],
  judge: (estate) =>
    templatesIn(estate, 'vault').flatMap((template) =>
      template.statements
        .filter(({ kind, effect }) => kind === 'trust' && effect === 'Allow')
        .flatMap((statement) =>
          foundAt(template, statement.at, [
            ...outsidersIn(statement, { template, accounts: estate.accounts }, (who) => isOwnPrincipal(who, template)),
            ...otherWays(statement),
          ]),
        ),
    ),
};

/**
 * Services that take a role only when somebody of its own account has passed it to something of that account: nobody
 * outside can have them take it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
export const PASSED_BY_ITS_OWN_ACCOUNT: readonly string[] = ['lambda.amazonaws.com'];

/** Who of those that a trust policy names is neither a service of its own account, with business there, nor somebody known. */
export const outsidersIn = (
  statement: Statement,
  ground: Ground,
  isKnown: (who: string) => boolean,
): readonly string[] =>
  statement.principals
    .filter(({ kind, who }) =>
      kind === 'Service' ? !isServing(who, statement, ground) : kind !== 'AWS' || !isKnown(who),
    )
    .map(({ kind, who }) => `may be taken by ${who === '*' ? 'anybody' : `${kind}: ${who}`}`);

/** Whether a service takes the role for its account alone, and a row lets it take one; how it does is asked elsewhere. */
const isServing = (who: string, statement: Statement, ground: Ground): boolean =>
  (PASSED_BY_ITS_OWN_ACCOUNT.includes(who) || speaksForItself(statement, ground.template)) &&
  servicesBeyond({ ...statement, principals: [{ kind: 'Service', who }], actions: ['sts:AssumeRole'] }, ground)
    .length === 0;

/** Ways to take a role that nothing of ours needs. */
export const otherWays = ({ actions }: Statement): readonly string[] =>
  actions.filter((action) => action.toLowerCase() !== 'sts:assumerole').map((action) => `may be taken by ${action}`);
