// Names of the environment variables by which a stack configures a step: one object for each step, so that the bundle of a
// step carries only its own. Imported as `ENV`.

/** Environment of enroll-accounts. */
export const enrollAccounts = {
  registryTable: 'CHECKVALVE_REGISTRY_TABLE',
  alertsTopic: 'CHECKVALVE_ALERTS_TOPIC',
  queue: 'CHECKVALVE_QUEUE',
  runbookUrl: 'CHECKVALVE_RUNBOOK_URL',
  /** JSON of the enrollment rules: see enrollment-settings.ts. */
  settings: 'CHECKVALVE_SETTINGS',
} as const;

/** Environment of watch-rollout. */
export const watchRollout = {
  /** Names of the StackSets of all cells, separated by commas. */
  stackSets: 'CHECKVALVE_STACK_SET',
  /** Id of the root or the unit under which stack instances are created. */
  ancestor: 'CHECKVALVE_ANCESTOR',
  registryTable: 'CHECKVALVE_REGISTRY_TABLE',
  alertsTopic: 'CHECKVALVE_ALERTS_TOPIC',
  queue: 'CHECKVALVE_QUEUE',
  runbookUrl: 'CHECKVALVE_RUNBOOK_URL',
} as const;

/** Environment of enable-backup. */
export const enableBackup = {
  /** `report` or `set`. */
  serviceOptIn: 'CHECKVALVE_SERVICE_OPT_IN',
  /** Name of the backup vault to create; empty in a Region that receives no copies of other Regions. */
  copiesVault: 'CHECKVALVE_COPIES_VAULT',
} as const;

/** Environment of export-snapshots. */
export const exportSnapshots = {
  exportKeyArn: 'CHECKVALVE_EXPORT_KEY_ARN',
  /** Ids of the keys that this key replaced, separated by commas; empty for none. */
  previousKeyIds: 'CHECKVALVE_PREVIOUS_KEY_IDS',
  topicArn: 'CHECKVALVE_TOPIC_ARN',
  vaultAccount: 'CHECKVALVE_VAULT_ACCOUNT',
  wakeupsUrl: 'CHECKVALVE_WAKEUPS_URL',
  exportMemoryTable: 'CHECKVALVE_EXPORT_MEMORY_TABLE',
  /** JSON of the tag that selects a database for backup: `{ "key": "environment", "value": "production" }`. */
  databaseTag: 'CHECKVALVE_DATABASE_TAG',
  /** JSON of `CopyLimits`: see lambda/_kit/copies.ts. */
  limits: 'CHECKVALVE_LIMITS',
} as const;

/** Environment of follow-sources. */
export const followSources = {
  registryAccessArn: 'CHECKVALVE_REGISTRY_ACCESS_ARN',
  registryTable: 'CHECKVALVE_REGISTRY_TABLE',
  registryRegion: 'CHECKVALVE_REGISTRY_REGION',
  sourcesTable: 'CHECKVALVE_SOURCES_TABLE',
  inboxArn: 'CHECKVALVE_INBOX_ARN',
  /** JSON: `{ "maxNewAccountsPerDay": 50, "cell": "north" }`; without `cell` it is the vault of the only cell. */
  limits: 'CHECKVALVE_LIMITS',
} as const;

/** Environment of import-copies. */
export const importCopies = {
  importKeyArn: 'CHECKVALVE_IMPORT_KEY_ARN',
  sourcesTable: 'CHECKVALVE_SOURCES_TABLE',
  indexTable: 'CHECKVALVE_COPY_INDEX_TABLE',
  wakeupsUrl: 'CHECKVALVE_WAKEUPS_URL',
  /** JSON of `CopyLimits`: see lambda/_kit/copies.ts. */
  limits: 'CHECKVALVE_LIMITS',
  /** JSON of `AdmissionRules`: see admission.ts. */
  admission: 'CHECKVALVE_ADMISSION',
} as const;

/** Environment of prune-copies. */
export const pruneCopies = {
  /** JSON of `Retention`: see retention.ts. */
  retention: 'CHECKVALVE_RETENTION',
  sourcesTable: 'CHECKVALVE_SOURCES_TABLE',
  evidenceBucket: 'CHECKVALVE_EVIDENCE_BUCKET',
  evidenceOwner: 'CHECKVALVE_EVIDENCE_OWNER',
} as const;

/** Environment of report-coverage. */
export const reportCoverage = {
  /** Name of the cell whose vault this is; absent for the vault of the only cell. */
  cell: 'CHECKVALVE_CELL',
  registryAccessArn: 'CHECKVALVE_REGISTRY_ACCESS_ARN',
  registryTable: 'CHECKVALVE_REGISTRY_TABLE',
  registryRegion: 'CHECKVALVE_REGISTRY_REGION',
  sourcesTable: 'CHECKVALVE_SOURCES_TABLE',
  evidenceBucket: 'CHECKVALVE_EVIDENCE_BUCKET',
  evidenceOwner: 'CHECKVALVE_EVIDENCE_OWNER',
  alertsTopicArn: 'CHECKVALVE_ALERTS_TOPIC_ARN',
  runbookUrl: 'CHECKVALVE_RUNBOOK_URL',
  /** JSON of `CoverageRules`: see lambda/vault/report-coverage/facts.ts. */
  rules: 'CHECKVALVE_RULES',
} as const;
