// Longer than most: every name that two accounts must agree on, in one place.
import { createHash } from 'node:crypto';
import type { AccountId, Region, SnapshotArn } from './ids';
import { snapshotParts } from './ids';

/** Prefix of every name of Checkvalve: operators find its resources by it. */
export const PREFIX = 'checkvalve';

/** The Region of the stacks of the management account, because events of Organizations arrive only there.
 * https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-organizations.html */
export const MANAGEMENT_REGION = 'us-east-1';

/** What a principal that copies an encrypted snapshot needs on the key of the snapshot and on the key of the copy, as RDS
 * documents it; `kms:CreateGrant` is allowed separately, for AWS services only. None of these actions administers a key.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/share-encrypted-snapshot.html */
export const COPY_KEY_ACTIONS: readonly string[] = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/** Names that two accounts must agree on. Renaming one is a breaking change: the other account still uses the old name. */
export const NAMES = {
  /** The SNS topic in each source that notifies the vault of export copies. */
  copiesTopic: 'checkvalve-copies',
  /** The queue in the vault that receives these notifications. */
  inbox: 'checkvalve-inbox',
  /** The queue in each source and in the vault that gathers the wakeups of the step that copies. */
  wakeups: 'checkvalve-wakeups',
  /** The dead-letter queue of wakeups: a message in it means that runs of the step failed. */
  wakeupsDeadLetters: 'checkvalve-wakeups-dead-letters',
  /** The StackSet in the management account. */
  stackSet: 'source-tooling',
  /** Parameter of the tooling, set for single accounts and Regions: ids of export keys that were replaced there. */
  previousKeyIds: 'PreviousExportKeyIds',
  /** The table of enrolled accounts in the management account. */
  registryTable: 'checkvalve-registry',
  /** The backup vault, in each source, for copies of recovery points of other Regions. Its name does not contain the id of the
   * stack, because the plans of the other Regions must know it. */
  copiesVault: 'checkvalve-copies',
  /** The table in each source that records which snapshots of AWS Backup were exported. */
  exportMemoryTable: 'checkvalve-export-memory',
  /** Role in the management account through which the vault reads the registry. */
  registryAccess: 'checkvalve-registry-access',
  /** The table of accounts that the vault has accepted. */
  sourcesTable: 'checkvalve-sources',
  /** The index of the vault's own copies: a full listing from time to time, and the changes since. */
  copyIndexTable: 'checkvalve-copy-index',
  /** The topic for alarms and alerts, in the management account and in the vault. */
  alertsTopic: 'checkvalve-alerts',
  /** The analyzer of IAM Access Analyzer in the vault. */
  analyzer: 'checkvalve',
  findingsRule: 'checkvalve-findings',
} as const;

/** Keys in the table of sources that are neither accounts nor decisions of operators (see decisions.ts). */
export const SOURCE_NOTES = {
  /** When a registry with entries was last read. */
  reading: '#reading',
} as const;

/** Attributes of the items in the index of the vault's copies. */
export const COPY_INDEX = {
  key: 'part',
  generation: 'generation',
  data: 'packed',
  parts: 'partCount',
  listedAt: 'listedAt',
  followed: 'followed',
  hasWaiting: 'hasWaiting',
  revision: 'revision',
  changes: 'changes',
} as const;

/** Attributes of an item in the export memory. The key is the ARN of the snapshot of AWS Backup. */
export const EXPORT_MEMORY = {
  key: 'snapshot',
  importedAt: 'importedAt',
  held: 'held',
  expiresAt: 'expiresAt',
} as const;

