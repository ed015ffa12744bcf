import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';

const isAbsent = (error: unknown): boolean =>
  error instanceof Error && /QueueDoesNotExist|NonExistentQueue/.test(error.name);

/** How many messages a queue of that name holds; undefined where there is no such queue. */
export async function queueDepth(client: SQSClient, QueueName: string): Promise<number | undefined> {
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
    const AttributeNames = ['ApproximateNumberOfMessages' as const];
    const { Attributes = {} } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    return Number(Attributes.ApproximateNumberOfMessages ?? 0);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
