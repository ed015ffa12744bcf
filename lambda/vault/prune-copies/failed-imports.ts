import { attemptOf, TAGS } from '../../../src/contract/names';
import { groupBy, isAvailable } from '../../_kit/copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { importTime } from '../../_kit/vault-copies';
import { DAY, sinceOf } from './vault-clock';

/** How RDS calls an import that came to nothing. A copy in `error` may have been good once: that one a person judges. */
const FAILED: readonly string[] = ['failed', 'cancelled', 'canceled'];

/** Days for which a source can put a deletion off by sharing the export copy on; then it is deleted all the same. */
export const PATIENCE_DAYS = 30;

/** Whether a copy is an import that came to nothing. */
export const isFailedImport = ({ status }: Snapshot): boolean => FAILED.includes(status.toLowerCase());

/** ARN of the export copy that a vault copy was made from. */
export const exportCopyOf = ({ tags }: Snapshot): string => tags.get(TAGS.exportCopy) ?? '';

/**
 * The failed imports that nobody needs any more. The newest attempt stays while its export copy is shared and the vault
 * has no good copy of it: its name carries the count of attempts, without which the import would be tried for ever.
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
    const over = !shared.has(exportCopy) || attempts.some(isAvailable);
    const latest = attempts.reduce((most, { name }) => Math.max(most, attemptOf(name)), 0);
    return attempts.filter((snapshot) => {
      if (!isFailedImport(snapshot)) return false;
      if (over || attemptOf(snapshot.name) < latest) return true;
      // Of what has failed RDS may not say when it was made.
      const since = sinceOf({ ...snapshot, createdAt: snapshot.createdAt ?? importTime(snapshot) }, now);
      return 'at' in since && now.getTime() - since.at > PATIENCE_DAYS * DAY;
    });
  });
}
