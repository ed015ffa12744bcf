/**
 * AWS's evaluation logic, read literally and step by step. It shares no code with the evaluator of `src/trust`, and nothing
 * here is made to be fast.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 *
 * Longer than most: a reader goes through it from top to bottom, beside AWS's pages.
 */
import { BlockList, isIPv6 } from 'node:net';
import type { Answer, LiteralCase, LiteralPolicy, LiteralStatement, Many, Principals } from './literal-case';

type Kind = 'anonymous' | 'service' | 'provider' | 'root' | 'user' | 'role' | 'session' | 'federated user';

/** The requester. */
interface Who {
  readonly kind: Kind;
  readonly arn: string;
  readonly account: string;
  /** Of the user, the role, or the service. */
  readonly name: string;
}

/** How strongly a Principal element means the requester. */
type Meant = 'not' | 'by its account' | 'by its role' | 'itself';
const STRENGTH: readonly Meant[] = ['not', 'by its account', 'by its role', 'itself'];

const list = (value: Many | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

function whoIs(principal: LiteralCase['principal']): Who {
  if (typeof principal !== 'string') return { kind: 'service', arn: '', account: '', name: principal.service };
  if (principal === 'anonymous') return { kind: 'anonymous', arn: '', account: '', name: '' };
  const [, , service, , account = '', rest = ''] = principal.split(':');
  const [type, ...path] = rest.split('/');
  const of = (kind: Kind, name = ''): Who => ({ kind, arn: principal, account, name });
  if (type === 'root') return of('root');
  if (type === 'oidc-provider') return { ...of('provider'), account: '' };
  if (type === 'federated-user') return of('federated user', path[0]);
  if (service === 'sts') return of('session', path[0]);
  return of(type === 'user' ? 'user' : 'role', path[path.length - 1]);
}

/** The values of a key in the request context, none when the request lacks it. */
function valuesOf(key: string, request: LiteralCase, who: Who): readonly string[] {
  const wanted = key.toLowerCase();
  const given = Object.entries(request.context).find(([name]) => name.toLowerCase() === wanted);
  if (given) return list(given[1]);
  const member = who.account !== '';
  if (wanted === 'aws:principalaccount') return member ? [who.account] : who.kind === 'anonymous' ? ['anonymous'] : [];
  if (wanted === 'aws:principalarn') {
    if (who.kind === 'session') return [`arn:aws:iam::${who.account}:role/${who.name}`];
    return member ? [who.arn] : [];
  }
  if (wanted === 'aws:principaltype') {
    if (who.kind === 'root') return ['Account'];
    if (who.kind === 'user') return ['User'];
    if (who.kind === 'role' || who.kind === 'session') return ['AssumedRole'];
    if (who.kind === 'federated user') return ['FederatedUser'];
    return who.kind === 'anonymous' ? ['Anonymous'] : [];
  }
  if (wanted === 'aws:username') return who.kind === 'user' ? [who.name] : [];
  if (wanted === 'aws:principalisawsservice') return [who.kind === 'service' ? 'true' : 'false'];
  if (wanted === 'aws:principalservicename') return who.kind === 'service' ? [who.name] : [];
  if (wanted === 'aws:resourceaccount') return [request.resourceAccount];
  return [];
}

/** Everything that one policy document is held against. */
interface Held {
  readonly request: LiteralCase;
  readonly who: Who;
  readonly variables: boolean;
}

const quoted = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
const wild = (text: string): string => quoted(text).replaceAll('\\*', '[^]*').replaceAll('\\?', '[^]');

/** A string of a policy as a regular expression's source; null when a variable in it has no value. */
function sourceOf(text: string, plain: (text: string) => string, { variables, request, who }: Held): string | null {
  if (!variables) return plain(text);
  let isNull = false;
  const pieces = text.split(/(\$\{[^}]*\})/).map((piece) => {
    if (!/^\$\{[^}]*\}$/.test(piece)) return plain(piece);
    const inner = piece.slice(2, -1);
    if (inner === '*' || inner === '?' || inner === '$') return quoted(inner);
    const [name = '', fallback] = inner.split(',').map((part) => part.trim());
    const [value = fallback?.slice(1, -1)] = valuesOf(name, request, who);
    if (value === undefined) isNull = true;
    return quoted(value ?? '');
  });
  return isNull ? null : pieces.join('');
}

function textMatches(pattern: string, value: string, held: Held, plain: (text: string) => string, flags = ''): boolean {
  const source = sourceOf(pattern, plain, held);
  return source !== null && new RegExp(`^${source}$`, flags).test(value);
}

/** The six parts of an ARN; the last one keeps its colons. */
const partsOf = (arn: string): readonly string[] => {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), ...(parts.length > 5 ? [parts.slice(5).join(':')] : [])];
};

function arnMatches(pattern: string, value: string, held: Held): boolean {
  const [wanted, given] = [partsOf(pattern), partsOf(value)];
  if (wanted.length !== 6 || given.length !== 6) return false;
  return wanted.every((part, i) => textMatches(part, given[i] ?? '', held, wild));
}

