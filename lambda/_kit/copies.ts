import { countsTowardQuota } from '../../src/contract/backup-snapshots';
import { HOUR } from '../../src/contract/durations';
import type { Kind } from '../../src/contract/ids';
import { INTERVALS } from '../../src/contract/intervals';
import { TAGS } from '../../src/contract/names';
import { isOver } from './copy-states';
import type { Snapshot } from './ports/snapshots';

/** How many copies RDS allows in flight in an account and Region, for each kind. */
export interface CopyLimits {
  readonly maxInstanceCopiesInFlight: number;
  readonly maxClusterCopiesInFlight: number;
  /** Manual snapshots that the account may have in a Region, instances and clusters each. AWS's default: 100. */
  readonly manualSnapshotQuota: number;
  /** After how many hours a copy that has not finished is `stuck`. */
  readonly copyDeadlineHours: number;
}

/** What AWS allows by default, and a day for a copy to finish. */
export const DEFAULT_LIMITS: CopyLimits = {
  maxInstanceCopiesInFlight: 20,
  maxClusterCopiesInFlight: 5,
  manualSnapshotQuota: 100,
  copyDeadlineHours: 24,
};

/** How often a copy is tried before an operator must act. */
export const MAX_ATTEMPTS = 3;

/**
 * Every status that RDS documents for a snapshot or that was observed, except the final ones of `copy-states.ts`.
 * A queued copy is `creating` at 0 % for hours: that is not an error.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshot.html
 */
const PROGRESS = {
  available: 'available',
  creating: 'in-progress',
  copying: 'in-progress',
  pending: 'in-progress',
  queued: 'in-progress',
  modifying: 'in-progress',
  'backing-up': 'in-progress',
  deleting: 'being-deleted',
  deleted: 'being-deleted',
} as const satisfies Record<string, string>;

/** How far a snapshot is. `being-deleted`: RDS deletes it. `unknown`: a status that is not listed here. */
export type Progress = (typeof PROGRESS)[keyof typeof PROGRESS] | 'failed' | 'unknown';

/** How far a snapshot is, from the status that RDS gives it. */
export const progressOf = ({ status }: Pick<Snapshot, 'status'>): Progress =>
  isOver(status) ? 'failed' : (PROGRESS[status.toLowerCase() as keyof typeof PROGRESS] ?? 'unknown');

/** A copy that will never be good: the next attempt has another name. */
export const isFailed = (snapshot: Snapshot): boolean => progressOf(snapshot) === 'failed';
/** A copy that can be shared, copied and restored. */
export const isAvailable = (snapshot: Snapshot): boolean => progressOf(snapshot) === 'available';
/** A copy that uses a slot: it has neither failed nor finished, whatever RDS calls it. */
export const inFlight = (snapshot: Snapshot): boolean => ['in-progress', 'unknown'].includes(progressOf(snapshot));

/** When a snapshot was started, in milliseconds since the epoch: by RDS, which may say so only once it has finished; otherwise by
 * Checkvalve's tag on its own copies. NaN without either. */
const begunAt = ({ createdAt, tags }: Snapshot): number =>
  createdAt?.getTime() ?? Date.parse(tags.get(TAGS.importStartedAt) ?? tags.get(TAGS.startedAt) ?? '');

/** Whether a copy has had more time than its deadline allows. */
export const isLate = (snapshot: Snapshot, now: Date, { copyDeadlineHours }: CopyLimits): boolean =>
  now.getTime() - begunAt(snapshot) > copyDeadlineHours * HOUR;

/** Why a copy that is due does not start: as many copies as RDS allows are in flight. */
export const NO_SLOT = 'no-free-slot';
/** Why a copy that is due does not start: the free slots are kept for other accounts. */
export const SLOTS_KEPT = 'slots-kept-for-other-accounts';
const SLOT_WAITS: readonly string[] = [NO_SLOT, SLOTS_KEPT];

/**
 * Minutes to the next run of a step with copies in flight, because no event may report their end. Sooner while clusters wait for
 * a slot: clusters have few slots, and no event says that one is free.
 */
export function minutesToNextRun(
  passed: readonly { readonly snapshot: { readonly kind: Kind }; readonly because: string }[],
) {
  const crowded = passed.some(({ snapshot, because }) => snapshot.kind === 'cluster' && SLOT_WAITS.includes(because));
  return crowded ? INTERVALS.crowdedReminderMinutes : INTERVALS.reminderMinutes;
}

/** From this part of a quota on, the log of a step and `doctor` name it. */
export const NEARLY_FULL = 0.8;

/** How much of the quota of manual snapshots is used, where it is 80 % and more; instances and clusters each have one. */
export const nearlyFull = (snapshots: readonly Snapshot[], { manualSnapshotQuota: quota }: CopyLimits) =>
  (['instance', 'cluster'] as const)
    .map((kind) => ({
      kind,
      held: snapshots.filter((one) => one.kind === kind && countsTowardQuota(one)).length,
      quota,
    }))
    .filter(({ held }) => held >= quota * NEARLY_FULL);

/** The items by their key, in the order given. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const known = groups.get(name);
    if (known) known.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

/** How many items there are of each reason: short enough for a log. */
export function countReasons(passed: readonly { readonly because: string }[]): Record<string, number> {
  return Object.fromEntries([...groupBy(passed, ({ because }) => because)].map(([why, all]) => [why, all.length]));
}
