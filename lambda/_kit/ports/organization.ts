import type { AccountId } from '../../../src/contract/ids';

/** A member of the organization. */
export interface Member {
  readonly id: AccountId;
  /** `ACTIVE`, `SUSPENDED`, … as Organizations says it. */
  readonly state: string;
  /** Ids of the root and of every unit above the account. */
  readonly units: readonly string[];
}

/** The organization, as enrolment sees it. */
export interface Organization {
  /** Every account of the organization. Reads all pages; throws rather than answer in part. */
  members(): Promise<readonly Member[]>;
  /** The tags of one account. */
  tags(account: AccountId): Promise<ReadonlyMap<string, string>>;
}
