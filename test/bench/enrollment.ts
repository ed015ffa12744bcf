import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CloudFormationClient, CreateStackSetCommand } from '@aws-sdk/client-cloudformation';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AwsOrganization } from '../../lambda/_kit/aws/aws-organization';
import { DynamoEnrollment } from '../../lambda/_kit/aws/dynamo-enrollment';
import { DynamoRegistry } from '../../lambda/_kit/aws/dynamo-registry';
import { SnsAlerts } from '../../lambda/_kit/aws/sns-alerts';
import { SqsStepQueue } from '../../lambda/_kit/aws/sqs-step-queue';
import { ToolingInstances } from '../../lambda/_kit/aws/tooling-instances';
import { Pace } from '../../lambda/_kit/runtime/pace';
import { enrollAccounts } from '../../lambda/management/enroll-accounts/enroll-accounts';
import type { EnrollmentPorts } from '../../lambda/management/enroll-accounts/observe';
import { plan } from '../../lambda/management/enroll-accounts/plan';
import { DEFAULT_RUNBOOK_URL } from '../../src/contract/runbook';
import { Emulator } from '../../src/emulator/emulator';
import {
  type FakeOrganization,
  MANAGEMENT,
  ManagementWorld,
  numbered,
  SETTINGS,
  TAGGED,
  tagSet,
  UNITS,
} from '../support/enrollment';
import { medianMs } from './measure';

/** What enrollment costs. */
interface EnrollmentFigures {
  /** Calls for tags in a sweep, for each account of the organization: the larger of 10,000 in memory and 200 over HTTP. */
  readonly tagCallsPerAccount: number;
  /** AWS calls from the event of a tag to the account being enrolled and registered, over HTTP. */
  readonly callsPerEvent: number;
  /** Heap that the largest step of a sweep over 10,000 accounts took. */
  readonly peakMiB: number;
  /** The decision on 10,000 accounts at once. */
  readonly planMs: number;
  /** Virtual minutes of that sweep at ten tags a second, and calls that were refused for coming too fast. */
  readonly sweepMinutes: number;
  readonly throttled: number;
  /** A sweep over 200 accounts that are not enrolled yet, over HTTP: all its calls, and how many it enrolled. */
  readonly overHttp: { readonly accounts: number; readonly enrolled: number; readonly callsPerAccount: number };
}

const ACCOUNTS = 10_000;
const UNITS_IN_ALL = 300;
const OVER_HTTP = 200;
/** A call's latency. */
const LATENCY_MS = 20;

/** Rate and burst. https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
const LIMITS = { members: [8, 12], member: [20, 30], tags: [10, 15] } as const;

/** Time that passes only during waits and calls. */
class VirtualTime {
  private at = 0;
  readonly now = () => this.at;
  readonly wait = async (milliseconds: number) => {
    this.at += milliseconds;
  };
}

/** Refuses what comes faster than Organizations lets it: a bucket of tokens for each call. */
function throttle(organization: FakeOrganization, time: VirtualTime): { refused: number } {
  const counted = { refused: 0 };
  const buckets = Object.fromEntries(
    Object.entries(LIMITS).map(([call, [rate, burst]]) => [call, { rate, burst, tokens: burst as number, at: 0 }]),
  );
  organization.before = (call) => {
    void time.wait(LATENCY_MS);
    const bucket = buckets[call];
    if (!bucket) return;
    bucket.tokens = Math.min(bucket.burst, bucket.tokens + ((time.now() - bucket.at) / 1000) * bucket.rate);
    bucket.at = time.now();
    if (bucket.tokens < 1) {
      counted.refused += 1;
      throw Object.assign(new Error('Rate exceeded'), { name: 'TooManyRequestsException' });
    }
    bucket.tokens -= 1;
  };
  return counted;
}

const unitOf = (at: number) => `ou-ex01-unit${String(at % UNITS_IN_ALL).padStart(4, '0')}`;

