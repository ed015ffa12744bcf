import type { AccountId } from '../../../src/contract/ids';

/** A member of the organization. */
export interface Member {
  readonly id: AccountId;
  /** `ACTIVE`, `SUSPENDED`, … as Organizations says it. */
  readonly state: string;
  /** Ids of the root and of every unit above the account. */
  readonly units: readonly string[];
}

/** A part of a listing, and where it goes on. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Undefined when this was the last part. An empty part need not be the last. */
  readonly next?: string;
}

/** The organization, as enrollment sees it. */
export interface Organization {
  /** The next part of the listing of all members. */
  members(from?: string): Promise<Page<Member>>;
  /** One account; undefined when Organizations says that it is no member. Throws when it does not say. */
  member(account: AccountId): Promise<Member | undefined>;
  /** The tags of one account, all of them. */
  tags(account: AccountId): Promise<ReadonlyMap<string, string>>;
}
