import type { AlertKind } from '../../../src/enrolment/alerts';
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
  const before = entry.rollout?.[instance.region] ?? { state: 'failed', at, failed: [], repairs: 0 };
  return RULES[instance.standing](instance, before, entry, facts);
}

const current: Rule = ({ drifted, region }, before, entry, { version, now }) => {
  const state = drifted ? 'drifted' : 'current';
  if (entry.rollout?.[region]?.state === state && before.version === version) return undefined;
  const next = { state, at: now.toISOString(), version, failed: [], repairs: 0 } as const;
  if (!drifted) return { next };
  return { next: { ...next, reason: 'its stack is not as the template says' }, alert: 'drifted' };
};

/** Not a failure, and nobody else's business: StackSets passes over a suspended account. */
const suspended: Rule = (_, before, _entry, { now }) =>
  before.state === 'suspended'
    ? undefined
    : { next: { ...before, state: 'suspended', at: now.toISOString(), reason: 'the account is suspended' } };

/** A deletion failed and left the stack as it is: StackSets will not touch it again until the instance is dropped. */
const inoperable: Rule = ({ reason }, before, _, { now, repairing }) => {
  const first = before.state !== 'inoperable';
  const mayDrop = (first || repairing) && before.repairs < MOST_REPAIRS;
  if (!first && !mayDrop) return undefined;
  const repairs = (first ? 0 : before.repairs) + 1;
  const next = { ...before, state: 'inoperable', at: now.toISOString(), reason, repairs } as const;
  return { next, remedy: 'drop', ...(first && { alert: 'leftBehind' }) };
};

/** Passed over, because too many others failed or somebody stopped the operation. */
const outdated: Rule = (instance, before, entry, facts) => {
  if (!facts.repairing || isClosed(before, facts)) return undefined;
  if (before.repairs >= MOST_REPAIRS) return quarantine(instance, before, entry, facts);
  return { next: { ...before, repairs: before.repairs + 1, reason: instance.reason }, remedy: 'repair' };
};

const failed: Rule = (instance, before, entry, facts) => {
  const { reason = 'no reason given', operation = 'unknown' } = instance;
  const known = before.failed.includes(operation);
  const counted = {
    ...before,
    reason,
    failed: known ? before.failed : [...before.failed, operation].slice(-MOST_NOT_READY),
  };
  if (known && isClosed(before, facts)) return undefined;
  if (REGION_OFF.test(reason)) {
    const next = { ...counted, state: 'region not enabled', at: facts.now.toISOString(), until: later(facts) } as const;
    return { next, remedy: 'drop', alert: 'regionNotEnabled' };
  }
  const young = facts.now.getTime() - Date.parse(entry.since) < 24 * HOUR_MS;
  const waits = young && NOT_READY.test(reason);
  const enough = counted.failed.length >= (waits ? MOST_NOT_READY : MOST_FAILURES);
  if (enough && !(known && before.state === 'quarantined')) return quarantine(instance, counted, entry, facts);
  const mayRepair = facts.repairing && (counted.repairs < MOST_REPAIRS || waits || enough);
  const next = {
    ...counted,
    state: enough ? ('quarantined' as const) : ('failed' as const),
    at: known ? before.at : facts.now.toISOString(),
    ...(enough && { until: later(facts) }),
    repairs: counted.repairs + (mayRepair ? 1 : 0),
  };
  if (known && !mayRepair) return undefined;
  return { next, ...(mayRepair && { remedy: 'repair' }), ...(!known && !waits && { alert: 'rolloutFailed' }) };
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
  const next = { ...before, state: 'quarantined', at: facts.now.toISOString(), until: later(facts), reason } as const;
  return { next, alert: 'quarantined', ...(!before.version && { remedy: 'drop' }) };
}

const later = ({ now }: RolloutFacts) => new Date(now.getTime() + QUARANTINE_DAYS * 24 * HOUR_MS).toISOString();
const isClosed = ({ until }: RegionRollout, { now }: RolloutFacts) =>
  Boolean(until && Date.parse(until) > now.getTime());

const RULES: Readonly<Record<StackInstance['standing'], Rule>> = {
  current,
  failed,
  inoperable,
  outdated,
  running: () => undefined,
  suspended,
};
