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

/** Seconds in which wake-ups gather before one run answers them all. */
const GATHERING = Duration.seconds(INTERVALS.gatheringSeconds);
/** What no event told is found within this time. While something is under way the step reminds itself more often. */
const SWEEP = Duration.minutes(INTERVALS.sweepMinutes);

/**
 * The queue that gathers what wakes a step: a night's backups of a hundred databases end together, and one look around
 * serves them all. The step puts its own reminders there, too. A wake-up whose runs fail three times ends in the
 * dead-letter queue, whose depth is watched from the vault.
 */
export class Wakeups extends Construct {
  private readonly queue: Queue;
  private readonly rules: string[] = [];

  constructor(scope: Construct, id: string) {
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
    // The library's own target also lets EventBridge read the queue's attributes, which nothing asks for.
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

  /** Where reminders are put. */
  get url(): string {
    return this.queue.queueUrl;
  }

  /** What the step needs of the queue: to be fed from it, and to remind itself. */
  get permissions(): Allowance {
    return {
      sid: 'HearAndSetWakeups',
      actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:SendMessage'],
      resources: [this.queue.queueArn],
    };
  }

  /** An event that wakes the step. */
  on(id: string, description: string, eventPattern: EventPattern): this {
    return this.fedBy(new Rule(this, id, { description, eventPattern }));
  }

  /** Feeds the step, and sweeps. */
  wake(handler: LambdaFunction): this {
    const description = 'Checkvalve: looks for what no event told';
    this.fedBy(new Rule(this, 'Sweep', { description, schedule: Schedule.rate(SWEEP) }));
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
