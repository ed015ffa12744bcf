// Longer than most: everything that a report of coverage holds, and how it is read, in one place.
import { CheckvalveError } from './errors';
import type { AccountId, DatabaseArn, Region, SnapshotArn } from './ids';
import type { VerdictCode } from './verdicts';

/**
 * What is said of a database, the worst first.
 * `unknown`: its account does not let the vault look in, or could not be asked. `lost`: the vault had a copy, and it is gone.
 * `never`: no copy, though one was due. `late`: the newest copy is older than the RPO.
 * `unsupported`: RDS says that no copy can be made of it, and none ever was. `missing-tag`: it was never tagged for backup.
 * `new`: no copy yet, and none due. `excluded`: an operator decided that it is no longer backed up.
 * `source-deleted`: the database is gone, its copies stay. `account-left`: its account left, or was evicted.
 */
export const PROTECTION_STATUSES = [
  'unknown',
  'lost',
  'never',
  'late',
  'unsupported',
  'missing-tag',
  'new',
  'excluded',
  'source-deleted',
  'account-left',
  'protected',
] as const;

/** One of {@link COVERAGE_VERDICTS}. */
export type ProtectionStatus = (typeof PROTECTION_STATUSES)[number];

/** The verdicts under which a database that should be protected is not. */
export const NOT_PROTECTED: readonly ProtectionStatus[] = [
  'unknown',
  'lost',
  'never',
  'late',
  'unsupported',
  'missing-tag',
];

/** The newest good copy in the vault. All times ISO 8601 in UTC. */
export interface NewestCopy {
  readonly arn: SnapshotArn;
  /** When the data was taken, as far as the vault believes it. */
  readonly dataTime: string;
  /** Whose word that is. Of a cluster RDS says only when the export copy was made: its data is older, and how much older the
   * source alone says. */
  readonly dataTimeFrom?: 'rds' | 'source';
  /** When the vault made the copy, by its own clock. */
  readonly importedAt: string;
}

/** What coverage says of one database. */
export interface CoverageRow {
  readonly account: AccountId;
  readonly database: DatabaseArn;
  readonly resourceId?: string;
  readonly engine?: string;
  readonly status: ProtectionStatus;
  /** Code of the status on the way, where there is one: see statuses.ts. */
  readonly code?: VerdictCode;
  /** Whose word the code is: what AWS answers, or a mark that the source wrote. */
  readonly codeFrom?: 'aws' | 'source';
  /** In words. */
  readonly reason?: string;
  readonly remedy?: string;
  /** Since when the status is this one, ISO 8601. */
  readonly since: string;
  readonly newestCopy?: NewestCopy;
  /** Age of the newest copy's data; of the database's wait for a first copy, where it has none. */
  readonly ageHours?: number;
  readonly rpoHours?: number;
  /** Whether AWS Backup's plans select it; false for a database that is gone. */
  readonly wanted: boolean;
  /** Since when a copy is wanted, where a tag made it so after the database was made. ISO 8601. */
  readonly wantedSince?: string;
  /** Whether copies are expected: it is wanted, or once was, or the vault has copies of it, and no operator has excluded it.
   * Absent in reports of earlier releases. */
  readonly expected?: boolean;
  /** From when on a first copy has been awaited, ISO 8601. */
  readonly waitsSince?: string;
  /** Since when it is expected and lacks the tag that it had, ISO 8601. */
  readonly tagRemovedSince?: string;
}

/** Verdicts of a database of which copies are expected, or were when its account left. */
const EXPECTED: readonly ProtectionStatus[] = ['unknown', 'lost', 'never', 'late', 'new', 'account-left', 'protected'];

/** Whether a report expects copies of a database. */
export const isExpected = ({ expected, wanted, status }: CoverageRow): boolean =>
  expected ?? (wanted || EXPECTED.includes(status));

/** Whether the newest copy that the vault has is older than its RPO, whatever the status. */
export const isOverdue = ({ newestCopy, ageHours, rpoHours }: CoverageRow): boolean =>
  newestCopy !== undefined && ageHours !== undefined && ageHours > (rpoHours ?? Number.POSITIVE_INFINITY);