const instant = (text: string): number => (/^\d{5,}$/.test(text) ? Number(text) * 1000 : Date.parse(text));

function addressMatches(range: string, value: string): boolean {
  const family = (text: string) => (isIPv6(text) ? 'ipv6' : 'ipv4');
  const [address = '', prefix] = range.split('/');
  const block = new BlockList();
  if (prefix === undefined) block.addAddress(address, family(address));
  else block.addSubnet(address, Number(prefix), family(address));
  return family(address) === family(value) && block.check(value, family(value));
}

const COMPARISONS: Readonly<Record<string, (value: number, wanted: number) => boolean>> = {
  Equals: (value, wanted) => value === wanted,
  LessThan: (value, wanted) => value < wanted,
  LessThanEquals: (value, wanted) => value <= wanted,
  GreaterThan: (value, wanted) => value > wanted,
  GreaterThanEquals: (value, wanted) => value >= wanted,
};

/** Whether one value of the request matches one of the policy, for the operator without its negation. */
function valueMatches(operator: string, wanted: string, value: string, held: Held): boolean {
  switch (operator) {
    case 'StringEquals':
      return textMatches(wanted, value, held, quoted);
    case 'StringEqualsIgnoreCase':
      return textMatches(wanted, value, held, quoted, 'i');
    case 'StringLike':
      return textMatches(wanted, value, held, wild);
    case 'ArnEquals':
    case 'ArnLike':
      return arnMatches(wanted, value, held);
    case 'Bool':
      return textMatches(wanted, value, held, quoted, 'i');
    case 'IpAddress':
      return addressMatches(wanted, value);
    default: {
      const [, kind, comparison = ''] = /^(Numeric|Date)(\w+)$/.exec(operator) ?? [];
      const compare = COMPARISONS[comparison];
      if (compare === undefined) throw new Error(`no operator ${operator}`);
      return kind === 'Date' ? compare(instant(value), instant(wanted)) : compare(Number(value), Number(wanted));
    }
  }
}

function lineHolds(name: string, key: string, wanted: readonly string[], held: Held): boolean {
  const given = valuesOf(key, held.request, held.who);
  const isNull = given.every((value) => value === '');
  if (name === 'Null') return wanted.some((one) => (one.toLowerCase() === 'true') === isNull);
  const set = /^(ForAllValues|ForAnyValue):/.exec(name)?.[1];
  const ifExists = name.endsWith('IfExists');
  const base = name.replace(/^For\w+:/, '').replace(/IfExists$/, '');
  const negated = base.includes('Not');
  const operator = base.replace('Not', '');
  const holds = (value: string) => wanted.some((one) => valueMatches(operator, one, value, held)) !== negated;
  if (set === 'ForAllValues') return isNull || given.every(holds);
  if (given.length === 0) return ifExists || (negated && set === undefined);
  if (set === 'ForAnyValue') return !isNull && given.some(holds);
  return given.every(holds);
}

const conditionHolds = ({ Condition = {} }: LiteralStatement, held: Held): boolean =>
  Object.entries(Condition).every(([name, keys]) =>
    Object.entries(keys).every(([key, wanted]) => lineHolds(name, key, list(wanted), held)),
  );

function meantBy(principals: Principals, who: Who): Meant {
  if (principals === '*' || list(principals.AWS).includes('*')) return 'itself';
  if (who.kind === 'service') return list(principals.Service).includes(who.name) ? 'itself' : 'not';
  if (who.kind === 'provider') return list(principals.Federated).includes(who.arn) ? 'itself' : 'not';
  if (who.kind === 'anonymous') return 'not';
  const names = list(principals.AWS);
  const account = names.includes(who.account) || names.includes(`arn:aws:iam::${who.account}:root`);
  if (who.kind === 'root') return account ? 'itself' : 'not';
  const isRole = who.kind === 'role' || who.kind === 'session';
  if (who.kind !== 'role' && names.includes(who.arn)) return 'itself';
  // Names of roles are unique in an account, whatever their path; the ARN of a session does not tell the path.
  const roles = names.map(whoIs).filter(({ kind, account: of }) => kind === 'role' && of === who.account);
  if (isRole && roles.some(({ arn, name }) => (who.kind === 'role' ? arn === who.arn : name === who.name))) {
    return 'by its role';
  }
  return account ? 'by its account' : 'not';
}

