import type { AccountId, KeyArn, SnapshotArn } from '../../../src/contract/ids';
import type { CopyLimits } from '../../_kit/copies';
import type { Remembered } from '../../_kit/ports/export-memory';
import type { Snapshot } from '../../_kit/ports/snapshots';

/** Settings of export-snapshots, which its stack passes to it. */
export interface ExportSettings {
  readonly exportKey: KeyArn;
  /** Ids of keys that the export key has replaced: a snapshot that is tagged with one of them is exported, under the export key. */
  readonly previousKeyIds?: readonly string[];
  readonly vaultAccount: AccountId;
  /** The tag of a production database; AWS Backup copies it to the snapshot. */
  readonly databaseTag: { readonly key: string; readonly value: string };
  readonly limits: CopyLimits;
}

/** The facts from which export-snapshots plans. */
export interface ExportFacts extends ExportSettings {
  /** Every snapshot of the account in the Region. */
  readonly snapshots: readonly Snapshot[];
  /** What earlier runs recorded about snapshots of AWS Backup and RDS. */
  readonly memory: ReadonlyMap<SnapshotArn, Remembered>;
  /** Names of the snapshots in the events of this run. */
  readonly reported: ReadonlySet<string>;
  readonly now: Date;
}
