import { type CarriedTags, carriedTags } from '../../../src/contract/carried-tags';
import { type AccountId, databaseParts, keyIdOf } from '../../../src/contract/ids';

import { attemptOf, BACKUP_COPY_PREFIX, exportCopyName, RECOVERY_POINT_TAGS, TAGS } from '../../../src/contract/names';
import { unsupportedReason } from '../../../src/contract/protectable';
import { type Hold, isDueAgain, VERDICTS, type VerdictCode } from '../../../src/contract/verdicts';

import {
  inFlight,
  isAvailable,
  isFailed,
  isLate,
  lookAgainIn,
  MAX_ATTEMPTS,
  NO_SLOT,
  progressOf,
} from '../../_kit/copies';
import type { CopyOrder, Snapshot } from '../../_kit/ports/snapshots';
import { clearances, giveWay, retirements } from './departures';
import { renewals } from './memory-term';
import { type ExportFacts, holdOf, isCopyable, isImported, sourceTime, survey, take, type World } from './survey';

/** One thing to do. */
export type ExportAction =
  | {
      readonly do: 'copy';
      readonly order: CopyOrder;
      readonly snapshot: Snapshot;
      /** Keys of the snapshot's tags that found no place on the copy. */
      readonly dropped: readonly string[];
    }
  /** Share with the vault, announce, and write down that both was done. */
  | { readonly do: 'publish'; readonly copy: Snapshot; readonly vaultAccount: AccountId; readonly source?: Snapshot }
  /** The vault has it: write that down on `source`, while AWS Backup still has it, and delete the copy. */
  | { readonly do: 'retire'; readonly copy: Snapshot; readonly source?: Snapshot; readonly copiedAt: string }
  /** The vault is refused this one copy, and a younger snapshot of the database needs its place: write on `source`, from
   * which it can be made again, when that is to be tried, and delete the copy. */
  | {
      readonly do: 'give-way';
      readonly copy: Snapshot;
      readonly source: Snapshot;
      readonly hold: Hold;
      /** Copies of the database that are held as well, and the tag by which the vault knows that a person has heard. */
      readonly successors: ReadonlyArray<{ readonly copy: Snapshot; readonly hold: Hold }>;
    }
  /** A failed copy that a later attempt has replaced. */
  | { readonly do: 'clear'; readonly copy: Snapshot }
  /** The snapshot of a failed copy was deleted: tell a person, and write it down on the copy, where the vault reads it. */
  | { readonly do: 'note-deleted'; readonly copy: Snapshot }
  /** What is remembered of a snapshot that still stands would soon be forgotten. */
  | { readonly do: 'renew'; readonly snapshot: Snapshot; readonly expiresAt: Date }
  /** Tell a person, once a day for each database, and write it down on `snapshot`. */
  | { readonly do: 'hold'; readonly snapshot: Snapshot; readonly code: VerdictCode }
  /** Tell of a snapshot that is not ours to write on, in the run that hears of it. */
  | { readonly do: 'tell'; readonly snapshot: Snapshot; readonly code: VerdictCode };

/** A snapshot that nothing is done about, and why. */
export interface Passed {
  readonly snapshot: Snapshot;
  readonly because:
    | 'not made by AWS Backup'
    | 'copied from another Region'
    | 'of no production database'
    | 'not tagged for this export key'
    | 'exported already'
    | 'not available yet'
    | 'an earlier copy of this database is in flight'
    | typeof WAIT_FOR_THE_VAULT
    | typeof NO_SLOT
    | 'our part of the quota is used up'
    | VerdictCode;
}

/** What must happen, in this order, and what need not. */
export interface ExportPlan {
  readonly actions: readonly ExportAction[];
  readonly passed: readonly Passed[];
  /** Minutes after which to look again: something will end by itself, and perhaps no event tells of it. */
  readonly lookAgain?: number;
  /** Databases of which a person has heard within a day, before this run. */
  readonly heard: ReadonlySet<string>;
}

