import type { SnapshotArn } from '../../../src/contract/ids';

/** What is remembered of a snapshot that AWS Backup or RDS made. */
export interface Remembered {
  /** When the vault had it, ISO 8601: it is not exported again. */
  readonly copiedAt?: string;
  /** A verdict, as `holdTag` writes it: see src/contract/verdicts.ts. */
  readonly held?: string;
  /** When the memory may be forgotten. */
  readonly expiresAt: Date;
}

/** What export-snapshots remembers of the snapshots of one account and Region. */
export interface ExportMemory {
  /** Everything remembered, the latest writes included. Reads all pages. */
  all(): Promise<ReadonlyMap<SnapshotArn, Remembered>>;
  /** Adds facts about a snapshot, or overwrites them; facts left out stay. Safe to call twice. */
  remember(snapshot: SnapshotArn, facts: Remembered): Promise<void>;
}
