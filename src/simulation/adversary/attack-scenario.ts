import { config as example } from '../../checkvalve.config';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { warningsOf } from '../../config/warnings';
import { DAY } from '../../contract/durations';
import { type AccountId, accountId, databaseArn, type Kind } from '../../contract/ids';
import type { Retention } from '../../contract/retention';
import type { SimulatedDatabase } from '../in-memory-rds';
import { Random } from '../random';
import { databaseKeyOf, HERE } from '../scenario';

/** A database of an account in the adversary's world, backed up every day. */
export interface ScenarioDatabase {
  readonly account: AccountId;
  readonly kind: Kind;
  readonly database: SimulatedDatabase;
  /** Minutes after midnight, UTC, at which AWS Backup takes its snapshot. */
  readonly backupAt: number;
}

/** Disturbances that happen with or without an attack. */
export interface Weather {
  /** Minutes for which a listing misses a new snapshot, and still has a deleted one. */
  readonly listingLag: number;
  /** Minutes for which a new copy shows no tags. */
  readonly tagLag: number;
  /** How often two runs of import-copies overlap. */
  readonly overlaps: number;
  /** How often a run times out, at a random call. */
  readonly timeouts: number;
  /** How often a call through an access role is throttled. */
  readonly throttled: number;
}

/** The world before the attack: the same scenario always gives the same result. */
export interface AttackScenario {
  readonly seed: number;
  readonly accounts: readonly AccountId[];
  /** Accounts that the adversary owns; empty where it owns the management account. */
  readonly owned: readonly AccountId[];
  readonly databases: readonly ScenarioDatabase[];
  readonly config: CheckvalveConfig;
  /** Room in the vault, as a multiple of what `config check` asks for. */
  readonly room: number;
  /** Days before, during and after the attack. */
  readonly days: { readonly before: number; readonly attack: number; readonly after: number };
  readonly weather: Weather;
  /** report-coverage does not run, where only the copies matter. */
  readonly withoutCoverage?: boolean;
}

/** When the worlds of the simulation begin. */
export const BEGIN = new Date('2026-01-01T00:00:00Z');
/** When the attack on a scenario begins and ends, in milliseconds since the epoch. */
export const beginOf = ({ days }: AttackScenario): number => BEGIN.getTime() + days.before * DAY;
export const endOf = ({ days }: AttackScenario): number => BEGIN.getTime() + (days.before + days.attack) * DAY;
/** Day of the month of the monthly backup: within the days that are played. */
export const MONTHLY_ON = 10;
/** Short, so that many copies are due within few days. */
export const SHORT: Retention = {
  ...example.vault.retention,
  timeZone: 'UTC',
  dailyDays: 4,
  weeklyWeeks: 0,
  monthlyMonths: 0,
  yearlyYears: 0,
  maxDeletionsPerRun: 50,
  maxDeletedPercentPerRun: 60,
};
export const CALM: Weather = { listingLag: 0, tagLag: 0, overlaps: 0, timeouts: 0, throttled: 0 };
const STORMY: Weather = { listingLag: 60, tagLag: 60, overlaps: 0.1, timeouts: 0.03, throttled: 0.05 };

/** The configuration of a landing zone with so many databases and such a quota. */
export function configOf(databases: readonly ScenarioDatabase[], quota: number, retention = SHORT): CheckvalveConfig {
  const count = (kind: Kind) => databases.filter((one) => one.kind === kind).length;
  return {
    ...example,
    backup: {
      ...example.backup,
      daily: { schedule: 'cron(0 1 * * ? *)', timeZone: 'UTC', retentionDays: 7 },
      monthly: { schedule: `cron(0 5 ${MONTHLY_ON} * ? *)`, timeZone: 'UTC', retentionDays: 7 },
    },
    vault: {
      ...example.vault,
      retention,
      databases: { instances: count('instance'), clusters: count('cluster') },
      manualSnapshotQuota: quota,
    },
  };
}

/** Warnings of `config check` about room: copies would wait. Not those about trust, rollout and exemptions. */
export const roomWarnings = (config: CheckvalveConfig): readonly string[] =>
  warningsOf(config, BEGIN).filter((warning) =>
    /^(vault\.(retention|manualSnapshotQuota|databases)|limits)\b/.test(warning),
  );

