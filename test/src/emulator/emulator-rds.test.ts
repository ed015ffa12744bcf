// Longer than most: all tests share one emulator, whose start takes longer than any of them.
import { UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import {
  CreateKeyCommand,
  DisableKeyCommand,
  ListGrantsCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  AddTagsToResourceCommand,
  CopyDBClusterSnapshotCommand,
  CopyDBSnapshotCommand,
  type CopyDBSnapshotMessage,
  CreateDBClusterCommand,
  CreateDBClusterSnapshotCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  CreateOptionGroupCommand,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotAttributesCommand,
  DescribeDBSnapshotsCommand,
  type DescribeDBSnapshotsMessage,
  ListTagsForResourceCommand,
  ModifyDBClusterSnapshotAttributeCommand,
  ModifyDBSnapshotAttributeCommand,
  ModifyOptionGroupCommand,
  RemoveTagsFromResourceCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import { type Clients, clients, deploy, errorOf, REGION, SOURCE, useEmulator, VAULT } from './emulator-world';

const emulator = useEmulator();
let source: Clients;
let vault: Clients;
let exportKey: string;
let importKey: string;

const arnOf = (name: string, word = 'snapshot') => `arn:aws:rds:${REGION}:${SOURCE}:${word}:${name}`;
const newKey = async ({ kms }: Clients) => (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';

async function instance(id: string, more: Record<string, unknown> = {}): Promise<void> {
  const basics = { DBInstanceIdentifier: id, DBInstanceClass: 'db.t4g.small', AllocatedStorage: 20 };
  const owner = { MasterUsername: 'admin', MasterUserPassword: 'not-a-secret' };
  await source.rds.send(new CreateDBInstanceCommand({ Engine: 'postgres', ...basics, ...owner, ...more }));
}

async function cluster(id: string, engine: string, more: Record<string, unknown> = {}): Promise<void> {
  const owner = { MasterUsername: 'admin', MasterUserPassword: 'not-a-secret' };
  await source.rds.send(new CreateDBClusterCommand({ DBClusterIdentifier: id, Engine: engine, ...owner, ...more }));
  const snapshot = { DBClusterIdentifier: id, DBClusterSnapshotIdentifier: `${id}-1` };
  await source.rds.send(new CreateDBClusterSnapshotCommand(snapshot));
}

const snap = (database: string, name: string) =>
  source.rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: database, DBSnapshotIdentifier: name }));

const copy = (caller: Clients, from: string, to: string, more: Partial<CopyDBSnapshotMessage> = {}) =>
  caller.rds.send(
    new CopyDBSnapshotCommand({ SourceDBSnapshotIdentifier: from, TargetDBSnapshotIdentifier: to, ...more }),
  );

const copyCluster = (caller: Clients, from: string, to: string, KmsKeyId?: string) =>
  caller.rds.send(
    new CopyDBClusterSnapshotCommand({
      SourceDBClusterSnapshotIdentifier: from,
      TargetDBClusterSnapshotIdentifier: to,
      KmsKeyId,
    }),
  );

const share = (name: string, ...accounts: string[]) =>
  source.rds.send(
    new ModifyDBSnapshotAttributeCommand({
      DBSnapshotIdentifier: name,
      AttributeName: 'restore',
      ValuesToAdd: accounts,
    }),
  );

const list = async (caller: Clients, input: DescribeDBSnapshotsMessage = {}) =>
  (await caller.rds.send(new DescribeDBSnapshotsCommand(input))).DBSnapshots ?? [];

const states = async (caller: Clients) =>
  (await list(caller)).map((one) => `${one.DBSnapshotIdentifier} ${one.Status} ${one.PercentProgress}`);

beforeEach(async () => {
  [source, vault] = [clients(emulator(), SOURCE), clients(emulator(), VAULT)];
  [exportKey, importKey] = [await newKey(source), await newKey(vault)];
  await emulator().setRdsDurations({ createSeconds: 0, defaultSeconds: 600 });
});

