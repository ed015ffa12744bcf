/** Why prune-copies does not trust the time. Copies grow old by the clock alone, so until then no copy is deleted. */
export const DISTRUST = {
  'no-time-from-aws': 'no answer of AWS in this run says what time it is',
  'differs-from-aws': 'the clock differs from AWS’s by more than 15 minutes',
  'first-run': 'no run before this one has noted the time; the next run deletes what is due',
  'went-back': 'the clock is earlier than at the last run',
  'jumped-ahead': 'the clock is more than 48 hours later than at the last run',
} as const satisfies Record<string, string>;

/** One of {@link DISTRUST}. */
export type Distrust = keyof typeof DISTRUST;
