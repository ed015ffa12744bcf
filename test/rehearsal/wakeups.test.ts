import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { SqsWakeups } from '../../lambda/_kit/aws/sqs-wakeups';
import { clients, SOURCE, useEmulator } from '../src/emulator/emulator-world';

const emulator = useEmulator();

test('a reminder waits for five minutes, and at most one waits at a time', async () => {
  const { sqs } = clients(emulator(), SOURCE);
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'checkvalve-wakeups' }));
  const wakeups = new SqsWakeups(sqs, QueueUrl);
  const delayed = async () => {
    const AttributeNames = ['ApproximateNumberOfMessagesDelayed'] as const;
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
    );
    return Number(Attributes?.[AttributeNames[0]]);
  };
  await wakeups.wakeIn(5);
  await wakeups.wakeIn(5);
  expect(await delayed()).toBe(1);
  await emulator().advance(299);
  expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages ?? []).toEqual([]);
  await emulator().advance(2);
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  expect(Messages.map(({ Body }) => Body)).toEqual(['{"wake":"again"}']);
  await wakeups.wakeIn(5);
  expect(await delayed()).toBe(1);
});
