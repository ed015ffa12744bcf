import type { AccountAnswers } from '../../_kit/account-answers';
import { isNotBegun, type TimeBudget } from '../../_kit/runtime/time-budget';
import type { FollowPorts } from './observe';
import type { FollowAction } from './plan';

/** What the actions of one run share. */
export interface FollowRun {
  readonly ports: Pick<FollowPorts, 'sources' | 'subscriptions'>;
  /** How the topics of the accounts answered. */
  readonly topics: AccountAnswers;
  /** The time for all subscriptions. */
  readonly time: TimeBudget;
}

/** How an action ended. `refused`: the account, or its topic, does not allow the subscription: that is the account's answer.
 * `postponed`: the run had no time left, and the topic was not called. */
export interface FollowOutcome {
  readonly outcome: 'done' | 'refused' | 'postponed';
  /** Name of the error. */
  readonly code?: string;
  readonly because?: string;
}

/** How long SNS may take to subscribe to one topic. */
const MAX_TOPIC_MS = 10_000;

/** Performs one action. Safe to repeat. */
export async function act(action: FollowAction, { ports, topics, time }: FollowRun): Promise<FollowOutcome> {
  const { sources, subscriptions } = ports;
  if (action.do !== 'subscribe') {
    await sources.put(action.entry);
    return { outcome: 'done' };
  }
  const { account, region } = action;
  try {
    await time.within(MAX_TOPIC_MS, () => subscriptions.subscribe(account, region));
    topics.recordSuccess(account);
    return { outcome: 'done' };
  } catch (error) {
    if (isNotBegun(error)) return { outcome: 'postponed' };
    const { code, because } = topics.recordFailure(account, error);
    return { outcome: 'refused', code, because };
  }
}
