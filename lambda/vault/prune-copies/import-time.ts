import { DAY, HOUR } from '../../../src/contract/durations';
import { TAGS } from '../../../src/contract/names';
import type { Snapshot } from '../../_kit/ports/snapshots';

/** How far the vault's clock and RDS's may be apart for one copy: RDS queues a copy for hours, not for a week. */
const MAX_APART = 7 * DAY;

/** Why no term can be counted from the times of a copy. Such a copy is kept and logged. */
export type ImportTimeProblem =
  | 'import-time-missing'
  | 'import-time-unreadable'
  | 'import-time-in-future'
  | 'creation-time-missing'
  | 'import-and-creation-apart';

/** Since when a copy is in the vault, in milliseconds since the epoch, or why that is not known. */
export type ImportedSince = { readonly at: number } | { readonly problem: ImportTimeProblem };

/** An instant as the vault writes it, in milliseconds since the epoch; NaN for anything else. */
const instant = (text: string): number =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/.test(text) ? Date.parse(text) : Number.NaN;

/**
 * Since when a copy is in the vault: the later of `checkvalve:imported-at`, by the vault's clock, and the time at which
 * RDS made it, so that neither clock alone makes a copy older than it is. Nothing that a source wrote counts.
 */
export function importedSince({ tags, createdAt }: Snapshot, now: Date): ImportedSince {
  const text = tags.get(TAGS.importStartedAt);
  if (text === undefined) return { problem: 'import-time-missing' };
  const imported = instant(text);
  if (Number.isNaN(imported)) return { problem: 'import-time-unreadable' };
  if (imported > now.getTime() + HOUR) return { problem: 'import-time-in-future' };
  const made = createdAt?.getTime() ?? Number.NaN;
  if (Number.isNaN(made)) return { problem: 'creation-time-missing' };
  if (Math.abs(made - imported) > MAX_APART) return { problem: 'import-and-creation-apart' };
  return { at: Math.max(imported, made) };
}
