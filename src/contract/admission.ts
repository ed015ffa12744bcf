// Longer than most: which copies get room in the vault is one rule, shared by everything that computes room.

import { DAY } from './durations';
import type { Kind } from './ids';

/** What an account gets of the vault without a decision of an operator. */
export interface AdmissionRules {
  /** Copies of one database that the vault holds at most at a time. The vault reserves this number of places for each. */
  readonly copiesPerDatabase: number;
  /** Databases of one account whose first copy is imported within 24 hours. */
  readonly maxNewDatabasesPerAccountPerDay: number;
  /** A larger copy waits for the decision `size`. */
  readonly maxCopyGiB: number;
  /** GiB that one account may have copied within 24 hours; a further copy waits for the next day, or for the decision `size`. */
  readonly maxGiBPerAccountPerDay: number;
}

/**
 * The defaults of the configuration. Ten databases: teams add fewer in a day, and an account with more is admitted over some
 * days or by `checkvalve accept`. 16 TiB: the largest volume of RDS for SQL Server; larger databases are rare, and
 * the storage of one copy costs more than a thousand dollars a month. 64 TiB: four such copies.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
 */
export const DEFAULT_ADMISSION: Omit<AdmissionRules, 'copiesPerDatabase'> = {
  maxNewDatabasesPerAccountPerDay: 10,
  maxCopyGiB: 16 * 1024,
  maxGiBPerAccountPerDay: 64 * 1024,
};

/** A database whose newest copy is older gets no further copies: its reservation shrinks to the places that it uses. */
export const ACTIVE_DAYS = 35;

/** A copy that the vault holds: good, failed or in flight. */
export interface HeldCopy {
  readonly kind: Kind;
  readonly account: string;
  /** ARN of the database, as RDS returns it. */
  readonly database: string;
  /** When the vault started it, in milliseconds since the epoch. */
  readonly importedAt: number;
  /** 0 for a copy that failed: it uses no storage. */
  readonly sizeGiB: number;
  /** Under a legal hold: its place becomes free when an operator ends the hold, not with its term. */
  readonly onHold?: boolean;
  /** Its data is older than that of a copy that was imported before it: it adds to history, beside the plan. */
  readonly isOlder?: boolean;
}

/** A copy that could be made now. */
export interface WantedCopy {
  readonly kind: Kind;
  readonly account: string;
  readonly database: string;
  /** ARN of the export copy. */
  readonly exportCopy: string;
  readonly sizeGiB: number;
  /** Its data is older than what the vault has of the database: it gets no reserved room, which is kept for newer copies. */
  readonly isOlder?: boolean;
}

/** The facts that room is computed from. */
export interface AdmissionFacts {
  readonly rules: AdmissionRules;
  /** Manual snapshots that the vault may have, of each kind. */
  readonly quota: number;
  readonly held: readonly HeldCopy[];
  /** Manual snapshots in the vault that are no copies of Checkvalve. */
  readonly foreign: Readonly<Record<Kind, number>>;
  /** Accounts that the vault imports from. A database of any other account reserves no more than it holds. */
  readonly followed: ReadonlySet<string>;
  /** Databases that an operator accepted: the decision `database`. */
  readonly accepted?: ReadonlySet<string>;
  /** Export copies whose size an operator accepted: the decision `size`. */
  readonly sizes?: ReadonlySet<string>;
  /** In milliseconds since the epoch. */
  readonly now: number;
}

/** Why a copy waits for room or for a decision, by id. */
export const ADMISSION_WAITS = {
  'new-database-limit': 'its account has had as many new databases admitted within 24 hours as are admitted per day',
  'new-database-no-room': 'the vault cannot reserve room for another database',
  'copy-too-large': 'the copy is larger than the vault copies without a decision of an operator',
  'account-gib-per-day':
    'its account has had as many GiB copied within 24 hours as it may without a decision of an operator',
  'account-room-used':
    'its database uses all room that is reserved for it, and its account all room that it may use beyond',
  'older-copy-no-room':
    'the vault has a newer copy of its database, and its account uses all room that it may use beyond its reservations',
  'quota-full': 'the vault has as many manual snapshots as its quota allows',
} as const;

/** One of {@link ADMISSION_WAITS}. */
export type AdmissionWait = keyof typeof ADMISSION_WAITS;

/** How many databases of a kind a vault has room for: further databases wait without a copy. */
export const databasesThatFit = (quota: number, copiesPerDatabase: number, foreign = 0): number =>
  Math.max(0, Math.floor((quota - foreign) / copiesPerDatabase));

