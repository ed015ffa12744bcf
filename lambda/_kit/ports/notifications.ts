import type { SnapshotArn } from '../../../src/contract/ids';

/** The topic on which a source notifies the vault of its export copies. */
export interface Notifications {
  /** Notifies the vault of an export copy. Safe to call twice. */
  notify(copy: SnapshotArn): Promise<void>;
}
