import { CfnResource, Stack, Token } from 'aws-cdk-lib';
import { NagRuleCompliance, type NagRuleResult } from 'cdk-nag';
import { NAMES } from '../../contract/names';
import { asText, finalProperties, isObject, listed, type Properties } from '../final-properties';
import { resourceStatementsOf } from '../resource-policies';

/** The accounts that the rules must tell apart. */
export interface Zones {
  readonly vaultAccount: string;
}

/** Operators under which a condition on the source narrows; `…IfExists` and `ForAllValues:…` pass what lacks the key. */
const NARROWING = /^(StringEquals|StringLike|ArnEquals|ArnLike)$/;

/** No AWS principal outside the vault is allowed anything by a resource policy of the vault (T1). */
export function vaultResourcesTrustOnlyTheVault(node: CfnResource, zones: Zones): NagRuleResult {
  const account = accountOf(Stack.of(node));
  if (account === undefined) return ['the account of its stack is unknown'];
  if (account !== zones.vaultAccount) return NagRuleCompliance.NOT_APPLICABLE;
  const properties = finalProperties(node);
  const findings = resourceStatementsOf(node.cfnResourceType, properties).flatMap((statement) =>
    judge(statement, { zones, node, properties }),
  );
  return findings.length > 0 ? [...new Set(findings)] : NagRuleCompliance.COMPLIANT;
}

/**
 * The account a stack is deployed to, as far as synthesis knows. A stack inside another, such as the template of a
 * StackSet, belongs to whom the outer one belongs: what management pushes is not of the vault, what the vault would is.
 */
function accountOf(stack: Stack): string | undefined {
  if (!Token.isUnresolved(stack.account)) return stack.account;
  const around = stack.node.scopes.slice(0, -1).filter(Stack.isStack).at(-1);
  return around && accountOf(around);
}

interface Place {
  readonly zones: Zones;
  readonly node: CfnResource;
  readonly properties: Properties;
}

/** The principals that a statement lets in and should not; nothing for a good one. */
function judge(statement: unknown, place: Place): readonly string[] {
  if (!isObject(statement)) return [typeof statement === 'string' ? statement : `unreadable: ${shown(statement)}`];
  const { Effect, Principal, NotPrincipal } = statement;
  if (NotPrincipal !== undefined) return ['NotPrincipal: everybody but those named'];
  if (Effect === 'Deny') return [];
  if (Effect !== 'Allow') return [`unreadable effect: ${shown(Effect)}`];
  if (Principal === '*') return ['anybody: *'];
  if (!isObject(Principal)) return [`unreadable principal: ${shown(Principal)}`];
  return Object.entries(Principal).flatMap(([kind, who]) =>
    listed(who).flatMap((one) => (isTrusted(kind, one, statement, place) ? [] : [`${kind}: ${shown(one)}`])),
  );
}

const shown = (value: unknown): string => asText(value) ?? JSON.stringify(value) ?? 'none';

function isTrusted(kind: string, principal: unknown, statement: Properties, place: Place): boolean {
  if (kind === 'AWS') return isOwnPrincipal(principal, place);
  return kind === 'Service' && (isFromTheVault(statement, place) || isBell(asText(principal), statement, place));
}

/** The vault's account, a principal of it, or a role or user that the same template makes. */
function isOwnPrincipal(principal: unknown, place: Place): boolean {
  const text = asText(principal);
  if (text === undefined) return false;
  const made = resourceAt(text, place)?.cfnResourceType;
  return isOwnAccount(text, place) || isOwnArn(text, place) || /^AWS::IAM::(Role|User)$/.test(made ?? '');
}

const isOwnAccount = (text: string | undefined, { zones }: Place): boolean =>
  text === zones.vaultAccount || text === '${AWS::AccountId}';

/**
 * An ARN up to its account. Nothing before that may be unknown but partition and Region: a parameter, or a wildcard under
 * an operator for texts, may hold colons, and so move another account to where the account stands.
 */
