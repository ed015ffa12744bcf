// Names of the environment variables by which a stack tells a step where things are: one object a step, so that the code
// of a step carries its own alone. Imported as `ENV`.

/** What enrollAccounts is told. */
export const enrollAccounts = {
  stackSet: 'CHECKVALVE_STACK_SET',
  registryTable: 'CHECKVALVE_REGISTRY_TABLE',
  alertsTopic: 'CHECKVALVE_ALERTS_TOPIC',
  queue: 'CHECKVALVE_QUEUE',
  /** JSON of the enrollment rules: see `EnrollmentSettings` in src/config/enrollment-settings.ts. */
  settings: 'CHECKVALVE_SETTINGS',
} as const;

/** What watchRollout is told. */
export const watchRollout = {
  stackSet: 'CHECKVALVE_STACK_SET',
  /** Id of the root, or of the unit, under which instances are made. */
  ancestor: 'CHECKVALVE_ANCESTOR',
  registryTable: 'CHECKVALVE_REGISTRY_TABLE',
  alertsTopic: 'CHECKVALVE_ALERTS_TOPIC',
  queue: 'CHECKVALVE_QUEUE',
} as const;

/** What enableBackup is told. */
export const enableBackup = {
  /** `report` or `set`. */
  serviceOptIn: 'CHECKVALVE_SERVICE_OPT_IN',
  /** Name of the backup vault to be made; empty where copies of no other Region arrive. */
  copiesVault: 'CHECKVALVE_COPIES_VAULT',
} as const;

/** What exportSnapshots is told. */
export const exportSnapshots = {
  exportKeyArn: 'CHECKVALVE_EXPORT_KEY_ARN',
  /** Ids of keys that this one has replaced, with commas between; empty for none. */
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

/** What followSources is told. */
export const followSources = {
  registryAccessArn: 'CHECKVALVE_REGISTRY_ACCESS_ARN',
  registryTable: 'CHECKVALVE_REGISTRY_TABLE',
  registryRegion: 'CHECKVALVE_REGISTRY_REGION',
  sourcesTable: 'CHECKVALVE_SOURCES_TABLE',
  inboxArn: 'CHECKVALVE_INBOX_ARN',
  /** JSON: `{ "maxNewAccountsPerDay": 50 }`. */
  limits: 'CHECKVALVE_LIMITS',
} as const;

/** What importCopies is told. */
export const importCopies = {
  importKeyArn: 'CHECKVALVE_IMPORT_KEY_ARN',
  sourcesTable: 'CHECKVALVE_SOURCES_TABLE',
  wakeupsUrl: 'CHECKVALVE_WAKEUPS_URL',
  /** JSON of `CopyLimits`: see lambda/_kit/copies.ts. */
  limits: 'CHECKVALVE_LIMITS',
  /** JSON of `AdmissionRules`: see admission.ts. */
  admission: 'CHECKVALVE_ADMISSION',
} as const;

/** What pruneCopies is told. */
export const pruneCopies = {
  /** JSON of `Retention`: see retention.ts. */
  retention: 'CHECKVALVE_RETENTION',
  sourcesTable: 'CHECKVALVE_SOURCES_TABLE',
  evidenceBucket: 'CHECKVALVE_EVIDENCE_BUCKET',
  evidenceOwner: 'CHECKVALVE_EVIDENCE_OWNER',
} as const;

/** What reportCoverage is told. */
export const reportCoverage = {
  registryAccessArn: 'CHECKVALVE_REGISTRY_ACCESS_ARN',
  registryTable: 'CHECKVALVE_REGISTRY_TABLE',
  registryRegion: 'CHECKVALVE_REGISTRY_REGION',
  sourcesTable: 'CHECKVALVE_SOURCES_TABLE',
  evidenceBucket: 'CHECKVALVE_EVIDENCE_BUCKET',
  evidenceOwner: 'CHECKVALVE_EVIDENCE_OWNER',
  alertsTopicArn: 'CHECKVALVE_ALERTS_TOPIC_ARN',
  /** JSON of `CoverageRules`: see lambda/vault/report-coverage/facts.ts. */
  rules: 'CHECKVALVE_RULES',
} as const;