/** What a run reads of an export key: one of the two, so that it costs one call an account. */
export type ExportKeyPart = 'policy-names' | 'default-policy';

/** What coverage saw of the policies of an account's export key: what a run does not read stands as it was read before. */
export interface CoverageExportKey {
  readonly keyId: string;
  /** Names of its policies beside the default one; absent until they are listed. */
  readonly otherPolicies?: readonly string[];
  /** Whether its default policy denies something to everybody; absent until it is read. */
  readonly deniesAllPrincipals?: boolean;
  /** What the last run read, or tried to. */
  readonly lastRead: ExportKeyPart;
}

/** What coverage saw of one account. */
export interface CoverageAccount {
  readonly account: AccountId;
  /** `waiting`: in the registry, not accepted by the vault yet. `evicted`: an operator in the vault decided so. */
  readonly state: 'enrolled' | 'waiting' | 'leaving' | 'left' | 'evicted';
  /** Since when coverage sees it in this state, ISO 8601. */
  readonly since?: string;
  /** Since when the registry says that it left, while the vault still follows it, ISO 8601. */
  readonly leavingSince?: string;
  /** Of an account that left: no operator has confirmed it. */
  readonly unconfirmed?: boolean;
  /** `shut`: AWS answered that the account does not let the vault look in. `unknown`: the vault could not ask. */
  readonly access: 'granted' | 'denied' | 'unknown' | 'not-requested';
  /** Why it is shut, or could not be asked. */
  readonly because?: string;
  /** Could not be asked since others had used up the time of the run: the next run asks it first. */
  readonly isPostponed?: boolean;
  /** Messages in the account's dead-letter queue; absent when nobody knows, and then among `unread`. */
  readonly deadLetters?: number;
  /** Services that AWS Backup is not opted in to. */
  readonly optedOut: readonly string[];
  /** Export copies that wait for the vault for hours. */
  readonly notImported: readonly SnapshotArn[];
  /** Absent until a snapshot of the account names its export key. */
  readonly exportKey?: CoverageExportKey;
  /** What could not be read although the access role opened, or that nothing could be asked, in words. */
  readonly unread: readonly string[];
  /** Regions without a vault in which it has databases that are tagged for backup, or that could not be looked at. */
  readonly elsewhere?: readonly CoverageElsewhere[];
}

/** What coverage saw of an account in a Region that no vault covers. */
export interface CoverageElsewhere {
  readonly region: Region;
  /** When it was looked at, ISO 8601. */
  readonly at: string;
  /** Databases that are tagged for backup, the first fifty. */
  readonly databases: readonly DatabaseArn[];
  /** How many there are. */
  readonly count: number;
  /** Why the Region could not be looked at. */
  readonly because?: string;
}

/** A vault copy whose source says otherwise than RDS of what it is a copy of. It is filed under what RDS says. */
export interface DisputedCopy {
  readonly account: AccountId;
  readonly database: string;
  readonly copy: SnapshotArn;
  readonly importedAt: string;
  /** Which of the source's tags RDS contradicts: `resource-id`, `source-time`, `snapshot`. */
  readonly what: string;
}

/** A job of AWS Backup that ended without a snapshot, or a snapshot that was deleted before its copy was finished. */
export interface MissedBackup {
  readonly account: AccountId;
  readonly database: string;
  /** `FAILED`, `EXPIRED` or `ABORTED`; `DELETED` of a snapshot. */
  readonly state: string;
  /** AWS Backup's own words; of a deleted snapshot, the status. */
  readonly message: string;
  readonly at: string;
}

