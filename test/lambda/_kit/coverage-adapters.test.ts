import { BackupClient, DescribeRegionSettingsCommand, ListBackupJobsCommand } from '@aws-sdk/client-backup';
import { DescribeDBClustersCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { AssumedRoles } from '../../../lambda/_kit/aws/assumed-roles';
import { AwsBackupJobs } from '../../../lambda/_kit/aws/aws-backup-jobs';
import { queueDepth } from '../../../lambda/_kit/aws/queue-depth';
import { RdsDatabases } from '../../../lambda/_kit/aws/rds-databases';
import { AssumedCoverageAccess } from '../../../lambda/_kit/aws/role-coverage-access';
import { S3Evidence } from '../../../lambda/_kit/aws/s3-evidence';
import { SnsAlerts } from '../../../lambda/_kit/aws/sns-alerts';
import { emfMeasure } from '../../../lambda/_kit/runtime/emf-measure';
import { measuredIn } from '../../../src/rehearsal/checks/breached-alarms';
import { HERE, SOURCE, VAULT } from '../../support/pipeline';

const region = { region: HERE };
const named = (name: string) => Object.assign(new Error(name), { name });

// First in the file: a mock of one of the clients behind the access role would answer without knocking.
test('an access role that stays shut is knocked at once in a run, whatever is to be seen behind it', async () => {
  const sts = mockClient(STSClient);
  sts.on(AssumeRoleCommand).rejects(named('AccessDenied'));
  const view = new AssumedCoverageAccess(HERE, new AssumedRoles('checkvalve-report-coverage')).of(SOURCE);
  await expect(view.databases.all()).rejects.toThrow('AccessDenied');
  await expect(view.backups.optedOut()).rejects.toThrow('AccessDenied');
  await expect(view.queueDepthOf('q')).rejects.toThrow('AccessDenied');
  const asked = sts.commandCalls(AssumeRoleCommand).map(({ args }) => args[0].input);
  expect(asked).toEqual([
    {
      RoleArn: `arn:aws:iam::${SOURCE}:role/checkvalve-coverage-access-${HERE}`,
      RoleSessionName: 'checkvalve-report-coverage',
    },
  ]);
});

test('databases are instances that stand alone, and clusters; all pages of both', async () => {
  const rds = mockClient(RDSClient);
  const instance = (name: string, more = {}) => ({
    DBInstanceArn: `arn:aws:rds:${HERE}:${SOURCE}:db:${name}`,
    DbiResourceId: `db-${name}`,
    Engine: 'postgres',
    StorageEncrypted: true,
    InstanceCreateTime: new Date('2026-01-01'),
    TagList: [{ Key: 'environment', Value: 'production' }],
    ...more,
  });
  rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [instance('a')], Marker: 'm' });
  rds.on(DescribeDBInstancesCommand, { Marker: 'm' }).resolves({
    DBInstances: [instance('member', { DBClusterIdentifier: 'ledger' }), instance('b')],
  });
  const cluster = { DBClusterArn: `arn:aws:rds:${HERE}:${SOURCE}:cluster:ledger`, Engine: 'aurora-mysql' };
  rds.on(DescribeDBClustersCommand).resolves({ DBClusters: [{ ...cluster, StorageEncrypted: false }] });
  const found = await new RdsDatabases(new RDSClient(region)).all();
  expect(found.map(({ arn }) => arn.split(':').slice(5).join(':'))).toEqual(['db:a', 'db:b', 'cluster:ledger']);
  expect(found[0]).toMatchObject({ kind: 'instance', resourceId: 'db-a', encrypted: true });
  expect(found[0]?.tags.get('environment')).toBe('production');
  expect(found[2]).toMatchObject({ kind: 'cluster', encrypted: false, createdAt: undefined });
});