/** The smallest number with which `config check` warns no more than with the largest. */
function smallest(configWith: (number: number) => CheckvalveConfig): number {
  const warned = (number: number) => roomWarnings(configWith(number)).length;
  let [least, most] = [0, 100_000];
  const unavoidable = warned(most);
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2);
    if (warned(middle) > unavoidable) least = middle;
    else most = middle;
  }
  return most;
}

/** The smallest quota of manual snapshots that `config check` accepts. */
export const justEnough = (databases: readonly ScenarioDatabase[], retention = SHORT): number =>
  smallest((quota) => configOf(databases, quota, retention));

/** The tightest configuration that `config check` accepts, in quota and in deletions; or with so many times the room. */
export function tightConfig(databases: readonly ScenarioDatabase[], times = 1): CheckvalveConfig {
  const quota = Math.ceil(justEnough(databases) * times);
  const deleting = (maxDeletionsPerRun: number) => configOf(databases, quota, { ...SHORT, maxDeletionsPerRun });
  return deleting(smallest(deleting));
}

const accountAt = (at: number): AccountId => accountId(`2222${String(10_000_000 + at)}`);

/** A database by its index: the same seed and index give the same. */
export function scenarioDatabase(seed: number, account: AccountId, at: number, kind?: Kind): ScenarioDatabase {
  const random = new Random(seed, `ground ${account} ${at}`);
  const is = kind ?? (random.chance(0.2) ? 'cluster' : 'instance');
  const arn = databaseArn(`arn:aws:rds:${HERE}:${account}:${is === 'cluster' ? 'cluster' : 'db'}:db-${at + 1}`);
  const engine = is === 'cluster' ? 'aurora-postgresql' : 'postgres';
  const copyMinutes = random.int(10, 60);
  const database = { arn, engine, key: databaseKeyOf(account), sizeGiB: copyMinutes * 4, copyMinutes };
  return { account, kind: is, database, backupAt: 60 + random.int(0, 150) };
}

/** Parts of a scenario that the caller chooses instead of the seed. */
export interface ScenarioWish {
  readonly accounts?: number;
  readonly databasesPerAccount?: number;
  readonly owned?: number;
  readonly weather?: 'calm' | 'stormy';
  readonly days?: AttackScenario['days'];
  /** Room in the vault, as a multiple of what is just enough. */
  readonly room?: number;
}

/** The scenario of a seed: mostly 8 accounts, now and then 200, in a vault as small as `config check` accepts, or with more room. */
export function makeAttackScenario(seed: number, wish: ScenarioWish = {}): AttackScenario {
  // The name of a stream decides its numbers: under another name the same seed would make another world.
  const random = new Random(seed, 'ground');
  // Every ninth world is large.
  const size = wish.accounts ?? (seed % 9 === 8 ? 200 : random.pick([8, 8, 8, 8, 12, 24]));
  const accounts = Array.from({ length: size }, (_, at) => accountAt(at + 1));
  const databases = accounts.flatMap((account) => {
    const count = wish.databasesPerAccount ?? (size > 12 ? 1 : random.int(1, 3));
    return Array.from({ length: count }, (_, at) => scenarioDatabase(seed, account, at));
  });
  // Three accounts can hold all slots together, until an operator evicts one: see docs/trust-model.md.
  const owned = wish.owned ?? random.int(1, 2);
  // A vault with room to spare takes in what a full one would not: then slots are what an attack can use up.
  const room = wish.room ?? random.pick([1, 1, 1.5, 4]);
  const stormy = wish.weather === undefined ? random.chance(0.5) : wish.weather === 'stormy';
  return {
    seed,
    accounts,
    owned: accounts.slice(0, owned),
    databases,
    config: tightConfig(databases, room),
    days: wish.days ?? { before: 6, attack: 7, after: 6 },
    room,
    weather: stormy ? STORMY : CALM,
  };
}

/** The same scenario with these accounts alone, and a vault that is just large enough for them. */
export function withAccounts(scenario: AttackScenario, accounts: readonly AccountId[]): AttackScenario {
  const kept = new Set<string>(accounts);
  const databases = scenario.databases.filter(({ account }) => kept.has(account));
  const owned = scenario.owned.filter((account) => kept.has(account));
  return { ...scenario, accounts, owned, databases, config: tightConfig(databases, scenario.room) };
}
