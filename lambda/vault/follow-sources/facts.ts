import type { Decision } from '../../../src/contract/decisions';
import type { Region } from '../../../src/contract/ids';
import type { RegistryEntry } from '../../_kit/ports/registry';

/** Settings of follow-sources, which its stack passes to it. */
export interface FollowSettings {
  /** Accounts that the vault accepts in a day without an operator, returning accounts included. */
  readonly maxNewAccountsPerDay: number;
  /** Name of the cell whose vault this is. Absent: the only cell. */
  readonly cell?: string;
  /** The vault's own Region: the one in which it follows sources. */
  readonly region: Region;
}

/** What follow-sources observes. */
export interface FollowFacts extends FollowSettings {
  /** The registry of the management account. An empty one changes nothing: it is more likely a fault than the truth. */
  readonly registry: readonly RegistryEntry[];
  /** The accounts that the vault has accepted so far. */
  readonly accepted: readonly RegistryEntry[];
  /** What operators decided. No limit delays an account that an operator accepted, and it does not count against the limit of
   * others. An evicted account is not followed, whatever the registry says. */
  readonly decisions?: readonly Decision[];
  readonly now: Date;
}
