import { alertText } from '../../../src/enrolment/alerts';
import type { RegistryEntry } from '../../_kit/ports/registry';
import type { RolloutPorts } from './observe';
import type { RolloutAction } from './plan';

/** Does one action; each may be repeated. */
export async function act(action: RolloutAction, ports: RolloutPorts) {
  if (action.do === 'tell') {
    const { subject, message } = alertText(action.alert);
    await ports.alerts.tell(subject, message);
    return { outcome: 'done' };
  }
  const { written, failed } = await write(action.entries, ports);
  const accounts = written.map(({ account }) => account);
  if (action.do !== 'record' && accounts.length > 0) {
    const { rollout } = ports;
    if (action.do === 'repair') await rollout.repair(accounts, action.regions);
    // With RetainStacks: nothing in the account is touched.
    else await rollout.withdraw(accounts, action.regions, true);
  }
  if (failed) throw failed;
  return { outcome: action.do === 'record' ? 'done' : 'started' };
}

/** Writes each entry, whatever becomes of the others. */
async function write(entries: readonly RegistryEntry[], { registry }: RolloutPorts) {
  const written: RegistryEntry[] = [];
  let failed: unknown;
  for (const entry of entries) {
    try {
      await registry.change(entry);
      written.push(entry);
    } catch (error) {
      failed ??= error;
    }
  }
  return { written, failed };
}
