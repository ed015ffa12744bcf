import type { AccountId } from '../../../src/contract/ids';
import type { RegistryEntry } from '../../_kit/ports/registry';
import type { StackInstance } from '../../_kit/ports/stack-instances';

/** A part of a listing: of an operation's results, or of all instances. It is the message of the step's queue. */
export interface ListingPart {
  /** The cell of the StackSet. Absent in a message of an earlier release: the first. */
  readonly cell?: string;
  /** Id of the operation; undefined for the listing of all instances. */
  readonly operation?: string;
  /** Id of the run to which the parts belong. */
  readonly run: string;
  /** Number of the part, from 0. */
  readonly part: number;
  /** Token with which the listing continues. */
  readonly from?: string;
}

/** The facts from which watch-rollout plans: the instances of one part, and the registry entries of their
 * accounts. An account of another cell, or one that moves to another, has no entry here: its instances are left as they are. */
export interface RolloutFacts {
  readonly instances: readonly StackInstance[];
  readonly entries: ReadonlyMap<AccountId, RegistryEntry>;
  /** Version of the StackSet's current template. */
  readonly version: string;
  /** Whether a repair may be repeated in this run: only in hourly runs, so that an hour lies between two repairs. */
  readonly mayRepair: boolean;
  /** Whether an operation that creates, updates or deletes stacks runs or is queued. */
  readonly isRollingOut: boolean;
  readonly now: Date;
}

/** One observed part: the facts, the removals that failed, and the token of the next part. */
export interface ObservedPart {
  readonly facts: RolloutFacts;
  readonly notRemoved: readonly StackInstance[];
  readonly next?: string;
}
