import type { DatabaseArn, KeyArn, Kind, SnapshotArn } from '../../../src/contract/ids';

/** A snapshot of an instance or a cluster. */
export interface Snapshot {
  readonly arn: SnapshotArn;
  readonly kind: Kind;
  /** Last part of the ARN, `awsbackup:` included. */
  readonly name: string;
  /** The status that RDS gives: `creating`, `copying`, `available`, `failed`, … */
  readonly status: string;
  /** Whether RDS calls it `manual`, `awsbackup`, `automated` or `shared`. Clusters' snapshots of AWS Backup are `manual`. */
  readonly type: string;
  /** The database it was taken of. */
  readonly database: DatabaseArn;
  /** Stable id of that database, where RDS gives it. */
  readonly resourceId?: string;
  readonly engine: string;
  readonly engineVersion?: string;
  readonly encrypted: boolean;
  readonly kmsKeyArn?: KeyArn;
  /** When this snapshot was made; undefined while RDS has not begun. */
  readonly createdAt?: Date;
  /** When the data was taken, where RDS knows it (it does not for copies of cluster snapshots). */
  readonly takenAt?: Date;
  readonly sizeGiB: number;
  /** Empty for a snapshot of another account: RDS does not show its tags. */
  readonly tags: ReadonlyMap<string, string>;
}

/** An order to copy a snapshot. */
export interface CopyOrder {
  readonly source: SnapshotArn;
  readonly kind: Kind;
  readonly name: string;
  readonly key: KeyArn;
  readonly tags: Readonly<Record<string, string>>;
  /** Option group of this account for the copy, where RDS asks for one. */
  readonly optionGroup?: string;
}

/**
 * The answer to an order to copy.
 * `wait`: as many copies as RDS allows are in flight. `full`: as many manual snapshots as the quota allows exist.
 * `key`: a key could not be used. `gone`: the source does not exist, or is not shared. `options`: RDS asks for an option
 * group that this account does not have. `refused`: RDS does not copy this snapshot as it is, and says why.
 */
export type CopyOutcome =
  | { readonly kind: 'started' | 'already-there' | 'gone' }
  | { readonly kind: 'wait' | 'full' | 'key' | 'options' | 'refused'; readonly because: string };

/** The answer to an order to share. `refused`: RDS never shares this snapshot, as with TDE and other permanent options. `wait`: not
 * in its present state. `full`: it is shared with as many accounts as RDS allows. `gone`: it does not exist. */
export type ShareOutcome =
  | { readonly kind: 'shared' | 'gone' }
  | { readonly kind: 'refused' | 'wait' | 'full'; readonly because: string };

/** The snapshots of one account and Region, to read. */
export interface SnapshotLists {
  /** Every snapshot the account itself has, of whatever type, with its tags. Reads all pages. */
  own(): Promise<readonly Snapshot[]>;
  /** Every manual snapshot the account itself has, with its tags; none that AWS Backup made. Reads all pages. */
  manual(): Promise<readonly Snapshot[]>;
  /** Every snapshot that another account shares with this one, without tags. Reads all pages. */
  shared(): Promise<readonly Snapshot[]>;
}

/** Parts of the account's own snapshots, for a run that knows what it looks for. */
export interface SnapshotSearch {
  /** The account's own snapshots of a kind with these names, with their tags, in one call for up to a hundred names. A name
   * without a snapshot is left out. */
  find(kind: Kind, names: readonly string[]): Promise<readonly Snapshot[]>;
  /** The account's own manual and automated snapshots of a kind, with their tags; of clusters, all. Reads all pages. */
  ofKind(kind: Kind): Promise<readonly Snapshot[]>;
  /** The account's own manual snapshots of a kind and those of AWS Backup, with their tags, in one listing. Reads all pages. It may
   * lack those of AWS Backup. */
  withBackups(kind: Kind): Promise<readonly Snapshot[]>;
}

/** The snapshots of one account and Region. */
export interface Snapshots extends SnapshotLists {
  /** Starts a copy. Safe to call twice. */
  copy(order: CopyOrder): Promise<CopyOutcome>;
  /** Allows exactly this account to restore and copy a manual snapshot. Safe to call twice. */
  share(snapshot: Pick<Snapshot, 'arn' | 'kind' | 'name'>, account: string): Promise<ShareOutcome>;
  /** Adds tags, or overwrites them. */
  tag(snapshot: SnapshotArn, tags: Readonly<Record<string, string>>): Promise<void>;
  /** Deletes a manual snapshot. Safe to call twice. */
  remove(snapshot: Snapshot): Promise<void>;
}
