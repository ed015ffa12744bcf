// Longer than most: every reason why a shared snapshot waits, and what it leads to, is read in one place.

import { ADMISSION_WAITS, type Admission, type AdmissionWait } from '../../../src/contract/admission';
import { type AccountId, type Kind, snapshotParts } from '../../../src/contract/ids';
import { attemptOf, PREFIX, TAGS } from '../../../src/contract/names';
import { isDueAgain, VERDICTS, type VerdictCode, wasAlertedToday } from '../../../src/contract/verdicts';
import { inTurn, isOlder } from '../../_kit/backlog';
import {
  groupBy,
  inFlight,
  isAvailable,
  isFailed,
  isLate,
  MAX_ATTEMPTS,
  minutesToNextRun,
  NO_SLOT,
  progressOf,
  SLOTS_KEPT,
} from '../../_kit/copies';
import { holdOf, isExportCopy } from '../../_kit/export-copies';
import type { CopyOrder, Snapshot } from '../../_kit/ports/snapshots';
import { believedTime, databaseOf, type History, historyOf, isVaultCopy } from '../../_kit/vault-copies';
import { ACCOUNT_BACKOFF, AccountBackoff } from './account-backoff';
import type { DueSnapshot } from './due-snapshot';
import type { ImportFacts } from './facts';
import { importOrder, sourceTime } from './import-order';
import { reserveInTurn } from './slot-allocation';
import { admissionOf, slotsOf, VaultCapacity, type WaitReason } from './vault-capacity';

/** One thing to do. */
export type ImportAction =
  | {
      readonly do: 'import';
      readonly order: CopyOrder;
      readonly exportCopy: Snapshot;
      /** Keys of the export copy's tags that found no place on the vault's. */
      readonly dropped: readonly string[];
    }
  /** Tag the export copy, through the access role: the vault has imported it. */
  | { readonly do: 'mark-imported'; readonly exportCopy: Snapshot }
  /** A failed copy of the vault's own: prune-copies removes it. */
  | { readonly do: 'mark-failed'; readonly copy: Snapshot }
  /** Log an alert, once a day for each database, and record it on the export copy. */
  | { readonly do: 'alert'; readonly exportCopy: Snapshot; readonly code: VerdictCode };

/** A shared snapshot that this run does not import, and why. */
export interface Passed {
  readonly snapshot: Snapshot;
  readonly because:
    | 'account-not-accepted'
    | 'foreign-name'
    | 'not-visible-through-access-role'
    | typeof NOT_REACHED
    | 'not-export-copy'
    | 'not-available-yet'
    | 'already-imported'
    /** The index says that an earlier copy failed; RDS has not confirmed it in this run. */
    | 'earlier-copy-not-confirmed'
    | 'earlier-copy-in-flight'
    | WaitReason
    | VerdictCode;
}

/** Why a shared snapshot waits: its account did not answer, which says nothing about the account. */
const NOT_REACHED = 'account-not-reached';

/** What a run does, in this order, and what waits. */
export interface ImportPlan {
  readonly actions: readonly ImportAction[];
  readonly passed: readonly Passed[];
  /** Minutes until the next run: copies of clusters are in flight, and perhaps no event reports their end. */
  readonly nextRunInMinutes?: number;
  /** Databases with an alert within a day, before this run. */
  readonly alerted: ReadonlySet<string>;
  /** The places in the vault, less those that this plan reserves. */
  readonly admission: Admission;
  /** Accounts whose copies fail. */
  readonly backoff: AccountBackoff;
}

const owner = ({ arn }: Snapshot): AccountId => snapshotParts(arn).account;
const time = (snapshot: Snapshot): number => (snapshot.takenAt ?? snapshot.createdAt)?.getTime() ?? 0;

/** The facts, sorted once. */
interface SortedFacts extends ImportFacts {
  readonly copies: readonly Snapshot[];
  readonly history: History;
  readonly copiesOf: ReadonlyMap<string, readonly Snapshot[]>;
  /** Databases with a copy in flight. */
  readonly busy: Set<string>;
}

