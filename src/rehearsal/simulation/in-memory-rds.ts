import type { CopyOrder, CopyOutcome, ShareOutcome, Snapshot, Snapshots } from '../../../lambda/_kit/ports/snapshots';
import {
  type AccountId,
  type DatabaseArn,
  databaseParts,
  type KeyArn,
  type Region,
  type SnapshotArn,
  snapshotArn,
  snapshotParts,
} from '../../contract/ids';

/** A database, as far as its snapshots are concerned. */
export interface Database {
  readonly arn: DatabaseArn;
  readonly engine: string;
  readonly key?: KeyArn;
  readonly sizeGiB: number;
  /** How long a copy of it takes once it has begun, in minutes. */
  readonly copyMinutes: number;
}

interface Held {
  snapshot: Snapshot;
  readonly sharedWith: Set<string>;
  /** When a copy that has begun will be available; undefined while it is queued, or once it is done. */
  readyAt?: number;
  copyMinutes: number;
}

/** What RDS allows in an account and Region. */
export interface RdsLimits {
  readonly instanceCopies: number;
  readonly clusterCopies: number;
  /** Manual snapshots, for instances and clusters each. */
  readonly manualSnapshots: number;
}

/** Called before every call of a step; throws to make it fail, as AWS would or as a crash would. */
export type BeforeCall = (call: { readonly account: AccountId; readonly name: string }) => void;

const MINUTE = 60_000;
const mutable = (status: string): boolean => status === 'available' || status === 'failed';

/**
 * RDS in memory, for all accounts of one Region, under a clock that is moved by hand: what a step may see and do through
 * the {@link Snapshots} port, with AWS's own refusals. One copy of a database runs at a time, others of it wait.
 */
export class InMemoryRds {
  private readonly held = new Map<string, Held>();
  /** Accounts with limits of their own. */
  readonly limitsOf = new Map<AccountId, RdsLimits>();
  /** Calls made so far, by name. */
  readonly calls = new Map<string, number>();
  beforeCall: BeforeCall = () => {};
  /** Databases with an option that forbids sharing, and keys that are switched off. */
  readonly unshareable = new Set<string>();
  readonly disabledKeys = new Set<string>();
  private now = Date.parse('2026-01-01T00:00:00Z');

  constructor(
    readonly region: Region,
    readonly limits: RdsLimits = { instanceCopies: 20, clusterCopies: 5, manualSnapshots: 100 },
  ) {}

  /** The clock. */
  get time(): Date {
    return new Date(this.now);
  }

  /** Moves the clock; copies begin and end on the way. */
  advance(minutes: number): void {
    const end = this.now + minutes * MINUTE;
    for (;;) {
      this.beginQueued();
      const next = Math.min(...[...this.held.values()].map(({ readyAt }) => readyAt ?? Number.POSITIVE_INFINITY));
      if (next > end) break;
      this.now = Math.max(this.now, next);
      for (const held of this.held.values()) {
        if (held.readyAt !== undefined && held.readyAt <= this.now) {
          held.readyAt = undefined;
          held.snapshot = { ...held.snapshot, status: 'available' };
        }
      }
    }
    this.now = end;
  }

  /** AWS Backup makes a snapshot of a database; available at once. */
  backUp(database: Database, job: string, tags: Readonly<Record<string, string>>): Snapshot {
    const { account, kind } = databaseParts(database.arn);
    const type = kind === 'cluster' ? 'cluster-snapshot' : 'snapshot';
    const arn = snapshotArn(`arn:aws:rds:${this.region}:${account}:${type}:awsbackup:job-${job}`);
    const snapshot: Snapshot = {
      arn,
      kind,
      name: snapshotParts(arn).name,
      status: 'available',
      type: 'awsbackup',
      database: database.arn,
      resourceId: `${kind}-${databaseParts(database.arn).name}`,
      engine: database.engine,
      encrypted: database.key !== undefined,
      kmsKeyArn: database.key,
      createdAt: this.time,
      takenAt: this.time,
      sizeGiB: database.sizeGiB,
      tags: new Map(Object.entries(tags)),
    };
    this.held.set(arn, { snapshot, sharedWith: new Set(), copyMinutes: database.copyMinutes });
    return snapshot;
  }

  /** Puts a snapshot there as it is, for instance one that a team made by itself. */
  plant(snapshot: Snapshot, sharedWith: readonly string[] = []): void {
    this.held.set(snapshot.arn, { snapshot, sharedWith: new Set(sharedWith), copyMinutes: 1 });
  }

  /** Changes a snapshot behind the steps' backs: a failed copy, an expired backup (undefined removes it). */
  change(arn: SnapshotArn, change: Partial<Snapshot> | undefined): void {
    const held = this.held.get(arn);
    if (!held) return;
    if (change === undefined) this.held.delete(arn);
    else {
      held.snapshot = { ...held.snapshot, ...change };
      if (mutable(held.snapshot.status)) held.readyAt = undefined;
    }
  }

