import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Allowance } from '../constructs/permissions';
import { VISIBILITY_TIMEOUT } from '../constructs/step-lambda';
import { PREFIX } from '../contract/names';
import type { ManagementAlerts } from './management-alerts';

/** Tries before a message is a dead letter: with the step's backoff, about two hours. */
const MOST_TRIES = 12;

/**
 * The work that a step has left for later: one message a run, in order within a group, so that one sweep is never in two
 * places. What fails comes back later and later, and in the end to the dead letters, of which people hear.
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
      deadLetterQueue: { maxReceiveCount: MOST_TRIES, queue: deadLetters },
    });
    this.url = this.queue.queueUrl;
    alerts.watchDeadLetters(step, deadLetters);
  }

  /** What the step needs to be fed from the queue, and to feed it. */
  permissions(): readonly Allowance[] {
    const resources = [this.queue.queueArn];
    return [
      { sid: 'HearWork', actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'], resources },
      { sid: 'LeaveWork', actions: ['sqs:ChangeMessageVisibility', 'sqs:SendMessage'], resources },
    ];
  }

  /** Feeds the step. */
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
