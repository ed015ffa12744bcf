// Longer than most: all tests share one emulator, whose start takes longer than any of them.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ListBackupPlansCommand } from '@aws-sdk/client-backup';
import {
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateRoleCommand, DeleteRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  CreateGrantCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyPolicyCommand,
  ListGrantsCommand,
  ListKeyPoliciesCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  DescribeDBInstancesCommand,
  DescribeDBRecommendationsCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Emulator } from '../../../src/emulator/emulator';
import {
  clients,
  deploy,
  errorOf,
  MANAGEMENT,
  PYTHON_IS_THERE_MS,
  REGION,
  SOURCE,
  START,
  useEmulator,
  VAULT,
} from './emulator-world';

const emulator = useEmulator();

describe('the driver', () => {
  test('names the missing Python when the emulator is not installed', async () => {
    const start = Emulator.start({ python: '/nowhere/python' });
    await expect(start).rejects.toMatchObject({
      code: 'EMULATOR_NOT_INSTALLED',
      remedy: expect.stringContaining('prepare'),
    });
  });

  test('reports the output of a process that is no emulator', async () => {
    const start = Emulator.start({ python: '/bin/cat' });
    await expect(start).rejects.toMatchObject({ code: 'EMULATOR_NOT_STARTED' });
  });

  test('reports that the port did not open in time', async () => {
    const start = Emulator.start({ startsWithinMs: 1 });
    await expect(start).rejects.toMatchObject({
      code: 'EMULATOR_NOT_STARTED',
      message: expect.stringContaining('1 ms'),
    });
  });

  test(
    'reports that the emulator has ended',
    async () => {
      const own = await Emulator.start();
      await own.stop();
      await own.stop();
      await expect(own.now()).rejects.toMatchObject({ code: 'EMULATOR_DIED' });
    },
    PYTHON_IS_THERE_MS,
  );

  test.each([
    ['its parent process has ended', (child: ChildProcess) => child.stdin?.destroy()],
    ['it receives SIGTERM', (child: ChildProcess) => child.kill('SIGTERM')],
    ['it receives SIGINT', (child: ChildProcess) => child.kill('SIGINT')],
  ])(
    'ends at once when %s',
    async (_, end) => {
      const root = join(__dirname, '../../..');
      const child = spawn(join(root, '.emulator/bin/python'), [join(root, 'src/emulator/emulator.py')]);
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      expect(JSON.parse(String(line))).toEqual({ port: expect.any(Number) });
      const ended = once(child, 'exit');
      end(child);
      const late = new Promise((resolve) => setTimeout(resolve, 1000, 'late').unref());
      expect(await Promise.race([ended, late])).toEqual([0, null]);
    },
    PYTHON_IS_THERE_MS,
  );

  test('has its Python where the set-up installs it', () => {
    expect(existsSync(join(__dirname, '../../../.emulator/bin/python'))).toBe(true);
  });
});

describe('the clock', () => {
  test('moves only by a control call, and never back', async () => {
    expect(await emulator().now()).toEqual(new Date(START));
    expect(await emulator().advance(90)).toEqual(new Date('2026-11-25T00:01:30Z'));
    await expect(emulator().moveTo(new Date(START))).rejects.toMatchObject({ code: 'EMULATOR_REFUSED' });
    expect(await emulator().now()).toEqual(new Date('2026-11-25T00:01:30Z'));
    expect(await emulator().nextDue()).toBeUndefined();
  });
});

