import type { AccountId, Region, SnapshotArn } from '../../../src/contract/ids';
import type { Hold } from '../../../src/contract/verdicts';
import type { BackupJobs } from './backup-jobs';
import type { Database, Databases } from './databases';
import type { SnapshotLists } from './snapshots';

/** Verdicts on snapshots in a source's table of exports, beside their tags. */
export interface HeldSnapshots {
  readonly holds: ReadonlyMap<SnapshotArn, Hold>;
  /** Whether the whole table was read: the number of pages of one account is limited. */
  readonly isWhole: boolean;
}

/** The policies of one account's keys. */
export interface KeyPolicies {
  /** Names of all policies of a key. */
  names(keyId: string): Promise<readonly string[]>;
  /** The text of the default policy of a key. */
  defaultPolicy(keyId: string): Promise<string>;
}

/** What report-coverage reads in a source. It can change nothing there. */
export interface SourceView {
  readonly databases: Databases;
  /** The databases of the same account in another Region; undefined where the account has not enabled the Region, or its
   * organization denies it. */
  databasesIn(region: Region): Promise<readonly Database[] | undefined>;
  readonly snapshots: SnapshotLists;
  readonly backups: BackupJobs;
  /** The verdicts in the source's table of exports. The source writes them: only well-formed ones are kept. */
  held(): Promise<HeldSnapshots>;
  readonly keyPolicies: KeyPolicies;
  /** How many messages a queue holds; fails where there is no such queue. */
  queueDepthOf(queue: string): Promise<number>;
}

/** The access roles in the sources that report-coverage assumes. */
export interface CoverageAccessRoles {
  /** What an access role shows. The first call assumes the role: each call may fail because the account denies access. The signal
   * ends the calls that still run. */
  of(account: AccountId, signal?: AbortSignal): SourceView;
}
