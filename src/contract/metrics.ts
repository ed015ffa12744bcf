/** Namespace of every metric of Checkvalve. */
export const METRIC_NAMESPACE = 'Checkvalve';

/** The dimension of every metric: the step that measures. It has as many values as there are steps. */
export const METRIC_DIMENSION = 'service';

// Steps write metrics, and alarms read them. One object for each step, so that its bundle carries only its own names.

/** Metrics of `follow-sources`. */
export const followSources = {
  /** 1 for each run that read a registry with entries. No data is the fault. */
  registryRead: 'RegistryRead',
  /** Accounts that the registry ends beyond the daily bound, or whose entry is unreadable: the vault still follows them. */
  exitsWaiting: 'ExitsWaiting',
  /** Accounts that the registry ends and that the vault follows for one more day. */
  exitsPending: 'ExitsPending',
  /** Accounts that left, and whose exit no operator has confirmed. */
  exitsUnconfirmed: 'ExitsUnconfirmed',
  /** Accounts in the registry that wait for acceptance because too many came in a day. */
  accountsWaiting: 'AccountsWaiting',
  /** Topics of followed accounts that refuse the subscription of the inbox. */
  subscriptionsRefused: 'SubscriptionsRefused',
  /** Hours since the sweep over the organization last wrote to the registry. */
  registryAge: 'RegistryAgeHours',
} as const;

/** Metrics of `import-copies`. */
export const importCopies = {
  /** Used part of the quota of manual snapshots, of instances or of clusters, whichever is fuller. Each run that observes the
   * vault measures it, so that no data is a fault as well. */
  quotaUsed: 'QuotaUsedPercent',
  /** Shared snapshots that are due and wait for a slot. */
  waitingForSlots: 'CopiesWaitingForSlots',
  /** Shared snapshots of databases that the vault does not admit yet. */
  waitingForAdmission: 'CopiesOfNewDatabasesWaiting',
  /** Shared snapshots that wait for a decision on their size, or for the next day. */
  waitingForSize: 'CopiesWaitingForSize',
  /** Shared snapshots of admitted databases for which there is no room. */
  waitingForRoom: 'CopiesWaitingForRoom',
  /** Places that are reserved for databases beyond the vault's quota, instances and clusters together. */
  reservedBeyondQuota: 'PlacesReservedBeyondQuota',
  /** Accounts for which fewer copies are started because their copies fail. */
  accountsInBackoff: 'AccountsInBackoff',
  /** Messages in the inbox from accounts that the vault does not follow, or that are no notifications. */
  messagesRejected: 'MessagesRejected',
  /** Export copies that were deleted, or are no longer shared, before the copy of the vault was finished. */
  deletedBeforeCopied: 'ExportCopiesDeletedBeforeCopied',
  /** Notifications in a run, of the account that sent the most. */
  notificationsOfOneAccount: 'NotificationsOfOneAccount',
} as const;

/** Metrics of `prune-copies`. */
export const pruneCopies = {
  /** 1 for each run that tried to delete all that was due, even if nothing was. No data is the fault. */
  done: 'PruningDone',
} as const;

/** Metrics of `report-coverage`. */
export const reportCoverage = {
  /** 1 for each report that is written to the evidence bucket. No data is the fault. */
  written: 'CoverageWritten',
  /** Databases that are unsupported and were not in the previous report. */
  newlyUnsupported: 'NewlyUnsupported',
  /** Accounts whose coverage access role is denied. */
  unknownAccounts: 'UnknownAccounts',
  /** Parts of accounts, or the registry, that could not be read although the access role is granted. */
  unreadParts: 'UnreadParts',
  /** Export copies that were shared hours ago and are not imported. */
  exportCopiesNotImported: 'ExportCopiesNotImported',
  /** Messages in the dead-letter queues of all sources. A queue that could not be read counts among the unread parts. */
  sourceDeadLetters: 'SourceDeadLetters',
  /** Jobs of AWS Backup that failed, expired or were aborted since the last alert, or within a day. */
  missedBackups: 'MissedBackups',
  /** Vault copies of the last week whose source tags RDS contradicts. */
  disputedCopies: 'DisputedCopies',
  /** Databases with the backup tag in Regions without a vault. */
  databasesElsewhere: 'DatabasesInUncoveredRegions',
} as const;

/** Name of the metric that counts the databases with a protection status: `DatabasesLate`, `DatabasesSourceDeleted`. */
export const databasesMetric = (status: string): string =>
  `Databases${status
    .split('-')
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join('')}`;
