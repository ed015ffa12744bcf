import { DEFAULT_LIMITS } from '../../lambda/_kit/copies';
import type { ExportMemory } from '../../lambda/_kit/ports/export-memory';
import type { Snapshots } from '../../lambda/_kit/ports/snapshots';
import { exportSnapshots } from '../../lambda/source/export-snapshots/export-snapshots';
import { importCopies } from '../../lambda/vault/import-copies/import-copies';
import type { AdmissionRules } from '../../src/contract/admission';
import { type AccountId, accountId, databaseParts, type KeyArn, keyArn, keyIdOf, region } from '../../src/contract/ids';
import { INTERVALS } from '../../src/contract/intervals';
import { RECOVERY_POINT_TAGS } from '../../src/contract/names';
import { EventQueue } from '../../src/simulation/event-queue';
import { InMemoryRds, type RdsChange, type SimulatedDatabase } from '../../src/simulation/in-memory-rds';
import { Random } from '../../src/simulation/random';
import { InMemoryRegistry } from '../../src/simulation/registry-in-memory';
import { DELAYS, within } from './delays';

export const HERE = region('eu-central-1');
export const VAULT = accountId('333300002222');
const key = (account: AccountId, last: string): KeyArn =>
  keyArn(`arn:aws:kms:${HERE}:${account}:key/00000000-0000-4000-8000-${last.padStart(12, '0')}`);
export const exportKeyOf = (account: AccountId): KeyArn => key(account, 'e');
export const databaseKeyOf = (account: AccountId): KeyArn => key(account, 'aa');

/** So many invented sources. */
export const sourceAccounts = (count: number): readonly AccountId[] =>
  Array.from({ length: count }, (_, at) => accountId(`2222${String(10_000_000 + at)}`));

const sweepOf = (account: AccountId): number =>
  60 * (account === VAULT ? INTERVALS.vaultSweepMinutes : INTERVALS.sourceSweepMinutes);

/** A quota large enough for this run: time is measured here. */
export const LIMITS = { maxInstanceCopiesInFlight: 20, maxClusterCopiesInFlight: 5, manualSnapshotQuota: 10_000 };

/** Room for all databases at once, since each of them is new. */
export const ADMISSION: AdmissionRules = {
  copiesPerDatabase: 2,
  maxNewDatabasesPerAccountPerDay: 10_000,
  maxCopyGiB: 1_000_000,
  maxGiBPerAccountPerDay: 1_000_000_000,
};

/**
 * The two steps that carry snapshots across, in virtual time, woken as they are when deployed: by events, notifications
 * and reminders that gather in a queue, and by sweeps. Nothing fails. A reminder or a sweep that would find what the last
 * run left is passed over: it would do nothing.
 */
export class TimedLandingZone {
  readonly rds = new InMemoryRds(HERE, LIMITS);
  /** Calls that change something, by account and name. */
  readonly mutations = new Map<string, number>();
  /** Receives every change of a snapshot, with the time in seconds. */
  onChange: (change: RdsChange, seconds: number) => void = () => {};
  private readonly begin = this.rds.time.getTime();
  private readonly queue = new EventQueue<() => void | Promise<void>>();
  private readonly registry = new InMemoryRegistry();
  private readonly dirty = new Set<AccountId>();
  private readonly gathering = new Set<AccountId>();
  private readonly reminded = new Set<AccountId>();
  private readonly random: Random;
  private jobs = 0;

  constructor(
    seed: number,
    private readonly sources: readonly AccountId[],
    /** No event and no notification arrives. */
    private readonly eventless = false,
  ) {
    this.random = new Random(seed, 'delays');
    this.rds.onChange = (change) => this.changed(change);
  }

  /** Seconds since the beginning. */
  get now(): number {
    return (this.rds.time.getTime() - this.begin) / 1000;
  }

  /** Lets something happen at a time in seconds. */
  at(seconds: number, what: () => void | Promise<void>): void {
    this.queue.put(seconds, what);
  }

  /** AWS Backup has made a snapshot, now. */
  backUp(database: SimulatedDatabase) {
    const { account } = databaseParts(database.arn);
    this.jobs += 1;
    const job = `00000000-0000-4000-8000-${String(this.jobs).padStart(12, '0')}`;
    const tags = {
      [RECOVERY_POINT_TAGS.exportKey]: keyIdOf(exportKeyOf(account)),
      [RECOVERY_POINT_TAGS.plan]: 'daily',
    };
    const snapshot = this.rds.backUp(database, job, tags);
    this.dirty.add(account);
    this.event(account);
    return snapshot;
  }

