import type { AccountId } from '../../../src/contract/ids';
import type { BackupJobs } from './backup-jobs';
import type { Databases } from './databases';
import type { SnapshotLists } from './snapshots';

/** What the vault's coverage may see in a source. It can change nothing there. */
export interface SourceView {
  readonly databases: Databases;
  readonly snapshots: SnapshotLists;
  readonly backups: BackupJobs;
  /** How many messages a queue holds; fails where there is no such queue. */
  depthOf(queue: string): Promise<number>;
}

/** The doors in the sources through which coverage looks. */
export interface CoverageDoors {
  /** What stands behind a door. Opened when first looked through: each look may fail as the door stays shut. */
  of(account: AccountId): SourceView;
}
