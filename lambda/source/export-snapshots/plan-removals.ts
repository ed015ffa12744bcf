import { DAY } from '../../../src/contract/durations';
import { attemptOf, TAGS } from '../../../src/contract/names';
import { type Hold, isDueAgain, type VerdictCode } from '../../../src/contract/verdicts';
import { isAvailable, isFailed } from '../../_kit/copies';
import { holdOf } from '../../_kit/export-copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import type { ExportAction } from './export-action';
import { byTime, isImported } from './export-copies';
import type { IndexedFacts } from './index-facts';

/** Deletes an export copy that the vault has imported. */
export type RetireAction = Extract<ExportAction, { do: 'retire' }>;
/** Deletes an export copy that the vault is refused. */
export type GiveWayAction = Extract<ExportAction, { do: 'give-way' }>;

/**
 * Deletes copies that the vault has imported. Cluster snapshots are always copied in full, so each copy is deleted at once. The
 * newest imported copy of an instance stays until a newer one is imported, so that the next copy is incremental; unless its place
 * is needed.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
 */
export function planRetirements({ copiesOfDatabase, sourceOf, capacity }: IndexedFacts): readonly RetireAction[] {
  const isCrowded = !capacity.has('place:instance') || !capacity.has('quota:instance');
  return [...copiesOfDatabase.values()].flatMap((copies) => {
    const imported = byTime(copies.filter((copy) => isAvailable(copy) && isImported(copy)));
    const retired = [
      // The vault has its own copy, and the next copy is not based on a failed one.
      ...copies.filter((copy) => isImported(copy) && isFailed(copy)),
      ...imported.filter(({ kind }, at) => kind === 'cluster' || isCrowded || at < imported.length - 1),
    ];
    return retired.map((copy): RetireAction => {
      const source = sourceOf.get(copy.tags.get(TAGS.snapshot) ?? '');
      return { do: 'retire', copy, source, importedAt: copy.tags.get(TAGS.importedAt) ?? '' };
    });
  });
}

/** For how long a failed copy records that its snapshot was deleted: the coverage report sends its alerts once a day. */
const RECORDED_FOR = 3 * DAY;

/**
 * Deletes failed copies that a later attempt has replaced, or whose snapshot is imported or no longer exists. Where the snapshot was
 * deleted before any copy of it was complete, nothing else records that: the last failed copy keeps the verdict for some days, in
 * which the vault's coverage report reads it.
 */
export function planClearances({ copiesOf, sourceOf, sources, now }: IndexedFacts): readonly ExportAction[] {
  const existing = new Set<string>(sources.map(({ arn }) => arn));
  return [...copiesOf].flatMap(([snapshot, copies]) => {
    const latest = copies.reduce((most, { name }) => Math.max(most, attemptOf(name)), 0);
    const source = sourceOf.get(snapshot);
    const isOver = !source || isImported(source);
    const failed = copies.filter((copy) => isFailed(copy) && !isImported(copy));
    const isLost = !existing.has(snapshot) && failed.length === copies.length;
    const recorded = failed.find((copy) => holdOf(copy)?.code === 'snapshot-deleted');
    const record = isLost ? (recorded ?? failed.at(-1)) : undefined;
    const isRecent = !recorded || now.getTime() - (holdOf(recorded)?.at.getTime() ?? 0) < RECORDED_FOR;
    const notes: ExportAction[] = record && !recorded ? [{ do: 'note-deleted', copy: record }] : [];
    const cleared = failed.filter(
      (copy) => (isOver || attemptOf(copy.name) < latest) && !(isRecent && copy === record),
    );
    return [...notes, ...cleared.map((copy): ExportAction => ({ do: 'clear', copy }))];
  });
}

/** Verdicts of the vault on one copy alone: the next copy of the database may be imported. */
const ON_ONE_COPY: readonly VerdictCode[] = ['copy-refused', 'failed-too-often', 'unknown-status'];
/** After so many refusals the next try is due a day later. */
const REFUSALS_UNTIL_DAILY = 8;

/**
 * The oldest copy of the database that the vault is refused and that can be made again gives its place to a younger snapshot. A
 * copy whose snapshot no longer exists keeps its place.
 */
export function planGiveWay(
  database: string,
  { copiesOfDatabase, sourceOf, now }: IndexedFacts,
): GiveWayAction | undefined {
  const copies = copiesOfDatabase.get(database) ?? [];
  for (const copy of byTime(copies)) {
    const [hold, source] = [holdOf(copy), sourceOf.get(copy.tags.get(TAGS.snapshot) ?? '')];
    if (!hold || !source || !isAvailable(source)) continue;
    if (!isAvailable(copy) || isImported(copy) || !ON_ONE_COPY.includes(hold.code)) continue;
    // The next try is due, and the vault may be copying: the tag has only the last refusal.
    if (isDueAgain(hold, now)) continue;
    const count = Math.max(hold.count, REFUSALS_UNTIL_DAILY);
    const others = copies.filter((one) => one !== copy);
    return {
      do: 'give-way',
      copy,
      source,
      hold: { ...hold, code: 'copy-refused', count, at: now },
      successors: successorsOf(hold, others),
    };
  }
  return undefined;
}

/** The vault sees only export copies: the remaining ones record that the database had an alert today. */
const successorsOf = ({ alertedAt }: Hold, others: readonly Snapshot[]) =>
  others.flatMap((copy) => {
    const hold = holdOf(copy);
    if (!alertedAt || !hold || isImported(copy) || (hold.alertedAt && hold.alertedAt >= alertedAt)) return [];
    return [{ copy, hold: { ...hold, alertedAt } }];
  });
