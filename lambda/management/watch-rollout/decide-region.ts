import { DAY, HOUR } from '../../../src/contract/durations';
import type { AlertKind } from '../../../src/contract/management-alerts';
import type { RegionRollout, RegistryEntry } from '../../_kit/ports/registry';
import type { StackInstance } from '../../_kit/ports/stack-instances';
import type { RolloutFacts } from './facts';

/** The new state of one Region of an account, and the remedy and the alert that follow from it, if any. */
export interface RegionDecision {
  readonly next: RegionRollout;
  readonly remedy?: 'repair' | 'drop';
  readonly alert?: AlertKind;
}

/** An account that failed so often is quarantined, so that it does not use up the failure tolerance of the rollout. */
const MAX_FAILURES = 2;
/** A new account may fail more often: its roles and subscriptions become available within hours. */
const MAX_FAILURES_WHEN_NEW = 5;
const MAX_REPAIRS = 3;
const QUARANTINE_DAYS = 7;
/** Operations and instances are listed one after the other: an instance may be outdated in the list because of an operation that
 * ended in between. */
const MIN_WAIT = HOUR / 2;

/** Messages of CloudFormation about a Region that is not enabled in the account: no credentials are valid there.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-opt-in-regions.html */
const REGION_NOT_ENABLED =
  /region\b.*\b(not enabled|disabled|not opted)|not (enabled|opted)\b.*\bregion|security token included in the request is invalid|InvalidClientTokenId|UnrecognizedClient/i;
/** Messages of CloudFormation about an account that was created a short time ago. */
const NOT_READY =
  /OptInRequired|needs a subscription|not (yet )?ready|stacksets-exec-|AWSServiceRoleForCloudFormationStackSets/i;

type Rule = (
  instance: StackInstance,
  before: RegionRollout,
  entry: RegistryEntry,
  facts: RolloutFacts,
) => RegionDecision | undefined;

/** Decides on one instance; undefined when there is nothing to record, to do or to alert. */
export function decideRegion(instance: StackInstance, entry: RegistryEntry, facts: RolloutFacts) {
  const at = facts.now.toISOString();
  const before = entry.rollout?.[instance.region] ?? { state: 'pending', at, failed: [], repairs: 0 };
  return RULES[instance.standing](instance, afterQuarantine(before, facts), entry, facts);
}

/** An instance whose quarantine is over may be repaired as often as before. */
const afterQuarantine = (before: RegionRollout, facts: RolloutFacts): RegionRollout =>
  before.state === 'quarantined' && !isClosed(before, facts) ? { ...before, repairs: 0 } : before;

const current: Rule = ({ drifted, region }, before, entry, { version, now }) => {
  const state = drifted ? 'drifted' : 'current';
  const isKnown = entry.rollout?.[region]?.state === state && before.version === version;
  if (isKnown && !before.waiting) return undefined;
  const next = { state, at: now.toISOString(), version, failed: [], repairs: 0 } as const;
  if (!drifted) return { next };
  return {
    next: { ...next, reason: 'its stack differs from the template' },
    ...(!isKnown && { alert: 'tooling-drifted' }),
  };
};

/**
 * StackSets skipped the account as suspended, which is no failure. The registry has an account as `enrolled` while Organizations
 * has it as active: then the instance is repaired, because StackSets does not return to it by itself.
 */
const suspended: Rule = (instance, before, entry, facts) => {
  const at = facts.now.toISOString();
  const reason = 'StackSets skipped the account as suspended';
  if (isClosed(before, facts)) return undefined;
  if (before.state !== 'suspended' || !before.waiting)
    return { next: { ...before, state: 'suspended', at, waiting: at, reason } };
  if (!facts.mayRepair || entry.state !== 'enrolled') return undefined;
  // One repair a day: enroll-accounts reads every account once a day, and then knows whether it is still suspended.
  const wait = before.repairs > 0 ? DAY - MIN_WAIT : MIN_WAIT;
  if (waited(before, facts) < wait) return undefined;
  return repair({ ...instance, reason }, before, entry, facts);
};

/** A deletion failed and left the stack as it is: StackSets does not change the instance again until it is dropped. */
const inoperable: Rule = ({ reason }, before, _, { now, mayRepair }) => {
  const isNew = before.state !== 'inoperable';
  const mayDrop = (isNew || mayRepair) && before.repairs < MAX_REPAIRS;
  if (!isNew && !mayDrop) return undefined;
  const repairs = (isNew ? 0 : before.repairs) + 1;
  const next = { ...before, state: 'inoperable', at: now.toISOString(), reason, repairs } as const;
  return { next, remedy: 'drop', ...(isNew && { alert: 'stack-left-behind' }) };
};

/**
 * The instance is not up to date. A running operation is the explanation for a day at most: otherwise the next operation would
 * again be one. Without a running operation, `outdated` is repaired at once, because an operation has skipped it, and `pending`
 * when it is observed again.
 */
