/**
 * Who must allow, once nothing denies: the resource's side, the principal's side, or both.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
import type { Because, Verdicts } from './evaluate';
import type { Hit, Verdict } from './prepared-policy';
import type { AccessRequest } from './request';

/** Whether the allows suffice, and which they are, or which are lacking. */
export interface Grants {
  readonly allowed: boolean;
  readonly because: readonly Because[];
}

/** What one side says: the reasons, and whether they amount to an allow. */
interface Side {
  readonly allows: boolean;
  readonly because: readonly Because[];
}

/** Decides whether the applicable Allow statements suffice. */
export function grantsOf(verdicts: Verdicts, request: AccessRequest): Grants {
  const { caller, resourcePolicyKind } = request;
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
  if (caller.kind === 'root' && resourcePolicyKind === 'trust') {
    return refused([{ policy: 'trust', effect: 'none', why: 'a root user cannot assume roles' }]);
  }
  if (!('account' in caller)) return byResourceAlone(verdicts, request);
  if (caller.account !== request.resourceAccount) return acrossAccounts(verdicts, request);
  return caller.kind === 'root' ? byOwnRootUser(verdicts, request) : withinAccount(verdicts, request);
}

// Services, identity providers and anonymous callers have no policies of their own.
function byResourceAlone(verdicts: Verdicts, request: AccessRequest): Grants {
  const resource = resourceSide(verdicts.resource, request);
  return { allowed: resource.allows, because: resource.because };
}

// Both accounts must agree: the owner of the resource and the account of the principal.
function acrossAccounts(verdicts: Verdicts, request: AccessRequest): Grants {
  const resource = resourceSide(verdicts.resource, request);
  const principal = request.caller.kind === 'root' ? rootSide() : principalSide(verdicts);
  const sides = [resource, principal];
  const allowed = sides.every((side) => side.allows);
  return allowed ? granted(sides) : refused(sides.filter((side) => !side.allows).flatMap((side) => side.because));
}

/**
 * A root user may do everything in its account, except with a KMS key whose policy does not allow the account.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
function byOwnRootUser(verdicts: Verdicts, request: AccessRequest): Grants {
  const side = request.resourcePolicyKind === 'key' ? resourceSide(verdicts.resource, request) : rootSide();
  return { allowed: side.allows, because: side.because };
}

/**
 * Within an account a resource policy that names the user, the session or everyone suffices; one that names the role
 * suffices too, but an implicit deny of the permissions boundary limits it. Naming the account only delegates. Otherwise
 * the principal's policies decide; for KMS keys and roles they count only where the resource's policy delegates.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
function withinAccount(verdicts: Verdicts, request: AccessRequest): Grants {
  const resource = resourceSide(verdicts.resource, request);
  const standing = verdicts.resource?.allow?.standing ?? null;
  if (standing === 'direct') return granted([resource]);
  const boundary = boundarySide(verdicts.boundary);
  if (standing === 'role') return boundary.allows ? granted([resource, boundary]) : refused(boundary.because);
  const principal = principalSide(verdicts);
  const mustDelegate = request.resourcePolicyKind !== 'resource';
  if (principal.allows && (!mustDelegate || standing === 'account')) {
    return granted(mustDelegate ? [resource, principal] : [principal]);
  }
  const lacking = mustDelegate && standing !== 'account' ? [resource] : [];
  return refused([...lacking, ...(principal.allows ? [] : [principal])].flatMap((side) => side.because));
}

function resourceSide(verdict: Verdict | null, request: AccessRequest): Side {
  const policy = request.resourcePolicyKind;
  const allow = verdict?.allow ?? null;
  if (allow !== null) return { allows: true, because: [allowed(policy, allow, WHY_STANDING[allow.standing])] };
  const name = { key: 'the key policy', trust: 'the trust policy', resource: 'the resource policy' }[policy];
  const why = verdict === null ? 'the resource has no policy' : `${name} does not allow it to this principal`;
  return { allows: false, because: [{ policy, effect: 'none', why }] };
}

const WHY_STANDING: Readonly<Record<Hit['standing'], string>> = {
  direct: 'the policy allows it to the principal itself',
  role: 'the policy allows it to the role of the principal',
  account: 'the policy delegates to the account of the principal',
  unknown: 'the policy allows it',
};

function principalSide(verdicts: Verdicts): Side {
  const identity = identitySide(verdicts.identity);
  const boundary = boundarySide(verdicts.boundary);
  const lacking = [identity, boundary].filter((side) => !side.allows);
  const sides = lacking.length > 0 ? lacking : [identity, boundary];
  return { allows: lacking.length === 0, because: sides.flatMap((side) => side.because) };
}

function identitySide(verdicts: readonly Verdict[]): Side {
  const index = verdicts.findIndex((verdict) => verdict.allow !== null);
  const allow = verdicts[index]?.allow ?? null;
  if (allow === null) {
    return { allows: false, because: [{ policy: 'identity', effect: 'none', why: 'no identity policy allows it' }] };
  }
  return { allows: true, because: [{ ...allowed('identity', allow, 'an identity policy allows it'), index }] };
}

function boundarySide(verdict: Verdict | null): Side {
  if (verdict === null) return { allows: true, because: [] };
  if (verdict.allow !== null) {
    return { allows: true, because: [allowed('boundary', verdict.allow, 'the permissions boundary lets it pass')] };
  }
  return {
    allows: false,
    because: [{ policy: 'boundary', effect: 'none', why: 'the permissions boundary does not allow it' }],
  };
}

function rootSide(): Side {
  return {
    allows: true,
    because: [{ policy: 'identity', effect: 'Allow', why: 'a root user may do all that its account may' }],
  };
}

function allowed(policy: Because['policy'], hit: Hit, why: string): Because {
  return { policy, effect: 'Allow', statement: hit.statement, why };
}

function granted(sides: readonly Side[]): Grants {
  return { allowed: true, because: sides.flatMap((side) => side.because) };
}

function refused(because: readonly Because[]): Grants {
  return { allowed: false, because };
}
