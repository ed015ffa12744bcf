import { Stack } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';

/**
 * Faults of queues under the AWS managed key of SQS. Its key policy cannot allow SNS or EventBridge, so that such a queue would
 * never receive a message, without an error that an operator sees.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
export const unreachableQueues = (root: IConstruct): string[] =>
  root.node
    .findAll()
    .filter((node): node is CfnQueue => node instanceof CfnQueue)
    .filter((queue) => JSON.stringify(Stack.of(queue).resolve(queue.kmsMasterKeyId) ?? '').includes('alias/aws/sqs'))
    .map(
      (queue) =>
        `${queue.node.path} is encrypted under alias/aws/sqs, which no service can send to. Use SQS-managed encryption (SSE-SQS).`,
    );
