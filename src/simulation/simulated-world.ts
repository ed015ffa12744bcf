// Longer than most: the events of the world and their effects stand side by side.

import type { Snapshot } from '../../lambda/_kit/ports/snapshots';
import { collidingWindow } from '../contract/backup-windows';
import { DAY, MINUTE, MINUTES_PER_DAY, MINUTES_PER_HOUR } from '../contract/durations';
import { CheckvalveError } from '../contract/errors';
import { type AccountId, keyIdOf, type SnapshotArn, snapshotParts } from '../contract/ids';
import { INTERVALS } from '../contract/intervals';
import { notify } from '../contract/message';
import { copiesTopicArn, NAMES, RECOVERY_POINT_TAGS } from '../contract/names';
import { EventQueue } from './event-queue';
import { Calm, type InjectedFault } from './faults';
import { snapshotsByHand, takeTeamSnapshot } from './hand-made-snapshots';
import { InMemoryRds, type RdsChange } from './in-memory-rds';
import { Incidents } from './incidents';
import { IndexFaults } from './index-faults';
import { Injector } from './injector';
import { Invariants } from './invariants';
import { Random } from './random';
import {
  type DatabaseSpec,
  exportKeyOf,
  HERE,
  INBOX,
  type Scenario,
  SOURCE_LIMITS,
  SOURCES,
  VAULT,
  VAULT_LIMITS,
} from './scenario';
import { type Ran, StepRunner, type Tampering } from './step-runner';
import type { Violation } from './violation';

/** Retention of the plans, in days. */
const RETENTION = { daily: 35, monthly: 1825 } as const;
/** Days after the last fault within which everything must have converged. */
const SETTLING = 15;
/** Minutes after which a step with copies in progress wakes itself. */
const REMINDER = INTERVALS.reminderMinutes;
/** Minutes between two sweeps without a change. */
const QUIET_SWEEP = 4 * MINUTES_PER_HOUR;
const INBOX_BATCH = 10;

type Event = () => void | Promise<void>;
/** The invariant whose violation ends the simulation; undefined: it continues to the end. */
export type StopAt = Violation['invariant'] | 'any' | undefined;

const SCHEDULED = { source: 'aws.events', 'detail-type': 'Scheduled Event' };

const snapshotEvent = ({ name, arn, kind }: Snapshot, EventID: string) => ({
  source: 'aws.rds',
  'detail-type': kind === 'cluster' ? 'RDS DB Cluster Snapshot Event' : 'RDS DB Snapshot Event',
  detail: { EventID, SourceIdentifier: name, SourceArn: arn },
});

/** Events as the queue of wakeups of an account delivers them. */
const queued = (account: AccountId, events: readonly unknown[]) => ({
  Records: events.map((event, at) => ({
    messageId: `event-${at}`,
    body: JSON.stringify(event),
    eventSourceARN: `arn:aws:sqs:${HERE}:${account}:${NAMES.wakeups}`,
  })),
});

/**
 * The landing zone in virtual time: a queue of events, in minutes since the beginning. A step runs when an event wakes it,
 * at its own reminders while a copy is in progress, and at sweeps. A sweep or a reminder without a change since the last run
 * is left out, since a run on unchanged facts does nothing; one sweep in four hours runs for what time alone makes due
 * (holds that end, alerts).
 */
export class SimulatedWorld {
  private readonly queue = new EventQueue<Event>();
  private readonly rds = new InMemoryRds(HERE, SOURCE_LIMITS);
  private readonly begin = this.rds.time.getTime();
  readonly injector: Injector;
  readonly invariants: Invariants;
  readonly steps: StepRunner;
  private readonly incidents: Incidents;
  private readonly indexFaults: IndexFaults;
  private readonly gone = new Set<AccountId>();
  private readonly dirty = new Set<AccountId>([...SOURCES, VAULT]);
  /** Accounts that an event is about to wake in this minute. */
  private readonly waking = new Map<AccountId, number>();
  /** The events that arrive together, by account and minute. */
  private readonly arriving = new Map<string, unknown[]>();
  /** Accounts whose step a reminder is about to wake. */
  private readonly reminded = new Set<AccountId>();
  private inbox: { readonly messageId: string; readonly body: string; readonly eventSourceARN: string }[] = [];
  private counted = 0;
  /** Backups that could not start because of a window of their instance. */
  missed = 0;
  /** From when on the bound of a run that stopped is raised, in minutes since the beginning. */
  private releasedAt: number | undefined;

