/** How often steps run and read: the deployed rules and queues, the steps and the benchmarks use the same numbers. */
export const INTERVALS = {
  /** How long wakeups gather before one run processes all of them. */
  gatheringSeconds: 5,
  /** Between two sweeps of `export-snapshots`, which find what no event reported, and delete what the vault has imported. */
  sourceSweepMinutes: 60,
  /** Between two sweeps of `import-copies`, which find what no notification reported. An alarm awaits data each hour. */
  vaultSweepMinutes: 30,
  /** After which a step with copies in flight runs again. */
  reminderMinutes: 5,
  /** The same while copies of clusters wait for slots: the copy of a cluster ends without an event, and its slot stays unused
   * until the step runs. */
  crowdedReminderMinutes: 2,
  /** After which a source looks whether the vault has imported a copy for which another one waits. SQS delays no message longer. */
  vaultReminderMinutes: 15,
  /** Between two runs of `prune-copies`: what one run leaves, a later run of the same day deletes. */
  pruneHours: 6,
} as const;
