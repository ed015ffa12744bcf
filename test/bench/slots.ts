import type { Snapshot } from '../../lambda/_kit/ports/snapshots';
import { type AccountId, databaseArn, type Kind, type SnapshotArn, snapshotArn } from '../../src/contract/ids';
import { TAGS } from '../../src/contract/names';
import type { RdsChange } from '../../src/simulation/in-memory-rds';
import { Random } from '../../src/simulation/random';
import { exportKeyOf, HERE, LIMITS, sourceAccounts, TimedLandingZone, VAULT } from './timed-landing-zone';

/** A copy that the vault has to make. Times in seconds since the beginning; the data may be older than that. */
export interface Job {
  readonly arn: SnapshotArn;
  readonly account: AccountId;
  readonly kind: Kind;
  readonly database: string;
  readonly takenAt: number;
  readonly minutes: number;
}

/** What became of the copies. */
export interface SlotFigures {
  /** Slot time that stood idle while a copy could have been started, of all slot time while copies could. */
  readonly idleShare: number;
  /** Worst lateness, over that of earliest deadline first with no delay at all; the worse of instances and clusters. */
  readonly latenessRatio: number;
  /** Calls to copy, refused ones included, for each copy that was delivered. */
  readonly copyCallsPerDelivered: number;
  readonly delivered: number;
  /** The worst lateness, in hours, in the vault and of earliest deadline first. */
  readonly worstHours: Record<Kind, { readonly ours: number; readonly ideal: number }>;
}

const DAY = 86_400;
/** A copy is due in the vault within a day of its data. */
const RPO_HOURS = DAY;
const SOURCES = 10;
const COPIES_OF_A_DATABASE = 2;
const SLOTS: Record<Kind, number> = {
  instance: LIMITS.maxInstanceCopiesInFlight,
  cluster: LIMITS.maxClusterCopiesInFlight,
};
const KINDS = ['instance', 'cluster'] as const;

/**
 * So many copies that wait for a vault that was away for two days: of databases in ten accounts, large and small ones, a
 * quarter of them clusters, two copies of each database. How long a copy takes is heavy-tailed: half of them take less
 * than twenty minutes, one in a hundred ten hours, none more than forty.
 */
export function backlog(seed: number, copies: number): readonly Job[] {
  const random = new Random(seed, 'backlog');
  const accounts = sourceAccounts(SOURCES);
  return Array.from({ length: copies / COPIES_OF_A_DATABASE }, (_, at): Job[] => {
    const account = random.pick(accounts);
    const kind = random.chance(0.25) ? 'cluster' : 'instance';
    const minutes = random.heavyTailed(10, 40 * 60, 1.1);
    return Array.from({ length: COPIES_OF_A_DATABASE }, (__, night): Job => {
      const type = kind === 'cluster' ? 'cluster-snapshot' : 'snapshot';
      const arn = snapshotArn(`arn:aws:rds:${HERE}:${account}:${type}:checkvalve-db-${at}-${night}`);
      const takenAt = (night - COPIES_OF_A_DATABASE) * DAY + random.int(0, 3 * 3600);
      const database = `arn:aws:rds:${HERE}:${account}:${kind === 'cluster' ? 'cluster' : 'db'}:db-${at}`;
      return { arn, account, kind, database, takenAt, minutes: Math.max(1, minutes * (0.8 + random.next() * 0.4)) };
    });
  }).flat();
}

/** Plays them through the real importer and its real wake-ups. */
export async function benchSlots(seed: number, jobs: readonly Job[]): Promise<SlotFigures> {
  const zone = new TimedLandingZone(seed, sourceAccounts(SOURCES));
  const start = zone.rds.time.getTime();
  for (const job of jobs) zone.rds.plant(exportCopyOf(job, start), [VAULT], job.minutes);
  const usage = new SlotUsage(jobs);
  zone.onChange = (change, seconds) => usage.changed(change, seconds);
  await zone.start([VAULT]);
  await zone.play(400 * DAY, () => usage.done);
  const ideal = earliestDeadlineFirst(jobs);
  const worst = (kind: Kind, ends: ReadonlyMap<string, number>) =>
    Math.max(...jobs.filter((job) => job.kind === kind).map((job) => lateness(job, ends)));
  const worstHours = (kind: Kind) => ({ ours: worst(kind, usage.ends) / 3600, ideal: worst(kind, ideal) / 3600 });
  const both = { instance: worstHours('instance'), cluster: worstHours('cluster') };
  return {
    idleShare: usage.idle / usage.wanted,
    latenessRatio: Math.max(...KINDS.map((kind) => both[kind].ours / both[kind].ideal)),
    copyCallsPerDelivered: (zone.mutations.get('vault copy') ?? 0) / usage.ends.size,
    delivered: usage.ends.size,
    worstHours: both,
  };
}