  constructor(
    private readonly scenario: Scenario,
    tampering?: Tampering,
  ) {
    this.rds.limitsOf.set(VAULT, VAULT_LIMITS);
    this.injector = new Injector(scenario.seed, () => this.now);
    this.steps = new StepRunner(
      this.rds,
      this.injector,
      (copy, account) => this.deliver(copy, account),
      (account) => this.dirty.add(account),
      (account) => this.remind(account),
      tampering,
    );
    const accepted = (account: string) => ['enrolled', 'leaving'].includes(this.steps.sources.of(account)?.state ?? '');
    this.invariants = new Invariants(this.rds, new Calm(scenario.faults, VAULT), () => this.now, accepted);
    this.incidents = new Incidents(this.rds, this.invariants, ({ arn }) =>
      this.deliver(arn, snapshotParts(arn).account),
    );
    this.indexFaults = new IndexFaults(this.steps.ownCopies, scenario.seed, () => this.steps.current);
    this.rds.onChange = (change) => this.changed(change);
  }

  /** Minutes since the beginning. */
  private get now(): number {
    return (this.rds.time.getTime() - this.begin) / MINUTE;
  }

  /** Plays the days and the days of settling; ends early when the invariant of `stopAt` breaks. */
  async play(progress: (line: string) => void, stopAt: StopAt): Promise<void> {
    const end = this.scenario.days * MINUTES_PER_DAY;
    await this.prepare(end);
    for (let week = 1; (week - 1) * 7 * MINUTES_PER_DAY < end; week += 1) {
      if (await this.playUntil(Math.min(week * 7 * MINUTES_PER_DAY, end), stopAt)) return;
      const { copied, snapshots, violations } = this.invariants;
      progress(
        `week ${week}: ${copied.size} of ${snapshots} snapshots are in the vault, ${violations.length} violations`,
      );
    }
    this.injector.endAll();
    for (const account of [...SOURCES, VAULT]) this.dirty.add(account);
    for (let day = 1; day <= SETTLING && this.invariants.open.size > 0; day += 1) {
      if (await this.playUntil(end + day * MINUTES_PER_DAY, stopAt)) return;
    }
    // After a run of prune-copies that stopped, an operator raises its bound a day later.
    if (await this.playUntil(this.now + 3 * MINUTES_PER_DAY, stopAt)) return;
    this.invariants.settled();
  }

  private async playUntil(end: number, stopAt: StopAt): Promise<boolean> {
    for (;;) {
      const next = Math.min(this.queue.nextAt, (this.rds.nextReady - this.begin) / MINUTE);
      if (next > end) break;
      if (next > this.now) this.rds.advance(next - this.now);
      if (this.queue.nextAt <= this.now) await this.queue.take()?.();
      if (stopAt && this.invariants.has(stopAt)) return true;
    }
    this.rds.advance(end - this.now);
    return false;
  }

  private async prepare(end: number): Promise<void> {
    const since = this.rds.time.toISOString();
    for (const account of SOURCES) {
      await this.steps.registry.put({ account, state: 'enrolled', regions: [HERE], since, reason: 'tagged' });
    }
    for (const fault of this.scenario.faults) this.schedule(fault);
    for (const spec of this.scenario.databases) this.scheduleDatabase(spec, end);
    this.every(60, 0, () => this.hourly());
    this.every(INTERVALS.sourceSweepMinutes, 2, () => this.sweep(SOURCES));
    this.every(INTERVALS.vaultSweepMinutes, 3, () => this.sweep([VAULT]));
    for (const snapshot of snapshotsByHand(this.rds.time)) this.rds.plant(snapshot);
    this.every(INTERVALS.pruneHours * 60, 5 * 60, () => this.prune());
  }

  private every(minutes: number, first: number, event: Event): void {
    this.queue.put(first, async () => {
      await event();
      this.every(minutes, first + minutes, event);
    });
  }

  private schedule(fault: InjectedFault): void {
    this.queue.put(fault.at, async () => {
      this.injector.begin(fault);
      if (this.incidents.begin(fault) || this.indexFaults.begin(fault)) this.injector.injected.add(fault);
      if (fault.kind === 'vault-down') this.injector.injected.add(fault);
      if (fault.kind === 'account-leaves') await this.leave(fault.account);
      this.dirty.add(fault.account).add(VAULT);
    });
    if (fault.minutes === 0) return;
    this.queue.put(fault.at + fault.minutes, () => {
      this.injector.end(fault);
      this.incidents.end(fault);
      this.indexFaults.end(fault);
      this.dirty.add(fault.account).add(VAULT);
      if (fault.kind === 'vault-down') this.wake(VAULT, SCHEDULED);
    });
  }

