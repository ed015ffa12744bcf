import type { AccountId } from '../../../src/contract/ids';

/** A member of the organization. */
export interface Member {
  readonly id: AccountId;
  /** `ACTIVE`, `SUSPENDED`, …: the state that Organizations gives. */
  readonly state: string;
  /** Ids of the root and of every unit above the account. */
  readonly units: readonly string[];
}

/** A page of a listing, and where the next one begins. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Undefined after the last page. An empty page need not be the last. */
  readonly next?: string;
}

/** The organization, as enroll-accounts reads it. */
export interface Organization {
  /** The next page of all members. */
  members(from?: string): Promise<Page<Member>>;
  /** One account; undefined when Organizations says that it is not a member. Throws when the call fails. */
  member(account: AccountId): Promise<Member | undefined>;
  /** The tags of one account, all of them. */
  tags(account: AccountId): Promise<ReadonlyMap<string, string>>;
}