  /** Every snapshot of an account, whoever made it. */
  all(account: AccountId): readonly Snapshot[] {
    return [...this.held.values()]
      .map(({ snapshot }) => snapshot)
      .filter(({ arn }) => snapshotParts(arn).account === account);
  }

  /** With whom a snapshot is shared. */
  sharedWith(arn: SnapshotArn): readonly string[] {
    return [...(this.held.get(arn)?.sharedWith ?? [])];
  }

  /** The port, as one account sees it. */
  as(account: AccountId): Snapshots {
    const call = <T>(name: string, body: () => T): Promise<T> => {
      this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
      return new Promise((resolve) => {
        this.beforeCall({ account, name });
        resolve(body());
      });
    };
    const own = () => this.all(account);
    return {
      own: () => call('own', own),
      manual: () => call('manual', () => own().filter(({ type }) => type === 'manual')),
      shared: () => call('shared', () => this.sharedTo(account)),
      copy: (order) => call('copy', () => this.copy(account, order)),
      share: (snapshot, to) => call('share', () => this.share(snapshot, to)),
      tag: (arn, tags) => call('tag', () => this.tag(arn, tags)),
      remove: (snapshot) => call('remove', () => this.remove(snapshot)),
    };
  }

  private sharedTo(account: AccountId): Snapshot[] {
    return [...this.held.values()]
      .filter(({ sharedWith }) => sharedWith.has(account))
      .map(({ snapshot }) => ({ ...snapshot, type: 'shared', tags: new Map<string, string>() }));
  }

  private copy(account: AccountId, { source, kind, name, key, tags }: CopyOrder): CopyOutcome {
    const found = this.held.get(source);
    const foreign = snapshotParts(source).account !== account;
    if (!found || (foreign && !found.sharedWith.has(account))) return { kind: 'gone' };
    for (const needed of [key, found.snapshot.kmsKeyArn]) {
      if (needed && this.disabledKeys.has(needed)) return { kind: 'key', because: `${needed} is disabled` };
    }
    const arn = snapshotArn(
      `arn:aws:rds:${this.region}:${account}:${kind === 'cluster' ? 'cluster-snapshot' : 'snapshot'}:${name}`,
    );
    if (this.held.has(arn)) return { kind: 'already-there' };
    const alike = this.all(account).filter((at) => at.kind === kind && at.type === 'manual');
    const limits = this.limitsOf.get(account) ?? this.limits;
    const allowed = kind === 'cluster' ? limits.clusterCopies : limits.instanceCopies;
    if (alike.filter(({ status }) => !mutable(status)).length >= allowed) {
      return { kind: 'wait', because: `Cannot have more than ${allowed} in-progress snapshot copies.` };
    }
    if (alike.length >= limits.manualSnapshots) {
      return { kind: 'full', because: `Cannot create more than ${limits.manualSnapshots} manual snapshots` };
    }
    const snapshot: Snapshot = {
      ...found.snapshot,
      arn,
      name,
      status: 'creating',
      type: 'manual',
      encrypted: true,
      kmsKeyArn: key,
      createdAt: this.time,
      takenAt: kind === 'cluster' ? this.time : found.snapshot.takenAt,
      tags: new Map(Object.entries(tags)),
    };
    this.held.set(arn, { snapshot, sharedWith: new Set(), copyMinutes: found.copyMinutes });
    this.beginQueued();
    return { kind: 'started' };
  }

  private beginQueued(): void {
    const running = new Set<string>();
    const lane = ({ snapshot }: Held) => `${snapshotParts(snapshot.arn).account} ${snapshot.database}`;
    for (const held of this.held.values()) if (held.readyAt !== undefined) running.add(lane(held));
    for (const held of this.held.values()) {
      if (mutable(held.snapshot.status) || held.readyAt !== undefined || running.has(lane(held))) continue;
      held.readyAt = this.now + held.copyMinutes * MINUTE;
      running.add(lane(held));
    }
  }

  private share(snapshot: Snapshot, to: string): ShareOutcome {
    const held = this.held.get(snapshot.arn);
    if (!held) throw new Error(`DBSnapshotNotFound: ${snapshot.arn}`);
    if (held.snapshot.status !== 'available' || held.snapshot.type !== 'manual') {
      throw new Error(`InvalidDBSnapshotState: ${snapshot.arn} is ${held.snapshot.status}`);
    }
    if (this.unshareable.has(held.snapshot.database)) return { kind: 'refused', because: 'its option group has TDE' };
    held.sharedWith.add(to);
    return { kind: 'shared' };
  }

  private tag(arn: SnapshotArn, tags: Readonly<Record<string, string>>): void {
    const held = this.held.get(arn);
    if (!held) throw new Error(`DBSnapshotNotFound: ${arn}`);
    held.snapshot = { ...held.snapshot, tags: new Map([...held.snapshot.tags, ...Object.entries(tags)]) };
  }

  private remove({ arn }: Snapshot): void {
    if (this.held.get(arn)?.snapshot.type === 'awsbackup') {
      throw new Error(`InvalidDBSnapshotState: ${arn} is managed by AWS Backup`);
    }
    this.held.delete(arn);
  }
}
