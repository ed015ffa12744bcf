import type { Windows } from '../contract/backup-windows';
import { MINUTES_PER_DAY } from '../contract/durations';
import { type AccountId, accountId, databaseArn, type KeyArn, keyArn, region } from '../contract/ids';
import { NAMES } from '../contract/names';
import { type FaultKind, type InjectedFault, LASTING } from './faults';
import type { SimulatedDatabase } from './in-memory-rds';
import { Random } from './random';

/** The invented Region and accounts of the simulated world. */
export const HERE = region('eu-central-1');
export const VAULT = accountId('333300002222');
/** The vault's inbox. */
export const INBOX = `arn:aws:sqs:${HERE}:${VAULT}:${NAMES.inbox}`;
/** An account that is never accepted. */
export const STRANGER = accountId('222200009999');
export const SOURCES: readonly AccountId[] = [1, 2, 3, 4, 5, 6, 7, 8].map((at) =>
  accountId(`22220000${`${at}`.repeat(4)}`),
);

const key = (account: AccountId, last: string): KeyArn =>
  keyArn(`arn:aws:kms:${HERE}:${account}:key/00000000-0000-4000-8000-${last.padStart(12, '0')}`);
/** The vault's import key, a source's export key, and the key of a source's databases. */
export const IMPORT_KEY = key(VAULT, '1');
export const exportKeyOf = (account: AccountId): KeyArn => key(account, 'e');
export const databaseKeyOf = (account: AccountId): KeyArn => key(account, 'aa');

/** The quotas of each source, and the raised quotas of the vault. Manual snapshots of instances and of clusters each. */
export const SOURCE_LIMITS = { maxInstanceCopiesInFlight: 20, maxClusterCopiesInFlight: 5, manualSnapshotQuota: 100 };
export const VAULT_LIMITS = { maxInstanceCopiesInFlight: 20, maxClusterCopiesInFlight: 5, manualSnapshotQuota: 450 };

/** A database and how it is protected. */
export interface DatabaseSpec {
  readonly account: AccountId;
  readonly database: SimulatedDatabase;
  /** `copied`: every snapshot must reach the vault. The others must not: RDS refuses them, or they lack the tag. */
  readonly outcome: 'copied' | 'unshareable' | 'multi-az' | 'unencrypted' | 'missing-tag';
  /** Whether its team takes its own snapshot each day, and keeps ten. */
  readonly teamSnapshots: boolean;
  /** The backup and maintenance windows of an instance: no backup starts in them. Aurora clusters have none. */
  readonly windows?: Windows;
}

/** A world, whole: the same scenario plays the same each time. */
export interface Scenario {
  readonly seed: number;
  readonly days: number;
  readonly databases: readonly DatabaseSpec[];
  readonly faults: readonly InjectedFault[];
}

const DATABASES_PER_ACCOUNT = 8;
const UNPROTECTED = ['unshareable', 'multi-az', 'unencrypted', 'missing-tag'] as const;

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
/** How many teams keep the windows of RDS in the night, where the plans start their jobs. */
const OVERLAPPING = 0.1;

/** Windows of half an hour in the afternoon, clear of every plan; of one instance in ten where the daily plan starts. */
function windowsOf(seed: number, account: AccountId, at: number): Windows {
  const random = new Random(seed, `windows ${account} ${at}`);
  const [backup, maintenance] = random.chance(OVERLAPPING)
    ? ['02', '01']
    : [`${random.int(10, 14)}`, `${random.int(16, 22)}`];
  const day = random.pick(WEEKDAYS);
  return {
    backupWindow: `${backup}:00-${backup}:30`,
    maintenanceWindow: `${day}:${maintenance}:00-${day}:${maintenance}:30`,
  };
}

