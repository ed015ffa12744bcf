import type { PolicyDocument } from './policy';

/** The principal of a request: an ARN (user, role, role session, federated user, root user, identity provider), an AWS service, or an anonymous caller. */
export type PrincipalInput = string | { readonly service: string } | 'anonymous';

/**
 * The policies of one level of the organization (the root, an OU, the account). A policy outside a list is a level, with one
 * exception: a policy of Deny statements alone joins another level, because it would be attached beside FullAWSAccess.
 * `[policy]` is always a level.
 */
export type OrganizationLevel = PolicyDocument | readonly PolicyDocument[];

/**
 * One access: a principal, an action and a resource, with every policy that applies. Without `scps` or `rcps`, none are
 * attached. SCPs are those above the principal’s account, RCPs those above the resource’s account.
 */
export interface AccessCase {
  readonly principal: PrincipalInput;
  /** Absent for services and anonymous callers. Optional for others, because their ARN contains it. */
  readonly principalAccount?: string;
  /** `service:Action`, no wildcards. */
  readonly action: string;
  /** An ARN, or `*` for an action without a resource. */
  readonly resource: string;
  readonly resourceAccount: string;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  readonly identityPolicies: readonly PolicyDocument[];
  readonly resourcePolicy: PolicyDocument | null;
  readonly permissionBoundary?: PolicyDocument;
  readonly scps?: readonly OrganizationLevel[];
  readonly rcps?: readonly OrganizationLevel[];
}
