import {
  CloudFormationClient,
  CreateStackInstancesCommand,
  DeleteStackInstancesCommand,
  ListStackInstancesCommand,
  ListStackSetOperationResultsCommand,
  ListStackSetOperationsCommand,
  type StackInstanceSummary,
  type StackSetOperationSummary,
  UpdateStackInstancesCommand,
} from '@aws-sdk/client-cloudformation';
import { BatchGetItemCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DescribeAccountCommand, ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { AwsOrganization } from '../../../lambda/_kit/aws/aws-organization';
import { DynamoEnrollment } from '../../../lambda/_kit/aws/dynamo-enrollment';
import { DynamoSources } from '../../../lambda/_kit/aws/dynamo-sources';
import { entryOf, followableOf, itemOf } from '../../../lambda/_kit/aws/registry-item';
import { SqsStepQueue } from '../../../lambda/_kit/aws/sqs-step-queue';
import { ToolingInstances } from '../../../lambda/_kit/aws/tooling-instances';
import type { RegistryEntry, SweepState } from '../../../lambda/_kit/ports/registry';
import { Pace } from '../../../lambda/_kit/runtime/pace';
import { backoffSeconds, queueMessages } from '../../../lambda/_kit/runtime/queue-event';
import { HERE, numbered, OTHER, SOURCE } from '../../support/enrollment';

const REGION = { region: 'us-east-1' };
const TABLE = 'checkvalve-registry';
const named = (name: string) => Object.assign(new Error(name), { name });
const ENTRY: RegistryEntry = {
  account: SOURCE,
  state: 'enrolled',
  regions: [HERE],
  since: '2026-03-01T12:00:00.000Z',
  reason: 'tagged environment=production',
  departed: true,
  rollout: {
    [HERE]: { state: 'current', at: '2026-03-01T12:00:00.000Z', version: 'aaaaaaaaaaaa', failed: [], repairs: 0 },
  },
  history: [{ at: '2026-03-01T12:00:00.000Z', by: 'the sweep', what: 'enrolled', why: 'tagged' }],
  revision: 4,
};

describe('the registry', () => {
  const dynamo = mockClient(DynamoDBClient);
  const registry = new DynamoEnrollment(new DynamoDBClient(REGION), TABLE);
  beforeEach(() => dynamo.reset());

  test.each<[what: string, more: Partial<RegistryEntry>]>([
    ['of the registry', {}],
    ['of an account whose exit was seen', { leavingSince: '2026-02-28T11:00:00.000Z' }],
    ['of an account that left', { state: 'left', followedSince: '2026-01-01T00:00:00.000Z' }],
    ['of a cell', { cell: 'north', cellReason: 'tagged checkvalve:cell=north' }],
    ['of an account that moves', { cell: 'north', moving: { to: 'south', since: 'a', by: 'b', reason: 'c' } }],
    ['of an account that came back', { lastExit: '2026-02-01T00:00:00.000Z' }],
  ])('an entry %s comes back as it was written', (_, more) => {
    expect(entryOf(itemOf({ ...ENTRY, ...more }))).toEqual({ ...ENTRY, ...more });
  });

  test('the load counts what has the tooling, page by page: where it moves to, and without a cell by itself', async () => {
    const item = (more: Partial<RegistryEntry>) => {
      const { departed: _, ...entry } = ENTRY;
      return itemOf({ ...entry, ...more });
    };
    const moving = { to: 'south', since: 'a', by: 'b', reason: 'c' };
    dynamo
      .on(ScanCommand)
      .resolvesOnce({
        Items: [item({ cell: 'north' }), item({ cell: 'north', state: 'leaving' }), item({ cell: 'north', moving })],
        LastEvaluatedKey: { account: { S: SOURCE } },
      })
      .resolves({
        Items: [
          item({}),
          item({ cell: 'north', state: 'left' }),
          item({ cell: 'south', state: 'left', departed: true }),
          { account: { S: '#sweep' } },
        ],
      });
    expect([...(await registry.cellLoad())]).toEqual([
      ['north', 2],
      ['south', 2],
      [undefined, 1],
    ]);
    const [first] = dynamo.commandCalls(ScanCommand);
    expect(first?.args[0].input).toMatchObject({
      ConsistentRead: true,
      ProjectionExpression: expect.not.stringContaining('history'),
    });
  });

  test('the vault reads the cell of an entry, and no more of it than the name of a cell has', () => {
    expect(followableOf(itemOf({ ...ENTRY, cell: 'north' })).cell).toBe('north');
    expect(followableOf(itemOf({ ...ENTRY, cell: 'x'.repeat(1000) })).cell).toHaveLength(64);
  });

  test('what management writes of the vault’s own notes is not read', () => {
    const forged = { leavingSince: 'a', followedSince: 'b', lastExit: 'c' };
    const { account, state, regions, since } = ENTRY;
    expect(followableOf(itemOf({ ...ENTRY, ...forged }))).toEqual({
      account,
      state,
      regions,
      since,
      reason: ENTRY.reason,
      departed: true,
    });
  });

  test('a change is written over the revision that was read, and no other', async () => {
    dynamo.on(PutItemCommand).resolves({});
    await registry.change(ENTRY);
    const { revision: _, ...first } = ENTRY;
    await registry.change(first);
    expect(dynamo.commandCalls(PutItemCommand).map(({ args }) => args[0].input)).toMatchObject([
      {
        Item: { revision: { N: '5' } },
        ConditionExpression: 'revision = :seen',
        ExpressionAttributeValues: { ':seen': { N: '4' } },
      },
      { Item: { revision: { N: '1' } }, ConditionExpression: 'attribute_not_exists(revision)' },
    ]);
    dynamo.on(PutItemCommand).rejects(named('ConditionalCheckFailedException'));
    await expect(registry.change(ENTRY)).rejects.toMatchObject({ code: 'STEP_FAILED' });
    dynamo.on(PutItemCommand).rejects(named('ProvisionedThroughputExceededException'));
    await expect(registry.change(ENTRY)).rejects.toThrow('ProvisionedThroughput');
  });

  test('what DynamoDB leaves over is asked for again, and what it never answers is an error', async () => {
    const left = { [TABLE]: { Keys: [{ account: { S: OTHER } }] } };
    dynamo
      .on(BatchGetItemCommand)
      .resolvesOnce({ Responses: { [TABLE]: [itemOf(ENTRY)] }, UnprocessedKeys: left })
      .resolvesOnce({ Responses: { [TABLE]: [itemOf({ ...ENTRY, account: OTHER })] } });
    expect([...(await registry.of([SOURCE, OTHER])).keys()]).toEqual([SOURCE, OTHER]);
    dynamo.on(BatchGetItemCommand).resolves({ UnprocessedKeys: left });
    await expect(registry.of([OTHER])).rejects.toMatchObject({ code: 'INCOMPLETE_LISTING' });
  });

  test('at most a hundred keys are asked for at once, each once', async () => {
    dynamo.on(BatchGetItemCommand).resolves({ Responses: {} });
    await registry.of(Array.from({ length: 250 }, (_, at) => numbered(at)));
    const asked = dynamo
      .commandCalls(BatchGetItemCommand)
      .map(({ args }) => args[0].input.RequestItems?.[TABLE]?.Keys?.length);
    expect(asked).toEqual([100, 100, 50]);
  });

  test('notes beside the entries are no accounts', async () => {
    const note = { account: { S: '#sweep' }, sweep: { S: '{}' } };
    dynamo.on(ScanCommand).resolves({ Items: [note, itemOf(ENTRY)], LastEvaluatedKey: { account: { S: SOURCE } } });
    expect(await registry.page()).toEqual({ items: [ENTRY], next: SOURCE });
  });

  test('a sweep is moved only from where it was seen', async () => {
    const state: SweepState = {
      id: 'a',
      seq: 1,
      phase: 'accounts',
      counts: { members: 0, enrolled: 0, due: 0 },
      again: false,
      touchedAt: 'a',
    };
    dynamo.on(PutItemCommand).resolves({});
    expect(await registry.replaceSweep(state, { ...state, seq: 2 })).toBe(true);
    expect(dynamo.commandCalls(PutItemCommand)[0]?.args[0].input.ExpressionAttributeValues).toEqual({
      ':seen': { S: JSON.stringify(state) },
    });
    dynamo.on(PutItemCommand).rejects(named('ConditionalCheckFailedException'));
    expect(await registry.replaceSweep(state, state)).toBe(false);
    dynamo.on(BatchGetItemCommand).resolves({});
    expect(await registry.recordAlert('x', 'y')).toBe(false);
    dynamo
      .on(BatchGetItemCommand)
      .resolves({ Responses: { [TABLE]: [{ account: { S: '#sweep' }, sweep: { S: JSON.stringify(state) } }] } });
    expect(await registry.sweep()).toEqual(state);
  });

  test('a call is refused since the first of its refusals, unless there was a pause of three hours', async () => {
    const noted = (since: string, last: string) =>
      dynamo.on(BatchGetItemCommand).resolves({
        Responses: { [TABLE]: [{ account: { S: '#refused:X' }, since: { S: since }, last: { S: last } }] },
      });
    dynamo.on(PutItemCommand).resolves({});
    dynamo.on(BatchGetItemCommand).resolves({ Responses: {} });
    const now = new Date('2026-03-01T12:00:00.000Z');
    expect(await registry.recordRefusal('X', now)).toEqual(now);
    expect(dynamo.commandCalls(PutItemCommand)[0]?.args[0].input.Item).toEqual({
      account: { S: '#refused:X' },
      since: { S: '2026-03-01T12:00:00.000Z' },
      last: { S: '2026-03-01T12:00:00.000Z' },
    });
    noted('2026-03-01T07:00:00.000Z', '2026-03-01T11:00:00.000Z');
    expect(await registry.recordRefusal('X', now)).toEqual(new Date('2026-03-01T07:00:00.000Z'));
    noted('2026-03-01T07:00:00.000Z', '2026-03-01T09:00:00.000Z');
    expect(await registry.recordRefusal('X', now)).toEqual(now);
  });

  test('the vault’s table holds entries, what an operator accepted, and when the registry was read', async () => {
    const accepted = {
      account: { S: `#accepted:${OTHER}` },
      by: { S: 'operator' },
      at: { S: '2026-03-01T11:00:00.000Z' },
    };
    const reading = { account: { S: '#reading' }, readAt: { S: '2026-03-01T12:00:00.000Z' } };
    dynamo.on(ScanCommand).resolves({ Items: [itemOf(ENTRY), accepted, reading] });
    const sources = new DynamoSources(new DynamoDBClient(REGION), 'checkvalve-sources');
    expect(await sources.known()).toEqual({
      entries: [ENTRY],
      decisions: [{ kind: 'accepted', subject: OTHER, by: 'operator', at: '2026-03-01T11:00:00.000Z' }],
      lastRead: '2026-03-01T12:00:00.000Z',
    });
  });
});

describe('the StackSet', () => {
  const cloudFormation = mockClient(CloudFormationClient);
  const tooling = new ToolingInstances(new CloudFormationClient(REGION), 'source-tooling', 'r-ex01');
  beforeEach(() => cloudFormation.reset());

  test('every operation names its accounts by INTERSECTION under the ancestor, as the account itself', async () => {
    cloudFormation.on(CreateStackInstancesCommand).resolves({ OperationId: 'op' });
    cloudFormation.on(UpdateStackInstancesCommand).resolves({ OperationId: 'op' });
    cloudFormation.on(DeleteStackInstancesCommand).resolves({ OperationId: 'op' });
    await tooling.create([SOURCE], [HERE]);
    await tooling.repair([SOURCE], [HERE]);
    await tooling.withdraw([SOURCE], [HERE], true);
    const inputs = cloudFormation.calls().map(({ args }) => args[0].input);
    expect(inputs).toHaveLength(3);
    for (const input of inputs) {
      expect(input).toMatchObject({
        CallAs: 'SELF',
        Regions: [HERE],
        DeploymentTargets: { OrganizationalUnitIds: ['r-ex01'], Accounts: [SOURCE], AccountFilterType: 'INTERSECTION' },
      });
    }
    expect(inputs[2]).toMatchObject({ RetainStacks: true });
    for (const refused of [
      tooling.create([], [HERE]),
      tooling.repair([], [HERE]),
      tooling.withdraw([], [HERE], false),
    ]) {
      await expect(refused).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
    }
    expect(cloudFormation.calls()).toHaveLength(3);
  });

  const detailed = (Status: StackInstanceSummary['Status'], DetailedStatus?: string) =>
    ({
      Account: SOURCE,
      Region: HERE,
      Status,
      ...(DetailedStatus && { StackInstanceStatus: { DetailedStatus } }),
    }) as StackInstanceSummary;
  test.each([
    ['current', detailed('CURRENT', 'SUCCEEDED')],
    ['current', detailed('CURRENT')],
    ['current', detailed('CURRENT', 'FAILED')],
    ['current', detailed('CURRENT', 'SKIPPED_SUSPENDED_ACCOUNT')],
    ['running', detailed('CURRENT', 'PENDING')],
    ['running', detailed('CURRENT', 'RUNNING')],
    ['pending', detailed('OUTDATED', 'PENDING')],
    ['pending', detailed('OUTDATED', 'RUNNING')],
    ['pending', detailed('OUTDATED', 'A_NEW_WORD')],
    ['pending', detailed('A_NEW_WORD' as 'OUTDATED', 'PENDING')],
    ['outdated', detailed('A_NEW_WORD' as 'OUTDATED', 'SUCCEEDED')],
    ['outdated', detailed(undefined)],
    ['outdated', detailed('OUTDATED', 'CANCELLED')],
    ['outdated', detailed('OUTDATED')],
    ['outdated', detailed('OUTDATED', 'SUCCEEDED')],
    ['failed', detailed('OUTDATED', 'FAILED')],
    ['failed', detailed('OUTDATED', 'FAILED_IMPORT')],
    ['inoperable', detailed('INOPERABLE', 'FAILED')],
    ['inoperable', detailed('OUTDATED', 'INOPERABLE')],
    ['suspended', detailed('OUTDATED', 'SKIPPED_SUSPENDED_ACCOUNT')],
  ])('an instance is %s: %j', async (standing, summary) => {
    cloudFormation.on(ListStackInstancesCommand).resolves({ Summaries: [summary], NextToken: 'more' });
    const { items, next } = await tooling.instances();
    expect(items).toMatchObject([{ account: SOURCE, region: HERE, standing }]);
    expect(Boolean(items[0]?.detail)).toBe(standing !== 'current');
    expect(next).toBe('more');
  });

  test('operations are listed with what they do and whether they have ended; a status that is new has not', async () => {
    const operation = (OperationId: string, Action: string, Status: string) =>
      ({ OperationId, Action, Status }) as StackSetOperationSummary;
    cloudFormation
      .on(ListStackSetOperationsCommand)
      .resolvesOnce({
        Summaries: [operation('c', 'UPDATE', 'QUEUED'), operation('b', 'UPDATE', 'NEW')],
        NextToken: 'n',
      })
      .resolvesOnce({ Summaries: [operation('a', 'DETECT_DRIFT', 'STOPPED')] });
    expect(await tooling.recentOperations()).toEqual([
      { id: 'c', action: 'UPDATE', ended: false },
      { id: 'b', action: 'UPDATE', ended: false },
      { id: 'a', action: 'DETECT_DRIFT', ended: true },
    ]);
    cloudFormation.reset();
    cloudFormation.on(ListStackSetOperationsCommand).resolves({ Summaries: [], NextToken: 'always more' });
    await tooling.recentOperations();
    expect(cloudFormation.commandCalls(ListStackSetOperationsCommand)).toHaveLength(5);
  });

  test('results of an operation keep CloudFormation’s words', async () => {
    const result = { Account: SOURCE, Region: HERE, Status: 'FAILED', StatusReason: 'a role exists' } as const;
    cloudFormation.on(ListStackSetOperationResultsCommand).resolves({ Summaries: [result] });
    expect((await tooling.results('op')).items).toEqual([
      { account: SOURCE, region: HERE, standing: 'failed', operation: 'op', reason: 'a role exists' },
    ]);
  });
});

test('an account that Organizations does not find is no member; a call that fails is an error', async () => {
  const organizations = mockClient(OrganizationsClient);
  const organization = new AwsOrganization(new OrganizationsClient(REGION));
  organizations.on(DescribeAccountCommand).rejects(named('AccountNotFoundException'));
  expect(await organization.member(SOURCE)).toBeUndefined();
  organizations.on(DescribeAccountCommand).rejects(named('TooManyRequestsException'));
  await expect(organization.member(SOURCE)).rejects.toThrow('TooManyRequests');
  organizations.on(ListAccountsCommand).resolves({ Accounts: [], NextToken: 'more' });
  expect(await organization.members('from')).toEqual({ items: [], next: 'more' });
});

test('a message is sent once in its group, and one that returns waits for so long', async () => {
  const sqs = mockClient(SQSClient);
  sqs.on(SendMessageCommand).resolves({}).on(ChangeMessageVisibilityCommand).resolves({});
  const queue = new SqsStepQueue(new SQSClient(REGION), 'https://sqs/queue.fifo');
  await queue.send({ do: 'look' }, 'group', 'once');
  await queue.retryAfter('receipt', 60);
  expect(sqs.calls().map(({ args }) => args[0].input)).toMatchObject([
    { MessageBody: '{"do":"look"}', MessageGroupId: 'group', MessageDeduplicationId: 'once' },
    { ReceiptHandle: 'receipt', VisibilityTimeout: 60 },
  ]);
});

test('a pace lets the first call go at once, and no more than its number a second', async () => {
  let now = 0;
  const pace = new Pace(10, {
    now: () => now,
    wait: async (milliseconds) => {
      now += milliseconds;
    },
  });
  const begun: number[] = [];
  for (let call = 0; call < 25; call += 1) {
    await pace.turn();
    begun.push(now);
  }
  expect(begun[0]).toBe(0);
  for (const from of begun) expect(begun.filter((at) => at >= from && at < from + 1000).length).toBeLessThanOrEqual(10);
  expect(begun.at(-1)).toBe(2400);
});

test('a message waits longer each time, a quarter of an hour at the longest', () => {
  expect([1, 2, 3, 4, 5, 6, 12].map(backoffSeconds)).toEqual([30, 60, 120, 240, 480, 900, 900]);
});

test('messages are read from the event of a queue, whatever they hold, and from no other event', () => {
  const record = {
    messageId: 'm',
    receiptHandle: 'r',
    body: '{"do":"look"}',
    attributes: { ApproximateReceiveCount: '3' },
  };
  expect(queueMessages({ Records: [record, { messageId: 'n', receiptHandle: 's', body: 'not JSON' }] })).toEqual([
    { id: 'm', receipt: 'r', body: { do: 'look' }, received: 3 },
    { id: 'n', receipt: 's', body: undefined, received: 1 },
  ]);
  for (const other of [null, undefined, {}, { Records: 'x' }, 7]) expect(queueMessages(other)).toBeUndefined();
});
