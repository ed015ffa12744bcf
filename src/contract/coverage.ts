import { CheckvalveError } from './errors';
import type { AccountId, DatabaseArn, Region, SnapshotArn } from './ids';
import type { VerdictCode } from './verdicts';

/**
 * What is said of a database, the worst first.
 * `unknown`: its account does not let the vault look in, or could not be asked. `lost`: the vault had a copy, and it is gone.
 * `never`: no copy, though one was due. `late`: the newest copy is older than the objective.
 * `unprotectable`: no copy can be made as the database is. `untagged`: not crossing, for want of a tag.
 * `new`: no copy yet, and none due. `last-copy`: the database is gone, its copies stay. `left`: its account left.
 */
export const COVERAGE_VERDICTS = [
  'unknown',
  'lost',
  'never',
  'late',
  'unprotectable',
  'untagged',
  'new',
  'last-copy',
  'left',
  'protected',
] as const;

/** One of {@link COVERAGE_VERDICTS}. */
export type CoverageVerdict = (typeof COVERAGE_VERDICTS)[number];

/** The verdicts under which a database that should be protected is not. */
export const NOT_PROTECTED: readonly CoverageVerdict[] = [
  'unknown',
  'lost',
  'never',
  'late',
  'unprotectable',
  'untagged',
];

/** The newest good copy in the vault. All times ISO 8601 in UTC. */
export interface NewestCopy {
  readonly arn: SnapshotArn;
  /** When the data was taken, as far as the vault believes it. */
  readonly dataTime: string;
  /** When the vault made the copy, by its own clock. */
  readonly importedAt: string;
}

/** What coverage says of one database. */
export interface CoverageRow {
  readonly account: AccountId;
  readonly database: DatabaseArn;
  readonly resourceId?: string;
  readonly engine?: string;
  readonly verdict: CoverageVerdict;
  /** Code of the verdict on the way, where there is one: see verdicts.ts. */
  readonly code?: VerdictCode;
  /** In words. */
  readonly reason?: string;
  readonly remedy?: string;
  /** Since when the verdict is this one, ISO 8601. */
  readonly since: string;
  readonly newestCopy?: NewestCopy;
  /** Age of the newest copy's data; of the database's wait for a first copy, where it has none. */
  readonly ageHours?: number;
  readonly objectiveHours?: number;
  /** Whether AWS Backup's plans select it; false for a database that is gone. */
  readonly wanted: boolean;
  /** Since when a copy is wanted, where a tag made it so after the database was made. ISO 8601. */
  readonly wantedSince?: string;
}

/** What a run reads of an export key: one of the two, so that it costs one call an account. */
export type ExportKeyPart = 'policy-names' | 'default-policy';

/** What coverage saw of the policies of an account's export key: what a run does not read stands as it was read before. */
export interface CoverageExportKey {
  readonly keyId: string;
  /** Names of its policies beside the default one; absent until they are listed. */
  readonly otherPolicies?: readonly string[];
  /** Whether its default policy denies something to everybody; absent until it is read. */
  readonly deniesEverybody?: boolean;
  /** What the last run read, or tried to. */
  readonly lastRead: ExportKeyPart;
}

/** What coverage saw of one account. */
export interface CoverageAccount {
  readonly account: AccountId;
  /** `waiting`: in the registry, not accepted by the vault yet. */
  readonly state: 'enrolled' | 'waiting' | 'leaving' | 'left';
  /** `shut`: AWS answered that the account does not let the vault look in. `unknown`: the vault could not ask. */
  readonly door: 'open' | 'shut' | 'unknown' | 'not-opened';
  /** Why it is shut, or could not be asked. */
  readonly because?: string;
  /** Messages in the account's dead-letter queue; absent when nobody knows, and then among `unread`. */
  readonly deadLetters?: number;
  /** Services that AWS Backup is not opted in to. */
  readonly optedOut: readonly string[];
  /** Export copies that wait for the vault for hours. */
  readonly notTaken: readonly SnapshotArn[];
  /** Absent until a snapshot of the account names its export key. */
  readonly exportKey?: CoverageExportKey;
  /** What could not be read although the door opened, or that nothing could be asked, in words. */
  readonly unread: readonly string[];
}

/** A job of AWS Backup that ended without a snapshot, or a snapshot that was deleted before its copy was finished. */
export interface MissedBackup {
  readonly account: AccountId;
  readonly database: string;
  /** `FAILED`, `EXPIRED` or `ABORTED`; `DELETED` of a snapshot. */
  readonly state: string;
  /** AWS Backup's own words; of a deleted snapshot, the verdict. */
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
  /** How many databases have each verdict. */
  readonly counts: Readonly<Record<CoverageVerdict, number>>;
  /** Why the registry could not be read; accounts that the vault has not accepted are missing then. */
  readonly registryUnread?: string;
  /** When people were last told, ISO 8601. */
  readonly toldAt?: string;
  /** Name of the day's report that was kept last. */
  readonly kept?: string;
}

/** What could not be read, and whose it is: of an account that lets the vault look in, or that could not be asked, or the
 * registry itself. What is said beside it may
 * be too good. */
export const unreadParts = ({ accounts, registryUnread }: CoverageEvidence): readonly string[] => [
  ...(registryUnread ? [`registry: ${registryUnread}`] : []),
  ...accounts.flatMap(({ account, unread }) => unread.map((part) => `${account}: ${part}`)),
];

/** What a report knows of the export keys, by account. */
export const exportKeysIn = (report: CoverageEvidence | undefined): ReadonlyMap<AccountId, CoverageExportKey> =>
  new Map((report?.accounts ?? []).flatMap(({ account, exportKey }) => (exportKey ? [[account, exportKey]] : [])));

/** Something about an account's export key that its tooling did not make so. */
export interface ExportKeyFault {
  readonly account: AccountId;
  readonly fault: 'second-policy' | 'denies-everybody';
  /** In words, without the account. */
  readonly what: string;
}

/** Export keys whose policies are not as the tooling made them. */
export const exportKeyFaults = ({ accounts }: CoverageEvidence): readonly ExportKeyFault[] =>
  accounts.flatMap(({ account, exportKey }): readonly ExportKeyFault[] => {
    if (!exportKey) return [];
    const { keyId, otherPolicies = [], deniesEverybody = false } = exportKey;
    const second = `The export key ${keyId} has a policy beside its own: ${otherPolicies.join(', ')}`;
    const denial = `The policy of the export key ${keyId} denies something to everybody: copies under the key may fail, even with exceptions`;
    return [
      ...(otherPolicies.length > 0 ? [{ account, fault: 'second-policy' as const, what: second }] : []),
      ...(deniesEverybody ? [{ account, fault: 'denies-everybody' as const, what: denial }] : []),
    ];
  });

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isRow = (value: unknown): value is CoverageRow =>
  isRecord(value) &&
  typeof value.account === 'string' &&
  typeof value.database === 'string' &&
  typeof value.since === 'string' &&
  COVERAGE_VERDICTS.some((verdict) => verdict === value.verdict);

const isEvidence = (value: unknown): value is CoverageEvidence =>
  isRecord(value) &&
  value.version === 1 &&
  typeof value.at === 'string' &&
  isRecord(value.counts) &&
  Array.isArray(value.accounts) &&
  Array.isArray(value.missedBackups) &&
  Array.isArray(value.databases) &&
  value.databases.every(isRow);

/** Reads a report. @throws CheckvalveError `INVALID_INPUT` for anything that tell-coverage would not have written. */
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
