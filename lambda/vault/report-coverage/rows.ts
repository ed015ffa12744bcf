import { type CoverageRow, isExpected, PROTECTION_STATUSES } from '../../../src/contract/coverage';
import { decidedOf } from '../../../src/contract/decisions';
import { DAY } from '../../../src/contract/durations';
import { type AccountId, databaseArn } from '../../../src/contract/ids';
import { TAGS } from '../../../src/contract/names';
import type { Database } from '../../_kit/ports/databases';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { databaseOf, dataTime, originOf } from '../../_kit/vault-copies';
import { type AbsentDatabase, judgeAbsentDatabase, NAME_REUSED } from './absent-database';
import type { AccountContents, CoverageFacts } from './facts';
import { hoursBetween, judgeDatabase, lostCopy, newestCopyOf } from './judge-database';
import { identity, isNewer, type SortedCoverage, sortFacts } from './sorted-facts';

/** For how long the report names a lost copy of a database that is deleted as well. */
const MAX_LOST = 90 * DAY;

/** One row for each database that exists, that the vault has copies of, or that the report before names; the worst first. Pure. */
export function rowsOf(facts: CoverageFacts): readonly CoverageRow[] {
  const sorted = sortFacts(facts);
  const existing = facts.accounts.flatMap(({ account, since, observed }) =>
    observed.access === 'granted'
      ? observed.databases.map((database) => ({ database, account, since, contents: observed }))
      : [],
  );
  // Copies that do not name the resource id belong to the database that has the name now.
  const byName = new Set(existing.map(({ account, database }) => identity(account, undefined, database.arn)));
  const covered = new Set([
    ...byName,
    ...existing.map(({ account, database }) => identity(account, database.resourceId, database.arn)),
  ]);
  const withCopies = [...sorted.newest].filter(([key]) => !covered.has(key));
  const recorded = [...sorted.records].filter(([key]) => !covered.has(key) && !sorted.newest.has(key));
  const rank = ({ status }: CoverageRow) => PROTECTION_STATUSES.indexOf(status);
  return [
    ...existing.map((one) => existingRow(one, sorted)),
    ...withCopies.map(([, newest]) => rowOfCopies(newest, byName, sorted)),
    ...recorded.flatMap(([, record]) => recordedRow(record, sorted)),
  ].sort((a, b) => rank(a) - rank(b) || (a.database < b.database ? -1 : a.database > b.database ? 1 : 0));
}

/** The time of the status: that of the report before while the status stays the same. */
const sinceOf = (status: CoverageRow['status'], record: CoverageRow | undefined, now: Date): string =>
  record?.status === status ? record.since : now.toISOString();

/** Whether the copy of the report before is gone, and no newer one is there. */
function isLost(record: CoverageRow | undefined, newest: Snapshot | undefined, sorted: SortedCoverage): boolean {
  if (!record?.newestCopy || sorted.present.has(record.newestCopy.arn)) return false;
  const latest = Math.max(newest ? dataTime(newest).getTime() : 0, sorted.newestByName.get(record.database) ?? 0);
  return latest < Date.parse(record.newestCopy.dataTime);
}

interface ExistingDatabase {
  readonly database: Database;
  readonly account: AccountId;
  /** When the vault accepted the account. */
  readonly since: Date;
  readonly contents: AccountContents;
}

function existingRow({ database, account, since, contents }: ExistingDatabase, sorted: SortedCoverage): CoverageRow {
  const { now, rules, decisions } = sorted.facts;
  const key = identity(account, database.resourceId, database.arn);
  const nameKey = identity(account, undefined, database.arn);
  const [own, byName] = [sorted.newest.get(key), sorted.newest.get(nameKey)];
  const newest = own && byName ? (isNewer(byName, own) ? byName : own) : (own ?? byName);
  const record = sorted.records.get(key) ?? sorted.records.get(nameKey);
  const judged = judgeDatabase({
    database,
    newest,
    record,
    namesake: record ? undefined : sorted.namesakes.get(nameKey),
    hasCopiesByName: sorted.newestByName.has(database.arn),
    isLost: isLost(record, newest, sorted),
    exclusion: decisions?.find(({ kind, subject }) => kind === 'excluded' && subject === database.arn),
    accountSince: since,
    contents,
    rules,
    now,
  });
  return {
    account,
    database: database.arn,
    resourceId: database.resourceId,
    engine: database.engine,
    ...judged,
    since: sinceOf(judged.status, record, now),
  };
}

