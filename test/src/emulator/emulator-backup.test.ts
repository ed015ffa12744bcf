import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// Longer than most: all tests share one emulator, whose start takes longer than any of them.
import {
  CreateBackupVaultCommand,
  DeleteBackupVaultCommand,
  DeleteRecoveryPointCommand,
  DescribeBackupJobCommand,
  DescribeRegionSettingsCommand,
  GetBackupPlanCommand,
  ListBackupJobsCommand,
  type ListBackupJobsCommandInput,
  ListBackupPlansCommand,
  ListBackupSelectionsCommand,
  ListRecoveryPointsByBackupVaultCommand,
  StartBackupJobCommand,
  UpdateRegionSettingsCommand,
} from '@aws-sdk/client-backup';
import { DeleteStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  AddTagsToResourceCommand,
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotsCommand,
} from '@aws-sdk/client-rds';
import { AwsBackupJobs } from '../../../lambda/_kit/aws/aws-backup-jobs';
import { DATABASE_SERVICES } from '../../../src/contract/database-services';
import {
  type Clients,
  clients,
  deploy,
  errorOf,
  inlineFunction,
  REGION,
  role,
  ruleFor,
  SOURCE,
  useEmulator,
} from './emulator-world';

const recipe = JSON.parse(readFileSync(join(__dirname, '../../../src/emulator/backup/recipe.json'), 'utf8')) as {
  readonly needed: readonly { readonly action: string; readonly to: string }[];
};
const emulator = useEmulator();
const where = { account: SOURCE, region: REGION };
const database = (name: string, word = 'db') => `arn:aws:rds:${REGION}:${SOURCE}:${word}:${name}`;
const production = [{ Key: 'environment', Value: 'production' }];
const PATTERNS = ['arn:aws:rds:*:*:db:*', 'arn:aws:rds:*:*:cluster:*'];
const TAGGED = { StringEquals: [{ ConditionKey: 'aws:ResourceTag/environment', ConditionValue: 'production' }] };
let source: Clients;

interface Change {
  readonly without?: readonly string[];
  readonly selection?: Record<string, unknown>;
  readonly lifecycleDays?: number;
  /** The actions that the role has; by default all of AWS’s recipe. */
  readonly allowed?: readonly string[];
  readonly notifications?: Record<string, unknown>;
  /** The vault in another Region to which the rule copies. */
  readonly copyTo?: string;
  /** The schedule of the rule, with its time zone and start window. */
  readonly timing?: Readonly<Record<string, string | number>>;
}

/** A role for AWS Backup. */
function backupRole(allowed: readonly string[]): Record<string, unknown> {
  const { Type, Properties } = role('backup.amazonaws.com', 'backup-role') as { Type: string; Properties: object };
  const Statement = [{ Effect: 'Allow', Action: allowed, Resource: '*' }];
  const Policies = [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement } }];
  return { Type, Properties: { ...Properties, Policies } };
}

/** Deploys what the tooling deploys for AWS Backup, without the named parts, and a rule for the events of both services. */
async function backups(change: Change = {}): Promise<void> {
  const { without = [], selection, lifecycleDays, allowed, notifications, copyTo, timing } = change;
  const chosen = selection ?? { Resources: PATTERNS, Conditions: TAGGED };
  const rule = {
    RuleName: 'daily-rule',
    TargetBackupVault: 'vault-1',
    RecoveryPointTags: { encryption_key: 'key-1', team: 'plan' },
    ...(lifecycleDays ? { Lifecycle: { DeleteAfterDays: lifecycleDays } } : {}),
    ...(copyTo ? { CopyActions: [{ DestinationBackupVaultArn: copyTo }] } : {}),
    ...timing,
  };
  const resources: Record<string, unknown> = {
    BackupVault: {
      Type: 'AWS::Backup::BackupVault',
      Properties: { BackupVaultName: 'vault-1', ...(notifications && { Notifications: notifications }) },
    },
    BackupRole: backupRole(allowed ?? recipe.needed.map(({ action }) => action)),
    Plan: {
      Type: 'AWS::Backup::BackupPlan',
      Properties: { BackupPlan: { BackupPlanName: 'daily', BackupPlanRule: [rule] } },
    },
    Selection: {
      Type: 'AWS::Backup::BackupSelection',
      Properties: {
        BackupPlanId: { Ref: 'Plan' },
        BackupSelection: { SelectionName: 's', IamRoleArn: `arn:aws:iam::${SOURCE}:role/backup-role`, ...chosen },
      },
    },
    Role: role('lambda.amazonaws.com'),
    Function: inlineFunction('exports.handler = async () => {};'),
    Rule: ruleFor({ source: ['aws.rds', 'aws.backup'] }),
  };
  const kept = Object.entries(resources).filter(([name]) => !without.includes(name));
  expect((await deploy(source, 'backups', Object.fromEntries(kept))).status).toBe('CREATE_COMPLETE');
}

