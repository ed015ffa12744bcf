import type { AccountId, SnapshotArn } from '../../../src/contract/ids';
import { parseInboxMessage } from '../../../src/contract/message';
import { NAMES } from '../../../src/contract/names';
import type { Log } from '../../_kit/ports/log';

/** A record of a batch from SQS. Every other event wakes the step without messages. */
interface InboxRecord {
  readonly eventSourceARN: string;
  readonly messageId: string;
  readonly body: string;
}

/** The messages of a batch. */
export interface ParsedNotifications {
  /** Ids of the messages that return to the inbox. */
  readonly returned: readonly string[];
  readonly rejected: number;
  /** Notifications by account that the vault follows, those of an unknown version included. */
  readonly received: ReadonlyMap<AccountId, number>;
  /** The export copies in the messages of accounts that the vault follows. */
  readonly copies: readonly SnapshotArn[];
  /** Messages started the run, and all of them are rejected. */
  readonly isRejected: boolean;
}

/** The records of an event from the inbox; empty for other queues and rules. */
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

/** The accounts that the messages of a batch name, which the vault may not follow. */
export const sendersOf = (event: unknown): readonly AccountId[] => [
  ...new Set(
    inboxRecords(event).flatMap(({ body }) => {
      const parsed = parseInboxMessage(body);
      return parsed.kind === 'rejected' ? [] : [parsed.from];
    }),
  ),
];

/**
 * Reads the messages of a batch. Whatever a message says, the run observes the same: a message only shows which account sent
 * it. A message of an account that the vault does not follow, or about another account's snapshot, is rejected and logged for
 * the alarm. A message of a followed account in an unknown version returns to the inbox, and finally goes to the dead-letter
 * queue.
 */
export function parseNotifications(event: unknown, accepted: ReadonlySet<AccountId>, log: Log): ParsedNotifications {
  const returned: string[] = [];
  const copies: SnapshotArn[] = [];
  const received = new Map<AccountId, number>();
  let rejected = 0;
  const records = inboxRecords(event);
  for (const { messageId, body } of records) {
    const parsed = parseInboxMessage(body);
    if (parsed.kind === 'rejected' || !accepted.has(parsed.from)) {
      const because = parsed.kind === 'rejected' ? parsed.because : 'account-not-accepted';
      log('message.rejected', { messageId, because, topic: parsed.topic });
      rejected += 1;
      continue;
    }
    received.set(parsed.from, (received.get(parsed.from) ?? 0) + 1);
    if (parsed.kind === 'notification') {
      copies.push(parsed.copy);
      continue;
    }
    log('message.not-understood', { messageId, account: parsed.from, because: parsed.because });
    returned.push(messageId);
  }
  if (received.size > 0) log('notifications.received', { accounts: Object.fromEntries(received) });
  return { returned, rejected, received, copies, isRejected: rejected > 0 && rejected === records.length };
}