const outdated: Rule = (instance, before, entry, facts) => {
  if (!facts.mayRepair || isClosed(before, facts)) return undefined;
  const patience = facts.isRollingOut ? DAY - MIN_WAIT : instance.standing === 'pending' ? MIN_WAIT : 0;
  if (waited(before, facts) >= patience) return repair(instance, before, entry, facts);
  const at = facts.now.toISOString();
  return before.waiting ? undefined : { next: { ...before, waiting: at, reason: reasonOf(instance) } };
};

/** Repairs the instance, at most {@link MAX_REPAIRS} times; then it is quarantined. */
const repair: Rule = (instance, before, entry, facts) => {
  const reason = reasonOf(instance);
  if (before.repairs >= MAX_REPAIRS) return quarantine({ ...instance, reason }, before, entry, facts);
  const next = { ...before, repairs: before.repairs + 1, waiting: facts.now.toISOString(), reason };
  return { next, remedy: 'repair' };
};

const reasonOf = ({ reason, detail }: StackInstance) => reason ?? (detail && `CloudFormation reports ${detail}`);

const failed: Rule = (instance, before, entry, facts) => {
  const { reason = 'no reason given', operation } = instance;
  // Without an operation that rolled out, such as after a detection of drift, it is the failure that is recorded already.
  const isKnown = operation === undefined ? before.failed.length > 0 : before.failed.includes(operation);
  const counted = {
    ...before,
    reason,
    failed: isKnown ? before.failed : [...before.failed, operation ?? 'unknown'].slice(-MAX_FAILURES_WHEN_NEW),
  };
  if (isKnown && isClosed(before, facts)) return undefined;
  const at = facts.now.toISOString();
  if (REGION_NOT_ENABLED.test(reason)) {
    const next = { ...counted, state: 'region-not-enabled', at, until: endOfQuarantine(facts) } as const;
    return { next, remedy: 'drop', alert: 'region-not-enabled' };
  }
  const isNew = facts.now.getTime() - Date.parse(entry.since) < DAY;
  const isNotReady = isNew && NOT_READY.test(reason);
  const isTooOften = counted.failed.length >= (isNotReady ? MAX_FAILURES_WHEN_NEW : MAX_FAILURES);
  // Repairs that started no operation, or none that ended: another one would not either.
  const isSpent = facts.mayRepair && !isNotReady && counted.repairs >= MAX_REPAIRS;
  if ((isTooOften || isSpent) && !(isKnown && before.state === 'quarantined' && !isSpent)) {
    return quarantine(instance, counted, entry, facts);
  }
  const isRepaired = facts.mayRepair && (counted.repairs < MAX_REPAIRS || isNotReady || isTooOften);
  if (isKnown && !isRepaired) return undefined;
  const next = {
    ...counted,
    state: isTooOften ? ('quarantined' as const) : ('failed' as const),
    at: isKnown ? before.at : at,
    ...(isTooOften && { until: endOfQuarantine(facts) }),
    repairs: counted.repairs + (isRepaired ? 1 : 0),
  };
  const isAlerted = !isKnown && !isNotReady;
  return { next, ...(isRepaired && { remedy: 'repair' }), ...(isAlerted && { alert: 'rollout-failed' }) };
};

/** Stops all repairs for {@link QUARANTINE_DAYS}. An instance that was never created is dropped, so that no rollout counts it; one
 * that has an older template stays as it is. */
function quarantine(
  instance: StackInstance,
  before: RegionRollout,
  _: RegistryEntry,
  facts: RolloutFacts,
): RegionDecision {
  const reason = instance.reason ?? before.reason ?? 'no reason given';
  const { waiting: _waiting, ...kept } = before;
  const at = facts.now.toISOString();
  const next = { ...kept, state: 'quarantined', at, until: endOfQuarantine(facts), reason } as const;
  return { next, alert: 'account-quarantined', ...(!before.version && { remedy: 'drop' }) };
}

/** Milliseconds since it was first observed not to be up to date, or was last repaired; 0 at the first observation. */
const waited = ({ waiting }: RegionRollout, { now }: RolloutFacts) =>
  waiting ? now.getTime() - Date.parse(waiting) : 0;

const endOfQuarantine = ({ now }: RolloutFacts) => new Date(now.getTime() + QUARANTINE_DAYS * DAY).toISOString();
const isClosed = ({ until }: RegionRollout, { now }: RolloutFacts) =>
  Boolean(until && Date.parse(until) > now.getTime());

const RULES: Readonly<Record<StackInstance['standing'], Rule>> = {
  current,
  failed,
  inoperable,
  outdated,
  pending: outdated,
  // An operation works on an instance that is up to date: there is nothing to decide until it ends.
  running: () => undefined,
  suspended,
};
