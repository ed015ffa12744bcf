import { type CfnResource, Stack, Token } from 'aws-cdk-lib';
import { NagRuleCompliance, type NagRuleResult } from 'cdk-nag';
import { StackSetStack } from 'cdk-stacksets';
import { NAMES } from '../../contract/names';
import { asText, finalProperties, isObject, listed, type Properties } from '../final-properties';

/** The accounts that the rules must tell apart. */
export interface Zones {
  readonly vaultAccount: string;
}

/** Where the resource policy of a type stands. */
const POLICY_AT: Readonly<Record<string, readonly string[]>> = {
  'AWS::Backup::BackupVault': ['AccessPolicy'],
  'AWS::DynamoDB::GlobalTable': ['Replicas'],
  'AWS::DynamoDB::Table': ['ResourcePolicy', 'PolicyDocument'],
  'AWS::Events::EventBusPolicy': ['Statement'],
  'AWS::KMS::Key': ['KeyPolicy'],
  'AWS::KMS::ReplicaKey': ['KeyPolicy'],
  'AWS::Logs::ResourcePolicy': ['PolicyDocument'],
  'AWS::S3::AccessPoint': ['Policy'],
  'AWS::S3::BucketPolicy': ['PolicyDocument'],
  'AWS::SNS::TopicPolicy': ['PolicyDocument'],
  'AWS::SQS::QueuePolicy': ['PolicyDocument'],
  'AWS::SecretsManager::ResourcePolicy': ['ResourcePolicy'],
};

/** Equal or at least as narrow as the pattern: what a condition on the source may be made with. */
const NARROWING = /^(StringEquals|StringLike|ArnEquals|ArnLike)$/;

/** No AWS principal outside the vault is allowed anything by a resource policy of the vault (T1). */
export function vaultResourcesTrustOnlyTheVault(node: CfnResource, zones: Zones): NagRuleResult {
  const { account } = Stack.of(node);
  if (Token.isUnresolved(account)) {
    // A StackSet's template lands in sources, under whatever account that is; it has no place in a vault.
    return Stack.of(node) instanceof StackSetStack
      ? NagRuleCompliance.NOT_APPLICABLE
      : ['the account of its stack is unknown'];
  }
  if (account !== zones.vaultAccount) return NagRuleCompliance.NOT_APPLICABLE;
  const properties = finalProperties(node);
  const findings = statementsOf(node.cfnResourceType, properties).flatMap((statement) =>
    judge(statement, { zones, node, properties }),
  );
  return findings.length > 0 ? [...new Set(findings)] : NagRuleCompliance.COMPLIANT;
}

interface Place {
  readonly zones: Zones;
  readonly node: CfnResource;
  readonly properties: Properties;
}

/** The statements of a resource's policy; something that is there and is no statement comes back as it is. */
function statementsOf(type: string, properties: Properties): readonly unknown[] {
  if (type === 'AWS::Lambda::Permission') return [asStatement(properties)];
  if (type === 'AWS::Lambda::Url') return [{ Effect: 'Allow', Principal: properties.AuthType === 'NONE' ? '*' : {} }];
  const path = POLICY_AT[type];
  if (!path) return [];
  const policy = path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), properties);
  if (policy === undefined) return [];
  if (type === 'AWS::Events::EventBusPolicy') return listed(policy);
  return isObject(policy) && policy.Statement !== undefined
    ? listed(policy.Statement)
    : ['a policy that is no document'];
}

/** A Lambda permission says the same as a statement, in words of its own. */
function asStatement({ Principal, SourceArn, SourceAccount, FunctionUrlAuthType }: Properties): Properties {
  const text = asText(Principal) ?? '';
  const principal = /amazonaws\.com$/.test(text) ? { Service: text } : { AWS: Principal };
  const StringEquals = {
    ...(SourceArn !== undefined && { 'aws:SourceArn': SourceArn }),
    ...(SourceAccount !== undefined && { 'aws:SourceAccount': SourceAccount }),
  };
  const open = FunctionUrlAuthType === 'NONE';
  return { Effect: 'Allow', Principal: open ? '*' : principal, Condition: { StringEquals } };
}