  private scheduleDatabase(spec: DatabaseSpec, end: number): void {
    const random = new Random(this.scenario.seed, `backups ${spec.database.arn}`);
    for (let day = 0; day * MINUTES_PER_DAY < end; day += 1) {
      const monthly = new Date(this.begin + day * DAY).getUTCDate() === 1;
      const [daily, atMonthly, own] = [
        60 + random.int(0, 150),
        300 + random.int(0, 150),
        random.int(0, MINUTES_PER_DAY - 1),
      ];
      // A copy takes as long as the database is large, more or less, and now and then four times as long: RDS names no
      // bound, and the largest here take up to forty hours, on each side.
      const factor = () => (random.chance(0.02) ? 4 : 0.7 + random.next() * 0.6);
      const slow = () => Math.max(1, Math.round(spec.database.copyMinutes * factor()));
      const [first, second] = [slow(), slow()];
      this.queue.put(day * MINUTES_PER_DAY + daily, () => this.backUp(spec, 'daily', first));
      if (monthly) this.queue.put(day * MINUTES_PER_DAY + atMonthly, () => this.backUp(spec, 'monthly', second));
      if (spec.teamSnapshots) {
        this.queue.put(day * MINUTES_PER_DAY + own, () => takeTeamSnapshot(this.rds, spec, this.invariants));
      }
    }
  }

  private backUp(spec: DatabaseSpec, plan: 'daily' | 'monthly', copyMinutes: number): void {
    if (this.gone.has(spec.account)) return;
    if (spec.windows && collidingWindow(this.rds.time, spec.windows)) {
      this.missed += 1;
      return;
    }
    const random = new Random(this.scenario.seed, `job ${spec.database.arn} ${this.now}`);
    const hex = (digits: number) => Array.from({ length: digits }, () => random.int(0, 15).toString(16)).join('');
    const tags = {
      [RECOVERY_POINT_TAGS.exportKey]: keyIdOf(exportKeyOf(spec.account)),
      [RECOVERY_POINT_TAGS.plan]: plan,
    };
    const job = `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`;
    if (spec.outcome === 'unshareable') this.rds.unshareable.add(spec.database.arn);
    const snapshot = this.rds.backUp(
      { ...spec.database, copyMinutes },
      job,
      spec.outcome === 'missing-tag' ? {} : tags,
    );
    const { arn } = snapshot;
    this.invariants.created(arn, spec, copyMinutes);
    this.wake(spec.account, snapshotEvent(snapshot, snapshot.kind === 'cluster' ? 'RDS-EVENT-0075' : 'RDS-EVENT-0042'));
    this.dirty.add(spec.account);
    this.queue.put(this.now + RETENTION[plan] * MINUTES_PER_DAY, () => {
      this.invariants.expires(arn);
      this.rds.change(arn, undefined);
    });
  }

  private changed(change: RdsChange): void {
    this.invariants.changed(change, this.steps.current);
    if (change.what === 'shared') this.dirty.add(VAULT);
    else if (change.what !== 'copied') this.dirty.add(change.account);
    // RDS sends an event when a copy of an instance is complete. It sends none for a cluster: the sweep finds those.
    if (change.what === 'available' && change.snapshot.kind === 'instance') {
      this.wake(change.account, snapshotEvent(change.snapshot, 'RDS-EVENT-0197'));
    }
  }

  /** Delivers an event to a step: faults may lose, delay, reorder or double it. */
  private wake(account: AccountId, event: unknown): void {
    if (this.injector.takeEffect('events-lost', account)) return;
    const at = this.now + 1 + this.lateness(account);
    const together = this.injector.takeEffect('events-doubled', account) !== undefined;
    const key = `${account} ${at} ${together}`;
    const others = this.arriving.get(key);
    if (others) {
      others.push(event);
      return;
    }
    const events = [event];
    this.arriving.set(key, events);
    this.queue.put(at, () => {
      this.arriving.delete(key);
      return this.run(account, together, queued(account, events));
    });
  }

  private remind(account: AccountId): void {
    if (this.reminded.has(account)) return;
    this.reminded.add(account);
    const fall = (): void | Promise<void> => {
      if (!this.dirty.has(account)) return this.queue.put(this.now + REMINDER, fall);
      this.reminded.delete(account);
      return this.run(account, false, queued(account, [{ wake: 'again' }]));
    };
    this.queue.put(this.now + REMINDER, fall);
  }

