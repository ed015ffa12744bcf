import { isRefusal } from '../../_kit/refusals';
import { failure } from '../../_kit/runtime/each';
import type { FollowPorts } from './observe';
import type { FollowAction } from './plan';

/** How an action ended. `refused`: the account, or its topic, did not let the inbox subscribe: that is the account's answer. */
export interface Ending {
  readonly outcome: 'done' | 'refused';
  /** Name of an error that is no plain refusal: when all accounts give the same one, the fault is ours. */
  readonly error?: string;
  readonly because?: string;
}

/** Does one action; each may be repeated. */
export async function act(action: FollowAction, { sources, subscriptions }: FollowPorts): Promise<Ending> {
  if (action.do !== 'subscribe') {
    await sources.put(action.entry);
    return { outcome: 'done' };
  }
  try {
    await subscriptions.subscribe(action.account, action.region);
    return { outcome: 'done' };
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    return { outcome: 'refused', error: isRefusal(error) ? undefined : name, because: failure(error) };
  }
}
