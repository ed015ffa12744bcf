import { type CoverageRow, isExpected, PROTECTION_STATUSES } from '../../../src/contract/coverage';
import { decidedOf } from '../../../src/contract/decisions';
import { DAY } from '../../../src/contract/durations';
import { type AccountId, databaseArn, isDatabaseArn } from '../../../src/contract/ids';
import { TAGS } from '../../../src/contract/names';
import { groupBy, isAvailable } from '../../_kit/copies';
import type { Database } from '../../_kit/ports/databases';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { dataTime, isVaultCopy, originOf } from '../../_kit/vault-copies';
import { type AbsentDatabase, judgeAbsentDatabase, REPLACED } from './absent-database';
import type { AccountContents, CoverageFacts, ObservedAccount } from './facts';
import { hoursBetween, judgeDatabase, lostCopy, told } from './judge-database';

/** For how long a copy that vanished of a database that is gone as well is told of. */
const LOST_FOR = 90 * DAY;

/** Which database: its stable id, its ARN where there is none. An account's word counts for its own databases alone. */
const identity = (account: AccountId, resourceId: string | undefined, database: string): string =>
  `${account} ${resourceId ?? database}`;

/** Which database a vault copy is of, as the vault wrote it down. */
const databaseOf = ({ tags }: Snapshot): string => tags.get(TAGS.database) ?? '';

/** The facts, sorted once. */
interface World {
  readonly facts: CoverageFacts;
  /** The newest good copy of each database that the vault has copies of. */
  readonly newest: ReadonlyMap<string, Snapshot>;
  readonly records: ReadonlyMap<string, CoverageRow>;
  /** What the report before said of the databases that existed, by account and ARN. */
  readonly namesakes: ReadonlyMap<string, CoverageRow>;
  /** The time of the newest data of each database by its ARN: who gave a new database an old one's name goes on with it. */
  readonly newestByName: ReadonlyMap<string, number>;
  /** ARNs of all that stands in the vault, good or not. */
  readonly present: ReadonlySet<string>;
  readonly accounts: ReadonlyMap<AccountId, ObservedAccount>;
  /** Databases that a row was written for. */
  readonly done: Set<string>;
  /** Names that a database has now. */
  readonly taken: Set<string>;
}

function survey(facts: CoverageFacts): World {
  const good = facts.own.filter((one) => isVaultCopy(one) && isAvailable(one) && isDatabaseArn(databaseOf(one)));
  const groups = groupBy(good, (one) => identity(originOf(one), one.tags.get(TAGS.resourceId), databaseOf(one)));
  const before = facts.before?.databases ?? [];
  const existed = before.filter(({ status }) => status !== 'source-deleted');
  const latest = (all: readonly Snapshot[]) => all.reduce((best, one) => (isNewer(one, best) ? one : best));
  return {
    facts,
    newest: new Map([...groups].map(([key, all]) => [key, latest(all)])),
    newestByName: new Map([...groupBy(good, databaseOf)].map(([name, all]) => [name, dataTime(latest(all)).getTime()])),
    records: new Map(before.map((row) => [rowIdentity(row), row])),
    namesakes: new Map(existed.map((row) => [identity(row.account, undefined, row.database), row])),
    accounts: new Map(facts.accounts.map((one) => [one.account, one])),
    present: new Set(facts.own.map(({ arn }) => arn)),
    done: new Set(),
    taken: new Set(),
  };
}

/** Whether its data is younger; of two of the same instant the name decides, so that the order they are seen in does not. */
function isNewer(one: Snapshot, other: Snapshot): boolean {
  const [a, b] = [dataTime(one).getTime(), dataTime(other).getTime()];
  return a > b || (a === b && one.arn > other.arn);
}

/** Which database a row is of. */
export const rowIdentity = ({ account, resourceId, database }: CoverageRow): string =>
  identity(account, resourceId, database);

/** One row for each database that exists, that the vault has copies of, or that the report before knew of; the worst first. */
export function rowsOf(facts: CoverageFacts): readonly CoverageRow[] {
  const world = survey(facts);
  const existing = facts.accounts.flatMap(({ account, since, seen }) =>
    seen.access === 'granted'
      ? seen.databases.map((one) => existingRow(one, { account, since, contents: seen }, world))
      : [],
  );
  const gone = [...world.newest].flatMap(([key, newest]) => (world.done.has(key) ? [] : [goneRow(newest, world)]));
  const vanished = [...world.records.values()].flatMap((record) =>
    world.done.has(rowIdentity(record)) ? [] : vanishedRow(record, world),
  );
  const rank = ({ status }: CoverageRow) => PROTECTION_STATUSES.indexOf(status);
  return [...existing, ...gone, ...vanished].sort(
    (a, b) => rank(a) - rank(b) || (a.database < b.database ? -1 : a.database > b.database ? 1 : 0),
  );
}

/** The time of the status: that of the report before as long as it stays the same. */
const since = (status: CoverageRow['status'], record: CoverageRow | undefined, now: Date): string =>
  record?.status === status ? record.since : now.toISOString();

/** Whether the copy that a record names is gone, and no newer one has come. */
function isLost(record: CoverageRow | undefined, newest: Snapshot | undefined, world: World): boolean {
  if (!record?.newestCopy || world.present.has(record.newestCopy.arn)) return false;
  const there = Math.max(newest ? dataTime(newest).getTime() : 0, world.newestByName.get(record.database) ?? 0);
  return there < Date.parse(record.newestCopy.dataTime);
}