describe('accounts', () => {
  test('an access key id of twelve digits is the account, and an assumed role acts in its own account', async () => {
    const settings = emulator().client(MANAGEMENT, REGION);
    const management = new STSClient(settings);
    expect((await management.send(new GetCallerIdentityCommand({}))).Account).toBe(MANAGEMENT);
    const role = { RoleArn: `arn:aws:iam::${SOURCE}:role/access`, RoleSessionName: 'test' };
    const made = new CreateRoleCommand({ RoleName: 'access', AssumeRolePolicyDocument: '{}' });
    await new IAMClient(emulator().client(SOURCE, REGION)).send(made);
    const { Credentials } = await management.send(new AssumeRoleCommand(role));
    const credentials = { accessKeyId: Credentials?.AccessKeyId ?? '', secretAccessKey: 'x', sessionToken: 'y' };
    const assumed = await new STSClient({ ...settings, credentials }).send(new GetCallerIdentityCommand({}));
    expect(assumed).toMatchObject({ Account: SOURCE, Arn: `arn:aws:sts::${SOURCE}:assumed-role/access/test` });
  });

  test('a role that does not exist, or was deleted, cannot be assumed', async () => {
    const management = new STSClient(emulator().client(MANAGEMENT, REGION));
    const iam = new IAMClient(emulator().client(SOURCE, REGION));
    const take = () =>
      management.send(
        new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${SOURCE}:role/access`, RoleSessionName: 'test' }),
      );
    expect(await errorOf(take())).toBe('AccessDenied');
    await iam.send(new CreateRoleCommand({ RoleName: 'access', AssumeRolePolicyDocument: '{}' }));
    expect((await take()).AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${SOURCE}:assumed-role/access/test`);
    await iam.send(new DeleteRoleCommand({ RoleName: 'access' }));
    expect(await errorOf(take())).toBe('AccessDenied');
  });
});

