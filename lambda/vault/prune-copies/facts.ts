import type { Retention } from '../../../src/contract/retention';
import type { Snapshot } from '../../_kit/ports/snapshots';

/** Settings of prune-copies, which its stack passes to it. */
export interface PruneSettings {
  readonly retention: Retention;
}

/** What is known of the time. */
export interface TimeFacts {
  /** The clock of the step. */
  readonly now: Date;
  /** The time by AWS's answers in this run; undefined when no answer gave one. */
  readonly awsTime?: Date;
  /** When the last run was that could trust the time; undefined before the first. */
  readonly lastRun?: Date;
  /** When an operator last confirmed the time, by the operator's clock. */
  readonly confirmed?: Date;
}

/** What prune-copies observes. */
export interface PruneFacts extends TimeFacts, PruneSettings {
  /** All manual snapshots in the vault, Checkvalve's and others. */
  readonly own: readonly Snapshot[];
  /** ARNs of the snapshots that other accounts share with the vault now: RDS vouches for the list. */
  readonly shared: ReadonlySet<string>;
  /** Databases whose source is certainly deleted, by ARN, and since when. */
  readonly deletedSources: ReadonlyMap<string, Date>;
}
