import type { AccountId } from '../../../src/contract/ids';
import type { Snapshots } from './snapshots';

/** The access roles in the sources: what the vault may see there, and the one mark it may set. */
export interface SnapshotAccessRoles {
  /** The snapshots of a source, seen through its access role. The signal ends the calls that are under way. */
  of(account: AccountId, signal?: AbortSignal): Snapshots;
}
