import { isOfAwsBackup } from '../../../src/contract/backup-snapshots';
import { collidingWindow } from '../../../src/contract/backup-windows';
import type { CoverageRow, NewestCopy } from '../../../src/contract/coverage';
import { clusterServiceOf } from '../../../src/contract/database-services';
import type { Decision } from '../../../src/contract/decisions';
import { HOUR } from '../../../src/contract/durations';
import { RECOVERY_POINT_TAGS } from '../../../src/contract/names';
import { unsupportedReason } from '../../../src/contract/protectable';
import { hasTooManyTags } from '../../../src/contract/tags';
import { holdOf } from '../../_kit/export-copies';
import type { Database } from '../../_kit/ports/databases';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { dataTime, importTime } from '../../_kit/vault-copies';
import { expectationOf, rpoOf } from './expectation';
import type { AccountContents, CoverageRules } from './facts';
import { REASONS, type ReasonText, verdictReason } from './reasons';

/** A database that exists, and what decides its status. */
export interface DatabaseFacts {
  readonly database: Database;
  /** The newest good vault copy of it. */
  readonly newest?: Snapshot;
  /** The row of the report before. */
  readonly record?: CoverageRow;
  /** The row of the report before of the database that had its name then. */
  readonly namesake?: CoverageRow;
  /** The vault has copies of a database with its name. */
  readonly hasCopiesByName?: boolean;
  /** The copy of the report before is gone, and no newer one is there. */
  readonly isLost: boolean;
  /** When the vault accepted its account. */
  readonly accountSince: Date;
  /** An operator's decision that it is no longer backed up. */
  readonly exclusion?: Decision;
  readonly contents: AccountContents;
  readonly rules: CoverageRules;
  readonly now: Date;
}

/** A status, and why. */
export type Judgement = Pick<CoverageRow, 'status' | 'code' | 'codeFrom' | 'reason' | 'remedy'>;

/** The part of a row that the facts decide. */
export type JudgedDatabase = Judgement &
  Pick<CoverageRow, 'newestCopy' | 'ageHours' | 'rpoHours' | 'wanted'> &
  Pick<CoverageRow, 'expected' | 'wantedSince' | 'waitsSince' | 'tagRemovedSince'>;

/** Hours between two instants, to a tenth. */
export const hoursBetween = (from: Date, to: Date): number =>
  Math.round((to.getTime() - from.getTime()) / 360_000) / 10;

/** The newest copy, as a report names it. */
export function newestCopyOf(newest: Snapshot): NewestCopy {
  const at = dataTime(newest);
  // RDS keeps the time of an instance's first snapshot through all copies.
  // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshot.html
  const isOfRds = newest.kind === 'instance' && newest.takenAt?.getTime() === at.getTime();
  return {
    arn: newest.arn,
    dataTime: at.toISOString(),
    dataTimeFrom: isOfRds ? 'rds' : 'source',
    importedAt: importTime(newest).toISOString(),
  };
}

/** The status of a database that exists. Pure. */
export function judgeDatabase(found: DatabaseFacts): JudgedDatabase {
  const { database, newest, record, now, rules } = found;
  const wanted = database.tags.get(rules.databaseTag.key) === rules.databaseTag.value;
  const hasCopies = newest !== undefined || found.hasCopiesByName === true;
  const { isExcluded, ...expectation } = expectationOf({ ...found, wanted, hasCopies });
  const from = newest ? dataTime(newest) : new Date(expectation.waitsSince);
  const isWithin = (hours: number) => now.getTime() - from.getTime() <= hours * HOUR;
  const rpoHours = rpoOf(database.tags, rules.rpo, record, isWithin);
  const protection = { ...expectation, wanted, isExcluded, isFresh: isWithin(rpoHours), rpoHours };
  const { expected, waitsSince } = expectation;
  return {
    ...statusOf(found, protection),
    newestCopy: found.isLost ? record?.newestCopy : newest && newestCopyOf(newest),
    ageHours: hoursBetween(from, now),
    rpoHours,
    wanted,
    expected,
    wantedSince: expectation.wantedSince,
    waitsSince: expected ? waitsSince : undefined,
    tagRemovedSince: expectation.tagRemovedSince,
  };
}

