// Longer than most: all of a report of `report-coverage`, and how it is parsed, in one place.
import { CheckvalveError } from './errors';
import type { AccountId, DatabaseArn, Region, SnapshotArn } from './ids';
import { isRecord } from './records';
import { currentReport } from './release-0-1-0';
import type { VerdictCode } from './verdicts';

/** The statuses of a database that should be protected and is not, the worst first. */
const UNPROTECTED = ['unknown', 'lost', 'never', 'late', 'unsupported', 'missing-tag'] as const;

/**
 * The protection status of a database, the worst first.
 * `unknown`: its account denies the coverage access role, or could not be asked. `lost`: the vault had a copy, and it is gone.
 * `never`: there is no copy, although one was due. `late`: the newest copy is older than the RPO.
 * `unsupported`: RDS cannot copy its snapshots, and there never was a copy. `missing-tag`: it never had the backup tag.
 * `new`: there is no copy yet, and none is due. `excluded`: an operator decided that it is no longer backed up.
 * `source-deleted`: the database is deleted, its copies stay. `account-left`: its account left, or was evicted.
 */
export const PROTECTION_STATUSES = [
  ...UNPROTECTED,
  'new',
  'excluded',
  'source-deleted',
  'account-left',
  'protected',
] as const;

/** One of {@link PROTECTION_STATUSES}. */
export type ProtectionStatus = (typeof PROTECTION_STATUSES)[number];

/** The statuses of a database that should be protected and is not. */
export const NOT_PROTECTED: readonly ProtectionStatus[] = UNPROTECTED;

/** The newest good copy in the vault. All times ISO 8601 in UTC. */
export interface NewestCopy {
  readonly arn: SnapshotArn;
  /** The time of the data, as far as the vault trusts it. */
  readonly dataTime: string;
  /** Where that time comes from. For a cluster RDS returns only the time of the export copy: its data is older, and only the
   * source knows by how much. */
  readonly dataTimeFrom?: 'rds' | 'source';
  /** When the vault made the copy, by the clock of the vault. */
  readonly importedAt: string;
}

/** One database in a report. */
export interface CoverageRow {
  readonly account: AccountId;
  readonly database: DatabaseArn;
  readonly resourceId?: string;
  readonly engine?: string;
  readonly status: ProtectionStatus;
  /** Id of the verdict that stops its copy, if any: see verdicts.ts. */
  readonly code?: VerdictCode;
  /** Where the code comes from: an answer of AWS, or a tag that the source wrote. */
  readonly codeFrom?: 'aws' | 'source';
  /** The reason of the verdict, or of the status. */
  readonly reason?: string;
  readonly remedy?: string;
  /** Since when the status is this one, ISO 8601. */
  readonly since: string;
  readonly newestCopy?: NewestCopy;
  /** Age of the data of the newest copy; without a copy, how long the first copy has been awaited. */
  readonly ageHours?: number;
  readonly rpoHours?: number;
  /** Whether the backup plans select it; false for a database that is deleted. */
  readonly wanted: boolean;
  /** Since when a copy is wanted, if the tag was added after the database was created. ISO 8601. */
  readonly wantedSince?: string;
  /** Whether copies are expected: the database is wanted, or was, or the vault has copies of it, and no operator has excluded
   * it. Missing in reports of earlier releases. */
  readonly expected?: boolean;
  /** Since when the first copy has been awaited, ISO 8601. */
  readonly waitsSince?: string;
  /** Since when copies are expected although its tag was removed, ISO 8601. */
  readonly tagRemovedSince?: string;
}

/** Statuses of databases whose copies are expected, or were expected when the account left. */
const EXPECTED: readonly ProtectionStatus[] = ['unknown', 'lost', 'never', 'late', 'new', 'account-left', 'protected'];

/** Whether a report expects copies of a database. */
export const isExpected = ({ expected, wanted, status }: CoverageRow): boolean =>
  expected ?? (wanted || EXPECTED.includes(status));

