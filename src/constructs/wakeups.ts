import { Duration, Lazy } from 'aws-cdk-lib';
import { type EventPattern, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { INTERVALS } from '../contract/intervals';
import { NAMES } from '../contract/names';
import type { Allowance } from './permissions';
import { VISIBILITY_TIMEOUT } from './step-lambda';

/** How long wakeups gather before one run processes all of them. */
const GATHERING = Duration.seconds(INTERVALS.gatheringSeconds);

/**
 * The queue that gathers the wakeups of a step: at night the backups of a hundred databases end together, and one run
 * processes all of them. The step also sends its own reminders there. A wakeup whose runs fail three times moves to the
 * dead-letter queue; an alarm of the vault watches how many messages it holds.
 */
export class WakeupQueue extends Construct {
  private readonly queue: Queue;
  private readonly rules: string[] = [];

  /** @param sweepMinutes between two sweeps, which find what no event reported */
  constructor(
    scope: Construct,
    id: string,
    private readonly sweepMinutes: number,
  ) {
    super(scope, id);
    const shared = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    this.queue = new Queue(this, 'Queue', {
      ...shared,
      queueName: NAMES.wakeups,
      retentionPeriod: Duration.days(4),
      visibilityTimeout: VISIBILITY_TIMEOUT,
      deadLetterQueue: {
        maxReceiveCount: 3,
        queue: new Queue(this, 'DeadLetters', {
          ...shared,
          queueName: NAMES.wakeupsDeadLetters,
          retentionPeriod: Duration.days(14),
        }),
      },
    });
    // The target of the CDK also lets EventBridge read the attributes of the queue, which is not needed.
    this.queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'EventsOfOurRules',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': Lazy.list({ produce: () => this.rules }) } },
      }),
    );
  }

  /** URL of the queue, to which the step sends reminders. */
  get url(): string {
    return this.queue.queueUrl;
  }

  /** What the step needs to receive wakeups from the queue and to send itself reminders. */
  get permissions(): Allowance {
    return {
      sid: 'ReceiveAndSendWakeups',
      actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:SendMessage'],
      resources: [this.queue.queueArn],
    };
  }

  /** Lets an event wake the step. */
  on(id: string, description: string, eventPattern: EventPattern): this {
    return this.fedBy(new Rule(this, id, { description, eventPattern }));
  }

  /** Lets the queue invoke the step, and starts its sweep. */
  wake(handler: LambdaFunction): this {
    const description = 'Checkvalve: finds what no event reported';
    this.fedBy(new Rule(this, 'Sweep', { description, schedule: Schedule.rate(Duration.minutes(this.sweepMinutes)) }));
    new EventSourceMapping(this, 'Feed', {
      target: handler,
      eventSourceArn: this.queue.queueArn,
      batchSize: 1000,
      maxBatchingWindow: GATHERING,
      maxConcurrency: 2,
    });
    return this;
  }

  private fedBy(rule: Rule): this {
    rule.addTarget({ bind: () => ({ arn: this.queue.queueArn }) });
    this.rules.push(rule.ruleArn);
    return this;
  }
}