describe('a copy across accounts', () => {
  beforeEach(async () => {
    await instance('orders', {
      StorageEncrypted: true,
      Tags: [{ Key: 'team', Value: 'shop' }],
      CopyTagsToSnapshot: true,
    });
    await snap('orders', 'nightly');
    await copy(source, 'nightly', 'export', { KmsKeyId: exportKey, Tags: [{ Key: 'made-by', Value: 'us' }] });
    await emulator().advance(600);
  });

  test('exists only for accounts that the snapshot is shared with', async () => {
    const take = () => errorOf(copy(vault, arnOf('export'), 'import', { KmsKeyId: importKey }));
    expect([await take(), await list(vault, { SnapshotType: 'shared' })]).toEqual(['DBSnapshotNotFoundFault', []]);
    await share('export', VAULT);
    expect(await take()).toBe('none');
  });

  test('is shown to another account with its ARN, as shared, without tags', async () => {
    await share('export', VAULT);
    const asGuest = {
      DBSnapshotIdentifier: arnOf('export'),
      SnapshotType: 'shared',
      TagList: [],
      DBInstanceIdentifier: 'orders',
    };
    expect(await list(vault, { SnapshotType: 'shared' })).toMatchObject([asGuest]);
    expect(await list(vault, { IncludeShared: true })).toMatchObject([asGuest]);
    expect(await list(vault, { SnapshotType: 'shared', DBSnapshotIdentifier: arnOf('export') })).toMatchObject([
      asGuest,
    ]);
    expect([await list(vault), await list(vault, { SnapshotType: 'manual' })]).toEqual([[], []]);
    const [own] = await list(source, { DBSnapshotIdentifier: 'export' });
    expect(own).toMatchObject({
      DBSnapshotIdentifier: 'export',
      SnapshotType: 'manual',
      TagList: [{ Key: 'made-by', Value: 'us' }],
    });
  });

  test('keeps its lineage and its first creation time, and names its source', async () => {
    await share('export', VAULT);
    await copy(vault, arnOf('export'), 'import', { KmsKeyId: importKey, Tags: [{ Key: 'kept', Value: 'yes' }] });
    await emulator().advance(600);
    const [nightly, exported] = [
      await list(source, { DBSnapshotIdentifier: 'nightly' }),
      await list(source, { DBSnapshotIdentifier: 'export' }),
    ];
    expect(exported[0]?.SourceDBSnapshotIdentifier).toBeUndefined();
    expect(await list(vault)).toMatchObject([
      {
        DBSnapshotIdentifier: 'import',
        Status: 'available',
        KmsKeyId: importKey,
        StorageEncryptionType: 'sse-kms',
        SourceDBSnapshotIdentifier: arnOf('export'),
        DbiResourceId: nightly[0]?.DbiResourceId,
        OriginalSnapshotCreateTime: nightly[0]?.SnapshotCreateTime,
        SnapshotCreateTime: new Date('2026-11-25T00:10:00Z'),
        TagList: [{ Key: 'kept', Value: 'yes' }],
      },
    ]);
  });

  test('needs its own key, and both keys enabled', async () => {
    await share('export', VAULT);
    const take = (more: Partial<CopyDBSnapshotMessage>) => errorOf(copy(vault, arnOf('export'), 'import', more));
    expect(await take({})).toBe('KMSKeyNotAccessibleFault');
    expect(await take({ KmsKeyId: 'alias/none' })).toBe('KMSKeyNotAccessibleFault');
    await source.kms.send(new DisableKeyCommand({ KeyId: exportKey }));
    expect(await take({ KmsKeyId: importKey })).toBe('KMSKeyNotAccessibleFault');
  });

  test('can be made of a snapshot that is already under a key of the copying account', async () => {
    await copy(source, 'export', 'under-theirs', { KmsKeyId: importKey });
    await emulator().advance(600);
    await share('under-theirs', VAULT);
    expect(await errorOf(copy(vault, arnOf('under-theirs'), 'import', { KmsKeyId: importKey }))).toBe('none');
  });

  test('needs an option group of the copying account for the permanent options of the snapshot', async () => {
    const set = { engine: 'oracle-ee', options: ['Timezone', 'STATSPACK'] };
    await emulator().setSnapshot({ account: SOURCE, region: REGION, id: 'export', set });
    expect(await errorOf(copy(source, 'export', 'at-home', { KmsKeyId: exportKey }))).toBe('none');
    await share('export', VAULT);
    const take = (more: Partial<CopyDBSnapshotMessage> = {}) =>
      copy(vault, arnOf('export'), 'import', { KmsKeyId: importKey, ...more });
    await expect(take()).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: 'The snapshot requires a target option group with the following options: [Timezone]',
    });
    expect(await errorOf(take({ OptionGroupName: 'none' }))).toBe('OptionGroupNotFoundFault');
    const OptionGroupName = 'clock';
    const engine = { EngineName: 'oracle-ee', MajorEngineVersion: '19', OptionGroupDescription: 'x' };
    await vault.rds.send(new CreateOptionGroupCommand({ OptionGroupName, ...engine }));
    expect(await errorOf(take({ OptionGroupName }))).toBe('InvalidParameterValue');
    const OptionsToInclude = [{ OptionName: 'Timezone' }];
    await vault.rds.send(new ModifyOptionGroupCommand({ OptionGroupName, OptionsToInclude, ApplyImmediately: true }));
    expect((await take({ OptionGroupName })).DBSnapshot).toMatchObject({ OptionGroupName });
  });

  describe('uses the key of its source and its own key until it is complete:', () => {
    const importing = async () => {
      await share('export', VAULT);
      await copy(vault, arnOf('export'), 'import', { KmsKeyId: importKey });
    };
    const grantsOn = async ({ kms }: Clients, KeyId: string) =>
      (await kms.send(new ListGrantsCommand({ KeyId }))).Grants ?? [];
    const owners = () => ({ source: [source, exportKey], vault: [vault, importKey] }) as const;

    test.each([
      ['disabled', 'source', (KeyId: string) => new DisableKeyCommand({ KeyId })],
      ['disabled', 'vault', (KeyId: string) => new DisableKeyCommand({ KeyId })],
      ['pending deletion', 'source', (KeyId: string) => new ScheduleKeyDeletionCommand({ KeyId })],
      ['pending deletion', 'vault', (KeyId: string) => new ScheduleKeyDeletionCommand({ KeyId })],
    ] as const)('it fails when a key is %s: that of the %s', async (_, whose, command) => {
      await importing();
      await emulator().advance(300);
      const [owner, key] = owners()[whose];
      await owner.kms.send(command(key) as DisableKeyCommand);
      expect(await states(vault)).toEqual(['import failed 50']);
      await emulator().advance(600);
      expect(await states(vault)).toEqual(['import failed 50']);
      expect(await grantsOn(vault, importKey)).toEqual([]);
    });

    test('it fails when a stack disables a key', async () => {
      const statement = { Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' };
      const KeyPolicy = { Version: '2012-10-17', Statement: [statement] };
      const key = (Enabled: boolean) => ({ Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy, Enabled } } });
      const { outputs } = await deploy(vault, 'keys', key(true), { Arn: { 'Fn::GetAtt': ['Key', 'Arn'] } });
      await share('export', VAULT);
      await copy(vault, arnOf('export'), 'import', { KmsKeyId: outputs.Arn });
      const TemplateBody = JSON.stringify({ Resources: key(false) });
      await vault.cloudformation.send(new UpdateStackCommand({ StackName: 'keys', TemplateBody }));
      expect(await states(vault)).toEqual(['import failed 0']);
    });

    test.each(['source', 'vault'] as const)(
      'it fails when the grant on the key of the %s is revoked',
      async (whose) => {
        await importing();
        const [owner, KeyId] = owners()[whose];
        const [grant, ...more] = await grantsOn(owner, KeyId);
        expect(more).toEqual([]);
        expect(grant).toMatchObject({ GranteePrincipal: `rds.${REGION}.amazonaws.com` });
        await owner.kms.send(new RevokeGrantCommand({ KeyId, GrantId: grant?.GrantId }));
        expect(await states(vault)).toEqual(['import failed 0']);
      },
    );

    test('it fails without its grants; a completed copy needs none', async () => {
      await importing();
      expect(await emulator().revokeCopyGrants(exportKey)).toBe(1);
      expect(await states(vault)).toEqual(['import failed 0']);
      await copy(vault, arnOf('export'), 'again', { KmsKeyId: importKey });
      await emulator().advance(600);
      expect([await grantsOn(source, exportKey), await grantsOn(vault, importKey)]).toEqual([[], []]);
      await source.kms.send(new DisableKeyCommand({ KeyId: exportKey }));
      expect(await states(vault)).toEqual(['import failed 0', 'again available 100']);
    });
  });

  test('fails when its source is deleted before it is complete', async () => {
    await share('export', VAULT);
    await copy(vault, arnOf('export'), 'import', { KmsKeyId: importKey });
    await emulator().advance(300);
    await source.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: 'export' }));
    await emulator().advance(600);
    expect(await states(vault)).toEqual(['import failed 50']);
  });

  test('can be restored only after it is copied', async () => {
    await share('export', VAULT);
    const restore = (DBSnapshotIdentifier: string) =>
      vault.rds.send(
        new RestoreDBInstanceFromDBSnapshotCommand({ DBSnapshotIdentifier, DBInstanceIdentifier: 'drill' }),
      );
    expect(await errorOf(restore(arnOf('export')))).toBe('InvalidDBSnapshotStateFault');
    await copy(vault, arnOf('export'), 'import', { KmsKeyId: importKey });
    await emulator().advance(600);
    expect((await restore('import')).DBInstance).toMatchObject({ DBInstanceStatus: 'available', KmsKeyId: importKey });
  });
});