/** Whether the newest copy in the vault is older than the RPO, regardless of the status. */
export const isOverdue = ({ newestCopy, ageHours, rpoHours }: CoverageRow): boolean =>
  newestCopy !== undefined && ageHours !== undefined && ageHours > (rpoHours ?? Number.POSITIVE_INFINITY);

/** The part of an export key that one run reads: one of the two, so that it takes one call per account. */
export type ExportKeyPart = 'policy-names' | 'default-policy';

/** The policies of the export key of an account, as observed: a part that a run does not read is kept from an earlier run. */
export interface CoverageExportKey {
  readonly keyId: string;
  /** Names of its policies besides the default policy; missing until they are listed. */
  readonly otherPolicies?: readonly string[];
  /** Whether its default policy denies something to all principals; missing until it is read. */
  readonly deniesAllPrincipals?: boolean;
  /** The part that the last run read, or tried to read. */
  readonly lastRead: ExportKeyPart;
}

/** One account in a report. */
export interface CoverageAccount {
  readonly account: AccountId;
  /** `waiting`: in the registry, not accepted by the vault yet. `evicted`: an operator in the vault decided so. */
  readonly state: 'enrolled' | 'waiting' | 'leaving' | 'left' | 'evicted';
  /** Since when it is in this state, ISO 8601. */
  readonly since?: string;
  /** Since when the registry says that it left, while the vault still follows it, ISO 8601. */
  readonly leavingSince?: string;
  /** Of an account that left: no operator has confirmed it. */
  readonly unconfirmed?: boolean;
  /** `denied`: AWS denied the coverage access role. `unknown`: `report-coverage` could not ask. */
  readonly access: 'granted' | 'denied' | 'unknown' | 'not-requested';
  /** Why access is denied, or could not be asked for. */
  readonly because?: string;
  /** When it answered, if not to the run of this report, which had no time left for it. Of an account that was not asked for too
   * long: since when it has not been read. ISO 8601. */
  readonly seenAt?: string;
  /** Could not be asked, because other accounts used up the time of the run: the next run asks it first. */
  readonly isPostponed?: boolean;
  /** Messages in the dead-letter queue of the account; missing when it could not be read, which is then in `unread`. */
  readonly deadLetters?: number;
  /** Services that AWS Backup is not opted in to. */
  readonly optedOut: readonly string[];
  /** Export copies that have waited for the vault for hours. */
  readonly notImported: readonly SnapshotArn[];
  /** Missing until a snapshot of the account names its export key. */
  readonly exportKey?: CoverageExportKey;
  /** Parts that could not be read although access is granted, with the reason; or that the account could not be asked. */
  readonly unread: readonly string[];
  /** Regions without a vault in which it has databases with the backup tag, or that could not be read. */
  readonly elsewhere?: readonly CoverageElsewhere[];
}

/** An account in a Region without a vault, as observed. */
export interface CoverageElsewhere {
  readonly region: Region;
  /** When it was observed, ISO 8601. */
  readonly at: string;
  /** The first fifty databases with the backup tag. */
  readonly databases: readonly DatabaseArn[];
  /** How many there are. */
  readonly count: number;
  /** Why the Region could not be read. */
  readonly because?: string;
}

/** A vault copy whose source tags RDS contradicts. It is filed under what RDS says. */
export interface DisputedCopy {
  readonly account: AccountId;
  readonly database: string;
  readonly copy: SnapshotArn;
  readonly importedAt: string;
  /** The tags that RDS contradicts: `resource-id`, `source-time`, `snapshot`. */
  readonly what: string;
}

/** A job of AWS Backup that ended without a snapshot, or a snapshot that was deleted before its copy was finished. */
export interface MissedBackup {
  readonly account: AccountId;
  readonly database: string;
  /** `FAILED`, `EXPIRED` or `ABORTED`; `DELETED` of a snapshot. */
  readonly state: string;
  /** The message of AWS Backup; for a deleted snapshot, the reason of the verdict. */
  readonly message: string;
  readonly at: string;
}

