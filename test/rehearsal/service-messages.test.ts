import { CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { config } from '../../src/checkvalve.config';
import { MANAGEMENT_REGION, NAMES } from '../../src/contract/names';
import type { Alter } from '../../src/rehearsal/host/deploy';
import { PHASES } from '../../src/rehearsal/phases/phases';
import type { Stage } from '../../src/rehearsal/stage';
import { EXAMPLE } from '../../src/rehearsal/world';
import { ALARMS } from '../../src/vault/alarm-table';
import { alarmNameOf } from '../../src/vault/alarms';
import { altering, play, WHOLE_MS } from './playing';

const [REGION = ''] = config.regions;
const VAULT = config.vault.account;
const MANAGEMENT = config.organization.managementAccount;
const topicOf = (account: string, region: string) => `arn:aws:sns:${region}:${account}:${NAMES.alertsTopic}`;

jest.setTimeout(WHOLE_MS);

/** What is published, what is refused, and what EventBridge counts, after something has happened in a deployed landing zone. */
async function publishedAfter(happens: (stage: Stage) => Promise<void>, alter?: Alter) {
  let seen = { published: [] as string[], refused: [] as string[], refusals: 0, failedInvocations: 0 };
  const look = async (stage: Stage) => {
    await happens(stage);
    await stage.pump.untilQuiet();
    const notifications = await stage.emulator.notifications();
    seen = {
      published: notifications.map(({ topicArn, subject, message }) => `${topicArn} ${subject ?? ''} ${message}`),
      refused: stage.failures.map(({ cause }) => cause),
      refusals: stage.refusals,
      failedInvocations: (await stage.emulator.failedInvocations()).length,
    };
  };
  const { failure } = await play({ phases: PHASES.slice(0, 2), encore: look, ...(alter && { alter }) });
  expect(failure).toBeUndefined();
  return seen;
}

type Statement = { Sid?: string; Principal?: { Service?: string }; Condition?: unknown };
const statementsIn = (document: unknown) => (document as { Statement: Statement[] }).Statement;

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-eventbridge.html
const finding = ({ emulator }: Stage) =>
  emulator.emit({
    ...{ account: VAULT, region: REGION, source: 'aws.access-analyzer', detailType: 'Access Analyzer Finding' },
    resources: [`arn:aws:access-analyzer:${REGION}:${VAULT}:analyzer/${NAMES.analyzer}`],
    detail: {
      ...{ version: '1.0', id: 'finding-1', status: 'ACTIVE', resourceType: 'AWS::S3::Bucket' },
      ...{ resource: 'arn:aws:s3:::open', isPublic: true, accountId: VAULT },
    },
  });

/** Gives the statement of a key's policy for EventBridge a condition, or none. */
const keysLetEvents = (Condition?: unknown): Alter =>
  altering('AWS::KMS::Key', ({ KeyPolicy }) => {
    for (const statement of statementsIn(KeyPolicy)) {
      if (statement.Principal?.Service === 'events.amazonaws.com') statement.Condition = Condition;
    }
  });

describe('a finding of Access Analyzer', () => {
  test("is published to the alerts topic when the topic's key has no condition for EventBridge", async () => {
    const { published, refusals, failedInvocations } = await publishedAfter(finding, keysLetEvents());
    expect({ refusals, failedInvocations }).toEqual({ refusals: 0, failedInvocations: 0 });
    expect(published).toHaveLength(1);
    expect(published[0]).toContain(topicOf(VAULT, REGION));
    expect(published[0]).toContain('Resource: arn:aws:s3:::open; finding: finding-1.');
  });

  // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
  test.each([
    ['aws:SourceAccount', { StringEquals: { 'aws:SourceAccount': VAULT } }],
    ['aws:SourceArn', { ArnLike: { 'aws:SourceArn': `arn:aws:events:*:${VAULT}:rule/*` } }],
  ])(
    "is lost when the topic's key has a condition on %s, which EventBridge does not send to it",
    async (_, Condition) => {
      const { published, refused, refusals, failedInvocations } = await publishedAfter(
        finding,
        keysLetEvents(Condition),
      );
      expect({ published, refusals, failedInvocations }).toEqual({ published: [], refusals: 1, failedInvocations: 1 });
      expect(refused).toEqual([expect.stringMatching(/^events\.amazonaws\.com may not kms:Decrypt on arn:aws:kms:/)]);
    },
  );

  test("is lost when the topic's policy does not let EventBridge publish", async () => {
    const alter = altering('AWS::SNS::TopicPolicy', (properties) => {
      const document = properties.PolicyDocument as { Statement: Statement[] };
      document.Statement = document.Statement.filter(({ Principal }) => Principal?.Service !== 'events.amazonaws.com');
    });
    const { published, refused, failedInvocations } = await publishedAfter(finding, alter);
    expect({ published, failedInvocations }).toEqual({ published: [], failedInvocations: 1 });
    expect(refused).toEqual([expect.stringMatching(/^events\.amazonaws\.com may not sns:Publish on arn:aws:sns:/)]);
  });
});

/** Sets every alarm of an account off, and ends it. */
const allAlarms = (account: string, region: string) => async (stage: Stage) => {
  const cloudwatch = new CloudWatchClient(stage.emulator.client(account, region));
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ MaxRecords: 100 }));
  for (const { AlarmName } of MetricAlarms) {
    for (const StateValue of ['ALARM', 'OK'] as const) {
      await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'a test' }));
    }
  }
};