function database(seed: number, account: AccountId, at: number): DatabaseSpec {
  const random = new Random(seed, `database ${account} ${at}`);
  const outcome = random.chance(0.12) ? random.pick(UNPROTECTED) : 'copied';
  const cluster = outcome === 'multi-az' || outcome === 'unencrypted' || random.chance(0.3);
  // A terabyte takes some hours; most databases are small, and one or two are not.
  const copyMinutes = random.heavyTailed(4, 10 * 60, 0.9);
  const name = `db-${at + 1}`;
  const plain = outcome === 'unencrypted' || (!cluster && random.chance(0.1));
  const engine = outcome === 'multi-az' ? 'postgres' : cluster ? 'aurora-postgresql' : 'postgres';
  return {
    account,
    outcome,
    teamSnapshots: random.chance(0.3),
    ...(!cluster && { windows: windowsOf(seed, account, at) }),
    database: {
      arn: databaseArn(`arn:aws:rds:${HERE}:${account}:${cluster ? 'cluster' : 'db'}:${name}`),
      engine,
      key: plain ? undefined : databaseKeyOf(account),
      sizeGiB: Math.max(20, copyMinutes * 2),
      copyMinutes,
    },
  };
}

/** How often a fault of each kind strikes in 90 days, over all accounts. */
const RATES: Record<FaultKind, number> = {
  'events-lost': 8,
  'events-doubled': 8,
  'events-late': 6,
  'events-reordered': 6,
  throttling: 8,
  'api-error': 24,
  'listings-late': 12,
  'credentials-expire': 6,
  'throttled-region': 6,
  'answer-lost': 24,
  crash: 24,
  'copies-fail': 6,
  'access-denied': 5,
  'key-disabled': 4,
  'copies-refused': 3,
  'quota-full': 3,
  'account-leaves': 1,
  flood: 2,
  'stranger-shares': 2,
  'index-lost': 4,
  'index-stale': 4,
  'index-wrong': 4,
  'index-refused': 4,
  'vault-down': 2,
};

/** Kinds that may strike the vault itself, beside those that only ever do. */
const ALSO_IN_THE_VAULT: readonly FaultKind[] = [
  'throttling',
  'api-error',
  'answer-lost',
  'crash',
  'copies-fail',
  'listings-late',
  'throttled-region',
];

function target(kind: FaultKind, random: Random): AccountId {
  if (kind === 'vault-down' || kind === 'credentials-expire' || kind.startsWith('index-')) return VAULT;
  if (kind === 'stranger-shares') return STRANGER;
  if (ALSO_IN_THE_VAULT.includes(kind)) return random.chance(0.4) ? VAULT : random.pick(SOURCES);
  if (kind === 'key-disabled' || kind === 'quota-full') return random.chance(0.2) ? VAULT : random.pick(SOURCES);
  return random.pick(SOURCES);
}

/** Every fault begins and ends within the days: afterwards everything must converge. */
function faultsOf(seed: number, days: number): InjectedFault[] {
  const end = days * MINUTES_PER_DAY;
  return (Object.keys(RATES) as FaultKind[]).flatMap((kind) => {
    const random = new Random(seed, `faults ${kind}`);
    const expected = (RATES[kind] * days) / 90;
    const count = Math.floor(expected) + (random.chance(expected % 1) ? 1 : 0);
    return Array.from({ length: count }, (): InjectedFault => {
      const [least, most] = LASTING[kind] ?? [0, 0];
      const minutes = Math.min(random.int(least, most), Math.floor(end / 2));
      const at = random.int(0, end - minutes);
      return { kind, account: target(kind, random), at, minutes, nth: random.int(1, 40) };
    });
  });
}

/** The world of a seed: 64 databases of many sizes in 8 accounts, and what goes wrong in so many days. */
export function makeScenario(seed: number, days: number): Scenario {
  const databases = SOURCES.flatMap((account) =>
    Array.from({ length: DATABASES_PER_ACCOUNT }, (_, at) => database(seed, account, at)),
  );
  return { seed, days, databases, faults: faultsOf(seed, days).sort((a, b) => a.at - b.at) };
}