/** Names of roles. Roles are global in an account and the tooling is regional, so that the name contains the Region. */
export const roleNames = {
  /** In a source: the role of `export-snapshots`. */
  exporter: (region: Region) => `checkvalve-export-snapshots-${region}`,
  /** In a source: the role of `enable-backup`. */
  backupEnabler: (region: Region) => `checkvalve-enable-backup-${region}`,
  /** In a source: the role of AWS Backup. */
  backup: (region: Region) => `checkvalve-backup-${region}`,
  /** In a source: the access role that `import-copies` assumes to read snapshots and to mark export copies as copied. */
  snapshotAccess: (region: Region) => `checkvalve-snapshot-access-${region}`,
  /** In a source: the access role that `report-coverage` assumes to read. */
  coverageAccess: (region: Region) => `checkvalve-coverage-access-${region}`,
  /** In the vault: the role of a step. */
  vaultStep: (step: string, region: Region) => `checkvalve-${step}-${region}`,
  /** In the management account: the role of a step. */
  managementStep: (step: string) => `checkvalve-${step}`,
} as const;

/**
 * The role that CloudFormation deploys the tooling with in a member account. `administrator`: the role that StackSets creates;
 * StackSets chooses its name. `generated`: a role of Checkvalve, named so that StackSets may assume it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-enable-trusted-access.html
 */
export const EXECUTION_ROLES = {
  administrator: 'stacksets-exec-*',
  generated: `stacksets-exec-${PREFIX}`,
} as const;

/** ARN of a role. */
export const roleArn = (account: AccountId, name: string): string => `arn:aws:iam::${account}:role/${name}`;

/** ARN of the copies topic of a source. */
export const copiesTopicArn = (account: AccountId, region: Region): string =>
  `arn:aws:sns:${region}:${account}:${NAMES.copiesTopic}`;

/** Name of the bucket for reports in the vault. It contains account and Region, because names of buckets are global. */
export const evidenceBucket = (account: AccountId, region: Region): string => `${PREFIX}-evidence-${account}-${region}`;

/** Object with the last run of `prune-copies` at a trusted time: `{ "at": ISO 8601 }`. */
export const LATEST_PRUNING = 'pruning/latest.json';

/** Object with the newest report of `report-coverage`. */
export const LATEST_COVERAGE = 'coverage/latest.json';

/** Name of the object with what each account last answered to `report-coverage`. */
export const ACCOUNT_PARTS = 'coverage/accounts.json';

/** Object with the report of a day, in UTC: `coverage/2026/11/25.json`. */
export const coverageOfDay = (day: Date): string =>
  `coverage/${day.toISOString().slice(0, 10).replaceAll('-', '/')}.json`;

/** Tags that AWS Backup sets on a recovery point: they select a snapshot for the vault. */
export const RECOVERY_POINT_TAGS = {
  /** Id of the export key: the tooling ignores a snapshot with another id. */
  exportKey: 'encryption_key',
  /** Name of the plan: `daily`, `monthly` or `on-demand`. */
  plan: 'checkvalve:plan',
} as const;

/** The name of the plan on an on-demand backup. */
export const ON_DEMAND_PLAN = 'on-demand';

/** Prefix of the name of every snapshot of AWS Backup; a name that a team chooses cannot contain a colon. */
export const BACKUP_PREFIX = 'awsbackup:';

/** Prefix of a snapshot that AWS Backup copied from another Region; one that it created is `awsbackup:job-…`. */
export const BACKUP_COPY_PREFIX = 'awsbackup:copyjob-';

/** Outputs of the tooling in a source: what your own backup plan, or an on-demand backup, needs. */
export const TOOLING_OUTPUTS = {
  exportKeyId: 'ExportKeyId',
  /** Missing where the tooling has no backup plans. */
  backupVault: 'BackupVaultName',
  /** Missing where the tooling has no backup plans. */
  backupRole: 'BackupRoleArn',
  serviceOptIn: 'ServiceOptIn',
} as const;

