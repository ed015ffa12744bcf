/** How soon a step looks, whatever woke it; the deployed queues, the steps and the measurements agree on it. */
export const INTERVALS = {
  /** In which wake-ups gather before one run answers them all. */
  gatheringSeconds: 20,
  /** Between two sweeps, which find what nothing else told. */
  sweepMinutes: 15,
  /** After which a step looks again that has something under way. */
  reminderMinutes: 5,
  /** The same while copies of clusters wait for the slots of others: a cluster's copy ends without an event, and until
   * somebody looks its slot stands idle. */
  crowdedReminderMinutes: 2,
  /** Between two runs of prune-copies: what one run leaves for the next goes on the same day. */
  pruneHours: 6,
} as const;
