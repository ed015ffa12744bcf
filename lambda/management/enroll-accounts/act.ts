import type { AccountId } from '../../../src/contract/ids';
import { type Alert, alertText } from '../../../src/contract/management-alerts';
import type { RegistryEntry } from '../../_kit/ports/registry';
import { refusalAlert, refusalNews } from '../../_kit/refused-call';
import { failure } from '../../_kit/runtime/each';
import type { EnrollmentPorts } from './observe';
import type { EnrollmentAction } from './plan';

/** Does one action; each may be repeated. */
export async function act(action: EnrollmentAction, ports: EnrollmentPorts, now: Date) {
  switch (action.do) {
    case 'create-instances':
      return create(action, ports, now);
    case 'withdraw-instances': {
      const { accounts, regions, retain } = action;
      const withdraw = () => ports.stackInstances.withdraw(accounts, regions, retain);
      const operation = await started('DeleteStackInstances', accounts, withdraw, ports, now);
      await write(action.entries, ports);
      if (action.alert) await tell(action.alert, ports);
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

async function tell(alert: Alert, { alerts }: EnrollmentPorts): Promise<void> {
  const { subject, message, article } = alertText(alert);
  await alerts.publish(subject, message, article);
}

/** The entries come first: an account that is wanted and gets no tooling must be seen to have none. Whose entry could not
 * be written is left out: another run is at it, or the next one is. */
async function create(
  { accounts, regions, entries }: Extract<EnrollmentAction, { do: 'create-instances' }>,
  ports: EnrollmentPorts,
  now: Date,
) {
  const unwritten = await tryToWrite(entries, ports);
  const ready = accounts.filter((account) => !unwritten.has(account));
  // An operation on nobody would be one on everybody.
  const make = () => ports.stackInstances.create(ready, regions);
  const operation = ready.length > 0 ? await started('CreateStackInstances', ready, make, ports, now) : 'none';
  throwFirst(unwritten);
  return { outcome: 'started', because: `operation ${operation}` };
}

/** Starts an operation. A refusal counts nothing against an account: the queue tries again, and the next sweep. One that
 * persists is told as what it is, once a day. */
async function started(
  call: string,
  accounts: readonly AccountId[],
  start: () => Promise<string>,
  ports: EnrollmentPorts,
  now: Date,
): Promise<string> {
  try {
    return await start();
  } catch (error) {
    const since = await ports.registry.refusedSince(call, now);
    const [about, text] = refusalNews(call, now);
    const alert = refusalAlert({ call, because: failure(error), since, accounts }, now);
    if (alert && (await ports.registry.isNews(about, text))) await tell(alert, ports);
    throw error;
  }
}

/** Writes each entry, whatever becomes of the others; the first failure is thrown in the end. */
async function write(entries: readonly RegistryEntry[], ports: EnrollmentPorts): Promise<void> {
  throwFirst(await tryToWrite(entries, ports));
}

/** Writes each entry, and says of which accounts that failed, and why. */
async function tryToWrite(entries: readonly RegistryEntry[], { registry }: EnrollmentPorts) {
  const failed = new Map<AccountId, unknown>();
  const one = (entry: RegistryEntry) =>
    registry.change(entry).catch((error: unknown) => void failed.set(entry.account, error));
  await Promise.all(entries.map(one));
  return failed;
}

function throwFirst(failed: ReadonlyMap<AccountId, unknown>): void {
  for (const error of failed.values()) throw error;
}