/** Copies of one database that may wait for the vault: more would use up the team's own quota while the vault is away. */
const NOT_IMPORTED_PER_DATABASE = 2;
const WAIT_FOR_THE_VAULT = 'two copies of this database wait for the vault';

/** Decides what must happen to the snapshots of an account. Pure, and linear in their number (but for one sort). */
export function plan(facts: ExportFacts): ExportPlan {
  const world = survey(facts);
  const heard = new Set(world.heard);
  const actions: ExportAction[] = [...publications(world), ...retirements(world), ...clearances(world)];
  const passed: Passed[] = [];
  for (const snapshot of world.sources) {
    let because = whyNot(snapshot, world) ?? noRoom(snapshot, world);
    const way = because === WAIT_FOR_THE_VAULT ? giveWay(snapshot, world) : undefined;
    if (way) {
      actions.push(way);
      because = noRoom(snapshot, world);
    }
    if (!because) {
      take(snapshot, world);
      actions.push(copyAction(snapshot, world));
      continue;
    }
    passed.push({ snapshot, because });
  }
  for (const action of unheard(passed, world)) actions.push(action);
  for (const action of alerts(passed, world)) actions.push(action);
  for (const action of renewals(world)) actions.push(action);
  return { actions, passed, heard, ...(isUnderWay(actions, passed, world) && { lookAgain: lookAgainIn(passed) }) };
}

/** Copies that were started, or have not finished within their deadline, and snapshots that wait for either; what waits
 * for a person or for the vault can wait for the sweep. */
function isUnderWay(actions: readonly ExportAction[], passed: readonly Passed[], { copies, now, limits }: World) {
  return (
    actions.some((action) => action.do === 'copy') ||
    copies.some((copy) => inFlight(copy) && !isLate(copy, now, limits)) ||
    passed.some(({ because }) => because === 'not available yet')
  );
}

/** Untagged snapshots of production databases. AWS Backup made them for another plan: the role may not write on them, so
 * what was told is not remembered, and only the run that hears of one tells of it. */
const unheard = (passed: readonly Passed[], { told }: World): ExportAction[] =>
  passed
    .filter(({ because, snapshot }) => because === 'missing-tag' && told.has(snapshot.name))
    .map(({ snapshot }) => ({ do: 'tell', snapshot, code: 'missing-tag' }));

/** Why a snapshot is not to be exported, whatever room there is; undefined when it is due. */
function whyNot(snapshot: Snapshot, world: World): Passed['because'] | undefined {
  const { exportKey, previousKeyIds = [], databaseTag, copiesOf, keyIsShut, now } = world;
  const tag = snapshot.tags.get(RECOVERY_POINT_TAGS.exportKey);
  if (!isCopyable(snapshot)) return 'not made by AWS Backup';
  // It carries the original's tags, and the original crosses where it is: twice would be one place too many in the vault.
  // https://docs.aws.amazon.com/aws-backup/latest/devguide/tags-on-backups.html
  if (snapshot.name.startsWith(BACKUP_COPY_PREFIX)) return 'copied from another Region';
  if (!tag)
    return snapshot.tags.get(databaseTag.key) === databaseTag.value ? 'missing-tag' : 'of no production database';
  if (![keyIdOf(exportKey), ...previousKeyIds].includes(tag)) return 'not tagged for this export key';
  const copies = copiesOf.get(snapshot.arn) ?? [];
  if (isImported(snapshot) || copies.some((copy) => isImported(copy) || !isFailed(copy))) return 'exported already';
  const lasting = unsupportedReason(snapshot);
  if (lasting) return lasting;
  if (copies.length >= MAX_ATTEMPTS || copies.some(({ name }) => attemptOf(name) >= MAX_ATTEMPTS)) {
    return 'failed-too-often';
  }
  const hold = holdOf(snapshot);
  if (hold && !isDueAgain(hold, now) && hold.code !== 'failed-too-often') return hold.code;
  if (progressOf(snapshot) === 'unknown') return 'unknown-status';
  if (!isAvailable(snapshot)) return 'not available yet';
  return keyIsShut ? 'checkvalve-key-not-accessible' : undefined;
}

