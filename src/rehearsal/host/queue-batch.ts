import type { Message } from '@aws-sdk/client-sqs';
import type { EventSource } from '../../emulator/answers';

/** A message as Lambda passes it to a function. */
export function recordOf(message: Message, { queueArn }: EventSource): Record<string, unknown> {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: message.MessageAttributes ?? {},
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3],
  };
}

/** The messages that stay in the queue: those in the answer; all of them when the answer is invalid, as with Lambda. */
export function failuresIn(value: unknown, messages: readonly Message[]): Set<string> {
  const all = new Set(messages.map(({ MessageId = '' }) => MessageId));
  if (value === null || typeof value !== 'object') return new Set();
  const failures: unknown = (value as Record<string, unknown>).batchItemFailures;
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return all;
  const named = failures.map((failure: { itemIdentifier?: unknown } | null) => failure?.itemIdentifier);
  return named.every((id) => typeof id === 'string' && all.has(id)) ? new Set(named as string[]) : all;
}
