/**
 * AWS’s global condition keys: which classes of callers have each key in the context of their requests, and its value.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
 *
 * The account of a caller does not matter: a principal of another account has the keys of its class.
 * Longer than most: one table, a row for each key of the page.
 */
import { accountOf, type Caller } from './principal';

/** The classes of callers that AWS distinguishes in the context of their requests. */
export type CallerClass = Caller['kind'];

/** Whether a class of caller has a key. */
export type Availability =
  /** The context of its requests never holds the key. */
  | { readonly is: 'absent' }
  /** AWS sets the key to a value that follows from the caller. */
  | { readonly is: 'derived'; readonly from: (caller: Caller) => string }
  /** Every request has the key. Its value does not follow from the caller. */
  | { readonly is: 'always' }
  /** The context may hold the key. */
  | { readonly is: 'open' }
  /** AWS does not document the value, or documents two: a case must give it. */
  | { readonly is: 'unknown'; readonly why: string };

/** A key of the table. */
export interface ConditionKey {
  /** In AWS’s spelling. A key that ends with a slash represents all keys with that prefix. */
  readonly key: string;
  readonly of: Readonly<Record<CallerClass, Availability>>;
}

const ABSENT: Availability = { is: 'absent' };
const ALWAYS: Availability = { is: 'always' };
const OPEN: Availability = { is: 'open' };
const derived = (from: (caller: Caller) => string): Availability => ({ is: 'derived', from });
const constant = (value: string): Availability => derived(() => value);
const unknown = (why: string): Availability => ({ is: 'unknown', why });

const row = (key: string, rest: Availability, of: Partial<ConditionKey['of']> = {}): ConditionKey => ({
  key,
  of: {
    anonymous: rest,
    service: rest,
    federated: rest,
    root: rest,
    user: rest,
    role: rest,
    session: rest,
    'federated-user': rest,
    ...of,
  },
});

/** Only IAM principals, which belong to an account, have the key. */
const ofAccounts = (key: string, is: Availability, of: Partial<ConditionKey['of']> = {}): ConditionKey =>
  row(key, is, { anonymous: ABSENT, service: ABSENT, federated: ABSENT, ...of });
/** Only sessions of roles have the key. */
const ofSessions = (key: string, is: Availability = OPEN, of: Partial<ConditionKey['of']> = {}): ConditionKey =>
  row(key, ABSENT, { role: is, session: is, ...of });
/** Only AWS services that call with their own principal have the key. */
const ofServices = (key: string, is: Availability = OPEN): ConditionKey => row(key, ABSENT, { service: is });

const NOT_FOR_SERVICES = unknown('AWS does not document its value in a request of an AWS service');
const NOT_FOR_PROVIDERS = unknown('AWS does not document its value in an unsigned request for a role');

/** For a session the value is the ARN of the role. */
function principalArnOf(caller: Caller): string {
  if (caller.kind !== 'session') return 'arn' in caller ? caller.arn : '';
  return caller.roleArn ?? `arn:${caller.arn.split(':')[1]}:iam::${caller.account}:role/${caller.name}`;
}

const nameOf = (caller: Caller): string => ('name' in caller ? caller.name : '');