describe('sharing', () => {
  const shareError = async (name: string) => {
    await emulator().advance(600);
    return errorOf(share(name, VAULT));
  };

  test('counts an account once, and allows at most twenty accounts', async () => {
    await instance('plain');
    await snap('plain', 'one');
    await share('one', VAULT);
    await share('one', VAULT);
    const { DBSnapshotAttributesResult } = await source.rds.send(
      new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier: 'one' }),
    );
    expect(DBSnapshotAttributesResult?.DBSnapshotAttributes).toEqual([
      { AttributeName: 'restore', AttributeValues: [VAULT] },
    ]);
    const many = Array.from({ length: 20 }, (_, index) => String(500000000000 + index));
    expect(await errorOf(share('one', ...many))).toBe('SharedSnapshotQuotaExceededFault');
  });

  test('is refused until a snapshot is available', async () => {
    await instance('plain');
    await snap('plain', 'one');
    await copy(source, 'one', 'two');
    expect(await errorOf(share('two', VAULT))).toBe('InvalidDBSnapshotStateFault');
  });

  test('is refused under the key aws/rds', async () => {
    await instance('managed', { StorageEncrypted: true, KmsKeyId: 'alias/aws/rds' });
    await snap('managed', 'one');
    expect(await shareError('one')).toBe('InvalidDBSnapshotStateFault');
  });

  test.each([
    ['of type awsbackup', { snapshotType: 'awsbackup' }, 'InvalidDBSnapshotStateFault'],
    ['of type automated', { snapshotType: 'automated' }, 'InvalidDBSnapshotStateFault'],
    ['that failed', { status: 'failed' }, 'InvalidDBSnapshotStateFault'],
    ['with TDE', { engine: 'sqlserver-ee', options: ['TDE'] }, 'InvalidDBSnapshotStateFault'],
    ['of Oracle with a time zone option', { engine: 'oracle-ee', options: ['Timezone'] }, 'none'],
  ])('a snapshot %s', async (_, set, error) => {
    await instance('plain');
    await snap('plain', 'one');
    await emulator().setSnapshot({ account: SOURCE, region: REGION, id: 'one', set });
    expect(await shareError('one')).toBe(error);
  });
});

