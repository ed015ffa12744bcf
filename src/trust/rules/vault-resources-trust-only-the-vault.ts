import { NAMES } from '../../contract/names';
import { type JudgedTemplate, templatesIn } from '../templates/judged-templates';
import { strangeIn } from '../templates/resource-types';
import { accountIn, NARROWING, sealsAlerts, speaksForItself } from '../templates/service-principals';
import { type NamedPrincipal, type Statement, valuesOf } from '../templates/statement';
import type { Ground } from '../permissions/permission-row';
import { servicesBeyond } from '../permissions/service-permissions';
import { foundAt } from './findings-at';
import type { Rule } from './rule';
import { watchFaults } from './access-analyzer-faults';

/** No AWS principal outside the vault is allowed anything by a resource policy of the vault (T1). */
export const vaultResourcesTrustOnlyTheVault: Rule = {
  id: 'T1',
  promise: 'No AWS principal outside the vault is allowed anything by a resource policy of the vault.',
  because:
    'Trust runs one way: the vault reaches into the sources, and no source, nor its administrator, reaches into it.',
  refuses: [
    'a principal of another account, everybody, an identity provider, a canonical user',
    'a service without `aws:SourceAccount` or `aws:SourceArn` of the vault; SNS alone may ring at the inbox, for topics of our name, and EventBridge alone may use the key of the alerts topic, to decrypt and to generate data keys: a key policy with these conditions would stop it (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html)',
    'a service, though it comes for the vault, that may do more than a row of reach allows it, or elsewhere',
    'a type of resource, or a property, that nobody has judged for the vault: shares, function URLs, subscription filters, replication, custom resources',
    'a rule, alarm, subscription or anything else that points out of the vault',
    'a topic that tells anybody but a queue or a function of the account: people subscribe by hand',
    'an inbox without IAM Access Analyzer beside it, unless the configuration adopts one that is there, and an archive rule for anything but the bell and what the configuration accepts by name',
    'whatever only deployment knows: parameters, imports, macros, `NotPrincipal`, a policy of AWS, a stack of an unknown account',
  ],
  judge: (estate) =>
    templatesIn(estate, 'vault').flatMap((template) => [
      ...template.unread,
      ...watchFaults(template, estate).flatMap(([at, what]) => foundAt(template, at, [what])),
      ...template.resources.flatMap((one) => foundAt(template, one.id, strangeIn(one, template))),
      ...template.statements
        .filter(({ kind, effect }) => kind === 'resource' && effect === 'Allow')
        .flatMap((statement) =>
          foundAt(template, statement.at, [
            ...strangersIn(statement, template),
            ...zealousIn(statement, { template, accounts: estate.accounts }),
          ]),
        ),
    ]),
};

const strangersIn = (statement: Statement, template: JudgedTemplate): readonly string[] =>
  statement.principals
    .filter((principal) => !isTrusted(principal, statement, template))
    .map(({ kind, who }) => (who === '*' ? 'anybody' : `${kind}: ${who}`));

/** What services that are trusted may do beyond their rows. What a key allows is another promise. */
function zealousIn(statement: Statement, ground: Ground): readonly string[] {
  if (ground.template.made.get(statement.owner) === 'AWS::KMS::Key') return [];
  const principals = statement.principals.filter((one) => isTrusted(one, statement, ground.template));
  return servicesBeyond({ ...statement, principals }, ground);
}

function isTrusted({ kind, who }: NamedPrincipal, statement: Statement, template: JudgedTemplate): boolean {
  if (kind === 'AWS') return isOwnPrincipal(who, template);
  if (kind !== 'Service') return false;
  return speaksForItself(statement, template) || isBell(who, statement, template) || sealsAlerts(statement, template);
}

/** Whether a principal is the template's account itself, or somebody of it. */
export const isOwnPrincipal = (who: string, { account }: JudgedTemplate): boolean =>
  who === account || (who.startsWith('arn:aws:iam::') && accountIn(who) === account);

/** A topic of our name, in whichever account and Region. */
const OUR_TOPIC = new RegExp(`^arn:aws:sns:[^:]*:[^:]*:${NAMES.copiesTopic}$`);

/** The sole exception: SNS drops messages of topics of our name into the inbox. A bell, and no more than a bell. */
function isBell(who: string, { owner, actions, resources, ...rest }: Statement, template: JudgedTemplate): boolean {
  const inbox = template.resources.find(
    ({ type, physicalName }) => type === 'AWS::SQS::Queue' && physicalName === NAMES.inbox,
  );
  const arns = valuesOf({ owner, actions, resources, ...rest }, 'aws:SourceArn', NARROWING);
  return (
    inbox !== undefined &&
    /^sns(\.[a-z0-9-]+)?\.amazonaws\.com$/.test(who) &&
    actions.length === 1 &&
    actions[0]?.toLowerCase() === 'sqs:sendmessage' &&
    [owner, ...resources].every((one) => one === inbox.arn) &&
    arns.length > 0 &&
    arns.every((arn) => OUR_TOPIC.test(arn))
  );
}
