/**
 * The request that AWS evaluates: the principal, the action, the resource and the context keys.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-reqcontext.html
 */
import type { AccessCase, PrincipalInput } from './case';
import type { ContextValues } from './condition';
import { availabilityOf } from './condition-keys';
import { unsupported } from './faults';
import type { PolicyFamily } from './policy';
import { accountOf, type Caller, readCallerArn } from './principal';

/** The kind of the resource’s policy: that of a KMS key, of a role (for actions of STS), or of any other resource. */
export type ResourcePolicyKind = 'key' | 'trust' | 'resource';

/** A case, ready to be evaluated. */
export interface AccessRequest {
  readonly caller: Caller;
  /** Lower-case, since actions are not case-sensitive. */
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  readonly resourcePolicyKind: ResourcePolicyKind;
  readonly hasBoundary: boolean;
  readonly context: ContextValues;
}

/** The caller of an input; null when it is none. */
export function readPrincipal(input: PrincipalInput): Caller | null {
  if (typeof input !== 'string') return { kind: 'service', name: input.service };
  return input === '*' || input === 'anonymous' ? { kind: 'anonymous' } : readCallerArn(input);
}

/** The kind of policy that applies to an action on a resource. */
export function resourcePolicyKindOf(action: string, resource: string): ResourcePolicyKind {
  if (/^arn:[^:]*:kms:[^:]*:[^:]*:key\//.test(resource)) return 'key';
  return /^sts:/i.test(action) && /^arn:[^:]*:iam:[^:]*:[^:]*:role\//.test(resource) ? 'trust' : 'resource';
}

/** The grammar of a resource’s policy. */
export function familyOf(kind: ResourcePolicyKind): PolicyFamily {
  return kind === 'trust' ? 'trust' : 'resource';
}

/** The request of a case. Throws for a text that is not a principal. */
export function requestOf(access: AccessCase): AccessRequest {
  const read = readPrincipal(access.principal);
  if (read === null) {
    throw unsupported(
      `${String(access.principal)} is not a principal that can be evaluated`,
      'Give the ARN of a user, role, role session or root user, { service }, or anonymous.',
    );
  }
  const given = lowerCaseContext(access.context);
  const caller = withRoleArn(read, given.get('aws:principalarn')?.[0]);
  const action = access.action.toLowerCase();
  const { resource, resourceAccount } = access;
  return {
    caller,
    action,
    resource,
    resourceAccount,
    resourcePolicyKind: resourcePolicyKindOf(action, resource),
    hasBoundary: access.permissionBoundary !== undefined,
    context: new RequestContext(given, caller, action, resourceAccount),
  };
}

const NONE: readonly string[] = [];

/** The context of one request: the given keys, and those that follow from the request. */
class RequestContext implements ContextValues {
  constructor(
    private readonly given: ReadonlyMap<string, readonly string[]>,
    private readonly caller: Caller,
    private readonly action: string,
    private readonly resourceAccount: string,
  ) {}

  valuesOf(key: string): readonly string[] {
    const given = this.given.get(key);
    if (given !== undefined) return given;
    const derived = derivedKey(key, this.caller, this.action, this.resourceAccount);
    return derived === null ? NONE : [derived];
  }

  oneValueOf(key: string): string | null {
    const found = this.valuesOf(key);
    if (found.length > 1) {
      throw unsupported(
        `\${${key}} is used as a variable, and the request has several values for it`,
        'AWS supports variables only for keys with one value. Change the policy, or give the key one value.',
      );
    }
    return found[0] ?? null;
  }
}

const lowered = new WeakMap<AccessCase['context'], ReadonlyMap<string, readonly string[]>>();

// Context keys are not case-sensitive. Many cases share one context.
function lowerCaseContext(context: AccessCase['context']): ReadonlyMap<string, readonly string[]> {
  const known = lowered.get(context);
  if (known !== undefined) return known;
  const values = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(context)) {
    values.set(key.toLowerCase(), typeof value === 'string' ? [value] : value);
  }
  lowered.set(context, values);
  return values;
}

// A session’s ARN does not contain the path of its role; aws:PrincipalArn does. Without it, role names decide, which are
// unique in an account. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
function withRoleArn(caller: Caller, principalArn: string | undefined): Caller {
  if (caller.kind !== 'session' || principalArn === undefined) return caller;
  const role = readCallerArn(principalArn);
  const same = role?.kind === 'role' && role.account === caller.account && role.name === caller.name;
  return same ? { ...caller, roleArn: principalArn } : caller;
}

/**
 * The value of a key that follows from the request, where the case does not give it; null for other keys.
 * @throws CheckvalveError `UNSUPPORTED_POLICY` for a key whose value for this caller AWS does not document
 */
function derivedKey(key: string, caller: Caller, action: string, resourceAccount: string): string | null {
  if (key === 'aws:resourceaccount') return resourceAccount;
  // https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account
  if (key === 'kms:calleraccount') return action.startsWith('kms:') ? accountOf(caller) : null;
  const availability = availabilityOf(key, caller.kind);
  if (availability?.is === 'derived') return availability.from(caller);
  if (availability?.is !== 'unknown') return null;
  throw unsupported(
    `a policy uses ${key}, and the case does not give it: ${availability.why} (${caller.kind})`,
    `Give ${key} in the context, or [] for a request that lacks it.`,
  );
}
