import { isOfAwsBackup } from '../../../src/contract/backup-snapshots';
import { collidingWindow } from '../../../src/contract/backup-windows';
import type { CoverageRow, NewestCopy } from '../../../src/contract/coverage';
import type { Decision } from '../../../src/contract/decisions';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../src/contract/names';
import { unsupportedReason } from '../../../src/contract/protectable';
import { hasTooManyTags } from '../../../src/contract/tags';
import { readHold, VERDICTS, type VerdictCode } from '../../../src/contract/verdicts';

import type { Database } from '../../_kit/ports/databases';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { dataTime, importTime } from '../../_kit/vault-copies';
import { expectationOf, rpoOf } from './expectation';
import type { Behind, CoverageRules } from './facts';

/** A database that exists, and all that decides what is said of it. */
export interface DatabaseCase {
  readonly database: Database;
  /** The newest good vault copy of it. */
  readonly newest?: Snapshot;
  /** What the report before said. */
  readonly record?: CoverageRow;
  /** What the report before said of the database that had its name then. */
  readonly namesake?: CoverageRow;
  /** The vault has copies of one that had its name. */
  readonly hasCopiesByName?: boolean;
  /** The copy that the report before knew is gone, and no newer one is there. */
  readonly isLost: boolean;
  /** When the vault accepted its account. */
  readonly accountSince: Date;
  /** The operator's decision that it is no longer backed up. */
  readonly exclusion?: Decision;
  readonly behind: Behind;
  readonly rules: CoverageRules;
  readonly now: Date;
}

/** What is said, and why. */
export type Judgement = Pick<CoverageRow, 'status' | 'code' | 'codeFrom' | 'reason' | 'remedy'>;

/** What was found of a database, the times in it included. */
export type JudgedDatabase = Judgement &
  Pick<CoverageRow, 'newestCopy' | 'ageHours' | 'rpoHours' | 'wanted'> &
  Pick<CoverageRow, 'expected' | 'wantedSince' | 'waitsSince' | 'tagRemovedSince'>;

const HOUR = 3_600_000;

/** Hours between two instants, to a tenth. */
export const hoursBetween = (from: Date, to: Date): number =>
  Math.round((to.getTime() - from.getTime()) / 360_000) / 10;

