import { CheckvalveError } from './errors';
import type { AccountId, SnapshotArn, TopicArn } from './ids';
import { snapshotArn, snapshotParts, topicAccount, topicArn } from './ids';

/** Version of the message that sources write now. The vault reads this version and the one before. */
export const MESSAGE_VERSION = 1;

/** What a source notifies the vault of: that an export copy exists. It wakes the vault and decides nothing. */
export interface CopyNotification {
  readonly version: number;
  /** ARN of the export copy. */
  readonly copy: SnapshotArn;
}

/** The message that notifies the vault of an export copy, as text. */
export const notify = (copy: SnapshotArn): string =>
  JSON.stringify({ version: MESSAGE_VERSION, copy } satisfies CopyNotification);

/** A message of the inbox, parsed. */
export type InboxMessage =
  | { readonly kind: 'notification'; readonly copy: SnapshotArn; readonly topic: TopicArn; readonly from: AccountId }
  | { readonly kind: 'rejected'; readonly because: string; readonly topic?: string }
  | { readonly kind: 'not-understood'; readonly because: string; readonly topic: TopicArn; readonly from: AccountId };

function object(text: unknown): Record<string, unknown> | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Parses the body of a message of the inbox: an SNS notification, in which SNS itself names the topic. Unknown fields are
 * ignored, and no URL of the message is requested. A message about a snapshot of another account is rejected. A message of an
 * unknown version is `not-understood`: it belongs in the dead-letter queue, because a later vault may read it.
 * @param current the version that this release of the vault writes
 */
export function parseInboxMessage(body: string, current = MESSAGE_VERSION): InboxMessage {
  const envelope = object(body);
  if (envelope?.Type !== 'Notification') return { kind: 'rejected', because: 'it is not an SNS notification' };
  const message = object(envelope.Message);
  const named = typeof envelope.TopicArn === 'string' ? envelope.TopicArn : undefined;
  if (!message) return { kind: 'rejected', because: 'the message is not a JSON object', topic: named };
  try {
    // The topic first, in any version: a message without an account is no notification.
    const topic = topicArn(named);
    const from = topicAccount(topic);
    const { version } = message;
    if (typeof version !== 'number' || version > current || version < Math.max(1, current - 1)) {
      return { kind: 'not-understood', because: `message version ${shortened(version)}`, topic, from };
    }
    const copy = snapshotArn(message.copy);
    if (snapshotParts(copy).account !== from) {
      return { kind: 'rejected', because: 'the topic and the snapshot belong to different accounts', topic };
    }
    return { kind: 'notification', copy, topic, from };
  } catch (error) {
    if (error instanceof CheckvalveError) return { kind: 'rejected', because: error.message, topic: named };
    throw error;
  }
}

/** The first characters of a value in a message, because the sender chooses its length. */
const shortened = (value: unknown): string => (JSON.stringify(value) ?? 'missing').slice(0, 40);