/** One database in the vault. `reserved`: places that no other database can use. */
interface DatabaseRoom {
  readonly account: string;
  held: number;
  /** Of these, copies that were older than what the vault had: each reserves a place more. */
  older: number;
  reserved: number;
  active: boolean;
  oldest: number;
}

/** The room of one kind that an account has. */
export interface AccountRoom {
  readonly account: string;
  readonly databases: number;
  readonly held: number;
  readonly reserved: number;
}

interface Count {
  databases: number;
  held: number;
  reserved: number;
  /** Copies beyond the plan: beyond the reservations of their databases, or older than what the vault had. */
  over: number;
}

const NONE: Readonly<Count> = { databases: 0, held: 0, reserved: 0, over: 0 };

/** The room of one kind: instances and clusters have separate quotas. */
class Room {
  private readonly databases = new Map<string, DatabaseRoom>();
  private readonly accounts = new Map<string, Count>();
  /** Sums over all databases: copies, reservations, and the larger of the two for each database. */
  readonly total = { held: 0, older: 0, reserved: 0, used: 0 };

  constructor(
    private readonly facts: AdmissionFacts,
    private readonly kind: Kind,
  ) {
    const groups = new Map<string, Omit<DatabaseRoom, 'reserved' | 'active'> & { onHold: number; newest: number }>();
    for (const { kind: of, account, database, importedAt, onHold, isOlder } of facts.held) {
      if (of !== kind) continue;
      const first = { account, held: 0, older: 0, onHold: 0, oldest: importedAt, newest: importedAt };
      const one = groups.get(database) ?? first;
      one.held += 1;
      one.onHold += onHold ? 1 : 0;
      one.older += isOlder && !onHold ? 1 : 0;
      one.oldest = Math.min(one.oldest, importedAt);
      one.newest = Math.max(one.newest, importedAt);
      groups.set(database, one);
    }
    for (const [database, { account, held, older, onHold, oldest, newest }] of groups) {
      const active = facts.followed.has(account) && facts.now - newest <= ACTIVE_DAYS * DAY;
      const reserved = active ? facts.rules.copiesPerDatabase + onHold + older : held;
      this.record(database, { account, held, older, reserved, active, oldest });
    }
  }

  private get places(): number {
    return this.facts.quota - this.facts.foreign[this.kind];
  }

  /** Places that are reserved beyond the quota; 0 where all reservations fit. */
  get beyondQuota(): number {
    return Math.max(0, this.total.reserved - this.places);
  }

  isNew(database: string): boolean {
    return !this.databases.has(database);
  }

  /** Accounts of the databases whose first copy was started after a time: one entry for each database. */
  firstCopiesSince(time: number): readonly string[] {
    return [...this.databases.values()].filter(({ oldest }) => oldest > time).map(({ account }) => account);
  }

  refusal({ database, account, isOlder }: WantedCopy, isAccepted: boolean): AdmissionWait | undefined {
    const { copiesPerDatabase } = this.facts.rules;
    const room = this.databases.get(database);
    if (this.total.held >= this.places) {
      if (isOlder) return 'older-copy-no-room';
      return room?.active || isAccepted ? 'quota-full' : 'new-database-no-room';
    }
    if (!room?.active) {
      const more = Math.max(0, copiesPerDatabase - (room?.held ?? 0));
      return isAccepted || this.total.used + more <= this.places ? undefined : 'new-database-no-room';
    }
    if (!isOlder && room.held < room.reserved) return undefined;
    const { over } = this.accounts.get(account) ?? NONE;
    if (over < this.partOfSpare && this.total.used < this.places) return undefined;
    return isOlder ? 'older-copy-no-room' : 'account-room-used';
  }

  reserve({ database, account, isOlder }: WantedCopy): void {
    const { rules, now } = this.facts;
    const none = { account, held: 0, older: 0, reserved: 0, active: false, oldest: now };
    const room = this.databases.get(database) ?? none;
    if (this.databases.has(database)) this.count(room, -1);
    room.reserved = room.active ? room.reserved : rules.copiesPerDatabase;
    room.active = true;
    room.held += 1;
    if (isOlder) {
      room.older += 1;
      room.reserved += 1;
    }
    this.record(database, room);
  }

  /** The part of its reservation that an account uses after `more` further copies. */
  fill(account: string, more: number): number {
    const { held, reserved } = this.accounts.get(account) ?? NONE;
    return (held + more) / Math.max(1, reserved);
  }

  rooms(): readonly AccountRoom[] {
    return [...this.accounts].map(([account, { databases, held, reserved }]) => ({
      account,
      databases,
      held,
      reserved,
    }));
  }

