import type { AccountAnswers } from '../../_kit/account-answers';
import type { TimeBudget } from '../../_kit/runtime/time-budget';
import type { FollowPorts } from './observe';
import type { FollowAction } from './plan';

/** How an action ended. `refused`: the account, or its topic, did not let the inbox subscribe: that is the account's answer. */
export interface Ending {
  readonly outcome: 'done' | 'refused';
  /** Name of the error. */
  readonly code?: string;
  readonly because?: string;
}

/** How long SNS may take to subscribe to one topic. */
const SUBSCRIBE_WITHIN_MS = 10_000;

/** Does one action; each may be repeated. */
export async function act(
  action: FollowAction,
  { sources, subscriptions }: FollowPorts,
  topics: AccountAnswers,
  time: TimeBudget,
): Promise<Ending> {
  if (action.do !== 'subscribe') {
    await sources.put(action.entry);
    return { outcome: 'done' };
  }
  const { account, region } = action;
  try {
    await time.within(SUBSCRIBE_WITHIN_MS, () => subscriptions.subscribe(account, region));
    topics.recordSuccess(account);
    return { outcome: 'done' };
  } catch (error) {
    const { code, because } = topics.recordFailure(account, error);
    return { outcome: 'refused', code, because };
  }
}
