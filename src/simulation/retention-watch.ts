import type { Snapshot } from '../../lambda/_kit/ports/snapshots';
import { dataTime } from '../../lambda/_kit/vault-copies';
import { DAY } from '../contract/durations';
import type { SnapshotArn } from '../contract/ids';
import type { InMemoryRds } from './in-memory-rds';
import { VAULT, VAULT_LIMITS } from './scenario';
import { VAULT_RETENTION } from './vault-retention';
import type { Violation } from './violation';

/** A copy that import-copies made. */
interface Imported {
  readonly arn: string;
  readonly database: string;
  readonly madeFrom?: SnapshotArn;
  /** When it was started, in milliseconds since the epoch, by the world's own clock. */
  readonly at: number;
  /** When its data was taken, by the tag of the source. */
  readonly taken: number;
  /** When prune-copies deleted it. */
  prunedAt?: number;
}

const MONTH = 31 * DAY;
/** By how much a copy may be overdue at the end: one run a day, and a day until an operator raises the bound. */
const SLACK = 3 * DAY;

const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7);
const isSameMonth = (a: Imported, b: Imported): boolean => a.database === b.database && monthOf(a.at) === monthOf(b.at);

/** Checks the retention of the vault's copies. It uses no tag, and only the clock of the world. */
export class RetentionWatch {
  private readonly imports = new Map<string, Imported>();
  /** Copies that were deleted past their retention. */
  pruned = 0;

  constructor(
    private readonly rds: InMemoryRds,
    private readonly broken: (invariant: Violation['invariant'], what: string) => void,
    /** Whether the vault has had no fault for so many days. */
    private readonly isCalmFor: (days: number) => boolean,
  ) {}

  /** The vault has started a copy. */
  imported(made: Snapshot, madeFrom: SnapshotArn | undefined): void {
    const { arn, database, kind } = made;
    this.imports.set(arn, { arn, database, madeFrom, at: this.rds.time.getTime(), taken: dataTime(made).getTime() });
    // After a fault of the vault all waiting copies are imported at once, and their retention begins then.
    if (!this.isCalmFor(VAULT_RETENTION.dailyDays + 1)) return;
    const held = this.rds.all(VAULT).filter((one) => one.kind === kind && one.type === 'manual');
    // Snapshots with which a fault fills the quota have no retention.
    const counted = held.filter(({ name }) => !name.startsWith('filler-')).length;
    if (counted >= VAULT_LIMITS.manualSnapshotQuota) {
      this.broken('vault-never-full', `${counted} ${kind} snapshots, as many as the quota allows`);
    }
  }

  /** prune-copies has deleted something. */
  removed({ arn, status }: Snapshot): void {
    const copy = this.imports.get(arn);
    if (!copy) {
      this.broken('only-own-copies-pruned', `${arn} was deleted; the vault did not import it`);
      return;
    }
    if (status !== 'available') {
      if (status !== 'failed') this.broken('nothing-pruned-early', `${arn} was deleted while ${status}`);
      return;
    }
    this.pruned += 1;
    const others = this.good(copy.database).filter((other) => other.arn !== arn);
    if (!others.some(({ at }) => at >= copy.at)) {
      this.broken('last-copy-kept', `${arn} was the newest available copy of ${copy.database}`);
    }
    if (!others.some(({ taken }) => taken >= copy.taken)) {
      this.broken('last-copy-kept', `${arn} had the newest data of ${copy.database}`);
    }
    const age = this.rds.time.getTime() - copy.at;
    if (age < VAULT_RETENTION.dailyDays * DAY) {
      this.broken('nothing-pruned-early', `${arn} was deleted after ${(age / DAY).toFixed(1)} days`);
    }
    // A copy that was deleted in the same run still existed when the run began.
    const now = this.rds.time.getTime();
    const seen = [...others, ...[...this.imports.values()].filter((one) => one.prunedAt === now)];
    const earlier = seen.some((one) => isSameMonth(one, copy) && one.at <= copy.at);
    copy.prunedAt = now;
    if (age < VAULT_RETENTION.monthlyMonths * MONTH && !earlier) {
      this.broken('nothing-pruned-early', `${arn} was the first of ${monthOf(copy.at)}`);
    }
  }

  /** The faults have ended, and prune-copies has run for days: every copy that is due must be deleted. */
  settled(): void {
    const newest = this.rds
      .all(VAULT)
      .reduce((latest, { createdAt }) => Math.max(latest, createdAt?.getTime() ?? 0), -Infinity);
    for (const copy of this.imports.values()) {
      const status = this.rds.find(copy.arn)?.status;
      const isShared = this.rds.find(copy.madeFrom ?? '') !== undefined;
      if (status === 'failed' && !isShared) this.broken('due-copies-pruned', `${copy.arn} failed, and is not deleted`);
      if (status !== 'available' || isShared) continue;
      const good = this.good(copy.database);
      const isFirst = !good.some((one) => one.at < copy.at && isSameMonth(one, copy));
      const isLast = !good.some(({ at, arn }) => arn !== copy.arn && at >= copy.at);
      const term = isFirst ? VAULT_RETENTION.monthlyMonths * MONTH : VAULT_RETENTION.dailyDays * DAY;
      const overdue = newest - copy.at - term;
      const isFreshest = !good.some(({ taken, arn }) => arn !== copy.arn && taken >= copy.taken);
      if (isLast || isFreshest || overdue <= SLACK) continue;
      this.broken('due-copies-pruned', `${copy.arn} is ${(overdue / DAY).toFixed(1)} days past its retention`);
    }
  }

  private good(database: string): Imported[] {
    return [...this.imports.values()].filter(
      (one) => one.database === database && this.rds.find(one.arn)?.status === 'available',
    );
  }
}