/**
 * Whether a Deny with NotPrincipal spares the requester: only if listed itself; sessions that are listed are spared, and not
 * their role; a requester with a permissions boundary never is.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
function isSpared(listed: Principals, who: Who, hasBoundary: boolean): boolean {
  if (listed === '*' || list(listed.AWS).includes('*')) return true;
  if (hasBoundary && who.account !== '' && who.kind !== 'root') return false;
  const sessions = list(listed.AWS)
    .map(whoIs)
    .filter(({ kind }) => kind === 'session');
  const isOfRole = who.kind === 'role' || who.kind === 'session';
  if (isOfRole && sessions.some(({ account, name }) => account === who.account && name === who.name)) {
    return sessions.some(({ arn }) => arn === who.arn);
  }
  return ['itself', 'by its role'].includes(meantBy(listed, who));
}

/** How a statement means the request: not at all when any of its elements does not. */
function meaning(statement: LiteralStatement, held: Held): Meant {
  const { request, who } = held;
  const { Action, NotAction, Resource, NotResource, Principal, NotPrincipal } = statement;
  const action = list(Action ?? NotAction).some((one) => new RegExp(`^${wild(one)}$`, 'i').test(request.action));
  if (action !== (Action !== undefined)) return 'not';
  if (Resource !== undefined || NotResource !== undefined) {
    const resource = list(Resource ?? NotResource).some((one) => textMatches(one, request.resource, held, wild));
    if (resource !== (Resource !== undefined)) return 'not';
  }
  const hasBoundary = request.permissionBoundary !== undefined;
  const meant =
    NotPrincipal !== undefined
      ? isSpared(NotPrincipal, who, hasBoundary)
        ? 'not'
        : 'itself'
      : Principal === undefined
        ? 'itself'
        : meantBy(Principal, who);
  return meant !== 'not' && conditionHolds(statement, held) ? meant : 'not';
}

/** The strongest way in which a statement of this effect means the request. */
function strongest(
  effect: 'Allow' | 'Deny',
  policies: readonly LiteralPolicy[],
  request: LiteralCase,
  who: Who,
): Meant {
  const found = policies.flatMap(({ Version, Statement }) =>
    Statement.filter(({ Effect }) => Effect === effect).map((one) =>
      STRENGTH.indexOf(meaning(one, { request, who, variables: Version === '2012-10-17' })),
    ),
  );
  return STRENGTH[Math.max(0, ...found)] ?? 'not';
}

/** The answer to a request. `rcpServices` are the services that resource control policies reach. */
export function literalAnswer(request: LiteralCase, rcpServices: ReadonlySet<string>): Answer {
  const { rcps = [], action, ...rest } = request;
  const who = whoIs(request.principal);
  const isLinked =
    who.arn.includes(':role/aws-service-role/') || (who.kind === 'session' && who.name.startsWith('AWSServiceRoleFor'));
  if (rcps.length === 0 || isLinked || action === 'kms:RetireGrant') return answer({ ...rest, action }, who, isLinked);
  if (rcpServices.has(action.split(':')[0] ?? '')) return answer(request, who, isLinked);
  const [with_, without] = [answer(request, who, isLinked), answer({ ...rest, action }, who, isLinked)];
  return without === 'Allowed' && with_ !== 'Allowed' ? 'Unanswerable' : without;
}

function answer(request: LiteralCase, who: Who, isLinked: boolean): Answer {
  const { identityPolicies, resourcePolicy, permissionBoundary, action, resource } = request;
  const isMember = who.account !== '';
  const hasIdentity = isMember && who.kind !== 'root';
  const identity = hasIdentity ? identityPolicies : [];
  const boundary = hasIdentity && permissionBoundary ? [permissionBoundary] : null;
  const ofResource = resourcePolicy ? [resourcePolicy] : [];
  const scps = isMember && !isLinked ? (request.scps ?? []) : [];
  const { rcps = [] } = request;
  const says = (effect: 'Allow' | 'Deny', policies: readonly LiteralPolicy[]) =>
    strongest(effect, policies, request, who);
  // An explicit Deny anywhere ends it.
  const every = [...identity, ...(boundary ?? []), ...ofResource, ...scps.flat(), ...rcps.flat()];
  if (says('Deny', every) !== 'not') return 'ExplicitlyDenied';
  // Every level of service control policies must allow. RCPFullAWSAccess stands at every level of the others.
  if (scps.some((level) => says('Allow', level) === 'not')) return 'ImplicitlyDenied';

  const isKey = resource.startsWith('arn:aws:kms:');
  const isTrust = action.startsWith('sts:') && resource.startsWith('arn:aws:iam:');
  const byResource = says('Allow', ofResource);
  const byBoundary = boundary === null || says('Allow', boundary) !== 'not';
  const byIdentity = says('Allow', identity) !== 'not' && byBoundary;
  const decide = (isAllowed: boolean): Answer => (isAllowed ? 'Allowed' : 'ImplicitlyDenied');
  if (who.kind === 'root' && isTrust) return 'ImplicitlyDenied';
  if (!isMember) return decide(byResource !== 'not');
  if (who.account !== request.resourceAccount)
    return decide(byResource !== 'not' && (who.kind === 'root' || byIdentity));
  if (who.kind === 'root') return decide(!isKey || byResource !== 'not');
  if (byResource === 'itself') return 'Allowed';
  if (byResource === 'by its role') return decide(byBoundary);
  return decide(byIdentity && (byResource === 'by its account' || !(isKey || isTrust)));
}
