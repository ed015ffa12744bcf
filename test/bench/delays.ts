import { INTERVALS } from '../../src/contract/intervals';
import type { Random } from '../../src/simulation/random';

/** Seconds that AWS takes between one thing and the next, `[least, most]`, all between equally likely. Assumed: AWS names
 * no bounds. */
type Span = readonly [least: number, most: number];

/** What lies between something that happens and the step that looks, beside the steps' own rhythm. Seconds. */
export const DELAYS = {
  /** From a snapshot or a copy that is available to its event in the step's queue. */
  event: [5, 60] as Span,
  /** From a notification to the vault's inbox. */
  notification: [1, 5] as Span,
  /** From the first call of a run to what it does. */
  run: [2, 10] as Span,
} as const;

/** A number of seconds within a span. */
export const within = (random: Random, [least, most]: Span): number => least + random.next() * (most - least);

const spanText = ([min, max]: Span): string => `${min}–${max} s`;

/** The model in a line. */
export const delayModel = (): string =>
  `Delays: an event ${spanText(DELAYS.event)}, a notification ${spanText(DELAYS.notification)}, wake-ups gather for ` +
  `${INTERVALS.gatheringSeconds} s, a run looks for ${spanText(DELAYS.run)}, reminds itself after ${INTERVALS.reminderMinutes} min ` +
  `while something is under way (${INTERVALS.crowdedReminderMinutes} min while clusters wait for a slot), a sweep each ` +
  `${INTERVALS.sourceSweepMinutes} min in a source and ${INTERVALS.vaultSweepMinutes} min in the vault. A copy of a cluster ends without an event. AWS's own delays are assumed.`;