/** Tags on copies of Checkvalve. */
export const TAGS = {
  /** `export` or `vault`: the kind of a copy. A snapshot without this tag is not a copy of Checkvalve. */
  role: 'checkvalve:role',
  /** ARN of the database. */
  database: 'checkvalve:database',
  /** Stable id of the database (`DbiResourceId`, `DbClusterResourceId`): survives a rename. */
  resourceId: 'checkvalve:resource-id',
  /** ARN of the snapshot of AWS Backup. */
  snapshot: 'checkvalve:snapshot',
  /** When the data was taken, ISO 8601 in UTC. */
  sourceTime: 'checkvalve:source-time',
  /** Name of the backup plan. */
  plan: 'checkvalve:plan',
  /** On a snapshot or an export copy: a verdict, how often it came and when. See verdicts.ts. */
  held: 'checkvalve:held',
  /** On an export copy: when it was shared with the vault and the vault was notified. */
  sharedAt: 'checkvalve:shared-at',
  /** On an export copy, ISO 8601: when its copy in the vault was finished. `import-copies` writes it through the snapshot access
   * role. On a snapshot of AWS Backup, an earlier release of `export-snapshots` wrote it; now it is in the export memory. */
  importedAt: 'checkvalve:copied-at',
  /** On a vault copy: ARN of the export copy it was made from. */
  exportCopy: 'checkvalve:export-copy',
  /** On an export copy: when it was started. RDS may return this time only after the copy has finished. */
  startedAt: 'checkvalve:started-at',
  /** On a vault copy: when the vault started it, by the clock of the vault. Vault copies stay for years: this text never changes. */
  importStartedAt: 'checkvalve:imported-at',
  /** On every resource of the tooling in a source: `source-tooling`. */
  part: 'checkvalve:part',
  /** On a vault copy: which tags of the export copy RDS contradicted when the vault made it. */
  disputed: 'checkvalve:disputed',
  /** On a copy that failed: `prune-copies` deletes it. */
  failedAt: 'checkvalve:failed-at',
  /** On a vault copy, set by an operator: the copy is not deleted while it has this tag, with any value. The value must not be
   * empty: IAM, which enforces this for the role of `prune-copies`, treats an empty value as a missing tag. */
  legalHold: 'checkvalve:legal-hold',
} as const;

/** RDS allows 63 characters for the name of a cluster snapshot and more for that of an instance snapshot.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CopyDBClusterSnapshot.html */
const MAX_NAME_LENGTH = 63;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Twelve hexadecimal digits that name a template of the tooling. */
export const templateVersionOf = (template: string): string => digest(template).slice(0, 12);

/** A text in the characters that RDS allows: letters, digits and single hyphens. */
const legal = (text: string, room: number): string =>
  text
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, Math.max(0, room))
    .replace(/^-+|-+$/g, '');

function copyName(head: string, database: string, snapshot: SnapshotArn, attempt: number): string {
  const tail = digest(snapshot) + (attempt > 1 ? `-${attempt}` : '');
  const middle = legal(database, MAX_NAME_LENGTH - head.length - tail.length - 2);
  return [head, middle, tail].filter(Boolean).join('-');
}

/** Name of the export copy of a snapshot. It is deterministic, so that a second run finds the copy of the first. */
export const exportCopyName = (database: string, snapshot: SnapshotArn, attempt = 1): string =>
  copyName(PREFIX, database, snapshot, attempt);

/** Name of the vault copy of a snapshot. It contains the account, because copies of all accounts share the vault. It must not
 * change: copies are kept for years, and `prune-copies` never deletes a copy with another form of name. */
export const vaultCopyName = (database: string, snapshot: SnapshotArn, attempt = 1): string =>
  copyName(`${PREFIX}-${snapshotParts(snapshot).account}`, database, snapshot, attempt);

/**
 * Name of the option group of the vault for databases with permanent options. An operator creates it. RDS shares snapshots with
 * such options only for Oracle. The vault chooses the option group, never a source.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html
 * @param engine such as `oracle-ee`
 * @param version such as `19.0.0.0.ru-2026-01.rur-2026-01.r1`: an option group is for a major version
 * @returns for instance `checkvalve-oracle-ee-19`; undefined where no option group is ever needed
 */
export const optionGroupName = (engine: string, version = ''): string | undefined =>
  /^oracle-[a-z0-9-]+$/.test(engine) && /^\d+/.test(version)
    ? `${PREFIX}-${engine}-${Number.parseInt(version, 10)}`
    : undefined;

/** Number of the attempt that made a copy, from its name; 1 for the first. */
export const attemptOf = (name: string): number => Number(/-[0-9a-f]{16}-(\d{1,2})$/.exec(name)?.[1] ?? 1);
