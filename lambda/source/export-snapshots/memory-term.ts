import { DAY } from '../../../src/contract/durations';
import type { Snapshot } from '../../_kit/ports/snapshots';
import type { ExportAction } from './export-action';
import type { IndexedFacts } from './index-facts';

/** Longer than daily backups are kept: most snapshots need one write. */
const MIN_TERM = 90 * DAY;
/** An entry is renewed when it has less than this left: for so long the step may stand still and lose no entry. */
const RENEWED_BEFORE = 45 * DAY;

/**
 * When the entry of a snapshot in the memory expires: after 90 days, or after as long again as the snapshot is old. A snapshot does
 * not have the retention of its recovery point; the entry of a five-year one is renewed seven times.
 */
export function memoryEnd({ takenAt, createdAt }: Pick<Snapshot, 'takenAt' | 'createdAt'>, now: Date): Date {
  const age = now.getTime() - (takenAt ?? createdAt ?? now).getTime();
  return new Date(now.getTime() + Math.max(MIN_TERM, age));
}

/** Renews the entries of existing snapshots that would expire soon. */
export const planRenewals = ({ sources, memory, now }: IndexedFacts): readonly ExportAction[] =>
  sources.flatMap((source): ExportAction[] => {
    const entry = memory.get(source.arn);
    if (!entry || entry.expiresAt.getTime() - now.getTime() > RENEWED_BEFORE) return [];
    return [{ do: 'renew', snapshot: source, expiresAt: memoryEnd(source, now) }];
  });
