import { DeleteMessageCommand, GetQueueUrlCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { AccountClients } from './clients';
import type { Scope } from './probe';
import type { Resources } from './stacks';

/** A queue for a template, with a policy by which a service may send to it. */
export const queueResources = (QueueName: string, service: string): Resources => ({
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName } },
  QueuePolicy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'Queue' }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: service },
            Action: 'sqs:SendMessage',
            Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
          },
        ],
      },
    },
  },
});

/** Receives messages until `isEnough` is true, or until the minutes have passed. */
export async function receive(
  scope: Scope,
  { sqs }: AccountClients,
  QueueName: string,
  minutes: number,
  isEnough: (bodies: readonly string[]) => boolean,
): Promise<readonly string[]> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const bodies: string[] = [];
  await scope.within(minutes, async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    for (const { Body = '', ReceiptHandle } of Messages) {
      bodies.push(Body);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    return isEnough(bodies) ? true : undefined;
  });
  return bodies;
}