/** A report of `report-coverage`, as it is stored. */
export interface CoverageEvidence {
  readonly version: 1;
  /** When it was made, ISO 8601. */
  readonly at: string;
  readonly region: Region;
  readonly databases: readonly CoverageRow[];
  readonly accounts: readonly CoverageAccount[];
  readonly missedBackups: readonly MissedBackup[];
  /** Among the copies of the last week. Missing in reports of earlier releases. */
  readonly disputed?: readonly DisputedCopy[];
  /** How many databases have each status. */
  readonly counts: Readonly<Record<ProtectionStatus, number>>;
  /** Why the registry could not be read; accounts that the vault has not accepted are then missing. */
  readonly registryUnread?: string;
  /** When the last message was published, ISO 8601. */
  readonly alertedAt?: string;
  /** Name of the last report of a day that was stored. */
  readonly kept?: string;
}

/** Databases in Regions without a vault, with their account. */
export const elsewhereIn = ({ accounts }: CoverageEvidence) =>
  accounts.flatMap(({ account, elsewhere = [] }) =>
    elsewhere.filter(({ count }) => count > 0).map((one) => ({ account, ...one })),
  );

/** What could not be read, each part with its account; or the registry. The rest of the report may look better than the facts. */
export const unreadParts = ({ accounts, registryUnread }: CoverageEvidence): readonly string[] => [
  ...(registryUnread ? [`registry: ${registryUnread}`] : []),
  ...accounts.flatMap(({ account, unread }) => unread.map((part) => `${account}: ${part}`)),
  ...accounts.flatMap(({ account, elsewhere = [] }) =>
    elsewhere.flatMap(({ region, because }) => (because ? [`${account}: databases in ${region}: ${because}`] : [])),
  ),
];

/** The export keys in a report, by account. */
export const exportKeysIn = (report: CoverageEvidence | undefined): ReadonlyMap<AccountId, CoverageExportKey> =>
  new Map((report?.accounts ?? []).flatMap(({ account, exportKey }) => (exportKey ? [[account, exportKey]] : [])));

/** A policy of an export key that differs from what the tooling deploys. */
export interface ExportKeyFault {
  readonly account: AccountId;
  readonly fault: 'second-policy' | 'denies-all-principals';
  /** A sentence without the account. */
  readonly what: string;
}

/** Export keys whose policies differ from what the tooling deploys. */
export const exportKeyFaults = ({ accounts }: CoverageEvidence): readonly ExportKeyFault[] =>
  accounts.flatMap(({ account, exportKey }): readonly ExportKeyFault[] => {
    if (!exportKey) return [];
    const { keyId, otherPolicies = [], deniesAllPrincipals = false } = exportKey;
    const second = `The export key ${keyId} has a second policy: ${otherPolicies.join(', ')}`;
    const denial = `The policy of the export key ${keyId} denies something to all principals: copies under the key may fail, even with exceptions`;
    return [
      ...(otherPolicies.length > 0 ? [{ account, fault: 'second-policy' as const, what: second }] : []),
      ...(deniesAllPrincipals ? [{ account, fault: 'denies-all-principals' as const, what: denial }] : []),
    ];
  });

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

/** Parses a report of this release or of 0.1.0. @throws CheckvalveError `INVALID_INPUT` for anything that `report-coverage` would not write. */
export function readEvidence(text: string): CoverageEvidence {
  let found: unknown;
  try {
    found = currentReport(JSON.parse(text));
  } catch (cause) {
    throw unreadable('it is not JSON', cause);
  }
  if (isEvidence(found)) return found;
  throw unreadable('it is not a report of version 1');
}

const unreadable = (why: string, cause?: unknown) =>
  new CheckvalveError(
    'INVALID_INPUT',
    `The report cannot be read: ${why}`,
    'Restore an earlier version of the object. The next report is written without it.',
    { cause },
  );