  /** Enrolls the sources and begins to sweep; accounts that have work already look at once. */
  async start(dirty: readonly AccountId[] = []): Promise<void> {
    const since = this.rds.time.toISOString();
    for (const account of this.sources) {
      await this.registry.put({ account, state: 'enrolled', regions: [HERE], since, reason: 'tagged' });
    }
    for (const account of dirty) this.dirty.add(account);
    for (const account of [...this.sources, VAULT]) this.sweep(account, this.random.next() * sweepOf(account));
    for (const account of dirty) this.gather(account);
  }

  /** Plays until a time in seconds, or until `done` says so after something has happened. */
  async play(end: number, done: () => boolean = () => false): Promise<void> {
    while (!done()) {
      const next = Math.min(this.queue.nextAt, (this.rds.nextReady - this.begin) / 1000);
      if (next > end) break;
      if (next > this.now) this.rds.advance((next - this.now) / 60);
      if (this.queue.nextAt <= this.now + 0.001) await this.queue.take()?.();
    }
  }

  private changed(change: RdsChange): void {
    this.onChange(change, this.now);
    if (change.what === 'shared') this.dirty.add(VAULT);
    if (change.what === 'available') {
      this.dirty.add(change.account);
      // RDS sends an event when a copy of an instance is complete. It sends none for a cluster.
      if (change.snapshot.kind === 'instance') this.event(change.account);
    }
  }

  private event(account: AccountId): void {
    if (!this.eventless) this.at(this.now + within(this.random, DELAYS.event), () => this.gather(account));
  }

  private gather(account: AccountId): void {
    if (this.gathering.has(account)) return;
    this.gathering.add(account);
    this.at(this.now + INTERVALS.gatheringSeconds + within(this.random, DELAYS.run), () => {
      this.gathering.delete(account);
      return this.dirty.has(account) ? this.run(account) : undefined;
    });
  }

  private sweep(account: AccountId, first: number): void {
    this.at(first, () => {
      if (this.dirty.has(account)) this.gather(account);
      this.sweep(account, first + sweepOf(account));
    });
  }

  private remind(account: AccountId, after: number): void {
    if (this.reminded.has(account)) return;
    this.reminded.add(account);
    const fall = (): void => {
      if (this.dirty.has(account)) {
        this.reminded.delete(account);
        this.gather(account);
      } else this.at(this.now + after, fall);
    };
    this.at(this.now + after, fall);
  }

  private async run(account: AccountId): Promise<void> {
    this.dirty.delete(account);
    const wakeups = { wakeIn: async (minutes: number) => this.remind(account, minutes * 60) };
    const limits = { ...DEFAULT_LIMITS, ...LIMITS };
    if (account === VAULT) {
      const accessRoles = { of: (source: AccountId) => this.port(source, VAULT) };
      const ports = { sources: this.registry, snapshots: this.port(VAULT, VAULT), accessRoles, wakeups };
      await importCopies(
        {},
        ports,
        { importKey: key(VAULT, '1'), limits, admission: ADMISSION },
        this.rds.time,
        () => {},
      );
      return;
    }
    const notifications = {
      notify: async () => {
        this.count(account, 'notify');
        if (!this.eventless) this.at(this.now + within(this.random, DELAYS.notification), () => this.gather(VAULT));
      },
    };
    const settings = {
      exportKey: exportKeyOf(account),
      vaultAccount: VAULT,
      databaseTag: { key: 'environment', value: 'production' },
      limits,
    };
    const inside = this.rds.memoryOf(account);
    const memory: ExportMemory = {
      ...inside,
      remember: (snapshot, facts) => this.counted(account, 'remember', inside.remember(snapshot, facts)),
    };
    const ports = { snapshots: this.port(account, account), memory, notifications, wakeups };
    await exportSnapshots({ wake: 'again' }, ports, settings, this.rds.time, () => {});
  }

  /** What an account's snapshots look like to a step that runs in `home`. */
  private port(account: AccountId, home: AccountId): Snapshots {
    const inside = this.rds.as(account);
    return {
      ...inside,
      copy: (order) => this.counted(home, 'copy', inside.copy(order)),
      share: (snapshot, to) => this.counted(home, 'share', inside.share(snapshot, to)),
      remove: (snapshot) => this.counted(home, 'remove', inside.remove(snapshot)),
      tag: (arn, tags) => {
        if (account !== home) this.dirty.add(account);
        return this.counted(home, 'tag', inside.tag(arn, tags));
      },
    };
  }

  private counted<Answer>(account: AccountId, name: string, answer: Promise<Answer>): Promise<Answer> {
    this.count(account, name);
    return answer;
  }

  private count(account: AccountId, name: string): void {
    const side = account === VAULT ? 'vault' : 'source';
    this.mutations.set(`${side} ${name}`, (this.mutations.get(`${side} ${name}`) ?? 0) + 1);
  }
}
