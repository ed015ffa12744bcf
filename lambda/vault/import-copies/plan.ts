// Longer than most: every reason why a shared snapshot waits, and what it leads to, is read in one place.
import {
  ADMISSION_WAITS,
  type Admission,
  type AdmissionRules,
  type AdmissionWait,
} from '../../../src/contract/admission';
import { type AccountId, type KeyArn, type Kind, snapshotParts } from '../../../src/contract/ids';
import { attemptOf, PREFIX, TAGS } from '../../../src/contract/names';
import { isDueAgain, readHold, VERDICTS, type VerdictCode, wasAlertedToday } from '../../../src/contract/verdicts';
import {
  type CopyLimits,
  groupBy,
  inFlight,
  isAvailable,
  isFailed,
  isLate,
  lookAgainIn,
  MAX_ATTEMPTS,
  NO_SLOT,
  progressOf,
  SLOTS_KEPT,
} from '../../_kit/copies';
import type { CopyOrder, Snapshot } from '../../_kit/ports/snapshots';
import { isVaultCopy, originOf } from '../../_kit/vault-copies';
import { type Due, FairTurns, type NoTurn } from './fair-turns';
import { importOrder } from './import-order';
import { roomOf } from './room-of';
import { ACCOUNT_SLOWED, SlowedAccounts } from './slowed-accounts';

/** What import-copies looks at. */
export interface ImportFacts {
  /** Accounts that the vault has accepted and still follows. */
  readonly accepted: ReadonlySet<AccountId>;
  /** What anybody shares with the vault. */
  readonly shared: readonly Snapshot[];
  /** The vault's own manual snapshots. */
  readonly own: readonly Snapshot[];
  /** The accepted accounts' snapshots as seen through their access roles, by ARN: here are the tags. */
  readonly throughAccessRoles: ReadonlyMap<string, Snapshot>;
  /** Accepted accounts that could not be asked in this run: nothing is known of their snapshots. */
  readonly unasked?: ReadonlySet<AccountId>;
  readonly importKey: KeyArn;
  readonly limits: CopyLimits;
  /** What an account gets without a decision of a person. */
  readonly admission: AdmissionRules;
  /** Databases, and export copies by their size, that a person let in; none where it is left out. */
  readonly decided?: { readonly databases: ReadonlySet<string>; readonly sizes: ReadonlySet<string> };
  readonly now: Date;
}

/** One thing to do. */
export type ImportAction =
  | {
      readonly do: 'import';
      readonly order: CopyOrder;
      readonly exportCopy: Snapshot;
      /** Keys of the export copy's tags that found no place on the vault's. */
      readonly dropped: readonly string[];
    }
  /** Tell the source, through its access role, that the vault has the copy. */
  | { readonly do: 'mark-taken'; readonly exportCopy: Snapshot }
  /** A failed copy of the vault's own: prune-copies removes it. */
  | { readonly do: 'mark-failed'; readonly copy: Snapshot }
  /** Tell a person, once a day for each database, and write it down on the export copy. */
  | { readonly do: 'hold'; readonly exportCopy: Snapshot; readonly code: VerdictCode };

/** A shared snapshot that nothing is done about, and why. */
export interface Passed {
  readonly snapshot: Snapshot;
  readonly because:
    | 'its account is not accepted'
    | 'its name is not ours'
    | 'its access role does not show it'
    | typeof UNASKED
    | 'not an export copy'
    | 'not available yet'
    | 'imported already'
    | 'an earlier copy of this database is in flight'
    | NoTurn
    | VerdictCode;
}

/** Why a shared snapshot waits: its account could not be asked, which says nothing about the account. */
const UNASKED = 'its account could not be asked';

/** What must happen, in this order, and what need not. */
export interface ImportPlan {
  readonly actions: readonly ImportAction[];
  readonly passed: readonly Passed[];
  /** Minutes after which to look again: copies are in flight, and perhaps no event tells of their end. */
  readonly lookAgain?: number;
  /** Databases of which a person has heard within a day, before this run. */
  readonly heard: ReadonlySet<string>;
  /** The room in the vault, with what this plan takes of it. */
  readonly room: Admission;
  /** Accounts whose copies fail. */
  readonly slowed: SlowedAccounts;
}

const owner = ({ arn }: Snapshot): AccountId => snapshotParts(arn).account;
const time = (snapshot: Snapshot): number => (snapshot.takenAt ?? snapshot.createdAt)?.getTime() ?? 0;
const holdOf = (seen: Snapshot | undefined) => readHold(seen?.tags.get(TAGS.held));

/** The facts, sorted and counted once. */
interface World extends ImportFacts {
  readonly copies: readonly Snapshot[];
  readonly copiesOf: ReadonlyMap<string, readonly Snapshot[]>;
  readonly busy: Set<string>;
  readonly room: Admission;
  readonly slowed: SlowedAccounts;
  readonly turns: Record<Kind, FairTurns>;
}

function survey(facts: ImportFacts): World {
  const copies = facts.own.filter(isVaultCopy);
  const room = roomOf(facts, copies);
  const slowed = new SlowedAccounts(copies, facts.now);
  const turns = (kind: Kind, slots: number) => {
    const alike = facts.own.filter((one) => one.kind === kind);
    return new FairTurns({
      slots: slots - alike.filter(inFlight).length,
      allSlots: slots,
      inFlight: copies.filter((copy) => copy.kind === kind && inFlight(copy)).map(originOf),
      accounts: facts.accepted.size,
      admission: room,
      slowed,
    });
  };
  return {
    ...facts,
    copies,
    room,
    slowed,
    copiesOf: groupBy(copies, ({ tags }) => tags.get(TAGS.exportCopy) ?? ''),
    busy: new Set(copies.filter(inFlight).map((copy) => copy.tags.get(TAGS.database) ?? '')),
    turns: {
      instance: turns('instance', facts.limits.maxInstanceCopiesInFlight),
      cluster: turns('cluster', facts.limits.maxClusterCopiesInFlight),
    },
  };
}