describe('an alarm', () => {
  test('of the vault notifies the alerts topic when it begins and when it ends', async () => {
    const { published, refused } = await publishedAfter(allAlarms(VAULT, REGION));
    expect(refused).toEqual([]);
    for (const { id } of ALARMS) {
      const name = alarmNameOf(id);
      for (const state of ['ALARM', 'OK']) {
        const found = published.filter((one) =>
          one.startsWith(`${topicOf(VAULT, REGION)} ${state}: "${name}"`.slice(0, 150)),
        );
        expect(`${state} ${name}: ${found.length}`).toBe(`${state} ${name}: 1`);
      }
    }
  });

  test('of the management account notifies the alerts topic', async () => {
    const { published, refused } = await publishedAfter(allAlarms(MANAGEMENT, MANAGEMENT_REGION));
    expect(refused).toEqual([]);
    expect(published.length).toBeGreaterThan(0);
    expect(published.filter((one) => !one.startsWith(`${topicOf(MANAGEMENT, MANAGEMENT_REGION)} ALARM: `))).toEqual([]);
  });

  test.each([
    ['AWS::SNS::TopicPolicy', 'PolicyDocument', 'sns:Publish'],
    ['AWS::KMS::Key', 'KeyPolicy', 'kms:Decrypt'],
  ])('notifies no topic without its statement in %s', async (type, field, action) => {
    const alter = altering(type, (properties) => {
      const document = properties[field] as { Statement: Statement[] };
      const others = document.Statement.filter(({ Principal }) => Principal?.Service !== 'cloudwatch.amazonaws.com');
      document.Statement = others;
    });
    const { published, refused, refusals } = await publishedAfter(allAlarms(VAULT, REGION), alter);
    expect(published).toEqual([]);
    expect(refusals).toBe(refused.length);
    expect(refused.length).toBeGreaterThanOrEqual(ALARMS.length);
    expect(refused[0]).toContain(`cloudwatch.amazonaws.com may not ${action} on `);
  });
});

/** Encrypts the inbox under the key of the alerts, which lets SNS use it or not. */
const encryptedInbox =
  (letsSns: boolean): Alter =>
  (templates) => {
    for (const { Resources } of Object.values(templates)) {
      const resources = Object.entries(Resources);
      const inbox = resources.find(([, { Properties }]) => Properties?.QueueName === NAMES.inbox)?.[1].Properties;
      const key = resources.find(([id, { Type }]) => Type === 'AWS::KMS::Key' && id.startsWith('Alerts'));
      if (!inbox || !key) continue;
      inbox.KmsMasterKeyId = { Ref: key[0] };
      const sns = { Principal: { Service: 'sns.amazonaws.com' }, Action: ['kms:Decrypt', 'kms:GenerateDataKey'] };
      const statement = { Effect: 'Allow', ...sns, Resource: '*' };
      if (letsSns) statementsIn(key[1].Properties?.KeyPolicy).push(statement);
    }
  };

const notifyInbox = async ({ emulator }: Stage) => {
  const source = new SNSClient(emulator.client(EXAMPLE.first, REGION));
  const { TopicArn } = await source.send(new CreateTopicCommand({ Name: NAMES.copiesTopic }));
  const inbox = { Protocol: 'sqs', Endpoint: `arn:aws:sqs:${REGION}:${VAULT}:${NAMES.inbox}` };
  const vault = new SNSClient(emulator.client(VAULT, REGION));
  await vault.send(new SubscribeCommand({ TopicArn, ...inbox }));
  await source.send(new PublishCommand({ TopicArn, Message: '{}' }));
};

// https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
test.each([
  [true, 0],
  [false, 1],
])(
  'a message from a topic reaches an encrypted queue only when its key lets SNS use it: %s',
  async (letsSns, refused) => {
    const { refusals } = await publishedAfter(notifyInbox, encryptedInbox(letsSns));
    expect(refusals).toBe(refused);
  },
);
