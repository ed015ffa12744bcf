/**
 * The caller, and whether a Principal element names it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import { listOf, type PrincipalElement } from './policy';

/**
 * The caller. A `role` is a session of that role whose name no policy contains. A `session` has a name; its role ARN is known
 * only with `roleArn`, because a session ARN does not contain the role’s path. `federated` is an identity provider that assumes
 * a role, `federated-user` a session of `sts:GetFederationToken`.
 */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'federated'; readonly arn: string }
  | { readonly kind: 'root'; readonly arn: string; readonly account: string }
  | { readonly kind: 'user'; readonly arn: string; readonly account: string; readonly name: string }
  | { readonly kind: 'role'; readonly arn: string; readonly account: string; readonly name: string }
  | {
      readonly kind: 'session';
      readonly arn: string;
      readonly account: string;
      readonly name: string;
      readonly roleArn: string | null;
    }
  | { readonly kind: 'federated-user'; readonly arn: string; readonly account: string; readonly name: string };

/**
 * How a statement names a caller. `direct`: by the user, the session or every principal; `role`: by the role’s ARN;
 * `account`: by the account, which only delegates; `unknown`: by a canonical user id that cannot be compared.
 */
export type PrincipalMatch = 'direct' | 'role' | 'account' | 'unknown';

/** A Principal or NotPrincipal element, prepared. */
export interface PrincipalSet {
  readonly everyone: boolean;
  readonly accounts: ReadonlySet<string>;
  /** Users, roles, sessions and federated providers, by ARN or provider name. */
  readonly named: ReadonlySet<string>;
  /** `account/role-name` of every role listed: role names are unique in an account, whatever their path. */
  readonly roleNames: ReadonlySet<string>;
  /** `account/role-name` of every role with a listed session. */
  readonly sessionRoles: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
  readonly canonical: boolean;
}

const ARN = /^arn:aws[a-z-]*:(iam|sts)::(\d{12}):(.+)$/;
// AWS shows a deleted user or role as its unique id, which matches no principal.
const UNIQUE_ID = /^A[A-Z0-9]{15,}$/;

/** Reads the ARN of a caller; null for any other text. */
export function readCallerArn(arn: string): Caller | null {
  const found = ARN.exec(arn);
  if (found === null || /[*?]/.test(arn)) return null;
  const [, service, account = '', rest = ''] = found;
  const [type = '', ...path] = rest.split('/');
  const name = path.at(-1) ?? '';
  if (service === 'iam' && rest === 'root') return { kind: 'root', arn, account };
  if (path.some((part) => part === '') || path.length === 0) return null;
  if (service === 'iam' && type === 'user') return { kind: 'user', arn, account, name };
  if (service === 'iam' && type === 'role') return { kind: 'role', arn, account, name };
  if (service === 'iam' && (type === 'saml-provider' || type === 'oidc-provider')) return { kind: 'federated', arn };
  if (service === 'sts' && type === 'assumed-role' && path.length === 2) {
    return { kind: 'session', arn, account, name: path[0] ?? '', roleArn: null };
  }
  if (service === 'sts' && type === 'federated-user' && path.length === 1) {
    return { kind: 'federated-user', arn, account, name };
  }
  return null;
}

/** The account a caller belongs to; null for services, federated and anonymous callers. */
export function accountOf(caller: Caller): string | null {
  return 'account' in caller ? caller.account : null;
}

/** The fault of one entry of a Principal element, or null. */
export function faultOfPrincipalEntry(type: string, entry: string): string | null {
  switch (type) {
    case 'AWS': {
      if (entry === '*' || /^\d{12}$/.test(entry) || UNIQUE_ID.test(entry)) return null;
      const named = readCallerArn(entry);
      if (named !== null && named.kind !== 'federated') return null;
      return 'give an account id, the ARN of an account, user, role or role session (no wildcard in part of it), or *';
    }
    case 'Service':
      return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(entry) ? null : 'give a service principal such as sns.amazonaws.com';
    case 'Federated':
      return entry !== '' && !/[*?]/.test(entry) ? null : 'give a provider name or ARN';
    case 'CanonicalUser':
      return /^[0-9a-f]{64}$/.test(entry) ? null : 'give a canonical user id of 64 hexadecimal digits';
    default:
      return 'use AWS, Service, Federated or CanonicalUser';
  }
}

