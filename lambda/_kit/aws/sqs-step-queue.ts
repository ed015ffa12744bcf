import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { StepQueue } from '../ports/step-queue';

/** {@link StepQueue} on a FIFO queue.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html */
export class SqsStepQueue implements StepQueue {
  constructor(
    private readonly client: SQSClient,
    private readonly url: string,
  ) {}

  async send(body: Readonly<Record<string, unknown>>, group: string, once: string): Promise<void> {
    await this.client.send(
      new SendMessageCommand({
        QueueUrl: this.url,
        MessageBody: JSON.stringify(body),
        MessageGroupId: group,
        MessageDeduplicationId: once,
      }),
    );
  }

  async retryAfter(receipt: string, seconds: number): Promise<void> {
    await this.client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: this.url, ReceiptHandle: receipt, VisibilityTimeout: seconds }),
    );
  }
}
