// Longer than most: all invariants of the landing zone are checked here.
import { RELIST_AFTER } from '../../lambda/vault/import-copies/own-index';
import { MINUTE, MINUTES_PER_DAY } from '../contract/durations';
import { databaseParts, type SnapshotArn, snapshotParts } from '../contract/ids';
import { TAGS } from '../contract/names';
import type { Calm } from './faults';
import type { InMemoryRds, RdsChange } from './in-memory-rds';
import type { Run } from './injector';
import { RetentionWatch } from './retention-watch';
import { type DatabaseSpec, exportKeyOf, IMPORT_KEY, SOURCE_LIMITS, VAULT, VAULT_LIMITS } from './scenario';
import { UndelayedPath } from './undelayed-path';
import { VAULT_RETENTION } from './vault-retention';
import type { Violation } from './violation';

/**
 * A snapshot that must be copied to the vault: AWS Backup made it with the tags of the tooling, RDS can copy and share it, and
 * its account has not left. It is lost when it is not available in the vault within `PATIENCE` calm minutes (see `Calm`) after
 * RDS alone could have copied it (see `UndelayedPath`: two copies of forty hours each are no loss), while its recovery point or
 * an export copy exists. Once the vault has newer data of the database, the snapshot is *history* and has `HISTORY_PATIENCE`.
 * A snapshot is *exempt* when its recovery point expires earlier than that, or when its copy failed three times on one side
 * (the verdict `failed-too-often`). At the end, without faults, no such snapshot may be left that still exists.
 */
interface Demand {
  readonly spec: DatabaseSpec;
  readonly bornAt: number;
  readonly copyMinutes: number;
  /** When RDS alone could have copied it to the vault. */
  dueAt: number;
  /** Copies of it that an injected fault made fail, in the source and in the vault. */
  readonly failures: { source: number; vault: number };
}

/** Calm minutes, in addition to the time that RDS needs, after which a snapshot must be in the vault: one day. */
const PATIENCE = MINUTES_PER_DAY;
/**
 * The same for history: one day, and the days for which the vault retains daily copies. History is imported only into room that
 * no plan reserves (docs/adr/0044-newest-first-when-behind.md), and that room may be taken for as long as one daily retention: then
 * every daily copy that took it is pruned.
 */
const HISTORY_PATIENCE = PATIENCE + VAULT_RETENTION.dailyDays * MINUTES_PER_DAY;
const NOT_IMPORTED = 2;
const PART_OF_QUOTA = 0.25;

interface Copy {
  readonly root: SnapshotArn;
  /** When AWS Backup made the root. */
  readonly bornAt: number;
  readonly spec: DatabaseSpec;
}

/** Checks the world after every change. It uses no tag: it records from which snapshot each copy was made. */
export class Invariants {
  readonly violations: Violation[] = [];
  readonly open = new Map<string, Demand>();
  readonly copied = new Set<string>();
  snapshots = 0;
  readonly exempt = new Set<string>();
  /** Snapshots that were not in the vault when their account left. */
  readonly leftBehind = new Set<string>();
  /** Snapshots that AWS Backup made, by ARN, and the copies made of them; nothing forged is among them. */
  private readonly roots = new Map<string, { readonly spec: DatabaseSpec; readonly bornAt: number }>();
  private readonly exportCopies = new Map<string, Copy>();
  private readonly vaultCopies = new Map<string, Copy>();
  /** Export copies that the vault has imported completely. */
  private readonly importedExports = new Set<string>();
  /** Export copies that the vault was, or is, refused. */
  private readonly refusedOnce = new Set<string>();
  /** When RDS last refused the vault a copy because room or a slot was missing, by kind and reason, in minutes since the beginning. */
  private readonly refusedByIndex = new Map<string, number>();
  private readonly ways = new Map<string, UndelayedPath>();
  /** The longest wait of a snapshot in addition to RDS's own copying, in calm minutes; of history, apart from the others. */
  longestWait = 0;
  longestHistoryWait = 0;

  readonly retention: RetentionWatch;

