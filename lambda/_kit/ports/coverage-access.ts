import type { AccountId, Region, SnapshotArn } from '../../../src/contract/ids';
import type { Hold } from '../../../src/contract/verdicts';
import type { BackupJobs } from './backup-jobs';
import type { Database, Databases } from './databases';
import type { SnapshotLists } from './snapshots';

/** Verdicts that a source remembers of its snapshots, beside the tags of these. */
export interface HeldSnapshots {
  readonly holds: ReadonlyMap<SnapshotArn, Hold>;
  /** Whether all of the table was read: how much is read of one account is limited. */
  readonly isWhole: boolean;
}

/** The policies of one account's keys. */
export interface KeyPolicies {
  /** Names of all policies of a key. */
  names(keyId: string): Promise<readonly string[]>;
  /** The text of the default policy of a key. */
  defaultPolicy(keyId: string): Promise<string>;
}

/** What the vault's coverage may see in a source. It can change nothing there. */
export interface SourceView {
  readonly databases: Databases;
  /** The databases of the same account in another Region; undefined where the account has not enabled the Region, or its
   * organization lets no principal use it. */
  databasesIn(region: Region): Promise<readonly Database[] | undefined>;
  readonly snapshots: SnapshotLists;
  readonly backups: BackupJobs;
  /** What the source remembers of its held snapshots. Written by the source: only what it could have meant is kept. */
  held(): Promise<HeldSnapshots>;
  readonly keyPolicies: KeyPolicies;
  /** How many messages a queue holds; fails where there is no such queue. */
  queueDepthOf(queue: string): Promise<number>;
}

/** The access roles in the sources through which coverage looks. */
export interface CoverageAccessRoles {
  /** What stands behind an access role. Opened when first looked through: each look may fail as the access role stays shut. The signal
   * ends the calls that are under way. */
  of(account: AccountId, signal?: AbortSignal): SourceView;
}
