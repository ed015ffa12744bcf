import type { AlertKind } from '../../../src/contract/management-alerts';
import type { RegionRollout, RegistryEntry } from '../../_kit/ports/registry';
import type { StackInstance } from '../../_kit/ports/stack-instances';
import type { RolloutFacts } from './plan';

/** What is to be written down of one Region of an account, and what is to be done there, if anything. */
export interface RegionVerdict {
  readonly next: RegionRollout;
  readonly remedy?: 'repair' | 'drop';
  readonly alert?: AlertKind;
}

/** An account that failed so often is left alone, so that it cannot use up what others may fail. */
const MOST_FAILURES = 2;
/** A new account may fail more often: its roles and subscriptions come to be within hours. */
const MOST_NOT_READY = 5;
const MOST_REPAIRS = 3;
const QUARANTINE_DAYS = 7;
const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** Operations and instances are listed one after the other: an operation that ends between explains nothing yet. */
const MIN_WAIT_MS = HOUR_MS / 2;

/** What CloudFormation says of a Region that is switched off in the account: there, no credentials are valid.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-opt-in-regions.html */
const REGION_OFF =
  /region\b.*\b(not enabled|disabled|not opted)|not (enabled|opted)\b.*\bregion|security token included in the request is invalid|InvalidClientTokenId|UnrecognizedClient/i;
/** What it says of an account that has only just been made. */
const NOT_READY =
  /OptInRequired|needs a subscription|not (yet )?ready|stacksets-exec-|AWSServiceRoleForCloudFormationStackSets/i;

type Rule = (
  instance: StackInstance,
  before: RegionRollout,
  entry: RegistryEntry,
  facts: RolloutFacts,
) => RegionVerdict | undefined;

/** Judges one instance; undefined when there is nothing to write down, to do or to say. */
export function judgeRegion(instance: StackInstance, entry: RegistryEntry, facts: RolloutFacts) {
  const at = facts.now.toISOString();
  const before = entry.rollout?.[instance.region] ?? { state: 'pending', at, failed: [], repairs: 0 };
  return RULES[instance.standing](instance, reopened(before, facts), entry, facts);
}

/** After its quarantine an instance has all its tries again. */
const reopened = (before: RegionRollout, facts: RolloutFacts): RegionRollout =>
  before.state === 'quarantined' && !isClosed(before, facts) ? { ...before, repairs: 0 } : before;

const current: Rule = ({ drifted, region }, before, entry, { version, now }) => {
  const state = drifted ? 'drifted' : 'current';
  const known = entry.rollout?.[region]?.state === state && before.version === version;
  if (known && !before.waiting) return undefined;
  const next = { state, at: now.toISOString(), version, failed: [], repairs: 0 } as const;
  if (!drifted) return { next };
  return {
    next: { ...next, reason: 'its stack is not as the template says' },
    ...(!known && { alert: 'tooling-drifted' }),
  };
};

/**
 * StackSets passes over a suspended account, which is no failure. The registry has an account as `enrolled` while
 * Organizations has it as active: then the instance is repaired, since StackSets does not come back to it by itself.
 */
const suspended: Rule = (instance, before, entry, facts) => {
  const at = facts.now.toISOString();
  const reason = 'StackSets passed over the account as suspended';
  if (isClosed(before, facts)) return undefined;
  if (before.state !== 'suspended' || !before.waiting)
    return { next: { ...before, state: 'suspended', at, waiting: at, reason } };
  if (!facts.repairing || entry.state !== 'enrolled') return undefined;
  // One try a day: enroll-accounts looks at every account once a day, and finds the one that is still suspended.
  const wait = before.repairs > 0 ? DAY_MS - MIN_WAIT_MS : MIN_WAIT_MS;
  if (waited(before, facts) < wait) return undefined;
  return again({ ...instance, reason }, before, entry, facts);
};

/** A deletion failed and left the stack as it is: StackSets will not touch it again until the instance is dropped. */
const inoperable: Rule = ({ reason }, before, _, { now, repairing }) => {
  const first = before.state !== 'inoperable';
  const mayDrop = (first || repairing) && before.repairs < MOST_REPAIRS;
  if (!first && !mayDrop) return undefined;
  const repairs = (first ? 0 : before.repairs) + 1;
  const next = { ...before, state: 'inoperable', at: now.toISOString(), reason, repairs } as const;
  return { next, remedy: 'drop', ...(first && { alert: 'stack-left-behind' }) };
};

