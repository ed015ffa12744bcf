/**
 * The decision: AWS's evaluation logic over identity, resource and organization policies and permissions boundaries.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 *
 * It evaluates policies alone. KMS grants, session policies, S3 access control lists, and actions that a service never allows
 * to another account are out of scope.
 */
import type { AccessCase } from './case';
import type { AccessDecision, DecidingPolicy, PolicyResults, Reason } from './decision';
import { unsupported } from './faults';
import { grantsOf } from './grants';
import { type LevelsResult, resultOfRcps, resultOfScps } from './organization-levels';
import type { PolicyDocument } from './policy';
import { type ApplicableStatement, type PolicyResult, preparePolicy, resultOf } from './prepared-policy';
import { RCP_SERVICES, RCP_SERVICES_AS_OF } from './rcp-services';
import { type AccessRequest, familyOf, requestOf } from './request';

/**
 * Decides a case. Throws CheckvalveError for an operator, a principal or a value that is not supported. The documents are
 * prepared once and cached by identity: do not change them or the context afterwards.
 */
export function evaluate(access: AccessCase): AccessDecision {
  const request = requestOf(access);
  const decision = decisionOf(resultsOf(access, request), request);
  if (decision.decision === 'Allowed') refuseUnlistedService(access, request);
  return decision;
}

function decisionOf(results: PolicyResults, request: AccessRequest): AccessDecision {
  const denies = deniesOf(results, request);
  if (denies.length > 0) return { decision: 'ExplicitlyDenied', because: denies };
  const implicitDenies = missingAllowsOf(results);
  if (implicitDenies.length > 0) return { decision: 'ImplicitlyDenied', because: implicitDenies };
  const grants = grantsOf(results, request);
  if (!grants.allowed) return { decision: 'ImplicitlyDenied', because: grants.because };
  return { decision: 'Allowed', because: [...grants.because, ...allowsOfLevels(results)] };
}

function resultsOf(access: AccessCase, request: AccessRequest): PolicyResults {
  const { caller } = request;
  // Policies are attached to users and roles. Root users, services and anonymous callers have none.
  const hasIdentity = 'account' in caller && caller.kind !== 'root';
  const { permissionBoundary: boundary, resourcePolicy, scps = [], rcps = [] } = access;
  return {
    identity: hasIdentity ? access.identityPolicies.map((policy) => identityResult(policy, request)) : [],
    boundary: hasIdentity && boundary !== undefined ? identityResult(boundary, request) : null,
    resource:
      resourcePolicy === null
        ? null
        : resultOf(preparePolicy(resourcePolicy, familyOf(request.resourcePolicyKind)), request),
    scps: scps.length > 0 && scpsApply(request) ? resultOfScps(scps, request) : null,
    rcps: rcps.length > 0 && rcpsApply(request) ? resultOfRcps(rcps, request) : null,
  };
}

function identityResult(policy: PolicyDocument, request: AccessRequest): PolicyResult {
  return resultOf(preparePolicy(policy, 'identity'), request);
}

/**
 * Service control policies apply to users, roles and root users of member accounts, not to service-linked roles and services.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
function scpsApply({ caller }: AccessRequest): boolean {
  return 'account' in caller && !isServiceLinked(caller);
}

/**
 * Resource control policies apply to every principal, services included, except service-linked roles. They apply to the
 * resources of listed services, and not to kms:RetireGrant.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
 */
function rcpsApply(request: AccessRequest): boolean {
  return isSubjectToRcps(request) && RCP_SERVICES.has(serviceOf(request));
}

function isSubjectToRcps({ caller, action }: AccessRequest): boolean {
  return !('account' in caller && isServiceLinked(caller)) && action !== 'kms:retiregrant';
}

const serviceOf = ({ action }: AccessRequest): string => action.split(':')[0] ?? '';

/**
 * AWS may have added a service to the list since. Where resource control policies would deny an access that everything else
 * allows, the decision for such a service is unknown.
 */
function refuseUnlistedService({ rcps = [] }: AccessCase, request: AccessRequest): void {
  if (rcps.length === 0 || rcpsApply(request) || !isSubjectToRcps(request)) return;
  const { denies, withoutAllow } = resultOfRcps(rcps, request);
  if (denies.length + withoutAllow.length === 0) return;
  const service = serviceOf(request);
  throw unsupported(
    `whether resource control policies apply to ${service} is unknown: it is not on AWS's list of services that support them, of ${RCP_SERVICES_AS_OF}`,
    `If AWS lists ${service} now, add it to src/policy-evaluator/rcp-services.ts. If not, leave out the policies.`,
  );
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
function isServiceLinked(caller: Extract<AccessRequest['caller'], { account: string }>): boolean {
  if (caller.kind === 'role') return caller.arn.includes(':role/aws-service-role/');
  if (caller.kind !== 'session') return false;
  if (caller.roleArn !== null) return caller.roleArn.includes(':role/aws-service-role/');
  return caller.name.startsWith('AWSServiceRoleFor');
}

function deniesOf(
  { identity, boundary, resource, scps, rcps }: PolicyResults,
  request: AccessRequest,
): readonly Reason[] {
  const denies: Reason[] = [];
  for (const { hit, index } of scps?.denies ?? []) denies.push(denied('scp', hit, index));
  for (const { hit, index } of rcps?.denies ?? []) denies.push(denied('rcp', hit, index));
  if (resource?.deny) denies.push(denied(request.resourcePolicyKind, resource.deny));
  if (boundary?.deny) denies.push(denied('boundary', boundary.deny));
  identity.forEach(({ deny }, index) => {
    if (deny) denies.push(denied('identity', deny, index));
  });
  return denies;
}

function denied(policy: DecidingPolicy, { statement }: ApplicableStatement, index?: number): Reason {
  const position = index === undefined ? {} : { index };
  return { policy, effect: 'Deny', statement, ...position, why: 'an applicable Deny overrides every Allow' };
}

function missingAllowsOf({ scps, rcps }: PolicyResults): readonly Reason[] {
  return [...missingAllows('scp', scps), ...missingAllows('rcp', rcps)];
}

function missingAllows(policy: 'scp' | 'rcp', result: LevelsResult | null): readonly Reason[] {
  const kind = policy === 'scp' ? 'service' : 'resource';
  const why = `this level of ${kind} control policies does not allow it`;
  return (result?.withoutAllow ?? []).map((index) => ({ policy, effect: 'none', index, why }));
}

function allowsOfLevels({ scps, rcps }: PolicyResults): readonly Reason[] {
  return [...levelAllows('scp', scps), ...levelAllows('rcp', rcps)];
}

function levelAllows(policy: 'scp' | 'rcp', result: LevelsResult | null): readonly Reason[] {
  const why = 'this level of the organization allows it';
  return (result?.allows ?? []).map(({ hit, index }) => ({
    policy,
    effect: 'Allow',
    statement: hit.statement,
    index,
    why,
  }));
}
