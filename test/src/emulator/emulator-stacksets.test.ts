// Longer than most: all tests share one emulator, whose start takes longer than any of them.
import {
  CreateStackCommand,
  CreateStackInstancesCommand,
  type CreateStackInstancesInput,
  CreateStackSetCommand,
  type CreateStackSetInput,
  DeleteStackCommand,
  DeleteStackInstancesCommand,
  DeleteStackSetCommand,
  DescribeStackInstanceCommand,
  DescribeStackSetCommand,
  DescribeStackSetOperationCommand,
  DescribeStacksCommand,
  ListStackInstancesCommand,
  ListStackSetOperationResultsCommand,
  ListStackSetOperationsCommand,
  UpdateStackCommand,
  UpdateStackSetCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import {
  type Clients,
  clients,
  deploy,
  errorOf,
  inlineFunction,
  MANAGEMENT,
  MISSING_TAG,
  ORGANIZATION,
  OTHER_SOURCE,
  REGION,
  role,
  ruleFor,
  SOURCE,
  useEmulator,
} from './emulator-world';

const emulator = useEmulator();
const StackSetName = 'source-tooling';
const ROOT = 'r-ab12';
const SOFT = {
  FailureTolerancePercentage: 100,
  MaxConcurrentPercentage: 100,
  ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE' as const,
};
let management: Clients;

/** The template of the set: a queue with a name by parameter, and a retained role. */
const template = (timeout = 30) =>
  JSON.stringify({
    Parameters: { Name: { Type: 'String' } },
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Name' }, VisibilityTimeout: timeout } },
      AccessRole: { ...role('lambda.amazonaws.com', 'access'), DeletionPolicy: 'Retain' },
    },
  });

const createSet = (more: Partial<CreateStackSetInput> = {}) =>
  management.cloudformation.send(
    new CreateStackSetCommand({
      StackSetName,
      PermissionModel: 'SERVICE_MANAGED',
      AutoDeployment: { Enabled: false },
      ManagedExecution: { Active: true },
      TemplateBody: template(),
      Parameters: [{ ParameterKey: 'Name', ParameterValue: 'tooling' }],
      ...more,
    }),
  );

const only = (...Accounts: string[]) => ({
  OrganizationalUnitIds: [ROOT],
  AccountFilterType: 'INTERSECTION' as const,
  Accounts,
});

const add = async (
  DeploymentTargets: CreateStackInstancesInput['DeploymentTargets'],
  more: Partial<CreateStackInstancesInput> = {},
) => {
  const wanted = { StackSetName, DeploymentTargets, Regions: [REGION], OperationPreferences: SOFT, ...more };
  return (await management.cloudformation.send(new CreateStackInstancesCommand(wanted))).OperationId ?? '';
};

const remove = (accounts: readonly string[], RetainStacks = false) =>
  management.cloudformation.send(
    new DeleteStackInstancesCommand({
      StackSetName,
      DeploymentTargets: only(...accounts),
      Regions: [REGION],
      RetainStacks,
      OperationPreferences: SOFT,
    }),
  );

const instances = async () => {
  const { Summaries } = await management.cloudformation.send(new ListStackInstancesCommand({ StackSetName }));
  return (Summaries ?? [])
    .map((one) => `${one.Account} ${one.Status} ${one.StackInstanceStatus?.DetailedStatus}`)
    .sort();
};

const operation = async (OperationId: string) =>
  (await management.cloudformation.send(new DescribeStackSetOperationCommand({ StackSetName, OperationId })))
    .StackSetOperation;

const results = async (OperationId: string) =>
  (await management.cloudformation.send(new ListStackSetOperationResultsCommand({ StackSetName, OperationId })))
    .Summaries;

const stacksOf = async (account: string) =>
  ((await clients(emulator(), account).cloudformation.send(new DescribeStacksCommand({}))).Stacks ?? []).map(
    (one) => one.StackName ?? '',
  );

const timeoutOf = async (account: string, name = 'tooling') => {
  const QueueUrl = `${emulator().endpoint}/${account}/${name}`;
  const read = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['VisibilityTimeout'] });
  return (await clients(emulator(), account).sqs.send(read)).Attributes?.VisibilityTimeout;
};

beforeEach(async () => {
  management = clients(emulator(), MANAGEMENT);
  await emulator().buildOrganization(ORGANIZATION);
});

