import type { EnrollmentSettings } from '../../../src/contract/enrollment-settings';
import type { AccountId, Region } from '../../../src/contract/ids';
import type { Member } from '../../_kit/ports/organization';
import type { RegistryEntry } from '../../_kit/ports/registry';
import type { CellChoice, CellLoad } from './cells';

/** An account to observe, with the facts that a listing already gave. */
export interface AccountToObserve {
  readonly account: AccountId;
  readonly member?: Member;
}

/** A member of the organization, as Organizations describes it. */
export interface Membership {
  /** `ACTIVE`, `SUSPENDED`, … in the words of Organizations. */
  readonly state: string;
  /** Ids of the root and of every unit above the account. */
  readonly units: readonly string[];
}

/** The facts from which the decision on one account is made. */
export interface AccountFacts {
  readonly account: AccountId;
  /** Undefined: Organizations answers that the account is no member. An account that could not be read has no facts. */
  readonly member: Membership | undefined;
  /** Left out where `reasonWithoutTags` decides without them. */
  readonly tags?: ReadonlyMap<string, string>;
  /** Regions in which the StackSet of its cell has an instance. */
  readonly instances: readonly Region[];
  /** The entry in the registry. */
  readonly held?: {
    readonly state: 'enrolled' | 'leaving' | 'left';
    readonly since: string;
    /** The account left the organization: its instances are still to be dropped. */
    readonly departed?: boolean;
    /** Name of its cell, and why it belongs to it. */
    readonly cell?: string;
    readonly cellReason?: string;
    /** The cell that it moves to. */
    readonly moving?: { readonly to: string };
  };
  /** Regions in which nothing is deployed for now: quarantined, or not enabled in the account. */
  readonly closed?: readonly Region[];
}

/** The facts on an account, with its whole registry entry. */
export interface EnrollmentAccount extends AccountFacts {
  readonly entry?: RegistryEntry;
  /** Its cell, if it has one: by the registry, or by the tooling that was found in it. */
  readonly cell?: CellChoice;
  /** An operation of the StackSet works on one of its instances. */
  readonly isBusy?: boolean;
}

/** The accounts that were read whole, and those that could not be read: on the latter nothing is decided. */
export interface ObservedAccounts {
  readonly accounts: readonly EnrollmentAccount[];
  readonly unread: readonly { readonly account: AccountId; readonly because: string }[];
}

/** The facts from which enroll-accounts plans. */
export interface EnrollmentFacts {
  readonly settings: EnrollmentSettings;
  /** Accounts that were read whole. */
  readonly accounts: readonly EnrollmentAccount[];
  /** Accounts that may be withdrawn in this run: none, unless all accounts were listed; the confirmed ones, or all. */
  readonly withdrawals: 'none' | 'confirmed' | 'all';
  /** Whether this run continues the moves of its accounts to other cells. */
  readonly moves?: boolean;
  /** The load of each cell. Needed when an account may be enrolled for the first time. */
  readonly load?: CellLoad;
  /** The principal or schedule that caused the run. */
  readonly by: string;
  readonly now: Date;
}
