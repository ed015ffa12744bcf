import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { VISIBILITY_TIMEOUT } from '../constructs/step-lambda';
import { NAMES } from '../contract/names';
import { OPT_IN_REGIONS } from '../contract/regions';

/** In a Region that an account must opt in to SNS signs with a principal of the Region's own. Elsewhere that principal does not
 * exist, and a policy that named it might be refused.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html */
const snsIn = (region: string): ServicePrincipal[] => [
  new ServicePrincipal('sns.amazonaws.com'),
  ...(OPT_IN_REGIONS.has(region) ? [new ServicePrincipal(`sns.${region}.amazonaws.com`)] : []),
];

/**
 * A public letter box with a policy that never changes: SNS may drop in what comes from a topic of our name, whoever
 * owns it, and nobody else may do anything. What is dropped in is a ring at the access role: the importer decides by itself
 * whose ring it heeds.
 */
export class Inbox extends Construct {
  readonly queue: IQueue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // SQS's own encryption: a queue under the AWS managed key would never receive anything from SNS.
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
