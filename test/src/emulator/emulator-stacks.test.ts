// Longer than most: all tests share one emulator, whose start takes longer than any of them.
import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeContinuousBackupsCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { GetRoleCommand, GetRolePolicyCommand, IAMClient, ListAttachedRolePoliciesCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, GetKeyPolicyCommand, GetKeyRotationStatusCommand } from '@aws-sdk/client-kms';
import { GetFunctionCommand, InvokeCommand, LambdaClient, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand, ListSubscriptionsCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import {
  type Clients,
  clients,
  deploy,
  errorOf,
  inlineFunction,
  REGION,
  role,
  SOURCE,
  useEmulator,
} from './emulator-world';

const emulator = useEmulator();
let source: Clients;
let settings: ReturnType<ReturnType<typeof emulator>['client']>;

const policy = (Sid: string) => ({
  Version: '2012-10-17',
  Statement: [{ Sid, Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
});
const keyPolicy = (Sid: string) => ({
  Statement: [{ Sid, Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }],
});

/** One resource of every type in Checkvalve’s templates. */
function everything(): Record<string, { Type: string; Properties?: Record<string, unknown>; DeletionPolicy?: string }> {
  return {
    Key: {
      Type: 'AWS::KMS::Key',
      DeletionPolicy: 'Retain',
      Properties: { KeyPolicy: keyPolicy('one'), EnableKeyRotation: true },
    },
    Alias: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/mine', TargetKeyId: { Ref: 'Key' } } },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'inbox', VisibilityTimeout: 60 } },
    QueuePolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: { Queues: [{ Ref: 'Queue' }], PolicyDocument: policy('queue') },
    },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'copies' } },
    TopicPolicy: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: { Topics: [{ Ref: 'Topic' }], PolicyDocument: policy('topic') },
    },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'sqs', Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
    },
    Role: { ...role('lambda.amazonaws.com', 'runner') } as { Type: string; Properties: Record<string, unknown> },
    Inline: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'inline', Roles: [{ Ref: 'Role' }], PolicyDocument: policy('inline') },
    },
    Managed: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: policy('managed') },
    },
    Function: inlineFunction('exports.handler = async () => 1;') as {
      Type: string;
      Properties: Record<string, unknown>;
    },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'Function' },
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
      },
    },
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/mine', RetentionInDays: 30 } },
    Filter: {
      Type: 'AWS::Logs::MetricFilter',
      Properties: {
        LogGroupName: { Ref: 'Logs' },
        FilterPattern: 'x',
        MetricTransformations: [{ MetricName: 'm', MetricNamespace: 'n', MetricValue: '1' }],
      },
    },
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: 'late',
        ComparisonOperator: 'GreaterThanThreshold',
        EvaluationPeriods: 1,
        MetricName: 'm',
        Namespace: 'n',
        Period: 300,
        Statistic: 'Sum',
        Threshold: 1,
        TreatMissingData: 'breaching',
        AlarmActions: [{ Ref: 'Topic' }],
      },
    },
    Dashboard: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: '{}' } },
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'registry',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    },
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketName: 'evidence',
        ObjectLockEnabled: true,
        ObjectLockConfiguration: {
          ObjectLockEnabled: 'Enabled',
          Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } },
        },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
        },
      },
    },
    BucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: policy('bucket') },
    },
    BackupVault: { Type: 'AWS::Backup::BackupVault', Properties: { BackupVaultName: 'vault-1' } },
    Analyzer: { Type: 'AWS::AccessAnalyzer::Analyzer', Properties: { Type: 'ACCOUNT' } },
    Unwanted: { Type: 'AWS::SQS::Queue', Condition: 'Never' } as { Type: string },
  };
}

const text = (resources: unknown, more = {}) =>
  JSON.stringify({ Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } }, Resources: resources, ...more });
const create = (resources: unknown, more = {}) =>
  source.cloudformation.send(new CreateStackCommand({ StackName: 'all', TemplateBody: text(resources, more) }));
const update = (resources: unknown) =>
  source.cloudformation.send(new UpdateStackCommand({ StackName: 'all', TemplateBody: text(resources) }));
const stack = async () =>
  (await source.cloudformation.send(new DescribeStacksCommand({ StackName: 'all' }))).Stacks?.[0];
