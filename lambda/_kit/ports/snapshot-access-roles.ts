import type { AccountId } from '../../../src/contract/ids';
import type { Snapshots } from './snapshots';

/** The access roles in the sources: what the vault may read there, and the tags that it may set. */
export interface SnapshotAccessRoles {
  /** The snapshots of a source, through its access role. The signal ends the calls that still run. */
  of(account: AccountId, signal?: AbortSignal): Snapshots;
}