  constructor(
    private readonly rds: InMemoryRds,
    private readonly calm: Calm,
    private readonly now: () => number,
    private readonly accepted: (account: string) => boolean,
  ) {
    this.retention = new RetentionWatch(
      rds,
      (invariant, what) => this.broken(invariant, what),
      (days) => calm.minutes(VAULT, now() - days * MINUTES_PER_DAY, now()) === days * MINUTES_PER_DAY,
    );
  }

  /** AWS Backup has made a snapshot; each copy of it takes this long. */
  created(arn: SnapshotArn, spec: DatabaseSpec, copyMinutes: number): void {
    const bornAt = this.now();
    this.roots.set(arn, { spec, bornAt });
    if (spec.outcome !== 'copied') return;
    this.snapshots += 1;
    const way = this.ways.get(spec.database.arn) ?? new UndelayedPath();
    this.ways.set(spec.database.arn, way);
    const dueAt = way.arrivalOf(bornAt, copyMinutes);
    this.open.set(arn, { spec, bornAt, copyMinutes, dueAt, failures: { source: 0, vault: 0 } });
  }

  /** Whether this promise, or any, was broken. */
  has(invariant: Violation['invariant'] | 'any'): boolean {
    if (invariant === 'any') return this.violations.length > 0;
    return this.violations.some((violation) => violation.invariant === invariant);
  }

  /** Records a violation. */
  broken(invariant: Violation['invariant'], what: string): void {
    this.violations.push({ invariant, at: this.rds.time.toISOString(), what });
  }

  /** Something changed; `run`: the run that made the change, undefined when no step did. */
  changed(change: RdsChange, run: Run | undefined): void {
    const inVault = change.account === VAULT;
    if (change.what === 'copied') inVault ? this.imported(change) : this.exported(change);
    if (change.what === 'available' && inVault) this.arrived(change);
    if (change.what === 'removed') this.removed(change, run);
    if (change.what === 'refused-source') this.refusedOnce.add(change.snapshot.arn);
    if (change.what === 'shared' && (inVault || change.detail !== VAULT)) {
      this.broken('shared-with-vault-only', `${change.snapshot.arn} was shared with ${change.detail}`);
    }
    if (change.what === 'refused-copy' && run && !run.disturbed && !this.isFirstRefusalOfIndex(change, run)) {
      this.broken('limits-kept', `${run.step} asked for ${change.snapshot.arn}, but RDS said: ${change.detail}`);
    }
  }

  /** The index of the vault's copies does not know of a snapshot that another principal has made, nor of a copy that a run started and
   * whose answer was lost. RDS may refuse one copy; then the step knows more. */
  private isFirstRefusalOfIndex({ detail, snapshot: { kind } }: RdsChange, { step }: Run): boolean {
    if (step !== 'import-copies' || (detail !== 'full' && detail !== 'wait')) return false;
    const why = `${kind} ${detail}`;
    const before = this.refusedByIndex.get(why) ?? Number.NEGATIVE_INFINITY;
    this.refusedByIndex.set(why, this.now());
    return this.now() - before > RELIST_AFTER / MINUTE;
  }

  private exported({ snapshot, madeFrom, account }: RdsChange): void {
    const made = this.roots.get(madeFrom ?? '');
    if (!made || !madeFrom) {
      this.broken('only-wanted-copied', `${madeFrom} was exported; AWS Backup did not make it`);
      return;
    }
    const { spec } = made;
    this.exportCopies.set(snapshot.arn, { root: madeFrom, ...made });
    if (spec.outcome !== 'copied' && spec.outcome !== 'unshareable') {
      this.broken('only-wanted-copied', `${madeFrom} was exported; its outcome must be ${spec.outcome}`);
    }
    if (snapshot.kmsKeyArn !== exportKeyOf(account))
      this.broken('right-key', `${snapshot.arn} under ${snapshot.kmsKeyArn}`);
    const mine = this.rds.all(account).filter(({ arn }) => this.exportCopies.has(arn));
    const alike = mine.filter(({ kind }) => kind === snapshot.kind);
    const part = Math.floor(SOURCE_LIMITS.manualSnapshotQuota * PART_OF_QUOTA);
    if (alike.length > part) this.broken('limits-kept', `${alike.length} export copies in ${account}; ${part} may be`);
    const notImported = mine.filter(
      ({ arn, database, status }) =>
        database === snapshot.database && status !== 'failed' && !this.importedExports.has(arn),
    );
    if (notImported.length > NOT_IMPORTED) {
      this.broken('limits-kept', `${notImported.length} export copies not yet imported of ${snapshot.database}`);
    }
    this.inFlight(snapshot.kind, account);
  }