const physicalIds = async () => {
  const { StackResources } = await source.cloudformation.send(new DescribeStackResourcesCommand({ StackName: 'all' }));
  return Object.fromEntries((StackResources ?? []).map((one) => [one.LogicalResourceId, one.PhysicalResourceId]));
};

const analyzing = (AnalyzerName: string, Type = 'ACCOUNT') => ({
  Type: 'AWS::AccessAnalyzer::Analyzer',
  Properties: { AnalyzerName, Type },
});

test('an account has one analyzer for external access in a Region: a second one fails its stack', async () => {
  const status = async (StackName: string, resource: object) => {
    const TemplateBody = JSON.stringify({ Resources: { Analyzer: resource } });
    await source.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody })).catch(() => {});
    const { Stacks } = await source.cloudformation.send(new DescribeStacksCommand({ StackName }));
    return Stacks?.[0]?.StackStatus;
  };
  expect(await status('first', analyzing('one'))).toBe('CREATE_COMPLETE');
  expect(await status('second', analyzing('two'))).toMatch(/ROLLBACK/);
  expect(await status('unused', analyzing('three', 'ACCOUNT_UNUSED_ACCESS'))).toBe('CREATE_COMPLETE');
});

beforeEach(() => {
  source = clients(emulator(), SOURCE);
  settings = emulator().client(SOURCE, REGION);
});

test('every resource type of Checkvalve’s templates is created', async () => {
  await create(everything());
  expect((await stack())?.StackStatus).toBe('CREATE_COMPLETE');
  expect(Object.keys(await physicalIds()).sort()).toEqual(
    Object.keys(everything())
      .filter((id) => id !== 'Unwanted')
      .sort(),
  );
  const KeyId = (await physicalIds()).Key;
  const iam = new IAMClient(settings);
  const made = {
    rotation: (await source.kms.send(new GetKeyRotationStatusCommand({ KeyId }))).KeyRotationEnabled,
    alias: (await source.kms.send(new DescribeKeyCommand({ KeyId: 'alias/mine' }))).KeyMetadata?.KeyId === KeyId,
    topicPolicy: (
      await source.sns.send(new GetTopicAttributesCommand({ TopicArn: `arn:aws:sns:${REGION}:${SOURCE}:copies` }))
    ).Attributes?.Policy,
    subscriptions: (await source.sns.send(new ListSubscriptionsCommand({}))).Subscriptions?.length,
    queuePolicy: (
      await source.sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: `${emulator().endpoint}/${SOURCE}/inbox`,
          AttributeNames: ['Policy'],
        }),
      )
    ).Attributes?.Policy,
    inline: decodeURIComponent(
      (await iam.send(new GetRolePolicyCommand({ RoleName: 'runner', PolicyName: 'inline' }))).PolicyDocument ?? '',
    ),
    attached: (await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: 'runner' }))).AttachedPolicies?.length,
    alarm: (await new CloudWatchClient(settings).send(new DescribeAlarmsCommand({}))).MetricAlarms?.map(
      (one) => `${one.AlarmName} ${one.TreatMissingData} ${one.AlarmActions}`,
    ),
    recovery: (await new DynamoDBClient(settings).send(new DescribeContinuousBackupsCommand({ TableName: 'registry' })))
      .ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus,
    versioning: (await source.s3.send(new GetBucketVersioningCommand({ Bucket: 'evidence' }))).Status,
    lock: (await source.s3.send(new GetObjectLockConfigurationCommand({ Bucket: 'evidence' }))).ObjectLockConfiguration
      ?.Rule?.DefaultRetention?.Days,
    encryption: (await source.s3.send(new GetBucketEncryptionCommand({ Bucket: 'evidence' })))
      .ServerSideEncryptionConfiguration?.Rules?.length,
    bucketPolicy: (await source.s3.send(new GetBucketPolicyCommand({ Bucket: 'evidence' }))).Policy,
  };
  expect(made).toEqual({
    rotation: true,
    alias: true,
    topicPolicy: expect.stringContaining('"topic"'),
    subscriptions: 1,
    queuePolicy: expect.stringContaining('"queue"'),
    inline: expect.stringContaining('"inline"'),
    attached: 1,
    alarm: [`late breaching arn:aws:sns:${REGION}:${SOURCE}:copies`],
    recovery: 'ENABLED',
    versioning: 'Enabled',
    lock: 30,
    encryption: 1,
    bucketPolicy: expect.stringContaining('"bucket"'),
  });
  expect(await emulator().problems()).toEqual([]);
});

