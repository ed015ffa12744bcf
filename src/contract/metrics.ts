/** Namespace of every metric of ours. */
export const METRIC_NAMESPACE = 'Checkvalve';

/** The one dimension of every metric of ours: the step that measured. Bounded by the number of steps. */
export const METRIC_DIMENSION = 'service';

// What a step writes, an alarm reads. Apart, so that each step carries the names of its own.

/** What follow-sources measures. */
export const followSources = {
  /** 1 for each reading of a registry that has entries. Its absence is the fault. */
  registryRead: 'RegistryRead',
  /** Accounts that the registry ends beyond the daily bound, or whose entry cannot be read: the vault follows them on. */
  exitsWaiting: 'ExitsWaiting',
  /** Accounts that the registry ends and that the vault still follows: told a day before they leave. */
  exitsPending: 'ExitsPending',
  /** Accounts that left, and whose exit no person has confirmed. */
  exitsUnconfirmed: 'ExitsUnconfirmed',
  /** Accounts in the registry that wait for a person because too many came in a day. */
  accountsWaiting: 'AccountsWaiting',
  /** Topics of followed accounts that do not let the inbox subscribe. */
  subscriptionsRefused: 'SubscriptionsRefused',
  /** Hours since the sweep over the organization was last heard of. */
  registryAge: 'RegistryAgeHours',
} as const;

/** What import-copies measures. */
export const importCopies = {
  /** Part of the quota of manual snapshots in use, instances or clusters, whichever is fuller. Each run that could look
   * around measures it, so that its absence is a fault beside. */
  quotaUsed: 'QuotaUsedPercent',
  /** Shared snapshots that are due and wait for a slot. */
  waitingForSlots: 'CopiesWaitingForSlots',
  /** Shared snapshots of databases that the vault does not admit yet. */
  waitingForAdmission: 'CopiesOfNewDatabasesWaiting',
  /** Shared snapshots that wait for a decision on their size, or for the next day. */
  waitingForSize: 'CopiesWaitingForSize',
  /** Shared snapshots of admitted databases for which there is no place. */
  waitingForRoom: 'CopiesWaitingForRoom',
  /** Places that are reserved for databases beyond the vault's quota, instances and clusters together. */
  reservedBeyondQuota: 'PlacesReservedBeyondQuota',
  /** Accounts of which fewer copies are started because their copies fail. */
  accountsSlowed: 'AccountsSlowed',
  /** Messages in the inbox from senders that the vault does not follow, or that are no notifications. */
  messagesRejected: 'MessagesRejected',
  /** Export copies that were deleted, or are shared no more, before the vault's copy was finished. */
  deletedBeforeCopied: 'ExportCopiesDeletedBeforeCopied',
  /** Notifications in a run, of the account that sent most of them. */
  notificationsOfOneAccount: 'NotificationsOfOneAccount',
} as const;

/** What prune-copies measures. */
export const pruneCopies = {
  /** 1 for each run that has tried whatever it had to delete, be it nothing. Its absence is the fault. */
  done: 'PruningDone',
} as const;

/** What report-coverage measures. */
export const reportCoverage = {
  /** 1 for each report that stands in the evidence bucket. Its absence is the fault. */
  written: 'CoverageWritten',
  /** Unsupported databases that the report before did not call so. */
  newlyUnsupported: 'NewlyUnsupported',
  /** Accounts whose access role does not open. */
  unknownAccounts: 'UnknownAccounts',
  /** Parts that could not be read behind access roles that are open, and the registry. */
  unreadParts: 'UnreadParts',
  /** Export copies that were shared hours ago and that the vault has not taken. */
  exportCopiesNotImported: 'ExportCopiesNotImported',
  /** Messages in the dead-letter queues of all sources; what could not be counted is among the parts that were not read. */
  sourceDeadLetters: 'SourceDeadLetters',
  /** Jobs of AWS Backup that failed, expired or were aborted since people were last told, or in a day. */
  missedBackups: 'MissedBackups',
  /** Vault copies of the last week whose source says otherwise than RDS of what they are copies of. */
  disputedCopies: 'DisputedCopies',
  /** Databases that are tagged for backup in Regions that no vault covers. */
  databasesElsewhere: 'DatabasesInUncoveredRegions',
} as const;

/** Name of the metric that counts the databases of one verdict: `DatabasesLate`, `DatabasesSourceDeleted`. */
export const databasesMetric = (verdict: string): string =>
  `Databases${verdict
    .split('-')
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join('')}`;