test('jobs that failed, expired or were aborted are asked for by state and time; those of databases are kept', async () => {
  const backup = mockClient(BackupClient);
  const after = new Date('2026-11-24T12:00:00Z');
  const at = new Date('2026-11-25T01:00:00Z');
  const job = (ResourceType: string, name: string) => ({ ResourceType, ResourceArn: name, CreationDate: at });
  backup.on(ListBackupJobsCommand).resolves({ BackupJobs: [] });
  backup
    .on(ListBackupJobsCommand, { ByState: 'FAILED' })
    .resolves({ BackupJobs: [{ ...job('RDS', 'a'), StatusMessage: 'no key' }, job('S3', 'b')], NextToken: 'n' });
  backup
    .on(ListBackupJobsCommand, { ByState: 'FAILED', NextToken: 'n' })
    .resolves({ BackupJobs: [job('Aurora', 'c')] });
  backup.on(ListBackupJobsCommand, { ByState: 'ABORTED' }).resolves({ BackupJobs: [job('Neptune', 'd')] });
  expect(await new AwsBackupJobs(new BackupClient(region)).failedSince(after)).toMatchObject([
    { resource: 'a', state: 'FAILED', message: 'no key', at },
    { resource: 'c', state: 'FAILED', message: 'AWS Backup gives no reason', at },
    { resource: 'd', state: 'ABORTED', message: 'AWS Backup gives no reason', at },
  ]);
  const asked = backup.commandCalls(ListBackupJobsCommand).map(({ args }) => args[0].input);
  expect(asked.map(({ ByState }) => ByState)).toEqual(['FAILED', 'FAILED', 'EXPIRED', 'ABORTED', 'EXPIRED']);
  for (const { ByCompleteAfter } of asked.slice(0, 4)) expect(ByCompleteAfter).toEqual(after);
});

test('a job counts by when it ended, however long ago it began; one that expired without an end, by when it began', async () => {
  const backup = mockClient(BackupClient);
  const end = new Date('2026-11-25T12:00:00Z');
  const ago = (hours: number) => new Date(end.getTime() - hours * 3_600_000);
  const jobs = [
    { ResourceArn: 'long', State: 'ABORTED', CreationDate: ago(31), CompletionDate: ago(1) },
    { ResourceArn: 'old', State: 'ABORTED', CreationDate: ago(60), CompletionDate: ago(30) },
    { ResourceArn: 'expired', State: 'EXPIRED', CreationDate: ago(26), CompletionDate: ago(2) },
    { ResourceArn: 'never-begun', State: 'EXPIRED', CreationDate: ago(30) },
  ].map((job) => ({ ...job, ResourceType: 'RDS' }));
  // As AWS Backup filters: what has no end did not end after anything.
  backup.on(ListBackupJobsCommand).callsFake(({ ByState, ByCreatedAfter, ByCompleteAfter }) => ({
    BackupJobs: jobs.filter(
      (job) =>
        job.State === ByState &&
        (!ByCreatedAfter || job.CreationDate >= ByCreatedAfter) &&
        (!ByCompleteAfter || (job.CompletionDate !== undefined && job.CompletionDate >= ByCompleteAfter)),
    ),
  }));
  const found = await new AwsBackupJobs(new BackupClient(region)).failedSince(ago(24));
  expect(found.map(({ resource }) => resource)).toEqual(['long', 'expired', 'never-begun']);
});

test('an account with very many failed jobs costs others no time: three pages of each state are read', async () => {
  const backup = mockClient(BackupClient);
  const page = Array(1000).fill({ ResourceType: 'S3', ResourceArn: 'a', CreationDate: new Date(0) });
  let asked = 0;
  backup.on(ListBackupJobsCommand).callsFake(() => {
    asked += 1;
    return { BackupJobs: page, NextToken: String(asked) };
  });
  expect(await new AwsBackupJobs(new BackupClient(region)).failedSince(new Date(0))).toEqual([]);
  expect(asked).toBe(12);
});