  private lateness(account: AccountId): number {
    const late = this.injector.takeEffect('events-late', account);
    const shuffled = this.injector.takeEffect('events-reordered', account);
    const hours = late ? this.injector.chances(late).int(60, 360) : 0;
    return hours + (shuffled ? this.injector.chances(shuffled).int(0, 30) : 0);
  }

  /** A source notifies the vault of a copy; SNS delivers the message to the subscribed inbox. */
  private deliver(copy: SnapshotArn, account: AccountId): void {
    if (this.injector.takeEffect('events-lost', account)) return;
    const body = JSON.stringify({
      Type: 'Notification',
      TopicArn: copiesTopicArn(account, HERE),
      Message: notify(copy),
    });
    const times = this.injector.takeEffect('events-doubled', account) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      this.queue.put(this.now + 1 + this.lateness(account), () => {
        this.counted += 1;
        this.inbox.push({ messageId: `m-${this.counted}`, body, eventSourceARN: INBOX });
        if (this.waking.get(VAULT) === this.now) return;
        this.waking.set(VAULT, this.now);
        this.queue.put(this.now, () => this.run(VAULT, times > 1, this.receive()));
      });
    }
  }

  /** Runs the step of an account: for events, or as a sweep. Only a sweep has looked at all that has changed. */
  private async run(account: AccountId, together = false, event?: unknown): Promise<void> {
    if (this.gone.has(account) || (account === VAULT && this.injector.active('vault-down', VAULT))) return;
    if (event === undefined) this.dirty.delete(account);
    const once = (twice: boolean) =>
      account === VAULT ? this.steps.import(event ?? {}, twice) : this.steps.export(account, twice, event);
    const ran = together ? await Promise.all([once(true), once(true)]) : [await once(false)];
    for (const one of ran) this.judge(one);
    if (account === VAULT && this.inbox.length > 0) {
      this.queue.put(this.now + 1, () => this.run(VAULT, false, this.receive()));
    }
  }

  private receive(): unknown {
    const batch = this.inbox.splice(0, INBOX_BATCH);
    return batch.length > 0 ? { Records: batch } : undefined;
  }

  private judge({ run, error }: Ran): void {
    if (error) this.dirty.add(run.account);
    const expected = error instanceof CheckvalveError && error.code === 'STEP_FAILED';
    if (error && !run.disturbed) {
      this.invariants.broken('runs-fail-only-by-faults', `${run.step} in ${run.account}: ${error}`);
    } else if (error instanceof TypeError || (error instanceof CheckvalveError && !expected)) {
      this.invariants.broken('runs-fail-only-by-faults', `${run.step} in ${run.account}: ${error}`);
    }
  }

  private async sweep(accounts: readonly AccountId[]): Promise<void> {
    for (const account of accounts) if (this.dirty.has(account)) await this.run(account);
  }

  private async hourly(): Promise<void> {
    if (this.now % QUIET_SWEEP === 0) for (const account of [...SOURCES, VAULT]) this.dirty.add(account);
    this.invariants.findOverdue();
    if (!this.injector.active('vault-down', VAULT)) this.judge(await this.steps.follow());
  }

  /** As often as in the vault; after a run that stopped, an operator raises its bound a day later. */
  private async prune(): Promise<void> {
    if (this.injector.active('vault-down', VAULT)) return;
    const ran = await this.steps.prune(this.releasedAt !== undefined && this.now >= this.releasedAt);
    const code = ran.error instanceof CheckvalveError ? ran.error.code : undefined;
    if (code === 'RETENTION_STOPPED') this.releasedAt ??= this.now + MINUTES_PER_DAY;
    else this.releasedAt = undefined;
    if (code === 'TIME_NOT_TRUSTED') this.steps.sources.confirmTime(this.rds.time);
    else if (code !== 'RETENTION_STOPPED') this.judge(ran);
  }

  private async leave(account: AccountId): Promise<void> {
    const { kind: _, ...rest } = { kind: 'left', ...this.steps.registry.of(account) };
    if (rest.account === undefined || rest.regions === undefined) return;
    this.gone.add(account);
    this.invariants.left(account);
    const since = this.rds.time.toISOString();
    await this.steps.registry.put({ account, state: 'left', regions: rest.regions, since, reason: 'tag removed' });
  }
}
