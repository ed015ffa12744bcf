import type { SnapshotArn } from '../../../src/contract/ids';

/** The topic on which a source notifies the vault of its export copies. */
export interface Notifications {
  /** Says that there is an export copy. Safe to call twice: a doorbell may ring twice. */
  notify(copy: SnapshotArn): Promise<void>;
}
