/**
 * AWS's evaluation logic, read literally and step by step. It shares no code with `src/policy-evaluator`, and nothing
 * here is optimized.
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
interface Requester {
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

function requesterOf(principal: LiteralCase['principal']): Requester {
  if (typeof principal !== 'string') return { kind: 'service', arn: '', account: '', name: principal.service };
  if (principal === 'anonymous') return { kind: 'anonymous', arn: '', account: '', name: '' };
  const [, , service, , account = '', rest = ''] = principal.split(':');
  const [type, ...path] = rest.split('/');
  const of = (kind: Kind, name = ''): Requester => ({ kind, arn: principal, account, name });
  if (type === 'root') return of('root');
  if (type === 'oidc-provider') return { ...of('provider'), account: '' };
  if (type === 'federated-user') return of('federated user', path[0]);
  if (service === 'sts') return of('session', path[0]);
  return of(type === 'user' ? 'user' : 'role', path[path.length - 1]);
}

/** The values of a key in the request context, none when the request lacks it. */
function valuesOf(key: string, request: LiteralCase, requester: Requester): readonly string[] {
  const wanted = key.toLowerCase();
  const given = Object.entries(request.context).find(([name]) => name.toLowerCase() === wanted);
  if (given) return list(given[1]);
  const member = requester.account !== '';
  if (wanted === 'aws:principalaccount')
    return member ? [requester.account] : requester.kind === 'anonymous' ? ['anonymous'] : [];
  if (wanted === 'aws:principalarn') {
    if (requester.kind === 'session') return [`arn:aws:iam::${requester.account}:role/${requester.name}`];
    return member ? [requester.arn] : [];
  }
  if (wanted === 'aws:principaltype') {
    if (requester.kind === 'root') return ['Account'];
    if (requester.kind === 'user') return ['User'];
    if (requester.kind === 'role' || requester.kind === 'session') return ['AssumedRole'];
    if (requester.kind === 'federated user') return ['FederatedUser'];
    return requester.kind === 'anonymous' ? ['Anonymous'] : [];
  }
  if (wanted === 'aws:username') return requester.kind === 'user' ? [requester.name] : [];
  if (wanted === 'aws:principalisawsservice') return [requester.kind === 'service' ? 'true' : 'false'];
  if (wanted === 'aws:principalservicename') return requester.kind === 'service' ? [requester.name] : [];
  if (wanted === 'aws:resourceaccount') return [request.resourceAccount];
  return [];
}

/** What one policy document is evaluated for. */
interface Evaluation {
  readonly request: LiteralCase;
  readonly requester: Requester;
  readonly variables: boolean;
}

const quoted = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
const wild = (text: string): string => quoted(text).replaceAll('\\*', '[^]*').replaceAll('\\?', '[^]');

/** A string of a policy as a regular expression's source; null when a variable in it has no value. */
function sourceOf(
  text: string,
  plain: (text: string) => string,
  { variables, request, requester }: Evaluation,
): string | null {
  if (!variables) return plain(text);
  let isNull = false;
  const pieces = text.split(/(\$\{[^}]*\})/).map((piece) => {
    if (!/^\$\{[^}]*\}$/.test(piece)) return plain(piece);
    const inner = piece.slice(2, -1);
    if (inner === '*' || inner === '?' || inner === '$') return quoted(inner);
    const [name = '', fallback] = inner.split(',').map((part) => part.trim());
    const [value = fallback?.slice(1, -1)] = valuesOf(name, request, requester);
    if (value === undefined) isNull = true;
    return quoted(value ?? '');
  });
  return isNull ? null : pieces.join('');
}

function textMatches(
  pattern: string,
  value: string,
  evaluation: Evaluation,
  plain: (text: string) => string,
  flags = '',
): boolean {
  const source = sourceOf(pattern, plain, evaluation);
  return source !== null && new RegExp(`^${source}$`, flags).test(value);
}

/** The six parts of an ARN; the last one keeps its colons. */
const partsOf = (arn: string): readonly string[] => {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), ...(parts.length > 5 ? [parts.slice(5).join(':')] : [])];
};

