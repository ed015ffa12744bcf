import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Allowance } from '../constructs/permissions';
import { VISIBILITY_TIMEOUT } from '../constructs/step-lambda';
import { PREFIX } from '../contract/names';
import type { ManagementAlerts } from './management-alerts';

/** Attempts before a message moves to the dead-letter queue: with the backoff of the step, about two hours. */
const MAX_ATTEMPTS = 12;

/**
 * The queue of work that a step left for later: one message for each run, in order within a group, so that two runs never
 * continue the same sweep. A message that fails is retried less and less often and ends in the dead-letter queue, which has an
 * alarm.
 */
export class WorkQueue extends Construct {
  readonly url: string;
  private readonly queue: Queue;

  constructor(
    scope: Construct,
    id: string,
    { step, alerts }: { readonly step: string; readonly alerts: ManagementAlerts },
  ) {
    super(scope, id);
    const shared = {
      fifo: true,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    };
    const deadLetters = new Queue(this, 'DeadLetters', { ...shared, queueName: `${PREFIX}-${step}-dead-letters.fifo` });
    this.queue = new Queue(this, 'Queue', {
      ...shared,
      queueName: `${PREFIX}-${step}.fifo`,
      visibilityTimeout: VISIBILITY_TIMEOUT,
      deadLetterQueue: { maxReceiveCount: MAX_ATTEMPTS, queue: deadLetters },
    });
    this.url = this.queue.queueUrl;
    alerts.watchDeadLetters(step, deadLetters);
  }

  /** What the step needs to receive messages from the queue and to send messages to it. */
  permissions(): readonly Allowance[] {
    const resources = [this.queue.queueArn];
    return [
      { sid: 'ReceiveWork', actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'], resources },
      { sid: 'QueueWork', actions: ['sqs:ChangeMessageVisibility', 'sqs:SendMessage'], resources },
    ];
  }

  /** Lets the queue invoke the step. */
  feed(handler: IFunction): void {
    new EventSourceMapping(this, 'Work', {
      target: handler,
      eventSourceArn: this.queue.queueArn,
      batchSize: 1,
      reportBatchItemFailures: true,
      maxConcurrency: 5,
    });
  }
}
