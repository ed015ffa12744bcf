import { DAY } from '../../../src/contract/durations';
import { attemptOf, TAGS } from '../../../src/contract/names';
import { groupBy, isAvailable } from '../../_kit/copies';
import { isOver } from '../../_kit/copy-states';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { importTime } from '../../_kit/vault-copies';
import { importedSince } from './import-time';

/** How RDS calls an import that came to nothing. A copy in another state that never ends, such as `error`, may have been good
 * once. */
const FAILED: readonly string[] = ['failed', 'cancelled', 'canceled'];

/** Days for which a source can put a deletion off by sharing the export copy on, and for which a copy that may have been good
 * once waits for a person; then it is deleted all the same. */
export const PATIENCE_DAYS = 30;

/** Whether a copy is an import that came to nothing, or a copy that will never be good again. */
export const isFailedImport = ({ status }: Snapshot): boolean => isOver(status);

/** Whether a copy may have been good before it came to the state that it is in. */
export const mayHaveBeenGood = ({ status }: Snapshot): boolean => !FAILED.includes(status.toLowerCase());

/** Whether import-copies has seen for so long that the copy is no good. */
function isSeenLong({ tags }: Snapshot, now: Date): boolean {
  const since = Date.parse(tags.get(TAGS.failedAt) ?? '');
  return now.getTime() - since > PATIENCE_DAYS * DAY;
}

/** ARN of the export copy that a vault copy was made from. */
export const exportCopyOf = ({ tags }: Snapshot): string => tags.get(TAGS.exportCopy) ?? '';

/**
 * The failed imports that nobody needs any more. The newest attempt stays while its export copy is shared and the vault
 * has no good copy of it: its name carries the count of attempts, without which the import would be tried for ever. A copy
 * that may have been good once stays until the vault has a good copy of the same export copy, or for thirty days.
 *
 * @param ours every vault copy, in whatever state
 */
export function spentAttempts(ours: readonly Snapshot[], shared: ReadonlySet<string>, now: Date): readonly Snapshot[] {
  const concerned = new Set(ours.filter(isFailedImport).map(exportCopyOf));
  const attemptsOf = groupBy(
    ours.filter((snapshot) => concerned.has(exportCopyOf(snapshot))),
    exportCopyOf,
  );
  return [...attemptsOf].flatMap(([exportCopy, attempts]) => {
    const hasGoodOne = attempts.some(isAvailable);
    const over = !shared.has(exportCopy) || hasGoodOne;
    const latest = attempts.reduce((most, { name }) => Math.max(most, attemptOf(name)), 0);
    return attempts.filter((snapshot) => {
      if (!isFailedImport(snapshot)) return false;
      if (mayHaveBeenGood(snapshot)) return hasGoodOne || isSeenLong(snapshot, now);
      if (over || attemptOf(snapshot.name) < latest) return true;
      // Of what has failed RDS may not say when it was made.
      const since = importedSince({ ...snapshot, createdAt: snapshot.createdAt ?? importTime(snapshot) }, now);
      return 'at' in since && now.getTime() - since.at > PATIENCE_DAYS * DAY;
    });
  });
}
