/**
 * AWS's global condition keys: which class of caller has each of them in the context of its requests, and with what value.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
 *
 * The account of a caller changes no row: a principal of another account has the keys of its own class.
 * Longer than most: one table, a row for each key of the page.
 */
import { accountOf, type Caller } from './principal';

/** The classes of callers that differ in what AWS writes into the context of their requests. */
export type CallerClass = Caller['kind'];

/** What a class of caller has of a key. */
export type Availability =
  /** The context of its requests never holds the key. */
  | { readonly is: 'absent' }
  /** AWS writes the key, and the caller tells its value. */
  | { readonly is: 'derived'; readonly from: (caller: Caller) => string }
  /** Every request has the key; the caller does not tell its value. */
  | { readonly is: 'always' }
  /** The context may hold the key. */
  | { readonly is: 'open' }
  /** AWS does not say, or says two things: whoever needs the value has to give it. */
  | { readonly is: 'unknown'; readonly why: string };

/** A key of the table. */
export interface ConditionKey {
  /** As AWS spells it; one that ends with a slash stands for all keys that begin so. */
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
    ...{ anonymous: rest, service: rest, federated: rest, root: rest, user: rest, role: rest, session: rest },
    'federated-user': rest,
    ...of,
  },
});

/** Principals of IAM, who belong to an account; nobody else has the key. */
const ofAccounts = (key: string, is: Availability, of: Partial<ConditionKey['of']> = {}): ConditionKey =>
  row(key, is, { anonymous: ABSENT, service: ABSENT, federated: ABSENT, ...of });
/** Sessions of roles alone have the key. */
const ofSessions = (key: string, is: Availability = OPEN, of: Partial<ConditionKey['of']> = {}): ConditionKey =>
  row(key, ABSENT, { role: is, session: is, ...of });
/** AWS services that call for a resource, not through a principal of IAM: nobody else has the key. */
const ofServices = (key: string, is: Availability = OPEN): ConditionKey => row(key, ABSENT, { service: is });

const NOT_FOR_SERVICES = unknown('AWS does not say what a request of an AWS service holds there');
const NOT_FOR_PROVIDERS = unknown('AWS does not say what an unsigned request for a role holds there');

/** For a session the key holds the ARN of the role. */
function principalArnOf(caller: Caller): string {
  if (caller.kind !== 'session') return 'arn' in caller ? caller.arn : '';
  return caller.roleArn ?? `arn:${caller.arn.split(':')[1]}:iam::${caller.account}:role/${caller.name}`;
}

const nameOf = (caller: Caller): string => ('name' in caller ? caller.name : '');

/** The table. */
export const CONDITION_KEYS: readonly ConditionKey[] = [
  // Who calls.
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
    // The page of keys: anonymous requests do not have it. The table of variables: it is `anonymous` at SQS, SNS and S3.
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
  // How its credentials came to be.
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
  // Where the request comes from.
  row('aws:SourceIp', OPEN),
  row('aws:SourceVpc', OPEN),
  row('aws:SourceVpcArn', OPEN),
  row('aws:SourceVpce', OPEN),
  row('aws:VpceAccount', OPEN),
  row('aws:VpceOrgPaths', OPEN),
  row('aws:VpceOrgID', OPEN),
  row('aws:VpcSourceIp', OPEN),
  // For whom a service calls.
  ofServices('aws:SourceArn'),
  ofServices('aws:SourceAccount'),
  ofServices('aws:SourceOrgID'),
  ofServices('aws:SourceOrgPaths'),
  // SNS alone documents it, as a key of old policies.
  row('aws:SourceOwner', OPEN),
  ofAccounts('aws:CalledVia', OPEN),
  ofAccounts('aws:CalledViaFirst', OPEN),
  ofAccounts('aws:CalledViaLast', OPEN),
  ofAccounts('aws:CalledViaAWSMCP', OPEN),
  // Assumption (requests-without-a-principal-are-on-behalf-of-none): a request that no principal of IAM makes is no request on behalf of one. The page says only that the key
  // is false where a service uses a role of its own or of a service, and where a principal calls directly.
  ofAccounts('aws:ViaAWSService', OPEN, { anonymous: constant('false'), service: constant('false') }),
  ofAccounts('aws:ViaAWSMCPService', OPEN),
  row('aws:IsMcpServiceAction', OPEN),
  // What is asked of what.
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

/** What a class of caller has of a key, in lower case; undefined for a key of one service, which that service writes. */
export function availabilityOf(key: string, kind: CallerClass): Availability | undefined {
  return (BY_NAME.get(key) ?? BY_NAME.get(key.slice(0, key.indexOf('/') + 1)))?.[kind];
}

/** Says why a request of this caller cannot hold these values of a key; null when it can. */
export function contradiction(key: string, values: readonly string[], caller: Caller): string | null {
  const availability = availabilityOf(key.toLowerCase(), caller.kind);
  if (values.length === 0) return null;
  if (availability?.is === 'absent') return `leave it out: a request of this principal (${caller.kind}) never has it`;
  if (availability?.is !== 'derived') return null;
  const value = availability.from(caller);
  const fits = values.length === 1 && (values[0] === value || isArnOfRole(key, values[0] ?? '', caller));
  return fits ? null : `leave it out, or give ${JSON.stringify(value)}: AWS derives it from the principal`;
}

/** The ARN of a session hides the path of its role, so the case may tell it. */
const isArnOfRole = (key: string, value: string, caller: Caller): boolean =>
  caller.kind === 'session' &&
  key.toLowerCase() === 'aws:principalarn' &&
  value.startsWith(`arn:${caller.arn.split(':')[1]}:iam::${caller.account}:role/`) &&
  value.endsWith(`/${caller.name}`);
