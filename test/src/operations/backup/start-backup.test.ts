import { BackupClient, StartBackupJobCommand } from '@aws-sdk/client-backup';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeDBClustersCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { TOOLING_OUTPUTS } from '../../../../src/contract/names';
import { startBackup } from '../../../../src/operations/backup/start-backup';

const ARN = 'arn:aws:rds:eu-central-1:222200001111:db:orders';
const [rds, backup, cloudformation] = [
  mockClient(RDSClient),
  mockClient(BackupClient),
  mockClient(CloudFormationClient),
];
const Outputs = [
  { OutputKey: TOOLING_OUTPUTS.exportKeyId, OutputValue: '00000000-0000-4000-8000-000000000001' },
  { OutputKey: TOOLING_OUTPUTS.backupVault, OutputValue: 'checkvalve-0123456789ab' },
  { OutputKey: TOOLING_OUTPUTS.backupRole, OutputValue: 'arn:aws:iam::222200001111:role/checkvalve-backup' },
];

beforeEach(() => {
  for (const mock of [rds, backup, cloudformation]) mock.reset();
  const DBInstances = [{ DBInstanceArn: ARN, Engine: 'postgres', StorageEncrypted: true }];
  rds.on(DescribeDBInstancesCommand).resolves({ DBInstances }).on(DescribeDBClustersCommand).resolves({});
  const stack = { StackName: 'StackSet-source-tooling-1', CreationTime: new Date(0), StackStatus: 'CREATE_COMPLETE' };
  cloudformation
    .on(DescribeStacksCommand)
    .resolves({ Stacks: [{ ...stack, StackStatus: 'CREATE_COMPLETE', Outputs }] });
});

const start = () =>
  startBackup({ database: ARN, regions: ['eu-central-1'], retentionDays: 35 }, (region) => ({ region }));
const failing = (name: string, more: object) => Object.assign(new Error('words'), { name, ...more });

test('an error while reading says that nothing was started', async () => {
  rds.on(DescribeDBInstancesCommand).rejects(failing('Error', { code: 'ECONNRESET' }));
  await expect(start()).rejects.toMatchObject({ message: expect.stringMatching(/^Nothing was started: AWS cannot/) });
});

test('a rejected job says that nothing was started', async () => {
  const refused = failing('InvalidParameterValueException', { $metadata: { httpStatusCode: 400 } });
  backup.on(StartBackupJobCommand).rejects(refused);
  await expect(start()).rejects.toMatchObject({ message: expect.stringMatching(/^Nothing was started: AWS returned/) });
});

test.each([
  ['Error', { code: 'ECONNRESET' }],
  ['ServiceUnavailableException', { $metadata: { httpStatusCode: 503 } }],
])(
  'without a response (%s %j) the error says that the start is unknown, and how to list the jobs',
  async (name, more) => {
    backup.on(StartBackupJobCommand).rejects(failing(name, more));
    await expect(start()).rejects.toMatchObject({
      code: 'AWS_CALL_FAILED',
      message: expect.stringMatching(/^It is unknown whether the backup was started: /),
      remedy: expect.stringContaining(`aws backup list-backup-jobs --by-resource-arn ${ARN} --region eu-central-1`),
    });
  },
);