  /** Places that an account may use beyond its reservations: an equal part of what is not reserved; one part is left for new
   * databases. Copies beyond the plan occur after a fault, or by on-demand backups. */
  private get partOfSpare(): number {
    const spare = Math.max(0, this.places - (this.total.reserved - this.total.older));
    return Math.floor(spare / (this.facts.followed.size + 1));
  }

  private record(database: string, room: DatabaseRoom): void {
    this.databases.set(database, room);
    this.count(room, 1);
  }

  private count({ account, held, older, reserved, active }: DatabaseRoom, sign: 1 | -1): void {
    const beside = active ? older : 0;
    const sum = this.accounts.get(account) ?? { ...NONE };
    sum.databases += sign;
    sum.held += sign * held;
    sum.reserved += sign * reserved;
    sum.over += sign * (Math.max(0, held - reserved) + beside);
    this.accounts.set(account, sum);
    this.total.held += sign * held;
    this.total.older += sign * beside;
    this.total.reserved += sign * reserved;
    this.total.used += sign * Math.max(held, reserved);
  }
}

/**
 * The room in the vault, computed from the copies that it holds; there is no other state. Room is reserved before it is used: a
 * database with a copy in the vault has {@link AdmissionRules.copiesPerDatabase} places that no other database can use, and a
 * new database is admitted when this number of places is not reserved. While the reservations fit the quota, no account can keep the
 * database of another from being copied, however much it shares.
 *
 * A database is identified by its ARN, which RDS confirms. With its resource id, a database that is restored under its old name
 * would be new, and would wait for room right after an incident.
 */
export class Admission {
  private readonly room: Readonly<Record<Kind, Room>>;
  private readonly newToday = new Map<string, number>();
  private readonly gibToday = new Map<string, number>();

  constructor(private readonly facts: AdmissionFacts) {
    this.room = { instance: new Room(facts, 'instance'), cluster: new Room(facts, 'cluster') };
    const yesterday = facts.now - DAY;
    for (const room of [this.room.instance, this.room.cluster]) {
      for (const account of room.firstCopiesSince(yesterday)) add(this.newToday, account, 1);
    }
    for (const { account, importedAt, sizeGiB } of facts.held) {
      if (importedAt > yesterday) add(this.gibToday, account, sizeGiB);
    }
  }

  /** Why a copy waits; undefined when it may be made now. */
  refusal(wanted: WantedCopy): AdmissionWait | undefined {
    const { rules, accepted, sizes } = this.facts;
    const { database, account, sizeGiB, exportCopy, kind } = wanted;
    if (!sizes?.has(exportCopy)) {
      if (sizeGiB > rules.maxCopyGiB) return 'copy-too-large';
      if ((this.gibToday.get(account) ?? 0) + sizeGiB > rules.maxGiBPerAccountPerDay) return 'account-gib-per-day';
    }
    const isAccepted = accepted?.has(database) ?? false;
    const isOverTheDay = (this.newToday.get(account) ?? 0) >= rules.maxNewDatabasesPerAccountPerDay;
    if (this.room[kind].isNew(database) && !isAccepted && isOverTheDay) return 'new-database-limit';
    return this.room[kind].refusal(wanted, isAccepted);
  }

  /** Reserves and counts the place of a copy that is made now. */
  reserve(wanted: WantedCopy): void {
    const room = this.room[wanted.kind];
    if (room.isNew(wanted.database)) add(this.newToday, wanted.account, 1);
    add(this.gibToday, wanted.account, wanted.sizeGiB);
    room.reserve(wanted);
  }

  /** Places of a kind that are reserved beyond the quota. */
  beyondQuota(kind: Kind): number {
    return this.room[kind].beyondQuota;
  }

  /**
   * Copies in the order in which they get places. Where more is reserved than the quota allows, the account that uses the
   * smallest part of its reservation comes first; else the order stays.
   */
  inOrder<T extends Pick<WantedCopy, 'account' | 'kind'>>(wanted: readonly T[]): readonly T[] {
    const counted = new Map<string, number>();
    const ranked = wanted.map((one) => {
      const before = counted.get(one.account) ?? 0;
      counted.set(one.account, before + 1);
      return { one, fill: this.beyondQuota(one.kind) > 0 ? this.room[one.kind].fill(one.account, before) : 0 };
    });
    return ranked.sort((a, b) => a.fill - b.fill).map(({ one }) => one);
  }

  /** The room of each account that has a copy of a kind in the vault. */
  accounts(kind: Kind): readonly AccountRoom[] {
    return this.room[kind].rooms();
  }
}

function add(sums: Map<string, number>, key: string, number: number): void {
  sums.set(key, (sums.get(key) ?? 0) + number);
}
