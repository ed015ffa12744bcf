import { PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Emulator } from '../../src/emulator/emulator';
import { EventPump, type PumpOptions } from '../../src/rehearsal/host/event-pump';
import type { Invocation } from '../../src/rehearsal/host/invocation';
import { LambdaHost } from '../../src/rehearsal/host/lambda-host';
import {
  clients,
  deploy,
  inlineFunction,
  REGION,
  role,
  ruleFor,
  SOURCE,
  useEmulator,
  VAULT,
} from '../src/emulator/emulator-world';

const emulator = useEmulator();
const TOPIC = `arn:aws:sns:${REGION}:${SOURCE}:copies`;
const QUEUE = `arn:aws:sqs:${REGION}:${VAULT}:inbox`;
const QUEUE_URL = (of: Emulator) => `${of.endpoint}/${VAULT}/inbox`;
let host: LambdaHost;
let invocations: Invocation[];

function pumping(options: PumpOptions = {}): EventPump {
  host = new LambdaHost({ endpoint: emulator().endpoint });
  invocations = [];
  return new EventPump(emulator(), host, { ...options, onInvocation: (invocation) => invocations.push(invocation) });
}
afterEach(() => host.stop());

const values = () => invocations.map(({ outcome }) => (outcome.kind === 'returned' ? outcome.value : outcome.kind));

/** A topic in the source, and a subscribed queue in the vault that invokes a function. */
async function inbox(code: string): Promise<void> {
  const source = clients(emulator(), SOURCE);
  const vault = clients(emulator(), VAULT);
  await deploy(source, 'copies', { Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'copies' } } });
  const mapping = {
    EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
    FunctionName: { 'Fn::GetAtt': ['Function', 'Arn'] },
    BatchSize: 10,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  };
  const { status } = await deploy(vault, 'inbox', {
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'inbox', VisibilityTimeout: 60 } },
    Role: role('lambda.amazonaws.com'),
    Function: inlineFunction(code),
    Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: mapping },
  });
  expect(status).toBe('CREATE_COMPLETE');
  await vault.sns.send(new SubscribeCommand({ TopicArn: TOPIC, Protocol: 'sqs', Endpoint: QUEUE }));
}

const publish = (Message: string) =>
  clients(emulator(), SOURCE).sns.send(new PublishCommand({ TopicArn: TOPIC, Message }));

async function inQueue(): Promise<number> {
  const wanted = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes = {} } = await clients(emulator(), VAULT).sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: QUEUE_URL(emulator()), AttributeNames: [...wanted] }),
  );
  return wanted.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

const WORDS = 'event.Records.map((record) => JSON.parse(record.body).Message)';

describe('messages', () => {
  test('go from a topic to a queue of another account and its function, and are deleted once handled', async () => {
    await inbox(`exports.handler = async (event) => ${WORDS};`);
    const pump = pumping();
    await publish('one');
    await pump.untilQuiet();
    expect(values()).toEqual([['one']]);
    expect(invocations[0]?.account).toBe(VAULT);
    expect(await inQueue()).toBe(0);
  });

  test('stay with the topic while nothing is to be delivered', async () => {
    await inbox(`exports.handler = async (event) => ${WORDS};`);
    const pump = pumping();
    pump.delivers = false;
    await publish('one');
    await pump.untilQuiet();
    expect(values()).toEqual([]);
    pump.delivers = true;
    await pump.untilQuiet();
    expect(values()).toEqual([['one']]);
  });

  test('are dropped when the queue’s policy refuses them', async () => {
    await inbox(`exports.handler = async (event) => ${WORDS};`);
    const pump = pumping({
      authorizeDelivery: async ({ body }) =>
        body.includes('bad') ? { allowed: false, message: 'no' } : { allowed: true },
    });
    await publish('bad');
    await publish('good');
    await pump.untilQuiet();
    expect(values()).toEqual([['good']]);
    expect(await inQueue()).toBe(0);
  });

  test.each([
    ['those reported as failed', '{ itemIdentifier: r.messageId }', 1],
    ['all, when one is reported that was not in the batch', '{ itemIdentifier: "other" }', 2],
  ])('that come again: %s', async (_, failure, left) => {
    await inbox(`let times = 0; exports.handler = async (event) => {
      times += 1;
      const bad = event.Records.filter((r) => times === 1 && JSON.parse(r.body).Message === 'bad');
      return { batchItemFailures: bad.map((r) => (${failure})), words: ${WORDS} };
    };`);
    const pump = pumping();
    await publish('bad');
    await publish('good');
    await pump.untilQuiet();
    expect(invocations).toHaveLength(1);
    expect(await inQueue()).toBe(left);
    await pump.pass(61);
    expect(invocations).toHaveLength(2);
    expect(await inQueue()).toBe(0);
  });

  test('of a batch whose function failed are received again', async () => {
    await inbox('let times = 0; exports.handler = async () => { times += 1; if (times === 1) throw new Error("x"); };');
    const pump = pumping();
    await publish('one');
    await pump.untilQuiet();
    expect(values()).toEqual(['failed']);
    expect(await inQueue()).toBe(1);
    await pump.pass(61);
    expect(values()).toEqual(['failed', null]);
    expect(await inQueue()).toBe(0);
  });
});