describe('an update', () => {
  test('changes resources in place and keeps their content', async () => {
    await create(everything());
    const before = await physicalIds();
    const QueueUrl = before.Queue ?? '';
    const table = new DynamoDBClient(settings);
    await source.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'kept' }));
    await table.send(new PutItemCommand({ TableName: 'registry', Item: { id: { S: 'kept' } } }));
    const changed = everything();
    Object.assign(changed.Key?.Properties ?? {}, { KeyPolicy: keyPolicy('two') });
    Object.assign(changed.Queue?.Properties ?? {}, { VisibilityTimeout: 90 });
    Object.assign(changed.Topic?.Properties ?? {}, { DisplayName: 'Copies' });
    Object.assign(changed.Table?.Properties ?? {}, { Tags: [{ Key: 'a', Value: 'b' }] });
    Object.assign(changed.Role?.Properties ?? {}, { Description: 'new' });
    Object.assign(changed.Alarm?.Properties ?? {}, { Threshold: 5 });
    Object.assign(changed.BackupVault?.Properties ?? {}, { BackupVaultTags: { a: 'b' } });
    Object.assign(changed.Function?.Properties ?? {}, {
      Code: { ZipFile: 'exports.handler = async () => 2;' },
      Timeout: 90,
    });
    delete changed.Dashboard;
    await update(changed);
    expect((await stack())?.StackStatus).toBe('UPDATE_COMPLETE');
    const { Dashboard, ...rest } = before;
    expect(Dashboard).toBeDefined();
    expect(await physicalIds()).toEqual(rest);
    const attributes = await source.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    expect(attributes.Attributes).toMatchObject({
      VisibilityTimeout: '90',
      ApproximateNumberOfMessages: '1',
      Policy: expect.stringContaining('"queue"'),
    });
    expect(
      (await table.send(new GetItemCommand({ TableName: 'registry', Key: { id: { S: 'kept' } } }))).Item,
    ).toBeDefined();
    expect(
      (await source.kms.send(new GetKeyPolicyCommand({ KeyId: before.Key, PolicyName: 'default' }))).Policy,
    ).toContain('"two"');
    expect((await source.sns.send(new ListSubscriptionsCommand({}))).Subscriptions).toHaveLength(1);
    expect((await new IAMClient(settings).send(new GetRoleCommand({ RoleName: 'runner' }))).Role?.Description).toBe(
      'new',
    );
    expect((await emulator().functions())[0]).toMatchObject({
      code: 'exports.handler = async () => 2;',
      timeoutSeconds: 90,
    });
  });

  test('that changes nothing is refused', async () => {
    await create(everything());
    await expect(update(everything())).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'No updates are to be performed.',
    });
  });

  test('that fails rolls back', async () => {
    const [one, two] = [
      { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'one', VisibilityTimeout: 60 } },
      { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'one' } },
    ];
    await create({ One: one });
    await update({ One: { ...one, Properties: { ...one.Properties, VisibilityTimeout: 90 } }, Two: two });
    expect(await stack()).toMatchObject({
      StackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      StackStatusReason: 'one already exists',
    });
    const QueueUrl = (await physicalIds()).One;
    const { Attributes } = await source.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['VisibilityTimeout'] }),
    );
    expect(Attributes).toEqual({ VisibilityTimeout: '60' });
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-quotas.html
test('an account has one analyzer of a type in a Region: one outside a stack counts, another type or Region does not', async () => {
  const analyzer = (Type: string) => ({ Analyzer: { Type: 'AWS::AccessAnalyzer::Analyzer', Properties: { Type } } });
  const arn = await emulator().plantAnalyzer({ account: SOURCE, region: REGION, name: 'of-the-team' });
  const refused = await deploy(source, 'second', analyzer('ACCOUNT'));
  expect(refused).toMatchObject({ status: 'ROLLBACK_COMPLETE', reason: expect.stringContaining(arn) });
  expect((await deploy(source, 'third', analyzer('ACCOUNT_UNUSED_ACCESS'))).status).toBe('CREATE_COMPLETE');
  const elsewhere = clients(emulator(), SOURCE, 'us-east-1');
  expect((await deploy(elsewhere, 'fourth', analyzer('ACCOUNT'))).status).toBe('CREATE_COMPLETE');
  await elsewhere.cloudformation.send(new DeleteStackCommand({ StackName: 'fourth' }));
  expect((await deploy(elsewhere, 'fifth', analyzer('ACCOUNT'))).status).toBe('CREATE_COMPLETE');
});

