import type { AccountId } from '../../../src/contract/ids';
import type { Snapshot } from '../../_kit/ports/snapshots';

/** A shared snapshot that could be copied now. */
export interface DueSnapshot {
  readonly snapshot: Snapshot;
  readonly account: AccountId;
  /** Its data is older than what the vault has of the database. */
  readonly isOlder?: boolean;
}
