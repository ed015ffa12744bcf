import type { AccountId, Region } from '../../../src/contract/ids';
import type { Page } from './organization';

/** How the tooling fares in one Region of an account. */
export interface RegionRollout {
  readonly state:
    | 'current'
    | 'pending'
    | 'failed'
    | 'quarantined'
    | 'region not enabled'
    | 'suspended'
    | 'inoperable'
    | 'drifted';
  /** Since when, ISO 8601. */
  readonly at: string;
  /** Version of the template that stood there last. Absent: it never stood. */
  readonly version?: string;
  /** Operations that failed there since it was last current, the last few. */
  readonly failed: readonly string[];
  /** Repairs that StackSets let in since it was last current. */
  readonly repairs: number;
  /** Since when it has been seen not to be up to date, or when it was last repaired, ISO 8601. */
  readonly waiting?: string;
  /** CloudFormation's words. */
  readonly reason?: string;
  /** Until then nothing is tried there, ISO 8601. */
  readonly until?: string;
}

/** Who changed what of an entry, when and why. */
export interface Change {
  readonly at: string;
  readonly by: string;
  readonly what: string;
  readonly why: string;
}

/** What the landing zone knows of one account. */
export interface RegistryEntry {
  readonly account: AccountId;
  /** `enrolled`: wanted; the tooling stands or is to come. `leaving`: no longer wanted, still with the tooling. */
  readonly state: 'enrolled' | 'leaving' | 'left';
  readonly regions: readonly Region[];
  /** Since when the account is in this state, ISO 8601. */
  readonly since: string;
  /** In words. */
  readonly reason: string;
  /** In the vault's table: since when the registry says that the account left, ISO 8601. The vault follows it on for a day. */
  readonly leavingSince?: string;
  /** With `left`: it left the organization, and its instances are still to be dropped. */
  readonly departed?: boolean;
  readonly rollout?: Readonly<Partial<Record<Region, RegionRollout>>>;
  /** The last changes, the newest first. */
  readonly history?: readonly Change[];
  /** Counts the changes: who writes must have read the last. */
  readonly revision?: number;
}

/** One reading of the registry. */
export interface RegistryReading {
  readonly entries: readonly RegistryEntry[];
  /** What could not be understood, and why, the first hundred: these accounts stay as they are. */
  readonly unreadable: readonly string[];
  /** When its keeper's sweep over the organization was last heard of. Undefined while it has never swept. */
  readonly sweptAt?: Date;
}

/** The registry as it is seen from outside, through its access role. */
export interface RegistryAccess {
  /** Every entry that can be understood, and how well they are kept up. Reads all pages. */
  read(): Promise<RegistryReading>;
}

/** A table of accounts: the registry of the management account, or what the vault has accepted of it. */
export interface Registry {
  /** Every entry. Reads all pages; an entry that cannot be understood is an error, never left out. */
  entries(): Promise<readonly RegistryEntry[]>;
  /** Writes one entry over the one before. */
  put(entry: RegistryEntry): Promise<void>;
}

/** How far a sweep over the organization has come: all that is remembered of it. */
export interface SweepState {
  /** When it began, ISO 8601; what it is called. */
  readonly id: string;
  /** Counts its steps: a step that was delivered twice is told by it. */
  readonly seq: number;
  readonly phase: 'accounts' | 'instances' | 'registry' | 'withdraw' | 'done';
  /** Where the listing of this phase goes on. */
  readonly from?: string;
  readonly counts: {
    /** Accounts listed. */
    readonly members: number;
    readonly enrolled: number;
    /** Accounts whose grace is over and whose withdrawal nobody confirmed. */
    readonly due: number;
  };
  /** Somebody asked for a sweep while this one ran. */
  readonly again: boolean;
  /** When it was last heard of, ISO 8601. */
  readonly touchedAt: string;
}

/** A call that was not refused for so long is no longer the call that was. */
export const REFUSAL_PAUSE_HOURS = 3;

/** The registry, as its keeper sees it: in parts, and with every change checked against the one before. */
export interface EnrollmentRegistry {
  /** The entries of these accounts; those without one are left out. */
  of(accounts: readonly AccountId[]): Promise<ReadonlyMap<AccountId, RegistryEntry>>;
  /** The next part of all entries. */
  page(from?: string): Promise<Page<RegistryEntry>>;
  /** Writes an entry that was made from one read before. Throws when somebody else wrote in between. */
  change(entry: RegistryEntry): Promise<void>;
  /** Whether this was not told before; it is remembered as told. */
  isNews(about: string, text: string): Promise<boolean>;
  /** Notes that AWS refused a call now, and says since when it does. A pause of {@link REFUSAL_PAUSE_HOURS} begins anew. */
  refusedSince(call: string, now: Date): Promise<Date>;
  sweep(): Promise<SweepState | undefined>;
  /** Writes the state of a sweep, if what is there is still what the writer saw: false when it is not. */
  moveSweep(seen: SweepState | undefined, next: SweepState): Promise<boolean>;
}
