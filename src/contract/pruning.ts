/** Why `prune-copies` does not trust the time, by id. The clock alone ends the term of a copy, so that no copy is deleted while
 * the time is not trusted. */
export const DISTRUST = {
  'no-time-from-aws': 'no response of AWS in this run has the time',
  'differs-from-aws': 'the clock differs from the clock of AWS by more than 15 minutes',
  'first-run': 'no earlier run recorded the time; the next run deletes what is due',
  'went-back': 'the clock is earlier than at the last run',
  'jumped-ahead': 'the clock is more than 48 hours later than at the last run',
} as const satisfies Record<string, string>;

/** One of {@link DISTRUST}. */
export type Distrust = keyof typeof DISTRUST;
