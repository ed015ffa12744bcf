import { MINUTES_PER_DAY } from '../../src/contract/durations';
import { type AccountId, accountId, type SnapshotArn, snapshotArn } from '../../src/contract/ids';
import { TAGS } from '../../src/contract/names';
import type { Retention } from '../../src/contract/retention';
import { database, enrolled, exportKeyOf, HERE, OTHER, Pipeline, SOURCE, VAULT } from './pipeline';

/** So many invented accounts. */
export const accountsOf = (count: number): readonly AccountId[] =>
  Array.from({ length: count }, (_, at) => accountId(`2222${String(10_000_000 + at)}`));

/** An export copy that an account shares with the vault at this time. */
export function shareCopy(
  { rds }: Pipeline,
  account: AccountId,
  name: string,
  { of = name, kind = 'db', minutes = 10, sizeGiB = 20 }: ShareOptions = {},
): SnapshotArn {
  const { arn, engine } = database(account, kind, of);
  const type = kind === 'cluster' ? 'cluster-snapshot' : 'snapshot';
  const copy = snapshotArn(`arn:aws:rds:${HERE}:${account}:${type}:checkvalve-${name}`);
  rds.plant(
    {
      arn: copy,
      name: `checkvalve-${name}`,
      database: arn,
      engine,
      sizeGiB,
      kind: kind === 'cluster' ? 'cluster' : 'instance',
      status: 'available',
      type: 'manual',
      encrypted: true,
      createdAt: rds.time,
      takenAt: rds.time,
      kmsKeyArn: exportKeyOf(account),
      tags: new Map([[TAGS.role, 'export']]),
    },
    [VAULT],
    minutes,
  );
  return copy;
}

/** The facts of a shared copy that a test sets. */
export interface ShareOptions {
  /** Name of its database; that of the copy where it is left out. */
  readonly of?: string;
  readonly kind?: 'db' | 'cluster';
  /** How long its copy into the vault takes. */
  readonly minutes?: number;
  readonly sizeGiB?: number;
}

/** A copy of a database that the vault holds, begun now. */
export function plantVaultCopy(
  { rds }: Pipeline,
  account: AccountId,
  name: string,
  { copy = name, status = 'available', sizeGiB = 20, tags = {} }: PlantOptions = {},
): void {
  const { arn: of, engine } = database(account, 'db', name);
  const arn = snapshotArn(`arn:aws:rds:${HERE}:${VAULT}:snapshot:checkvalve-${copy}`);
  const ours = { [TAGS.role]: 'vault', [TAGS.database]: of, [TAGS.importStartedAt]: rds.time.toISOString(), ...tags };
  const about = { kind: 'instance', type: 'manual', encrypted: true, sizeGiB } as const;
  const marked = { tags: new Map(Object.entries(ours)), createdAt: rds.time };
  rds.plant({ arn, name: `checkvalve-${copy}`, status, database: of, engine, ...marked, ...about });
}

/** The facts of a vault copy that a test sets. */
export interface PlantOptions {
  readonly copy?: string;
  readonly status?: string;
  readonly sizeGiB?: number;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Days in a vault. */
export interface VaultDays {
  /** So many databases in each account; 0 for an account that is followed and has none. */
  readonly databases: readonly number[];
  readonly quota: number;
  readonly retention: Partial<Retention>;
  readonly days: number;
  /** What happens on a day, beside the backups. */
  readonly onDay?: (day: number, pipeline: Pipeline, accounts: readonly AccountId[]) => void;
  readonly prepare?: (pipeline: Pipeline) => void;
  /** Runs of prune-copies in a day. */
  readonly prunings?: number;
}

/** What became of the databases. */
export interface VaultDaysResult {
  /** The longest that a database of the first accounts went without a new copy in the vault, in days. */
  readonly worstDays: number;
  /** Part of all days and databases at whose end the newest copy is older than a day. */
  readonly lateShare: number;
  readonly heldAtEnd: number;
  readonly pipeline: Pipeline;
}

const RETENTION: Retention = {
  timeZone: 'UTC',
  dailyDays: 14,
  weeklyWeeks: 0,
  monthlyMonths: 0,
  yearlyYears: 0,
  minCopiesPerDatabase: 1,
  maxDeletionsPerRun: 1000,
  maxDeletedPercentPerRun: 100,
};
const NOT_IMPORTED = 2;

/** Lets one backup a day of each database reach a vault through the real importer and pruner, and says how old copies became. */
export async function playDays(play: VaultDays): Promise<VaultDaysResult> {
  const pipeline = new Pipeline({
    maxInstanceCopiesInFlight: 20,
    maxClusterCopiesInFlight: 5,
    manualSnapshotQuota: play.quota,
  });
  const accounts = accountsOf(play.databases.length);
  pipeline.sources.held.delete(SOURCE);
  pipeline.sources.held.delete(OTHER);
  for (const account of accounts) await pipeline.sources.put(enrolled(account));
  play.prepare?.(pipeline);
  const retention = { ...RETENTION, ...play.retention };
  const all = accounts.flatMap((account, at) =>
    Array.from({ length: play.databases[at] ?? 0 }, (_, db) => ({ account, name: `db-${db}` })),
  );
  const notImported = new Map<string, SnapshotArn[]>();
  const newest = new Map<string, number>();
  let [worstDays, late] = [0, 0];
  for (let day = 0; day < play.days; day += 1) {
    for (const { account, name } of all) {
      const key = `${account} ${name}`;
      const waiting = (notImported.get(key) ?? []).filter((arn) => {
        const copy = pipeline.rds.find(arn);
        if (copy?.tags.has(TAGS.importedAt)) pipeline.rds.change(arn, undefined);
        return copy && !copy.tags.has(TAGS.importedAt);
      });
      if (waiting.length < NOT_IMPORTED) waiting.push(shareCopy(pipeline, account, `${name}-${day}`, { of: name }));
      notImported.set(key, waiting);
    }
    play.onDay?.(day, pipeline, accounts);
    await playOneDay(pipeline, retention, play.prunings ?? 4);
    for (const { database: of, tags } of pipeline.vaultCopies()) {
      const at = Date.parse(tags.get(TAGS.importStartedAt) ?? '');
      newest.set(of, Math.max(newest.get(of) ?? 0, at));
    }
    for (const { account, name } of all) {
      const at = newest.get(database(account, 'db', name).arn);
      const age = at === undefined ? day + 1 : (pipeline.rds.time.getTime() - at) / (MINUTES_PER_DAY * 60_000);
      worstDays = Math.max(worstDays, age);
      if (age > 1) late += 1;
    }
  }
  const heldAtEnd = pipeline.rds.all(VAULT).length;
  return { worstDays, lateShare: late / (play.days * all.length), heldAtEnd, pipeline };
}

/** One day: the importer looks again while copies finish, and the pruner runs a few times. */
async function playOneDay(pipeline: Pipeline, retention: Retention, prunings: number): Promise<void> {
  const part = Math.floor(MINUTES_PER_DAY / prunings);
  for (let run = 0; run < prunings; run += 1) {
    let spent = 0;
    for (let round = 0; round < 8; round += 1) {
      const before = pipeline.rds.all(VAULT).length;
      await pipeline.import();
      pipeline.rds.advance(15);
      spent += 15;
      if (round > 1 && pipeline.rds.all(VAULT).length === before) break;
    }
    await pipeline.import();
    pipeline.rds.advance(part - spent);
    await pipeline.prune(retention);
  }
}