describe('cluster snapshots', () => {
  test.each(['aurora-postgresql', 'aurora-mysql', 'docdb', 'neptune'])(
    'of %s are copied across accounts like others',
    async (engine) => {
      await cluster('ledger', engine, { StorageEncrypted: true });
      await copyCluster(source, 'ledger-1', 'export', exportKey);
      await emulator().advance(600);
      const attribute = { DBClusterSnapshotIdentifier: 'export', AttributeName: 'restore', ValuesToAdd: [VAULT] };
      await source.rds.send(new ModifyDBClusterSnapshotAttributeCommand(attribute));
      await copyCluster(vault, arnOf('export', 'cluster-snapshot'), 'import', importKey);
      await emulator().advance(600);
      const { DBClusterSnapshots } = await vault.rds.send(new DescribeDBClusterSnapshotsCommand({}));
      const { DBClusters } = await source.rds.send(new DescribeDBClustersCommand({}));
      expect(DBClusterSnapshots).toMatchObject([
        {
          DBClusterSnapshotIdentifier: 'import',
          Engine: engine,
          Status: 'available',
          StorageEncrypted: true,
          KmsKeyId: importKey,
          SourceDBClusterSnapshotArn: arnOf('export', 'cluster-snapshot'),
          DbClusterResourceId: DBClusters?.[0]?.DbClusterResourceId,
        },
      ]);
    },
  );

  // https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html
  test.each([
    ['an Aurora cluster', 'aurora-mysql', 'sse-rds', true],
    ['a Multi-AZ DB cluster', 'mysql', 'none', false],
  ])('%s created without encryption is encrypted as on AWS', async (_, engine, type, encrypted) => {
    await cluster('plain', engine);
    const { DBClusterSnapshots } = await source.rds.send(new DescribeDBClusterSnapshotsCommand({}));
    expect(DBClusterSnapshots).toMatchObject([{ StorageEncryptionType: type, StorageEncrypted: encrypted }]);
  });

  test('that are unencrypted cannot be encrypted by copying; those of instances can', async () => {
    await cluster('open', 'aurora-mysql', { StorageEncrypted: false });
    expect(await errorOf(copyCluster(source, 'open-1', 'export', exportKey))).toBe('InvalidParameterCombination');
    await instance('plain');
    await snap('plain', 'one');
    expect((await copy(source, 'one', 'two', { KmsKeyId: exportKey })).DBSnapshot).toMatchObject({
      Encrypted: true,
      KmsKeyId: exportKey,
    });
  });

  test('of a Multi-AZ DB cluster cannot be copied', async () => {
    await cluster('ha-shop', 'postgres', { StorageEncrypted: true });
    expect(await errorOf(copyCluster(source, 'ha-shop-1', 'export', exportKey))).toBe(
      'InvalidDBClusterSnapshotStateFault',
    );
  });
});

