import type { FollowPorts } from './observe';
import type { FollowAction } from './plan';

/** Does one action; each may be repeated. */
export async function act(action: FollowAction, { sources, subscriptions }: FollowPorts) {
  if (action.do === 'subscribe') await subscriptions.subscribe(action.account, action.region);
  else await sources.put(action.entry);
  return { outcome: 'done' };
}
