import type { AccountId } from '../../../src/contract/ids';
import { parseInboxMessage } from '../../../src/contract/message';
import { NAMES } from '../../../src/contract/names';
import type { Log } from '../../_kit/ports/log';

/** A record of a batch from SQS; every other shape of event is a wake-up without messages. */
interface InboxRecord {
  readonly eventSourceARN: string;
  readonly messageId: string;
  readonly body: string;
}

/** What became of the messages of a batch. */
export interface Listened {
  /** Ids of the messages that must go back. */
  readonly back: readonly string[];
  readonly rejected: number;
  /** Notifications by account that the vault follows, those of an unknown version included. */
  readonly received: ReadonlyMap<AccountId, number>;
  /** Messages woke the run, and all of them are rejected. */
  readonly isRejected: boolean;
}

/** Records of an event from the inbox; empty for what other queues or rules bring. */
export function inboxRecords(event: unknown): readonly InboxRecord[] {
  const records = (event as { Records?: unknown } | null)?.Records;
  if (!Array.isArray(records)) return [];
  return records.filter(
    (record): record is InboxRecord =>
      typeof record?.messageId === 'string' &&
      typeof record?.body === 'string' &&
      String(record?.eventSourceARN).endsWith(`:${NAMES.inbox}`),
  );
}

/**
 * Reads the messages of a batch. Whatever a message says, the same look around follows, one for the batch. It serves to tell
 * which account sent it: a message from an account that the vault does not follow, in whatever version, or about another
 * account's snapshot, is rejected and logged for the alarm; of a followed account, one of an unknown version goes back, and in
 * the end to the dead-letter queue.
 */
export function listen(event: unknown, accepted: ReadonlySet<AccountId>, log: Log): Listened {
  const back: string[] = [];
  const received = new Map<AccountId, number>();
  let rejected = 0;
  const records = inboxRecords(event);
  for (const { messageId, body } of records) {
    const message = parseInboxMessage(body);
    if (message.kind === 'rejected' || !accepted.has(message.from)) {
      const because = message.kind === 'rejected' ? message.because : 'its account is not accepted';
      log('message.rejected', { messageId, because, topic: message.topic });
      rejected += 1;
      continue;
    }
    received.set(message.from, (received.get(message.from) ?? 0) + 1);
    if (message.kind === 'notification') continue;
    log('message.not-understood', { messageId, account: message.from, because: message.because });
    back.push(messageId);
  }
  if (received.size > 0) log('notifications.received', { accounts: Object.fromEntries(received) });
  return { back, rejected, received, isRejected: rejected > 0 && rejected === records.length };
}
