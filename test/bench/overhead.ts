import { databaseArn, type Kind } from '../../src/contract/ids';
import type { SimulatedDatabase } from '../../src/simulation/in-memory-rds';
import { Random } from '../../src/simulation/random';
import { median } from './measure';
import { databaseKeyOf, HERE, sourceAccounts, TimedLandingZone, VAULT } from './timed-landing-zone';

/** Minutes from a snapshot that is available to its vault copy that has begun, less the minutes that RDS copied. */
export interface Overhead {
  readonly median: number;
  readonly worst: number;
}

/** What orchestration costs, in time and in calls that change something. */
export interface OverheadFigures {
  readonly instance: Overhead;
  readonly cluster: Overhead;
  /** Calls that change something for each snapshot in the vault, by account and name, and altogether. */
  readonly mutations: Readonly<Record<string, number>>;
  readonly mutatingCallsPerSnapshot: number;
}

const DAY = 86_400;
const DAYS = 10;
const SOURCES = 4;
const DATABASES = 24;

function databases(seed: number): readonly SimulatedDatabase[] {
  const random = new Random(seed, 'overhead');
  return sourceAccounts(SOURCES).flatMap((account) =>
    Array.from({ length: DATABASES / SOURCES }, (_, at): SimulatedDatabase => {
      const cluster = at % 3 === 0;
      return {
        arn: databaseArn(`arn:aws:rds:${HERE}:${account}:${cluster ? 'cluster' : 'db'}:db-${at}`),
        engine: cluster ? 'aurora-postgresql' : 'postgres',
        key: databaseKeyOf(account),
        sizeGiB: 20,
        copyMinutes: random.heavyTailed(4, 120, 1.1),
      };
    }),
  );
}

/** Ten nights of two dozen databases, whose backups end one by one; no copy waits for a slot. `eventless`: no event and no
 * notification arrives in all that time. */
export async function benchOverhead(seed: number, eventless: boolean): Promise<OverheadFigures> {
  const zone = new TimedLandingZone(seed, sourceAccounts(SOURCES), eventless);
  const random = new Random(seed, 'nights');
  const born = new Map<string, { readonly at: number; readonly copyMinutes: number }>();
  const from = new Map<string, string>();
  const minutes: Record<Kind, number[]> = { instance: [], cluster: [] };
  zone.onChange = ({ what, account, snapshot, madeFrom = '' }, seconds) => {
    if (what !== 'copied') return;
    if (account !== VAULT) {
      from.set(snapshot.arn, madeFrom);
      return;
    }
    const root = born.get(from.get(madeFrom) ?? '');
    if (root) minutes[snapshot.kind].push((seconds - root.at) / 60 - root.copyMinutes);
  };
  await zone.start();
  for (const database of databases(seed)) {
    for (let day = 0; day < DAYS; day += 1) {
      zone.at(day * DAY + random.int(3600, 8 * 3600), () => {
        born.set(zone.backUp(database).arn, { at: zone.now, copyMinutes: database.copyMinutes });
      });
    }
  }
  await zone.play((DAYS + 1) * DAY);
  const imported = minutes.instance.length + minutes.cluster.length;
  if (imported !== DATABASES * DAYS) throw new Error(`${imported} of ${DATABASES * DAYS} snapshots are in the vault`);
  const mutations = Object.fromEntries([...zone.mutations].map(([name, count]) => [name, count / imported]));
  const summary = (all: readonly number[]): Overhead => ({ median: median(all), worst: Math.max(...all) });
  return {
    instance: summary(minutes.instance),
    cluster: summary(minutes.cluster),
    mutations,
    mutatingCallsPerSnapshot: Object.values(mutations).reduce((sum, each) => sum + each, 0),
  };
}
