// Longer than most: all tests share one emulator, whose start takes longer than any of them.
import { DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { CreateKeyCommand, DisableKeyCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import {
  type Clients,
  clients,
  deploy,
  errorOf,
  inlineFunction,
  REGION,
  role,
  ruleFor,
  SOURCE,
  useEmulator,
  VAULT,
} from './emulator-world';

const emulator = useEmulator();
const INBOX = `arn:aws:sqs:${REGION}:${VAULT}:inbox`;
let source: Clients;
let vault: Clients;
let TopicArn: string;
let QueueUrl: string;

beforeEach(async () => {
  [source, vault] = [clients(emulator(), SOURCE), clients(emulator(), VAULT)];
  TopicArn = (await source.sns.send(new CreateTopicCommand({ Name: 'copies' }))).TopicArn ?? '';
  QueueUrl = (await vault.sqs.send(new CreateQueueCommand({ QueueName: 'inbox' }))).QueueUrl ?? '';
});

const subscribe = async (caller: Clients, Endpoint = INBOX) =>
  (await caller.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, ReturnSubscriptionArn: true })))
    .SubscriptionArn ?? '';

const receive = async (more = {}) =>
  (await vault.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...more }))).Messages ?? [];

describe('a topic to which a queue of another account subscribes', () => {
  test('delivers only messages that were let through', async () => {
    await subscribe(vault);
    await source.sns.send(new PublishCommand({ TopicArn, Message: 'one', Subject: 'about' }));
    await source.sns.send(new PublishCommand({ TopicArn, Message: 'two' }));
    const [one, two] = await emulator().deliveries();
    expect(one).toMatchObject({ topicArn: TopicArn, endpoint: INBOX, queueUrl: QueueUrl, sourceAccount: SOURCE });
    expect(await receive()).toEqual([]);
    await emulator().letThrough([one?.id ?? '']);
    await emulator().drop([two?.id ?? '']);
    const messages = await receive();
    expect(messages).toHaveLength(1);
    expect(JSON.parse(messages[0]?.Body ?? '')).toMatchObject({
      Type: 'Notification',
      TopicArn,
      Message: 'one',
      Subject: 'about',
    });
    expect(await emulator().deliveries()).toEqual([]);
  });

  test('gets one subscription, confirmed at once, when the owner of the queue subscribes', async () => {
    expect(await subscribe(vault)).toBe(await subscribe(vault));
    const { Subscriptions } = await source.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(Subscriptions).toMatchObject([{ Endpoint: INBOX, Owner: VAULT }]);
  });

  test('waits for the confirmation of the queue’s owner when the topic’s owner subscribes', async () => {
    await subscribe(source);
    await source.sns.send(new PublishCommand({ TopicArn, Message: 'too early' }));
    const [confirmation, ...more] = await emulator().deliveries();
    expect(more).toEqual([]);
    const { Type, Token } = JSON.parse(confirmation?.body ?? '') as { Type: string; Token: string };
    expect(Type).toBe('SubscriptionConfirmation');
    await vault.sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
    await source.sns.send(new PublishCommand({ TopicArn, Message: 'now' }));
    expect(await emulator().deliveries()).toHaveLength(1);
  });

  test('still publishes when a queue does not exist', async () => {
    const arn = await subscribe(vault, `arn:aws:sqs:${REGION}:${VAULT}:never-was`);
    await vault.sns.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn: arn,
        AttributeName: 'RawMessageDelivery',
        AttributeValue: 'true',
      }),
    );
    await source.sns.send(new PublishCommand({ TopicArn, Message: 'raw' }));
    const [delivery] = await emulator().deliveries();
    expect(delivery?.body).toBe('raw');
    await emulator().letThrough([delivery?.id ?? '']);
  });

  test('loses its subscriptions when it is deleted', async () => {
    await subscribe(vault);
    await source.sns.send(new DeleteTopicCommand({ TopicArn }));
    await source.sns.send(new CreateTopicCommand({ Name: 'copies' }));
    await source.sns.send(new PublishCommand({ TopicArn, Message: 'lost' }));
    expect(await emulator().deliveries()).toEqual([]);
  });

  // https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors
  test('refuses every publisher while its key cannot be used', async () => {
    const { KeyMetadata } = await source.kms.send(new CreateKeyCommand({}));
    const { KeyId = '' } = KeyMetadata ?? {};
    const properties = { TopicName: 'sealed', KmsMasterKeyId: KeyId };
    const events = { Id: 'T', Arn: { Ref: 'Sealed' } };
    await deploy(source, 'sealed', {
      Sealed: { Type: 'AWS::SNS::Topic', Properties: properties },
      Rule: { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: ['test'] }, Targets: [events] } },
    });
    const sealed = `arn:aws:sns:${REGION}:${SOURCE}:sealed`;
    const publish = () => errorOf(source.sns.send(new PublishCommand({ TopicArn: sealed, Message: 'm' })));
    expect(await publish()).toBe('none');
    await source.kms.send(new DisableKeyCommand({ KeyId }));
    expect(await publish()).toBe('KMSDisabledException');
    await emulator().emit({ account: SOURCE, region: REGION, source: 'test', detailType: 't', detail: {} });
    const [publication] = await emulator().publications();
    expect(publication).toMatchObject({ service: 'events.amazonaws.com', topicArn: sealed });
    await emulator().publish([publication?.id ?? '']);
    expect(await emulator().notifications()).toHaveLength(1);
    expect(await emulator().failedInvocations()).toMatchObject([{ targetArn: sealed }]);
    await source.kms.send(new ScheduleKeyDeletionCommand({ KeyId }));
    expect(await publish()).toBe('KMSInvalidStateException');
  });

  test('keeps a record of all published messages', async () => {
    await source.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'team@example.com' }));
    await source.sns.send(new PublishCommand({ TopicArn, Message: 'alarm', Subject: 'about' }));
    expect(await emulator().notifications()).toMatchObject([
      {
        topicArn: TopicArn,
        subject: 'about',
        message: 'alarm',
        subscriptions: [{ protocol: 'email', endpoint: 'team@example.com' }],
      },
    ]);
  });
});

