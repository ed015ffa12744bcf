// Longer than most: the promises of the landing zone, each with how it is broken, are read as one list.
import { databaseParts, type SnapshotArn, snapshotParts } from '../contract/ids';
import { TAGS } from '../contract/names';
import type { Calm } from './faults';
import type { InMemoryRds, RdsChange } from './in-memory-rds';
import type { Run } from './injector';
import { RetentionWatch } from './retention-watch';
import { type DatabaseSpec, exportKeyOf, IMPORT_KEY, SOURCE_LIMITS, VAULT, VAULT_LIMITS } from './scenario';
import { UndelayedPath } from './undelayed-path';

/** The promises. Each has a planted fault in the tests that breaks it. */
export const INVARIANTS = [
  'nothing is lost',
  'everything converges',
  'the right key',
  'limits are kept',
  'nothing is deleted early',
  'only what should cross crosses',
  'nothing crosses twice',
  'a copy tells its story',
  'shared with the vault alone',
  'the team is not in our way',
  'a run fails only because of a fault',
  'only our own is pruned',
  'the last good copy stays',
  'nothing is pruned early',
  'what is due goes',
  'the vault never fills up',
] as const;

/** A promise that was broken. */
export interface Violation {
  readonly invariant: (typeof INVARIANTS)[number];
  /** ISO 8601, virtual. */
  readonly at: string;
  readonly what: string;
}

/**
 * A snapshot that should cross: made by AWS Backup with our tags, of a database that RDS can copy and share, in an
 * account that has not left. It is overdue, and lost, when it has not become available in the vault one *calm* day (see
 * `Calm`) after RDS alone could have had it there (see `UndelayedPath`: how long a copy takes is RDS's affair, and two
 * copies of forty hours each are no loss), while its recovery point, or an export copy of it, existed. One whose recovery
 * point expires before it has had so long is *excused*; so is one whose copy failed three times on one side, which is the
 * verdict `failed-too-often`. Once faults have stopped and the world has settled, none may be left that still exists.
 */
interface Demand {
  readonly spec: DatabaseSpec;
  readonly copyMinutes: number;
  /** When RDS alone could have it in the vault. */
  dueAt: number;
  /** Copies of it that an injected fault let fail, in the source and in the vault. */
  readonly failures: { source: number; vault: number };
}

/** Calm minutes, beside what RDS itself needs, after which a snapshot must have crossed. */
const PATIENCE = 1440;
const NOT_IMPORTED = 2;
const PART_OF_QUOTA = 0.25;

interface Copy {
  readonly root: SnapshotArn;
  readonly spec: DatabaseSpec;
}

