import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { VISIBILITY_TIMEOUT } from '../constructs/step-lambda';
import { NAMES } from '../contract/names';
import { OPT_IN_REGIONS } from '../contract/regions';

/** The principals of SNS. In an opt-in Region, SNS sends as a principal of that Region; elsewhere this principal does not exist,
 * and AWS might refuse a policy that names it.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html */
const snsIn = (region: string): ServicePrincipal[] => [
  new ServicePrincipal('sns.amazonaws.com'),
  ...(OPT_IN_REGIONS.has(region) ? [new ServicePrincipal(`sns.${region}.amazonaws.com`)] : []),
];

/**
 * The queue that receives notifications. Its policy never changes: SNS may send messages of any topic named `checkvalve-copies`,
 * in any account, and no other principal outside the vault is allowed anything. `import-copies` decides which accounts it accepts
 * notifications from.
 */
export class InboxQueue extends Construct {
  readonly queue: IQueue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // SQS-managed encryption: a queue under the AWS managed key would receive nothing from SNS.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    const shared = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: Duration.days(14) };
    const queue = new Queue(this, 'Queue', {
      ...shared,
      queueName: NAMES.inbox,
      visibilityTimeout: VISIBILITY_TIMEOUT,
      removalPolicy: RemovalPolicy.RETAIN,
      deadLetterQueue: {
        maxReceiveCount: 5,
        queue: new Queue(this, 'DeadLetters', { ...shared, queueName: `${NAMES.inbox}-dead-letters` }),
      },
    });
    queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'TopicsOfOurName',
        principals: snsIn(Stack.of(this).region),
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { ArnLike: { 'aws:SourceArn': `arn:aws:sns:*:*:${NAMES.copiesTopic}` } },
      }),
    );
    this.queue = queue;
  }
}