function sorted(facts: ImportFacts): SortedFacts {
  const copies = facts.own.filter(isVaultCopy);
  return {
    ...facts,
    copies,
    history: historyOf(copies),
    copiesOf: groupBy(copies, ({ tags }) => tags.get(TAGS.exportCopy) ?? ''),
    busy: new Set(copies.filter(inFlight).map(databaseOf)),
  };
}

/** Longer than most: the order of the parts is the plan. Decides what the vault copies. Nothing that a source wrote chooses the key, the name or a tag. Pure; linear but for one sort. */
export function plan(facts: ImportFacts): ImportPlan {
  const world = sorted(facts);
  const admission = admissionOf(facts, world.copies, world.history);
  const backoff = new AccountBackoff(world.copies, facts.now);
  const passed: Passed[] = [];
  const due: Record<Kind, DueSnapshot[]> = { instance: [], cluster: [] };
  const waiting: Snapshot[] = [];
  for (const snapshot of [...facts.shared].sort((a, b) => time(a) - time(b) || a.arn.localeCompare(b.arn, 'en'))) {
    const because = whyNot(snapshot, world);
    if (because) passed.push({ snapshot, because });
    else waiting.push(snapshot);
  }
  for (const { snapshot, database, isOlder } of inOrder(waiting, world)) {
    if (world.busy.has(database)) {
      passed.push({ snapshot, because: 'earlier-copy-in-flight' });
      continue;
    }
    world.busy.add(database);
    due[snapshot.kind].push({ snapshot, account: owner(snapshot), isOlder });
  }
  const imports = (['instance', 'cluster'] as const).flatMap((kind) => {
    const capacity = new VaultCapacity(admission, backoff, slotsOf(kind, facts, world.copies));
    const allotted = reserveInTurn(due[kind], capacity);
    for (const one of allotted.waiting) passed.push(one);
    return longestUntriedFirst(
      allotted.reserved.map((snapshot) => ({ do: 'import' as const, ...importOrder(snapshot, world) })),
    );
  });
  const alerted = alertedToday(world);
  // The copy of an instance ends with an event, and the sweep finds what an event did not report.
  const isWaiting =
    imports.some((action) => action.do === 'import' && action.order.kind === 'cluster') ||
    passed.some(({ because }) => because === NOT_REACHED) ||
    world.copies.some((copy) => copy.kind === 'cluster' && inFlight(copy) && !isLate(copy, facts.now, facts.limits));
  return {
    actions: [...marks(world), ...imports, ...alerts(passed, alerted, world)],
    passed,
    alerted,
    admission,
    backoff,
    ...(isWaiting && { nextRunInMinutes: minutesToNextRun(passed) }),
  };
}

/** All of them have a slot. A run that RDS refuses a copy because the vault is full asks for no further ones: without this order, the same
 * two would be refused in turns, and no operator would be alerted of the others. */
const longestUntriedFirst = <Import extends { readonly exportCopy: Snapshot }>(imports: readonly Import[]) => {
  const triedAt = ({ exportCopy }: Import): number => holdOf(exportCopy)?.at.getTime() ?? 0;
  return [...imports].sort((a, b) => triedAt(a) - triedAt(b));
};

/** What could be imported, in the order in which it is. */
function inOrder(oldestFirst: readonly Snapshot[], { history, throughAccessRoles, now }: SortedFacts) {
  const waiting = oldestFirst.map((snapshot) => {
    const { arn, database, takenAt } = snapshot;
    const before = history.newest.get(database);
    // Without a copy in the vault, no data of a database is older.
    if (before === undefined) return { snapshot, database, time: time(snapshot), isOlder: false };
    const tagged = sourceTime(snapshot, throughAccessRoles.get(arn) ?? snapshot).time;
    const at = believedTime(tagged, now.getTime(), takenAt);
    return { snapshot, database, time: at, isOlder: isOlder(at, before, now.getTime()) };
  });
  return inTurn(waiting, history.newest, now.getTime());
}