describe('a creation that fails', () => {
  test.each([
    ['a role with an existing name', role('lambda.amazonaws.com', 'runner'), /Role with name runner already exists/],
    [
      'a backup vault with an existing name',
      { Type: 'AWS::Backup::BackupVault', Properties: { BackupVaultName: 'vault-1' } },
      /same name already exists/,
    ],
    [
      'a topic with an existing name',
      { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'copies' } },
      /copies already exists/,
    ],
    [
      'a second analyzer of the account',
      { Type: 'AWS::AccessAnalyzer::Analyzer', Properties: { AnalyzerName: 'second', Type: 'ACCOUNT' } },
      /ServiceQuotaExceededException: .*analyzer\/all-Analyzer-/,
    ],
    ['a public function', { Type: 'AWS::Lambda::Url', Properties: {} }, /does not create one/],
  ])('for %s leaves no resource', async (_, resource, reason) => {
    await create(everything());
    const second = await deploy(source, 'second', {
      Fine: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'fine' } },
      Bad: resource,
    });
    expect(second).toMatchObject({ status: 'ROLLBACK_COMPLETE', reason: expect.stringMatching(reason) });
    const { StackEvents } = await source.cloudformation.send(new DescribeStackEventsCommand({ StackName: 'second' }));
    expect(StackEvents?.map((event) => `${event.LogicalResourceId} ${event.ResourceStatus}`)).toEqual(
      expect.arrayContaining(['Bad CREATE_FAILED', 'Fine DELETE_COMPLETE']),
    );
  });
});

describe('a deletion', () => {
  test('keeps retained resources, whose names then exist', async () => {
    await create({
      Keep: { ...role('lambda.amazonaws.com', 'kept'), DeletionPolicy: 'Retain' },
      Key: everything().Key,
      Queue: everything().Queue,
    });
    const { Key, Queue } = await physicalIds();
    await source.cloudformation.send(new DeleteStackCommand({ StackName: 'all' }));
    expect(await errorOf(source.cloudformation.send(new DescribeStacksCommand({ StackName: 'all' })))).toBe(
      'ValidationError',
    );
    expect((await source.kms.send(new DescribeKeyCommand({ KeyId: Key }))).KeyMetadata?.KeyState).toBe('Enabled');
    expect(await errorOf(source.sqs.send(new GetQueueAttributesCommand({ QueueUrl: Queue })))).toBe(
      'QueueDoesNotExist',
    );
    expect((await deploy(source, 'all', { Keep: role('lambda.amazonaws.com', 'kept') })).status).toBe(
      'ROLLBACK_COMPLETE',
    );
  });

  test('is refused under termination protection', async () => {
    await create({ Queue: everything().Queue });
    await source.cloudformation.send(
      new UpdateTerminationProtectionCommand({ StackName: 'all', EnableTerminationProtection: true }),
    );
    expect(await errorOf(source.cloudformation.send(new DeleteStackCommand({ StackName: 'all' })))).toBe(
      'ValidationError',
    );
    expect((await stack())?.StackStatus).toBe('CREATE_COMPLETE');
  });
});

