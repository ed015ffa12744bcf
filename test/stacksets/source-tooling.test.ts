import { config } from '../../src/checkvalve.config';
import { resourcesOf, templatesOf } from '../support/synthesized';

const { source, tooling, toolingAssets } = templatesOf();
const resources = resourcesOf(source);
const ofType = (type: string) => Object.values(resources).filter(({ Type }) => Type === type);

test('the template has its code inline: no bucket that all accounts would have to read', () => {
  expect(source).not.toContain('S3Bucket');
  const functions = ofType('AWS::Lambda::Function');
  expect(functions).toHaveLength(2);
  for (const { Properties } of functions) {
    const { ZipFile } = Properties.Code as { ZipFile: string };
    expect(Buffer.byteLength(ZipFile)).toBeLessThanOrEqual(64 * 1024);
  }
  const { files } = JSON.parse(toolingAssets) as { files: Record<string, { source: { path: string } }> };
  expect(Object.values(files).map(({ source: { path } }) => path.endsWith('.template.json'))).not.toContain(false);
});

test('it stays below 450 kB, and has no metadata of the CDK', () => {
  expect(Buffer.byteLength(source)).toBeLessThan(450_000);
  expect(source).not.toContain('AWS::CDK::Metadata');
});

test('it is byte-identical for all accounts', () => {
  const exemptions = Array.from({ length: 300 }, (_, at) => ({
    account: String(111100000000 + at),
    reason: 'being moved',
    until: '2027-01-31',
  }));
  const organization = { ...config.organization, targetUnits: ['ou-ex01-another1', 'ou-ex01-another2'] };
  expect(templatesOf({ ...config, organization, exemptions }).source).toBe(source);
});

test('the start windows of the two plans do not overlap, because RDS starts no backup in the windows of a database', () => {
  const windows = ofType('AWS::Backup::BackupPlan').map(({ Properties }) => {
    const { BackupPlan } = Properties as { BackupPlan: { BackupPlanRule: { StartWindowMinutes: number }[] } };
    return BackupPlan.BackupPlanRule[0]?.StartWindowMinutes;
  });
  expect(windows).toEqual([240, 240]);
});

test('only what must outlive the stack is retained', () => {
  const kept = Object.values(resources).filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain');
  expect(kept.map(({ Type }) => Type).sort()).toEqual(['AWS::Backup::BackupVault', 'AWS::IAM::Role', 'AWS::KMS::Key']);
  for (const { UpdateReplacePolicy } of kept) expect(UpdateReplacePolicy).toBe('Retain');
});

test('both plans tag their recovery points, start in a time zone, and keep them as long as configured', () => {
  const rules = ofType('AWS::Backup::BackupPlan').map(({ Properties }) => {
    const { BackupPlan } = Properties as { BackupPlan: { BackupPlanRule: Record<string, unknown>[] } };
    return BackupPlan.BackupPlanRule[0];
  });
  const key = { Ref: Object.keys(resources).find((id) => resources[id]?.Type === 'AWS::KMS::Key') };
  expect(rules).toMatchObject([
    {
      RuleName: 'daily',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      Lifecycle: { DeleteAfterDays: 35 },
      RecoveryPointTags: { encryption_key: key, 'checkvalve:plan': 'daily' },
    },
    {
      RuleName: 'monthly',
      Lifecycle: { DeleteAfterDays: 1825 },
      RecoveryPointTags: { encryption_key: key, 'checkvalve:plan': 'monthly' },
    },
  ]);
});

test('a selection has ARNs and a tag: a tag alone would also select volumes and buckets', () => {
  const selections = ofType('AWS::Backup::BackupSelection').map(({ Properties }) => Properties.BackupSelection);
  expect(selections).toHaveLength(2);
  for (const selection of selections) {
    expect(selection).toMatchObject({
      Resources: ['arn:aws:rds:*:*:db:*', 'arn:aws:rds:*:*:cluster:*'],
      Conditions: { StringEquals: [{ ConditionKey: 'aws:ResourceTag/environment', ConditionValue: 'production' }] },
    });
  }
});

test('the StackSet has no automatic deployment, is of the management account, and has no instances', () => {
  const [stackSet] = Object.values(resourcesOf(tooling)).filter(({ Type }) => Type === 'AWS::CloudFormation::StackSet');
  expect(stackSet?.Properties).toMatchObject({
    StackSetName: 'source-tooling',
    PermissionModel: 'SERVICE_MANAGED',
    AutoDeployment: { Enabled: false },
    CallAs: 'SELF',
    ManagedExecution: { Active: true },
    OperationPreferences: {
      RegionConcurrencyType: 'PARALLEL',
      FailureToleranceCount: 1,
      MaxConcurrentPercentage: 10,
      ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE',
    },
  });
  expect(stackSet?.Properties).not.toHaveProperty('StackInstancesGroup');
});

test('the tooling names a role of the vault only in conditions', () => {
  const withoutConditions = JSON.stringify(resources, (key, value) =>
    key === 'Condition' || key === 'Code' ? undefined : value,
  );
  for (const role of ['role/checkvalve-import-copies', 'role/checkvalve-follow-sources']) {
    expect(JSON.stringify(resources)).toContain(role);
    expect(withoutConditions).not.toContain(role);
  }
});