const UP_TO_ACCOUNT =
  /^arn:(?:aws[a-z-]*|\$\{AWS::Partition\}):[a-z0-9-]+:(?:[a-z0-9-]*|\$\{AWS::Region\}):([^:$]+|\$\{AWS::AccountId\}):/;

const isOwnArn = (arn: string, place: Place): boolean => isOwnAccount(UP_TO_ACCOUNT.exec(arn)?.[1], place);

/** The resource of the same stack that `${LogicalId}` or `${LogicalId.Arn}` points to. */
function resourceAt(text: string | undefined, { node }: Place): CfnResource | undefined {
  const [, logicalId] = /^\$\{([A-Za-z0-9]+)(?:\.Arn)?\}$/.exec(text ?? '') ?? [];
  return logicalId === undefined ? undefined : resourcesOf(Stack.of(node)).get(logicalId);
}

function resourcesOf(stack: Stack): ReadonlyMap<string, CfnResource> {
  const resources = stack.node.findAll().filter(CfnResource.isCfnResource);
  return new Map(
    resources
      .filter((one) => Stack.of(one) === stack)
      .map((one) => [String(stack.resolve(one.logicalId)), one] as const),
  );
}

/** Values of a condition key under operators that narrow; every value counts, since any of them lets a request pass. */
function conditionValues({ Condition }: Properties, key: string): readonly (string | undefined)[] {
  if (!isObject(Condition)) return [];
  return Object.entries(Condition)
    .filter(([operator]) => NARROWING.test(operator))
    .flatMap(([, keys]) => (isObject(keys) ? Object.entries(keys) : []))
    .filter(([name]) => name.toLowerCase() === key.toLowerCase())
    .flatMap(([, values]) => listed(values).map(asText));
}

/** Whether a service may speak for the vault's own resources alone. */
function isFromTheVault(statement: Properties, place: Place): boolean {
  const accounts = conditionValues(statement, 'aws:SourceAccount');
  const arns = conditionValues(statement, 'aws:SourceArn');
  // An attribute of a custom resource is whatever its function answers, and not the ARN of something in the vault.
  const isMade = (arn: string): boolean =>
    /^AWS::(?!CloudFormation::)/.test(resourceAt(arn, place)?.cfnResourceType ?? '');
  return (
    (accounts.length > 0 && accounts.every((one) => isOwnAccount(one, place))) ||
    (arns.length > 0 && arns.every((one) => one !== undefined && (isOwnArn(one, place) || isMade(one))))
  );
}

/** A topic of our name, in whichever account and Region. */
const OUR_TOPIC = new RegExp(`^arn:aws:sns:[^:]*:[^:]*:${NAMES.copiesTopic}$`);

/** The sole exception: SNS drops messages of topics of our name into the inbox. A bell, and no more than a bell. */
function isBell(service: string | undefined, statement: Properties, place: Place): boolean {
  const { node, properties } = place;
  const isInbox = (ref: unknown): boolean => {
    const queue = resourceAt(asText(ref), place);
    return queue?.cfnResourceType === 'AWS::SQS::Queue' && finalProperties(queue).QueueName === NAMES.inbox;
  };
  const arns = conditionValues(statement, 'aws:SourceArn');
  const [queues, actions] = [listed(properties.Queues), listed(statement.Action)];
  return (
    node.cfnResourceType === 'AWS::SQS::QueuePolicy' &&
    /^sns(\.[a-z0-9-]+)?\.amazonaws\.com$/.test(service ?? '') &&
    actions.length === 1 &&
    asText(actions[0])?.toLowerCase() === 'sqs:sendmessage' &&
    queues.length > 0 &&
    [...queues, ...listed(statement.Resource)].every(isInbox) &&
    arns.length > 0 &&
    arns.every((arn) => OUR_TOPIC.test(arn ?? ''))
  );
}
