import type { AccountId, Region } from './ids';

/** The rules of enrollment, as the configuration has them. */
export interface EnrollmentSettings {
  /** The root: the one ancestor under which instances are made and removed. */
  readonly rootId: string;
  readonly managementAccount: AccountId;
  readonly vaultAccount: AccountId;
  /** Units whose members, at any depth, may be enrolled. */
  readonly targetUnits: readonly string[];
  /** Units whose members, at any depth, are left out though a target unit stands above them. */
  readonly excludedUnits: readonly string[];
  readonly tag: {
    readonly key: string;
    readonly values: readonly string[];
    readonly match: 'exact' | 'case-insensitive';
  };
  readonly regions: readonly Region[];
  readonly exemptions: readonly { readonly account: string; readonly reason: string; readonly until: string }[];
  /** Days between an account's leaving and its withdrawal. */
  readonly graceDays: number;
  readonly massExit: {
    /** More accounts than these, to be withdrawn at once, wait for a person. */
    readonly accounts: number;
    /** So does a greater share of all enrolled accounts, in percent. */
    readonly percent: number;
    /** Accounts whose withdrawal a person has confirmed. */
    readonly acknowledged: readonly string[];
  };
  /** Tags, and instances, that are read in a second. */
  readonly readsPerSecond: number;
}
