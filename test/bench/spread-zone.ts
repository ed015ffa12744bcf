// Longer than most: the ports of both steps, each with the calls that its adapter makes, are read side by side.
import { DEFAULT_LIMITS } from '../../lambda/_kit/copies';
import type { Snapshot, SnapshotSearch, Snapshots } from '../../lambda/_kit/ports/snapshots';
import { exportSnapshots } from '../../lambda/source/export-snapshots/export-snapshots';
import { RunNotes } from '../../lambda/source/export-snapshots/run-notes';
import { importCopies } from '../../lambda/vault/import-copies/import-copies';
import { type AccountId, databaseParts, type Kind, keyArn, keyIdOf, snapshotParts } from '../../src/contract/ids';
import { INTERVALS } from '../../src/contract/intervals';
import { notify } from '../../src/contract/message';
import { copiesTopicArn, NAMES, RECOVERY_POINT_TAGS, TAGS } from '../../src/contract/names';
import { EventQueue } from '../../src/simulation/event-queue';
import { InMemoryRds, type RdsChange, type SimulatedDatabase } from '../../src/simulation/in-memory-rds';
import { InMemoryOwnCopies } from '../../src/simulation/own-copies-in-memory';
import { Random } from '../../src/simulation/random';
import { InMemoryRegistry } from '../../src/simulation/registry-in-memory';
import { DELAYS, within } from './delays';
import { ADMISSION, exportKeyOf, HERE, LIMITS, VAULT } from './timed-landing-zone';

/** Snapshots on a page of RDS. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html */
const PAGE = 100;
/** Entries of the table of sources on a page of DynamoDB, which holds 1 MB. */
const ENTRIES_PER_PAGE = 2500;
const MINUTE = 60;
/** Assumed: Lambda keeps an idle function so long. Then its sessions and its memory are gone. */
const IDLE = 10 * MINUTE;
/** A session of a role lasts an hour, and is renewed six minutes before its end. */
const SESSION = 54 * MINUTE;
const INBOX_BATCH = 10;

interface Message {
  readonly messageId: string;
  readonly body: string;
  readonly eventSourceARN: string;
}

const IMPORT_KEY = keyArn(`arn:aws:kms:${HERE}:${VAULT}:key/00000000-0000-4000-8000-000000000001`);
const pages = (count: number): number => Math.max(1, Math.ceil(count / PAGE));

/**
 * The two steps that copy, in virtual time, with the events, notifications, reminders and sweeps of a deployed landing zone. It
 * counts the calls that the adapters make for each call of a port: one for each page of a list, and one `AssumeRole` where no
 * session is left.
 */
export class SpreadZone {
  readonly rds = new InMemoryRds(HERE, LIMITS);
  /** Calls by side, service and operation. */
  readonly calls = new Map<string, number>();
  runs = new Map<string, number>();
  onChange: (change: RdsChange, seconds: number) => void = () => {};
  private readonly begin = this.rds.time.getTime();
  private readonly queue = new EventQueue<() => void | Promise<void>>();
  private readonly registry = new InMemoryRegistry();
  private readonly ownCopies = new InMemoryOwnCopies(this.registry);
  private readonly gathered = new Map<string, Message[]>();
  private readonly delayed = new Set<AccountId>();
  private readonly usedAt = new Map<AccountId, number>();
  private sessions = new Map<AccountId, number>();
  private readonly notes = new Map<AccountId, RunNotes>();
  private readonly random: Random;
  private sent = 0;

  constructor(
    seed: number,
    private readonly sources: readonly AccountId[],
  ) {
    this.random = new Random(seed, 'spread delays');
    this.rds.onChange = (change) => this.changed(change);
  }

  /** Seconds since the beginning. */
  get now(): number {
    return (this.rds.time.getTime() - this.begin) / 1000;
  }

  at(seconds: number, what: () => void | Promise<void>): void {
    this.queue.put(seconds, what);
  }

  /** Enrolls the sources, and starts the sweeps. */
  async start(): Promise<void> {
    const since = this.rds.time.toISOString();
    for (const account of this.sources) {
      await this.registry.put({ account, state: 'enrolled', regions: [HERE], since, reason: 'tagged' });
    }
    for (const account of [...this.sources, VAULT]) {
      const every = (account === VAULT ? INTERVALS.vaultSweepMinutes : INTERVALS.sourceSweepMinutes) * MINUTE;
      this.sweep(account, every, this.random.next() * every);
    }
  }

  async play(end: number): Promise<void> {
    for (;;) {
      const next = Math.min(this.queue.nextAt, (this.rds.nextReady - this.begin) / 1000);
      if (next > end) break;
      if (next > this.now) this.rds.advance((next - this.now) / 60);
      if (this.queue.nextAt <= this.now + 0.001) await this.queue.take()?.();
    }
    this.rds.advance((end - this.now) / 60);
  }

