import type { AccountId, Region } from '../../../src/contract/ids';
import type { Page } from './organization';

/** The rollout of the tooling in one Region of an account. */
export interface RegionRollout {
  readonly state:
    | 'current'
    | 'pending'
    | 'failed'
    | 'quarantined'
    | 'region-not-enabled'
    | 'suspended'
    | 'inoperable'
    | 'drifted';
  /** Since when, ISO 8601. */
  readonly at: string;
  /** Version of the template that was deployed there last. Absent: none was. */
  readonly version?: string;
  /** Operations that failed there since it was last current, the last few. */
  readonly failed: readonly string[];
  /** Repairs that StackSets accepted since it was last current. */
  readonly repairs: number;
  /** Since when it is known not to be up to date, or when it was last repaired, ISO 8601. */
  readonly waiting?: string;
  /** The reason that CloudFormation gives. */
  readonly reason?: string;
  /** No operation there before, ISO 8601. */
  readonly until?: string;
}

/** Which step changed what of an entry, when and why. */
export interface Change {
  readonly at: string;
  readonly by: string;
  readonly what: string;
  readonly why: string;
}

/** A move of an account to another cell that an operator ordered and that is not complete. */
export interface CellMove {
  /** Name of the cell. */
  readonly to: string;
  /** When it was ordered, ISO 8601. */
  readonly since: string;
  /** The principal that ordered it. */
  readonly by: string;
  readonly reason: string;
}

/** The registry's entry of one account. */
export interface RegistryEntry {
  readonly account: AccountId;
  /** `enrolled`: the tooling is deployed or will be. `leaving`: to be withdrawn, the tooling is still deployed. */
  readonly state: 'enrolled' | 'leaving' | 'left';
  readonly regions: readonly Region[];
  /** Since when the account is in this state, ISO 8601. */
  readonly since: string;
  /** Why it is in this state. */
  readonly reason: string;
  /** In the vault's table: since when the registry says that the account left, ISO 8601. The vault follows it for one more day. */
  readonly leavingSince?: string;
  /** In the vault's table, of an account that left: since when the vault had followed it, ISO 8601. */
  readonly followedSince?: string;
  /** In the vault's table, of an account that came back: when it last left, ISO 8601. */
  readonly lastExit?: string;
  /** With `left`: it left the organization, and its stack instances are still to be deleted. */
  readonly departed?: boolean;
  readonly rollout?: Readonly<Partial<Record<Region, RegionRollout>>>;
  /** Name of its cell. Absent in an entry from before there were cells: then it belongs to the first. */
  readonly cell?: string;
  /** Why it belongs to this cell. */
  readonly cellReason?: string;
  /** The tooling of `cell` is withdrawn, and then that of another cell is deployed. */
  readonly moving?: CellMove;
  /** The last changes, the newest first. */
  readonly history?: readonly Change[];
  /** Counts the changes: a writer must have read the last one. */
  readonly revision?: number;
}

/** One reading of the registry. */
export interface RegistryReading {
  readonly entries: readonly RegistryEntry[];
  /** The first hundred entries that could not be parsed, and why: these accounts stay as they are. */
  readonly unreadable: readonly string[];
  /** When the sweep over the organization last made progress. Undefined before the first sweep. */
  readonly sweptAt?: Date;
}

/** The registry, read by the vault through its access role. */
export interface RegistryAccess {
  /** Every entry that can be parsed, and how current they are. Reads all pages. */
  read(): Promise<RegistryReading>;
}

/** A table of accounts: the registry of the management account, or what the vault has accepted of it. */
export interface Registry {
  /** Every entry. Reads all pages; an entry that cannot be parsed is an error, never left out. */
  entries(): Promise<readonly RegistryEntry[]>;
  /** Writes one entry over the one before. */
  put(entry: RegistryEntry): Promise<void>;
}

/** The progress of a sweep over the organization: all that is stored of it. */
export interface SweepState {
  /** When it began, ISO 8601: its id. */
  readonly id: string;
  /** Counts its steps: identifies a step that was delivered twice. */
  readonly seq: number;
  readonly phase: 'accounts' | 'instances' | 'registry' | 'withdraw' | 'done';
  /** In the phase `instances`: the cell whose StackSet is listed. */
  readonly cell?: string;
  /** Where the next page of this phase begins. */
  readonly from?: string;
  readonly counts: {
    /** Accounts listed. */
    readonly members: number;
    readonly enrolled: number;
    /** Accounts whose grace is over and whose withdrawal no operator confirmed. */
    readonly due: number;
  };
  /** Another sweep was requested while this one ran. */
  readonly again: boolean;
  /** When it last made progress, ISO 8601. */
  readonly touchedAt: string;
}

/** After so long without a refusal, a new refusal counts as the first. */
export const REFUSAL_PAUSE_HOURS = 3;

/** The registry, as enroll-accounts and watch-rollout use it: by pages, and with every change checked against the one before. */
export interface EnrollmentRegistry {
  /** The entries of these accounts; accounts without one are left out. */
  of(accounts: readonly AccountId[]): Promise<ReadonlyMap<AccountId, RegistryEntry>>;
  /** The next page of all entries. */
  page(from?: string): Promise<Page<RegistryEntry>>;
  /** How many accounts with the tooling each cell has, as of now; entries without a cell count under `undefined`. An account that
   * moves counts in the cell that it moves to. */
  cellLoad(): Promise<ReadonlyMap<string | undefined, number>>;
  /** Writes an entry that was made from one read before. Throws when another run wrote in between. */
  change(entry: RegistryEntry): Promise<void>;
  /** Records an alert. Resolves to false when the same text was recorded before. */
  recordAlert(about: string, text: string): Promise<boolean>;
  /** Records that AWS refused a call now. Resolves to since when it does: from the first refusal after a pause of
   * {@link REFUSAL_PAUSE_HOURS}. */
  recordRefusal(call: string, now: Date): Promise<Date>;
  sweep(): Promise<SweepState | undefined>;
  /** Writes the state of a sweep if no other run changed it in between. Resolves to whether it did. */
  replaceSweep(before: SweepState | undefined, next: SweepState): Promise<boolean>;
}