/** What decides the status of a database that its account does not show. */
function absentDatabase(
  account: AccountId,
  newest: Snapshot | undefined,
  record: CoverageRow | undefined,
  { facts, accounts }: SortedCoverage,
): AbsentDatabase {
  const observed = accounts.get(account);
  const from = newest ? dataTime(newest) : new Date(record?.waitsSince ?? facts.now);
  const rpoHours = record?.rpoHours ?? facts.rules.rpo.hours;
  return {
    id: account,
    account: observed,
    wasExpected: record ? isExpected(record) : true,
    hasCopy: newest !== undefined,
    isOverdue: hoursBetween(from, facts.now) > rpoHours,
    isEvicted: decidedOf(facts.decisions ?? [], 'evicted').has(account),
    isConfirmed: isExitConfirmed(account, observed?.since, facts),
  };
}

/** Whether an operator has confirmed, since the account left, that it did. */
export const isExitConfirmed = (
  account: AccountId,
  since: Date | undefined,
  { decisions = [] }: CoverageFacts,
): boolean =>
  decisions.some(
    (one) => one.kind === 'left' && one.subject === account && !(Date.parse(one.at) < (since?.getTime() ?? 0)),
  );

/** What the report continues to say of a database that its account does not show. */
const carried = (record: CoverageRow | undefined) => ({
  wantedSince: record?.wantedSince,
  waitsSince: record?.waitsSince,
  tagRemovedSince: record?.tagRemovedSince,
});

/** A row of a database that the vault has copies of, and its account does not show. */
function rowOfCopies(newest: Snapshot, existingNames: ReadonlySet<string>, sorted: SortedCoverage): CoverageRow {
  const { now, rules } = sorted.facts;
  const account = originOf(newest);
  const resourceId = newest.tags.get(TAGS.resourceId);
  const database = databaseArn(databaseOf(newest));
  const record = sorted.records.get(identity(account, resourceId, database));
  const lost = isLost(record, newest, sorted);
  const isNameReused = existingNames.has(identity(account, undefined, database));
  const absent = absentDatabase(account, newest, record, sorted);
  const judged = lost ? lostCopy(record?.newestCopy) : isNameReused ? NAME_REUSED : judgeAbsentDatabase(absent);
  return {
    account,
    database,
    resourceId,
    engine: newest.engine,
    ...judged,
    ...carried(record),
    newestCopy: lost && record?.newestCopy ? record.newestCopy : newestCopyOf(newest),
    ageHours: hoursBetween(dataTime(newest), now),
    rpoHours: record?.rpoHours ?? rules.rpo.hours,
    wanted: record?.status === 'unknown' || judged.status === 'unknown' ? (record?.wanted ?? true) : false,
    expected: judged.status !== 'source-deleted' && absent.wasExpected,
    since: sinceOf(judged.status, record, now),
  };
}

/** A row of a database that only the report before names. */
function recordedRow(record: CoverageRow, sorted: SortedCoverage): CoverageRow[] {
  const { now } = sorted.facts;
  const lost = isLost(record, undefined, sorted);
  const absent = absentDatabase(record.account, undefined, record, sorted);
  const judged = lost ? lostCopy(record.newestCopy) : judgeAbsentDatabase(absent);
  // A deleted database without copies needs no row.
  const hasCopies = lost || sorted.present.has(record.newestCopy?.arn ?? '');
  const isAwaited = absent.wasExpected && !absent.isEvicted && !absent.isConfirmed;
  if (!hasCopies && judged.status !== 'unknown' && !(isAwaited && judged.status !== 'source-deleted')) return [];
  if (record.status === 'lost' && now.getTime() - Date.parse(record.since) > MAX_LOST) return [];
  const { account, database, resourceId, engine, newestCopy, wanted, rpoHours } = record;
  const known = { account, database, resourceId, engine, newestCopy, wanted, rpoHours, ...carried(record) };
  const expected = judged.status !== 'source-deleted' && absent.wasExpected;
  return [{ ...known, ...judged, expected, since: sinceOf(judged.status, record, now) }];
}
