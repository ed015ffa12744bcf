import type { AdmissionRules } from '../../../src/contract/admission';
import type { AccountId, KeyArn } from '../../../src/contract/ids';
import type { CopyLimits } from '../../_kit/copies';
import type { Snapshot } from '../../_kit/ports/snapshots';

/** Settings of import-copies, which its stack passes to it. */
export interface ImportSettings {
  readonly importKey: KeyArn;
  readonly limits: CopyLimits;
  /** What an account may have copied without a decision of an operator. */
  readonly admission: AdmissionRules;
}

/** Which accounts the vault follows, and what operators decided. */
export interface FollowedAccounts {
  /** Accounts that the vault has accepted and still follows. */
  readonly accepted: ReadonlySet<AccountId>;
  /** Databases, and export copies by their size, that an operator accepted; none where it is left out. */
  readonly decided?: { readonly databases: ReadonlySet<string>; readonly sizes: ReadonlySet<string> };
}

/** What import-copies observes. */
export interface ImportFacts extends ImportSettings, FollowedAccounts {
  /** What any account shares with the vault. */
  readonly shared: readonly Snapshot[];
  /** The vault's own manual snapshots. */
  readonly own: readonly Snapshot[];
  /** The snapshots of accepted accounts, read through their access roles, by ARN: only here do they have tags. */
  readonly throughAccessRoles: ReadonlyMap<string, Snapshot>;
  /** Accepted accounts that did not answer in this run: nothing is known of their snapshots. */
  readonly unreached?: ReadonlySet<AccountId>;
  /** Of the vault's own copies, those whose state RDS gave in this run; all where it is left out. The others are in `own` as the
   * index has them: nothing is marked or reported for these. */
  readonly confirmed?: ReadonlySet<string>;
  readonly now: Date;
}
