import { Stack } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';

/**
 * Queues under the key that AWS manages for SQS, each in one sentence. Nobody can let SNS or EventBridge use that key, so
 * nothing would ever arrive in them, and nobody would be told.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
export const unreachableQueues = (root: IConstruct): string[] =>
  root.node
    .findAll()
    .filter((node): node is CfnQueue => node instanceof CfnQueue)
    .filter((queue) => JSON.stringify(Stack.of(queue).resolve(queue.kmsMasterKeyId) ?? '').includes('alias/aws/sqs'))
    .map(
      (queue) =>
        `${queue.node.path} is encrypted under alias/aws/sqs: no service can send to it. Use SQS’s own encryption.`,
    );