test('a custom resource invokes its function for each change, and the stack does not wait for it', async () => {
  const custom = (Size: number) => ({
    Role: role('lambda.amazonaws.com'),
    Function: inlineFunction('x'),
    Mine: { Type: 'Custom::Mine', Properties: { ServiceToken: { 'Fn::GetAtt': ['Function', 'Arn'] }, Size } },
  });
  await create(custom(1));
  await update(custom(2));
  await source.cloudformation.send(new DeleteStackCommand({ StackName: 'all' }));
  const turns = (await emulator().wakeups()).map(({ event }) => event as Record<string, unknown>);
  expect(turns).toMatchObject([
    { RequestType: 'Create', ResourceType: 'Custom::Mine', ResourceProperties: { Size: 1 } },
    { RequestType: 'Update', ResourceProperties: { Size: 2 }, OldResourceProperties: { Size: 1 } },
    { RequestType: 'Delete' },
  ]);
});

describe('a deployed function', () => {
  test('is queued by an asynchronous invocation; a synchronous one is not emulated', async () => {
    await create({ Role: everything().Role, Function: everything().Function });
    const lambda = new LambdaClient({ ...settings, maxAttempts: 1 });
    const FunctionName = (await physicalIds()).Function;
    const Payload = Buffer.from('{"wake":true}');
    expect((await lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }))).StatusCode).toBe(
      202,
    );
    expect(await emulator().wakeups()).toMatchObject([{ event: { wake: true } }]);
    expect(await errorOf(lambda.send(new InvokeCommand({ FunctionName, Payload })))).toBe('NotEmulated');
  });

  test('can have its code in S3', async () => {
    await source.s3.send(
      new CreateBucketCommand({ Bucket: 'code', CreateBucketConfiguration: { LocationConstraint: REGION } }),
    );
    await source.s3.send(
      new PutObjectCommand({ Bucket: 'code', Key: 'one.zip', Body: zipOf('index.js', 'exports.handler = stored') }),
    );
    const made = everything().Function;
    Object.assign(made?.Properties ?? {}, { Code: { S3Bucket: 'code', S3Key: 'one.zip' } });
    await create({ Role: everything().Role, Function: made });
    expect((await emulator().functions())[0]?.code).toBe('exports.handler = stored');
  });

  test('shows code that UpdateFunctionCode has replaced', async () => {
    await create({ Role: everything().Role, Function: everything().Function });
    const lambda = new LambdaClient(settings);
    const FunctionName = (await physicalIds()).Function;
    await lambda.send(new GetFunctionCommand({ FunctionName }));
    await lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zipOf('index.js', 'exports.handler = evil') }),
    );
    expect((await emulator().functions())[0]?.code).toBe('exports.handler = evil');
  });
});

test('a change set creates, and another one updates', async () => {
  const queue = (VisibilityTimeout: number) => ({
    Type: 'AWS::SQS::Queue',
    Properties: { QueueName: 'inbox', VisibilityTimeout },
  });
  for (const [ChangeSetName, ChangeSetType, timeout] of [
    ['one', 'CREATE', 60],
    ['two', 'UPDATE', 90],
  ] as const) {
    const change = { StackName: 'all', ChangeSetName, ChangeSetType, TemplateBody: text({ Queue: queue(timeout) }) };
    await source.cloudformation.send(new CreateChangeSetCommand(change));
    await source.cloudformation.send(new ExecuteChangeSetCommand({ StackName: 'all', ChangeSetName }));
    expect((await stack())?.StackStatus).toBe(`${ChangeSetType}_COMPLETE`);
    const read = new GetQueueAttributesCommand({
      QueueUrl: (await physicalIds()).Queue,
      AttributeNames: ['VisibilityTimeout'],
    });
    expect((await source.sqs.send(read)).Attributes).toEqual({ VisibilityTimeout: String(timeout) });
  }
});

/** The smallest zip file: one entry, stored. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
function zipOf(name: string, content: string): Buffer {
  const [path, data] = [Buffer.from(name), Buffer.from(content)];
  const sizes = Buffer.alloc(12);
  sizes.writeUInt32LE(crc32(data), 0);
  sizes.writeUInt32LE(data.length, 4);
  sizes.writeUInt32LE(data.length, 8);
  const names = Buffer.alloc(4);
  names.writeUInt16LE(path.length, 0);
  const versions = Buffer.from([20, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), versions, sizes, names, path, data]);
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02'),
    Buffer.from([20, 0]),
    versions,
    sizes,
    names,
    Buffer.alloc(14),
    path,
  ]);
  const end = Buffer.from([0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from('PK\x05\x06'), end]);
}

function crc32(data: Buffer): number {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}