/** The table. */
export const CONDITION_KEYS: readonly ConditionKey[] = [
  // The caller.
  row(
    'aws:PrincipalAccount',
    derived((caller) => accountOf(caller) ?? ''),
    { anonymous: constant('anonymous'), service: NOT_FOR_SERVICES, federated: NOT_FOR_PROVIDERS },
  ),
  ofAccounts('aws:PrincipalArn', derived(principalArnOf), { service: NOT_FOR_SERVICES, federated: NOT_FOR_PROVIDERS }),
  row('aws:PrincipalType', constant('AssumedRole'), {
    anonymous: constant('Anonymous'),
    root: constant('Account'),
    user: constant('User'),
    'federated-user': constant('FederatedUser'),
    service: NOT_FOR_SERVICES,
    federated: NOT_FOR_PROVIDERS,
  }),
  row('aws:userid', ALWAYS, {
    root: derived((caller) => accountOf(caller) ?? ''),
    'federated-user': derived((caller) => `${accountOf(caller)}:${nameOf(caller)}`),
    // AWS’s page of keys: anonymous requests do not have it. AWS’s table of variables: it is `anonymous` for SQS, SNS and S3.
    anonymous: unknown('AWS documents both that an anonymous request lacks it, and that it is "anonymous"'),
    service: NOT_FOR_SERVICES,
    federated: NOT_FOR_PROVIDERS,
  }),
  row('aws:username', ABSENT, { user: derived(nameOf) }),
  row('aws:PrincipalIsAWSService', constant('false'), { service: constant('true') }),
  ofServices('aws:PrincipalServiceName', derived(nameOf)),
  ofServices('aws:PrincipalServiceNamesList'),
  ofAccounts('aws:PrincipalOrgID', OPEN),
  ofAccounts('aws:PrincipalOrgPaths', OPEN),
  ofAccounts('aws:PrincipalTag/', OPEN, { root: ABSENT }),
  // The origin of its credentials.
  row('aws:AssumedRoot', ABSENT, { root: OPEN }),
  ofSessions('aws:FederatedProvider', OPEN, { federated: OPEN }),
  ofAccounts('aws:TokenIssueTime', OPEN, { role: ALWAYS, session: ALWAYS, 'federated-user': ALWAYS }),
  ofAccounts('aws:MultiFactorAuthAge', OPEN),
  ofAccounts('aws:MultiFactorAuthPresent', OPEN),
  ofSessions('aws:ChatbotSourceArn'),
  ofSessions('aws:Ec2InstanceSourceVpc'),
  ofSessions('aws:Ec2InstanceSourcePrivateIPv4'),
  ofSessions('aws:SourceIdentity'),
  ofSessions('ec2:RoleDelivery'),
  ofSessions('ec2:SourceInstanceArn'),
  ofSessions('glue:RoleAssumedBy'),
  ofSessions('glue:CredentialIssuingService'),
  ofSessions('lambda:SourceFunctionArn'),
  ofSessions('ssm:SourceInstanceArn'),
  ofSessions('identitystore:UserId'),
  // The network of the request.
  row('aws:SourceIp', OPEN),
  row('aws:SourceVpc', OPEN),
  row('aws:SourceVpcArn', OPEN),
  row('aws:SourceVpce', OPEN),
  row('aws:VpceAccount', OPEN),
  row('aws:VpceOrgPaths', OPEN),
  row('aws:VpceOrgID', OPEN),
  row('aws:VpcSourceIp', OPEN),
  // The source of a service’s request.
  ofServices('aws:SourceArn'),
  ofServices('aws:SourceAccount'),
  ofServices('aws:SourceOrgID'),
  ofServices('aws:SourceOrgPaths'),
  // Only SNS documents it, as a key of old policies.
  row('aws:SourceOwner', OPEN),
  ofAccounts('aws:CalledVia', OPEN),
  ofAccounts('aws:CalledViaFirst', OPEN),
  ofAccounts('aws:CalledViaLast', OPEN),
  ofAccounts('aws:CalledViaAWSMCP', OPEN),
  // Assumption (requests-without-a-principal-are-on-behalf-of-none): a request without an IAM principal is not made on behalf of
  // one. AWS’s page says only that the key is false where a service uses a service role or a service-linked role, and where a
  // principal calls directly.
  ofAccounts('aws:ViaAWSService', OPEN, { anonymous: constant('false'), service: constant('false') }),
  ofAccounts('aws:ViaAWSMCPService', OPEN),
  row('aws:IsMcpServiceAction', OPEN),
  // The resource and the request.
  row('aws:ResourceAccount', ALWAYS),
  row('aws:ResourceOrgID', OPEN),
  row('aws:ResourceOrgPaths', OPEN),
  row('aws:ResourceTag/', OPEN),
  row('aws:RequestTag/', OPEN),
  row('aws:TagKeys', OPEN),
  row('aws:RequestedRegion', ALWAYS),
  row('aws:CurrentTime', ALWAYS),
  row('aws:EpochTime', ALWAYS),
  row('aws:SecureTransport', ALWAYS),
  row('aws:UserAgent', ALWAYS),
  row('aws:referer', OPEN),
];

const BY_NAME: ReadonlyMap<string, ConditionKey['of']> = new Map(
  CONDITION_KEYS.map(({ key, of }) => [key.toLowerCase(), of]),
);

/** Whether a class of caller has a key, given in lower case; undefined for a key of one service. */
export function availabilityOf(key: string, kind: CallerClass): Availability | undefined {
  return (BY_NAME.get(key) ?? BY_NAME.get(key.slice(0, key.indexOf('/') + 1)))?.[kind];
}

/** The reason why a request of this caller cannot have these values of a key; null when it can. */
export function contradiction(key: string, values: readonly string[], caller: Caller): string | null {
  const availability = availabilityOf(key.toLowerCase(), caller.kind);
  if (values.length === 0) return null;
  if (availability?.is === 'absent') return `leave it out: a request of this principal (${caller.kind}) never has it`;
  if (availability?.is !== 'derived') return null;
  const value = availability.from(caller);
  const fits = values.length === 1 && (values[0] === value || isArnOfRole(key, values[0] ?? '', caller));
  return fits ? null : `leave it out, or give ${JSON.stringify(value)}: AWS derives it from the principal`;
}

/** The ARN of a session does not contain the path of its role, so a case may give the ARN of the role. */
const isArnOfRole = (key: string, value: string, caller: Caller): boolean =>
  caller.kind === 'session' &&
  key.toLowerCase() === 'aws:principalarn' &&
  value.startsWith(`arn:${caller.arn.split(':')[1]}:iam::${caller.account}:role/`) &&
  value.endsWith(`/${caller.name}`);