/** Decides what the vault copies. Nothing that a source wrote chooses key, name or mark. Pure; linear but for one sort. */
export function plan(facts: ImportFacts): ImportPlan {
  const world = survey(facts);
  const passed: Passed[] = [];
  const due: Record<Kind, Due[]> = { instance: [], cluster: [] };
  for (const snapshot of [...facts.shared].sort((a, b) => time(a) - time(b) || a.arn.localeCompare(b.arn, 'en'))) {
    const because = whyNot(snapshot, world);
    if (because) passed.push({ snapshot, because });
    else {
      world.busy.add(snapshot.database);
      due[snapshot.kind].push({ snapshot, account: owner(snapshot) });
    }
  }
  const imports = (['instance', 'cluster'] as const).flatMap((kind) => {
    const { chosen, left } = world.turns[kind].choose(due[kind]);
    for (const one of left) passed.push(one);
    return chosen.map((snapshot): ImportAction => ({ do: 'import', ...importOrder(snapshot, world) }));
  });
  const heard = heardOf(world);
  const underWay =
    imports.length > 0 ||
    passed.some(({ because }) => because === UNASKED) ||
    world.copies.some((copy) => inFlight(copy) && !isLate(copy, facts.now, facts.limits));
  return {
    actions: [...marks(world), ...imports, ...alerts(passed, heard, world)],
    passed,
    heard,
    room: world.room,
    slowed: world.slowed,
    ...(underWay && { lookAgain: lookAgainIn(passed) }),
  };
}

/** Why a shared snapshot is not imported now; undefined when it is due. */
function whyNot(snapshot: Snapshot, { accepted, copiesOf, throughAccessRoles, unasked, busy, now }: World) {
  if (!accepted.has(owner(snapshot))) return 'its account is not accepted';
  if (!snapshotParts(snapshot.arn).name.startsWith(`${PREFIX}-`)) return 'its name is not ours';
  const earlier = copiesOf.get(snapshot.arn) ?? [];
  if (earlier.some((copy) => !isFailed(copy))) return 'imported already';
  const seen = throughAccessRoles.get(snapshot.arn);
  if (!seen) return unasked?.has(owner(snapshot)) ? UNASKED : 'its access role does not show it';
  if (seen.tags.get(TAGS.role) !== 'export') return 'not an export copy';
  if (seen.tags.has(TAGS.copiedAt)) return 'imported already';
  if (earlier.some(({ name }) => attemptOf(name) >= MAX_ATTEMPTS)) return 'failed-too-often';
  const hold = holdOf(seen);
  if (hold && VERDICTS[hold.code].lasts === 'held' && !isDueAgain(hold, now)) return hold.code;
  if (progressOf(snapshot) === 'unknown') return 'unknown-status';
  if (!isAvailable(snapshot)) return 'not available yet';
  return busy.has(snapshot.database) ? 'an earlier copy of this database is in flight' : undefined;
}

/** What is finished is told to the source, what failed is left to prune-copies. */
function marks({ copies, throughAccessRoles }: World): ImportAction[] {
  return copies.flatMap((copy): ImportAction[] => {
    if (isFailed(copy)) return copy.tags.has(TAGS.failedAt) ? [] : [{ do: 'mark-failed', copy }];
    const exportCopy = throughAccessRoles.get(copy.tags.get(TAGS.exportCopy) ?? '');
    // What no longer says that it is an export copy is not ours to mark: the access role would refuse.
    const isOurs = exportCopy?.tags.get(TAGS.role) === 'export' && !exportCopy.tags.has(TAGS.copiedAt);
    return isAvailable(copy) && isOurs ? [{ do: 'mark-taken', exportCopy }] : [];
  });
}

function heardOf({ throughAccessRoles, now }: World): ReadonlySet<string> {
  const fresh = [...throughAccessRoles.values()].filter((seen) => {
    const hold = holdOf(seen);
    return hold && wasAlertedToday(hold, now);
  });
  return new Set(fresh.map(({ database }) => database));
}

/** One alert for each database and day: the verdicts that nobody has heard of today. What waits for its turn is one of
 * them when the deadline has passed. */
function alerts(passed: readonly Passed[], before: ReadonlySet<string>, world: World): ImportAction[] {
  const { copies, throughAccessRoles, now, limits } = world;
  const heard = new Set(before);
  const told = [
    ...passed.map(({ snapshot, because }) => ({
      arn: snapshot.arn as string,
      because: WAITS.has(because) && isLate(snapshot, now, limits) ? 'overdue' : because,
    })),
    ...copies
      .filter((copy) => inFlight(copy) && isLate(copy, now, limits))
      .map((copy) => ({ arn: copy.tags.get(TAGS.exportCopy) ?? '', because: 'stuck' })),
  ];
  return told.flatMap(({ arn, because }): ImportAction[] => {
    const exportCopy = throughAccessRoles.get(arn);
    if (!exportCopy || !(because in VERDICTS) || heard.has(exportCopy.database)) return [];
    heard.add(exportCopy.database);
    return [{ do: 'hold', exportCopy, code: because as VerdictCode }];
  });
}

/** What ends by itself: without alarm until the deadline of a copy has passed. */
const WAITS: ReadonlySet<Passed['because']> = new Set([
  'an earlier copy of this database is in flight',
  NO_SLOT,
  SLOTS_KEPT,
  ACCOUNT_SLOWED,
  ...(Object.keys(ADMISSION_WAITS) as AdmissionWait[]).filter((wait) => !(wait in VERDICTS)),
]);