interface Protection {
  readonly wanted: boolean;
  readonly expected: boolean;
  readonly isExcluded: boolean;
  readonly tagRemovedSince?: string;
  /** The newest copy, or the wait for the first one, is not older than the RPO. */
  readonly isFresh: boolean;
  readonly rpoHours: number;
}

/** A source can change most of these facts. What it can change never improves `late` or `never`, and only adds a reason: see
 * docs/adr/0040. */
function statusOf(found: DatabaseFacts, protection: Protection): Judgement {
  const { newest, rules, record } = found;
  const { wanted, isFresh, rpoHours } = protection;
  const tag = `${rules.databaseTag.key}=${rules.databaseTag.value}`;
  if (found.isLost) return lostCopy(record?.newestCopy);
  const removed = wanted ? undefined : missingTag(found, protection, tag);
  if (newest && isFresh && (wanted || protection.expected)) {
    return { status: 'protected', ...(protection.tagRemovedSince !== undefined && removed) };
  }
  if (protection.isExcluded) return { status: 'excluded', ...REASONS.excluded() };
  if (!protection.expected) return { status: 'missing-tag', ...REASONS['never-tagged'](tag) };
  const lasting = unsupportedReason(found.database);
  if (lasting && !newest) return { status: 'unsupported', ...verdictReason(lasting) };
  const why = removed ?? obstacleOf(found);
  if (!newest && isFresh) {
    return { status: 'new', ...REASONS['first-copy-not-due'](rpoHours), ...why };
  }
  return { status: newest ? 'late' : 'never', ...(why ?? missedBackup(found)) };
}

/** Why an expected database does not have the tag. */
const missingTag = ({ database }: DatabaseFacts, { tagRemovedSince }: Protection, tag: string): ReasonText =>
  REASONS[tagRemovedSince ? 'tag-removed' : 'tag-missing'](tag, database.arn);

/** The status of a database whose newest copy is gone. */
export const lostCopy = (copy: NewestCopy | undefined): Judgement => ({
  status: 'lost',
  ...REASONS['copy-lost'](copy?.arn, copy?.dataTime),
});

/** Why no newer copy is in the vault: by what AWS answers, and then by the tags that the source wrote. */
function obstacleOf(found: DatabaseFacts): Omit<Judgement, 'status'> | undefined {
  const { database, contents, newest } = found;
  const lasting = unsupportedReason(database);
  if (lasting) return verdictReason(lasting);
  if (hasTooManyTags(database.tags.keys())) return verdictReason('too-many-tags');
  const service = clusterServiceOf(database);
  if (service && contents.optedOut.includes(service)) return verdictReason('not-opted-in');
  if (hasOnlyBackupsWithoutTag(found)) {
    return { ...verdictReason('missing-tag'), ...REASONS['recovery-point-tag-missing']() };
  }
  const since = newest ? importTime(newest).getTime() : 0;
  const holds = ofDatabase(contents.snapshots, database)
    // The tags and the table hold the same verdicts, except where AWS refuses tags on its snapshots.
    .flatMap((one) => [holdOf(one) ?? [], contents.held.get(one.arn) ?? []].flat())
    // A verdict from before the newest copy no longer counts.
    .filter(({ at }) => at.getTime() > since)
    .sort((a, b) => b.at.getTime() - a.at.getTime());
  return holds[0] && verdictReason(holds[0].code, 'source');
}

const ofDatabase = (snapshots: readonly Snapshot[], { arn }: Database) =>
  snapshots.filter(({ database }) => database === arn);

function hasOnlyBackupsWithoutTag({ database, contents }: DatabaseFacts): boolean {
  const backups = ofDatabase(contents.snapshots, database).filter(isOfAwsBackup);
  return backups.length > 0 && backups.every(({ tags }) => !tags.has(RECOVERY_POINT_TAGS.exportKey));
}

function missedBackup({ database, contents }: DatabaseFacts): ReasonText {
  const job = contents.failedJobs.find(({ resource }) => resource === database.arn);
  if (!job) return REASONS['no-failed-job']();
  const window = collidingWindow(job.begunAt ?? job.at, database.windows ?? {});
  return window ? REASONS['job-in-window'](job.state, window) : REASONS['job-failed'](job.state, job.message);
}
