// Longer than most: the account's RDS in one place, as a port sees it.

import { isOver } from '../../lambda/_kit/copy-states';
import type { ExportMemory, Remembered } from '../../lambda/_kit/ports/export-memory';
import type {
  CopyOrder,
  CopyOutcome,
  ShareOutcome,
  Snapshot,
  SnapshotSearch,
  Snapshots,
} from '../../lambda/_kit/ports/snapshots';
import { countsTowardQuota, isOfAwsBackup } from '../contract/backup-snapshots';
import { MINUTE } from '../contract/durations';
import {
  type AccountId,
  type DatabaseArn,
  databaseParts,
  type KeyArn,
  type Region,
  type SnapshotArn,
  snapshotArn,
  snapshotParts,
} from '../contract/ids';

/** A database, as far as its snapshots are concerned. */
export interface SimulatedDatabase {
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
  /** Of a copy: when it was ordered. */
  readonly startedAt?: Date;
  /** What it is a copy of. */
  readonly madeFrom?: SnapshotArn;
}

/** The quotas of RDS in an account and Region. */
export interface RdsQuotas {
  readonly maxInstanceCopiesInFlight: number;
  readonly maxClusterCopiesInFlight: number;
  /** Manual snapshots, for instances and clusters each. */
  readonly manualSnapshotQuota: number;
}

/** Called before every call of a step; throws to make it fail, as AWS would or as a crash would. */
export type BeforeCall = (call: { readonly account: AccountId; readonly name: string }) => void;

/** A change of a snapshot, by a step or by another principal. */
export interface RdsChange {
  readonly what: 'copied' | 'available' | 'removed' | 'shared' | 'refused-copy' | 'refused-source';
  readonly account: AccountId;
  readonly snapshot: Snapshot;
  /** What the snapshot is a copy of: the truth, whatever the tags say. */
  readonly madeFrom?: SnapshotArn;
  /** Why a copy was refused, or the account that it was shared with. */
  readonly detail?: string;
}

const mutable = (status: string): boolean => status === 'available' || isOver(status);

/**
 * RDS in memory, for all accounts of one Region, with a virtual clock: the {@link Snapshots} port with the refusals of AWS.
 * One copy of a database runs at a time; others of the same database wait.
 */
export class InMemoryRds {
  private readonly held = new Map<string, Held>();
  /** The same by account, in the order of creation. */
  private readonly byAccount = new Map<string, Map<string, Held>>();
  /** What is shared with an account. */
  private readonly sharedTo = new Map<string, Map<string, Held>>();
  /** Copies in progress. */
  private readonly unfinished = new Set<Held>();
  /** Quotas that differ from the default, by account. */
  readonly limitsOf = new Map<AccountId, RdsQuotas>();
  /** Calls made so far, by name. */
  readonly calls = new Map<string, number>();
  beforeCall: BeforeCall = () => {};
  /** Receives every change, after it. */
  onChange: (change: RdsChange) => void = () => {};
  /** Databases with an option that forbids sharing, and keys that are switched off. */
  readonly unshareable = new Set<string>();
  readonly disabledKeys = new Set<string>();
  /** What an order to copy a snapshot of that database ends as, by account that copies and database. */
  readonly refusals = new Map<string, CopyOutcome>();
  /** By account: RDS refuses other accounts every copy of a snapshot made before that time, in milliseconds since the epoch. */
  readonly refusedBefore = new Map<string, number>();
  /** How RDS types AWS Backup's snapshots of clusters. */
  clusterBackupsTyped: 'manual' | 'awsbackup' = 'awsbackup';
  /** What every order to share ends as, in place of a share. */
  shareAnswer: ShareOutcome | undefined;
  /** While true, RDS refuses every tag on a snapshot of AWS Backup. */
  refusesBackupTags = false;
  private readonly memories = new Map<AccountId, Map<SnapshotArn, Remembered>>();
  private now = Date.parse('2026-01-01T00:00:00Z');

