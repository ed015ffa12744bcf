import type { AccountId } from '../../../src/contract/ids';
import { type Alert, alertText } from '../../../src/enrolment/alerts';
import type { RegistryEntry } from '../../_kit/ports/registry';
import type { EnrolmentPorts } from './observe';
import type { EnrolmentAction } from './plan';

/** Does one action; each may be repeated. */
export async function act(action: EnrolmentAction, ports: EnrolmentPorts) {
  switch (action.do) {
    case 'create-instances':
      return create(action, ports);
    case 'withdraw-instances': {
      const { accounts, regions, retain } = action;
      const operation = await ports.stackInstances.withdraw(accounts, regions, retain);
      await write(action.entries, ports);
      await tell(action.alert, ports);
      return { outcome: 'started', because: `operation ${operation}` };
    }
    case 'register':
      // Told first: an alert twice is better than none.
      if (action.alert) await tell(action.alert, ports);
      await write(action.entries, ports);
      return { outcome: 'done' };
    case 'tell-news':
      if (!(await ports.registry.isNews(action.about, action.alert.lines.join('\n')))) return { outcome: 'known' };
      await tell(action.alert, ports);
      return { outcome: 'done' };
  }
}

async function tell(alert: Alert, { alerts }: EnrolmentPorts): Promise<void> {
  const { subject, message } = alertText(alert);
  await alerts.tell(subject, message);
}

/** The entries come first: an account that is wanted and gets no tooling must be seen to have none. Whose entry could not
 * be written is left out: another run is at it, or the next one is. */
async function create(
  { accounts, regions, entries }: Extract<EnrolmentAction, { do: 'create-instances' }>,
  ports: EnrolmentPorts,
) {
  const unwritten = await tryToWrite(entries, ports);
  const ready = accounts.filter((account) => !unwritten.has(account));
  // An operation on nobody would be one on everybody.
  const operation = ready.length > 0 ? await ports.stackInstances.create(ready, regions) : 'none';
  throwFirst(unwritten);
  return { outcome: 'started', because: `operation ${operation}` };
}

/** Writes each entry, whatever becomes of the others; the first failure is thrown in the end. */
async function write(entries: readonly RegistryEntry[], ports: EnrolmentPorts): Promise<void> {
  throwFirst(await tryToWrite(entries, ports));
}

/** Writes each entry, and says of which accounts that failed, and why. */
async function tryToWrite(entries: readonly RegistryEntry[], { registry }: EnrolmentPorts) {
  const failed = new Map<AccountId, unknown>();
  const one = (entry: RegistryEntry) =>
    registry.change(entry).catch((error: unknown) => void failed.set(entry.account, error));
  await Promise.all(entries.map(one));
  return failed;
}

function throwFirst(failed: ReadonlyMap<AccountId, unknown>): void {
  for (const error of failed.values()) throw error;
}
