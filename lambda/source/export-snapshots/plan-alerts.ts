import { VERDICTS, type VerdictCode } from '../../../src/contract/verdicts';
import { inFlight, isLate, NO_SLOT } from '../../_kit/copies';
import { holdOf } from '../../_kit/export-copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import type { ExportAction, SkippedSnapshot } from './export-action';
import type { IndexedFacts } from './index-facts';

/** Snapshots of production databases without the tag. AWS Backup made them for another plan, and the role of the step may not tag
 * them: the alert is not recorded, and only the run whose event names the snapshot logs it. */
export const planLoggedAlerts = (
  passed: readonly SkippedSnapshot[],
  { reported }: IndexedFacts,
): readonly ExportAction[] =>
  passed
    .filter(({ because, snapshot }) => because === 'missing-tag' && reported.has(snapshot.name))
    .map(({ snapshot }) => ({ do: 'log-alert', snapshot, code: 'missing-tag' }));

/** One alert a day for each database: the first verdict on it, where the database had no alert today. */
export function planAlerts(passed: readonly SkippedSnapshot[], index: IndexedFacts): readonly ExportAction[] {
  const { copies, now, limits } = index;
  const alerted = new Set(index.alerted);
  const stuck = copies.filter((copy) => inFlight(copy) && isLate(copy, now, limits));
  const reasons: readonly { snapshot: Snapshot; because: string }[] = [
    ...passed.map(({ snapshot, because }) => ({
      snapshot,
      because: WAITS.has(because) && isLate(snapshot, now, limits) ? 'overdue' : because,
    })),
    ...stuck.map((snapshot) => ({ snapshot, because: 'stuck' })),
  ];
  return reasons.flatMap(({ snapshot, because }): ExportAction[] => {
    if (!(because in VERDICTS) || because === 'missing-tag' || alerted.has(snapshot.database)) return [];
    // One alert about the key, not one for each database: it is on the snapshot with which RDS refused the key.
    if (because === 'checkvalve-key-not-accessible' && holdOf(snapshot)?.code !== because) return [];
    alerted.add(snapshot.database);
    return [{ do: 'alert', snapshot, code: because as VerdictCode }];
  });
}

/** Waits that end by themselves: without an alert until the deadline of a copy is over. */
const WAITS: ReadonlySet<SkippedSnapshot['because']> = new Set([
  'earlier-copy-in-flight',
  'waiting-for-vault',
  NO_SLOT,
  'export-part-of-quota-used',
]);
