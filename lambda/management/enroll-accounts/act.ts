import type { EnrolmentPorts } from './observe';
import type { EnrolmentAction } from './plan';

/** Does one action; each may be repeated. */
export async function act(action: EnrolmentAction, { stackInstances, registry }: EnrolmentPorts) {
  if (action.do === 'register') {
    await registry.put(action.entry);
    return { outcome: 'done' };
  }
  const operation = await stackInstances.create(action.accounts, action.regions);
  return { outcome: 'started', because: `operation ${operation}` };
}
