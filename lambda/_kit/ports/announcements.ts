import type { SnapshotArn } from '../../../src/contract/ids';

/** The topic on which a source announces its export copies. */
export interface Announcements {
  /** Says that there is an export copy. Safe to call twice: a doorbell may ring twice. */
  announce(copy: SnapshotArn): Promise<void>;
}
