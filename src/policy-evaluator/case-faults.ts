/** The faults of an access case: its keys, its request, its context and its policies. */
import { contradiction } from './condition-keys';
import type { Faults } from './faults';
import { isObject, type UnknownObject, valuesIn } from './json';
import { findPolicyFaults } from './parse-policy';
import { accountOf, type Caller } from './principal';
import { familyOf, readPrincipal, resourcePolicyKindOf } from './request';

const PRINCIPAL =
  'give the ARN of a user, role, role session, federated user, root user or identity provider, { "service": "name.amazonaws.com" }, or "anonymous"';
const ACCOUNT = 'give 12 digits, as a string';
/** The keys that a case must have, and what to write there when a value is missing or wrong. */
const REMEDIES = {
  principal: PRINCIPAL,
  action: 'give one action, service:Action, without wildcards',
  resource: 'give one ARN, or *',
  resourceAccount: ACCOUNT,
  context: 'give { key: value or [values] }, {} for none',
  identityPolicies: 'give a list of policies, [] for none',
  resourcePolicy: 'give a policy, null for none',
} as const;
const REQUIRED = Object.keys(REMEDIES) as (keyof typeof REMEDIES)[];
const OPTIONAL = ['principalAccount', 'permissionBoundary', 'scps', 'rcps'];

/** Adds every fault of a case. */
export function findCaseFaults(json: unknown, faults: Faults): void {
  if (!isObject(json)) {
    faults.add('case', json, `give an object with ${REQUIRED.join(', ')}`);
    return;
  }
  findKeyFaults(json, faults);
  findContextFaults(json.context, findRequestFaults(json, faults), faults);
  findPoliciesFaults(json, faults);
  findCallerFaults(json, faults);
}

function findKeyFaults(json: UnknownObject, faults: Faults): void {
  for (const key of Object.keys(json)) {
    if (!Object.hasOwn(REMEDIES, key) && !OPTIONAL.includes(key)) {
      faults.add(key, json[key], `remove it; known are ${[...REQUIRED, ...OPTIONAL].join(', ')}`);
    }
  }
  for (const key of REQUIRED) {
    if (json[key] === undefined) faults.add(key, undefined, REMEDIES[key]);
  }
}

/** Adds the faults of the request; returns its caller, or null when it cannot be read. */
function findRequestFaults(json: UnknownObject, faults: Faults): Caller | null {
  const { principal, principalAccount, action, resource, resourceAccount } = json;
  const caller = principal === undefined ? null : findPrincipalFaults(principal, faults);
  if (principalAccount !== undefined && principalAccount !== null) {
    const owner = caller === null ? null : accountOf(caller);
    if (!isAccountId(principalAccount)) faults.add('principalAccount', principalAccount, ACCOUNT);
    else if (owner !== null && owner !== principalAccount) {
      faults.add('principalAccount', principalAccount, `the principal's ARN says ${owner}`);
    }
  }
  if (action !== undefined && !(typeof action === 'string' && /^[A-Za-z0-9-]+:[A-Za-z0-9]+$/.test(action))) {
    faults.add('action', action, REMEDIES.action);
  }
  if (resourceAccount !== undefined && !isAccountId(resourceAccount)) {
    faults.add('resourceAccount', resourceAccount, ACCOUNT);
  }
  if (resource !== undefined) findResourceFaults(resource, resourceAccount, faults);
  return caller;
}

function findPrincipalFaults(principal: unknown, faults: Faults): Caller | null {
  const isService =
    isObject(principal) && Object.keys(principal).join() === 'service' && typeof principal.service === 'string';
  if (isService && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(String(principal.service))) {
    return { kind: 'service', name: String(principal.service) };
  }
  const caller = typeof principal === 'string' ? readPrincipal(principal) : null;
  if (caller === null) faults.add('principal', principal, PRINCIPAL);
  return caller;
}

function findResourceFaults(resource: unknown, resourceAccount: unknown, faults: Faults): void {
  if (resource === '*') return;
  const found = typeof resource === 'string' ? /^arn:[^:]+:[^:]+:[^:]*:([^:]*):.+$/.exec(resource) : null;
  if (found === null) {
    faults.add('resource', resource, REMEDIES.resource);
    return;
  }
  const owner = found[1] ?? '';
  if (/^\d{12}$/.test(owner) && isAccountId(resourceAccount) && owner !== resourceAccount) {
    faults.add('resourceAccount', resourceAccount, `the resource's ARN says ${owner}`);
  }
}