describe('a queue', () => {
  test('is reached by its URL from another account', async () => {
    const found = await source.sqs.send(new GetQueueUrlCommand({ QueueName: 'inbox', QueueOwnerAWSAccountId: VAULT }));
    expect(found.QueueUrl).toBe(QueueUrl);
    await source.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    expect((await receive())[0]?.Body).toBe('hello');
  });

  test('hides and delays messages by the virtual clock, and answers at once, also with a wait time', async () => {
    await vault.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'later', DelaySeconds: 60 }));
    const before = Date.now();
    expect(await receive({ WaitTimeSeconds: 20 })).toEqual([]);
    expect(Date.now() - before).toBeLessThan(5000);
    await emulator().advance(60);
    const [message] = await receive({
      VisibilityTimeout: 30,
      MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
    });
    expect(message?.Attributes).toEqual({
      SentTimestamp: String(Date.parse('2026-11-25T00:00:00Z')),
      ApproximateReceiveCount: '1',
    });
    expect(await receive()).toEqual([]);
    await vault.sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 }),
    );
    const [again] = await receive();
    await vault.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: again?.ReceiptHandle }));
    await emulator().advance(3600);
    expect(await receive()).toEqual([]);
  });

  test('cannot be created by a stack within a minute after one of its name was deleted', async () => {
    const queue = { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'again' } } };
    expect((await deploy(vault, 'first', queue)).status).toBe('CREATE_COMPLETE');
    await vault.cloudformation.send(new DeleteStackCommand({ StackName: 'first' }));
    await emulator().advance(59);
    const { status, reason } = await deploy(vault, 'second', queue);
    expect([status, reason]).toEqual([
      expect.not.stringContaining('CREATE_COMPLETE'),
      expect.stringContaining('You must wait 60 seconds'),
    ]);
    await emulator().advance(1);
    expect((await deploy(vault, 'third', queue)).status).toBe('CREATE_COMPLETE');
  });

  test('moves a message to the dead-letter queue after the number of receives in its policy', async () => {
    const made = await deploy(
      vault,
      'queues',
      {
        Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
        Live: {
          Type: 'AWS::SQS::Queue',
          Properties: {
            QueueName: 'live',
            VisibilityTimeout: 10,
            RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 2 },
          },
        },
      },
      { Live: { Ref: 'Live' }, Dead: { Ref: 'Dead' } },
    );
    const { Live, Dead } = made.outputs;
    expect(Live).toBe(`${emulator().endpoint}/${VAULT}/live`);
    await vault.sqs.send(new SendMessageCommand({ QueueUrl: Live, MessageBody: 'bad' }));
    for (let time = 0; time < 3; time += 1) {
      await vault.sqs.send(new ReceiveMessageCommand({ QueueUrl: Live }));
      await emulator().advance(10);
    }
    const attributes = await vault.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: Dead, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    expect(attributes.Attributes).toEqual({ ApproximateNumberOfMessages: '1' });
  });
});

