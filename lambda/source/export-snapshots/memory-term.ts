import { DAY } from '../../../src/contract/durations';
import type { Remembered } from '../../_kit/ports/export-memory';
import type { Snapshot } from '../../_kit/ports/snapshots';
import type { ExportAction } from './plan';
import type { World } from './survey';

/** Longer than daily backups are kept: most snapshots are remembered with one write. */
const MIN_TERM = 90 * DAY;
/** Time in which a renewal has to be made; it is the longest that the step may stand still and forget nothing. */
const RENEWED_BEFORE = 45 * DAY;

/**
 * Until when a snapshot is remembered: for 90 days, and for once more its age. How long a recovery point lives, its
 * snapshot does not say; a five-year one is renewed seven times.
 */
export function memoryEnd({ takenAt, createdAt }: Pick<Snapshot, 'takenAt' | 'createdAt'>, now: Date): Date {
  const age = now.getTime() - (takenAt ?? createdAt ?? now).getTime();
  return new Date(now.getTime() + Math.max(MIN_TERM, age));
}

/** What is remembered of snapshots that still stand, and would soon be forgotten. */
export const renewals = ({ sources, memory, now }: World): ExportAction[] =>
  sources.flatMap((source): ExportAction[] => {
    const kept: Remembered | undefined = memory.get(source.arn);
    if (!kept || kept.expiresAt.getTime() - now.getTime() > RENEWED_BEFORE) return [];
    return [{ do: 'renew', snapshot: source, expiresAt: memoryEnd(source, now) }];
  });