// Case 68.
test('only a kind of cluster that the account has switched off counts as opted out, plain RDS never', async () => {
  mockClient(BackupClient)
    .on(DescribeRegionSettingsCommand)
    .resolves({ ResourceTypeOptInPreference: { RDS: false, Aurora: true, Neptune: false, S3: false } });
  expect(await new AwsBackupJobs(new BackupClient(region)).optedOut()).toEqual(['Neptune']);
});

test('a queue that is there has a depth; one that is not, or that may not be looked at, is an error', async () => {
  const sqs = mockClient(SQSClient);
  sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: 'https://sqs/1/q' });
  sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { ApproximateNumberOfMessages: '7' } });
  expect(await queueDepth(new SQSClient(region), 'q')).toBe(7);
  expect(sqs.commandCalls(GetQueueAttributesCommand)[0]?.args[0].input).toEqual({
    QueueUrl: 'https://sqs/1/q',
    AttributeNames: ['ApproximateNumberOfMessages'],
  });
  sqs.on(GetQueueUrlCommand, { QueueName: 'gone' }).rejects(named('QueueDoesNotExist'));
  await expect(queueDepth(new SQSClient(region), 'gone')).rejects.toThrow('QueueDoesNotExist');
  sqs.on(GetQueueAttributesCommand).rejects(named('AccessDenied'));
  await expect(queueDepth(new SQSClient(region), 'q')).rejects.toThrow('AccessDenied');
});

test('a report that is not there is none; one that may not be read is an error', async () => {
  const s3 = mockClient(S3Client);
  const evidence = new S3Evidence(new S3Client(region), 'bucket', VAULT);
  s3.on(GetObjectCommand).rejects(named('NoSuchKey'));
  expect(await evidence.read('a')).toBeUndefined();
  expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input).toMatchObject({ ExpectedBucketOwner: VAULT });
  s3.on(GetObjectCommand).rejects(named('AccessDenied'));
  await expect(evidence.read('a')).rejects.toThrow('AccessDenied');
});

test('what is kept is locked as it is written, what is replaced is not', async () => {
  const s3 = mockClient(S3Client);
  s3.on(PutObjectCommand).resolves({});
  const evidence = new S3Evidence(new S3Client(region), 'bucket', VAULT);
  const until = new Date('2027-11-25T00:00:00Z');
  await evidence.replace('latest', '{}');
  await evidence.keep('day', '{}', until);
  const [latest, day] = s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input);
  const bucket = { Bucket: 'bucket', ExpectedBucketOwner: VAULT };
  expect(latest).toEqual({ ...bucket, Key: 'latest', Body: '{}', ContentType: 'application/json' });
  expect(day).toMatchObject({ ...bucket, Key: 'day', ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: until });
});

test('an alert has a subject, and the address of its article in the runbook', async () => {
  const sns = mockClient(SNSClient);
  sns.on(PublishCommand).resolves({});
  await new SnsAlerts(new SNSClient(region), 'topic', 'https://wiki.example.com/runbook').publish(
    'a subject',
    'a text',
    'copy-lost',
  );
  expect(sns.commandCalls(PublishCommand)[0]?.args[0].input).toEqual({
    TopicArn: 'topic',
    Subject: 'a subject',
    Message: 'a text\n\nWhat to do: https://wiki.example.com/runbook#copy-lost',
  });
});

test('measures become one line of the embedded metric format, which the alarms would find', () => {
  const lines: string[] = [];
  const write = jest.spyOn(console, 'log').mockImplementation((line: unknown) => void lines.push(String(line)));
  const stdout = jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line).trimEnd());
    return true;
  });
  try {
    emfMeasure('import-copies')({ QuotaUsedPercent: 81, MessagesRejected: 0 });
  } finally {
    write.mockRestore();
    stdout.mockRestore();
  }
  expect(measuredIn(lines.join('\n'))).toEqual([
    { step: 'import-copies', values: { QuotaUsedPercent: 81, MessagesRejected: 0 } },
  ]);
  expect(lines.join('')).toContain('{"Name":"QuotaUsedPercent","Unit":"Percent"}');
});