  /** AWS Backup has made a snapshot, now. RDS and AWS Backup each send an event. */
  backUp(database: SimulatedDatabase): Snapshot {
    const { account, kind } = databaseParts(database.arn);
    this.sent += 1;
    const job = `00000000-0000-4000-8000-${String(this.sent).padStart(12, '0')}`;
    const snapshot = this.rds.backUp(database, job, {
      [RECOVERY_POINT_TAGS.exportKey]: keyIdOf(exportKeyOf(account)),
      [RECOVERY_POINT_TAGS.plan]: 'daily',
    });
    this.rdsEvent(account, snapshot, kind === 'cluster' ? 'RDS-EVENT-0075' : 'RDS-EVENT-0042');
    this.event(account, {
      source: 'aws.backup',
      'detail-type': 'Backup Job State Change',
      resources: [snapshot.arn],
      detail: {
        state: 'COMPLETED',
        resourceType: kind === 'cluster' ? 'Aurora' : 'RDS',
        resourceArn: database.arn,
        backupJobId: job,
      },
    });
    return snapshot;
  }

  private changed(change: RdsChange): void {
    this.onChange(change, this.now);
    // RDS sends an event when a copy of an instance is complete. It sends none for a cluster.
    if (change.what === 'available' && change.snapshot.kind === 'instance')
      this.rdsEvent(change.account, change.snapshot, 'RDS-EVENT-0197');
  }

  private rdsEvent(account: AccountId, { name, arn, kind }: Snapshot, EventID: string): void {
    const type = kind === 'cluster' ? 'RDS DB Cluster Snapshot Event' : 'RDS DB Snapshot Event';
    this.event(account, {
      source: 'aws.rds',
      'detail-type': type,
      detail: { EventID, SourceIdentifier: name, SourceArn: arn },
    });
  }

  private event(account: AccountId, event: unknown): void {
    this.at(this.now + within(this.random, DELAYS.event), () => this.gather(account, event));
  }

  private sweep(account: AccountId, every: number, first: number): void {
    this.at(first, () => {
      this.gather(account, { 'detail-type': 'Scheduled Event', source: 'aws.events' });
      this.sweep(account, every, first + every);
    });
  }

  /** A message arrives in a queue: a run begins when messages have gathered. */
  private gather(account: AccountId, body: unknown, queue: string = NAMES.wakeups): void {
    this.sent += 1;
    const message = {
      messageId: `m-${this.sent}`,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      eventSourceARN: `arn:aws:sqs:${HERE}:${account}:${queue}`,
    };
    const key = `${account} ${queue}`;
    const waiting = this.gathered.get(key);
    if (waiting) {
      waiting.push(message);
      return;
    }
    this.gathered.set(key, [message]);
    this.at(this.now + INTERVALS.gatheringSeconds + within(this.random, DELAYS.run), async () => {
      const Records = this.gathered.get(key) ?? [];
      this.gathered.delete(key);
      const size = queue === NAMES.inbox ? INBOX_BATCH : Records.length;
      for (let at = 0; at < Records.length; at += size) await this.run(account, Records.slice(at, at + size));
    });
  }

  private async run(account: AccountId, Records: readonly Message[]): Promise<void> {
    const isFresh = this.now - (this.usedAt.get(account) ?? Number.NEGATIVE_INFINITY) > IDLE;
    this.usedAt.set(account, this.now);
    this.runs.set(this.side(account), (this.runs.get(this.side(account)) ?? 0) + 1);
    const wakeups = { wakeIn: (minutes: number) => this.wakeIn(account, minutes) };
    const limits = { ...DEFAULT_LIMITS, ...LIMITS };
    if (account !== VAULT) {
      const inside = this.rds.memoryOf(account);
      const ports = {
        snapshots: this.port(account, account),
        memory: {
          all: () => this.counted(account, 'dynamodb:Scan', inside.all()),
          remember: (arn: Snapshot['arn'], facts: Parameters<typeof inside.remember>[1]) =>
            this.counted(account, 'dynamodb:UpdateItem', inside.remember(arn, facts)),
        },
        notifications: {
          notify: async (copy: Snapshot['arn']) => {
            this.count(account, 'sns:Publish');
            const body = { Type: 'Notification', TopicArn: copiesTopicArn(account, HERE), Message: notify(copy) };
            const arrives = this.now + within(this.random, DELAYS.notification);
            this.at(arrives, () => this.gather(VAULT, body, NAMES.inbox));
          },
        },
        wakeups,
      };
      const settings = {
        exportKey: exportKeyOf(account),
        vaultAccount: VAULT,
        databaseTag: { key: 'environment', value: 'production' },
        limits,
      };
      const notes = (isFresh ? undefined : this.notes.get(account)) ?? new RunNotes();
      this.notes.set(account, notes);
      await exportSnapshots({ Records }, ports, settings, this.rds.time, () => {}, notes);
      return;
    }
    if (isFresh) {
      this.sessions = new Map();
    }
    const index = this.ownCopies;
    const ports = {
      sources: {
        known: () =>
          this.counted(
            VAULT,
            'dynamodb:Scan',
            this.registry.known(),
            Math.ceil(this.sources.length / ENTRIES_PER_PAGE),
          ),
      },
      snapshots: this.port(VAULT, VAULT),
      accessRoles: { of: (source: AccountId) => this.port(source, VAULT) },
      wakeups,
      ownCopies: {
        read: (asked: readonly AccountId[]) => this.counted(VAULT, 'dynamodb:BatchGetItem', index.read(asked)),
        record: (...asked: Parameters<typeof index.record>) =>
          this.counted(
            VAULT,
            'dynamodb:UpdateItem',
            index.record(...asked),
            Math.max(1, Math.ceil(asked[0].length / 100)),
          ),
        // One part of the listing, and the head, which is read before.
        replace: (...asked: Parameters<typeof index.replace>) => {
          this.count(VAULT, 'dynamodb:GetItem');
          return this.counted(VAULT, 'dynamodb:PutItem', index.replace(...asked), 2);
        },
      },
    };
    const settings = { importKey: IMPORT_KEY, limits, admission: ADMISSION };
    await importCopies({ Records }, ports, settings, this.rds.time, () => {});
  }