describe('targets', () => {
  beforeEach(() => createSet());

  test.each([
    ['a unit and all below it', { OrganizationalUnitIds: ['ou-ab12-11111111'] }, [SOURCE, OTHER_SOURCE]],
    ['the root, never the management account', { OrganizationalUnitIds: [ROOT] }, [SOURCE, OTHER_SOURCE, MISSING_TAG]],
    ['an intersection', only(SOURCE, MANAGEMENT), [SOURCE]],
    [
      'a difference',
      { OrganizationalUnitIds: [ROOT], AccountFilterType: 'DIFFERENCE' as const, Accounts: [SOURCE] },
      [OTHER_SOURCE, MISSING_TAG],
    ],
    [
      'no filter, whatever accounts are named',
      { OrganizationalUnitIds: ['ou-ab12-33333333'], Accounts: [SOURCE] },
      [MISSING_TAG],
    ],
  ])('%s', async (_, targets, expected) => {
    await add(targets);
    await emulator().advance(60);
    expect((await instances()).map((line) => line.slice(0, 12))).toEqual([...expected].sort());
  });

  test('a union, an unknown OU and no OU are refused', async () => {
    expect(await errorOf(add({ OrganizationalUnitIds: [ROOT], AccountFilterType: 'UNION', Accounts: [SOURCE] }))).toBe(
      'ValidationError',
    );
    expect(await errorOf(add({ OrganizationalUnitIds: ['ou-ab12-99999999'] }))).toBe('ValidationError');
    expect(await errorOf(add({ Accounts: [SOURCE] }))).toBe('ValidationError');
  });
});

describe('a rollout', () => {
  test('takes time, then has created the stack in the member account, with its parameters', async () => {
    await createSet();
    const id = await add(only(SOURCE));
    expect((await operation(id))?.Status).toBe('RUNNING');
    expect(await stacksOf(SOURCE)).toEqual([]);
    await emulator().advance(60);
    expect(await operation(id)).toMatchObject({
      Status: 'SUCCEEDED',
      Action: 'CREATE',
      EndTimestamp: new Date('2026-11-25T00:01:00Z'),
    });
    expect(await stacksOf(SOURCE)).toEqual([expect.stringMatching(/^StackSet-source-tooling-[0-9a-f-]{36}$/)]);
    expect(await timeoutOf(SOURCE)).toBe('30');
    const where = { StackSetName, StackInstanceAccount: SOURCE, StackInstanceRegion: REGION };
    const { StackInstance } = await management.cloudformation.send(new DescribeStackInstanceCommand(where));
    expect(StackInstance).toMatchObject({
      OrganizationalUnitId: ROOT,
      Status: 'CURRENT',
      LastOperationId: id,
      StackId: expect.stringContaining(SOURCE),
    });
  });

  test('skips a suspended account without a failure', async () => {
    await createSet();
    const id = await add(only(SOURCE, OTHER_SOURCE), { OperationPreferences: {} });
    await emulator().advance(60);
    expect((await operation(id))?.Status).toBe('SUCCEEDED');
    expect(await instances()).toEqual([
      `${SOURCE} CURRENT SUCCEEDED`,
      `${OTHER_SOURCE} OUTDATED SKIPPED_SUSPENDED_ACCOUNT`,
    ]);
    expect(await stacksOf(OTHER_SOURCE)).toEqual([]);
  });

  test('names the failures, and stops beyond its tolerance', async () => {
    await createSet();
    await emulator().setStackSets({ failAccounts: { [SOURCE]: 'no role stacksets-exec' } });
    const strict = await add(only(SOURCE, MISSING_TAG), {
      OperationPreferences: { FailureToleranceCount: 0, MaxConcurrentCount: 1 },
    });
    await emulator().advance(60);
    expect((await operation(strict))?.Status).toBe('FAILED');
    expect(await results(strict)).toMatchObject([
      { Account: SOURCE, Status: 'FAILED', StatusReason: 'no role stacksets-exec' },
      { Account: MISSING_TAG, Status: 'CANCELLED' },
    ]);
    await emulator().setStackSets({ failAccounts: {} });
    const again = await add(only(SOURCE, MISSING_TAG));
    await emulator().advance(60);
    expect((await operation(again))?.Status).toBe('SUCCEEDED');
    const filter = {
      StackSetName,
      Filters: [{ Name: 'DETAILED_STATUS' as const, Values: 'SUCCEEDED' }],
      MaxResults: 1,
    };
    const page = await management.cloudformation.send(new ListStackInstancesCommand(filter));
    expect([page.Summaries?.length, typeof page.NextToken]).toEqual([1, 'string']);
  });

  test('updates every instance when the set is updated', async () => {
    await createSet();
    await add(only(SOURCE, MISSING_TAG));
    await emulator().advance(60);
    const change = {
      StackSetName,
      TemplateBody: template(77),
      Parameters: [{ ParameterKey: 'Name', UsePreviousValue: true }],
      OperationPreferences: SOFT,
    };
    await management.cloudformation.send(new UpdateStackSetCommand(change));
    expect(await timeoutOf(SOURCE)).toBe('30');
    await emulator().advance(60);
    expect([await timeoutOf(SOURCE), await timeoutOf(MISSING_TAG)]).toEqual(['77', '77']);
  });
});