const instance = (id: string, more: Record<string, unknown> = {}) =>
  source.rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: id,
      Engine: 'postgres',
      DBInstanceClass: 'db.t4g.small',
      AllocatedStorage: 20,
      Tags: production,
      ...more,
    }),
  );

const onDemand = async (name: string) => {
  const to = { BackupVaultName: 'vault-1', IamRoleArn: `arn:aws:iam::${SOURCE}:role/backup-role` };
  return (await source.backup.send(new StartBackupJobCommand({ ...to, ResourceArn: database(name) }))).BackupJobId;
};

const cluster = (id: string, engine: string, more: Record<string, unknown> = {}) =>
  source.rds.send(
    new CreateDBClusterCommand({
      DBClusterIdentifier: id,
      Engine: engine,
      MasterUsername: 'admin',
      MasterUserPassword: 'not-a-secret',
      Tags: production,
      ...more,
    }),
  );

interface ReceivedEvent {
  readonly time: string;
  readonly resources: readonly string[];
  readonly 'detail-type': string;
  readonly detail: Record<string, unknown>;
}

const received = async () => (await emulator().wakeups()).map(({ event }) => event as ReceivedEvent);
const ids = (events: ReceivedEvent[]) =>
  events.map(({ time, detail }) => `${time.slice(11, 16)} ${detail.EventID ?? detail.state ?? detail.status}`);

beforeEach(() => {
  source = clients(emulator(), SOURCE);
});

// https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-notifications.html
test('a backup vault notifies its topic, as AWS Backup, of the events that it names', async () => {
  const topicArn = `arn:aws:sns:${REGION}:${SOURCE}:jobs`;
  await backups({ notifications: { SNSTopicArn: topicArn, BackupVaultEvents: ['BACKUP_JOB_COMPLETED'] } });
  await instance('orders');
  await emulator().runBackup({ ...where, durationSeconds: 60, eventDelaySeconds: 0 });
  expect(await emulator().publications()).toEqual([]);
  await emulator().advance(61);
  const sourceArn = `arn:aws:backup:${REGION}:${SOURCE}:backup-vault:vault-1`;
  expect(await emulator().publications()).toMatchObject([
    { service: 'backup.amazonaws.com', sourceArn, topicArn, message: expect.stringContaining(database('orders')) },
  ]);
});

