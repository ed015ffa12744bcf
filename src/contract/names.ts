// Longer than most: every name that two accounts must agree on, in one place.
import { createHash } from 'node:crypto';
import type { AccountId, Region, SnapshotArn } from './ids';
import { snapshotParts } from './ids';

/** What every name of ours begins with. A name is looked for by people: it says whose it is. */
export const PREFIX = 'checkvalve';

/** Events of Organizations arrive in this Region alone, so the management account's part stands there.
 * https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-organizations.html */
export const MANAGEMENT_REGION = 'us-east-1';

/** What RDS documents that whoever copies an encrypted snapshot needs on both keys, its own and the snapshot's; the grant
 * beside it is for AWS services alone. None of it administers a key.
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

/** Names that two accounts must agree on. Renaming one is a breaking change: the other account still knows the old. */
export const NAMES = {
  /** The SNS topic in each source on which export copies are announced. */
  copiesTopic: 'checkvalve-copies',
  /** The queue in the vault that hears them. */
  inbox: 'checkvalve-inbox',
  /** The queue in each source and in the vault that gathers what wakes the copying step. */
  wakeups: 'checkvalve-wakeups',
  /** Where a wake-up lands when its runs have failed: what stands here says that the step does. */
  wakeupsDeadLetters: 'checkvalve-wakeups-dead-letters',
  /** The StackSet in the management account. */
  stackSet: 'source-tooling',
  /** Parameter of the tooling's stack, set for single accounts and Regions: ids of export keys that were replaced there. */
  previousKeyIds: 'PreviousExportKeyIds',
  /** The table of enrolled accounts in the management account. */
  registryTable: 'checkvalve-registry',
  /** The backup vault, in each source, that copies of another Region's recovery points go into. Its name says nothing of
   * the stack: the other Region's plans must know it. */
  copiesVault: 'checkvalve-copies',
  /** The table in each source that remembers which snapshots of AWS Backup were exported. */
  exportMemoryTable: 'checkvalve-export-memory',
  /** Role in the management account through which the vault reads the registry. */
  registryAccess: 'checkvalve-registry-access',
  /** The table of accounts that the vault has accepted. */
  sourcesTable: 'checkvalve-sources',
  /** The topic in the management account, and in the vault, on which people are told things. */
  alertsTopic: 'checkvalve-alerts',
  /** IAM Access Analyzer in the vault. */
  analyzer: 'checkvalve',
  findingsRule: 'checkvalve-findings',
} as const;

/** Keys in the vault's table of sources that are neither accounts nor decisions of a person (see decisions.ts). */
export const SOURCE_NOTES = {
  /** When the registry was last read, and had something in it. */
  reading: '#reading',
} as const;

/** Attributes of an item in the table of exports. The key is the ARN of AWS Backup's snapshot. */
export const EXPORT_MEMORY = {
  key: 'snapshot',
  importedAt: 'importedAt',
  held: 'held',
  expiresAt: 'expiresAt',
} as const;

/** Roles are global in an account, tooling is regional: the Region is part of each role's name. */
export const roleNames = {
  /** In a source: what export-snapshots runs as. */
  exporter: (region: Region) => `checkvalve-export-snapshots-${region}`,
  /** In a source: what enable-backup runs as. */
  backupEnabler: (region: Region) => `checkvalve-enable-backup-${region}`,
  /** In a source: what AWS Backup runs as. */
  backup: (region: Region) => `checkvalve-backup-${region}`,
  /** In a source: what the vault may assume there to read, and to mark an export copy as imported. */
  snapshotAccess: (region: Region) => `checkvalve-snapshot-access-${region}`,
  /** In a source: what the vault's coverage may assume there, to read. */
  coverageAccess: (region: Region) => `checkvalve-coverage-access-${region}`,
  /** In the vault: what a step runs as, for instance `import-copies`. */
  vaultStep: (step: string, region: Region) => `checkvalve-${step}-${region}`,
  /** In the management account. */
  managementStep: (step: string) => `checkvalve-${step}`,
} as const;

/**
 * Who CloudFormation deploys the tooling as in a member account. `administrator`: the role that StackSets makes by itself;
 * its name is StackSets' own. `generated`: ours, named so that what StackSets may assume covers it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-enable-trusted-access.html
 */
export const EXECUTION_ROLES = {
  administrator: 'stacksets-exec-*',
  generated: `stacksets-exec-${PREFIX}`,
} as const;

/** ARN of a role of ours. */
export const roleArn = (account: AccountId, name: string): string => `arn:aws:iam::${account}:role/${name}`;

/** ARN of the copies topic of a source. */
export const copiesTopicArn = (account: AccountId, region: Region): string =>
  `arn:aws:sns:${region}:${account}:${NAMES.copiesTopic}`;

/** The vault's bucket of reports: names of buckets are global. */
export const evidenceBucket = (account: AccountId, region: Region): string => `${PREFIX}-evidence-${account}-${region}`;

/** When prune-copies last ran at a time that it could trust: `{ "at": ISO 8601 }`. */
export const LATEST_PRUNING = 'pruning/latest.json';

/** The newest report of coverage. */
export const LATEST_COVERAGE = 'coverage/latest.json';

/** The report that is kept of a day, in UTC: `coverage/2026/11/25.json`. */
export const coverageOfDay = (day: Date): string =>
  `coverage/${day.toISOString().slice(0, 10).replaceAll('-', '/')}.json`;

/** Tags that AWS Backup sets on a recovery point: they make a snapshot cross. */
export const RECOVERY_POINT_TAGS = {
  /** Id of the export key: a snapshot that carries another id is not for this tooling. */
  exportKey: 'encryption_key',
  /** Name of the plan: `daily`, `monthly` or `on-demand`. */
  plan: 'checkvalve:plan',
} as const;