describe('KMS', () => {
  test('a key of another account is reached by its ARN, only for operations that AWS allows across accounts', async () => {
    const [source, vault] = [clients(emulator(), SOURCE), clients(emulator(), VAULT)];
    const KeyId = (await source.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
    const described = await vault.kms.send(new DescribeKeyCommand({ KeyId }));
    expect(described.KeyMetadata).toMatchObject({ AWSAccountId: SOURCE, KeyState: 'Enabled', KeyManager: 'CUSTOMER' });
    const grant = { KeyId, GranteePrincipal: `arn:aws:iam::${VAULT}:role/import`, Operations: ['Decrypt' as const] };
    await vault.kms.send(new CreateGrantCommand(grant));
    expect((await source.kms.send(new ListGrantsCommand({ KeyId }))).Grants).toHaveLength(1);
    const policy = new PutKeyPolicyCommand({ KeyId, Policy: '{}' });
    expect(await errorOf(vault.kms.send(policy))).toBe('NotFoundException');
  });

  test.each([
    ['disabled', new DisableKeyCommand({ KeyId: '' }), 'DisabledException', 'Disabled'],
    [
      'pending deletion',
      new ScheduleKeyDeletionCommand({ KeyId: '', PendingWindowInDays: 7 }),
      'KMSInvalidStateException',
      'PendingDeletion',
    ],
  ])('a key that is %s cannot be used', async (_, command, error, state) => {
    const { kms } = clients(emulator(), SOURCE);
    const KeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
    command.input.KeyId = KeyId;
    await kms.send(command as DisableKeyCommand);
    expect((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState).toBe(state);
    expect(await errorOf(kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') })))).toBe(error);
    expect(await errorOf(kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' })))).toBe(error);
  });

  test('a key that AWS RAM shares has a second policy, which PutKeyPolicy cannot write', async () => {
    const [source, vault] = [clients(emulator(), SOURCE), clients(emulator(), VAULT)];
    const KeyId = (await source.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
    const names = async () => (await source.kms.send(new ListKeyPoliciesCommand({ KeyId }))).PolicyNames;
    expect(await names()).toEqual(['default']);
    await emulator().plantKeyPolicy({
      account: SOURCE,
      region: REGION,
      key: KeyId,
      policy: '{"Version":"2012-10-17"}',
    });
    expect(await names()).toEqual(['default', 'AWS_RAM']);
    const { Policy } = await source.kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'AWS_RAM' }));
    expect(Policy).toBe('{"Version":"2012-10-17"}');
    const put = new PutKeyPolicyCommand({ KeyId, PolicyName: 'AWS_RAM', Policy: '{}' });
    expect(await errorOf(source.kms.send(put))).not.toBe('none');
    expect(await errorOf(vault.kms.send(new ListKeyPoliciesCommand({ KeyId })))).toBe('NotFoundException');
  });

  test('a key is deleted at the end of its waiting period', async () => {
    const { kms } = clients(emulator(), SOURCE);
    const KeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? '';
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    await emulator().advance(7 * 86_400);
    expect(await errorOf(kms.send(new DescribeKeyCommand({ KeyId })))).toBe('NotFoundException');
  });

  test('aws/rds is an AWS managed key, and KMS refuses tag keys of AWS', async () => {
    const { kms } = clients(emulator(), SOURCE);
    const managed = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/aws/rds' }));
    expect(managed.KeyMetadata?.KeyManager).toBe('AWS');
    const tagged = new CreateKeyCommand({ Tags: [{ TagKey: 'aws:x', TagValue: 'y' }] });
    expect(await errorOf(kms.send(tagged))).toBe('TagException');
  });
});

describe('planted faults', () => {
  test.each([
    ['a query call', 'DescribeDBSnapshots', 'Throttling', 400, 'Throttling'],
    ['a JSON call', 'SendMessage', 'QueueDoesNotExist', 400, 'QueueDoesNotExist'],
    ['a REST call', 'ListBackupPlans', 'ServiceUnavailableException', 500, 'ServiceUnavailableException'],
    ['an S3 call', 'PutObject', 'SlowDown', 503, 'SlowDown'],
  ])('reach the SDK of %s with their code', async (_, action, code, status, name) => {
    const { backup, rds, s3, sqs } = clients(emulator(), SOURCE);
    const calls: Record<string, () => Promise<unknown>> = {
      DescribeDBSnapshots: () => rds.send(new DescribeDBSnapshotsCommand({})),
      SendMessage: () =>
        sqs.send(new SendMessageCommand({ QueueUrl: `${emulator().endpoint}/${SOURCE}/q`, MessageBody: 'm' })),
      ListBackupPlans: () => backup.send(new ListBackupPlansCommand({})),
      PutObject: () => s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'x' })),
    };
    await emulator().plantFaults([{ action, code, status, times: 1 }]);
    expect(await errorOf(calls[action]?.() ?? Promise.resolve())).toBe(name);
  });

  test('apply a limited number of times, and only to the account, Region and body that they name', async () => {
    const [source, vault] = [clients(emulator(), SOURCE), clients(emulator(), VAULT)];
    const list = (of: typeof source, id?: string) =>
      errorOf(of.rds.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: id })));
    const fault = {
      action: 'DescribeDBSnapshots',
      code: 'Throttling',
      account: VAULT,
      region: REGION,
      match: 'DBInstanceIdentifier=orders',
    };
    await emulator().plantFaults([{ ...fault, times: 2 }]);
    expect([await list(source, 'orders'), await list(vault, 'other')]).toEqual(['none', 'none']);
    expect([await list(vault, 'orders'), await list(vault, 'orders'), await list(vault, 'orders')]).toEqual([
      'Throttling',
      'Throttling',
      'none',
    ]);
    await emulator().plantFaults([fault]);
    await emulator().clearFaults();
    expect(await list(vault, 'orders')).toBe('none');
  });

  test('reach a client with the virtual clock exactly once, and are not retried as a clock skew', async () => {
    const rds = new RDSClient(emulator().client(SOURCE, REGION));
    const virtual = jest.spyOn(Date, 'now').mockReturnValue(Date.parse(START));
    const fault = { action: 'DescribeDBSnapshots', code: 'KMSKeyNotAccessibleFault', account: SOURCE };
    await emulator().plantFaults([fault]);
    expect(await errorOf(rds.send(new DescribeDBSnapshotsCommand({})))).toBe('KMSKeyNotAccessibleFault');
    virtual.mockRestore();
    const calls = (await emulator().log()).filter(({ operation }) => operation === 'DescribeDBSnapshots');
    expect(calls).toHaveLength(1);
  });

  test('can only delay', async () => {
    await emulator().plantFaults([{ action: 'DescribeDBInstances', delayMs: 150 }]);
    const before = Date.now();
    await clients(emulator(), SOURCE).rds.send(new DescribeDBInstancesCommand({}));
    expect(Date.now() - before).toBeGreaterThanOrEqual(150);
  });
});