/** One report of coverage, as it is kept. */
export interface CoverageEvidence {
  readonly version: 1;
  /** When it was made, ISO 8601. */
  readonly at: string;
  readonly region: Region;
  readonly databases: readonly CoverageRow[];
  readonly accounts: readonly CoverageAccount[];
  readonly missedBackups: readonly MissedBackup[];
  /** Of the copies of the last week. Absent in reports of earlier releases. */
  readonly disputed?: readonly DisputedCopy[];
  /** How many databases have each status. */
  readonly counts: Readonly<Record<ProtectionStatus, number>>;
  /** Why the registry could not be read; accounts that the vault has not accepted are missing then. */
  readonly registryUnread?: string;
  /** When people were last told, ISO 8601. */
  readonly alertedAt?: string;
  /** Name of the day's report that was kept last. */
  readonly kept?: string;
}

/** Databases in Regions that no vault covers, with their account. */
export const elsewhereIn = ({ accounts }: CoverageEvidence) =>
  accounts.flatMap(({ account, elsewhere = [] }) =>
    elsewhere.filter(({ count }) => count > 0).map((one) => ({ account, ...one })),
  );

/** What could not be read, and whose it is: of an account that lets the vault look in, or that could not be asked, or the
 * registry itself. What is said beside it may
 * be too good. */
export const unreadParts = ({ accounts, registryUnread }: CoverageEvidence): readonly string[] => [
  ...(registryUnread ? [`registry: ${registryUnread}`] : []),
  ...accounts.flatMap(({ account, unread }) => unread.map((part) => `${account}: ${part}`)),
  ...accounts.flatMap(({ account, elsewhere = [] }) =>
    elsewhere.flatMap(({ region, because }) => (because ? [`${account}: databases in ${region}: ${because}`] : [])),
  ),
];

/** What a report knows of the export keys, by account. */
export const exportKeysIn = (report: CoverageEvidence | undefined): ReadonlyMap<AccountId, CoverageExportKey> =>
  new Map((report?.accounts ?? []).flatMap(({ account, exportKey }) => (exportKey ? [[account, exportKey]] : [])));

/** Something about an account's export key that its tooling did not make so. */
export interface ExportKeyFault {
  readonly account: AccountId;
  readonly fault: 'second-policy' | 'denies-all-principals';
  /** In words, without the account. */
  readonly what: string;
}

/** Export keys whose policies are not as the tooling made them. */
export const exportKeyFaults = ({ accounts }: CoverageEvidence): readonly ExportKeyFault[] =>
  accounts.flatMap(({ account, exportKey }): readonly ExportKeyFault[] => {
    if (!exportKey) return [];
    const { keyId, otherPolicies = [], deniesAllPrincipals = false } = exportKey;
    const second = `The export key ${keyId} has a policy beside its own: ${otherPolicies.join(', ')}`;
    const denial = `The policy of the export key ${keyId} denies something to everybody: copies under the key may fail, even with exceptions`;
    return [
      ...(otherPolicies.length > 0 ? [{ account, fault: 'second-policy' as const, what: second }] : []),
      ...(deniesAllPrincipals ? [{ account, fault: 'denies-all-principals' as const, what: denial }] : []),
    ];
  });

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isRow = (value: unknown): value is CoverageRow =>
  isRecord(value) &&
  typeof value.account === 'string' &&
  typeof value.database === 'string' &&
  typeof value.since === 'string' &&
  PROTECTION_STATUSES.some((status) => status === value.status);

const isEvidence = (value: unknown): value is CoverageEvidence =>
  isRecord(value) &&
  value.version === 1 &&
  typeof value.at === 'string' &&
  isRecord(value.counts) &&
  Array.isArray(value.accounts) &&
  Array.isArray(value.missedBackups) &&
  Array.isArray(value.databases) &&
  value.databases.every(isRow);

/** Reads a report. @throws CheckvalveError `INVALID_INPUT` for anything that report-coverage would not have written. */
export function readEvidence(text: string): CoverageEvidence {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (cause) {
    throw notOurs('it is not JSON', cause);
  }
  if (isEvidence(found)) return found;
  throw notOurs('it is not a report of coverage of version 1');
}

const notOurs = (why: string, cause?: unknown) =>
  new CheckvalveError(
    'INVALID_INPUT',
    `The evidence cannot be read: ${why}`,
    'Restore an earlier version of the object; the next report is written without it.',
    { cause },
  );
