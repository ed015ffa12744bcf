/**
 * Policies prepared for many evaluations: checked, with compiled patterns and conditions, once per document.
 */
import { type ConditionCheck, prepareCondition } from './condition';
import { Faults, unsupported } from './faults';
import { findPolicyFaults } from './parse-policy';
import { expand, hasWildcards, matches, matchesAll, type PreparedText, prepareText, withWildcards } from './pattern';
import { listOf, type PolicyDocument, type PolicyFamily, type PolicyStatement } from './policy';
import {
  notPrincipalMatchOf,
  type PrincipalMatch,
  type PrincipalSet,
  principalMatchOf,
  principalSetOf,
} from './principal';
import type { AccessRequest } from './request';

/** A statement that applies to a request: its Sid or position, and how it names the caller. */
export interface ApplicableStatement {
  readonly statement: string;
  readonly match: PrincipalMatch;
}

/** The result of a policy for a request. Of several Allow statements it holds the one that names the caller most directly. */
export interface PolicyResult {
  readonly allow: ApplicableStatement | null;
  readonly deny: ApplicableStatement | null;
}

/** A document, prepared. */
export interface PreparedPolicy {
  readonly hasAllow: boolean;
  readonly statements: readonly PreparedStatement[];
}

interface PreparedStatement {
  readonly name: string;
  readonly allows: boolean;
  readonly appliesToAction: (action: string) => boolean;
  readonly appliesToResource: (request: AccessRequest) => boolean;
  readonly principal: { readonly set: PrincipalSet; readonly inverted: boolean } | null;
  readonly checks: readonly ConditionCheck[];
}

const prepared: Readonly<Record<PolicyFamily, WeakMap<PolicyDocument, PreparedPolicy>>> = {
  identity: new WeakMap(),
  resource: new WeakMap(),
  trust: new WeakMap(),
  rcp: new WeakMap(),
};

/** Prepares a document as a policy of its family, once. Throws on any fault. */
export function preparePolicy(document: PolicyDocument, family: PolicyFamily): PreparedPolicy {
  const known = prepared[family].get(document);
  if (known !== undefined) return known;
  const faults = new Faults();
  findPolicyFaults(document, family, 'policy', faults);
  faults.raise('UNSUPPORTED_POLICY', `A policy cannot be evaluated (${family})`);
  const variables = document.Version === '2012-10-17';
  const statements = listOf(document.Statement).map((each, i) => prepareStatement(each, i, variables));
  const policy = { hasAllow: statements.some((each) => each.allows), statements };
  prepared[family].set(document, policy);
  return policy;
}

function prepareStatement(statement: PolicyStatement, index: number, variables: boolean): PreparedStatement {
  const principal = statement.Principal ?? statement.NotPrincipal;
  const matchesAction = actionMatcher(listOf(statement.Action ?? statement.NotAction));
  const resources = listOf(statement.Resource ?? statement.NotResource);
  return {
    name: statement.Sid ?? String(index),
    allows: statement.Effect === 'Allow',
    appliesToAction: statement.Action === undefined ? (action) => !matchesAction(action) : matchesAction,
    // A statement without a Resource applies to the resource that the policy is attached to.
    appliesToResource:
      resources.length === 0 ? () => true : resourceMatcher(resources, statement.Resource === undefined, variables),
    principal:
      principal === undefined ? null : { set: principalSetOf(principal), inverted: statement.Principal === undefined },
    checks: prepareCondition(statement.Condition, variables),
  };
}

/** Matches a lower-case action: service and action are not case-sensitive. */
function actionMatcher(actions: readonly string[]): (action: string) => boolean {
  const lower = actions.map((action) => withWildcards(action.toLowerCase()));
  if (lower.some(matchesAll)) return () => true;
  const exact = new Set(lower.filter((action) => !hasWildcards(action)));
  const patterns = lower.filter(hasWildcards);
  if (patterns.length === 0) return (action) => exact.has(action);
  return (action) => exact.has(action) || patterns.some((pattern) => matches(pattern, action));
}

/**
 * Matches a resource ARN as a whole: `*` also matches colons. A pattern whose variable has no value matches no resource.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
function resourceMatcher(
  resources: readonly string[],
  inverted: boolean,
  variables: boolean,
): (request: AccessRequest) => boolean {
  const templates: readonly PreparedText[] = resources.map((each) => prepareText(each, true, variables));
  if (templates.some((each) => 'fixed' in each && matchesAll(each.fixed))) return () => !inverted;
  return (request) => {
    const isMatch = templates.some((each) => {
      const pattern = 'fixed' in each ? each.fixed : expand(each, request.context);
      return pattern !== null && matches(pattern, request.resource);
    });
    return isMatch !== inverted;
  };
}

/** The result of a prepared policy for a request. Every statement is evaluated, so their order does not matter. */
export function resultOf(policy: PreparedPolicy, request: AccessRequest): PolicyResult {
  let allow: ApplicableStatement | null = null;
  let deny: ApplicableStatement | null = null;
  for (const statement of policy.statements) {
    const match = matchIn(statement, request);
    if (match === null) continue;
    const hit = { statement: statement.name, match };
    if (!statement.allows) deny ??= hit;
    else if (allow === null || STRENGTH[match] > STRENGTH[allow.match]) allow = hit;
  }
  return { allow, deny };
}

const STRENGTH: Readonly<Record<PrincipalMatch, number>> = { direct: 3, role: 2, account: 1, unknown: 0 };

function matchIn(statement: PreparedStatement, request: AccessRequest): PrincipalMatch | null {
  if (!statement.appliesToAction(request.action) || !statement.appliesToResource(request)) return null;
  const { principal } = statement;
  const match =
    principal === null
      ? 'direct'
      : principal.inverted
        ? notPrincipalMatchOf(request.caller, principal.set, request.hasBoundary)
        : principalMatchOf(request.caller, principal.set);
  if (match === null) return null;
  for (const holds of statement.checks) if (!holds(request.context)) return null;
  if (match !== 'unknown') return match;
  throw unsupported(
    `whether the caller is the canonical user in statement ${statement.name} is unknown`,
    'Name the account, user or role by ARN in the policy.',
  );
}
