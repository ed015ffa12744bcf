import { NAMES } from '../../contract/names';
import type { RuleContext } from '../permissions/permission-row';
import { unlistedServicePermissions } from '../permissions/service-permissions';
import { type JudgedTemplate, templatesIn } from '../templates/judged-templates';
import { unlistedPropertiesOf } from '../templates/resource-types';
import { isAlertsKeyUse, isLimitedToOwnAccount, NARROWING_OPERATORS } from '../templates/service-principals';
import { type NamedPrincipal, type Statement, valuesOf } from '../templates/statement';
import { accessAnalyzerFaults } from './access-analyzer-faults';
import { findingsAt } from './findings-at';
import { isOwnPrincipal, principalText } from './foreign-principals';
import type { Rule } from './rule';

/** No AWS principal outside the vault is allowed anything by a resource policy of the vault (T1). */
export const vaultResourcesTrustOnlyTheVault: Rule = {
  id: 'T1',
  promise: 'No AWS principal outside the vault is allowed anything by a resource policy of the vault.',
  because:
    'Trust runs one way: the vault has access to the sources, and no source, nor its administrator, has access to the vault.',
  refuses: [
    'a principal of another account, every principal (`*`), an identity provider, a canonical user',
    'a service principal without `aws:SourceAccount` or `aws:SourceArn` of the vault. There are two exceptions: SNS may send to the inbox for topics named by Checkvalve, and EventBridge may decrypt and generate data keys with the key of the alerts topic, where AWS does not support these conditions (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html)',
    'a service principal limited to the vault with a permission that no row of the table of service permissions lists',
    'a resource type, or a property, that is not listed for the vault: shares, function URLs, subscription filters, replication, custom resources',
    'a rule, an alarm, a subscription or another resource that points out of the vault',
    'a subscription that is not a queue or a function of the account: email addresses are subscribed by hand',
    'an inbox without an IAM Access Analyzer, unless the configuration adopts an existing one, and an archive rule for anything else than the notifications at the inbox and the inherited powers that the configuration accepts by name',
    'a value that only the deployment knows: parameters, imports, macros, `NotPrincipal`, an AWS managed policy, a stack of an unknown account',
  ],
  judge: (judged) =>
    templatesIn(judged, 'vault').flatMap((template) => [
      ...template.unread,
      ...accessAnalyzerFaults(template, judged).flatMap(([at, what]) => findingsAt(template, at, [what])),
      ...template.resources.flatMap((one) => findingsAt(template, one.id, unlistedPropertiesOf(one, template))),
      ...template.statements
        .filter(({ kind, effect }) => kind === 'resource' && effect === 'Allow')
        .flatMap((statement) =>
          findingsAt(template, statement.at, [
            ...foreignPrincipalsIn(statement, template),
            ...excessServicePermissions(statement, { template, accounts: judged.accounts }),
          ]),
        ),
    ]),
};

const foreignPrincipalsIn = (statement: Statement, template: JudgedTemplate): readonly string[] =>
  statement.principals.filter((principal) => !isTrusted(principal, statement, template)).map(principalText);

/** What trusted services may do that no row lists. Rule T4 judges key policies. */
function excessServicePermissions(statement: Statement, context: RuleContext): readonly string[] {
  if (context.template.created.get(statement.owner) === 'AWS::KMS::Key') return [];
  const principals = statement.principals.filter((one) => isTrusted(one, statement, context.template));
  return unlistedServicePermissions({ ...statement, principals }, context);
}

function isTrusted({ kind, name }: NamedPrincipal, statement: Statement, template: JudgedTemplate): boolean {
  if (kind === 'AWS') return isOwnPrincipal(name, template);
  if (kind !== 'Service') return false;
  return (
    isLimitedToOwnAccount(statement, template) ||
    isInboxNotification(name, statement, template) ||
    isAlertsKeyUse(statement, template)
  );
}

/** The copies topic of any account and Region. */
const COPIES_TOPIC = new RegExp(`^arn:aws:sns:[^:]*:[^:]*:${NAMES.copiesTopic}$`);

/** The exception at the inbox: SNS sends messages of copies topics to it, and has no other permission. */
function isInboxNotification(name: string, statement: Statement, template: JudgedTemplate): boolean {
  const { owner, actions, resources } = statement;
  const inbox = template.resources.find(
    ({ type, physicalName }) => type === 'AWS::SQS::Queue' && physicalName === NAMES.inbox,
  );
  const arns = valuesOf(statement, 'aws:SourceArn', NARROWING_OPERATORS);
  return (
    inbox !== undefined &&
    /^sns(\.[a-z0-9-]+)?\.amazonaws\.com$/.test(name) &&
    actions.length === 1 &&
    actions[0]?.toLowerCase() === 'sqs:sendmessage' &&
    [owner, ...resources].every((one) => one === inbox.arn) &&
    arns.length > 0 &&
    arns.every((arn) => COPIES_TOPIC.test(arn))
  );
}
