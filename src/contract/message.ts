import { CheckvalveError } from './errors';
import type { AccountId, SnapshotArn, TopicArn } from './ids';
import { snapshotArn, snapshotParts, topicAccount, topicArn } from './ids';

/** Version of the message that sources write now. The vault understands this one and the one before. */
export const MESSAGE_VERSION = 1;

/** What a source tells the vault: that there is something to look at, and nothing more. A doorbell, not an order. */
export interface CopyNotification {
  readonly version: number;
  /** ARN of the export copy. */
  readonly copy: SnapshotArn;
}

/** The message that notifies the vault of an export copy, as text. */
export const notify = (copy: SnapshotArn): string =>
  JSON.stringify({ version: MESSAGE_VERSION, copy } satisfies CopyNotification);

/** What the vault made of one message. */
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
 * Reads the body of a message in the inbox: an SNS notification whose topic SNS itself has written down.
 * Unknown fields are ignored; no URL in it is ever fetched. A message that names another account's snapshot is rejected;
 * one of an unknown version is `not-understood` (it belongs in the dead-letter queue, a newer vault may read it).
 * `current`: the version that this vault's release writes.
 */
export function parseInboxMessage(body: string, current = MESSAGE_VERSION): InboxMessage {
  const envelope = object(body);
  if (envelope?.Type !== 'Notification') return { kind: 'rejected', because: 'not an SNS notification' };
  const message = object(envelope.Message);
  const said = typeof envelope.TopicArn === 'string' ? envelope.TopicArn : undefined;
  if (!message) return { kind: 'rejected', because: 'the message is not a JSON object', topic: said };
  try {
    // The topic first, in whatever version: what is of no account is no notification.
    const topic = topicArn(said);
    const from = topicAccount(topic);
    const { version } = message;
    if (typeof version !== 'number' || version > current || version < Math.max(1, current - 1)) {
      return { kind: 'not-understood', because: `message version ${shortened(version)}`, topic, from };
    }
    const copy = snapshotArn(message.copy);
    if (snapshotParts(copy).account !== from) {
      return { kind: 'rejected', because: 'the topic and the snapshot are of different accounts', topic };
    }
    return { kind: 'notification', copy, topic, from };
  } catch (error) {
    if (error instanceof CheckvalveError) return { kind: 'rejected', because: error.message, topic: said };
    throw error;
  }
}

/** Some characters of what a message holds: it is as long as its sender likes. */
const shortened = (value: unknown): string => (JSON.stringify(value) ?? 'missing').slice(0, 40);
