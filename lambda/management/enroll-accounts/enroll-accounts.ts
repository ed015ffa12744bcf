import type { EnrollmentSettings } from '../../../src/contract/enrollment-settings';
import { isAccountId } from '../../../src/contract/ids';
import type { Log } from '../../_kit/ports/log';
import { failure } from '../../_kit/runtime/each';
import { eachMessage, queueMessages, type Unfinished } from '../../_kit/runtime/queue-event';
import { look } from './look';
import type { EnrollmentPorts } from './observe';
import { askForSweep, sweepOn } from './sweep';
import { wakeUp } from './wake-up';

/** One run of the step, for an event, the daily wake-up, or a message of its own queue. Safe to run at any time, twice, or
 * after a run that was cut off. */
export async function enrollAccounts(
  event: unknown,
  ports: EnrollmentPorts,
  settings: EnrollmentSettings,
  now: Date,
  log: Log,
): Promise<Unfinished> {
  const step = { ports, settings, now, log };
  const messages = queueMessages(event);
  if (messages) return eachMessage(messages, ports.queue, log, (body) => read(body, step));
  const woken = wakeUp(event);
  log('step.woken', woken);
  if (woken.look === 'everything') {
    await askForSweep(step);
  } else if (woken.accounts.length > 0) {
    await lookOrQueue(woken, event, step);
  }
  return { batchItemFailures: [] };
}

type Step = Parameters<typeof askForSweep>[0];

/** An event comes once. What cannot be done now is left to the queue, which tries again, later and later. */
async function lookOrQueue(
  { accounts, by }: Extract<ReturnType<typeof wakeUp>, { readonly look: 'accounts' }>,
  event: unknown,
  { ports, settings, now, log }: Step,
): Promise<void> {
  const sights = accounts.map((account) => ({ account }));
  try {
    await look(sights, { ports, settings, now, log, by, withdrawals: 'none' });
  } catch (error) {
    log('look.postponed', { accounts, because: failure(error) });
    const id = String((event as { readonly id?: unknown }).id ?? now.getTime());
    for (const account of accounts) {
      await ports.queue.send({ do: 'look', account, by }, account, `look-${account}-${id}`.slice(0, 128));
    }
  }
}

async function read(body: unknown, step: Step): Promise<void> {
  const message = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (message.do === 'sweep') return sweepOn({ id: String(message.id), seq: Number(message.seq) }, step);
  if (message.do !== 'look' || !isAccountId(message.account)) throw new TypeError('not a message of this step');
  await look([{ account: message.account }], { ...step, by: String(message.by), withdrawals: 'none' });
}
