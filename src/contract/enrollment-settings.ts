import type { Cell } from './cells';
import type { AccountId, Region } from './ids';

/** The rules of enrollment, with the defaults of the configuration filled in. */
export interface EnrollmentSettings {
  /** The root: the ancestor under which stack instances are created and deleted. */
  readonly rootId: string;
  readonly managementAccount: AccountId;
  /** The cells of the configuration. The first has the accounts that were enrolled before there were cells. */
  readonly cells: readonly [Cell, ...Cell[]];
  /** Units whose members, at any depth, may be enrolled. */
  readonly targetUnits: readonly string[];
  /** Units whose members, at any depth, are not enrolled although a target unit is above them. */
  readonly excludedUnits: readonly string[];
  readonly tag: {
    readonly key: string;
    readonly values: readonly string[];
    readonly match: 'exact' | 'case-insensitive';
  };
  readonly regions: readonly Region[];
  readonly exemptions: readonly { readonly account: string; readonly reason: string; readonly until: string }[];
  /** Days between the exit of an account and the withdrawal of its tooling. */
  readonly graceDays: number;
  readonly massExit: {
    /** More withdrawals at once wait for an operator. */
    readonly accounts: number;
    /** So does a greater part of all enrolled accounts, in percent. */
    readonly percent: number;
    /** Accounts whose withdrawal an operator has confirmed. */
    readonly acknowledged: readonly string[];
  };
  /** Calls per second that read tags, and that read stack instances. */
  readonly readsPerSecond: number;
}
