/**
 * Which policies must allow when none denies: those of the resource, those of the principal, or both.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
import type { PolicyResults, Reason } from './decision';
import type { ApplicableStatement, PolicyResult } from './prepared-policy';
import type { AccessRequest } from './request';

/** Whether the Allow statements suffice: those that apply, or those that are missing. */
export interface Grants {
  readonly allowed: boolean;
  readonly because: readonly Reason[];
}

/** The result of one side, the resource or the principal, with its reasons. */
interface Side {
  readonly allows: boolean;
  readonly because: readonly Reason[];
}

/** Decides whether the applicable Allow statements suffice. */
export function grantsOf(results: PolicyResults, request: AccessRequest): Grants {
  const { caller, resourcePolicyKind } = request;
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
  if (caller.kind === 'root' && resourcePolicyKind === 'trust') {
    return refused([{ policy: 'trust', effect: 'none', why: 'a root user cannot assume roles' }]);
  }
  if (!('account' in caller)) return byResourceAlone(results, request);
  if (caller.account !== request.resourceAccount) return acrossAccounts(results, request);
  return caller.kind === 'root' ? byOwnRootUser(results, request) : withinAccount(results, request);
}

// Services, identity providers and anonymous callers have no identity policies.
function byResourceAlone(results: PolicyResults, request: AccessRequest): Grants {
  const resource = resourceSide(results.resource, request);
  return { allowed: resource.allows, because: resource.because };
}

// Both accounts must allow: that of the resource and that of the principal.
function acrossAccounts(results: PolicyResults, request: AccessRequest): Grants {
  const resource = resourceSide(results.resource, request);
  const principal = request.caller.kind === 'root' ? rootSide() : principalSide(results);
  const sides = [resource, principal];
  const allowed = sides.every((side) => side.allows);
  return allowed ? granted(sides) : refused(sides.filter((side) => !side.allows).flatMap((side) => side.because));
}

/**
 * A root user may do everything in its account, except with a KMS key whose policy does not allow the account.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
function byOwnRootUser(results: PolicyResults, request: AccessRequest): Grants {
  const side = request.resourcePolicyKind === 'key' ? resourceSide(results.resource, request) : rootSide();
  return { allowed: side.allows, because: side.because };
}

/**
 * Within an account a resource policy that names the user, the session or every principal suffices. One that names the role
 * suffices too, but an implicit deny of the permissions boundary limits it. One that names the account only delegates.
 * Otherwise the principal’s policies decide. For KMS keys and roles they apply only where the resource’s policy delegates.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
function withinAccount(results: PolicyResults, request: AccessRequest): Grants {
  const resource = resourceSide(results.resource, request);
  const match = results.resource?.allow?.match ?? null;
  if (match === 'direct') return granted([resource]);
  const boundary = boundarySide(results.boundary);
  if (match === 'role') return boundary.allows ? granted([resource, boundary]) : refused(boundary.because);
  const principal = principalSide(results);
  const mustDelegate = request.resourcePolicyKind !== 'resource';
  if (principal.allows && (!mustDelegate || match === 'account')) {
    return granted(mustDelegate ? [resource, principal] : [principal]);
  }
  const missing = mustDelegate && match !== 'account' ? [resource] : [];
  return refused([...missing, ...(principal.allows ? [] : [principal])].flatMap((side) => side.because));
}

function resourceSide(result: PolicyResult | null, request: AccessRequest): Side {
  const policy = request.resourcePolicyKind;
  const allow = result?.allow ?? null;
  if (allow !== null) return { allows: true, because: [allowed(policy, allow, WHY_MATCH[allow.match])] };
  const name = { key: 'the key policy', trust: 'the trust policy', resource: 'the resource policy' }[policy];
  const why = result === null ? 'the resource has no policy' : `${name} does not allow it to this principal`;
  return { allows: false, because: [{ policy, effect: 'none', why }] };
}

const WHY_MATCH: Readonly<Record<ApplicableStatement['match'], string>> = {
  direct: 'the policy allows it to the principal itself',
  role: 'the policy allows it to the role of the principal',
  account: 'the policy delegates to the account of the principal',
  unknown: 'the policy allows it',
};

function principalSide(results: PolicyResults): Side {
  const identity = identitySide(results.identity);
  const boundary = boundarySide(results.boundary);
  const missing = [identity, boundary].filter((side) => !side.allows);
  const sides = missing.length > 0 ? missing : [identity, boundary];
  return { allows: missing.length === 0, because: sides.flatMap((side) => side.because) };
}

function identitySide(results: readonly PolicyResult[]): Side {
  const index = results.findIndex((result) => result.allow !== null);
  const allow = results[index]?.allow ?? null;
  if (allow === null) {
    return { allows: false, because: [{ policy: 'identity', effect: 'none', why: 'no identity policy allows it' }] };
  }
  return { allows: true, because: [{ ...allowed('identity', allow, 'an identity policy allows it'), index }] };
}

function boundarySide(result: PolicyResult | null): Side {
  if (result === null) return { allows: true, because: [] };
  if (result.allow !== null) {
    return { allows: true, because: [allowed('boundary', result.allow, 'the permissions boundary allows it')] };
  }
  return {
    allows: false,
    because: [{ policy: 'boundary', effect: 'none', why: 'the permissions boundary does not allow it' }],
  };
}

function rootSide(): Side {
  return {
    allows: true,
    because: [{ policy: 'identity', effect: 'Allow', why: 'a root user may do everything that its account may do' }],
  };
}

function allowed(policy: Reason['policy'], hit: ApplicableStatement, why: string): Reason {
  return { policy, effect: 'Allow', statement: hit.statement, why };
}

function granted(sides: readonly Side[]): Grants {
  return { allowed: true, because: sides.flatMap((side) => side.because) };
}

function refused(because: readonly Reason[]): Grants {
  return { allowed: false, because };
}