/** Why a shared snapshot is not imported now; undefined when it is due, and no copy of its database is in flight. */
function whyNot(snapshot: Snapshot, world: SortedFacts) {
  const { accepted, copiesOf, throughAccessRoles, unreached, confirmed, now } = world;
  if (!accepted.has(owner(snapshot))) return 'account-not-accepted';
  if (!snapshotParts(snapshot.arn).name.startsWith(`${PREFIX}-`)) return 'foreign-name';
  const earlier = copiesOf.get(snapshot.arn) ?? [];
  if (earlier.some((copy) => !isFailed(copy))) return 'already-imported';
  if (confirmed && earlier.some((copy) => !confirmed.has(copy.arn))) return 'earlier-copy-not-confirmed';
  const exportCopy = throughAccessRoles.get(snapshot.arn);
  if (!exportCopy) return unreached?.has(owner(snapshot)) ? NOT_REACHED : 'not-visible-through-access-role';
  if (!isExportCopy(exportCopy)) return 'not-export-copy';
  if (exportCopy.tags.has(TAGS.importedAt)) return 'already-imported';
  if (earlier.some(({ name }) => attemptOf(name) >= MAX_ATTEMPTS)) return 'failed-too-often';
  const hold = holdOf(exportCopy);
  if (hold && VERDICTS[hold.code].lasts === 'held' && !isDueAgain(hold, now)) return hold.code;
  if (progressOf(snapshot) === 'unknown') return 'unknown-status';
  return isAvailable(snapshot) ? undefined : 'not-available-yet';
}

/** The source learns of a finished copy; prune-copies deletes a failed one. */
function marks({ copies, throughAccessRoles, confirmed }: SortedFacts): ImportAction[] {
  return copies.flatMap((copy): ImportAction[] => {
    // A wrong mark would let the source delete the only copy.
    if (confirmed && !confirmed.has(copy.arn)) return [];
    if (isFailed(copy)) return copy.tags.has(TAGS.failedAt) ? [] : [{ do: 'mark-failed', copy }];
    const exportCopy = throughAccessRoles.get(copy.tags.get(TAGS.exportCopy) ?? '');
    // The access role refuses to tag a snapshot without the role of an export copy.
    const mayBeTagged = exportCopy && isExportCopy(exportCopy) && !exportCopy.tags.has(TAGS.importedAt);
    return isAvailable(copy) && mayBeTagged ? [{ do: 'mark-imported', exportCopy }] : [];
  });
}

function alertedToday({ throughAccessRoles, now }: SortedFacts): ReadonlySet<string> {
  const fresh = [...throughAccessRoles.values()].filter((exportCopy) => {
    const hold = holdOf(exportCopy);
    return hold && wasAlertedToday(hold, now);
  });
  return new Set(fresh.map(({ database }) => database));
}

/** At most one alert for each database and day. A snapshot that waits is `overdue` once the deadline of a copy has passed. */
function alerts(passed: readonly Passed[], before: ReadonlySet<string>, world: SortedFacts): ImportAction[] {
  const { copies, throughAccessRoles, now, limits } = world;
  const alerted = new Set(before);
  const verdicts = [
    ...passed.map(({ snapshot, because }) => ({
      arn: snapshot.arn as string,
      because: WAITS.has(because) && isLate(snapshot, now, limits) ? 'overdue' : because,
    })),
    ...copies
      .filter((copy) => inFlight(copy) && isLate(copy, now, limits))
      .map((copy) => ({ arn: copy.tags.get(TAGS.exportCopy) ?? '', because: 'stuck' })),
  ];
  return verdicts.flatMap(({ arn, because }): ImportAction[] => {
    const exportCopy = throughAccessRoles.get(arn);
    if (!exportCopy || !(because in VERDICTS) || alerted.has(exportCopy.database)) return [];
    alerted.add(exportCopy.database);
    return [{ do: 'alert', exportCopy, code: because as VerdictCode }];
  });
}

/** The vault has newer data of the database: no operator has to act. */
const OLDER_COPY = 'older-copy-no-room' satisfies AdmissionWait;

/** Reasons that end by themselves: no alert until the deadline of a copy has passed. */
export const WAITS: ReadonlySet<Passed['because']> = new Set([
  'earlier-copy-in-flight',
  NO_SLOT,
  SLOTS_KEPT,
  ACCOUNT_BACKOFF,
  ...(Object.keys(ADMISSION_WAITS) as AdmissionWait[]).filter((wait) => !(wait in VERDICTS) && wait !== OLDER_COPY),
]);