/** Judges the world after every change. Trusts no tag: it keeps its own account of what was made from what. */
export class Invariants {
  readonly violations: Violation[] = [];
  readonly open = new Map<string, Demand>();
  readonly crossed = new Set<string>();
  snapshots = 0;
  readonly exempt = new Set<string>();
  /** Snapshots that had not crossed when their account left. */
  readonly forsaken = new Set<string>();
  /** Snapshots that AWS Backup made, by ARN, and the copies made of them; nothing forged is among them. */
  private readonly roots = new Map<string, DatabaseSpec>();
  private readonly exportCopies = new Map<string, Copy>();
  private readonly vaultCopies = new Map<string, Copy>();
  /** Export copies that the vault has had, complete. */
  private readonly taken = new Set<string>();
  /** Export copies that the vault was, or is, refused. */
  private readonly refusedOnce = new Set<string>();
  private readonly ways = new Map<string, UndelayedPath>();
  /** The longest any crossed snapshot has waited beside RDS's own copying, in calm minutes. */
  longestWait = 0;

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
      (days) => calm.minutes(VAULT, now() - days * 1440, now()) === days * 1440,
    );
  }

  /** AWS Backup has made a snapshot, each copy of which will take so long. */
  born(arn: SnapshotArn, spec: DatabaseSpec, copyMinutes: number): void {
    this.roots.set(arn, spec);
    if (spec.fate !== 'crosses') return;
    this.snapshots += 1;
    const way = this.ways.get(spec.database.arn) ?? new UndelayedPath();
    this.ways.set(spec.database.arn, way);
    const dueAt = way.arrivalOf(this.now(), copyMinutes);
    this.open.set(arn, { spec, copyMinutes, dueAt, failures: { source: 0, vault: 0 } });
  }

  /** Whether this promise, or any, was broken. */
  has(invariant: Violation['invariant'] | 'any'): boolean {
    if (invariant === 'any') return this.violations.length > 0;
    return this.violations.some((violation) => violation.invariant === invariant);
  }

  /** Writes a violation down. */
  broken(invariant: Violation['invariant'], what: string): void {
    this.violations.push({ invariant, at: this.rds.time.toISOString(), what });
  }

  /** Something changed; `run`: the run that did it, undefined when the world did. */
  changed(change: RdsChange, run: Run | undefined): void {
    const inVault = change.account === VAULT;
    if (change.what === 'copied') inVault ? this.imported(change) : this.exported(change);
    if (change.what === 'available' && inVault) this.arrived(change);
    if (change.what === 'removed') this.removed(change, run);
    if (change.what === 'refused-source') this.refusedOnce.add(change.snapshot.arn);
    if (change.what === 'shared' && (inVault || change.detail !== VAULT)) {
      this.broken('shared with the vault alone', `${change.snapshot.arn} was shared with ${change.detail}`);
    }
    if (change.what === 'refused-copy' && run && !run.disturbed) {
      this.broken('limits are kept', `${run.step} asked for ${change.snapshot.arn}, but RDS said: ${change.detail}`);
    }
  }

  private exported({ snapshot, madeFrom, account }: RdsChange): void {
    const spec = this.roots.get(madeFrom ?? '');
    if (!spec || !madeFrom) {
      this.broken('only what should cross crosses', `${madeFrom} was exported; AWS Backup did not make it`);
      return;
    }
    this.exportCopies.set(snapshot.arn, { root: madeFrom, spec });
    if (spec.fate !== 'crosses' && spec.fate !== 'unshareable') {
      this.broken('only what should cross crosses', `${madeFrom} was exported; it is ${spec.fate}`);
    }
    if (snapshot.kmsKeyArn !== exportKeyOf(account))
      this.broken('the right key', `${snapshot.arn} under ${snapshot.kmsKeyArn}`);
    const mine = this.rds.all(account).filter(({ arn }) => this.exportCopies.has(arn));
    const alike = mine.filter(({ kind }) => kind === snapshot.kind);
    const part = Math.floor(SOURCE_LIMITS.manualSnapshotQuota * PART_OF_QUOTA);
    if (alike.length > part)
      this.broken('limits are kept', `${alike.length} export copies in ${account}; ${part} may be`);
    const notImported = mine.filter(
      ({ arn, database, status }) => database === snapshot.database && status !== 'failed' && !this.taken.has(arn),
    );
    if (notImported.length > NOT_IMPORTED) {
      this.broken('limits are kept', `${notImported.length} untaken export copies of ${snapshot.database}`);
    }
    this.inFlight(snapshot.kind, account);
  }

  private imported({ snapshot, madeFrom, account }: RdsChange): void {
    if (snapshot.kmsKeyArn !== IMPORT_KEY) this.broken('the right key', `${snapshot.arn} under ${snapshot.kmsKeyArn}`);
    this.inFlight(snapshot.kind, account);
    this.retention.imported(snapshot, madeFrom);
    const from = snapshotParts(madeFrom ?? snapshot.arn).account;
    if (!this.accepted(from)) {
      this.broken('only what should cross crosses', `${madeFrom} was imported; ${from} is not accepted`);
    }
    const copy = this.exportCopies.get(madeFrom ?? '');
    if (!copy) return;
    if (copy.spec.fate !== 'crosses') {
      this.broken('only what should cross crosses', `${copy.root} was imported; it is ${copy.spec.fate}`);
    }
    this.vaultCopies.set(snapshot.arn, copy);
    if (this.crossed.has(copy.root)) this.broken('nothing crosses twice', `${copy.root} crossed already`);
    const told = [TAGS.snapshot, TAGS.database, TAGS.exportCopy].map((tag) => snapshot.tags.get(tag));
    const truth = [copy.root, copy.spec.database.arn, madeFrom];
    if (told.join() !== truth.join() || !snapshot.tags.has(TAGS.sourceTime) || !snapshot.tags.has(TAGS.importedAt)) {
      this.broken('a copy tells its story', `${snapshot.arn} says ${told.join(', ')}; it is ${truth.join(', ')}`);
    }
  }

  private inFlight(kind: string, account: RdsChange['account']): void {
    const limits = account === VAULT ? VAULT_LIMITS : SOURCE_LIMITS;
    const allowed = kind === 'cluster' ? limits.maxClusterCopiesInFlight : limits.maxInstanceCopiesInFlight;
    const flying = this.rds.all(account).filter((one) => one.kind === kind && one.status === 'creating').length;
    if (flying > allowed) this.broken('limits are kept', `${flying} ${kind} copies in flight in ${account}`);
  }

  private arrived({ snapshot, madeFrom }: RdsChange): void {
    const copy = this.vaultCopies.get(snapshot.arn);
    if (!copy) return;
    this.taken.add(madeFrom ?? '');
    this.crossed.add(copy.root);
    // What crosses although nobody demanded it any more has crossed.
    this.exempt.delete(copy.root);
    this.forsaken.delete(copy.root);
    const demand = this.open.get(copy.root);
    if (demand) this.longestWait = Math.max(this.longestWait, this.waited(demand));
    this.open.delete(copy.root);
  }

  private removed({ snapshot, account }: RdsChange, run: Run | undefined): void {
    if (!run) return;
    if (account === VAULT && run.step === 'prune-copies') {
      this.retention.removed(snapshot);
      return;
    }
    if (account === VAULT || run.account !== account) {
      this.broken('nothing is deleted early', `${run.step} deleted ${snapshot.arn}`);
      return;
    }
    const copy = this.exportCopies.get(snapshot.arn);
    const marked = snapshot.tags.get(TAGS.role) === 'export';
    if (!copy && !marked) this.broken('nothing is deleted early', `${run.step} deleted ${snapshot.arn}, not ours`);
    if (!copy || copy.spec.fate === 'unshareable' || snapshot.status === 'failed') return;
    // What the vault was refused gives way to younger ones, while it can be made again.
    const gaveWay = (this.refusedOnce.has(snapshot.arn) || this.exempt.has(copy.root)) && this.rds.find(copy.root);
    if (!this.taken.has(snapshot.arn) && !gaveWay) {
      this.broken('nothing is deleted early', `${snapshot.arn} was deleted; the vault does not have it`);
    }
  }

  /** An injected fault let a copy fail. */
  failed(arn: string): void {
    const side = this.vaultCopies.has(arn) ? 'vault' : 'source';
    const root = (this.vaultCopies.get(arn) ?? this.exportCopies.get(arn))?.root ?? '';
    const demand = this.open.get(root);
    if (!demand) return;
    demand.failures[side] += 1;
    this.ways.get(demand.spec.database.arn)?.again(demand.copyMinutes);
    for (const other of this.open.values()) if (other.spec === demand.spec) other.dueAt += demand.copyMinutes;
    if (demand.failures[side] >= 3) this.excuse(root);
  }

  /** The recovery point is going to expire. */
  expires(arn: string): void {
    const demand = this.open.get(arn);
    if (!demand || this.hasExportCopy(arn)) return;
    if (this.waited(demand) > PATIENCE) this.lost(arn, demand);
    else this.excuse(arn);
  }

  /** The account leaves: nothing more is demanded of it. */
  left(account: string): void {
    for (const [arn, { spec }] of this.open) {
      if (spec.account !== account) continue;
      this.forsaken.add(arn);
      this.open.delete(arn);
    }
  }

  /** Looks for what is overdue. */
  look(): void {
    for (const [arn, demand] of this.open) {
      if (this.rds.find(arn) || this.hasExportCopy(arn)) {
        if (this.waited(demand) > PATIENCE) this.lost(arn, demand);
      } else if (demand.failures.source + demand.failures.vault > 0) this.excuse(arn);
      else this.lost(arn, demand);
    }
  }

  /** Faults have stopped, and time enough has passed. */
  settled(): void {
    this.retention.settled();
    for (const [arn] of this.open) this.broken('everything converges', `${arn} has not crossed`);
    for (const [arn, { spec }] of this.exportCopies) {
      const copy = this.rds.find(arn);
      if (!copy || !this.accepted(spec.account) || spec.fate === 'unshareable') continue;
      if (copy.kind === 'cluster') this.broken('everything converges', `${arn} is still there`);
      else if (copy.status !== 'failed' && !this.taken.has(arn)) this.broken('everything converges', `${arn} waits`);
    }
  }

  /** The team could not take a snapshot of its own. */
  teamRefused(spec: DatabaseSpec): void {
    const { kind } = databaseParts(spec.database.arn);
    const manual = this.rds.all(spec.account).filter((one) => one.type === 'manual' && one.kind === kind);
    const theirs = manual.filter(({ arn }) => !this.exportCopies.has(arn)).length;
    const part = SOURCE_LIMITS.manualSnapshotQuota * (1 - PART_OF_QUOTA);
    if (theirs < part) this.broken('the team is not in our way', `${spec.database.arn}: ${theirs} of ${manual.length}`);
  }

  private waited({ spec, dueAt }: Demand): number {
    return this.calm.minutes(spec.account, dueAt, Math.max(dueAt, this.now()));
  }

  private hasExportCopy(root: string): boolean {
    for (const [arn, copy] of this.exportCopies) if (copy.root === root && this.rds.find(arn)) return true;
    return false;
  }

  private excuse(arn: string): void {
    this.exempt.add(arn);
    this.open.delete(arn);
  }

  private lost(arn: string, demand: Demand): void {
    this.open.delete(arn);
    const days = (this.waited(demand) / 1440).toFixed(1);
    const whose = `${arn} of ${demand.spec.database.arn}`;
    this.broken('nothing is lost', `${whose} has not crossed ${days} calm days after RDS could have had it across`);
  }
}
