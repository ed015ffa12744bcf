import type { LevelsResult } from './organization-levels';
import type { PolicyResult } from './prepared-policy';

/** The kinds of policy that can decide. `key` and `trust` are the resource policies of KMS keys and roles. */
export type DecidingPolicy = 'identity' | 'resource' | 'boundary' | 'scp' | 'rcp' | 'key' | 'trust';

/** One reason of a decision. */
export interface Reason {
  readonly policy: DecidingPolicy;
  /** `none`: no statement of this policy applies, and one is needed. */
  readonly effect: 'Allow' | 'Deny' | 'none';
  /** The Sid of the statement, or its position when it has none. */
  readonly statement?: string;
  /** The effect of the statement, or of its absence, in a sentence. */
  readonly why: string;
  /** The position of the policy in its list: of an identity policy, or of a level of the organization. */
  readonly index?: number;
}

/** The decision with its reasons: all Allows of an allowed request, all Denies, or all missing Allows. */
export interface AccessDecision {
  readonly decision: 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied';
  readonly because: readonly Reason[];
}

/** The result of each kind of policy; null without a policy of the kind, or where it does not apply to the caller. */
export interface PolicyResults {
  readonly identity: readonly PolicyResult[];
  readonly boundary: PolicyResult | null;
  readonly resource: PolicyResult | null;
  readonly scps: LevelsResult | null;
  readonly rcps: LevelsResult | null;
}
