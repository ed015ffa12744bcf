import type { AccountId } from '../../../src/contract/ids';
import { type Alert, alertText } from '../../../src/contract/management-alerts';
import { alertRefusedCall } from '../../_kit/refused-call';
import { throwFirst, tryToWriteEntries, writeEntries } from '../../_kit/registry-writes';
import { failure } from '../../_kit/runtime/each';
import type { EnrollmentAction } from './enrollment-action';
import type { EnrollmentPorts } from './observe';

/** Performs one action. Safe to repeat. */
export async function act(action: EnrollmentAction, ports: EnrollmentPorts, now: Date) {
  switch (action.do) {
    case 'create-instances':
      return createInstances(action, ports, now);
    case 'withdraw-instances': {
      const { cell, accounts, regions, retain } = action;
      const start = () => ports.stackInstances(cell).withdraw(accounts, regions, retain);
      const operation = await startOperation('DeleteStackInstances', accounts, start, ports, now);
      await writeEntries(action.entries, ports.registry);
      if (action.alert) await sendAlert(action.alert, ports);
      return { outcome: 'started', because: `operation ${operation}` };
    }
    case 'record':
      // The alert is sent first: after a crash in between, a second alert is better than none.
      if (action.alert) await sendAlert(action.alert, ports);
      await writeEntries(action.entries, ports.registry);
      return { outcome: 'done' };
    case 'alert-once':
      if (!(await ports.registry.recordAlert(action.key, action.alert.lines.join('\n')))) return { outcome: 'known' };
      await sendAlert(action.alert, ports);
      return { outcome: 'done' };
  }
}

async function sendAlert(alert: Alert, { alerts }: EnrollmentPorts): Promise<void> {
  const { subject, message, article } = alertText(alert);
  await alerts.publish(subject, message, article);
}

/** The entries are written first: an account that is to get the tooling and does not must be visible in the registry. An account
 * whose entry cannot be written is left out, because another run is changing it, or the next run will. */
async function createInstances(
  { cell, accounts, regions, entries }: Extract<EnrollmentAction, { do: 'create-instances' }>,
  ports: EnrollmentPorts,
  now: Date,
) {
  const failed = await tryToWriteEntries(entries, ports.registry);
  const current = await ports.registry.of(accounts);
  // An account that an operator began to move since it was observed must not get the tooling of its old cell again.
  const isOfCell = (account: AccountId) => !current.get(account)?.moving && current.get(account)?.cell === cell;
  const written = accounts.filter((account) => !failed.has(account) && isOfCell(account));
  const start = () => ports.stackInstances(cell).create(written, regions);
  // An empty `Accounts` list would target the whole OU.
  const operation =
    written.length > 0 ? await startOperation('CreateStackInstances', written, start, ports, now) : 'none';
  throwFirst(failed);
  return { outcome: 'started', because: `operation ${operation}` };
}

/** Starts an operation. A refusal does not count against the accounts: the queue retries, and so does the next sweep. A refusal
 * that persists is alerted once a day, as a refusal of the call. */
async function startOperation(
  call: string,
  accounts: readonly AccountId[],
  start: () => Promise<string>,
  ports: EnrollmentPorts,
  now: Date,
): Promise<string> {
  try {
    return await start();
  } catch (error) {
    await alertRefusedCall({ call, because: failure(error), accounts }, ports, now);
    throw error;
  }
}
