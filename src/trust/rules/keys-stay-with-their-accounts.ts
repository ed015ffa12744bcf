import * as ENV from '../../contract/env';
import { COPY_KEY_ACTIONS, NAMES } from '../../contract/names';
import { type Estate, type JudgedResource, type JudgedTemplate, templatesIn } from '../templates/judged-templates';
import { sealsAlerts, speaksForItself } from '../templates/service-principals';
import type { Statement } from '../templates/statement';
import { KEY_REACH } from '../permissions/key-permissions';
import { beyond, canMean, type Ground, type Guard, isGuarded } from '../permissions/permission-row';
import { ROLES } from '../permissions/role-patterns';
import { servicesBeyond } from '../permissions/service-permissions';
import { isObject, type JsonObject } from '../templates/template';
import { foundAt } from './findings-at';
import { allowancesOf, isAboutKeys, withActions } from './statements-by-action';
import type { Rule } from './rule';
import { isOwnPrincipal } from './vault-resources-trust-only-the-vault';

/** The import key is usable by the vault alone; the export key gives the vault decrypt and grants (T4). */
export const keysStayWithTheirAccounts: Rule = {
  id: 'T4',
  promise:
    'The import key is usable by the vault alone, grants on it only for AWS resources; the export key gives the vault decrypt and grants, never administration.',
  because:
    'Whoever may use the import key can read every copy; whoever may administer it can destroy them all at once.',
  refuses: [
    'a principal outside the vault in the policy of a vault key, and a policy that lets a grant be made to anybody but an AWS service',
    'in the policy of an export key anybody of the vault but the importer, and any right beyond copying and grants to AWS services',
    'a denial for everybody in the policy of any key: it may break copies of RDS, even with exceptions (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html)',
    'a service at any key but that of a topic on which it tells people, and there any right beyond sealing what it tells',
    'a role that may use keys otherwise than through RDS, or administer one',
    'a resource share (`AWS::RAM::*`), and a role that may make one or put a key into one: it gives a key a second policy, which no template shows',
    'a step that is told of another key than the one that its template makes, and an inbox under a key that SNS may not use',
  ],
  judge: (estate) =>
    templatesIn(estate, 'vault', 'management', 'source').flatMap((template) => {
      const ground = { template, accounts: estate.accounts };
      const roles = withActions(allowancesOf(template), isAboutKeys);
      const policies = template.statements.filter(
        ({ kind, owner }) => kind === 'resource' && template.made.get(owner) === 'AWS::KMS::Key',
      );
      return [
        ...roles.flatMap((one) => foundAt(template, one.at, beyond(one, KEY_REACH, ground))),
        ...policies.flatMap((one) => foundAt(template, one.at, faultsOfKey(one, estate, ground))),
        ...template.resources.flatMap((one) => foundAt(template, one.id, sharesIn(one))),
        ...keysTold(template).flatMap(([at, what]) => foundAt(template, at, [what])),
      ];
    }),
};

/** What RAM shares has a second policy, `AWS_RAM`, which stands in no template.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html */
const sharesIn = ({ type }: JudgedResource): readonly string[] =>
  type.startsWith('AWS::RAM::') ? [`${type} shares resources: a key in it has a second policy`] : [];
/** A denial for everybody in a key policy stops RDS as well, even with exceptions.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html */
const MAY_BREAK_COPIES =
  'its policy denies something to everybody, which may break copies of RDS, even with exceptions';

const deniesEverybody = ({ principals }: Statement): boolean => principals.some(({ who }) => who === '*');

const FOR_AWS_SERVICES: Guard = ['Bool', 'kms:GrantIsForAWSResource', 'true'];
const IMPORTER: Guard = ['StringEquals', 'aws:PrincipalArn', `arn:aws:iam::{vault}:role/${ROLES.importer}`];

function faultsOfKey(statement: Statement, { accounts }: Estate, ground: Ground): readonly string[] {
  const { effect, principals, actions, owner } = statement;
  const { template } = ground;
  if (effect === 'Deny') return deniesEverybody(statement) ? [MAY_BREAK_COPIES] : [];
  const others = principals.filter(
    ({ kind, who }) =>
      !(kind === 'AWS' && isOwnPrincipal(who, template)) &&
      !(kind === 'Service' && (speaksForItself(statement, template) || sealsAlerts(statement, template))),
  );
  const grants = actions.filter((action) => canMean(action, ['kms:CreateGrant']));
  const guarded = isGuarded(statement, FOR_AWS_SERVICES, ground);
  const lax =
    isForCopies(owner, template) && grants.length > 0 && !guarded
      ? [`${grants.join(', ')} lets a grant be made to anybody, not to AWS services alone`]
      : [];
  const importerOnly = (who: string): boolean =>
    template.zone === 'source' &&
    [accounts.vault, `arn:aws:iam::${accounts.vault}:root`].includes(who) &&
    isGuarded(statement, IMPORTER, ground) &&
    actions.every((action) => isCopying(action) || (action.toLowerCase() === 'kms:creategrant' && guarded));
  const strangers = others
    .filter(({ kind, who }) => kind !== 'AWS' || !importerOnly(who))
    .map(({ kind, who }) => `the key lets ${who === '*' ? 'anybody' : `${kind}: ${who}`} ${actions.join(', ')}`);
  const zealous = speaksForItself(statement, template) ? servicesBeyond(statement, ground) : [];
  return [...lax, ...strangers, ...zealous];
}

/** Whether copies may be under a key of the vault: the importer is told of it, or of none. */
function isForCopies(key: string, { zone, resources }: JudgedTemplate): boolean {
  const told = resources.flatMap((one) => variablesOf(one)[ENV.importCopies.importKeyArn] ?? []);
  return zone === 'vault' && (told.length === 0 || told.includes(key));
}

const variablesOf = ({ properties: { Environment: environment } }: JudgedResource): JsonObject =>
  isObject(environment) && isObject(environment.Variables) ? environment.Variables : {};

const isCopying = (action: string): boolean =>
  COPY_KEY_ACTIONS.some((one) => one.toLowerCase() === action.toLowerCase());

/** Steps that copy under another key than their template makes, and an inbox that SNS could not write to. */
function keysTold(template: JudgedTemplate): readonly (readonly [at: string, what: string])[] {
  const names: readonly string[] = [ENV.importCopies.importKeyArn, ENV.exportSnapshots.exportKeyArn];
  return template.resources.flatMap((resource) => {
    const { id, type, physicalName, properties } = resource;
    const variables = variablesOf(resource);
    const told = names
      .filter((name) => name in variables && template.made.get(String(variables[name])) !== 'AWS::KMS::Key')
      .map((name) => [id, `${name} is ${String(variables[name])}, which is no key of this template`] as const);
    // A queue under a key that AWS manages never hears SNS.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    const deaf =
      type === 'AWS::SQS::Queue' && physicalName === NAMES.inbox && properties.KmsMasterKeyId !== undefined
        ? [[id, 'the inbox is under a key that SNS may not use: nothing would ever arrive'] as const]
        : [];
    return [...told, ...deaf];
  });
}