describe('limits and lanes', () => {
  beforeEach(async () => {
    for (const id of ['orders', 'bills', 'users']) {
      await instance(id);
      await snap(id, `${id}-1`);
    }
  });

  test('a copy beyond the limit of copies in flight is refused with its message', async () => {
    await emulator().setRdsLimits({ account: SOURCE, maxInstanceCopiesInFlight: 2 });
    await copy(source, 'orders-1', 'a');
    await copy(source, 'bills-1', 'b');
    await expect(copy(source, 'users-1', 'c')).rejects.toMatchObject({
      name: 'SnapshotQuotaExceededFault',
      message: 'Cannot copy more than 2 snapshots across regions',
    });
    await emulator().advance(600);
    expect(await errorOf(copy(source, 'users-1', 'c'))).toBe('none');
  });

  test('a manual snapshot beyond the quota is refused with its message', async () => {
    await emulator().setRdsLimits({ manualSnapshotQuota: 3 });
    const full = { name: 'SnapshotQuotaExceededFault', message: 'Cannot create more than 3 manual snapshots' };
    await expect(copy(source, 'orders-1', 'a')).rejects.toMatchObject(full);
    await expect(snap('orders', 'b')).rejects.toMatchObject(full);
  });

  test('one copy per database progresses, the others wait at 0 %', async () => {
    await emulator().setRdsDurations({ byDatabase: { bills: 1200 } });
    await copy(source, 'orders-1', 'first');
    await copy(source, 'orders-1', 'second');
    await copy(source, 'bills-1', 'other');
    await emulator().advance(300);
    expect((await states(source)).slice(3)).toEqual(['first creating 50', 'second creating 0', 'other creating 25']);
    await emulator().advance(600);
    expect((await states(source)).slice(3)).toEqual(['first available 100', 'second creating 50', 'other creating 75']);
    expect(await emulator().nextDue()).toEqual(new Date('2026-11-25T00:20:00Z'));
  });
});