describe('the run of a plan', () => {
  test.each([
    ['plan', { without: ['Plan', 'Selection'] }, /no backup plan/],
    ['selection', { without: ['Selection'] }, /no selection|has no selection/],
    ['vault', { without: ['BackupVault'] }, /backup vault vault-1 .* does not exist/],
    ['role', { without: ['BackupRole'] }, /backup role .*backup-role.* does not exist/],
  ])('fails and names the %s when it is missing', async (_, change, message) => {
    await backups(change);
    await instance('orders');
    await expect(emulator().runBackup(where)).rejects.toMatchObject({
      code: 'EMULATOR_REFUSED',
      message: expect.stringMatching(message),
    });
  });

  test('creates a snapshot with the plan’s tags over the database’s own, named after the job, under its key', async () => {
    await backups();
    const made = await instance('orders', {
      StorageEncrypted: true,
      Tags: [...production, { Key: 'team', Value: 'shop' }],
    });
    const [job] = await emulator().runBackup({ ...where, planName: 'daily', rule: 'daily-rule' });
    expect(job).toMatchObject({ resourceArn: database('orders'), state: 'RUNNING' });
    await emulator().advance(600);
    const { DBSnapshots } = await source.rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: 'awsbackup' }));
    const snapshot = DBSnapshots?.[0];
    expect(snapshot).toMatchObject({
      DBSnapshotIdentifier: `awsbackup:job-${job?.jobId}`,
      DBSnapshotArn: job?.recoveryPointArn,
      KmsKeyId: made.DBInstance?.KmsKeyId,
      Status: 'available',
    });
    const tags = Object.fromEntries((snapshot?.TagList ?? []).map(({ Key, Value }) => [Key, Value]));
    expect(tags).toMatchObject({ environment: 'production', encryption_key: 'key-1', team: 'plan' });
  });

  test('gives jobs the same ids in every run', async () => {
    const first = async () => {
      await backups();
      await instance('orders');
      return (await emulator().runBackup(where))[0]?.jobId;
    };
    const id = await first();
    await emulator().reset();
    expect(await first()).toBe(id);
  });

  test.each([
    [
      'an instance with automated backups',
      () => instance('orders', { BackupRetentionPeriod: 7 }),
      'RDS',
      '0196',
      '0197',
    ],
    ['an instance without', () => instance('orders', { BackupRetentionPeriod: 0 }), 'RDS', '0040', '0042'],
    ['Aurora', () => cluster('ledger', 'aurora-postgresql'), 'Aurora', '0074', '0075'],
    ['DocumentDB', () => cluster('ledger', 'docdb'), 'DocumentDB', '0074', '0075'],
    ['Neptune', () => cluster('ledger', 'neptune'), 'Neptune', '0074', '0075'],
    ['a Multi-AZ DB cluster', () => cluster('ledger', 'mysql'), 'RDS', '0074', '0075'],
  ])('emits events of RDS and, later, of AWS Backup for %s', async (_, make, resourceType, begun, done) => {
    await backups();
    await make();
    const [job] = await emulator().runBackup({ ...where, durationSeconds: 600, eventDelaySeconds: 300 });
    expect(ids(await received())).toEqual(['00:00 CREATED', `00:00 RDS-EVENT-${begun}`]);
    await emulator().advance(3600);
    const events = await received();
    expect(ids(events)).toEqual([`00:10 RDS-EVENT-${done}`, '00:15 COMPLETED', '00:15 COMPLETED']);
    expect(events[0]).toMatchObject({
      resources: [job?.recoveryPointArn],
      detail: { SourceArn: job?.recoveryPointArn },
    });
    expect(events[1]).toMatchObject({
      'detail-type': 'Backup Job State Change',
      resources: [job?.recoveryPointArn],
      detail: {
        backupJobId: job?.jobId,
        resourceType,
        resourceArn: job?.resourceArn,
        percentDone: 100,
        createdBy: { backupPlanArn: expect.stringContaining(':backup-plan:') },
      },
    });
    expect(events[2]).toMatchObject({
      'detail-type': 'Recovery Point State Change',
      resources: [job?.recoveryPointArn],
    });
  });

  test.each(['FAILED', 'EXPIRED', 'ABORTED'] as const)('ends %s when a test plants that', async (state) => {
    await backups();
    await instance('orders');
    const fail = { state, statusMessage: 'a running job for the same resource' };
    expect(await emulator().runBackup({ ...where, fail })).toMatchObject([{ state, recoveryPointArn: null }]);
    await emulator().advance(300);
    const events = await received();
    expect(events[1]).toMatchObject({ resources: [], detail: { state, statusMessage: fail.statusMessage } });
    expect((await source.rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: 'awsbackup' }))).DBSnapshots).toEqual(
      [],
    );
  });

  test('lists a job of thirty hours by the instant of its end', async () => {
    await backups();
    await instance('orders');
    const listed = async (more: Partial<ListBackupJobsCommandInput>) => {
      const { BackupJobs } = await source.backup.send(new ListBackupJobsCommand({ ByState: 'ABORTED', ...more }));
      return BackupJobs?.length;
    };
    const hoursAgo = async (hours: number) => new Date((await emulator().now()).getTime() - hours * 3_600_000);
    const fail = { state: 'ABORTED', statusMessage: 'it took too long', afterSeconds: 30 * 3600 } as const;
    expect(await emulator().runBackup({ ...where, fail })).toMatchObject([{ state: 'RUNNING' }]);
    expect(await listed({ ByCompleteAfter: await hoursAgo(24) })).toBe(0);
    await emulator().advance(31 * 3600);
    expect(await listed({ ByCreatedAfter: await hoursAgo(24) })).toBe(0);
    expect(await listed({ ByCompleteAfter: await hoursAgo(24) })).toBe(1);
    expect(await listed({ ByCompleteAfter: await hoursAgo(0.5) })).toBe(0);
    expect(await listed({ ByCompleteBefore: await hoursAgo(0.5) })).toBe(1);
    expect(await listed({ ByCompleteBefore: await hoursAgo(2) })).toBe(0);
    const [job] = await new AwsBackupJobs(source.backup).failedSince(await hoursAgo(24));
    expect(job).toMatchObject({ resource: database('orders'), state: 'ABORTED', message: 'it took too long' });
  });

  // https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-region-backup.html
  test('copies a recovery point to another Region, also when the state is saved and restored meanwhile', async () => {
    const there = clients(emulator(), SOURCE, 'eu-west-1');
    const BackupVaultName = 'vault-2';
    const { BackupVaultArn } = await there.backup.send(new CreateBackupVaultCommand({ BackupVaultName }));
    await backups({ copyTo: BackupVaultArn ?? '' });
    await instance('orders');
    await emulator().runBackup(where);
    await emulator().advance(600);
    const states = async () =>
      (await there.rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: 'awsbackup' }))).DBSnapshots?.map(
        ({ DBSnapshotIdentifier, Status }) => [DBSnapshotIdentifier?.split('-')[0], Status],
      );
    expect(await states()).toEqual([['awsbackup:copyjob', 'creating']]);
    const folder = mkdtempSync(join(tmpdir(), 'checkvalve-copy-'));
    try {
      await emulator().save(join(folder, 'state'));
      await emulator().reset();
      await emulator().restore(join(folder, 'state'));
    } finally {
      rmSync(folder, { recursive: true });
    }
    await emulator().advance(900);
    expect(await states()).toEqual([['awsbackup:copyjob', 'available']]);
  });

  test('fails for a database that would have more than fifty tags', async () => {
    await backups();
    await instance('orders');
    const Tags = Array.from({ length: 48 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));
    await source.rds.send(new AddTagsToResourceCommand({ ResourceName: database('orders'), Tags }));
    const [job] = await emulator().runBackup(where);
    expect(job).toMatchObject({ state: 'FAILED', statusMessage: expect.stringContaining('51 tags') });
  });

  test('deletes a recovery point at the end of its lifecycle', async () => {
    await backups({ lifecycleDays: 35 });
    await instance('orders');
    await emulator().runBackup(where);
    const count = async () =>
      (await source.rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: 'awsbackup' }))).DBSnapshots?.length;
    await emulator().advance(34 * 86_400);
    expect(await count()).toBe(1);
    await emulator().advance(2 * 86_400);
    expect(await count()).toBe(0);
  });
});

