import type { AccountId } from '../../../src/contract/ids';
import type { Snapshots } from './snapshots';

/** The doors in the sources: what the vault may see there, and the one mark it may set. */
export interface Doors {
  /** The snapshots of a source, seen through its door. Opened once, when first used. */
  of(account: AccountId): Snapshots;
}
