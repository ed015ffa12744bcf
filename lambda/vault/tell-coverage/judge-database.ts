import { isOfAwsBackup } from '../../../src/contract/backup-snapshots';
import { collidingWindow } from '../../../src/contract/backup-windows';
import type { CoverageRow, CoverageVerdict, NewestCopy } from '../../../src/contract/coverage';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../src/contract/names';
import { lastingReason } from '../../../src/contract/protectable';
import { hasTooManyTags } from '../../../src/contract/taggable';
import { readHold, VERDICTS, type VerdictCode } from '../../../src/contract/verdicts';

import type { Database } from '../../_kit/ports/databases';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { dataTime, importTime } from '../../_kit/vault-copies';
import type { Behind, CoverageRules, Objectives } from './facts';

/** A database that exists, and all that decides what is said of it. */
export interface DatabaseCase {
  readonly database: Database;
  /** The newest good vault copy of it. */
  readonly newest?: Snapshot;
  /** What the report before said. */
  readonly record?: CoverageRow;
  /** The copy that the report before knew is gone, and no newer one is there. */
  readonly isLost: boolean;
  /** When the vault accepted its account. */
  readonly accountSince: Date;
  readonly behind: Behind;
  readonly rules: CoverageRules;
  readonly now: Date;
}

/** What is said, and why. */
export interface Judgement {
  readonly verdict: CoverageVerdict;
  readonly code?: VerdictCode;
  readonly reason?: string;
  readonly remedy?: string;
}

/** What was found of a database, the times in it included. */
export type JudgedDatabase = Judgement &
  Pick<CoverageRow, 'newestCopy' | 'ageHours' | 'objectiveHours' | 'wanted' | 'wantedSince'>;

const HOUR = 3_600_000;

/** Hours between two instants, to a tenth. */
export const hoursBetween = (from: Date, to: Date): number =>
  Math.round((to.getTime() - from.getTime()) / 360_000) / 10;

/** A copy as it is told of. */
export const told = (newest: Snapshot): NewestCopy => ({
  arn: newest.arn,
  dataTime: dataTime(newest).toISOString(),
  importedAt: importTime(newest).toISOString(),
});

/** The strictest objective that a tag of the database asks for, or the one for all. */
export function objectiveOf(tags: ReadonlyMap<string, string>, { hours, byTag }: Objectives): number {
  const fitting = byTag.filter(({ key, value }) => tags.get(key) === value).map((one) => one.hours);
  return fitting.length > 0 ? fitting.reduce((least, one) => Math.min(least, one)) : hours;
}

/** What is to be said of a database that exists. Pure. */
export function judgeDatabase(found: DatabaseCase): JudgedDatabase {
  const { database, newest, record, now, rules } = found;
  const wanted = database.tags.get(rules.databaseTag.key) === rules.databaseTag.value;
  // A tag that came later than the database starts its clock anew: until then nobody wanted a copy.
  const wantedSince = wanted && record?.wanted === false ? now.toISOString() : wanted ? record?.wantedSince : undefined;
  const waitsFrom = Math.max(
    (database.createdAt ?? now).getTime(),
    found.accountSince.getTime(),
    Date.parse(wantedSince ?? '') || 0,
  );
  const ageHours = hoursBetween(newest ? dataTime(newest) : new Date(waitsFrom), now);
  const objectiveHours = objectiveOf(database.tags, rules.objectives);
  const isFresh = now.getTime() - (newest ? dataTime(newest).getTime() : waitsFrom) <= objectiveHours * HOUR;
  return {
    ...judgement(found, { wanted, isFresh, objectiveHours }),
    newestCopy: found.isLost ? record?.newestCopy : newest && told(newest),
    ageHours,
    objectiveHours,
    wanted,
    wantedSince,
  };
}

interface Standing {
  readonly wanted: boolean;
  /** The newest copy, or the wait for the first one, is not older than the objective. */
  readonly isFresh: boolean;
  readonly objectiveHours: number;
}

function judgement(found: DatabaseCase, { wanted, isFresh, objectiveHours }: Standing): Judgement {
  const { newest, rules, record } = found;
  const { key, value } = rules.databaseTag;
  if (found.isLost) return lostCopy(record?.newestCopy);
  if (!wanted) {
    return {
      verdict: 'untagged',
      reason: `it does not carry the tag ${key}=${value}: the backup plans pass it over`,
      remedy: `Tag it ${key}=${value}, if it is to be protected.`,
    };
  }
  if (newest && isFresh) return { verdict: 'protected' };
  const code = standingInTheWay(found);
  if (code && VERDICTS[code].lasts === 'unprotectable') return { verdict: 'unprotectable', ...inWords(code) };
  if (!newest && isFresh) return { verdict: 'new', reason: `its first copy is due ${objectiveHours} h after it began` };
  if (hasOnlyUntaggedBackups(found)) {
    return {
      verdict: 'untagged',
      reason: `AWS Backup's snapshots of it do not carry the tag ${RECOVERY_POINT_TAGS.exportKey}`,
      remedy: `Let its plan set ${RECOVERY_POINT_TAGS.exportKey} on recovery points, or use the plans of the tooling.`,
    };
  }
  const verdict = newest ? 'late' : 'never';
  return code ? { verdict, ...inWords(code) } : { verdict, ...missedBackup(found) };
}

const inWords = (code: VerdictCode) => {
  const { reason, remedy } = VERDICTS[code];
  return { code, reason, remedy };
};

/** A copy that the vault had and has no more. */
export const lostCopy = (gone: NewestCopy | undefined): Judgement => ({
  verdict: 'lost',
  reason: `the vault had a copy of ${gone?.dataTime ?? 'an unknown time'}, and it is gone: no newer one is there`,
  remedy: `Find in the vault's CloudTrail who deleted ${gone?.arn ?? 'it'}. Nothing of Checkvalve deletes a newest copy.`,
});

/** Why no copy can be made as the database is, or why the last attempts came to nothing. */
function standingInTheWay({ database, behind, newest }: DatabaseCase): VerdictCode | undefined {
  const lasting = lastingReason(database);
  if (lasting) return lasting;
  if (hasTooManyTags(database.tags.keys())) return 'too-many-tags';
  const service = clusterService(database);
  if (service && behind.optedOut.includes(service)) return 'not-opted-in';
  const since = newest ? importTime(newest).getTime() : 0;
  const holds = ofDatabase(behind.snapshots, database)
    // The same verdict stands in both, but where AWS refuses tags on its snapshots.
    .flatMap(({ arn, tags }) => [readHold(tags.get(TAGS.held)) ?? [], behind.held.get(arn) ?? []].flat())
    // What was in the way before the newest copy is so no longer.
    .filter(({ at }) => at.getTime() > since)
    .sort((a, b) => b.at.getTime() - a.at.getTime());
  return holds[0]?.code;
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

function hasOnlyUntaggedBackups({ database, behind }: DatabaseCase): boolean {
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
