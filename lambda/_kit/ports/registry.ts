import type { AccountId, Region } from '../../../src/contract/ids';

/** What the landing zone knows of one account. */
export interface RegistryEntry {
  readonly account: AccountId;
  /** `leaving`: no longer wanted, still with the tooling. */
  readonly state: 'enrolled' | 'leaving' | 'left';
  readonly regions: readonly Region[];
  /** Since when the account is in this state, ISO 8601. */
  readonly since: string;
  /** In words. */
  readonly reason: string;
}

/** A table of accounts: the registry of the management account, or what the vault has accepted of it. */
export interface Registry {
  /** Every entry. Reads all pages; an entry that cannot be understood is an error, never left out. */
  entries(): Promise<readonly RegistryEntry[]>;
  /** Writes one entry over the one before. */
  put(entry: RegistryEntry): Promise<void>;
}
