import {
  BackupClient,
  CreateBackupVaultCommand,
  DescribeRegionSettingsCommand,
  UpdateRegionSettingsCommand,
} from '@aws-sdk/client-backup';
import {
  CloudFormationClient,
  CreateStackInstancesCommand,
  DeleteStackInstancesCommand,
  DescribeStackSetCommand,
  DescribeStackSetOperationCommand,
  ListStackInstancesCommand,
  ListStackSetOperationResultsCommand,
  ListStackSetOperationsCommand,
  UpdateStackInstancesCommand,
} from '@aws-sdk/client-cloudformation';
import {
  DescribeAccountCommand,
  ListParentsCommand,
  ListTagsForResourceCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import {
  AddTagsToResourceCommand,
  CopyDBClusterSnapshotCommand,
  DeleteDBClusterSnapshotCommand,
  DeleteDBSnapshotCommand,
  ModifyDBSnapshotAttributeCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { AwsBackupSettings } from '../../../lambda/_kit/aws/aws-backup-settings';
import { AwsOrganization } from '../../../lambda/_kit/aws/aws-organization';
import { copyRefusal, shareRefusal, wantsOptionGroup } from '../../../lambda/_kit/aws/copy-refusal';
import { RdsSnapshots } from '../../../lambda/_kit/aws/rds-snapshots';
import { clusterSnapshot, instanceSnapshot } from '../../../lambda/_kit/aws/snapshot-shape';
import { SnsNotifications } from '../../../lambda/_kit/aws/sns-notifications';
import { SnsSubscriptions } from '../../../lambda/_kit/aws/sns-subscriptions';
import { SqsWakeups } from '../../../lambda/_kit/aws/sqs-wakeups';
import { ToolingInstances } from '../../../lambda/_kit/aws/tooling-instances';
import { keyArn, snapshotArn } from '../../../src/contract/ids';
import { notify } from '../../../src/contract/message';
import { copiesTopicArn } from '../../../src/contract/names';
import { tagMap } from '../../../src/contract/tags';
import { exportKeyOf, HERE, SOURCE, VAULT } from '../../support/pipeline';
import { NOW, vaultCopy } from '../../support/vault-copies';

const REGION = { region: HERE };
const STEM = `arn:aws:rds:${HERE}:${SOURCE}`;
const named = (name: string, message = 'no') => Object.assign(new Error(message), { name });
const rds = mockClient(RDSClient);
const organizations = mockClient(OrganizationsClient);
const cloudFormation = mockClient(CloudFormationClient);
const backup = mockClient(BackupClient);
const sqs = mockClient(SQSClient);
const sns = mockClient(SNSClient);
beforeEach(() => {
  for (const one of [rds, organizations, cloudFormation, backup, sqs, sns]) one.reset();
});

describe('what RDS says of a snapshot', () => {
  const SAID = {
    Status: 'available',
    SnapshotType: 'manual',
    Engine: 'postgres',
    EngineVersion: '16.1',
    KmsKeyId: exportKeyOf(SOURCE),
    SnapshotCreateTime: new Date('2026-02-02'),
    AllocatedStorage: 20,
    TagList: [{ Key: 'a', Value: 'b' }, { Key: 'empty' }, { Value: 'of nothing' }],
  };
  const SHAPE = {
    status: 'available',
    type: 'manual',
    engine: 'postgres',
    engineVersion: '16.1',
    encrypted: true,
    kmsKeyArn: exportKeyOf(SOURCE),
    createdAt: new Date('2026-02-02'),
    sizeGiB: 20,
    tags: new Map([
      ['a', 'b'],
      ['empty', ''],
    ]),
  };
  const NOTHING = {
    status: 'unknown',
    type: 'unknown',
    engine: 'unknown',
    encrypted: false,
    sizeGiB: 0,
    tags: new Map(),
  };

  test('of an instance', () => {
    const arn = snapshotArn(`${STEM}:snapshot:a`);
    const said = { DBSnapshotArn: arn, DBInstanceIdentifier: 'orders', DbiResourceId: 'db-1', Encrypted: true };
    const taken = { OriginalSnapshotCreateTime: new Date('2026-01-01') };
    const shape = { ...SHAPE, arn, kind: 'instance', name: 'a', database: `${STEM}:db:orders`, resourceId: 'db-1' };
    expect(instanceSnapshot({ ...SAID, ...said, ...taken })).toEqual({ ...shape, takenAt: new Date('2026-01-01') });
    expect(instanceSnapshot({ ...SAID, ...said })).toEqual({ ...shape, takenAt: new Date('2026-02-02') });
    expect(instanceSnapshot({ DBSnapshotArn: arn, DBInstanceIdentifier: 'orders' })).toMatchObject(NOTHING);
  });

  test('of a cluster', () => {
    const arn = snapshotArn(`${STEM}:cluster-snapshot:a`);
    const said = { DBClusterSnapshotArn: arn, DBClusterIdentifier: 'ledger', DbClusterResourceId: 'cluster-1' };
    expect(clusterSnapshot({ ...SAID, ...said, StorageEncrypted: true })).toEqual({
      ...SHAPE,
      arn,
      kind: 'cluster',
      name: 'a',
      database: `${STEM}:cluster:ledger`,
      resourceId: 'cluster-1',
      takenAt: new Date('2026-02-02'),
    });
    expect(clusterSnapshot({ DBClusterSnapshotArn: arn, DBClusterIdentifier: 'ledger' })).toMatchObject(NOTHING);
  });

  test('no tags are an empty map', () => expect([...tagMap(undefined)]).toEqual([]));
});

describe('what RDS answers', () => {
  test.each([
    ['InvalidDBSnapshotStateFault', 'has a permanent option', 'refused'],
    ['InvalidDBClusterSnapshotStateFault', 'is not encrypted', 'refused'],
    ['InvalidParameterCombination', 'TDE', 'refused'],
    ['InvalidDBSnapshotState', 'is being made', 'wait'],
    ['SharedSnapshotQuotaExceeded', 'twenty accounts', 'full'],
    ['InternalFailure', 'cannot be shared', undefined],
    ['FaultInvalidDBSnapshotState', 'cannot be shared', undefined],
  ])('to a share: %s (%s) is %p', (name, because, kind) => {
    expect(shareRefusal(named(name, because))).toEqual(kind && { kind, because });
  });

  test.each([
    ['KMSKeyNotAccessible', 'no', { kind: 'key', because: 'no' }],
    [
      'InvalidParameterValue',
      'requires a target option group',
      { kind: 'options', because: 'requires a target option group' },
    ],
    ['InvalidParameterValue', 'no', { kind: 'refused', because: 'no' }],
    ['InvalidDBSnapshotState', 'no', { kind: 'refused', because: 'no' }],
    ['KMSFaultKeyNotAccessible', 'no', undefined],
  ])('to a copy: %s (%s)', (name, message, outcome) => {
    expect(copyRefusal(named(name, message))).toEqual(outcome);
  });

  test('what is no error is a surprise', () => {
    const odd = { name: 'InvalidDBSnapshotStateFault', message: 'option, requires a target option group' };
    expect([shareRefusal(odd), copyRefusal(odd), wantsOptionGroup(odd)]).toEqual([undefined, undefined, false]);
  });
});

describe('a write on a snapshot', () => {
  const snapshots = () => new RdsSnapshots(new RDSClient(REGION));
  const instance = vaultCopy(NOW);
  const cluster = vaultCopy(NOW, { kind: 'cluster', database: `${STEM}:cluster:ledger` });

  test('a cluster snapshot is copied with its key and its own tags', async () => {
    rds.on(CopyDBClusterSnapshotCommand).resolves({});
    const source = snapshotArn(`${STEM}:cluster-snapshot:awsbackup:job-1`);
    const order = { source, kind: 'cluster', name: 'x', key: keyArn(exportKeyOf(SOURCE)), tags: { a: 'b' } } as const;
    expect(await snapshots().copy(order)).toEqual({ kind: 'started' });
    expect(rds.commandCalls(CopyDBClusterSnapshotCommand)[0]?.args[0].input).toEqual({
      SourceDBClusterSnapshotIdentifier: source,
      TargetDBClusterSnapshotIdentifier: 'x',
      KmsKeyId: exportKeyOf(SOURCE),
      CopyTags: false,
      Tags: [{ Key: 'a', Value: 'b' }],
    });
  });

  test('tags are added under the ARN', async () => {
    rds.on(AddTagsToResourceCommand).resolves({});
    await snapshots().tag(instance.arn, { a: 'b' });
    expect(rds.commandCalls(AddTagsToResourceCommand)[0]?.args[0].input).toEqual({
      ResourceName: instance.arn,
      Tags: [{ Key: 'a', Value: 'b' }],
    });
  });

  test.each([
    ['instance', instance, DeleteDBSnapshotCommand, { DBSnapshotIdentifier: instance.name }, 'DBSnapshotNotFoundFault'],
    [
      'cluster',
      cluster,
      DeleteDBClusterSnapshotCommand,
      { DBClusterSnapshotIdentifier: cluster.name },
      'DBClusterSnapshotNotFoundFault',
    ],
  ] as const)(
    'a snapshot of an %s is deleted by its name; one that is gone already is deleted',
    async (_, of, command, input, gone) => {
      rds.on(command as typeof DeleteDBSnapshotCommand).resolves({});
      await snapshots().remove(of);
      expect(rds.calls().map(({ args }) => args[0].input)).toEqual([input]);
      rds.on(command as typeof DeleteDBSnapshotCommand).rejects(named(gone));
      await snapshots().remove(of);
      for (const other of [`X${gone}`, `${gone}s`, 'InvalidDBSnapshotStateFault']) {
        rds.on(command as typeof DeleteDBSnapshotCommand).rejects(named(other));
        await expect(snapshots().remove(of)).rejects.toThrow('no');
      }
    },
  );

  test('a share that RDS refuses for good is an outcome, and anything else is thrown', async () => {
    rds.on(ModifyDBSnapshotAttributeCommand).rejects(named('InvalidDBSnapshotStateFault', 'TDE'));
    expect(await snapshots().share(instance, VAULT)).toEqual({ kind: 'refused', because: 'TDE' });
    rds.on(ModifyDBSnapshotAttributeCommand).rejects(named('InternalFailure'));
    await expect(snapshots().share(instance, VAULT)).rejects.toThrow('no');
  });
});

describe('AWS Organizations', () => {
  const organization = () => new AwsOrganization(new OrganizationsClient(REGION));

  test('all pages of an account’s tags are read', async () => {
    organizations
      .on(ListTagsForResourceCommand, { ResourceId: SOURCE })
      .resolves({ Tags: [{ Key: 'a', Value: '1' }], NextToken: 'n' });
    organizations
      .on(ListTagsForResourceCommand, { ResourceId: SOURCE, NextToken: 'n' })
      .resolves({ Tags: [{ Key: 'b' } as never, { Value: 'of nothing' } as never] });
    expect([...(await organization().tags(SOURCE))]).toEqual([
      ['a', '1'],
      ['b', ''],
    ]);
    organizations.on(ListTagsForResourceCommand).resolves({});
    expect([...(await organization().tags(VAULT))]).toEqual([]);
  });

  test.each([
    [{ State: 'SUSPENDED', Status: 'ACTIVE' }, 'SUSPENDED'],
    [{ Status: 'ACTIVE' }, 'ACTIVE'],
    [{}, 'UNKNOWN'],
  ] as const)('an account with %j is in the state %s', async (state, expected) => {
    organizations.on(DescribeAccountCommand, { AccountId: SOURCE }).resolves({ Account: { Id: SOURCE, ...state } });
    organizations.on(ListParentsCommand).resolves({});
    expect(await organization().member(SOURCE)).toEqual({ id: SOURCE, state: expected, units: [] });
  });

  test('an account that is not there is undefined, and any other error is thrown', async () => {
    organizations.on(DescribeAccountCommand).resolves({});
    expect(await organization().member(SOURCE)).toBeUndefined();
    organizations.on(DescribeAccountCommand).rejects(named('AccountNotFoundException'));
    expect(await organization().member(SOURCE)).toBeUndefined();
    organizations.on(DescribeAccountCommand).rejects(named('TooManyRequestsException'));
    await expect(organization().member(SOURCE)).rejects.toThrow('no');
  });
});

describe('a StackSet', () => {
  const OURS = { StackSetName: 'tooling', CallAs: 'SELF' };
  const instances = () => new ToolingInstances(new CloudFormationClient(REGION), 'tooling', 'r-ex01');
  const place = { account: SOURCE, region: HERE };
  const said = { Account: SOURCE, Region: HERE };

  test('all pages of the instances of an account are read, with why one is not current', async () => {
    const failed = {
      ...said,
      Status: 'OUTDATED',
      StackInstanceStatus: { DetailedStatus: 'FAILED' },
      StatusReason: 'because',
      LastOperationId: 'op',
      DriftStatus: 'DRIFTED',
    } as const;
    const asked = { ...OURS, StackInstanceAccount: SOURCE } as const;
    cloudFormation.on(ListStackInstancesCommand, asked as never).resolves({ Summaries: [failed], NextToken: 'n' });
    cloudFormation
      .on(ListStackInstancesCommand, { ...asked, NextToken: 'n' } as never)
      .resolves({ Summaries: [{ ...said, Status: 'CURRENT', DriftStatus: 'IN_SYNC' }, said] });
    expect(await instances().ofAccount(SOURCE)).toEqual([
      { ...place, standing: 'failed', detail: 'OUTDATED, FAILED', reason: 'because', operation: 'op', drifted: true },
      { ...place, standing: 'current' },
      { ...place, standing: 'outdated', detail: 'no status' },
    ]);
    cloudFormation.on(ListStackInstancesCommand).resolves({});
    expect(await instances().ofAccount(VAULT)).toEqual([]);
  });

  test('a part of all instances, and where the next begins', async () => {
    cloudFormation.on(ListStackInstancesCommand).resolves({ NextToken: 'n' });
    expect(await instances().instances('m')).toEqual({ items: [], next: 'n' });
    expect(cloudFormation.commandCalls(ListStackInstancesCommand)[0]?.args[0].input).toEqual({
      ...OURS,
      NextToken: 'm',
    });
  });

  test.each([
    ['create', CreateStackInstancesCommand, {}],
    ['repair', UpdateStackInstancesCommand, {}],
    ['withdraw', DeleteStackInstancesCommand, { RetainStacks: true }],
  ] as const)(
    '%s reaches the given accounts and Regions, and answers with its operation',
    async (call, command, more) => {
      cloudFormation.on(command as typeof CreateStackInstancesCommand).resolves({ OperationId: 'op' });
      expect(await instances()[call]([SOURCE], [HERE], true)).toBe('op');
      cloudFormation.on(command as typeof CreateStackInstancesCommand).resolves({});
      expect(await instances()[call]([SOURCE], [HERE], true)).toBe('');
      expect(cloudFormation.calls()[0]?.args[0].input).toEqual({
        ...OURS,
        ...more,
        Regions: [HERE],
        DeploymentTargets: { OrganizationalUnitIds: ['r-ex01'], Accounts: [SOURCE], AccountFilterType: 'INTERSECTION' },
        OperationPreferences: expect.objectContaining({
          FailureTolerancePercentage: 100,
          MaxConcurrentPercentage: 100,
        }),
      });
      await expect(instances()[call]([], [HERE], true)).rejects.toMatchObject({
        message: 'An operation on tooling without accounts would reach all of r-ex01',
        remedy: expect.stringContaining('nothing was changed'),
      });
      expect(cloudFormation.calls()).toHaveLength(2);
    },
  );

  test('of the operations five parts are read, and each has ended or not', async () => {
    cloudFormation.on(ListStackSetOperationsCommand).resolves({ NextToken: 'n', Summaries: [{}] });
    const ended = (['SUCCEEDED', 'FAILED', 'STOPPED', 'RUNNING', 'QUEUED'] as const).map((Status) => ({
      OperationId: Status,
      Action: 'UPDATE' as const,
      Status,
    }));
    cloudFormation
      .on(ListStackSetOperationsCommand, { ...OURS, NextToken: undefined } as never)
      .resolvesOnce({ Summaries: ended, NextToken: 'n' });
    const found = await instances().recentOperations();
    expect(cloudFormation.commandCalls(ListStackSetOperationsCommand)).toHaveLength(5);
    expect(found.map((one) => one.ended)).toEqual([true, true, true, false, false, false, false, false, false]);
    expect(found[0]).toEqual({ id: 'SUCCEEDED', action: 'UPDATE', ended: true });
    expect(found.at(-1)).toEqual({ id: '', action: '', ended: false });
    cloudFormation.on(ListStackSetOperationsCommand).resolves({});
    expect(await instances().recentOperations()).toEqual([]);
  });

  test.each([
    ['RUNNING', false],
    ['QUEUED', false],
    ['STOPPING', false],
    ['STOPPED', true],
    ['SUCCEEDED', true],
  ] as const)('an operation that is %s has ended: %p', async (Status, ended) => {
    const asked = { ...OURS, OperationId: 'op' } as const;
    cloudFormation
      .on(DescribeStackSetOperationCommand, asked as never)
      .resolves({ StackSetOperation: { Action: 'CREATE', Status } });
    expect(await instances().operationState('op')).toEqual({ action: 'CREATE', ended });
  });

  test('an operation that StackSets has forgotten is undefined, and any other error is thrown', async () => {
    cloudFormation.on(DescribeStackSetOperationCommand).rejects(named('OperationNotFoundException'));
    expect(await instances().operationState('op')).toBeUndefined();
    cloudFormation.on(DescribeStackSetOperationCommand).rejects(named('Throttling'));
    await expect(instances().operationState('op')).rejects.toThrow('no');
    cloudFormation.on(DescribeStackSetOperationCommand).resolves({});
    expect(await instances().operationState('op')).toEqual({ action: '', ended: true });
  });

  test('the results of an operation, with reasons; a new word is running', async () => {
    const asked = { ...OURS, OperationId: 'op', NextToken: 'm' } as const;
    const Summaries = [
      { ...said, Status: 'FAILED', StatusReason: 'because' } as const,
      { ...said, Status: 'PENDING' } as const,
      said,
    ];
    cloudFormation.on(ListStackSetOperationResultsCommand, asked as never).resolves({ Summaries, NextToken: 'n' });
    expect(await instances().results('op', 'm')).toEqual({
      items: [
        { ...place, standing: 'failed', operation: 'op', reason: 'because' },
        { ...place, standing: 'running', operation: 'op' },
        { ...place, standing: 'running', operation: 'op' },
      ],
      next: 'n',
    });
    cloudFormation.on(ListStackSetOperationResultsCommand).resolves({});
    expect(await instances().results('other')).toEqual({ items: [], next: undefined });
  });

  test('the version of the template is in its text', async () => {
    cloudFormation.on(DescribeStackSetCommand, OURS as never).resolves({ StackSet: { TemplateBody: '{}' } });
    const version = await instances().templateVersion();
    cloudFormation.on(DescribeStackSetCommand, OURS as never).resolves({ StackSet: { TemplateBody: '{"a":1}' } });
    expect(await instances().templateVersion()).not.toBe(version);
    cloudFormation.on(DescribeStackSetCommand).resolves({});
    const nothing = await instances().templateVersion();
    cloudFormation.on(DescribeStackSetCommand).resolves({ StackSet: { TemplateBody: '' } });
    expect(await instances().templateVersion()).toBe(nothing);
  });
});

describe('settings of AWS Backup', () => {
  const settings = () => new AwsBackupSettings(new BackupClient(REGION));

  test('the opt-in is read and set by resource type', async () => {
    backup.on(DescribeRegionSettingsCommand).resolves({ ResourceTypeOptInPreference: { RDS: false } });
    expect([...(await settings().optIn())]).toEqual([['RDS', false]]);
    backup.on(DescribeRegionSettingsCommand).resolves({});
    expect([...(await settings().optIn())]).toEqual([]);
    backup.on(UpdateRegionSettingsCommand).resolves({});
    await settings().setOptIn(new Map([['RDS', true]]));
    expect(backup.commandCalls(UpdateRegionSettingsCommand)[0]?.args[0].input).toEqual({
      ResourceTypeOptInPreference: { RDS: true },
    });
  });

  test('a vault that is there already is no error, and any other answer is', async () => {
    backup.on(CreateBackupVaultCommand).resolves({});
    await settings().makeVault('v');
    expect(backup.commandCalls(CreateBackupVaultCommand)[0]?.args[0].input).toEqual({ BackupVaultName: 'v' });
    backup.on(CreateBackupVaultCommand).rejects(named('AlreadyExistsException'));
    await settings().makeVault('v');
    backup.on(CreateBackupVaultCommand).rejects(named('AccessDeniedException'));
    await expect(settings().makeVault('v')).rejects.toThrow('no');
  });
});

describe('messages', () => {
  test('a notification goes to the topic', async () => {
    sns.on(PublishCommand).resolves({});
    const { arn } = vaultCopy(NOW);
    await new SnsNotifications(new SNSClient(REGION), 'topic').notify(arn);
    expect(sns.commandCalls(PublishCommand)[0]?.args[0].input).toEqual({ TopicArn: 'topic', Message: notify(arn) });
  });

  test('the inbox subscribes to the topic of an account', async () => {
    sns.on(SubscribeCommand).resolves({});
    await new SnsSubscriptions('inbox').subscribe(SOURCE, HERE);
    expect(sns.commandCalls(SubscribeCommand)[0]?.args[0].input).toEqual({
      TopicArn: copiesTopicArn(SOURCE, HERE),
      Protocol: 'sqs',
      Endpoint: 'inbox',
    });
  });

  test.each([
    ['none waits', { ApproximateNumberOfMessagesDelayed: '0' }, 1],
    ['none is known', undefined, 1],
    ['one waits', { ApproximateNumberOfMessagesDelayed: '1' }, 0],
  ])('one delayed wakeup waits in the queue: %s', async (_, Attributes, sent) => {
    const asked = { QueueUrl: 'q', AttributeNames: ['ApproximateNumberOfMessagesDelayed'] } as const;
    sqs.on(GetQueueAttributesCommand, asked as never).resolves({ Attributes });
    sqs.on(SendMessageCommand).resolves({});
    await new SqsWakeups(new SQSClient(REGION), 'q').wakeIn(10);
    const wakeup = { QueueUrl: 'q', MessageBody: '{"wake":"again"}', DelaySeconds: 600 };
    expect(sqs.commandCalls(GetQueueAttributesCommand)[0]?.args[0].input).toEqual(asked);
    expect(sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input)).toEqual(sent ? [wakeup] : []);
  });
});
