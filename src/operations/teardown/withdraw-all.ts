import type { Rollout, StackInstance } from '../../../lambda/_kit/ports/stack-instances';
import { CheckvalveError } from '../../contract/errors';
import { type Withdrawal, withdrawalsOf } from './withdrawals';

/** Lets time pass, in seconds: real time on AWS, virtual time in a rehearsal. */
export type Wait = (seconds: number) => Promise<void>;

/** What of the StackSet a withdrawal needs. */
export type Withdrawable = Pick<Rollout, 'instances' | 'withdraw' | 'operationState'>;

/** What came of it: the instances that still stand, and those whose stacks were left where they are. */
export interface Withdrawn {
  readonly standing: readonly StackInstance[];
  readonly leftBehind: readonly StackInstance[];
}

/** Another operation is on its way: it is waited for.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStackInstances.html */
const CONFLICTS = ['InvalidOperationException', 'OperationInProgressException', 'StaleRequestException'];
const PAUSE_SECONDS = 30;
const MOST_PAUSES = 720;
const MOST_ROUNDS = 3;

/** All instances; none where the StackSet is gone already. */
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
 * Withdraws every instance, and waits for each operation before it starts the next. What failed is tried again: an account
 * that turned out to be beyond reach is let go of with its stack left behind.
 * @throws CheckvalveError `AWS_CALL_FAILED` when an operation does not end, or what conflicts does not give way, in six hours
 */
export async function withdrawAll(stackSet: Withdrawable, wait: Wait): Promise<Withdrawn> {
  const leftBehind: StackInstance[] = [];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const standing = await allInstances(stackSet);
    if (standing.length === 0) break;
    for (const withdrawal of withdrawalsOf(standing)) {
      const operation = await started(stackSet, withdrawal, wait);
      await ended(stackSet, operation, wait);
    }
    for (const one of standing.filter(({ standing: how }) => how === 'inoperable' || how === 'suspended'))
      leftBehind.push(one);
  }
  const standing = await allInstances(stackSet);
  const stands = new Set(standing.map(({ account, region }) => `${account} ${region}`));
  return { standing, leftBehind: leftBehind.filter(({ account, region }) => !stands.has(`${account} ${region}`)) };
}

async function started(stackSet: Withdrawable, { accounts, regions, retain }: Withdrawal, wait: Wait): Promise<string> {
  for (let pause = 0; pause < MOST_PAUSES; pause += 1) {
    try {
      return await stackSet.withdraw(accounts, regions, retain);
    } catch (error) {
      if (!(error instanceof Error && CONFLICTS.includes(error.name))) throw error;
      await wait(PAUSE_SECONDS);
    }
  }
  throw tooLong('Other operations keep the StackSet busy');
}

async function ended(stackSet: Withdrawable, operation: string, wait: Wait): Promise<void> {
  for (let pause = 0; pause < MOST_PAUSES; pause += 1) {
    if ((await stackSet.operationState(operation))?.ended !== false) return;
    await wait(PAUSE_SECONDS);
  }
  throw tooLong(`Operation ${operation} has not ended`);
}

const tooLong = (what: string): CheckvalveError =>
  new CheckvalveError(
    'AWS_CALL_FAILED',
    `${what} for six hours`,
    'Look at the operations of the StackSet source-tooling; then run teardown again: it goes on where it stopped.',
  );
