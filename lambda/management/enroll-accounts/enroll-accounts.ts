import type { EnrollmentSettings } from '../../../src/contract/enrollment-settings';
import { isAccountId } from '../../../src/contract/ids';
import { currentMessage } from '../../../src/contract/release-0-1-0';
import type { Log } from '../../_kit/ports/log';
import { failure } from '../../_kit/runtime/each';
import { eachMessage, queueMessages, type Unfinished } from '../../_kit/runtime/queue-event';
import type { EnrollmentPorts } from './observe';
import { parseEvent, type Trigger } from './parse-event';
import { type EnrollmentRun, processAccounts } from './process-accounts';
import { continueMove, continueSweep, requestSweep } from './sweep';

/** One run of the step, for an event of Organizations, the daily schedule, or a message of its own queue. Safe to run at any
 * time, twice, or after a run that was cut off. */
export async function enrollAccounts(
  event: unknown,
  ports: EnrollmentPorts,
  settings: EnrollmentSettings,
  now: Date,
  log: Log,
): Promise<Unfinished> {
  const run = { ports, settings, now, log };
  const messages = queueMessages(event);
  if (messages) return eachMessage(messages, ports.queue, log, (body) => processMessage(body, run));
  const trigger = parseEvent(event);
  log('event.parsed', trigger);
  if (trigger.scope === 'all') {
    await requestSweep(run);
  } else if (trigger.accounts.length > 0) {
    await processOrQueue(trigger, event, run);
  }
  return { batchItemFailures: [] };
}

/** EventBridge delivers the event once. When its accounts cannot be processed now, the queue retries them with growing delays. */
async function processOrQueue(
  { accounts, by }: Extract<Trigger, { readonly scope: 'accounts' }>,
  event: unknown,
  run: EnrollmentRun,
): Promise<void> {
  const { ports, now, log } = run;
  const toObserve = accounts.map((account) => ({ account }));
  try {
    await processAccounts(toObserve, run, { by, withdrawals: 'none' });
  } catch (error) {
    log('accounts.postponed', { accounts, because: failure(error) });
    const id = String((event as { readonly id?: unknown }).id ?? now.getTime());
    for (const account of accounts) {
      const once = `account-${account}-${id}`.slice(0, 128);
      await ports.queue.send({ do: 'process-account', account, by }, account, once);
    }
  }
}

async function processMessage(body: unknown, run: EnrollmentRun): Promise<void> {
  const message = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (message.do === 'sweep') return continueSweep({ id: String(message.id), seq: Number(message.seq) }, run);
  if (message.do === 'continue-move' && isAccountId(message.account)) return continueMove(message.account, run);
  if (currentMessage(message.do) !== 'process-account' || !isAccountId(message.account)) {
    throw new TypeError('enroll-accounts sends no such message');
  }
  await processAccounts([{ account: message.account }], run, { by: String(message.by), withdrawals: 'none' });
}
