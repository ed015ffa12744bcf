import type { AccountId } from '../../../src/contract/ids';
import type { Hold, VerdictCode } from '../../../src/contract/verdicts';
import type { NO_SLOT } from '../../_kit/copies';
import type { CopyOrder, Snapshot } from '../../_kit/ports/snapshots';

/** One action of export-snapshots. */
export type ExportAction =
  | {
      readonly do: 'copy';
      readonly order: CopyOrder;
      readonly snapshot: Snapshot;
      /** Keys of the snapshot's tags for which the copy has no room. */
      readonly dropped: readonly string[];
    }
  /** Share the copy with the vault, notify the vault, and record both. */
  | { readonly do: 'publish'; readonly copy: Snapshot; readonly vaultAccount: AccountId; readonly source?: Snapshot }
  /** The vault has imported the copy: record that for `source`, if it still exists, and delete the copy. */
  | { readonly do: 'retire'; readonly copy: Snapshot; readonly source?: Snapshot; readonly importedAt: string }
  /** The vault is refused this copy, and a younger snapshot of the database needs its place: record for `source`, from which it can
   * be made again, when the next try is due, and delete the copy. */
  | {
      readonly do: 'give-way';
      readonly copy: Snapshot;
      readonly source: Snapshot;
      readonly hold: Hold;
      /** Other held copies of the database, with the hold that records for the vault that the database had an alert. */
      readonly successors: ReadonlyArray<{ readonly copy: Snapshot; readonly hold: Hold }>;
    }
  /** Delete a failed copy. */
  | { readonly do: 'clear'; readonly copy: Snapshot }
  /** The snapshot of a failed copy was deleted: log an alert, and record it on the copy, where the vault reads it. */
  | { readonly do: 'note-deleted'; readonly copy: Snapshot }
  /** Renew the entry of an existing snapshot in the memory. */
  | { readonly do: 'renew'; readonly snapshot: Snapshot; readonly expiresAt: Date }
  /** Log an alert, once a day for each database, and record it for `snapshot`. */
  | { readonly do: 'alert'; readonly snapshot: Snapshot; readonly code: VerdictCode }
  /** Log an alert about a snapshot for which the step may record nothing. */
  | { readonly do: 'log-alert'; readonly snapshot: Snapshot; readonly code: VerdictCode };

/** A snapshot that this run does not copy, and why. */
export interface SkippedSnapshot {
  readonly snapshot: Snapshot;
  readonly because:
    | 'not-of-aws-backup'
    | 'copied-from-another-region'
    | 'not-a-production-database'
    | 'tagged-for-another-key'
    | 'already-exported'
    | 'not-available-yet'
    | 'earlier-copy-in-flight'
    | 'waiting-for-vault'
    | 'older-copy-waiting-for-vault'
    | typeof NO_SLOT
    | 'export-part-of-quota-used'
    | VerdictCode;
}
