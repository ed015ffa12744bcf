/**
 * Policies of the organization: every level above an account must allow, and one Deny at any level denies.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html
 */
import type { OrganizationLevel } from './case';
import type { PolicyDocument } from './policy';
import { type ApplicableStatement, type PreparedPolicy, preparePolicy, resultOf } from './prepared-policy';
import type { AccessRequest } from './request';

/** The result of the levels: every Deny, the Allow of each level, and the levels without an Allow, by position in the case. */
export interface LevelsResult {
  readonly denies: readonly StatementAtLevel[];
  readonly allows: readonly StatementAtLevel[];
  readonly withoutAllow: readonly number[];
}

/** A statement and the position of its level in the case. */
export interface StatementAtLevel {
  readonly hit: ApplicableStatement;
  readonly index: number;
}

interface Level {
  readonly index: number;
  readonly policies: readonly PreparedPolicy[];
}

/**
 * Evaluates the service control policies for a request. A level without an applicable Allow denies implicitly.
 */
export function resultOfScps(levels: readonly OrganizationLevel[], request: AccessRequest): LevelsResult {
  return resultOfLevels(levelsOf(levels, 'identity'), request, () => false);
}

/**
 * Evaluates the resource control policies for a request. RCPFullAWSAccess is attached at every level and cannot be detached, so
 * a level whose policies have no Allow allows.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
 */
export function resultOfRcps(levels: readonly OrganizationLevel[], request: AccessRequest): LevelsResult {
  return resultOfLevels(levelsOf(levels, 'rcp'), request, (level) => !level.policies.some((each) => each.hasAllow));
}

// A policy of Deny statements alone, outside a list, is not a level; see OrganizationLevel.
function levelsOf(given: readonly OrganizationLevel[], family: 'identity' | 'rcp'): readonly Level[] {
  const levels: Level[] = [];
  const joining: PreparedPolicy[] = [];
  given.forEach((each, index) => {
    if (isList(each)) {
      levels.push({ index, policies: each.map((policy) => preparePolicy(policy, family)) });
      return;
    }
    const policy = preparePolicy(each, family);
    if (policy.hasAllow) levels.push({ index, policies: [policy] });
    else joining.push(policy);
  });
  if (joining.length === 0) return levels;
  const [first, ...others] = levels;
  if (first === undefined) return [{ index: 0, policies: joining }];
  // A Deny denies at any level, so it can join any level.
  return [{ index: first.index, policies: [...first.policies, ...joining] }, ...others];
}

function resultOfLevels(
  levels: readonly Level[],
  request: AccessRequest,
  allowsByDefault: (level: Level) => boolean,
): LevelsResult {
  const denies: StatementAtLevel[] = [];
  const allows: StatementAtLevel[] = [];
  const withoutAllow: number[] = [];
  for (const level of levels) {
    let allow: ApplicableStatement | null = null;
    for (const policy of level.policies) {
      const result = resultOf(policy, request);
      if (result.deny !== null) denies.push({ hit: result.deny, index: level.index });
      allow ??= result.allow;
    }
    if (allow !== null) allows.push({ hit: allow, index: level.index });
    else if (!allowsByDefault(level)) withoutAllow.push(level.index);
  }
  return { denies, allows, withoutAllow };
}

function isList(level: OrganizationLevel): level is readonly PolicyDocument[] {
  return Array.isArray(level);
}