  private imported({ snapshot, madeFrom, account }: RdsChange): void {
    if (snapshot.kmsKeyArn !== IMPORT_KEY) this.broken('right-key', `${snapshot.arn} under ${snapshot.kmsKeyArn}`);
    this.inFlight(snapshot.kind, account);
    this.retention.imported(snapshot, madeFrom);
    const from = snapshotParts(madeFrom ?? snapshot.arn).account;
    if (!this.accepted(from)) {
      this.broken('only-wanted-copied', `${madeFrom} was imported; ${from} is not accepted`);
    }
    const copy = this.exportCopies.get(madeFrom ?? '');
    if (!copy) return;
    if (copy.spec.outcome !== 'copied') {
      this.broken('only-wanted-copied', `${copy.root} was imported; its outcome must be ${copy.spec.outcome}`);
    }
    this.vaultCopies.set(snapshot.arn, copy);
    if (this.copied.has(copy.root)) this.broken('nothing-copied-twice', `${copy.root} was copied already`);
    const tagged = [TAGS.snapshot, TAGS.database, TAGS.exportCopy].map((tag) => snapshot.tags.get(tag));
    const truth = [copy.root, copy.spec.database.arn, madeFrom];
    if (
      tagged.join() !== truth.join() ||
      !snapshot.tags.has(TAGS.sourceTime) ||
      !snapshot.tags.has(TAGS.importStartedAt)
    ) {
      this.broken('origin-tagged', `${snapshot.arn} has the tags ${tagged.join(', ')}; expected ${truth.join(', ')}`);
    }
  }

  private inFlight(kind: string, account: RdsChange['account']): void {
    const limits = account === VAULT ? VAULT_LIMITS : SOURCE_LIMITS;
    const allowed = kind === 'cluster' ? limits.maxClusterCopiesInFlight : limits.maxInstanceCopiesInFlight;
    const flying = this.rds.all(account).filter((one) => one.kind === kind && one.status === 'creating').length;
    if (flying > allowed) this.broken('limits-kept', `${flying} ${kind} copies in flight in ${account}`);
  }

  private arrived({ snapshot, madeFrom }: RdsChange): void {
    const copy = this.vaultCopies.get(snapshot.arn);
    if (!copy) return;
    this.importedExports.add(madeFrom ?? '');
    this.copied.add(copy.root);
    // A snapshot that was exempt counts as copied as well.
    this.exempt.delete(copy.root);
    this.leftBehind.delete(copy.root);
    const demand = this.open.get(copy.root);
    if (demand && this.isHistory(demand))
      this.longestHistoryWait = Math.max(this.longestHistoryWait, this.waited(demand));
    else if (demand) this.longestWait = Math.max(this.longestWait, this.waited(demand));
    this.open.delete(copy.root);
  }

  private removed({ snapshot, account }: RdsChange, run: Run | undefined): void {
    if (!run) return;
    if (account === VAULT && run.step === 'prune-copies') {
      this.retention.removed(snapshot);
      return;
    }
    if (account === VAULT || run.account !== account) {
      this.broken('nothing-deleted-early', `${run.step} deleted ${snapshot.arn}`);
      return;
    }
    const copy = this.exportCopies.get(snapshot.arn);
    const marked = snapshot.tags.get(TAGS.role) === 'export';
    if (!copy && !marked) this.broken('nothing-deleted-early', `${run.step} deleted ${snapshot.arn}, not ours`);
    if (!copy || copy.spec.outcome === 'unshareable' || snapshot.status === 'failed') return;
    // A copy that the vault was refused may be deleted for a newer one while it can be made again.
    const isReplaceable =
      (this.refusedOnce.has(snapshot.arn) || this.exempt.has(copy.root)) && this.rds.find(copy.root);
    if (!this.importedExports.has(snapshot.arn) && !isReplaceable) {
      this.broken('nothing-deleted-early', `${snapshot.arn} was deleted; the vault does not have it`);
    }
  }

