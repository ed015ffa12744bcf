import * as ENV from '../../contract/env';
import { COPY_KEY_ACTIONS, NAMES } from '../../contract/names';
import { FOR_AWS_SERVICES, KEY_PERMISSIONS } from '../permissions/key-permissions';
import {
  canMean,
  hasCondition,
  type RequiredCondition,
  type RuleContext,
  unlistedPermissions,
} from '../permissions/permission-row';
import { ROLES } from '../permissions/role-patterns';
import { unlistedServicePermissions } from '../permissions/service-permissions';
import { type JudgedTemplate, templatesIn } from '../templates/judged-templates';
import { isAlertsKeyUse, isLimitedToOwnAccount } from '../templates/service-principals';
import type { Statement } from '../templates/statement';
import { isObject, type JsonObject, type ResolvedResource } from '../templates/template';
import { findingsAt } from './findings-at';
import { isOwnPrincipal, principalText } from './foreign-principals';
import type { Rule } from './rule';
import { isAboutKeys, roleStatementsOf, withActions } from './statements-by-action';

/** The import key is usable by the vault alone; the export key gives the vault decrypt and grants (T4). */
export const keysStayWithTheirAccounts: Rule = {
  id: 'T4',
  promise:
    'The import key is usable by the vault alone, grants on it only for AWS resources; the export key gives the vault decrypt and grants, never administration.',
  because:
    'A principal that can use the import key can read every copy; one that can administer it can destroy every copy at once.',
  refuses: [
    'in the policy of a vault key, a principal outside the vault, and a statement that allows grants to any other principal than AWS services',
    'in the policy of an export key, any other principal of the vault than the importer, and any permission beyond copying and grants to AWS services',
    'in the policy of any key, a Deny for every principal: it may break copies of RDS, even with exceptions (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html)',
    'a service principal in the policy of any key except that of a topic on which the service publishes, and there any permission beyond encrypting what it publishes',
    'a role that can use keys other than through RDS, or administer one',
    'a resource share (`AWS::RAM::*`), and a role that can create one or add a key to one: it gives a key a second policy, which no template shows',
    'a step whose settings name another key than the one that its template creates, and an inbox under a key that SNS cannot use',
  ],
  judge: (judged) =>
    templatesIn(judged, 'vault', 'management', 'source').flatMap((template) => {
      const context = { template, accounts: judged.accounts };
      const roles = withActions(roleStatementsOf(template), isAboutKeys);
      const policies = template.statements.filter(
        ({ kind, owner }) => kind === 'resource' && template.created.get(owner) === 'AWS::KMS::Key',
      );
      return [
        ...roles.flatMap((one) => findingsAt(template, one.at, unlistedPermissions(one, KEY_PERMISSIONS, context))),
        ...policies.flatMap((one) => findingsAt(template, one.at, keyPolicyFaults(one, context))),
        ...template.resources.flatMap((one) => findingsAt(template, one.id, shareFaults(one))),
        ...template.resources.flatMap((one) => findingsAt(template, one.id, configuredKeyFaults(one, template))),
        ...template.resources.flatMap((one) => findingsAt(template, one.id, inboxKeyFaults(one))),
      ];
    }),
};

/**
 * A resource that RAM shares has a second policy, `AWS_RAM`, which no template shows.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
 */
const shareFaults = ({ type }: ResolvedResource): readonly string[] =>
  type.startsWith('AWS::RAM::') ? [`${type} shares resources: a key in it has a second policy`] : [];

/**
 * A Deny for every principal in a key policy also stops RDS, even with exceptions.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
 */
const MAY_BREAK_COPIES =
  'its policy denies something to every principal, which may break copies of RDS, even with exceptions';

const IMPORTER: RequiredCondition = ['StringEquals', 'aws:PrincipalArn', `arn:aws:iam::{vault}:role/${ROLES.importer}`];

function keyPolicyFaults(statement: Statement, context: RuleContext): readonly string[] {
  const { effect, principals } = statement;
  const { template } = context;
  if (effect === 'Deny') return principals.some(({ name }) => name === '*') ? [MAY_BREAK_COPIES] : [];
  const isLimited = isLimitedToOwnAccount(statement, template);
  const foreign = principals.filter(
    ({ kind, name }) =>
      !(kind === 'AWS' && (isOwnPrincipal(name, template) || isImporter(name, statement, context))) &&
      !(kind === 'Service' && (isLimited || isAlertsKeyUse(statement, template))),
  );
  return [
    ...grantFaults(statement, context),
    ...foreign.map((one) => `the key allows ${statement.actions.join(', ')} to ${principalText(one)}`),
    ...(isLimited ? unlistedServicePermissions(statement, context) : []),
  ];
}

/** Grants on the key of vault copies are for AWS services alone. */
function grantFaults(statement: Statement, context: RuleContext): readonly string[] {
  const grants = statement.actions.filter((action) => canMean(action, ['kms:CreateGrant']));
  const isLax =
    isCopyKey(statement.owner, context.template) &&
    grants.length > 0 &&
    !hasCondition(statement, FOR_AWS_SERVICES, context);
  return isLax ? [`${grants.join(', ')} allows grants to any principal, not only to AWS services`] : [];
}

/** Whether a principal of an export key is the vault, limited to the importer, with permissions to copy alone. */
function isImporter(name: string, statement: Statement, context: RuleContext): boolean {
  const { vault } = context.accounts;
  const isForServices = hasCondition(statement, FOR_AWS_SERVICES, context);
  return (
    context.template.zone === 'source' &&
    [vault, `arn:aws:iam::${vault}:root`].includes(name) &&
    hasCondition(statement, IMPORTER, context) &&
    statement.actions.every(
      (action) => isCopying(action) || (action.toLowerCase() === 'kms:creategrant' && isForServices),
    )
  );
}

/** Whether vault copies may be under a key: the importer's settings name it, or name no key. */
function isCopyKey(key: string, { zone, resources }: JudgedTemplate): boolean {
  const configured = resources.flatMap((one) => variablesOf(one)[ENV.importCopies.importKeyArn] ?? []);
  return zone === 'vault' && (configured.length === 0 || configured.includes(key));
}

const variablesOf = ({ properties: { Environment: environment } }: ResolvedResource): JsonObject =>
  isObject(environment) && isObject(environment.Variables) ? environment.Variables : {};

const isCopying = (action: string): boolean =>
  COPY_KEY_ACTIONS.some((one) => one.toLowerCase() === action.toLowerCase());

/** Settings of a step that name another key than one that its template creates. */
function configuredKeyFaults(resource: ResolvedResource, { created }: JudgedTemplate): readonly string[] {
  const variables = variablesOf(resource);
  return [ENV.importCopies.importKeyArn, ENV.exportSnapshots.exportKeyArn]
    .filter((name) => name in variables && created.get(String(variables[name])) !== 'AWS::KMS::Key')
    .map((name) => `${name} is ${String(variables[name])}, which is not a key of this template`);
}

/**
 * SNS cannot send to a queue under a key that AWS manages.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
const inboxKeyFaults = ({ type, physicalName, properties }: ResolvedResource): readonly string[] =>
  type === 'AWS::SQS::Queue' && physicalName === NAMES.inbox && properties.KmsMasterKeyId !== undefined
    ? ['the inbox is encrypted under a key that SNS cannot use: no message would arrive']
    : [];