function arnMatches(pattern: string, value: string, evaluation: Evaluation): boolean {
  const [wanted, given] = [partsOf(pattern), partsOf(value)];
  if (wanted.length !== 6 || given.length !== 6) return false;
  return wanted.every((part, i) => textMatches(part, given[i] ?? '', evaluation, wild));
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
function valueMatches(operator: string, wanted: string, value: string, evaluation: Evaluation): boolean {
  switch (operator) {
    case 'StringEquals':
      return textMatches(wanted, value, evaluation, quoted);
    case 'StringEqualsIgnoreCase':
      return textMatches(wanted, value, evaluation, quoted, 'i');
    case 'StringLike':
      return textMatches(wanted, value, evaluation, wild);
    case 'ArnEquals':
    case 'ArnLike':
      return arnMatches(wanted, value, evaluation);
    case 'Bool':
      return textMatches(wanted, value, evaluation, quoted, 'i');
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

function lineHolds(name: string, key: string, wanted: readonly string[], evaluation: Evaluation): boolean {
  const given = valuesOf(key, evaluation.request, evaluation.requester);
  const isNull = given.every((value) => value === '');
  if (name === 'Null') return wanted.some((one) => (one.toLowerCase() === 'true') === isNull);
  const set = /^(ForAllValues|ForAnyValue):/.exec(name)?.[1];
  const ifExists = name.endsWith('IfExists');
  const base = name.replace(/^For\w+:/, '').replace(/IfExists$/, '');
  const negated = base.includes('Not');
  const operator = base.replace('Not', '');
  const holds = (value: string) => wanted.some((one) => valueMatches(operator, one, value, evaluation)) !== negated;
  if (set === 'ForAllValues') return isNull || given.every(holds);
  if (given.length === 0) return ifExists || (negated && set === undefined);
  if (set === 'ForAnyValue') return !isNull && given.some(holds);
  return given.every(holds);
}

const conditionHolds = ({ Condition = {} }: LiteralStatement, evaluation: Evaluation): boolean =>
  Object.entries(Condition).every(([name, keys]) =>
    Object.entries(keys).every(([key, wanted]) => lineHolds(name, key, list(wanted), evaluation)),
  );

function meantBy(principals: Principals, requester: Requester): Meant {
  if (principals === '*' || list(principals.AWS).includes('*')) return 'itself';
  if (requester.kind === 'service') return list(principals.Service).includes(requester.name) ? 'itself' : 'not';
  if (requester.kind === 'provider') return list(principals.Federated).includes(requester.arn) ? 'itself' : 'not';
  if (requester.kind === 'anonymous') return 'not';
  const names = list(principals.AWS);
  const account = names.includes(requester.account) || names.includes(`arn:aws:iam::${requester.account}:root`);
  if (requester.kind === 'root') return account ? 'itself' : 'not';
  const isRole = requester.kind === 'role' || requester.kind === 'session';
  if (requester.kind !== 'role' && names.includes(requester.arn)) return 'itself';
  // Names of roles are unique in an account, whatever their path; the ARN of a session does not contain the path.
  const roles = names.map(requesterOf).filter(({ kind, account: of }) => kind === 'role' && of === requester.account);
  if (
    isRole &&
    roles.some(({ arn, name }) => (requester.kind === 'role' ? arn === requester.arn : name === requester.name))
  ) {
    return 'by its role';
  }
  return account ? 'by its account' : 'not';
}

/**
 * Whether a Deny with NotPrincipal spares the requester: only if listed itself; sessions that are listed are spared, and not
 * their role; a requester with a permissions boundary never is.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
function isSpared(listed: Principals, requester: Requester, hasBoundary: boolean): boolean {
  if (listed === '*' || list(listed.AWS).includes('*')) return true;
  if (hasBoundary && requester.account !== '' && requester.kind !== 'root') return false;
  const sessions = list(listed.AWS)
    .map(requesterOf)
    .filter(({ kind }) => kind === 'session');
  const isOfRole = requester.kind === 'role' || requester.kind === 'session';
  if (isOfRole && sessions.some(({ account, name }) => account === requester.account && name === requester.name)) {
    return sessions.some(({ arn }) => arn === requester.arn);
  }
  return ['itself', 'by its role'].includes(meantBy(listed, requester));
}

/** How a statement means the request: not at all when any of its elements does not. */
function meaning(statement: LiteralStatement, evaluation: Evaluation): Meant {
  const { request, requester } = evaluation;
  const { Action, NotAction, Resource, NotResource, Principal, NotPrincipal } = statement;
  const action = list(Action ?? NotAction).some((one) => new RegExp(`^${wild(one)}$`, 'i').test(request.action));
  if (action !== (Action !== undefined)) return 'not';
  if (Resource !== undefined || NotResource !== undefined) {
    const resource = list(Resource ?? NotResource).some((one) => textMatches(one, request.resource, evaluation, wild));
    if (resource !== (Resource !== undefined)) return 'not';
  }
  const hasBoundary = request.permissionBoundary !== undefined;
  const meant =
    NotPrincipal !== undefined
      ? isSpared(NotPrincipal, requester, hasBoundary)
        ? 'not'
        : 'itself'
      : Principal === undefined
        ? 'itself'
        : meantBy(Principal, requester);
  return meant !== 'not' && conditionHolds(statement, evaluation) ? meant : 'not';
}

/** The strongest way in which a statement of this effect means the request. */
function strongest(
  effect: 'Allow' | 'Deny',
  policies: readonly LiteralPolicy[],
  request: LiteralCase,
  requester: Requester,
): Meant {
  const found = policies.flatMap(({ Version, Statement }) =>
    Statement.filter(({ Effect }) => Effect === effect).map((one) =>
      STRENGTH.indexOf(meaning(one, { request, requester, variables: Version === '2012-10-17' })),
    ),
  );
  return STRENGTH[Math.max(0, ...found)] ?? 'not';
}

/** The answer to a request. `rcpServices` are the services that resource control policies reach. */
export function literalAnswer(request: LiteralCase, rcpServices: ReadonlySet<string>): Answer {
  const { rcps = [], action, ...rest } = request;
  const requester = requesterOf(request.principal);
  const isLinked =
    requester.arn.includes(':role/aws-service-role/') ||
    (requester.kind === 'session' && requester.name.startsWith('AWSServiceRoleFor'));
  if (rcps.length === 0 || isLinked || action === 'kms:RetireGrant')
    return answer({ ...rest, action }, requester, isLinked);
  if (rcpServices.has(action.split(':')[0] ?? '')) return answer(request, requester, isLinked);
  const [with_, without] = [answer(request, requester, isLinked), answer({ ...rest, action }, requester, isLinked)];
  return without === 'Allowed' && with_ !== 'Allowed' ? 'Unanswerable' : without;
}

function answer(request: LiteralCase, requester: Requester, isLinked: boolean): Answer {
  const { identityPolicies, resourcePolicy, permissionBoundary, action, resource } = request;
  const isMember = requester.account !== '';
  const hasIdentity = isMember && requester.kind !== 'root';
  const identity = hasIdentity ? identityPolicies : [];
  const boundary = hasIdentity && permissionBoundary ? [permissionBoundary] : null;
  const ofResource = resourcePolicy ? [resourcePolicy] : [];
  const scps = isMember && !isLinked ? (request.scps ?? []) : [];
  const { rcps = [] } = request;
  const says = (effect: 'Allow' | 'Deny', policies: readonly LiteralPolicy[]) =>
    strongest(effect, policies, request, requester);
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
  if (requester.kind === 'root' && isTrust) return 'ImplicitlyDenied';
  if (!isMember) return decide(byResource !== 'not');
  if (requester.account !== request.resourceAccount)
    return decide(byResource !== 'not' && (requester.kind === 'root' || byIdentity));
  if (requester.kind === 'root') return decide(!isKey || byResource !== 'not');
  if (byResource === 'itself') return 'Allowed';
  if (byResource === 'by its role') return decide(byBoundary);
  return decide(byIdentity && (byResource === 'by its account' || !(isKey || isTrust)));
}