  /** An injected fault made a copy fail. */
  failed(arn: string): void {
    const side = this.vaultCopies.has(arn) ? 'vault' : 'source';
    const root = (this.vaultCopies.get(arn) ?? this.exportCopies.get(arn))?.root ?? '';
    const demand = this.open.get(root);
    if (!demand) return;
    demand.failures[side] += 1;
    this.ways.get(demand.spec.database.arn)?.again(demand.copyMinutes);
    for (const other of this.open.values()) if (other.spec === demand.spec) other.dueAt += demand.copyMinutes;
    if (demand.failures[side] >= 3) this.exemptSnapshot(root);
  }

  /** The recovery point is about to expire. */
  expires(arn: string): void {
    const demand = this.open.get(arn);
    if (!demand || this.hasExportCopy(arn)) return;
    if (this.isOverdue(demand)) this.lost(arn, demand);
    else this.exemptSnapshot(arn);
  }

  /** The account leaves: its snapshots need no further copies. */
  left(account: string): void {
    for (const [arn, { spec }] of this.open) {
      if (spec.account !== account) continue;
      this.leftBehind.add(arn);
      this.open.delete(arn);
    }
  }

  /** Finds snapshots that are overdue. */
  findOverdue(): void {
    for (const [arn, demand] of this.open) {
      if (this.rds.find(arn) || this.hasExportCopy(arn)) {
        if (this.isOverdue(demand)) this.lost(arn, demand);
      } else if (demand.failures.source + demand.failures.vault > 0) this.exemptSnapshot(arn);
      else this.lost(arn, demand);
    }
  }

  /** The faults have ended, and the world had time to converge. */
  settled(): void {
    this.retention.settled();
    for (const [arn] of this.open) this.broken('everything-converges', `${arn} is not in the vault`);
    for (const [arn, { spec }] of this.exportCopies) {
      const copy = this.rds.find(arn);
      if (!copy || !this.accepted(spec.account) || spec.outcome === 'unshareable') continue;
      if (copy.kind === 'cluster') this.broken('everything-converges', `${arn} is still there`);
      else if (copy.status !== 'failed' && !this.importedExports.has(arn))
        this.broken('everything-converges', `${arn} waits`);
    }
  }

  /** The team could not take its own snapshot. */
  teamRefused(spec: DatabaseSpec): void {
    const { kind } = databaseParts(spec.database.arn);
    const manual = this.rds.all(spec.account).filter((one) => one.type === 'manual' && one.kind === kind);
    const theirs = manual.filter(({ arn }) => !this.exportCopies.has(arn)).length;
    const part = SOURCE_LIMITS.manualSnapshotQuota * (1 - PART_OF_QUOTA);
    if (theirs < part) this.broken('teams-keep-their-quota', `${spec.database.arn}: ${theirs} of ${manual.length}`);
  }

  private waited({ spec, dueAt }: Demand): number {
    return this.calm.minutes(spec.account, dueAt, Math.max(dueAt, this.now()));
  }

  private isOverdue(demand: Demand): boolean {
    const waited = this.waited(demand);
    return waited > PATIENCE && (waited > HISTORY_PATIENCE || !this.isHistory(demand));
  }

  /** Whether the vault has newer data of the database. */
  private isHistory({ spec, bornAt }: Demand): boolean {
    for (const [arn, copy] of this.vaultCopies) {
      if (copy.spec === spec && copy.bornAt > bornAt && this.rds.find(arn)?.status === 'available') return true;
    }
    return false;
  }

  private hasExportCopy(root: string): boolean {
    for (const [arn, copy] of this.exportCopies) if (copy.root === root && this.rds.find(arn)) return true;
    return false;
  }

  private exemptSnapshot(arn: string): void {
    this.exempt.add(arn);
    this.open.delete(arn);
  }

  private lost(arn: string, demand: Demand): void {
    this.open.delete(arn);
    const days = (this.waited(demand) / MINUTES_PER_DAY).toFixed(1);
    const what = `${arn} of ${demand.spec.database.arn}${this.isHistory(demand) ? ', which is history,' : ''}`;
    this.broken('nothing-lost', `${what} is not in the vault ${days} calm days after RDS alone could have copied it`);
  }
}