/** Ten thousand accounts in three hundred units, a third of them tagged, in memory. */
async function inMemory() {
  const world = new ManagementWorld();
  for (let at = 0; at < ACCOUNTS; at += 1) {
    world.organization.set(numbered(at), { units: [...UNITS, unitOf(at)], tags: at % 3 ? {} : TAGGED });
  }
  await world.sweep();
  const time = new VirtualTime();
  const counted = throttle(world.organization, time);
  const pace = {
    accounts: new Pace(2 * SETTINGS.readsPerSecond, time),
    tags: new Pace(SETTINGS.readsPerSecond, time),
    instances: new Pace(SETTINGS.readsPerSecond, time),
  };
  world.organization.calls.tags = 0;
  let peak = 0;
  let base = heap();
  const tags = world.organization.tags.bind(world.organization);
  world.organization.tags = async (account) => {
    peak = Math.max(peak, process.memoryUsage().heapUsed - base);
    return tags(account);
  };
  world.pace = pace;
  await world.enroll({ source: 'aws.events' });
  for (;;) {
    base = heap();
    if (!(await world.work())) break;
    peak = Math.max(peak, process.memoryUsage().heapUsed - base);
  }
  if (world.registry.state?.phase !== 'done') throw new Error(`the sweep ended in ${world.registry.state?.phase}`);
  return {
    world,
    peak,
    tagCalls: world.organization.calls.tags,
    minutes: time.now() / 60_000,
    throttled: counted.refused,
  };
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** The heap after everything that can go has gone. */
function heap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

function planned(): number {
  const accounts = Array.from({ length: ACCOUNTS }, (_, at) => ({
    account: numbered(at),
    member: { id: numbered(at), state: 'ACTIVE', units: [...UNITS, unitOf(at)] },
    tags: new Map(Object.entries(at % 3 ? {} : TAGGED)),
    instances: [],
  }));
  const facts = { settings: SETTINGS, accounts, withdrawals: 'all', by: 'a measurement', now: new Date(0) } as const;
  return medianMs(9, () => plan(facts));
}

/** The AWS adapters against the emulator: a table, a queue, a topic and a StackSet of their own. */
async function portsOver(emulator: Emulator) {
  const settings = emulator.client(MANAGEMENT, 'us-east-1');
  const cloudFormation = new CloudFormationClient(settings);
  const dynamo = new DynamoDBClient(settings);
  const sns = new SNSClient(settings);
  const sqs = new SQSClient(settings);
  await cloudFormation.send(
    new CreateStackSetCommand({
      StackSetName: 'source-tooling',
      PermissionModel: 'SERVICE_MANAGED',
      AutoDeployment: { Enabled: false },
      ManagedExecution: { Active: true },
      TemplateBody: JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }),
    }),
  );
  const key = { AttributeName: 'account' };
  await dynamo.send(
    new CreateTableCommand({
      TableName: 'registry',
      KeySchema: [{ ...key, KeyType: 'HASH' }],
      AttributeDefinitions: [{ ...key, AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const queue = new CreateQueueCommand({ QueueName: 'work.fifo', Attributes: { FifoQueue: 'true' } });
  const { QueueUrl = '' } = await sqs.send(queue);
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'alerts' }));
  const stackInstances = new ToolingInstances(cloudFormation, 'source-tooling', SETTINGS.rootId);
  const ports: EnrollmentPorts = {
    organization: new AwsOrganization(new OrganizationsClient(settings)),
    stackInstances: () => stackInstances,
    registry: new DynamoEnrollment(dynamo, 'registry'),
    alerts: new SnsAlerts(sns, TopicArn, DEFAULT_RUNBOOK_URL),
    queue: new SqsStepQueue(sqs, QueueUrl),
    pace: { accounts: new Pace(1000), tags: new Pace(1000), instances: new Pace(1000) },
  };
  const run = (event: unknown) => enrollAccounts(event, ports, SETTINGS, new Date(), () => {});
  const work = async () => {
    const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    if (!message) return false;
    const { batchItemFailures } = await run({
      Records: [{ messageId: 'm', receiptHandle: message.ReceiptHandle, body: message.Body }],
    });
    if (batchItemFailures.length > 0) throw new Error(`a step of the sweep failed: ${message.Body}`);
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    return true;
  };
  const enrolled = async () => {
    const entries = await new DynamoRegistry(dynamo, 'registry').entries();
    return entries.filter(({ state }) => state === 'enrolled').length;
  };
  return { run, work, enrolled };
}

/** Two hundred accounts over HTTP, each of them tagged: one is enrolled by its event, the others by a sweep. */
async function overHttp() {
  const emulator = await Emulator.start();
  try {
    const accounts = Array.from({ length: OVER_HTTP }, (_, at) => ({
      id: numbered(at),
      name: `a-${at}`,
      ou: 'Workloads',
      tags: TAGGED,
    }));
    await emulator.buildOrganization({
      management: MANAGEMENT,
      rootId: SETTINGS.rootId,
      ous: [{ id: UNITS[1], name: 'Workloads', parent: 'root' }],
      accounts,
    });
    const { run, work, enrolled } = await portsOver(emulator);
    await emulator.clearLog();
    await run(tagSet(numbered(0)));
    const callsPerEvent = (await emulator.log()).length;
    await emulator.clearLog();
    await run({ source: 'aws.events' });
    while (await work());
    const log = await emulator.log();
    const tagCalls = log.filter(({ operation }) => operation === 'ListTagsForResource').length;
    return { callsPerEvent, tagCalls, calls: log.length, enrolled: await enrolled() };
  } finally {
    await emulator.stop();
  }
}

/** Measures enrollment. */
async function benchEnrollment(): Promise<EnrollmentFigures> {
  const memory = await inMemory();
  const http = await overHttp();
  return {
    tagCallsPerAccount: Math.max(memory.tagCalls / ACCOUNTS, http.tagCalls / OVER_HTTP),
    callsPerEvent: http.callsPerEvent,
    peakMiB: memory.peak / 2 ** 20,
    planMs: planned(),
    sweepMinutes: memory.minutes,
    throttled: memory.throttled,
    overHttp: { accounts: OVER_HTTP, enrolled: http.enrolled, callsPerAccount: http.calls / OVER_HTTP },
  };
}

/** Enrollment as a part of the bench. */
export async function enroll() {
  const figures = await benchEnrollment();
  const sweep = 'a sweep over 10,000 accounts';
  const { accounts, enrolled, callsPerAccount } = figures.overHttp;
  return {
    figures: { enroll: figures },
    rows: [
      { name: `calls for tags in ${sweep}, for each account`, value: figures.tagCallsPerAccount, bar: 1.1 },
      { name: 'calls from the event of a tag to an enrolled account', value: figures.callsPerEvent, bar: 8 },
      { name: `heap of the largest step of ${sweep}`, value: figures.peakMiB, bar: 64, unit: 'MiB' },
      { name: 'decision on 10,000 accounts', value: figures.planMs, bar: 250, unit: 'ms' },
      { name: `${sweep}, in virtual time`, value: figures.sweepMinutes, bar: 60, unit: 'min' },
      { name: 'calls refused by Organizations for their rate', value: figures.throttled, bar: 0 },
      { name: `of ${accounts} tagged accounts over HTTP, not enrolled by a sweep`, value: accounts - enrolled, bar: 0 },
      { name: 'all calls of that sweep, for each account', value: callsPerAccount },
    ],
  };
}
