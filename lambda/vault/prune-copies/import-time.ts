import { DAY, HOUR } from '../../../src/contract/durations';
import { TAGS } from '../../../src/contract/names';
import type { Snapshot } from '../../_kit/ports/snapshots';

/** By how much our clock and RDS's may differ over a copy: RDS lets a copy wait in its queue for hours, not for a week. */
const APART = 7 * DAY;

/** What is odd about the times of a copy. Such a copy is kept, and told of: no term can be counted from it. */
export type ImportTimeProblem =
  | 'import-time-missing'
  | 'import-time-unreadable'
  | 'import-time-in-future'
  | 'creation-time-missing'
  | 'import-and-creation-apart';

/** Since when a copy is in the vault, or why that cannot be told. */
export type Since = { readonly at: number } | { readonly odd: ImportTimeProblem };

/** An instant as the vault writes it, in milliseconds since the epoch; NaN for anything else. */
const instant = (text: string): number =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/.test(text) ? Date.parse(text) : Number.NaN;

/**
 * Since when a copy is in the vault: by `checkvalve:import-started-at`, the vault's own clock, and by when RDS made it; the
 * later of the two counts, so that neither clock alone can make a copy older than it is. Nothing a source wrote is read.
 */
export function importedSince({ tags, createdAt }: Snapshot, now: Date): Since {
  const text = tags.get(TAGS.importStartedAt);
  if (text === undefined) return { odd: 'import-time-missing' };
  const imported = instant(text);
  if (Number.isNaN(imported)) return { odd: 'import-time-unreadable' };
  if (imported > now.getTime() + HOUR) return { odd: 'import-time-in-future' };
  const made = createdAt?.getTime() ?? Number.NaN;
  if (Number.isNaN(made)) return { odd: 'creation-time-missing' };
  if (Math.abs(made - imported) > APART) return { odd: 'import-and-creation-apart' };
  return { at: Math.max(imported, made) };
}