describe('operations', () => {
  test('wait for one another under managed execution', async () => {
    await createSet();
    const [first, same, after] = [await add(only(SOURCE)), await add(only(SOURCE)), await add(only(MISSING_TAG))];
    const statuses = async () => Promise.all([first, same, after].map(async (id) => (await operation(id))?.Status));
    expect(await statuses()).toEqual(['RUNNING', 'QUEUED', 'QUEUED']);
    await emulator().advance(60);
    expect(await statuses()).toEqual(['SUCCEEDED', 'RUNNING', 'RUNNING']);
    const { Summaries } = await management.cloudformation.send(new ListStackSetOperationsCommand({ StackSetName }));
    expect(Summaries?.map((one) => one.OperationId)).toEqual([after, same, first]);
  });

  test('run in parallel in different accounts', async () => {
    await createSet();
    const [one, other] = [await add(only(SOURCE)), await add(only(MISSING_TAG))];
    expect([(await operation(one))?.Status, (await operation(other))?.Status]).toEqual(['RUNNING', 'RUNNING']);
  });

  test('are refused while another runs without managed execution', async () => {
    await createSet({ ManagedExecution: { Active: false } });
    await add(only(SOURCE));
    expect(await errorOf(add(only(MISSING_TAG)))).toBe('OperationInProgressException');
    await emulator().advance(60);
    expect(await instances()).toEqual([`${SOURCE} CURRENT SUCCEEDED`]);
  });

  test('are one operation when requested twice with one id', async () => {
    await createSet();
    const OperationId = 'enroll-1';
    expect([await add(only(SOURCE), { OperationId }), await add(only(SOURCE), { OperationId })]).toEqual([
      OperationId,
      OperationId,
    ]);
    expect(await errorOf(add(only(MISSING_TAG), { OperationId }))).toBe('OperationIdAlreadyExistsException');
  });

  test('are events on the bus of the management account', async () => {
    const resources = {
      Role: role('lambda.amazonaws.com'),
      Function: inlineFunction('x'),
      Rule: ruleFor({ source: ['aws.cloudformation'] }),
    };
    await deploy(management, 'listener', resources);
    await createSet();
    await add(only(SOURCE));
    await emulator().advance(60);
    const events = (await emulator().wakeups()).map(
      ({ event }) => event as { 'detail-type': string; detail: Record<string, Record<string, string>> },
    );
    expect(events.map((event) => `${event['detail-type']}: ${event.detail['status-details']?.status}`)).toEqual([
      'CloudFormation StackSet Status Change: ACTIVE',
      'CloudFormation StackSet Operation Status Change: RUNNING',
      'CloudFormation StackSet StackInstance Status Change: CURRENT',
      'CloudFormation StackSet Operation Status Change: SUCCEEDED',
    ]);
  });
});