/** Why a snapshot that is due must wait, without alarm: something that ends by itself. */
function noRoom(
  { kind, database }: Snapshot,
  { busy, notImported, slots, room }: World,
): Passed['because'] | undefined {
  if (busy.has(database)) return 'an earlier copy of this database is in flight';
  if ((notImported.get(database) ?? 0) >= NOT_IMPORTED_PER_DATABASE) return WAIT_FOR_THE_VAULT;
  if (slots[kind] < 1) return NO_SLOT;
  if (room[kind].all < 1) return 'quota-full';
  return room[kind].ours < 1 ? 'our part of the quota is used up' : undefined;
}

function copyAction(snapshot: Snapshot, { exportKey, copiesOf, now }: World): ExportAction {
  const failed = copiesOf.get(snapshot.arn) ?? [];
  const attempt = failed.reduce((most, copy) => Math.max(most, attemptOf(copy.name)), 0) + 1;
  const { tags, dropped }: CarriedTags = carriedTags(snapshot.tags, {
    [TAGS.role]: 'export',
    [TAGS.database]: snapshot.database,
    [TAGS.snapshot]: snapshot.arn,
    [TAGS.sourceTime]: sourceTime(snapshot),
    [TAGS.startedAt]: now.toISOString(),
    [TAGS.plan]: snapshot.tags.get(RECOVERY_POINT_TAGS.plan) ?? 'unknown',
    ...(snapshot.resourceId && { [TAGS.resourceId]: snapshot.resourceId }),
  });
  const name = exportCopyName(databaseParts(snapshot.database).name, snapshot.arn, attempt);
  const order: CopyOrder = { source: snapshot.arn, kind: snapshot.kind, name, key: exportKey, tags };
  return { do: 'copy', order, snapshot, dropped };
}

function publications({ copies, sourceOf, vaultAccount }: World): ExportAction[] {
  return copies
    .filter((copy) => isAvailable(copy) && !copy.tags.has(TAGS.sharedAt) && !isImported(copy))
    .map((copy) => ({ do: 'publish', copy, vaultAccount, source: sourceOf.get(copy.tags.get(TAGS.snapshot) ?? '') }));
}

/** One alert for each database and day: the verdicts that nobody has heard of today. */
function alerts(passed: readonly Passed[], { copies, heard, now, limits }: World): ExportAction[] {
  const stuck = copies.filter((copy) => inFlight(copy) && isLate(copy, now, limits));
  const told: readonly { snapshot: Snapshot; because: string }[] = [
    ...passed.map(({ snapshot, because }) => ({
      snapshot,
      because: WAITS.has(because) && isLate(snapshot, now, limits) ? 'overdue' : because,
    })),
    ...stuck.map((snapshot) => ({ snapshot, because: 'stuck' })),
  ];
  return told.flatMap(({ snapshot, because }): ExportAction[] => {
    if (!(because in VERDICTS) || because === 'missing-tag' || heard.has(snapshot.database)) return [];
    // One page for the key, not one for each database: it stands on the snapshot with which RDS refused it.
    if (because === 'checkvalve-key-not-accessible' && holdOf(snapshot)?.code !== because) return [];
    heard.add(snapshot.database);
    return [{ do: 'hold', snapshot, code: because as VerdictCode }];
  });
}

/** What ends by itself: without alarm until the deadline of a copy has passed. */
const WAITS: ReadonlySet<Passed['because']> = new Set([
  'an earlier copy of this database is in flight',
  WAIT_FOR_THE_VAULT,
  NO_SLOT,
  'our part of the quota is used up',
]);
