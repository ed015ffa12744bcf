import type { AccountId, Region } from '../../../src/contract/ids';

/** Where the tooling stands. */
export interface StackInstance {
  readonly account: AccountId;
  readonly region: Region;
}

/** The instances of the tooling's StackSet. */
export interface StackInstances {
  /** Every instance, whatever its state. Reads all pages. */
  all(): Promise<readonly StackInstance[]>;
  /** Starts to make instances for exactly these accounts; returns the operation's id. Refuses an empty list. */
  create(accounts: readonly AccountId[], regions: readonly Region[]): Promise<string>;
}