test.each([
  ['patterns and a tag', { Resources: PATTERNS, Conditions: TAGGED }, ['orders', 'ledger']],
  ['instances alone', { Resources: ['arn:aws:rds:*:*:db:*'], Conditions: TAGGED }, ['orders']],
  [
    'all but some',
    { Resources: PATTERNS, NotResources: ['arn:aws:rds:*:*:cluster:led*'], Conditions: TAGGED },
    ['orders'],
  ],
  [
    'a tag that is like',
    {
      Resources: ['*'],
      Conditions: { StringLike: [{ ConditionKey: 'aws:ResourceTag/environment', ConditionValue: 'prod*' }] },
    },
    ['orders', 'ledger'],
  ],
  [
    'a tag that differs',
    {
      Resources: ['*'],
      Conditions: { StringNotEquals: [{ ConditionKey: 'aws:ResourceTag/environment', ConditionValue: 'production' }] },
    },
    ['scratch'],
  ],
  [
    'a tag that is not like',
    {
      Resources: ['*'],
      Conditions: { StringNotLike: [{ ConditionKey: 'aws:ResourceTag/environment', ConditionValue: 'p*' }] },
    },
    ['scratch'],
  ],
  [
    'any of a list of tags',
    {
      ListOfTags: [
        { ConditionType: 'STRINGEQUALS', ConditionKey: 'environment', ConditionValue: 'test' },
        { ConditionType: 'STRINGEQUALS', ConditionKey: 'environment', ConditionValue: 'production' },
      ],
    },
    ['orders', 'scratch', 'ledger'],
  ],
])('a selection by %s selects the databases that AWS selects', async (_, selection, picked) => {
  await backups({ selection });
  await instance('orders');
  await instance('scratch', { Tags: [{ Key: 'environment', Value: 'test' }] });
  await cluster('ledger', 'aurora-mysql');
  const jobs = await emulator().runBackup(where);
  expect(jobs.map(({ resourceArn }) => resourceArn.split(':').at(-1))).toEqual(picked);
});