describe('a withdrawal', () => {
  beforeEach(async () => {
    await createSet();
    await add(only(SOURCE));
    await emulator().advance(60);
  });

  test('deletes the stack except retained resources, which block a new stack', async () => {
    await remove([SOURCE]);
    await emulator().advance(60);
    expect([await instances(), await stacksOf(SOURCE)]).toEqual([[], []]);
    const again = await add(only(SOURCE));
    await emulator().advance(60);
    const reason =
      'ResourceLogicalId:AccessRole, ResourceType:AWS::IAM::Role, ResourceStatusReason:Role with name access already exists.';
    expect(await results(again)).toMatchObject([{ Status: 'FAILED', StatusReason: reason }]);
  });

  test('finds an account that has moved by the OU it was enrolled through', async () => {
    const { MoveAccountCommand } = await import('@aws-sdk/client-organizations');
    const move = { AccountId: SOURCE, SourceParentId: 'ou-ab12-22222222', DestinationParentId: 'ou-ab12-33333333' };
    await management.organizations.send(new MoveAccountCommand(move));
    await remove([SOURCE]);
    await emulator().advance(60);
    expect(await instances()).toEqual([]);
  });

  test('leaves stacks that are to be retained', async () => {
    await remove([SOURCE], true);
    await emulator().advance(60);
    expect([await instances(), (await stacksOf(SOURCE)).length]).toEqual([[], 1]);
  });

  test('names at most fifty accounts', async () => {
    const many = Array.from({ length: 51 }, (_, index) => String(500000000000 + index));
    expect(await errorOf(remove(many))).toBe('ValidationError');
    expect(await errorOf(management.cloudformation.send(new DeleteStackSetCommand({ StackSetName })))).toBe(
      'StackSetNotEmptyException',
    );
  });
});

describe('a set', () => {
  test.each([
    ['in a member account', SOURCE, {}],
    ['without the property AutoDeployment', MANAGEMENT, { AutoDeployment: undefined }],
    [
      'of a type that cannot be created',
      MANAGEMENT,
      { TemplateBody: JSON.stringify({ Resources: { Odd: { Type: 'AWS::Odd::Thing' } } }) },
    ],
    ['too large to be given in place', MANAGEMENT, { TemplateBody: `${template()}${' '.repeat(51_200)}` }],
  ])('%s is refused', async (_, account, more) => {
    management = clients(emulator(), account);
    expect(await errorOf(createSet(more))).toBe('ValidationError');
  });

  test('needs trusted access', async () => {
    await emulator().reset();
    await emulator().buildOrganization({ ...ORGANIZATION, trustedServices: [] });
    expect(await errorOf(createSet())).toBe('ValidationError');
  });

  test('in a template reads its template from S3, is updated, and is not deleted while it has instances', async () => {
    const bucket = { Bucket: 'assets' };
    await management.s3.send(
      new CreateBucketCommand({ ...bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }),
    );
    await management.s3.send(new PutObjectCommand({ ...bucket, Key: 'one.json', Body: template(30) }));
    await management.s3.send(new PutObjectCommand({ ...bucket, Key: 'two.json', Body: template(77) }));
    const tooling = (TemplateURL: string) =>
      JSON.stringify({
        Resources: {
          Set: {
            Type: 'AWS::CloudFormation::StackSet',
            Properties: {
              StackSetName,
              PermissionModel: 'SERVICE_MANAGED',
              AutoDeployment: { Enabled: false },
              ManagedExecution: { Active: true },
              TemplateURL,
              Parameters: [{ ParameterKey: 'Name', ParameterValue: 'tooling' }],
            },
          },
        },
      });
    const StackName = 'Tooling';
    const status = async () =>
      (await management.cloudformation.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0]?.StackStatus;
    await management.cloudformation.send(
      new CreateStackCommand({
        StackName,
        TemplateBody: tooling('https://s3.us-east-1.amazonaws.com/assets/one.json'),
      }),
    );
    expect(await status()).toBe('CREATE_COMPLETE');
    const { StackSet } = await management.cloudformation.send(new DescribeStackSetCommand({ StackSetName }));
    expect(StackSet).toMatchObject({
      Status: 'ACTIVE',
      PermissionModel: 'SERVICE_MANAGED',
      ManagedExecution: { Active: true },
      Parameters: [{ ParameterKey: 'Name', ParameterValue: 'tooling' }],
    });
    await add(only(SOURCE));
    await emulator().advance(60);
    await management.cloudformation.send(
      new UpdateStackCommand({
        StackName,
        TemplateBody: tooling('https://assets.s3.eu-central-1.amazonaws.com/two.json'),
      }),
    );
    expect([await status(), await timeoutOf(SOURCE)]).toEqual(['UPDATE_COMPLETE', '77']);
    await management.cloudformation.send(new DeleteStackCommand({ StackName }));
    expect(await status()).toBe('DELETE_FAILED');
  });
});
