import type { Log } from '../ports/log';
import type { StepQueue } from '../ports/step-queue';
import { failure } from './each';

/** A message of a queue, as Lambda passes it. */
export interface QueueMessage {
  readonly id: string;
  readonly receipt: string;
  readonly body: unknown;
  /** How often it was received, this time included. */
  readonly received: number;
}

const parsed = (text: unknown): unknown => {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
};

/** The messages of an event of SQS; undefined for any other event.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function queueMessages(event: unknown): readonly QueueMessage[] | undefined {
  const records = (event as { Records?: unknown } | null | undefined)?.Records;
  if (!Array.isArray(records)) return undefined;
  return records.map((record: Readonly<Record<string, unknown>>) => ({
    id: String(record.messageId),
    receipt: String(record.receiptHandle),
    body: parsed(record.body),
    received: Number((record.attributes as Record<string, string> | undefined)?.ApproximateReceiveCount ?? 1),
  }));
}

const FIRST_SECONDS = 30;
const LONGEST_SECONDS = 900;

/** How long a message waits before the next try: doubled each time, at most a quarter of an hour. */
export const backoffSeconds = (received: number): number =>
  Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** Math.min(16, received - 1));

/** The messages that return to the queue. */
export interface Unfinished {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Works on one message after the other. A message that fails returns later, and stops no other. */
export async function eachMessage(
  messages: readonly QueueMessage[],
  queue: StepQueue,
  log: Log,
  work: (body: unknown) => Promise<void>,
): Promise<Unfinished> {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { id, receipt, body, received } of messages) {
    try {
      await work(body);
    } catch (error) {
      const seconds = backoffSeconds(received);
      log('message.postponed', { body, because: failure(error), seconds });
      await queue.retryAfter(receipt, seconds);
      batchItemFailures.push({ itemIdentifier: id });
    }
  }
  return { batchItemFailures };
}
