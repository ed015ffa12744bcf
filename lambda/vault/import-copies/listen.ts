import type { AccountId } from '../../../src/contract/ids';
import { hear } from '../../../src/contract/message';
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
  readonly back: readonly string[];
  readonly rejected: number;
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
 * Reads the messages of a batch. A message is a doorbell: whatever it says, the same look around follows. It serves to
 * tell who rang: a message from an account that is not accepted, or about another account's snapshot, is rejected and
 * logged for the alarm; one of an unknown version goes back, and in the end to the dead-letter queue.
 *
 * @returns the ids of the messages that must go back, and how many were rejected.
 */
export function listen(event: unknown, accepted: ReadonlySet<AccountId>, log: Log): Listened {
  const back: string[] = [];
  let rejected = 0;
  for (const { messageId, body } of inboxRecords(event)) {
    const heard = hear(body);
    if (heard.kind === 'not-understood') {
      log('message.not-understood', { messageId, because: heard.because });
      back.push(messageId);
    } else if (heard.kind === 'rejected' || !accepted.has(heard.from)) {
      const because = heard.kind === 'rejected' ? heard.because : 'its account is not accepted';
      log('message.rejected', { messageId, because, topic: heard.topic });
      rejected += 1;
    }
  }
  return { back, rejected };
}