  constructor(
    readonly region: Region,
    readonly limits: RdsQuotas = {
      maxInstanceCopiesInFlight: 20,
      maxClusterCopiesInFlight: 5,
      manualSnapshotQuota: 100,
    },
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
      const next = this.nextReady;
      if (next > end) break;
      this.now = Math.max(this.now, next);
      for (const held of this.unfinished) {
        if (held.readyAt === undefined || held.readyAt > this.now) continue;
        held.readyAt = undefined;
        const createdAt = held.startedAt ?? held.snapshot.createdAt;
        held.snapshot = { ...held.snapshot, status: 'available', createdAt };
        this.unfinished.delete(held);
        this.emit('available', held);
      }
    }
    this.now = end;
  }

  /** When the next copy will be available, in milliseconds since the epoch; infinity when none is under way. */
  get nextReady(): number {
    this.beginQueued();
    let next = Number.POSITIVE_INFINITY;
    for (const { readyAt } of this.unfinished) if (readyAt !== undefined && readyAt < next) next = readyAt;
    return next;
  }

  /** AWS Backup makes a snapshot of a database; available at once. */
  backUp(database: SimulatedDatabase, job: string, tags: Readonly<Record<string, string>>): Snapshot {
    const { account, kind } = databaseParts(database.arn);
    const type = kind === 'cluster' ? 'cluster-snapshot' : 'snapshot';
    const arn = snapshotArn(`arn:aws:rds:${this.region}:${account}:${type}:awsbackup:job-${job}`);
    const snapshot: Snapshot = {
      arn,
      kind,
      name: snapshotParts(arn).name,
      status: 'available',
      type: kind === 'cluster' ? this.clusterBackupsTyped : 'awsbackup',
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
    this.hold({ snapshot, sharedWith: new Set(), copyMinutes: database.copyMinutes });
    return snapshot;
  }

  /** Adds a snapshot as it is, for instance one that a team made. */
  plant(snapshot: Snapshot, sharedWith: readonly string[] = [], copyMinutes = 1): void {
    this.hold({ snapshot, sharedWith: new Set(sharedWith), copyMinutes });
  }

  /** Changes a snapshot without a step: a failed copy, an expired backup (undefined removes it). */
  change(arn: SnapshotArn, change: Partial<Snapshot> | undefined): void {
    const held = this.held.get(arn);
    if (!held) return;
    if (change === undefined) this.drop(held);
    else {
      held.snapshot = { ...held.snapshot, ...change };
      if (mutable(held.snapshot.status)) held.readyAt = undefined;
      this.index(held);
    }
  }

  /** A principal of the account shares a snapshot with another account, without a step. */
  addShare(arn: SnapshotArn, account: string): void {
    this.held.get(arn)?.sharedWith.add(account);
  }

  /** Every snapshot of an account. */
  all(account: AccountId): readonly Snapshot[] {
    return [...(this.byAccount.get(account)?.values() ?? [])].map(({ snapshot }) => snapshot);
  }

  /** One snapshot; undefined when it does not exist or no longer exists. */
  find(arn: string): Snapshot | undefined {
    return this.held.get(arn)?.snapshot;
  }

  /** The accounts that a snapshot is shared with. */
  sharedWith(arn: SnapshotArn): readonly string[] {
    return [...(this.held.get(arn)?.sharedWith ?? [])];
  }

  /** What an account's export-snapshots remembers, in a table of that account. Items are gone once they have expired. */
  memoryOf(account: AccountId): ExportMemory {
    const items = this.memories.get(account) ?? new Map<SnapshotArn, Remembered>();
    this.memories.set(account, items);
    const call = <T>(name: string, body: () => T): Promise<T> => this.called(account, name, body);
    return {
      all: () => call('remembered', () => this.remembered(account)),
      remember: (arn, facts) => call('remember', () => void items.set(arn, { ...items.get(arn), ...facts })),
    };
  }

  /** The same, to look at: what has not expired. */
  remembered(account: AccountId): ReadonlyMap<SnapshotArn, Remembered> {
    return new Map([...(this.memories.get(account) ?? [])].filter(([, { expiresAt }]) => expiresAt > this.time));
  }

  /** The port, as one account sees it. */
  as(account: AccountId): Snapshots & SnapshotSearch {
    const call = <T>(name: string, body: () => T): Promise<T> => this.called(account, name, body);
    const own = () => this.all(account);
    return {
      own: () => call('own', own),
      manual: () => call('manual', () => own().filter(countsTowardQuota)),
      shared: () => call('shared', () => this.sharedWithAccount(account)),
      find: (kind, names) => call('find', () => own().filter((one) => one.kind === kind && names.includes(one.name))),
      ofKind: (kind) =>
        call('ofKind', () =>
          own().filter((one) => one.kind === kind && (kind === 'cluster' || one.type !== 'awsbackup')),
        ),
      withBackups: (kind) =>
        call('withBackups', () =>
          own().filter((one) => one.kind === kind && (kind === 'cluster' || one.type !== 'automated')),
        ),
      copy: (order) => call('copy', () => this.copy(account, order)),
      share: (snapshot, to) => call('share', () => this.share(snapshot, to)),
      tag: (arn, tags) => call('tag', () => this.tag(arn, tags)),
      remove: (snapshot) => call('remove', () => this.remove(snapshot)),
    };
  }

  private called<T>(account: AccountId, name: string, body: () => T): Promise<T> {
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
    return new Promise((resolve) => {
      this.beforeCall({ account, name });
      resolve(body());
    });
  }

  private hold(held: Held): void {
    const { arn } = held.snapshot;
    const earlier = this.held.get(arn);
    if (earlier) this.drop(earlier, false);
    this.held.set(arn, held);
    this.mapOf(this.byAccount, snapshotParts(arn).account).set(arn, held);
    for (const account of held.sharedWith) this.mapOf(this.sharedTo, account).set(arn, held);
    this.index(held);
  }

  private drop(held: Held, emits = true): void {
    const { arn } = held.snapshot;
    this.held.delete(arn);
    this.byAccount.get(snapshotParts(arn).account)?.delete(arn);
    for (const account of held.sharedWith) this.sharedTo.get(account)?.delete(arn);
    this.unfinished.delete(held);
    if (emits) this.emit('removed', held);
  }

  private mapOf(maps: Map<string, Map<string, Held>>, key: string): Map<string, Held> {
    const map = maps.get(key) ?? new Map<string, Held>();
    maps.set(key, map);
    return map;
  }

  private index(held: Held): void {
    if (mutable(held.snapshot.status)) this.unfinished.delete(held);
    else this.unfinished.add(held);
  }

  private emit(what: RdsChange['what'], { snapshot, madeFrom }: Pick<Held, 'snapshot' | 'madeFrom'>, detail?: string) {
    this.onChange({ what, account: snapshotParts(snapshot.arn).account, snapshot, madeFrom, detail });
  }

  private sharedWithAccount(account: AccountId): Snapshot[] {
    return [...(this.sharedTo.get(account)?.values() ?? [])].map(({ snapshot }) => ({
      ...snapshot,
      type: 'shared',
      tags: new Map<string, string>(),
    }));
  }

  private copy(account: AccountId, order: CopyOrder): CopyOutcome {
    const { source, kind, name, key } = order;
    const found = this.held.get(source);
    const foreign = snapshotParts(source).account !== account;
    if (!found || (foreign && !found.sharedWith.has(account))) return { kind: 'gone' };
    const refusal = this.refusals.get(`${account} ${found.snapshot.database}`);
    if (refusal) return refusal;
    if (foreign && (found.startedAt?.getTime() ?? 0) < (this.refusedBefore.get(snapshotParts(source).account) ?? 0)) {
      this.emit('refused-source', found);
      return { kind: 'refused', because: 'it cannot be copied' };
    }
    for (const needed of [key, found.snapshot.kmsKeyArn]) {
      if (needed && this.disabledKeys.has(needed)) return { kind: 'key', because: `${needed} is disabled` };
    }
    const arn = snapshotArn(
      `arn:aws:rds:${this.region}:${account}:${kind === 'cluster' ? 'cluster-snapshot' : 'snapshot'}:${name}`,
    );
    if (this.held.has(arn)) return { kind: 'already-there' };
    const exceeded = this.exceededQuota(account, kind);
    if (exceeded) {
      this.emit('refused-copy', { snapshot: { ...found.snapshot, arn, name }, madeFrom: source }, exceeded.kind);
      return exceeded;
    }
    this.startCopy(found, arn, order);
    return { kind: 'started' };
  }

  private startCopy(found: Held, arn: SnapshotArn, { source, kind, name, key, tags }: CopyOrder): void {
    const snapshot: Snapshot = {
      ...found.snapshot,
      arn,
      name,
      status: 'creating',
      type: 'manual',
      encrypted: true,
      kmsKeyArn: key,
      // RDS may report when a copy was made only after it is complete. The simulation always does so.
      createdAt: undefined,
      takenAt: kind === 'cluster' ? this.time : found.snapshot.takenAt,
      tags: new Map(Object.entries(tags)),
    };
    const { copyMinutes } = found;
    const held = { snapshot, sharedWith: new Set<string>(), startedAt: this.time, copyMinutes, madeFrom: source };
    this.hold(held);
    this.beginQueued();
    this.emit('copied', held);
  }

  /** The quota that one more copy of a kind would exceed. */
  private exceededQuota(account: AccountId, kind: CopyOrder['kind']): CopyOutcome | undefined {
    const alike = this.all(account).filter((at) => at.kind === kind && countsTowardQuota(at));
    const limits = this.limitsOf.get(account) ?? this.limits;
    const allowed = kind === 'cluster' ? limits.maxClusterCopiesInFlight : limits.maxInstanceCopiesInFlight;
    if (alike.filter(({ status }) => !mutable(status)).length >= allowed)
      return { kind: 'wait', because: `Cannot copy more than ${allowed} snapshots across regions` };
    if (alike.length >= limits.manualSnapshotQuota)
      return { kind: 'full', because: `Cannot create more than ${limits.manualSnapshotQuota} manual snapshots` };
    return undefined;
  }

  private beginQueued(): void {
    const running = new Set<string>();
    const lane = ({ snapshot }: Held) => `${snapshotParts(snapshot.arn).account} ${snapshot.database}`;
    for (const held of this.unfinished) if (held.readyAt !== undefined) running.add(lane(held));
    for (const held of this.unfinished) {
      if (held.readyAt !== undefined || running.has(lane(held))) continue;
      held.readyAt = this.now + held.copyMinutes * MINUTE;
      running.add(lane(held));
    }
  }

  private share(snapshot: Pick<Snapshot, 'arn'>, to: string): ShareOutcome {
    const held = this.held.get(snapshot.arn);
    if (!held) throw new Error(`DBSnapshotNotFound: ${snapshot.arn}`);
    if (held.snapshot.status !== 'available' || !countsTowardQuota(held.snapshot)) {
      throw new Error(`InvalidDBSnapshotState: ${snapshot.arn} is ${held.snapshot.status}`);
    }
    if (this.shareAnswer) return this.shareAnswer;
    if (this.unshareable.has(held.snapshot.database)) return { kind: 'refused', because: 'its option group has TDE' };
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html
    if (!held.sharedWith.has(to) && held.sharedWith.size >= 20)
      return { kind: 'full', because: 'shared with 20 accounts' };
    held.sharedWith.add(to);
    this.mapOf(this.sharedTo, to).set(held.snapshot.arn, held);
    this.emit('shared', held, to);
    return { kind: 'shared' };
  }

  private tag(arn: SnapshotArn, tags: Readonly<Record<string, string>>): void {
    const held = this.held.get(arn);
    if (!held) throw new Error(`DBSnapshotNotFound: ${arn}`);
    if (this.refusesBackupTags && held.snapshot.name.startsWith('awsbackup:')) {
      throw new Error(`AccessDenied: ${arn} is managed by AWS Backup`);
    }
    held.snapshot = { ...held.snapshot, tags: new Map([...held.snapshot.tags, ...Object.entries(tags)]) };
  }

  private remove({ arn }: Snapshot): void {
    const held = this.held.get(arn);
    if (held && isOfAwsBackup(held.snapshot)) {
      throw new Error(`InvalidDBSnapshotState: ${arn} is managed by AWS Backup`);
    }
    if (held) this.drop(held);
  }
}
