/**
 * Policies of the organization: every level above an account must allow; one Deny at any level denies.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html
 */
import type { OrganizationLevel } from './case';
import type { PolicyDocument } from './policy';
import { type ApplicableStatement, type PreparedPolicy, preparePolicy, resultOf } from './prepared-policy';
import type { AccessRequest } from './request';

/** What the levels say: every Deny, every level's Allow, and the levels that are silent, by their position in the case. */
export interface LevelsResult {
  readonly denies: readonly Located[];
  readonly allows: readonly Located[];
  readonly silent: readonly number[];
}

/** A statement and the position of its level in the case. */
export interface Located {
  readonly hit: ApplicableStatement;
  readonly index: number;
}

interface Level {
  readonly index: number;
  readonly policies: readonly PreparedPolicy[];
}

/**
 * Holds the service control policies against a request. A level without an applicable Allow is silent, and silence denies.
 */
export function resultOfScps(levels: readonly OrganizationLevel[], request: AccessRequest): LevelsResult {
  return resultOfLevels(levelsOf(levels, 'identity'), request, () => false);
}

/**
 * Holds the resource control policies against a request. RCPFullAWSAccess stands at every level and cannot be detached, so
 * a level that writes no Allow of its own is never silent.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
 */
export function resultOfRcps(levels: readonly OrganizationLevel[], request: AccessRequest): LevelsResult {
  return resultOfLevels(levelsOf(levels, 'rcp'), request, (level) => !level.policies.some((each) => each.hasAllow));
}

// A bare policy of Deny statements alone is no level by itself; see OrganizationLevel.
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
  // A Deny denies at whichever level it stands, so any level will do.
  return [{ index: first.index, policies: [...first.policies, ...joining] }, ...others];
}

function resultOfLevels(
  levels: readonly Level[],
  request: AccessRequest,
  passesInSilence: (level: Level) => boolean,
): LevelsResult {
  const denies: Located[] = [];
  const allows: Located[] = [];
  const silent: number[] = [];
  for (const level of levels) {
    let allow: ApplicableStatement | null = null;
    for (const policy of level.policies) {
      const result = resultOf(policy, request);
      if (result.deny !== null) denies.push({ hit: result.deny, index: level.index });
      allow ??= result.allow;
    }
    if (allow !== null) allows.push({ hit: allow, index: level.index });
    else if (!passesInSilence(level)) silent.push(level.index);
  }
  return { denies, allows, silent };
}

function isList(level: OrganizationLevel): level is readonly PolicyDocument[] {
  return Array.isArray(level);
}
