import { databaseArn, type Kind } from '../../src/contract/ids';
import { INTERVALS } from '../../src/contract/intervals';
import { REGIONS } from '../../src/contract/regions';
import type { SimulatedDatabase } from '../../src/simulation/in-memory-rds';
import { Random } from '../../src/simulation/random';
import { median } from './measure';
import { SpreadZone } from './spread-zone';
import { databaseKeyOf, HERE, sourceAccounts, VAULT } from './timed-landing-zone';

/** What snapshots cost when each account has one database, and the backups are spread over the day. */
export interface SpreadFigures {
  readonly accounts: number;
  /** Calls of both accounts in a day with backups, less those of a day without, for each snapshot. */
  readonly callsPerSnapshot: number;
  /** Calls of all steps in a day without backups, those of the vault divided by the accounts. */
  readonly restCallsPerAccountDay: number;
  /** Median of the minutes from a snapshot that is available to its vault copy that has begun, less those that RDS copied. */
  readonly overheadMinutes: number;
  /** Calls for each snapshot, and at rest for each account and day, by side and operation. */
  readonly by: { readonly snapshot: Counts; readonly rest: Counts };
  readonly runs: { readonly snapshot: Counts; readonly rest: Counts };
}

type Counts = Readonly<Record<string, number>>;

const DAY = 86_400;

/** What the other steps call at rest, in a run of the whole vault and in a run for each account, and runs in a day. Counted from
 * their adapters: `report-coverage` assumes a role and reads databases (2), every third hour also snapshots (3), jobs (4), the opt-in, the dead letters (2),
 * the export memory and a part of the key, and once a day the databases (2) of each Region without a vault; `follow-sources` assumes a role, reads two tables, writes a note and
 * subscribes to each topic; `prune-copies` lists what the vault has and what is shared, reads a table and two objects, and writes
 * one; `enable-backup` reads its Region's settings. The steps of the management account read about one page of each listing. */
const OTHER_STEPS = [
  { step: 'report-coverage', runs: 24, inAll: 10, perAccount: 3 },
  { step: 'report-coverage, all of an account', runs: 8, inAll: 0, perAccount: 12 },
  { step: 'report-coverage, Regions without a vault', runs: 1, inAll: 0, perAccount: 2 * (REGIONS.length - 1) },
  { step: 'follow-sources', runs: 24, inAll: 4, perAccount: 1 },
  { step: 'prune-copies', runs: 24 / INTERVALS.pruneHours, inAll: 9, perAccount: 0 },
  { step: 'enable-backup', runs: 1, inAll: 0, perAccount: 1 },
] as const;

const minus = (after: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>) =>
  new Map([...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)]));
const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((all, one) => all + one, 0);
const per = (counts: ReadonlyMap<string, number>, by: number): Counts =>
  Object.fromEntries(
    [...counts].map(([name, count]) => [name, count / by] as const).filter(([, count]) => count !== 0),
  );

/**
 * One database in each of so many accounts, each backed up once a day at a random time. A first day fills the vault; the second is
 * measured; on the third there is no backup, which is rest; the first hours of the fourth end what the second began.
 */
export async function benchSpread(count: number, kind: Kind = 'instance', seed = 1): Promise<SpreadFigures> {
  const accounts = sourceAccounts(count);
  const zone = new SpreadZone(seed, accounts);
  const random = new Random(seed, 'spread');
  const databases = accounts.map((account): SimulatedDatabase => {
    const type = kind === 'cluster' ? 'cluster' : 'db';
    return {
      arn: databaseArn(`arn:aws:rds:${HERE}:${account}:${type}:db-1`),
      engine: kind === 'cluster' ? 'aurora-postgresql' : 'postgres',
      key: databaseKeyOf(account),
      sizeGiB: 20,
      // In the middle ten minutes: a thousand of them keep seven of the vault's slots busy.
      copyMinutes: 5 + random.int(0, 10),
    };
  });
  const born = new Map<string, { readonly at: number; readonly copyMinutes: number }>();
  const from = new Map<string, string>();
  const minutes: number[] = [];
  zone.onChange = ({ what, account, snapshot, madeFrom = '' }, seconds) => {
    if (what !== 'copied') return;
    if (account !== VAULT) return void from.set(snapshot.arn, madeFrom);
    const root = born.get(from.get(madeFrom) ?? '');
    if (root && seconds > DAY) minutes.push((seconds - root.at) / 60 - root.copyMinutes);
  };
  await zone.start();
  for (const database of databases) {
    for (let day = 0; day < 2; day += 1) {
      zone.at(day * DAY + random.next() * (DAY - 7200), () => {
        born.set(zone.backUp(database).arn, { at: zone.now, copyMinutes: database.copyMinutes });
      });
    }
  }
  const marks: Map<string, number>[] = [];
  const runs: Map<string, number>[] = [];
  for (let day = 1; day <= 3; day += 1) {
    await zone.play(day * DAY);
    marks.push(new Map(zone.calls));
    runs.push(new Map(zone.runs));
  }
  const [first = new Map(), second = new Map(), third = new Map()] = marks;
  const rest = minus(third, second);
  const loaded = minus(minus(second, first), rest);
  const imported = zone.rds.all(VAULT).length;
  if (imported !== 2 * count) throw new Error(`${imported} of ${2 * count} snapshots are in the vault`);
  const kept = kind === 'cluster' ? 0 : count;
  if (zone.left() !== kept) throw new Error(`${zone.left()} export copies are left, not ${kept}`);
  const others = OTHER_STEPS.map(
    ({ step, runs, inAll, perAccount }) => [step, runs * (inAll / count + perAccount)] as const,
  );
  const [, two = new Map(), three = new Map()] = runs;
  return {
    accounts: count,
    callsPerSnapshot: sum(loaded) / count,
    restCallsPerAccountDay: sum(rest) / count + others.reduce((all, [, one]) => all + one, 0),
    overheadMinutes: median(minutes),
    by: {
      snapshot: per(loaded, count),
      rest: { ...per(rest, count), ...Object.fromEntries(others) },
    },
    runs: {
      snapshot: per(minus(minus(two, runs[0] ?? new Map()), minus(three, two)), count),
      rest: per(minus(three, two), count),
    },
  };
}
