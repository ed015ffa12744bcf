import { attemptOf, TAGS } from '../../../src/contract/names';
import { type Hold, isDueAgain, type VerdictCode } from '../../../src/contract/verdicts';
import { isAvailable, isFailed } from '../../_kit/copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import type { ExportAction } from './plan';
import { byTime, holdOf, isImported, type World } from './survey';

/** What the vault says of one copy alone: the next one of the database may well cross. */
const OF_THIS_COPY: readonly VerdictCode[] = ['copy-refused', 'failed-too-often', 'unknown-status'];
/** As after so many refusals a copy that gave way is tried again a day later. */
const A_DAY_LATER = 8;

/**
 * Clusters are always copied whole, so a taken copy goes at once. An instance's newest taken copy stays until a newer
 * one has been taken, so that the next copy is made from the difference alone; but not when its place is needed.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
 */
export function retirements({ copiesOfDatabase, sourceOf, room }: World): ExportAction[] {
  const crowded = room.instance.ours < 1 || room.instance.all < 1;
  // What the vault has taken need not be good any more; nor can the next copy be made from what is not.
  const isBad = (copy: Snapshot) => isImported(copy) && isFailed(copy);
  return [...copiesOfDatabase.values()].flatMap((copies) => {
    const taken = byTime(copies.filter((copy) => isAvailable(copy) && isImported(copy)));
    const past = [
      ...copies.filter(isBad),
      ...taken.filter(({ kind }, at) => kind === 'cluster' || crowded || at < taken.length - 1),
    ];
    return past.map((copy): ExportAction => {
      room[copy.kind].ours += 1;
      room[copy.kind].all += 1;
      const source = sourceOf.get(copy.tags.get(TAGS.snapshot) ?? '');
      return { do: 'retire', copy, source, copiedAt: copy.tags.get(TAGS.copiedAt) ?? '' };
    });
  });
}

/** For how long a failed copy tells that its snapshot was deleted: the vault's coverage alerts people once a day. */
const NOTED_FOR_MS = 3 * 24 * 3_600_000;

/**
 * Failed copies go when a later attempt stands in their place, or nothing is left to be copied again. Where a snapshot was
 * deleted while its copy was made, so that no copy of it is good, nothing else remembers it: the last failed copy carries the
 * verdict for some days, in which the coverage of the vault reads it.
 */
export function clearances({ copiesOf, sourceOf, sources, now }: World): ExportAction[] {
  const standing = new Set<string>(sources.map(({ arn }) => arn));
  return [...copiesOf].flatMap(([snapshot, copies]) => {
    const latest = copies.reduce((most, { name }) => Math.max(most, attemptOf(name)), 0);
    const source = sourceOf.get(snapshot);
    const over = !source || isImported(source);
    const failed = copies.filter((copy) => isFailed(copy) && !isImported(copy));
    const isLost = !standing.has(snapshot) && failed.length === copies.length;
    const noted = failed.find((copy) => holdOf(copy)?.code === 'snapshot-deleted');
    const told = isLost ? (noted ?? failed.at(-1)) : undefined;
    const isKept = !noted || now.getTime() - (holdOf(noted)?.at.getTime() ?? 0) < NOTED_FOR_MS;
    const lost: ExportAction[] = told && !noted ? [{ do: 'note-deleted', copy: told }] : [];
    return [
      ...lost,
      ...failed
        .filter((copy) => (over || attemptOf(copy.name) < latest) && !(isKept && copy === told))
        .map((copy): ExportAction => ({ do: 'clear', copy })),
    ];
  });
}

/**
 * The oldest copy of the database that the vault was refused and that can be made again, if there is one: its place is
 * free. What no longer stands anywhere else keeps its place.
 */
export function giveWay({ database }: Snapshot, world: World): ExportAction | undefined {
  const { copiesOfDatabase, sourceOf, now } = world;
  for (const copy of byTime(copiesOfDatabase.get(database) ?? [])) {
    const [hold, source] = [holdOf(copy), sourceOf.get(copy.tags.get(TAGS.snapshot) ?? '')];
    if (!hold || !source || !isAvailable(source)) continue;
    if (!isAvailable(copy) || isImported(copy) || !OF_THIS_COPY.includes(hold.code)) continue;
    // The vault may have asked again, and be copying: what it wrote down is only the last time that it was refused.
    if (isDueAgain(hold, now)) continue;
    world.notImported.set(database, (world.notImported.get(database) ?? 1) - 1);
    world.room[copy.kind].ours += 1;
    world.room[copy.kind].all += 1;
    const count = Math.max(hold.count, A_DAY_LATER);
    const successors = successorsOf(
      hold,
      (copiesOfDatabase.get(database) ?? []).filter((one) => one !== copy),
    );
    return { do: 'give-way', copy, source, hold: { ...hold, code: 'copy-refused', count, at: now }, successors };
  }
  return undefined;
}

/** The vault sees no snapshot but our copies: on those that are left it is to read that a person has heard today. */
const successorsOf = ({ alertedAt }: Hold, others: readonly Snapshot[]) =>
  others.flatMap((copy) => {
    const hold = holdOf(copy);
    if (!alertedAt || !hold || isImported(copy) || (hold.alertedAt && hold.alertedAt >= alertedAt)) return [];
    return [{ copy, hold: { ...hold, alertedAt } }];
  });
