import { asText, isObject, listed, type Properties } from './final-properties';

/** Names under which CloudFormation's types keep a resource policy, at whatever depth. */
const POLICY_KEY = /Polic(y|ies)(Document|Text)?$/;

/** Types that open a resource to others, or hold resources, without a policy that could be read. */
const OPENS_UNREAD: Readonly<Record<string, string>> = {
  'AWS::CloudFormation::Stack': 'a nested stack: what it holds cannot be read',
  'AWS::EC2::VPCEndpointServicePermissions': 'lets others connect to an endpoint service',
  'AWS::Lambda::LayerVersionPermission': 'lets others use a layer',
  'AWS::RAM::ResourceShare': 'shares resources with others',
};

/**
 * The statements of a resource's own policy, wherever it stands. What looks like one and cannot be read comes back as a
 * text that says so: whoever judges takes it for guilty. Roles are not looked at: their trust policies are another promise.
 */
export function resourceStatementsOf(type: string, properties: Properties): readonly unknown[] {
  if (type.startsWith('AWS::IAM::')) return [];
  const unread = OPENS_UNREAD[type];
  if (unread) return [unread];
  if (type === 'AWS::Lambda::Permission') return [permissionStatement(properties)];
  if (type === 'AWS::Lambda::Url') return properties.AuthType === 'AWS_IAM' ? [] : ['a function URL for anybody'];
  const { AccessControl: acl, Principal } = properties;
  const own = acl === undefined || acl === 'Private' ? [] : [`an access control list: ${asText(acl)}`];
  // The older way of an event bus's policy: a principal and no statement.
  const bus = type === 'AWS::Events::EventBusPolicy' && Principal !== undefined;
  return [...own, ...(bus ? [{ Effect: 'Allow', Principal: { AWS: Principal } }] : []), ...within(properties)];
}

/** A Lambda permission says the same as a statement, in words of its own. */
function permissionStatement({ Principal, SourceArn, SourceAccount, FunctionUrlAuthType }: Properties): Properties {
  const text = asText(Principal) ?? '';
  const principal = /amazonaws\.com$/.test(text) ? { Service: Principal } : { AWS: Principal };
  return {
    Effect: 'Allow',
    Principal: FunctionUrlAuthType === 'NONE' ? '*' : principal,
    Condition: {
      ...(SourceArn !== undefined && { ArnLike: { 'aws:SourceArn': SourceArn } }),
      ...(SourceAccount !== undefined && { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
    },
  };
}

/** The statements of a document. However the key is spelled, they are judged: no rule relies on AWS to refuse it. */
function statementsOf(document: Properties): readonly unknown[] | undefined {
  const held = Object.entries(document).filter(([key]) => key.toLowerCase() === 'statement');
  return held.length === 0 ? undefined : held.flatMap(([, statements]) => listed(statements));
}

function within(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(within);
  if (!isObject(value)) return [];
  // A macro may put a policy there, or anything else, after this rule has looked.
  if (value['Fn::Transform'] !== undefined) return ['Fn::Transform: what it makes cannot be read'];
  const statements = statementsOf(value);
  if (statements) return statements;
  return Object.entries(value).flatMap(([key, held]) => (POLICY_KEY.test(key) ? inPolicy(key, held) : within(held)));
}

/** What stands under the name of a policy: a document, its JSON, or something that holds one. */
function inPolicy(key: string, held: unknown): readonly unknown[] {
  if (Array.isArray(held)) return held.flatMap((one) => inPolicy(key, one));
  const unreadable = [`${key} cannot be read before deployment`];
  if (typeof held === 'string') {
    try {
      const parsed: unknown = JSON.parse(held);
      return (isObject(parsed) && statementsOf(parsed)) || unreadable;
    } catch {
      return unreadable;
    }
  }
  const isIntrinsic = isObject(held) && Object.keys(held).some((name) => name === 'Ref' || name.startsWith('Fn::'));
  return isIntrinsic ? unreadable : within(held);
}
