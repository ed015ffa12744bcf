import { findCaseFaults } from './case-faults';
import { Faults } from './faults';
import type { PolicyDocument } from './policy';

/** Who asks: an ARN (user, role, role session, federated user, root user, identity provider), an AWS service, or nobody known. */
export type PrincipalInput = string | { readonly service: string } | 'anonymous';

/**
 * The policies of one level of the organization (the root, an OU, the account). A bare policy is a level by itself, with
 * one exception: a bare policy of Deny statements alone joins the levels next to it, as it would be attached beside
 * FullAWSAccess. `[policy]` always is a level of its own.
 */
export type OrganizationLevel = PolicyDocument | readonly PolicyDocument[];

/**
 * One question: may this principal do this action on this resource? Absent `scps` or `rcps` mean that none are attached.
 * SCPs are those above the principal's account, RCPs those above the resource's account.
 */
export interface AccessCase {
  readonly principal: PrincipalInput;
  /** Absent for services and anonymous callers; for the others it may be left out, as their ARN says it. */
  readonly principalAccount?: string;
  /** `service:Action`, no wildcards. */
  readonly action: string;
  /** An ARN, or `*` for an action on no resource. */
  readonly resource: string;
  readonly resourceAccount: string;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  readonly identityPolicies: readonly PolicyDocument[];
  readonly resourcePolicy: PolicyDocument | null;
  readonly permissionBoundary?: PolicyDocument;
  readonly scps?: readonly OrganizationLevel[];
  readonly rcps?: readonly OrganizationLevel[];
}

/**
 * Reads a case from JSON. Throws one CheckvalveError (INVALID_CASE) that lists every fault: path, value, remedy.
 * `null` counts as absent where a key may be absent. Numbers and booleans in the context become strings.
 */
export function parseAccessCase(json: unknown): AccessCase {
  const faults = new Faults();
  findCaseFaults(json, faults);
  faults.raise('INVALID_CASE', 'The access case cannot be evaluated');
  return caseOf(json as Readonly<Record<string, unknown>>);
}

// Only after every part of it was checked.
function caseOf(json: Readonly<Record<string, unknown>>): AccessCase {
  const context: Record<string, string | readonly string[]> = {};
  for (const [key, value] of Object.entries(json.context as Readonly<Record<string, unknown>>)) {
    context[key] = Array.isArray(value) ? value.map(String) : String(value);
  }
  const present = Object.entries(json).filter(([key, value]) => value !== null || key === 'resourcePolicy');
  return { ...Object.fromEntries(present), context } as unknown as AccessCase;
}