describe('rules', () => {
  const resources = {
    Role: role('lambda.amazonaws.com'),
    Function: inlineFunction('exports.handler = async () => 1;'),
    Rule: ruleFor({ source: ['aws.rds'], detail: { SourceArn: [{ wildcard: '*:snapshot:awsbackup:*' }] } }),
    Hourly: {
      Type: 'AWS::Events::Rule',
      Properties: {
        ScheduleExpression: 'rate(1 hour)',
        Targets: [
          { Id: 'F', Arn: { 'Fn::GetAtt': ['Function', 'Arn'] }, Input: '{"wake":"sweep"}' },
          { Id: 'Q', Arn: INBOX },
        ],
      },
    },
    ToQueue: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['test.mine'] },
        Targets: [
          { Id: 'whole', Arn: INBOX },
          {
            Id: 'part',
            Arn: INBOX,
            InputTransformer: {
              InputPathsMap: { name: '$.detail.name', at: '$.resources[0]' },
              InputTemplate: '{"name": <name>, "text": "for <at>"}',
            },
          },
        ],
      },
    },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: { Ref: 'Function' },
        EventSourceArn: { 'Fn::GetAtt': ['Work', 'Arn'] },
        BatchSize: 5,
        MaximumBatchingWindowInSeconds: 20,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
    Work: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } },
  };

  beforeEach(async () => {
    expect((await deploy(source, 'rules', resources)).status).toBe('CREATE_COMPLETE');
  });

  test('invoke their target function for matching events only', async () => {
    const event = (SourceArn: string) => ({
      account: SOURCE,
      region: REGION,
      source: 'aws.rds',
      detailType: 'RDS DB Snapshot Event',
      resources: [SourceArn],
      detail: { SourceArn },
    });
    const arn = `arn:aws:rds:${REGION}:${SOURCE}:snapshot:awsbackup:job-1`;
    await emulator().emit(event(arn));
    await emulator().emit(event(`arn:aws:rds:${REGION}:${SOURCE}:snapshot:mine`));
    const [wakeup, ...more] = await emulator().wakeups();
    expect(wakeup).toMatchObject({
      account: SOURCE,
      region: REGION,
      ruleArn: expect.stringContaining(':rule/'),
      event: { source: 'aws.rds', time: '2026-11-25T00:00:00Z', detail: { SourceArn: arn } },
    });
    expect(more).toEqual([]);
    expect(await emulator().wakeups()).toEqual([]);
  });

  test('send events and transformed events to queues of any account', async () => {
    const events = new EventBridgeClient(emulator().client(SOURCE, REGION));
    const entry = {
      Source: 'test.mine',
      DetailType: 'Done',
      Resources: ['it'],
      Detail: JSON.stringify({ name: 'a "b"' }),
    };
    const { Entries } = await events.send(
      new PutEventsCommand({ Entries: [entry, { Source: 'test.mine', DetailType: 'Done', Detail: '{' }] }),
    );
    expect(Entries).toMatchObject([{ EventId: expect.any(String) }, { ErrorCode: 'MalformedDetail' }]);
    const bodies = (await receive()).map(({ Body }) => JSON.parse(Body ?? ''));
    expect(bodies).toMatchObject([
      { source: 'test.mine', account: SOURCE },
      { name: 'a "b"', text: 'for it' },
    ]);
  });

  test('with a schedule are listed, and fire by a control call', async () => {
    const [schedule] = await emulator().schedules();
    expect(schedule).toMatchObject({
      schedule: 'rate(1 hour)',
      account: SOURCE,
      targets: [{ input: '{"wake":"sweep"}' }, { arn: INBOX }],
    });
    await emulator().fireSchedule(schedule?.ruleArn ?? '');
    expect(await emulator().wakeups()).toMatchObject([{ event: { wake: 'sweep' }, ruleArn: schedule?.ruleArn }]);
    expect(JSON.parse((await receive())[0]?.Body ?? '')).toMatchObject({
      'detail-type': 'Scheduled Event',
      resources: [schedule?.ruleArn],
    });
  });

  test('functions and their event source mappings are listed as deployed', async () => {
    const [deployed] = await emulator().functions();
    expect(deployed).toMatchObject({
      account: SOURCE,
      region: REGION,
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      timeoutSeconds: 60,
      memoryMiB: 256,
      environment: { REGION },
      code: 'exports.handler = async () => 1;',
    });
    expect(await emulator().eventSources()).toMatchObject([
      {
        functionArn: deployed?.arn,
        queueUrl: `${emulator().endpoint}/${SOURCE}/work`,
        batchSize: 5,
        windowSeconds: 20,
        enabled: true,
        reportBatchItemFailures: true,
      },
    ]);
  });
});