describe('names and tags', () => {
  beforeEach(async () => {
    await instance('orders', { CopyTagsToSnapshot: true, Tags: [{ Key: 'team', Value: 'shop' }] });
    await snap('orders', 'one');
  });

  test.each(['1a', 'a--b', 'a-', 'a_b', 'awsbackup:job-1', 'x'.repeat(256)])('the name %s is refused', async (name) => {
    expect(await errorOf(copy(source, 'one', name))).toBe('InvalidParameterValue');
  });

  test('the name of a cluster snapshot has at most 63 characters', async () => {
    await cluster('ledger', 'aurora-mysql');
    expect(await errorOf(copyCluster(source, 'ledger-1', 'x'.repeat(64)))).toBe('InvalidParameterValue');
    expect(await errorOf(copyCluster(source, 'ledger-1', 'x'.repeat(63)))).toBe('none');
    expect(await errorOf(copy(source, 'one', 'x'.repeat(64)))).toBe('none');
  });

  test('an existing name is refused', async () => {
    expect(await errorOf(copy(source, 'one', 'one'))).toBe('DBSnapshotAlreadyExistsFault');
  });

  test('tag keys of AWS are refused in every call', async () => {
    const Tags = [{ Key: 'aws:cloudformation:stack-name', Value: 'x' }];
    const tag = new AddTagsToResourceCommand({ ResourceName: arnOf('one'), Tags: [{ Key: 'rds:x', Value: 'y' }] });
    expect(await errorOf(copy(source, 'one', 'two', { Tags }))).toBe('InvalidParameterValue');
    expect(await errorOf(source.rds.send(tag))).toBe('InvalidParameterValue');
    expect(await errorOf(instance('tagged', { Tags }))).toBe('InvalidParameterValue');
  });

  test('a resource has at most fifty tags', async () => {
    const Tags = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));
    expect(await errorOf(copy(source, 'one', 'two', { Tags }))).toBe('InvalidParameterValue');
    const all = new AddTagsToResourceCommand({ ResourceName: arnOf('one'), Tags: Tags.slice(0, 50) });
    expect(await errorOf(source.rds.send(all))).toBe('InvalidParameterValue');
  });

  test.each([
    ['copied when asked for', { CopyTags: true }, [{ Key: 'team', Value: 'shop' }]],
    ['replaced by those given', { CopyTags: true, Tags: [{ Key: 'a', Value: 'b' }] }, [{ Key: 'a', Value: 'b' }]],
    ['left behind otherwise', {}, []],
  ])('tags of a snapshot are %s', async (_, more, expected) => {
    expect((await copy(source, 'one', 'two', more)).DBSnapshot?.TagList).toEqual(expected);
  });

  test('snapshots of AWS Backup can be tagged, cannot be deleted, and their tags are not copied', async () => {
    const tags = { team: 'shop', 'aws:backup:source-resource': 'x' };
    await emulator().setSnapshot({
      account: SOURCE,
      region: REGION,
      id: 'one',
      set: { snapshotType: 'awsbackup', tags },
    });
    expect(await errorOf(copy(source, 'one', 'two', { CopyTags: true }))).toBe('InvalidParameterValue');
    expect(await errorOf(source.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: 'one' })))).toBe(
      'InvalidDBSnapshotStateFault',
    );
    await source.rds.send(
      new AddTagsToResourceCommand({ ResourceName: arnOf('one'), Tags: [{ Key: 'seen', Value: 'yes' }] }),
    );
    await source.rds.send(new RemoveTagsFromResourceCommand({ ResourceName: arnOf('one'), TagKeys: ['team'] }));
    const { TagList } = await source.rds.send(new ListTagsForResourceCommand({ ResourceName: arnOf('one') }));
    expect(TagList?.map(({ Key }) => Key)).toEqual(['aws:backup:source-resource', 'seen']);
  });
});

