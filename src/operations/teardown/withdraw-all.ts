import type { Rollout, StackInstance } from '../../../lambda/_kit/ports/stack-instances';
import { CheckvalveError } from '../../contract/errors';
import { type Withdrawal, withdrawalsOf } from './withdrawals';

/** Waits for seconds: real time on AWS, virtual time in a rehearsal. */
export type Wait = (seconds: number) => Promise<void>;

/** The part of the StackSet port that a withdrawal needs. */
export type Withdrawable = Pick<Rollout, 'instances' | 'withdraw' | 'operationState'>;

/** The stack instances that still exist, and those that were removed while their stacks stay in the account. */
export interface Withdrawn {
  readonly remaining: readonly StackInstance[];
  readonly leftBehind: readonly StackInstance[];
}

/** Errors of a StackSet on which another operation is running; the withdrawal waits for it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStackInstances.html */
const CONFLICTS = ['InvalidOperationException', 'OperationInProgressException', 'StaleRequestException'];
const PAUSE_SECONDS = 30;
const MAX_PAUSES = 720;
const MAX_ROUNDS = 3;

/** All stack instances; none if the StackSet does not exist. */
export async function allInstances(stackSet: Pick<Rollout, 'instances'>): Promise<StackInstance[]> {
  const found: StackInstance[] = [];
  let from: string | undefined;
  try {
    do {
      const page = await stackSet.instances(from);
      for (const one of page.items) found.push(one);
      from = page.next;
    } while (from);
  } catch (error) {
    if (error instanceof Error && error.name === 'StackSetNotFoundException') return [];
    throw error;
  }
  return found;
}

/**
 * Withdraws every stack instance, and waits for each operation before it starts the next. Failed withdrawals are repeated:
 * instances of an account that is out of reach are removed while their stacks stay in the account.
 * @throws CheckvalveError `AWS_CALL_FAILED` when an operation, or one that conflicts with it, does not end within six hours
 */
export async function withdrawAll(stackSet: Withdrawable, wait: Wait): Promise<Withdrawn> {
  const leftBehind: StackInstance[] = [];
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const instances = await allInstances(stackSet);
    if (instances.length === 0) break;
    for (const withdrawal of withdrawalsOf(instances)) {
      const operation = await started(stackSet, withdrawal, wait);
      await ended(stackSet, operation, wait);
    }
    for (const one of instances.filter(({ standing: how }) => how === 'inoperable' || how === 'suspended'))
      leftBehind.push(one);
  }
  const remaining = await allInstances(stackSet);
  const remain = new Set(remaining.map(({ account, region }) => `${account} ${region}`));
  return { remaining, leftBehind: leftBehind.filter(({ account, region }) => !remain.has(`${account} ${region}`)) };
}

async function started(stackSet: Withdrawable, { accounts, regions, retain }: Withdrawal, wait: Wait): Promise<string> {
  for (let pause = 0; pause < MAX_PAUSES; pause += 1) {
    try {
      return await stackSet.withdraw(accounts, regions, retain);
    } catch (error) {
      if (!(error instanceof Error && CONFLICTS.includes(error.name))) throw error;
      await wait(PAUSE_SECONDS);
    }
  }
  throw tooLong('Other operations have occupied the StackSet');
}

async function ended(stackSet: Withdrawable, operation: string, wait: Wait): Promise<void> {
  for (let pause = 0; pause < MAX_PAUSES; pause += 1) {
    if ((await stackSet.operationState(operation))?.ended !== false) return;
    await wait(PAUSE_SECONDS);
  }
  throw tooLong(`Operation ${operation} has not ended`);
}

const tooLong = (what: string): CheckvalveError =>
  new CheckvalveError(
    'AWS_CALL_FAILED',
    `${what} for six hours`,
    'Check the operations of the StackSet source-tooling, then run checkvalve teardown --yes again; it continues where it stopped.',
  );
