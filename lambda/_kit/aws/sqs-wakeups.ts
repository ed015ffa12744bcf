import { GetQueueAttributesCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Wakeups } from '../ports/wakeups';

const DELAYED = 'ApproximateNumberOfMessagesDelayed';

/**
 * {@link Wakeups} as one delayed message in the step's own queue. The count of delayed messages is approximate: when it is
 * wrong, two messages wait, arrive in one batch, and the run sends one.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html
 */
export class SqsWakeups implements Wakeups {
  constructor(
    private readonly client: SQSClient,
    private readonly queueUrl: string,
  ) {}

  async wakeIn(minutes: number): Promise<void> {
    const QueueUrl = this.queueUrl;
    const question = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [DELAYED] });
    const { Attributes } = await this.client.send(question);
    if (Number(Attributes?.[DELAYED] ?? 0) > 0) return;
    const MessageBody = JSON.stringify({ wake: 'again' });
    await this.client.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds: minutes * 60 }));
  }
}
