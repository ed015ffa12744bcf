import { type Alert, alertText } from '../../../src/enrolment/alerts';
import type { RegistryEntry } from '../../_kit/ports/registry';
import type { EnrolmentPorts } from './observe';
import type { EnrolmentAction } from './plan';

/** Does one action; each may be repeated. */
export async function act(action: EnrolmentAction, ports: EnrolmentPorts) {
  switch (action.do) {
    case 'create-instances': {
      const operation = await ports.stackInstances.create(action.accounts, action.regions);
      await write(action.entries, ports);
      return { outcome: 'started', because: `operation ${operation}` };
    }
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

/** Writes each entry, whatever becomes of the others; the first failure is thrown in the end. */
async function write(entries: readonly RegistryEntry[], { registry }: EnrolmentPorts): Promise<void> {
  const ended = await Promise.allSettled(entries.map((entry) => registry.change(entry)));
  const failed = ended.find((one): one is PromiseRejectedResult => one.status === 'rejected');
  if (failed) throw failed.reason;
}
