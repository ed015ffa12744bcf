import { DAY } from '../../../src/contract/durations';
import { attemptOf, TAGS } from '../../../src/contract/names';
import { groupBy, isAvailable } from '../../_kit/copies';
import { isOver } from '../../_kit/copy-states';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { importTime } from '../../_kit/vault-copies';
import { importedSince } from './import-time';

/** Statuses of an import that failed. A copy in another final status, such as `error`, may have been good before. */
const FAILED: readonly string[] = ['failed', 'cancelled', 'canceled'];

/** Days for which a source delays a deletion at most by keeping the export copy shared, and for which a copy that may have
 * been good waits for an operator. prune-copies deletes it afterwards. */
export const PATIENCE_DAYS = 30;

/** Whether a copy is a failed import, or a copy that will never be good again. */
export const isFailedImport = ({ status }: Snapshot): boolean => isOver(status);

/** Whether a copy may have been good before it got its status. */
export const mayHaveBeenGood = ({ status }: Snapshot): boolean => !FAILED.includes(status.toLowerCase());

/** Whether import-copies noticed so long ago that the copy is not good. */
function isFailedForLong({ tags }: Snapshot, now: Date): boolean {
  const since = Date.parse(tags.get(TAGS.failedAt) ?? '');
  return now.getTime() - since > PATIENCE_DAYS * DAY;
}

/** ARN of the export copy that a vault copy was made from. */
export const exportCopyOf = ({ tags }: Snapshot): string => tags.get(TAGS.exportCopy) ?? '';

/**
 * The failed imports that are no longer needed. The newest attempt stays while its export copy is shared and the vault has no
 * good copy of it: the count of attempts is in its name, and without it import-copies would try for ever. A copy that may have
 * been good stays until the vault has a good copy of the same export copy, or for thirty days.
 *
 * @param ours every vault copy, of any status
 */
export function spentAttempts(ours: readonly Snapshot[], shared: ReadonlySet<string>, now: Date): readonly Snapshot[] {
  const withFailures = new Set(ours.filter(isFailedImport).map(exportCopyOf));
  const attemptsOf = groupBy(
    ours.filter((snapshot) => withFailures.has(exportCopyOf(snapshot))),
    exportCopyOf,
  );
  return [...attemptsOf].flatMap(([exportCopy, attempts]) => {
    const hasGoodOne = attempts.some(isAvailable);
    const isDone = !shared.has(exportCopy) || hasGoodOne;
    const latest = attempts.reduce((max, { name }) => Math.max(max, attemptOf(name)), 0);
    return attempts.filter((snapshot) => {
      if (!isFailedImport(snapshot)) return false;
      if (mayHaveBeenGood(snapshot)) return hasGoodOne || isFailedForLong(snapshot, now);
      if (isDone || attemptOf(snapshot.name) < latest) return true;
      // RDS may not say when a failed copy was made.
      const since = importedSince({ ...snapshot, createdAt: snapshot.createdAt ?? importTime(snapshot) }, now);
      return 'at' in since && now.getTime() - since.at > PATIENCE_DAYS * DAY;
    });
  });
}
