// Longer than most: who gets a place in the vault is one rule, read in one piece by everything that computes room.
import { DAY } from './durations';
import type { Kind } from './ids';

/** What an account gets of the vault without a decision of a person. */
export interface AdmissionRules {
  /** The most copies of one database that the vault holds at a time: so many places are reserved for each database. */
  readonly copiesPerDatabase: number;
  /** Databases of one account whose first copy is imported within 24 hours. */
  readonly maxNewDatabasesPerAccountPerDay: number;
  /** A larger copy waits for the decision `size`. */
  readonly maxCopyGiB: number;
  /** What one account may have copied within 24 hours; beyond it a copy waits for the next day, or for the decision `size`. */
  readonly maxGiBPerAccountPerDay: number;
}

/**
 * What holds where the configuration says nothing. Ten databases: teams add fewer in a day, and an account with more enters
 * over some days or by `checkvalve accept`. 16 TiB: the largest volume of RDS for SQL Server; what is larger is rare, and the
 * storage of one copy costs more than a thousand dollars a month. 64 TiB: four such copies.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
 */
export const DEFAULT_ADMISSION: Omit<AdmissionRules, 'copiesPerDatabase'> = {
  maxNewDatabasesPerAccountPerDay: 10,
  maxCopyGiB: 16 * 1024,
  maxGiBPerAccountPerDay: 64 * 1024,
};

/** A database whose newest copy is older has no further copies to come: its room shrinks to the places that it holds. */
export const ACTIVE_DAYS = 35;

/** A copy that the vault holds: good, failed or in flight. */
export interface HeldCopy {
  readonly kind: Kind;
  readonly account: string;
  /** ARN of the database, as RDS says it. */
  readonly database: string;
  /** When the vault began it, in milliseconds since the epoch. */
  readonly importedAt: number;
  /** 0 for a copy that failed: it takes no storage. */
  readonly sizeGiB: number;
  /** Under a legal hold: its place comes back when a person ends the hold, not with its term. */
  readonly onHold?: boolean;
  /** Its data is older than that of a copy that was imported before it: it adds to history, beside the plan. */
  readonly isOlder?: boolean;
}

/** A copy that could be made now. */
export interface Wanted {
  readonly kind: Kind;
  readonly account: string;
  readonly database: string;
  /** ARN of the export copy. */
  readonly exportCopy: string;
  readonly sizeGiB: number;
  /** Its data is older than what the vault has of the database: it gets no reserved room, which is kept for newer copies. */
  readonly isOlder?: boolean;
}

/** What room is computed from. */
export interface AdmissionFacts {
  readonly rules: AdmissionRules;
  /** Manual snapshots that the vault may have, of each kind. */
  readonly quota: number;
  readonly held: readonly HeldCopy[];
  /** Manual snapshots in the vault that are no copies of Checkvalve. */
  readonly foreign: Readonly<Record<Kind, number>>;
  /** Accounts that the vault imports from. A database of any other account reserves no more than it holds. */
  readonly followed: ReadonlySet<string>;
  /** Databases that a person accepted: the decision `database`. */
  readonly accepted?: ReadonlySet<string>;
  /** Export copies whose size a person accepted: the decision `size`. */
  readonly sizes?: ReadonlySet<string>;
  /** In milliseconds since the epoch. */
  readonly now: number;
}

/** Why a copy waits for room or for a person, by a stable id. */
export const ADMISSION_WAITS = {
  'new-database-limit':
    'as many databases of its account as are admitted in a day got their first copy within 24 hours',
  'new-database-no-room': 'the vault cannot reserve room for another database',
  'copy-too-large': 'the copy is larger than a copy may be without a decision of a person',
  'account-gib-per-day': 'its account has had as much copied within 24 hours as it may without a decision of a person',
  'account-room-used': 'its database uses all room that is reserved for it, and its account all that it may beyond',
  'older-copy-no-room':
    'the vault has a newer copy of its database, and its account uses all room that it may beyond what is reserved',
  'quota-full': 'the vault has as many manual snapshots as its quota allows',
} as const;

/** One of {@link ADMISSION_WAITS}. */
export type AdmissionWait = keyof typeof ADMISSION_WAITS;

/** How many databases of a kind a vault has room for: the others would wait without a copy. */
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

/** What an account has of the room of one kind. */
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

/** The room of one kind: the quotas of instances and of clusters are apart. */
class Room {
  private readonly databases = new Map<string, DatabaseRoom>();
  private readonly accounts = new Map<string, Count>();
  /** Sums over all databases: copies, reservations, and whichever of the two is larger. */
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

  /** Places that are reserved beyond the quota; 0 where everything that is reserved fits. */
  get beyondQuota(): number {
    return Math.max(0, this.total.reserved - this.places);
  }

  isNew(database: string): boolean {
    return !this.databases.has(database);
  }

  /** Accounts of the databases whose first copy was begun after a time: one entry a database. */
  firstCopiesSince(time: number): readonly string[] {
    return [...this.databases.values()].filter(({ oldest }) => oldest > time).map(({ account }) => account);
  }

  refusal({ database, account, isOlder }: Wanted, isAccepted: boolean): AdmissionWait | undefined {
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

  reserve({ database, account, isOlder }: Wanted): void {
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

  /** Which part of its reservation an account holds once so many more of its copies are made. */
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

  /** What an account may hold beyond its plan: an equal part of what no plan reserves; one part is left for databases to come.
   * Copies beyond the plan come after a fault, or when an operator makes a backup. */
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
 * The room in the vault, computed from the copies that it holds; no other state is kept. Room is reserved before it is used: a
 * database with a copy in the vault has {@link AdmissionRules.copiesPerDatabase} places that no other database can use, and a
 * new database is admitted when so many places are free of reservations. So a vault whose reservations fit its quota starves
 * no database, whatever any account shares.
 *
 * A database is identified by its ARN, which RDS vouches for. By its resource id, a database that was restored under its old
 * name would be a new one, and would wait for room in the very hours after an incident.
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
  refusal(wanted: Wanted): AdmissionWait | undefined {
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

  /** Counts a copy that is made now. */
  reserve(wanted: Wanted): void {
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
   * In the order in which they get places. Where more is reserved than the quota has, the account that holds the smallest part
   * of its reservation comes first; else the order stays.
   */
  inOrder<T extends Pick<Wanted, 'account' | 'kind'>>(wanted: readonly T[]): readonly T[] {
    const seen = new Map<string, number>();
    const ranked = wanted.map((one) => {
      const before = seen.get(one.account) ?? 0;
      seen.set(one.account, before + 1);
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