describe('the AWS Backup API', () => {
  const roleArn = `arn:aws:iam::${SOURCE}:role/backup-role`;
  const start = (name: string, more = {}) =>
    source.backup.send(
      new StartBackupJobCommand({
        BackupVaultName: 'vault-1',
        ResourceArn: database(name),
        IamRoleArn: roleArn,
        ...more,
      }),
    );

  test('starts an on-demand job once per token, with its own tags', async () => {
    await backups();
    await instance('scratch', { Tags: [] });
    const wanted = { IdempotencyToken: 'once', RecoveryPointTags: { encryption_key: 'key-1' } };
    const { BackupJobId } = await start('scratch', wanted);
    expect((await start('scratch', wanted)).BackupJobId).toBe(BackupJobId);
    await emulator().advance(600);
    const job = await source.backup.send(new DescribeBackupJobCommand({ BackupJobId }));
    expect(job).toMatchObject({
      State: 'COMPLETED',
      ResourceType: 'RDS',
      RecoveryPointArn: expect.stringContaining(`awsbackup:job-${BackupJobId}`),
    });
    const { BackupJobs } = await source.backup.send(new ListBackupJobsCommand({ ByState: 'COMPLETED' }));
    expect(BackupJobs).toHaveLength(1);
    const { DBSnapshots } = await source.rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: 'awsbackup' }));
    expect(DBSnapshots?.[0]?.TagList).toContainEqual({ Key: 'encryption_key', Value: 'key-1' });
  });

  test.each([
    ['an unknown database', 'none', {}, 'InvalidParameterValueException'],
    ['an unknown vault', 'scratch', { BackupVaultName: 'none' }, 'ResourceNotFoundException'],
    [
      'an unknown role',
      'scratch',
      { IamRoleArn: `arn:aws:iam::${SOURCE}:role/none` },
      'InvalidParameterValueException',
    ],
  ])('refuses a job for %s', async (_, name, more, error) => {
    await backups();
    await instance('scratch');
    expect(await errorOf(start(name, more))).toBe(error);
  });

  const needed = [...new Set(recipe.needed.filter(({ to }) => to !== 'expire').map(({ action }) => action))];

  test.each(needed)('a role without %s leaves a database without a backup, by AWS’s recipe', async (action) => {
    await backups({ allowed: needed.filter((one) => one !== action) });
    await instance('orders', { KmsKeyId: 'alias/aws/rds', StorageEncrypted: true });
    await cluster('ledger', 'aurora-mysql');
    const jobs = await emulator().runBackup(where);
    await emulator().advance(3600);
    const { BackupJobs = [] } = await source.backup.send(new ListBackupJobsCommand({}));
    const done = BackupJobs.filter(({ State }) => State === 'COMPLETED').length;
    expect([done < 2, jobs.length <= 2]).toEqual([true, true]);
    const failed = BackupJobs.filter(({ State }) => State === 'FAILED');
    for (const { StatusMessage } of failed) expect(StatusMessage).toContain(action);
  });

  const WINDOWS = { PreferredBackupWindow: '03:00-03:30', PreferredMaintenanceWindow: 'sun:05:00-sun:06:00' };

  // https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html
  test.each([
    ['the backup window', '2026-11-26T03:10:00Z', 'FAILED', 'backup window'],
    ['the hour before the maintenance window', '2026-11-29T04:10:00Z', 'FAILED', 'maintenance window'],
    ['neither', '2026-11-26T12:00:00Z', 'COMPLETED', undefined],
  ])('an on-demand backup that starts in %s of an instance', async (_, at, state, message) => {
    await backups();
    await instance('orders', WINDOWS);
    await emulator().moveTo(new Date(at));
    const BackupJobId = await onDemand('orders');
    await emulator().advance(3600);
    const job = await source.backup.send(new DescribeBackupJobCommand({ BackupJobId }));
    expect(job.State).toBe(state);
    if (message) expect(job.StatusMessage).toContain(message);
  });

  // 2026-11-25 is a Wednesday, and the clock is at midnight.
  test.each([
    ['in the backup window of an instance', 'cron(10 3 ? * * *)', 'UTC', 'The backup of 2026-11-25T03:10:00Z'],
    ['in the backup window, by its time zone', 'cron(10 4 * * ? *)', 'Europe/Berlin', 'of 2026-11-25T03:10:00Z'],
    ['in the hour before the maintenance window', 'cron(10 4 ? * SUN *)', 'UTC', 'of 2026-11-29T04:10:00Z'],
    [
      'in the maintenance window, on the last Sunday of a month',
      'cron(0/30 5 ? * 1L *)',
      'UTC',
      'of 2026-11-29T05:00:00Z',
    ],
    [
      'in the maintenance window, on the fifth Sunday of a month',
      'cron(59 5 ? * SUN#5 *)',
      'UTC',
      'of 2026-11-29T05:59:00Z',
    ],
    [
      'in the backup window, on the working day nearest to a date',
      'cron(15 3 29W * ? *)',
      'UTC',
      'of 2026-11-30T03:15:00Z',
    ],
    [
      'in the backup window, on the last day of a month',
      'cron(15 3 L NOV,DEC ? 2026)',
      'UTC',
      'of 2026-11-30T03:15:00Z',
    ],
    ['at the end of the backup window', 'cron(30 3 ? * * *)', 'UTC', undefined],
    ['in the hour before the maintenance window, but on other days', 'cron(10 4 ? * MON-SAT *)', 'UTC', undefined],
    ['at the end of the maintenance window', 'cron(0 6 ? * 1 *)', 'UTC', undefined],
  ])('a plan whose next start is %s', async (_, schedule, zone, failure) => {
    const timing = { ScheduleExpression: schedule, ScheduleExpressionTimezone: zone, StartWindowMinutes: 60 };
    await backups({ timing });
    await instance('orders', WINDOWS);
    const [job] = await emulator().runBackup(where);
    expect(job).toMatchObject(
      failure
        ? { state: 'FAILED', obstacle: 'window', statusMessage: expect.stringContaining(failure) }
        : { state: 'RUNNING', obstacle: null },
    );
  });

  test('within the start window of a plan a job starts now, and fails in a window of the instance', async () => {
    await backups({ timing: { ScheduleExpression: 'cron(30 1 ? * * *)', StartWindowMinutes: 120 } });
    await instance('orders', WINDOWS);
    const states: (string | undefined)[] = [];
    for (const at of ['02:00', '03:05', '03:40']) {
      await emulator().moveTo(new Date(`2026-11-25T${at}:00Z`));
      states.push((await emulator().runBackup(where))[0]?.state);
    }
    expect(states).toEqual(['RUNNING', 'FAILED', 'RUNNING']);
  });

  test.each([
    ['Aurora', 'aurora-mysql', 'RUNNING'],
    ['a Multi-AZ DB cluster', 'mysql', 'FAILED'],
  ])('%s in its backup window', async (_, engine, state) => {
    await backups({ timing: { ScheduleExpression: 'cron(10 3 ? * * *)', StartWindowMinutes: 60 } });
    await cluster('ledger', engine, WINDOWS);
    expect(await emulator().runBackup(where)).toMatchObject([{ state }]);
  });

  test('a role with exactly AWS’s recipe backs up instances and clusters', async () => {
    await backups({ allowed: needed });
    await instance('orders');
    await cluster('ledger', 'aurora-mysql');
    expect((await emulator().runBackup(where)).map(({ state }) => state)).toEqual(['RUNNING', 'RUNNING']);
  });

  test('offers an opt-in of every service that Checkvalve protects', async () => {
    const { ResourceTypeOptInPreference } = await source.backup.send(new DescribeRegionSettingsCommand({}));
    expect(Object.keys(ResourceTypeOptInPreference ?? {})).toEqual(expect.arrayContaining([...DATABASE_SERVICES]));
  });

  test('starts no job for a service without opt-in', async () => {
    await backups();
    await instance('orders');
    await cluster('ledger', 'aurora-mysql');
    await source.backup.send(new UpdateRegionSettingsCommand({ ResourceTypeOptInPreference: { Aurora: false } }));
    const settings = await source.backup.send(new DescribeRegionSettingsCommand({}));
    expect(settings.ResourceTypeOptInPreference).toMatchObject({ Aurora: false, RDS: true });
    expect((await emulator().runBackup(where)).map(({ state }) => state)).toEqual(['RUNNING', 'NOT_OPTED_IN']);
    await emulator().advance(600);
    expect((await source.rds.send(new DescribeDBClusterSnapshotsCommand({}))).DBClusterSnapshots).toEqual([]);
  });

  test('lists plans and selections as deployed', async () => {
    await backups();
    const { BackupPlansList } = await source.backup.send(new ListBackupPlansCommand({}));
    const BackupPlanId = BackupPlansList?.[0]?.BackupPlanId ?? '';
    const { BackupPlan } = await source.backup.send(new GetBackupPlanCommand({ BackupPlanId }));
    expect(BackupPlan).toMatchObject({
      BackupPlanName: 'daily',
      Rules: [{ TargetBackupVaultName: 'vault-1', RecoveryPointTags: { encryption_key: 'key-1' } }],
    });
    const { BackupSelectionsList } = await source.backup.send(new ListBackupSelectionsCommand({ BackupPlanId }));
    expect(BackupSelectionsList).toMatchObject([{ SelectionName: 's', IamRoleArn: roleArn }]);
  });

  test('keeps a vault with recovery points, and deletes a recovery point with its snapshot', async () => {
    await backups();
    await instance('orders');
    await emulator().runBackup(where);
    const BackupVaultName = 'vault-1';
    expect(await errorOf(source.backup.send(new DeleteBackupVaultCommand({ BackupVaultName })))).toBe(
      'InvalidRequestException',
    );
    await source.cloudformation.send(new DeleteStackCommand({ StackName: 'backups' }));
    const { Stacks } = await source.cloudformation.send(new DescribeStacksCommand({ StackName: 'backups' }));
    expect(Stacks?.[0]).toMatchObject({
      StackStatus: 'DELETE_FAILED',
      StackStatusReason: expect.stringContaining('BackupVault'),
    });
    const { RecoveryPoints } = await source.backup.send(
      new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName }),
    );
    const RecoveryPointArn = RecoveryPoints?.[0]?.RecoveryPointArn ?? '';
    await source.backup.send(new DeleteRecoveryPointCommand({ BackupVaultName, RecoveryPointArn }));
    expect((await source.rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: 'awsbackup' }))).DBSnapshots).toEqual(
      [],
    );
    expect(await errorOf(source.backup.send(new DeleteBackupVaultCommand({ BackupVaultName })))).toBe('none');
  });
});
