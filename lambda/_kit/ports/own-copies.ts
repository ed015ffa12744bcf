import type { AccountId } from '../../../src/contract/ids';
import type { Snapshot } from './snapshots';

/** What the index of the vault's copies has about one snapshot of the vault. */
export interface CopyRecord {
  /** As RDS described it when the record was written, with the tags that plans read. */
  readonly copy: Snapshot;
  /** The export copy is marked as imported: no access role has to be assumed for it. */
  readonly isMarked: boolean;
  /** When the record was written. */
  readonly at: Date;
  /** RDS has no such snapshot. */
  readonly isGone?: boolean;
}

/** The index as a run reads it. It may be stale or wrong: what follows from it is safe either way. */
export interface OwnCopiesIndex {
  readonly records: readonly CopyRecord[];
  /** When the listing began on which it is based. */
  readonly listedAt: Date;
  /** Accounts that the vault followed at that time. */
  readonly followed: readonly AccountId[];
  /** Shared snapshots wait for a slot: a copy that finishes may let one start. */
  readonly hasWaiting: boolean;
}

/** One reading of the index and of the table of sources. */
export interface OwnCopiesReading {
  /** Undefined where there is no index, or none that can be read. */
  readonly index?: OwnCopiesIndex;
  /** Of the accounts that were asked for, those that the vault follows: accepted, not left, and not evicted by an operator. */
  readonly followed: ReadonlySet<AccountId>;
}

/**
 * The index of the vault's own snapshots: a full listing from time to time, and every change since. Two runs at once lose no
 * change.
 */
export interface OwnCopies {
  /** Reads the index, and whether the vault follows these accounts. */
  read(accounts: readonly AccountId[]): Promise<OwnCopiesReading>;
  /** Adds changes; nothing where there is no index. Returns whether shared snapshots wait; sets it where it is given. */
  record(changes: readonly CopyRecord[], hasWaiting?: boolean): Promise<{ readonly hasWaiting: boolean }>;
  /** Replaces the index by a listing that began at `listedAt`. Changes that were recorded since stay. */
  replace(listing: Omit<OwnCopiesIndex, 'hasWaiting'>, hasWaiting: boolean): Promise<void>;
}