function findContextFaults(context: unknown, caller: Caller | null, faults: Faults): void {
  if (context === undefined) return;
  if (!isObject(context)) {
    faults.add('context', context, REMEDIES.context);
    return;
  }
  const known = new Set<string>();
  for (const [key, value] of Object.entries(context)) {
    const list = valuesIn(value);
    if (!list.every((each) => ['string', 'number', 'boolean'].includes(typeof each))) {
      faults.add(`context.${key}`, value, 'give a string, number or boolean, or a list of them');
    }
    if (known.has(key.toLowerCase())) faults.add(`context.${key}`, value, 'give it once: keys are not case-sensitive');
    known.add(key.toLowerCase());
    const fault = caller === null ? null : contradiction(key, list.map(String), caller);
    if (fault !== null) faults.add(`context.${key}`, value, fault);
  }
}

function findPoliciesFaults(json: UnknownObject, faults: Faults): void {
  const { identityPolicies, resourcePolicy, permissionBoundary, action, resource } = json;
  if (Array.isArray(identityPolicies)) {
    identityPolicies.forEach((each, i) => {
      findPolicyFaults(each, 'identity', `identityPolicies[${i}]`, faults);
    });
  } else if (identityPolicies !== undefined) {
    faults.add('identityPolicies', identityPolicies, REMEDIES.identityPolicies);
  }
  if (resourcePolicy !== undefined && resourcePolicy !== null) {
    const kind = resourcePolicyKindOf(String(action), String(resource));
    findPolicyFaults(resourcePolicy, familyOf(kind), 'resourcePolicy', faults);
  }
  if (permissionBoundary !== undefined && permissionBoundary !== null) {
    findPolicyFaults(permissionBoundary, 'identity', 'permissionBoundary', faults);
  }
  findLevelFaults(json.scps, 'identity', 'scps', faults);
  findLevelFaults(json.rcps, 'rcp', 'rcps', faults);
}

// Adds policies that this kind of caller cannot have, and calls that it cannot make.
function findCallerFaults(json: UnknownObject, faults: Faults): void {
  const { principal, identityPolicies, permissionBoundary, action, resource } = json;
  const isService = isObject(principal);
  const caller = isService ? null : typeof principal === 'string' ? readPrincipal(principal) : undefined;
  if (caller === undefined) return;
  const owner = caller === null ? null : accountOf(caller);
  const policies: readonly unknown[] = Array.isArray(identityPolicies) ? identityPolicies : [];
  if (owner === null && policies.length > 0) {
    faults.add('identityPolicies', identityPolicies, 'give []: only users, roles and their sessions have some');
  }
  const boundary = permissionBoundary ?? null;
  if (boundary !== null && (owner === null || caller?.kind === 'root')) {
    faults.add('permissionBoundary', boundary, 'leave it out: only users and roles have one');
  }
  if (caller?.kind === 'root' && policies.some(hasDeny)) {
    faults.add('identityPolicies', identityPolicies, 'give []: nothing can be attached to a root user');
  }
  const federates = /^sts:(AssumeRoleWith(SAML|WebIdentity)|TagSession|SetSourceIdentity)$/i.test(String(action));
  if (
    caller?.kind === 'federated' &&
    !(federates && resourcePolicyKindOf(String(action), String(resource)) === 'trust')
  ) {
    faults.add(
      'principal',
      principal,
      'an identity provider only assumes roles, with AssumeRoleWithSAML or WithWebIdentity',
    );
  }
}

function hasDeny(policy: unknown): boolean {
  if (!isObject(policy)) return false;
  const statement = policy.Statement;
  const list = valuesIn(statement);
  return list.some((each) => isObject(each) && each.Effect === 'Deny');
}

function findLevelFaults(levels: unknown, family: 'identity' | 'rcp', path: string, faults: Faults): void {
  if (levels === undefined || levels === null) return;
  if (!Array.isArray(levels)) {
    faults.add(path, levels, 'give a list of levels, each a policy or a list of policies');
    return;
  }
  levels.forEach((level: unknown, i) => {
    if (!Array.isArray(level)) findPolicyFaults(level, family, `${path}[${i}]`, faults);
    else if (level.length === 0) faults.add(`${path}[${i}]`, level, 'a level has at least one policy');
    else for (const [j, each] of level.entries()) findPolicyFaults(each, family, `${path}[${i}][${j}]`, faults);
  });
}

function isAccountId(value: unknown): value is string {
  return typeof value === 'string' && /^\d{12}$/.test(value);
}