describe('listing', () => {
  test('returns pages of 20 to 100', async () => {
    await instance('orders');
    await emulator().setRdsLimits({ manualSnapshotQuota: 200 });
    for (let index = 0; index < 105; index += 1) await snap('orders', `s-${index}`);
    const first = await source.rds.send(new DescribeDBSnapshotsCommand({}));
    const second = await source.rds.send(new DescribeDBSnapshotsCommand({ Marker: first.Marker }));
    expect([first.DBSnapshots?.length, second.DBSnapshots?.length, second.Marker]).toEqual([100, 5, undefined]);
    const small = await source.rds.send(new DescribeDBSnapshotsCommand({ MaxRecords: 20 }));
    expect(small.DBSnapshots).toHaveLength(20);
    expect(await errorOf(list(source, { MaxRecords: 19 }))).toBe('InvalidParameterValue');
  });

  test('returns databases in pages, with their tags, and without unrequested snapshots', async () => {
    for (let index = 0; index < 21; index += 1)
      await instance(`db-${index}`, { Tags: [{ Key: 'n', Value: `${index}` }] });
    const page = await source.rds.send(new DescribeDBInstancesCommand({ MaxRecords: 20 }));
    const rest = await source.rds.send(new DescribeDBInstancesCommand({ Marker: page.Marker }));
    expect(rest.DBInstances).toMatchObject([
      { DBInstanceIdentifier: 'db-20', DBInstanceStatus: 'available', TagList: [{ Key: 'n', Value: '20' }] },
    ]);
    expect(await list(source)).toEqual([]);
  });

  test('filters by type, database, engine and name; snapshots of AWS Backup need their type or name', async () => {
    await instance('orders');
    await instance('bills', { Engine: 'mysql' });
    for (const [database, name] of [
      ['orders', 'a'],
      ['orders', 'b'],
      ['bills', 'c'],
    ] as const)
      await snap(database, name);
    await emulator().setSnapshot({ account: SOURCE, region: REGION, id: 'b', set: { snapshotType: 'awsbackup' } });
    const names = async (input: DescribeDBSnapshotsMessage) =>
      (await list(source, input)).map((one) => one.DBSnapshotIdentifier);
    expect(await names({})).toEqual(['a', 'c']);
    expect(await names({ SnapshotType: 'awsbackup' })).toEqual(['b']);
    expect(await names({ DBSnapshotIdentifier: 'b' })).toEqual(['b']);
    expect(await names({ DBSnapshotIdentifier: arnOf('b') })).toEqual(['b']);
    expect(await names({ DBInstanceIdentifier: 'orders', SnapshotType: 'manual' })).toEqual(['a']);
    expect(await names({ Filters: [{ Name: 'engine', Values: ['mysql'] }] })).toEqual(['c']);
    expect(await errorOf(list(source, { DBSnapshotIdentifier: 'none' }))).toBe('DBSnapshotNotFoundFault');
  });
});

test('automated snapshots have a name with a colon, are listed with manual ones, tagged and copied, never shared', async () => {
  await instance('orders', { CopyTagsToSnapshot: true, Tags: [{ Key: 'team', Value: 'shop' }] });
  const arn = await emulator().takeAutomatedSnapshot({ account: SOURCE, region: REGION, id: 'orders' });
  const name = 'rds:orders-2026-11-25-00-00';
  expect(arn).toBe(arnOf(name));
  const Tags = [{ Key: 'seen', Value: 'yes' }];
  await source.rds.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags }));
  const asOwn = { DBSnapshotIdentifier: name, SnapshotType: 'automated' };
  const tags = [{ Key: 'team', Value: 'shop' }, ...Tags];
  expect(await list(source)).toMatchObject([{ ...asOwn, TagList: tags }]);
  const { TagList } = await source.rds.send(new ListTagsForResourceCommand({ ResourceName: arn }));
  expect(TagList).toEqual(tags);
  expect(await errorOf(share(name, VAULT))).toBe('InvalidDBSnapshotStateFault');
  expect(await errorOf(copy(source, name, 'export', { KmsKeyId: exportKey }))).toBe('none');
});