/** A copy as it is told of. */
export function told(newest: Snapshot): NewestCopy {
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

/** What is to be said of a database that exists. Pure. */
export function judgeDatabase(found: DatabaseCase): JudgedDatabase {
  const { database, newest, record, now, rules } = found;
  const wanted = database.tags.get(rules.databaseTag.key) === rules.databaseTag.value;
  const hasCopies = newest !== undefined || found.hasCopiesByName === true;
  const { isExcluded, ...expectation } = expectationOf({ ...found, wanted, hasCopies });
  const from = newest ? dataTime(newest) : new Date(expectation.waitsSince);
  const isWithin = (hours: number) => now.getTime() - from.getTime() <= hours * HOUR;
  const rpoHours = rpoOf(database.tags, rules.rpo, record, isWithin);
  const standing = { ...expectation, wanted, isExcluded, isFresh: isWithin(rpoHours), rpoHours };
  const { expected, waitsSince } = expectation;
  return {
    ...judgement(found, standing),
    newestCopy: found.isLost ? record?.newestCopy : newest && told(newest),
    ageHours: hoursBetween(from, now),
    rpoHours,
    ...{ wanted, expected, wantedSince: expectation.wantedSince, waitsSince: expected ? waitsSince : undefined },
    tagRemovedSince: expectation.tagRemovedSince,
  };
}

interface Standing {
  readonly wanted: boolean;
  readonly expected: boolean;
  readonly isExcluded: boolean;
  readonly tagRemovedSince?: string;
  /** The newest copy, or the wait for the first one, is not older than the RPO. */
  readonly isFresh: boolean;
  readonly rpoHours: number;
}

/** A source can change most of what is asked here. What it can change leaves the status `late` or `never`, with the reason
 * beside it: see docs/adr/0040. */
function judgement(found: DatabaseCase, standing: Standing): Judgement {
  const { newest, rules, record } = found;
  const { wanted, isFresh, rpoHours } = standing;
  const tag = `${rules.databaseTag.key}=${rules.databaseTag.value}`;
  if (found.isLost) return lostCopy(record?.newestCopy);
  const removed = wanted ? undefined : tagMissing(found, standing, tag);
  if (newest && isFresh && (wanted || standing.expected)) {
    return { status: 'protected', ...(standing.tagRemovedSince !== undefined && removed) };
  }
  if (standing.isExcluded) return { status: 'excluded', reason: 'an operator decided that it is no longer backed up' };
  if (!standing.expected) {
    return {
      status: 'missing-tag',
      reason: `it does not carry the tag ${tag}: the backup plans pass it over`,
      remedy: `Tag it ${tag}, if it is to be protected.`,
    };
  }
  const lasting = unsupportedReason(found.database);
  if (lasting && !newest) return { status: 'unsupported', ...inWords(lasting) };
  const why = removed ?? standingInTheWay(found);
  if (!newest && isFresh) {
    return { status: 'new', reason: `its first copy is due ${rpoHours} h after it began`, ...why };
  }
  return { status: newest ? 'late' : 'never', ...(why ?? missedBackup(found)) };
}

/** Why an expected database lacks the tag, and what ends it. */
function tagMissing({ database }: DatabaseCase, { tagRemovedSince }: Standing, tag: string) {
  const reason = tagRemovedSince
    ? `the tag ${tag} was removed`
    : `it does not carry the tag ${tag}, and the vault has copies`;
  return {
    reason: `${reason}: the backup plans pass it over`,
    remedy: `Tag it ${tag}; or run “checkvalve accept --excluded ${database.arn}”, if it is no longer to be protected.`,
  };
}

const inWords = (code: VerdictCode, codeFrom: CoverageRow['codeFrom'] = 'aws') => {
  const { reason, remedy } = VERDICTS[code];
  return { code, codeFrom, reason: codeFrom === 'source' ? `the source says: ${reason}` : reason, remedy };
};

/** A copy that the vault had and has no more. */
export const lostCopy = (gone: NewestCopy | undefined): Judgement => ({
  status: 'lost',
  reason: `the vault had a copy of ${gone?.dataTime ?? 'an unknown time'}, and it is gone: no newer one is there`,
  remedy: `Find in the vault's CloudTrail who deleted ${gone?.arn ?? 'it'}. Nothing of Checkvalve deletes a newest copy.`,
});

/** Why the last attempts came to nothing: by what AWS answers, and then by the marks that the source wrote. */
function standingInTheWay(found: DatabaseCase): Omit<Judgement, 'status'> | undefined {
  const { database, behind, newest } = found;
  const lasting = unsupportedReason(database);
  if (lasting) return inWords(lasting);
  if (hasTooManyTags(database.tags.keys())) return inWords('too-many-tags');
  const service = clusterService(database);
  if (service && behind.optedOut.includes(service)) return inWords('not-opted-in');
  if (hasOnlyBackupsWithoutTag(found)) {
    return {
      ...inWords('missing-tag'),
      reason: `AWS Backup's snapshots of it do not carry the tag ${RECOVERY_POINT_TAGS.exportKey}`,
      remedy: `Let its plan set ${RECOVERY_POINT_TAGS.exportKey} on recovery points, or use the plans of the tooling.`,
    };
  }
  const since = newest ? importTime(newest).getTime() : 0;
  const holds = ofDatabase(behind.snapshots, database)
    // The same status stands in both, but where AWS refuses tags on its snapshots.
    .flatMap(({ arn, tags }) => [readHold(tags.get(TAGS.held)) ?? [], behind.held.get(arn) ?? []].flat())
    // What was in the way before the newest copy is so no longer.
    .filter(({ at }) => at.getTime() > since)
    .sort((a, b) => b.at.getTime() - a.at.getTime());
  return holds[0] && inWords(holds[0].code, 'source');
}

const ofDatabase = (snapshots: readonly Snapshot[], { arn }: Database) =>
  snapshots.filter(({ database }) => database === arn);

/** Under which name AWS Backup counts a cluster. Undefined for instances of RDS: the plans select by ARN, and that way AWS
 * Backup takes them whatever the opt-in says; clusters it does not.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/getting-started.html#service-opt-in */
function clusterService({ kind, engine }: Database): string | undefined {
  if (kind !== 'cluster') return undefined;
  if (engine.startsWith('aurora')) return 'Aurora';
  if (engine === 'docdb') return 'DocumentDB';
  return engine === 'neptune' ? 'Neptune' : undefined;
}

function hasOnlyBackupsWithoutTag({ database, behind }: DatabaseCase): boolean {
  const backups = ofDatabase(behind.snapshots, database).filter(isOfAwsBackup);
  return backups.length > 0 && backups.every(({ tags }) => !tags.has(RECOVERY_POINT_TAGS.exportKey));
}

function missedBackup({ database, behind }: DatabaseCase) {
  const job = behind.failedJobs.find(({ resource }) => resource === database.arn);
  if (!job) return { remedy: 'Look at AWS Backup, then at the logs of export-snapshots and of import-copies.' };
  const window = collidingWindow(job.begunAt ?? job.at, database.windows ?? {});
  if (window) {
    return {
      reason: `its backup ${job.state.toLowerCase()}: it was to start in the hour before or during its ${window}`,
      remedy: 'Move that window of the instance, or the schedule of the plan, so that they are two hours apart.',
    };
  }
  return { reason: `its backup ${job.state.toLowerCase()}: ${job.message}`, remedy: 'Look at the job in AWS Backup.' };
}