/**
 * Not up to date. A running operation explains it for a day, and no longer: the next one would explain it again. Without
 * one, `outdated` is repaired at once, since an operation has passed over it; `pending` when it is seen again.
 */
const outdated: Rule = (instance, before, entry, facts) => {
  if (!facts.repairing || isClosed(before, facts)) return undefined;
  const explained = facts.rollingOut ? DAY_MS - MIN_WAIT_MS : instance.standing === 'pending' ? MIN_WAIT_MS : 0;
  if (waited(before, facts) >= explained) return again(instance, before, entry, facts);
  const at = facts.now.toISOString();
  return before.waiting ? undefined : { next: { ...before, waiting: at, reason: reasonOf(instance) } };
};

/** Tries once more, at most as often as is allowed; then nothing is tried for a week, and people are alerted. */
const again: Rule = (instance, before, entry, facts) => {
  const reason = reasonOf(instance);
  if (before.repairs >= MOST_REPAIRS) return quarantine({ ...instance, reason }, before, entry, facts);
  const next = { ...before, repairs: before.repairs + 1, waiting: facts.now.toISOString(), reason };
  return { next, remedy: 'repair' };
};

const reasonOf = ({ reason, detail }: StackInstance) => reason ?? (detail && `CloudFormation has it as ${detail}`);

const failed: Rule = (instance, before, entry, facts) => {
  const { reason = 'no reason given', operation } = instance;
  // Without an operation that rolled out, such as after a detection of drift, it is the failure that is known already.
  const known = operation === undefined ? before.failed.length > 0 : before.failed.includes(operation);
  const counted = {
    ...before,
    reason,
    failed: known ? before.failed : [...before.failed, operation ?? 'unknown'].slice(-MOST_NOT_READY),
  };
  if (known && isClosed(before, facts)) return undefined;
  if (REGION_OFF.test(reason)) {
    const next = { ...counted, state: 'region not enabled', at: facts.now.toISOString(), until: later(facts) } as const;
    return { next, remedy: 'drop', alert: 'region-not-enabled' };
  }
  const young = facts.now.getTime() - Date.parse(entry.since) < 24 * HOUR_MS;
  const waits = young && NOT_READY.test(reason);
  const enough = counted.failed.length >= (waits ? MOST_NOT_READY : MOST_FAILURES);
  // Repairs that bring about no operation, or none that is over: another of the same would not either.
  const spent = facts.repairing && !waits && counted.repairs >= MOST_REPAIRS;
  if ((enough || spent) && !(known && before.state === 'quarantined' && !spent)) {
    return quarantine(instance, counted, entry, facts);
  }
  const mayRepair = facts.repairing && (counted.repairs < MOST_REPAIRS || waits || enough);
  const next = {
    ...counted,
    state: enough ? ('quarantined' as const) : ('failed' as const),
    at: known ? before.at : facts.now.toISOString(),
    ...(enough && { until: later(facts) }),
    repairs: counted.repairs + (mayRepair ? 1 : 0),
  };
  if (known && !mayRepair) return undefined;
  return { next, ...(mayRepair && { remedy: 'repair' }), ...(!known && !waits && { alert: 'rollout-failed' }) };
};

/** Nothing is tried there for a week. An instance that never stood is dropped, so that no rollout counts it; one that
 * works with an older template is left as it is. */
function quarantine(
  instance: StackInstance,
  before: RegionRollout,
  _: RegistryEntry,
  facts: RolloutFacts,
): RegionVerdict {
  const reason = instance.reason ?? before.reason ?? 'no reason given';
  const { waiting: _waited, ...kept } = before;
  const next = { ...kept, state: 'quarantined', at: facts.now.toISOString(), until: later(facts), reason } as const;
  return { next, alert: 'account-quarantined', ...(!before.version && { remedy: 'drop' }) };
}

/** Milliseconds since it was first seen not to be up to date, or was last repaired; 0 when it is seen for the first time. */
const waited = ({ waiting }: RegionRollout, { now }: RolloutFacts) =>
  waiting ? now.getTime() - Date.parse(waiting) : 0;

const later = ({ now }: RolloutFacts) => new Date(now.getTime() + QUARANTINE_DAYS * 24 * HOUR_MS).toISOString();
const isClosed = ({ until }: RegionRollout, { now }: RolloutFacts) =>
  Boolean(until && Date.parse(until) > now.getTime());

const RULES: Readonly<Record<StackInstance['standing'], Rule>> = {
  current,
  failed,
  inoperable,
  outdated,
  pending: outdated,
  // It is up to date, whatever runs.
  running: () => undefined,
  suspended,
};
