import type { AccountId, Region } from '../../../src/contract/ids';
import type { Page } from './organization';

/**
 * How an instance fares, of all that StackSets may say. `running`: an operation is at one that is up to date. `pending`: it
 * is not up to date, and by its detailed status an operation should be at it. `outdated`: an operation passed over it.
 */
export type Standing = 'current' | 'running' | 'pending' | 'outdated' | 'failed' | 'inoperable' | 'suspended';

/** Where the tooling stands. */
export interface StackInstance {
  readonly account: AccountId;
  readonly region: Region;
  readonly standing: Standing;
  /** CloudFormation's words, where it has any. */
  readonly reason?: string;
  /** Status and detailed status in CloudFormation's words, unless it is current. */
  readonly detail?: string;
  /** The operation that touched it last. */
  readonly operation?: string;
  readonly drifted?: boolean;
}

/** The instances of the tooling's StackSet. What changes them refuses an empty list, and returns the operation's id. */
export interface StackInstances {
  /** Those of one account. */
  ofAccount(account: AccountId): Promise<readonly StackInstance[]>;
  /** The next part of all of them. */
  instances(from?: string): Promise<Page<StackInstance>>;
  /** Starts to make instances for exactly these accounts. */
  create(accounts: readonly AccountId[], regions: readonly Region[]): Promise<string>;
  /** Starts to remove them; with `retain` the stacks stay where they are and nobody looks after them any more. */
  withdraw(accounts: readonly AccountId[], regions: readonly Region[], retain: boolean): Promise<string>;
}

/** What became of an operation in one account and Region. */
export interface OperationResult extends StackInstance {}

/** An operation of the StackSet. */
export interface RolloutOperation {
  readonly id: string;
  /** `CREATE`, `UPDATE`, `DELETE`, `DETECT_DRIFT`, in CloudFormation's words. */
  readonly action: string;
  readonly ended: boolean;
}

/** Whether an operation of that action makes, changes or removes stacks. The detection of drift does not, and no action
 * that is new is taken to. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSetOperation.html */
export const rollsOut = (action: string): boolean => ['CREATE', 'UPDATE', 'DELETE'].includes(action);

/** The rollout, as its watcher sees it. */
export interface Rollout extends Pick<StackInstances, 'instances' | 'withdraw'> {
  /** The last operations, the newest first: all that run or are queued, and some that have ended. */
  recentOperations(): Promise<readonly RolloutOperation[]>;
  /** What an operation did; undefined when StackSets no longer knows it. */
  operationState(id: string): Promise<{ readonly action: string; readonly ended: boolean } | undefined>;
  /** The next part of what became of it. */
  results(operation: string, from?: string): Promise<Page<OperationResult>>;
  /** Starts to bring the instances of exactly these accounts up to date. */
  repair(accounts: readonly AccountId[], regions: readonly Region[]): Promise<string>;
  /** Twelve hexadecimal digits that name the StackSet's template. */
  templateVersion(): Promise<string>;
}