function judge(statement: unknown, place: Place): readonly string[] {
  if (!isObject(statement)) return [`unreadable: ${JSON.stringify(statement)}`];
  if (statement.Effect === 'Deny') return [];
  if (statement.Effect !== 'Allow') return [`unreadable effect: ${JSON.stringify(statement.Effect)}`];
  const { Principal, NotPrincipal } = statement;
  if (NotPrincipal !== undefined) return ['NotPrincipal: everybody but those named'];
  if (!isObject(Principal))
    return [Principal === '*' ? 'anybody: *' : `unreadable principal: ${JSON.stringify(Principal)}`];
  return Object.entries(Principal).flatMap(([kind, who]) =>
    listed(who).flatMap((one) => {
      if (kind === 'AWS') return isOwn(one, place) ? [] : [`AWS: ${asText(one) ?? JSON.stringify(one)}`];
      const guarded = kind === 'Service' && (fromTheVault(statement, place) || isBell(asText(one), statement, place));
      return guarded ? [] : [`${kind}: ${asText(one) ?? JSON.stringify(one)}`];
    }),
  );
}

/** The vault's account, a principal of it, or something that the same template makes. */
function isOwn(principal: unknown, place: Place): boolean {
  const text = asText(principal);
  if (text === undefined) return false;
  return (
    text === place.zones.vaultAccount || text === '${AWS::AccountId}' || accountIn(text, place) || isLocal(text, place)
  );
}

/** Whether the account field of an ARN is the vault's. `${AWS::…}` holds colons of its own and is masked first. */
function accountIn(arn: string, { zones }: Place): boolean {
  const masked = arn.replaceAll('${AWS::AccountId}', zones.vaultAccount).replace(/\$\{[^}]*\}/g, '$');
  return masked.startsWith('arn:') && masked.split(':')[4] === zones.vaultAccount;
}

/** `${LogicalId.Arn}` of a resource of the same stack: it lives in the same account. */
function isLocal(text: string, { node }: Place): boolean {
  const [, logicalId] = /^\$\{([A-Za-z0-9]+)(?:\.[A-Za-z.]+)?\}$/.exec(text) ?? [];
  return logicalId !== undefined && logicalIds(Stack.of(node)).has(logicalId);
}

function logicalIds(stack: Stack): ReadonlyMap<string, CfnResource> {
  const resources = stack.node
    .findAll()
    .filter((one): one is CfnResource => 'cfnResourceType' in one && Stack.of(one) === stack);
  return new Map(resources.map((one) => [String(stack.resolve(one.logicalId)), one]));
}

/** Values of a condition key under operators that narrow; every value counts, since any of them lets the request pass. */
function conditionValues({ Condition }: Properties, key: string): readonly unknown[] {
  if (!isObject(Condition)) return [];
  return Object.entries(Condition)
    .filter(([operator]) => NARROWING.test(operator))
    .flatMap(([, keys]) => (isObject(keys) ? Object.entries(keys) : []))
    .filter(([name]) => name.toLowerCase() === key.toLowerCase())
    .flatMap(([, values]) => listed(values));
}

function fromTheVault(statement: Properties, place: Place): boolean {
  const accounts = conditionValues(statement, 'aws:SourceAccount');
  const arns = conditionValues(statement, 'aws:SourceArn');
  return (
    (accounts.length > 0 && accounts.every((one) => isOwn(one, place))) ||
    (arns.length > 0 && arns.every((one) => isOwn(one, place)))
  );
}

/** The sole exception: SNS drops messages of topics of our name into the inbox. A bell, and no more than a bell. */
function isBell(service: string | undefined, statement: Properties, { node, properties }: Place): boolean {
  const queues = logicalIds(Stack.of(node));
  const intoInbox = (ref: unknown): boolean => {
    const logicalId = /^\$\{([A-Za-z0-9]+)/.exec(asText(ref) ?? '')?.[1];
    const queue = logicalId ? queues.get(logicalId) : undefined;
    return queue?.cfnResourceType === 'AWS::SQS::Queue' && finalProperties(queue).QueueName === NAMES.inbox;
  };
  const arns = conditionValues(statement, 'aws:SourceArn').map(asText);
  const [queuesOfPolicy, resources] = [listed(properties.Queues), listed(statement.Resource)];
  return (
    node.cfnResourceType === 'AWS::SQS::QueuePolicy' &&
    /^sns(\.[a-z0-9-]+)?\.amazonaws\.com$/.test(service ?? '') &&
    listed(statement.Action).length === 1 &&
    asText(listed(statement.Action)[0])?.toLowerCase() === 'sqs:sendmessage' &&
    queuesOfPolicy.length > 0 &&
    [...queuesOfPolicy, ...resources].every(intoInbox) &&
    arns.length > 0 &&
    arns.every((arn) => arn !== undefined && /^arn:aws:sns:[^:]*:[^:]*:checkvalve-copies$/.test(arn))
  );
}