test('a snapshot remains after its database is deleted', async () => {
  await instance('orders');
  await snap('orders', 'one');
  await source.rds.send(
    new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'orders', FinalDBSnapshotIdentifier: 'final' }),
  );
  expect((await list(source)).map((one) => one.DBSnapshotIdentifier)).toEqual(['one', 'final']);
});

// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ManagingAutomatedBackups.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBMaintenance.html
describe('windows', () => {
  const windowsIn = async (region: string, names: readonly string[]) => {
    const { rds } = clients(emulator(), SOURCE, region);
    const size = { DBInstanceClass: 'db.t4g.small', AllocatedStorage: 20, Engine: 'postgres' };
    for (const DBInstanceIdentifier of names) {
      await rds.send(new CreateDBInstanceCommand({ DBInstanceIdentifier, ...size }));
    }
    const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({}));
    return DBInstances.map((one) => [one.PreferredBackupWindow ?? '', one.PreferredMaintenanceWindow ?? ''] as const);
  };
  const minute = (time = '') => Number(time.slice(-5, -3)) * 60 + Number(time.slice(-2));
  /** The minutes from the start of a block to the start and to the end of a window. */
  const within = (window: string, block: string) =>
    window.split('-').map((time) => (minute(time) - minute(block) + 1440) % 1440);
  const NAMES = Array.from({ length: 12 }, (_, at) => `db-${at}`);

  test.each([
    ['eu-central-1', '20:00', '21:00'],
    ['us-east-1', '03:00', '03:00'],
    ['ap-south-1', '16:30', '06:00'],
  ])(
    'those that are not asked for are half an hour of the block of %s, and differ by database',
    async (at, backup, maintenance) => {
      const windows = await windowsIn(at, NAMES);
      for (const [ofBackup, ofMaintenance] of windows) {
        for (const [begin = 0, end = 0] of [within(ofBackup, backup), within(ofMaintenance, maintenance)]) {
          expect([end - begin, end <= 8 * 60]).toEqual([30, true]);
        }
        expect(minute(ofBackup.slice(0, 5))).not.toBe(minute(ofMaintenance.slice(4, 9)));
      }
      expect(new Set(windows.map(([ofBackup]) => ofBackup)).size).toBeGreaterThan(3);
      expect(new Set(windows.map(([, ofMaintenance]) => ofMaintenance.slice(0, 3))).size).toBeGreaterThan(2);
    },
  );

  test('are the same in every run', async () => {
    const first = await windowsIn(REGION, NAMES);
    await emulator().reset();
    expect(await windowsIn(REGION, NAMES)).toEqual(first);
  });

  test('a requested window is kept, and the other one does not overlap it', async () => {
    await instance('early', { PreferredBackupWindow: '21:00-23:30' });
    await instance('late', { PreferredMaintenanceWindow: 'Wed:20:00-Thu:03:00' });
    await instance('long', { PreferredMaintenanceWindow: 'Wed:19:00-Thu:05:00' });
    const { DBInstances = [] } = await source.rds.send(new DescribeDBInstancesCommand({}));
    const windows = DBInstances.map((one) => [one.PreferredBackupWindow, one.PreferredMaintenanceWindow]);
    expect(windows).toEqual([
      ['21:00-23:30', expect.stringMatching(/^[a-z]{3}:0[0-4]:[03]0-/)],
      ['03:30-04:00', 'wed:20:00-thu:03:00'],
      [expect.stringMatching(/^(0[6-9]|1[0-8]):|^05:30/), 'wed:19:00-thu:05:00'],
    ]);
  });
});