const lateness = ({ arn, takenAt }: Job, ends: ReadonlyMap<string, number>): number =>
  (ends.get(arn) ?? Number.POSITIVE_INFINITY) - takenAt - RPO_HOURS;

function exportCopyOf({ arn, account, kind, database, takenAt }: Job, start: number): Snapshot {
  const taken = new Date(start + takenAt * 1000);
  return {
    arn,
    kind,
    name: arn.split(':').slice(6).join(':'),
    status: 'available',
    type: 'manual',
    database: databaseArn(database),
    engine: kind === 'cluster' ? 'aurora-postgresql' : 'postgres',
    encrypted: true,
    kmsKeyArn: exportKeyOf(account),
    createdAt: taken,
    takenAt: taken,
    sizeGiB: 20,
    tags: new Map([
      [TAGS.role, 'export'],
      [TAGS.snapshot, arn.replace('checkvalve-', 'awsbackup:job-')],
      [TAGS.sourceTime, taken.toISOString()],
      [TAGS.sharedAt, taken.toISOString()],
    ]),
  };
}

/** Counts, between any two changes, the slots that stood idle although a copy could have been started. */
class SlotUsage {
  idle = 0;
  wanted = 0;
  readonly ends = new Map<string, number>();
  private readonly waiting = new Map<string, number>();
  private readonly busy = new Set<string>();
  private readonly startable: Record<Kind, number> = { instance: 0, cluster: 0 };
  private readonly flying: Record<Kind, number> = { instance: 0, cluster: 0 };
  private last = 0;

  constructor(private readonly jobs: readonly Job[]) {
    for (const { database, kind } of jobs) {
      if (!this.waiting.has(database)) this.startable[kind] += 1;
      this.waiting.set(database, (this.waiting.get(database) ?? 0) + 1);
    }
  }

  get done(): boolean {
    return this.ends.size === this.jobs.length;
  }

  changed({ what, account, snapshot: { kind, database }, madeFrom }: RdsChange, seconds: number): void {
    if (account !== VAULT || (what !== 'copied' && what !== 'available')) return;
    this.until(seconds);
    const left = this.waiting.get(database) ?? 0;
    if (what === 'copied') {
      this.flying[kind] += 1;
      this.busy.add(database);
      this.startable[kind] -= 1;
      this.waiting.set(database, left - 1);
      return;
    }
    this.flying[kind] -= 1;
    this.busy.delete(database);
    if (left > 0) this.startable[kind] += 1;
    if (madeFrom) this.ends.set(madeFrom, seconds);
  }

  private until(seconds: number): void {
    for (const kind of KINDS) {
      if (this.startable[kind] === 0) continue;
      this.idle += (seconds - this.last) * Math.min(SLOTS[kind] - this.flying[kind], this.startable[kind]);
      this.wanted += (seconds - this.last) * SLOTS[kind];
    }
    this.last = seconds;
  }
}

/** When each copy would end if a slot never stood idle and always took the copy that is due first; one of a database at a
 * time, as for every account. */
function earliestDeadlineFirst(jobs: readonly Job[]): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  for (const kind of KINDS) {
    const waiting = jobs.filter((job) => job.kind === kind).sort((a, b) => a.takenAt - b.takenAt);
    let running: { readonly job: Job; readonly end: number }[] = [];
    let now = 0;
    while (waiting.length > 0 || running.length > 0) {
      const busy = new Set(running.map(({ job }) => job.database));
      for (let at = 0; at < waiting.length && running.length < SLOTS[kind]; ) {
        const job = waiting[at];
        if (!job || busy.has(job.database)) at += 1;
        else {
          busy.add(job.database);
          running.push({ job, end: now + job.minutes * 60 });
          ends.set(job.arn, now + job.minutes * 60);
          waiting.splice(at, 1);
        }
      }
      now = Math.min(...running.map(({ end }) => end));
      running = running.filter(({ end }) => end > now);
    }
  }
  return ends;
}