describe('a queue with a batch window', () => {
  const WINDOW = 20;
  const sqs = () => clients(emulator(), VAULT).sqs;
  const send = (body: string, DelaySeconds = 0) =>
    sqs().send(new SendMessageCommand({ QueueUrl: QUEUE_URL(emulator()), MessageBody: body, DelaySeconds }));

  /** A queue that gathers for twenty seconds, a function that counts, and a schedule that feeds the queue. */
  async function gathering(BatchSize: number): Promise<void> {
    const mapping = {
      EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      FunctionName: { 'Fn::GetAtt': ['Function', 'Arn'] },
      BatchSize,
      MaximumBatchingWindowInSeconds: WINDOW,
    };
    const target = { Id: 'T', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } };
    const { status } = await deploy(clients(emulator(), VAULT), 'gatherer', {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'inbox', VisibilityTimeout: 60 } },
      Role: role('lambda.amazonaws.com'),
      Function: inlineFunction('exports.handler = async (event) => event.Records.length;'),
      Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: mapping },
      Rule: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(15 minutes)', Targets: [target] } },
    });
    expect(status).toBe('CREATE_COMPLETE');
  }

  test('invokes its function once for all messages of a window', async () => {
    await gathering(1000);
    const pump = pumping();
    for (let at = 0; at < 13; at += 1) await send('early');
    await pump.pass(10);
    await send('late');
    expect(values()).toEqual([]);
    await pump.pass(WINDOW);
    expect(values()).toEqual([14]);
    expect(await inQueue()).toBe(0);
  });

  test('does not wait for the window when the batch is full', async () => {
    await gathering(12);
    const pump = pumping();
    for (let at = 0; at < 13; at += 1) await send('one of many');
    await pump.untilQuiet();
    expect(values()).toEqual([12]);
    await pump.pass(WINDOW + 2);
    expect(values()).toEqual([12, 1]);
  });

  test('receives a delayed message when its delay has ended', async () => {
    await gathering(1000);
    const pump = pumping();
    await send('reminder', 300);
    await pump.pass(290);
    expect(values()).toEqual([]);
    await pump.pass(60);
    expect(values()).toEqual([1]);
  });

  test('receives the events of its function’s schedule', async () => {
    await gathering(1000);
    const [{ name = '' } = {}] = await emulator().functions();
    expect(await pumping().fire(name)).toBe(1);
    expect(values()).toEqual([1]);
  });
});

test('only what a rule’s pattern matches wakes its function', async () => {
  const source = clients(emulator(), SOURCE);
  const pattern = { source: ['aws.rds'], detail: { EventID: ['RDS-EVENT-0197'] } };
  await deploy(source, 'listener', {
    Role: role('lambda.amazonaws.com'),
    Function: inlineFunction('exports.handler = async (event) => event.detail.EventID;'),
    Rule: ruleFor(pattern),
  });
  const pump = pumping();
  for (const EventID of ['RDS-EVENT-0040', 'RDS-EVENT-0197']) {
    const event = { account: SOURCE, region: REGION, source: 'aws.rds', detailType: 'RDS DB Snapshot Event' };
    await emulator().emit({ ...event, detail: { EventID } });
  }
  await pump.untilQuiet();
  expect(values()).toEqual(['RDS-EVENT-0197']);
});

test('an enabled schedule fires the function it names, at the virtual time', async () => {
  const source = clients(emulator(), SOURCE);
  await deploy(source, 'clockwork', {
    Role: role('lambda.amazonaws.com'),
    Function: { ...inlineFunction('exports.handler = async () => new Date().toISOString();') },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        ScheduleExpression: 'rate(5 minutes)',
        Targets: [{ Id: 'T', Arn: { 'Fn::GetAtt': ['Function', 'Arn'] } }],
      },
    },
  });
  const [{ name = '' } = {}] = await emulator().functions();
  const pump = pumping();
  await pump.pass(3600);
  expect(await pump.fire('another')).toBe(0);
  expect(await pump.fire(name)).toBe(1);
  expect(values()).toEqual(['2026-11-25T01:00:00.000Z']);
});