/** The plan's name on a backup that somebody started out of turn. */
export const ON_DEMAND_PLAN = 'on-demand';

/** What the name of every snapshot of AWS Backup begins with; no name that a team chooses can hold a colon. */
export const BACKUP_PREFIX = 'awsbackup:';

/** How AWS Backup names a snapshot that it copied from another Region; one that it took is `awsbackup:job-…`. */
export const BACKUP_COPY_PREFIX = 'awsbackup:copyjob-';

/** Outputs of the tooling's stack in a source: what a plan of one's own, or a backup out of turn, needs to know. */
export const TOOLING_OUTPUTS = {
  exportKeyId: 'ExportKeyId',
  /** Not there where the tooling brings no plans. */
  backupVault: 'BackupVaultName',
  /** Not there where the tooling brings no plans. */
  backupRole: 'BackupRoleArn',
  serviceOptIn: 'ServiceOptIn',
} as const;

/** Tags on our own copies. */
export const TAGS = {
  /** `export` or `vault`: what a copy is. A snapshot without it is not ours. */
  role: 'checkvalve:role',
  /** ARN of the database. */
  database: 'checkvalve:database',
  /** Stable id of the database (`DbiResourceId`, `DbClusterResourceId`): survives a rename. */
  resourceId: 'checkvalve:resource-id',
  /** ARN of the snapshot that AWS Backup made. */
  snapshot: 'checkvalve:snapshot',
  /** When the data was taken, ISO 8601 in UTC. */
  sourceTime: 'checkvalve:source-time',
  /** Name of the backup plan. */
  plan: 'checkvalve:plan',
  /** On a snapshot or an export copy: a verdict, how often it came and when; see verdicts.ts. */
  held: 'checkvalve:held',
  /** On an export copy: when it was shared with the vault and announced. */
  sharedAt: 'checkvalve:shared-at',
  /** On an export copy: when the vault imported it, ISO 8601. The vault writes it through its access role. On the snapshot of
   * AWS Backup: the same, written by export-snapshots of earlier releases; now the table of exports holds it. */
  importedAt: 'checkvalve:imported-at',
  /** On a vault copy: ARN of the export copy it was made from. */
  exportCopy: 'checkvalve:export-copy',
  /** On an export copy: when it was started. RDS itself may say so only once a copy has finished. */
  startedAt: 'checkvalve:started-at',
  /** On a vault copy: when the vault started the import, by the vault's clock. */
  importStartedAt: 'checkvalve:import-started-at',
  /** On everything that the tooling makes in a source: `source-tooling`. */
  part: 'checkvalve:part',
  /** On a vault copy: which tags of the export copy RDS contradicted when the vault made it. */
  disputed: 'checkvalve:disputed',
  /** On a copy that failed: for prune to remove. */
  failedAt: 'checkvalve:failed-at',
  /** On a vault copy, set by a person in the vault: it is never deleted while it carries this, whatever the value. Give it
   * one: IAM, which holds the role to it as well, takes an empty value for none. */
  legalHold: 'checkvalve:legal-hold',
} as const;

/** RDS allows 63 characters for a cluster snapshot and more for an instance snapshot: we stay within the smaller.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CopyDBClusterSnapshot.html */
const NAME_LIMIT = 63;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Twelve hexadecimal digits that name a template of the tooling. */
export const templateVersionOf = (template: string): string => digest(template).slice(0, 12);

/** Letters, digits and single hyphens, as RDS wants them. */
const legal = (text: string, room: number): string =>
  text
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, Math.max(0, room))
    .replace(/^-+|-+$/g, '');

function copyName(head: string, database: string, snapshot: SnapshotArn, attempt: number): string {
  const tail = digest(snapshot) + (attempt > 1 ? `-${attempt}` : '');
  const middle = legal(database, NAME_LIMIT - head.length - tail.length - 2);
  return [head, middle, tail].filter(Boolean).join('-');
}

/** Name of the export copy of a snapshot: deterministic, so that a second run finds the first one's work. */
export const exportCopyName = (database: string, snapshot: SnapshotArn, attempt = 1): string =>
  copyName(PREFIX, database, snapshot, attempt);

/** Name of the vault's copy of a snapshot: names of all accounts share the vault, so the account is part of it. Copies are
 * kept for years, and prune-copies keeps for ever what is not named so: this stays as it is. */
export const vaultCopyName = (database: string, snapshot: SnapshotArn, attempt = 1): string =>
  copyName(`${PREFIX}-${snapshotParts(snapshot).account}`, database, snapshot, attempt);

/**
 * The option group of the vault for databases whose options no snapshot can be without: a person makes it, under this
 * name. Only instances of Oracle may be shared with such options. It is not a source that chooses it.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html
 * @param engine such as `oracle-ee`
 * @param version such as `19.0.0.0.ru-2026-01.rur-2026-01.r1`: the major version is what an option group is for
 * @returns for instance `checkvalve-oracle-ee-19`; undefined where none is ever needed
 */
export const optionGroupName = (engine: string, version = ''): string | undefined =>
  /^oracle-[a-z0-9-]+$/.test(engine) && /^\d+/.test(version)
    ? `${PREFIX}-${engine}-${Number.parseInt(version, 10)}`
    : undefined;

/** Which attempt a copy's name stands for; 1 for the first. */
export const attemptOf = (name: string): number => Number(/-[0-9a-f]{16}-(\d{1,2})$/.exec(name)?.[1] ?? 1);