describe('what cannot be emulated', () => {
  test('a call that is not emulated fails with its name, is listed as a problem, and is not retried', async () => {
    const rds = new RDSClient(emulator().client(SOURCE, REGION)); // with the SDK's own number of attempts
    const call = rds.send(new DescribeDBRecommendationsCommand({}));
    await expect(call).rejects.toMatchObject({
      name: 'NotEmulated',
      message: expect.stringContaining('rds:DescribeDBRecommendations'),
    });
    expect(await emulator().problems()).toEqual([
      { kind: 'not-emulated-call', detail: `rds:DescribeDBRecommendations in ${SOURCE} ${REGION}` },
    ]);
    expect((await emulator().log()).filter(({ operation }) => operation === 'DescribeDBRecommendations')).toHaveLength(
      1,
    );
  });

  test('a template with an unknown resource type is refused with the name of the type', async () => {
    const stack = deploy(clients(emulator(), SOURCE), 'odd', { Odd: { Type: 'AWS::Odd::Thing' } });
    await expect(stack).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('AWS::Odd::Thing'),
    });
    expect(await emulator().problems()).toEqual([{ kind: 'unsupported-resource-type', detail: 'AWS::Odd::Thing' }]);
  });
});

test('the log holds the principal, the operation, the Region and the status of each call', async () => {
  const { rds, sns } = clients(emulator(), SOURCE);
  await rds.send(new DescribeDBInstancesCommand({}));
  await errorOf(sns.send(new PublishCommand({ TopicArn: `arn:aws:sns:${REGION}:${SOURCE}:none`, Message: 'm' })));
  expect(await emulator().log()).toMatchObject([
    {
      account: SOURCE,
      region: REGION,
      service: 'rds',
      operation: 'DescribeDBInstances',
      status: 200,
      principalKey: SOURCE,
    },
    { service: 'sns', operation: 'Publish', status: 404 },
  ]);
  await emulator().clearLog();
  expect(await emulator().log()).toEqual([]);
});

test('DynamoDB checks conditions, pages, and writes a transaction completely or not at all', async () => {
  const keys = {
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  };
  const made = await deploy(clients(emulator(), SOURCE), 'table', {
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        ...keys,
        BillingMode: 'PAY_PER_REQUEST',
        TableName: 'registry',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    },
  });
  expect(made.status).toBe('CREATE_COMPLETE');
  const table = new DynamoDBClient(emulator().client(SOURCE, REGION));
  const put = (id: string) => ({
    TableName: 'registry',
    Item: { id: { S: id } },
    ConditionExpression: 'attribute_not_exists(id)',
  });
  for (const id of ['a', 'b', 'c']) await table.send(new PutItemCommand(put(id)));
  expect(await errorOf(table.send(new PutItemCommand(put('a'))))).toBe('ConditionalCheckFailedException');
  const both = new TransactWriteItemsCommand({ TransactItems: [{ Put: put('d') }, { Put: put('a') }] });
  expect(await errorOf(table.send(both))).toBe('TransactionCanceledException');
  const page = await table.send(new ScanCommand({ TableName: 'registry', Limit: 2 }));
  const rest = await table.send(new ScanCommand({ TableName: 'registry', ExclusiveStartKey: page.LastEvaluatedKey }));
  expect([page.Items?.length, rest.Items?.length, rest.LastEvaluatedKey]).toEqual([2, 1, undefined]);
  const query = {
    TableName: 'registry',
    KeyConditionExpression: 'id = :id',
    ExpressionAttributeValues: { ':id': { S: 'b' } },
  };
  expect((await table.send(new QueryCommand(query))).Items).toEqual([{ id: { S: 'b' } }]);
});
