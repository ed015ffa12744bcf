import type { AccountId, Region } from '../../../src/contract/ids';
import type { Page } from './organization';

/**
 * Status of a stack instance. `running`: an operation works on one that is up to date. `pending`: it is not up to date, and by its
 * detailed status an operation should work on it. `outdated`: an operation left it out.
 */
export type Standing = 'current' | 'running' | 'pending' | 'outdated' | 'failed' | 'inoperable' | 'suspended';

/** A stack instance of the tooling. */
export interface StackInstance {
  readonly account: AccountId;
  readonly region: Region;
  readonly standing: Standing;
  /** The reason that CloudFormation gives, if any. */
  readonly reason?: string;
  /** CloudFormation's status and detailed status, unless it is current. */
  readonly detail?: string;
  /** The last operation on it. */
  readonly operation?: string;
  readonly drifted?: boolean;
}

/** The instances of the tooling's StackSet. What changes them refuses an empty list, and returns the operation's id. */
export interface StackInstances {
  /** Those of one account. */
  ofAccount(account: AccountId): Promise<readonly StackInstance[]>;
  /** The next page of all of them. */
  instances(from?: string): Promise<Page<StackInstance>>;
  /** Starts to make instances for exactly these accounts. */
  create(accounts: readonly AccountId[], regions: readonly Region[]): Promise<string>;
  /** Starts to delete them; with `retain` the stacks stay and no StackSet manages them any more. */
  withdraw(accounts: readonly AccountId[], regions: readonly Region[], retain: boolean): Promise<string>;
}

/** The result of an operation in one account and Region. */
export interface OperationResult extends StackInstance {}

/** An operation of the StackSet. */
export interface RolloutOperation {
  readonly id: string;
  /** `CREATE`, `UPDATE`, `DELETE` or `DETECT_DRIFT`. */
  readonly action: string;
  readonly ended: boolean;
}

/** Whether an operation of that action makes, changes or removes stacks. The detection of drift does not, and an unknown
 * action does not count as one. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSetOperation.html */
export const rollsOut = (action: string): boolean => ['CREATE', 'UPDATE', 'DELETE'].includes(action);

/** The rollout, as watch-rollout reads it. */
export interface Rollout extends Pick<StackInstances, 'instances' | 'withdraw'> {
  /** The last operations, the newest first: all that run or wait, and some that have ended. */
  recentOperations(): Promise<readonly RolloutOperation[]>;
  /** The state of an operation; undefined when StackSets no longer knows it. */
  operationState(id: string): Promise<{ readonly action: string; readonly ended: boolean } | undefined>;
  /** The next page of its results. */
  results(operation: string, from?: string): Promise<Page<OperationResult>>;
  /** Starts to bring the instances of exactly these accounts up to date. */
  repair(accounts: readonly AccountId[], regions: readonly Region[]): Promise<string>;
  /** Twelve hexadecimal digits that name the StackSet's template. */
  templateVersion(): Promise<string>;
}