  private async wakeIn(account: AccountId, minutes: number): Promise<void> {
    this.count(account, 'sqs:GetQueueAttributes');
    if (this.delayed.has(account)) return;
    this.count(account, 'sqs:SendMessage');
    this.delayed.add(account);
    this.at(this.now + minutes * MINUTE, () => {
      this.delayed.delete(account);
      this.gather(account, { wake: 'again' });
    });
  }

  /** The snapshots of an account, for a step that runs in `home`. */
  private port(account: AccountId, home: AccountId): Snapshots & SnapshotSearch {
    const inside = this.rds.as(account);
    const session = () => {
      if (account === home || (this.sessions.get(account) ?? Number.NEGATIVE_INFINITY) > this.now) return;
      this.sessions.set(account, this.now + SESSION);
      this.count(home, 'sts:AssumeRole');
    };
    const list = async (of: Kind, wanted: Promise<readonly Snapshot[]>, select: (one: Snapshot) => boolean) => {
      const count = (await wanted).filter((one) => one.kind === of && select(one)).length;
      const operation = of === 'cluster' ? 'rds:DescribeDBClusterSnapshots' : 'rds:DescribeDBSnapshots';
      this.count(home, operation, pages(count));
    };
    const both = async (wanted: Promise<readonly Snapshot[]>) => {
      session();
      await list('instance', wanted, () => true);
      await list('cluster', wanted, () => true);
      return wanted;
    };
    const by = (kind: Kind, verb: string, noun = 'Snapshot') =>
      `rds:${verb}DB${kind === 'cluster' ? 'Cluster' : ''}${noun}`;
    return {
      own: async () => {
        session();
        const wanted = inside.own();
        await list('instance', wanted, ({ type }) => type === 'awsbackup');
        await list('instance', wanted, ({ type }) => type !== 'awsbackup');
        await list('cluster', wanted, () => true);
        return wanted;
      },
      manual: () => both(inside.manual()),
      shared: () => both(inside.shared()),
      find: async (kind, names) => {
        session();
        const found = inside.find(kind, names);
        const backups = names.filter((name) => name.startsWith('awsbackup:') && kind === 'instance').length;
        if (backups > 0) await list(kind, found, ({ type }) => type === 'awsbackup');
        if (names.length > backups) await list(kind, found, ({ type }) => kind === 'cluster' || type !== 'awsbackup');
        return found;
      },
      withBackups: async (kind) => {
        session();
        const found = inside.withBackups(kind);
        await list(kind, found, () => true);
        return found;
      },
      ofKind: async (kind) => {
        session();
        const found = inside.ofKind(kind);
        await list(kind, found, () => true);
        return found;
      },
      copy: (order) => this.counted(home, by(order.kind, 'Copy'), inside.copy(order)),
      share: (one, to) => this.counted(home, by(one.kind, 'Modify', 'SnapshotAttribute'), inside.share(one, to)),
      remove: (one) => this.counted(home, by(one.kind, 'Delete'), inside.remove(one)),
      tag: (arn, tags) => {
        session();
        return this.counted(home, 'rds:AddTagsToResource', inside.tag(arn, tags));
      },
    };
  }

  private counted<Answer>(account: AccountId, name: string, answer: Promise<Answer>, times = 1): Promise<Answer> {
    this.count(account, name, times);
    return answer;
  }

  private side(account: AccountId): string {
    return account === VAULT ? 'vault' : 'source';
  }

  private count(account: AccountId, name: string, times = 1): void {
    const key = `${this.side(account)} ${name}`;
    this.calls.set(key, (this.calls.get(key) ?? 0) + times);
  }

  /** Export copies that the vault has imported and that are not deleted, by database. */
  left(): number {
    return this.sources.flatMap((one) => this.rds.all(one)).filter(({ tags }) => tags.get(TAGS.role) === 'export')
      .length;
  }

  /** The account of a snapshot. */
  static accountOf = ({ arn }: Snapshot): AccountId => snapshotParts(arn).account;
}