/** Prepares a Principal element without faults. */
export function principalSetOf(element: PrincipalElement): PrincipalSet {
  const set = {
    everyone: element === '*',
    accounts: new Set<string>(),
    named: new Set<string>(),
    roleNames: new Set<string>(),
    sessionRoles: new Set<string>(),
    services: new Set<string>(),
    canonical: false,
  };
  if (element === '*') return set;
  // { "AWS": "*" } means the same as "*".
  if (listOf(element.AWS).includes('*')) set.everyone = true;
  for (const entry of listOf(element.AWS)) {
    const caller = readCallerArn(entry);
    if (caller === null) set.accounts.add(entry);
    else if (caller.kind === 'root') set.accounts.add(caller.account);
    else set.named.add(entry);
    if (caller?.kind === 'role') set.roleNames.add(`${caller.account}/${caller.name}`);
    if (caller?.kind === 'session') set.sessionRoles.add(`${caller.account}/${caller.name}`);
  }
  for (const entry of listOf(element.Federated)) set.named.add(entry);
  for (const entry of listOf(element.Service)) set.services.add(entry);
  set.canonical = listOf(element.CanonicalUser).length > 0;
  return set;
}

/** How a Principal element names the caller, by its strongest entry; null when it does not. */
export function principalMatchOf(caller: Caller, set: PrincipalSet): PrincipalMatch | null {
  // "*" matches every principal: anonymous callers and services too.
  if (set.everyone) return 'direct';
  switch (caller.kind) {
    case 'anonymous':
      return null;
    case 'service':
      return set.services.has(caller.name) ? 'direct' : null;
    case 'federated':
      return namesProvider(caller.arn, set) ? 'direct' : null;
    case 'root':
      return set.accounts.has(caller.account) ? 'direct' : weakest(caller.account, set);
    case 'user':
    case 'federated-user':
      return set.named.has(caller.arn) ? 'direct' : weakest(caller.account, set);
    case 'role':
    case 'session':
      if (caller.kind === 'session' && set.named.has(caller.arn)) return 'direct';
      return namesRole(caller, set) ? 'role' : weakest(caller.account, set);
  }
}

function weakest(account: string, set: PrincipalSet): PrincipalMatch | null {
  return set.accounts.has(account) ? 'account' : set.canonical ? 'unknown' : null;
}

function namesRole(caller: Extract<Caller, { kind: 'role' | 'session' }>, set: PrincipalSet): boolean {
  if (caller.kind === 'role') return set.named.has(caller.arn);
  if (caller.roleArn !== null) return set.named.has(caller.roleArn);
  return set.roleNames.has(`${caller.account}/${caller.name}`);
}

function namesProvider(arn: string, set: PrincipalSet): boolean {
  const oidc = /:oidc-provider\/(.+)$/.exec(arn)?.[1];
  return set.named.has(arn) || (oidc !== undefined && set.named.has(oidc));
}

/**
 * How a Deny with this NotPrincipal applies to the caller; null when it exempts the caller. It exempts a user, role or session
 * that it lists. A listed account exempts its root user alone: AWS’s own example lists Bob and Bob’s account, and denies every
 * other principal. AWS warns that without the account the Deny might also apply to the listed principal, depending on the
 * service; this evaluator does not rely on it. A principal with a permissions boundary is always denied.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function notPrincipalMatchOf(caller: Caller, set: PrincipalSet, hasBoundary: boolean): PrincipalMatch | null {
  if (set.everyone) return null;
  if (hasBoundary && 'account' in caller && caller.kind !== 'root') return 'direct';
  // A listed session exempts that session, not its role.
  const isOfRole = caller.kind === 'role' || caller.kind === 'session';
  if (isOfRole && set.sessionRoles.has(`${caller.account}/${caller.name}`)) {
    return caller.kind === 'session' && set.named.has(caller.arn) ? null : 'direct';
  }
  const match = principalMatchOf(caller, set);
  if (match === 'unknown') return 'unknown';
  return match === null || match === 'account' ? 'direct' : null;
}