interface Home {
  readonly account: AccountId;
  readonly since: Date;
  readonly contents: AccountContents;
}

function existingRow(database: Database, home: Home, world: World): CoverageRow {
  const { account } = home;
  const { now, rules } = world.facts;
  const key = identity(account, database.resourceId, database.arn);
  // Copies that do not say the stable id belong to whichever database has the name now.
  const nameless = identity(account, undefined, database.arn);
  const [mine, byName] = [world.newest.get(key), world.newest.get(nameless)];
  const newest = mine && byName ? (isNewer(byName, mine) ? byName : mine) : (mine ?? byName);
  world.done.add(key).add(nameless);
  world.taken.add(nameless);
  const record = world.records.get(key) ?? world.records.get(nameless);
  const judged = judgeDatabase({
    database,
    newest,
    record,
    namesake: record ? undefined : world.namesakes.get(nameless),
    hasCopiesByName: world.newestByName.has(database.arn),
    isLost: isLost(record, newest, world),
    exclusion: world.facts.decisions?.find(({ kind, subject }) => kind === 'excluded' && subject === database.arn),
    accountSince: home.since,
    contents: home.contents,
    rules,
    now,
  });
  return {
    account,
    database: database.arn,
    resourceId: database.resourceId,
    engine: database.engine,
    ...judged,
    since: since(judged.status, record, now),
  };
}

/** What decides of a database that its account does not show. */
function departed(
  account: AccountId,
  newest: Snapshot | undefined,
  record: CoverageRow | undefined,
  world: World,
): AbsentDatabase {
  const { facts } = world;
  const row = world.accounts.get(account);
  const from = newest ? dataTime(newest) : new Date(record?.waitsSince ?? facts.now);
  const rpoHours = record?.rpoHours ?? facts.rules.rpo.hours;
  return {
    id: account,
    account: row,
    wasExpected: record ? isExpected(record) : true,
    hasCopy: newest !== undefined,
    isOverdue: hoursBetween(from, facts.now) > rpoHours,
    isEvicted: decidedOf(facts.decisions ?? [], 'evicted').has(account),
    isConfirmed: isExitConfirmed(account, row?.since, facts),
  };
}

/** Whether an operator has confirmed that an account left: since it did. */
export const isExitConfirmed = (
  account: AccountId,
  since: Date | undefined,
  { decisions = [] }: CoverageFacts,
): boolean =>
  decisions.some(
    (one) => one.kind === 'left' && one.subject === account && !(Date.parse(one.at) < (since?.getTime() ?? 0)),
  );

/** What stays true of a database that is out of sight. */
const carried = (record: CoverageRow | undefined) => ({
  wantedSince: record?.wantedSince,
  waitsSince: record?.waitsSince,
  tagRemovedSince: record?.tagRemovedSince,
});

/** A row of a database that the vault has copies of, and its account does not show. */
function goneRow(newest: Snapshot, world: World): CoverageRow {
  const { now, rules } = world.facts;
  const account = originOf(newest);
  const resourceId = newest.tags.get(TAGS.resourceId);
  const database = databaseArn(databaseOf(newest));
  const key = identity(account, resourceId, database);
  world.done.add(key);
  const record = world.records.get(key);
  const lost = isLost(record, newest, world);
  // A database that has the name now was seen before those that are gone.
  const isReplaced = world.taken.has(identity(account, undefined, database));
  const about = departed(account, newest, record, world);
  const judged = lost ? lostCopy(record?.newestCopy) : isReplaced ? REPLACED : judgeAbsentDatabase(about);
  return {
    ...{ account, database, resourceId, engine: newest.engine },
    ...judged,
    ...carried(record),
    newestCopy: lost && record?.newestCopy ? record.newestCopy : told(newest),
    ageHours: hoursBetween(dataTime(newest), now),
    rpoHours: record?.rpoHours ?? rules.rpo.hours,
    wanted: record?.status === 'unknown' || judged.status === 'unknown' ? (record?.wanted ?? true) : false,
    expected: judged.status !== 'source-deleted' && about.wasExpected,
    since: since(judged.status, record, now),
  };
}

/** A row of a database that only the report before knows of. */
function vanishedRow(record: CoverageRow, world: World): CoverageRow[] {
  const { now } = world.facts;
  const lost = isLost(record, undefined, world);
  const about = departed(record.account, undefined, record, world);
  const judged = lost ? lostCopy(record.newestCopy) : judgeAbsentDatabase(about);
  // Without copies there is nothing to say of a database that is gone.
  const hasCopies = lost || world.present.has(record.newestCopy?.arn ?? '');
  const isAwaited = about.wasExpected && !about.isEvicted && !about.isConfirmed;
  if (!hasCopies && judged.status !== 'unknown' && !(isAwaited && judged.status !== 'source-deleted')) return [];
  if (record.status === 'lost' && now.getTime() - Date.parse(record.since) > LOST_FOR) return [];
  const { account, database, resourceId, engine, newestCopy, wanted, rpoHours } = record;
  const known = { account, database, resourceId, engine, newestCopy, wanted, rpoHours, ...carried(record) };
  const expected = judged.status !== 'source-deleted' && about.wasExpected;
  return [{ ...known, ...judged, expected, since: since(judged.status, record, now) }];
}
