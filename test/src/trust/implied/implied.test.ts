import type { Access, AwsCall, CallFacts, SnapshotFacts } from '../../../../src/trust/implied/access';
import { impliedAccesses, KNOWN_OPERATIONS } from '../../../../src/trust/implied/implied';
import {
  backupRoleAssumption,
  deliveryToQueue,
  functionInvocation,
  functionRoleAssumption,
  impliedByBackup,
  impliedByRunning,
} from '../../../../src/trust/implied/service-accesses';
import { publicationToTopic, queueKeyAccesses } from '../../../../src/trust/implied/service-messages';
import { CONFIGURED_CALLS, STEP_CALLS } from '../../../../src/trust/step-calls';

const SOURCE = '222200001111';
const VAULT = '333300002222';
const MANAGEMENT = '444400003333';
const REGION = 'eu-central-1';
const key = (account: string, id: string) => `arn:aws:kms:${REGION}:${account}:key/${id}`;
const snapshot = (account: string, name: string, kind = 'snapshot') =>
  `arn:aws:rds:${REGION}:${account}:${kind}:${name}`;

/** A world that knows these snapshots. */
const world = (known: Readonly<Record<string, SnapshotFacts>> = {}): CallFacts => ({
  snapshot: (arn) => known[arn],
  organizationId: 'o-exampleorg1',
  topicKey: (arn) => (arn.endsWith(':checkvalve-alerts') ? key(VAULT, 'alerts') : undefined),
});

const call = (name: string, input: AwsCall['input'], account = SOURCE, region = REGION): AwsCall => {
  const [service = '', operation = ''] = name.split(':');
  return { account, region, service, operation, input };
};

const asText = (accesses: readonly Access[]) => accesses.map(({ action, resource }) => `${action} ${resource}`);
const contextOf = (accesses: readonly Access[], action: string, resource: string) =>
  accesses.find((one) => one.action === action && one.resource === resource)?.context;

const BACKUP = snapshot(SOURCE, 'awsbackup:job-1');
const DB_KEY = key(SOURCE, 'database');
const EXPORT_KEY = key(SOURCE, 'export');
const TAGGED: SnapshotFacts = { tags: new Map([['encryption_key', 'export']]), keyArn: DB_KEY };
const COPY = call('rds:CopyDBSnapshot', {
  SourceDBSnapshotIdentifier: BACKUP,
  TargetDBSnapshotIdentifier: 'checkvalve-orders-1',
  KmsKeyId: EXPORT_KEY,
  Tags: [{ Key: 'checkvalve:role', Value: 'export' }],
});
const VIA_RDS = { 'kms:ViaService': `rds.${REGION}.amazonaws.com` };

/** As RDS documents it for both keys. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/share-encrypted-snapshot.html */
const KEY_USE = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

test('a copy is authorized on its source, its target, its tags and both keys', () => {
  expect(asText(impliedAccesses(COPY, world({ [BACKUP]: TAGGED })))).toEqual([
    `rds:CopyDBSnapshot ${BACKUP}`,
    `rds:CopyDBSnapshot ${snapshot(SOURCE, 'checkvalve-orders-1')}`,
    `rds:AddTagsToResource ${snapshot(SOURCE, 'checkvalve-orders-1')}`,
    ...[DB_KEY, EXPORT_KEY].flatMap((one) => [...KEY_USE, 'kms:CreateGrant'].map((action) => `${action} ${one}`)),
  ]);
});

test('the source has its tags, the target those of the request, and keys are used through RDS', () => {
  const accesses = impliedAccesses(COPY, world({ [BACKUP]: TAGGED }));
  const asked = { 'aws:RequestTag/checkvalve:role': 'export', 'aws:TagKeys': ['checkvalve:role'] };
  const always = { 'aws:SecureTransport': 'true', 'aws:RequestedRegion': REGION };
  const owned = { 'aws:ResourceAccount': SOURCE };
  const source = {
    ...always,
    ...owned,
    'aws:ResourceTag/encryption_key': 'export',
    'rds:snapshot-tag/encryption_key': 'export',
  };
  expect(contextOf(accesses, 'rds:CopyDBSnapshot', BACKUP)).toEqual(source);
  // AWS documents neither this nor its opposite.
  const lenient = impliedAccesses(COPY, { ...world({ [BACKUP]: TAGGED }), requestTagOnSource: true });
  expect(contextOf(lenient, 'rds:CopyDBSnapshot', BACKUP)).toEqual({ ...source, ...asked });
  expect(contextOf(accesses, 'rds:CopyDBSnapshot', snapshot(SOURCE, 'checkvalve-orders-1'))).toEqual({
    ...always,
    ...owned,
    ...asked,
  });
  expect(contextOf(accesses, 'kms:Decrypt', DB_KEY)).toEqual({ ...always, ...VIA_RDS });
  expect(contextOf(accesses, 'kms:CreateGrant', EXPORT_KEY)).toEqual({
    ...always,
    ...VIA_RDS,
    'kms:GrantIsForAWSResource': 'true',
  });
});

test('the copy of a cluster has its own action, and its own key for tags', () => {
  const source = snapshot(SOURCE, 'awsbackup:job-2', 'cluster-snapshot');
  const target = snapshot(SOURCE, 'checkvalve-ledger-1', 'cluster-snapshot');
  const input = {
    SourceDBClusterSnapshotIdentifier: source,
    TargetDBClusterSnapshotIdentifier: 'checkvalve-ledger-1',
  };
  const accesses = impliedAccesses(
    call('rds:CopyDBClusterSnapshot', input),
    world({ [source]: { tags: TAGGED.tags } }),
  );
  // Without tags there is no tagging, and without encryption no key.
  expect(asText(accesses)).toEqual([`rds:CopyDBClusterSnapshot ${source}`, `rds:CopyDBClusterSnapshot ${target}`]);
  expect(accesses[0]?.context).toMatchObject({ 'rds:cluster-snapshot-tag/encryption_key': 'export' });
});

test('the vault’s own policies authorize a copy, and each key policy authorizes its key', () => {
  const shared = snapshot(SOURCE, 'checkvalve-orders-1');
  const input = { ...COPY.input, SourceDBSnapshotIdentifier: shared, KmsKeyId: key(VAULT, 'import') };
  const known = world({ [shared]: { tags: new Map(), keyArn: EXPORT_KEY } });
  const owners = impliedAccesses(call('rds:CopyDBSnapshot', input, VAULT), known).map(
    ({ action, resource, resourceAccount }) => [action.split(':')[0], resource.split(':')[4], resourceAccount],
  );
  expect(owners).toEqual(
    expect.arrayContaining([
      ['rds', SOURCE, VAULT],
      ['rds', VAULT, VAULT],
      ['kms', SOURCE, SOURCE],
      ['kms', VAULT, VAULT],
    ]),
  );
});

test('the context of a shared snapshot holds its owner, and neither its tags nor those of the request', () => {
  const shared = snapshot(SOURCE, 'checkvalve-orders-1');
  const input = { ...COPY.input, SourceDBSnapshotIdentifier: shared, KmsKeyId: key(VAULT, 'import') };
  const accesses = impliedAccesses(call('rds:CopyDBSnapshot', input, VAULT), world({ [shared]: { tags: new Map() } }));
  expect(contextOf(accesses, 'rds:CopyDBSnapshot', shared)).toEqual({
    'aws:SecureTransport': 'true',
    'aws:RequestedRegion': REGION,
    'aws:ResourceAccount': SOURCE,
  });
  expect(contextOf(accesses, 'rds:CopyDBSnapshot', snapshot(VAULT, 'checkvalve-orders-1'))).toMatchObject({
    'aws:ResourceAccount': VAULT,
    'aws:RequestTag/checkvalve:role': 'export',
  });
});

test('whose a shared snapshot is may be said of the caller instead', () => {
  const shared = snapshot(SOURCE, 'checkvalve-orders-1');
  const input = { ...COPY.input, SourceDBSnapshotIdentifier: shared, KmsKeyId: key(VAULT, 'import') };
  const seen = { ...world({ [shared]: { tags: new Map() } }), resourceAccountIsCaller: true };
  const accesses = impliedAccesses(call('rds:CopyDBSnapshot', input, VAULT), seen);
  expect(contextOf(accesses, 'rds:CopyDBSnapshot', shared)).toMatchObject({ 'aws:ResourceAccount': VAULT });
});

test.each<[string, AwsCall['input'], readonly string[]]>([
  ['rds:ModifyDBSnapshotAttribute', { DBSnapshotIdentifier: 'checkvalve-a' }, [snapshot(SOURCE, 'checkvalve-a')]],
  ['rds:DeleteDBSnapshot', { DBSnapshotIdentifier: 'checkvalve-a' }, [snapshot(SOURCE, 'checkvalve-a')]],
  ['rds:AddTagsToResource', { ResourceName: BACKUP, Tags: [{ Key: 'k', Value: 'v' }] }, [BACKUP]],
  ['rds:DescribeDBSnapshots', {}, [snapshot(SOURCE, '*', 'db'), snapshot(SOURCE, '*')]],
  ['dynamodb:Scan', { TableName: 't' }, [`arn:aws:dynamodb:${REGION}:${SOURCE}:table/t`]],
  ['organizations:ListAccounts', {}, ['*']],
  [
    'organizations:ListParents',
    { ChildId: 'ou-ex01-a' },
    [`arn:aws:organizations::${SOURCE}:ou/o-exampleorg1/ou-ex01-a`],
  ],
  [
    'organizations:ListTagsForResource',
    { ResourceId: VAULT },
    [`arn:aws:organizations::${SOURCE}:account/o-exampleorg1/${VAULT}`],
  ],
  [
    'cloudformation:CreateStackInstances',
    { StackSetName: 's', DeploymentTargets: { OrganizationalUnitIds: ['r-ex01'] } },
    [
      `arn:aws:cloudformation:${REGION}:${SOURCE}:stackset/s:id`,
      `arn:aws:cloudformation:${REGION}:${SOURCE}:stackset-target/s:id/r-ex01`,
      `arn:aws:cloudformation:${REGION}::type/resource/AWS-KMS-Key`,
    ],
  ],
  ['rds:DescribeDBInstances', {}, [snapshot(SOURCE, '*', 'db')]],
  ['rds:DescribeDBClusters', {}, [snapshot(SOURCE, '*', 'cluster')]],
  ['backup:ListBackupJobs', {}, ['*']],
  ['sqs:GetQueueUrl', { QueueName: 'q' }, [`arn:aws:sqs:${REGION}:${SOURCE}:q`]],
  [
    'sqs:GetQueueAttributes',
    { QueueUrl: `https://sqs.${REGION}.amazonaws.com/${VAULT}/q` },
    [`arn:aws:sqs:${REGION}:${VAULT}:q`],
  ],
])('%s of %j is authorized on the resource that it names', (name, input, resources) => {
  const known = { [BACKUP]: TAGGED, [snapshot(SOURCE, 'checkvalve-a')]: { tags: new Map() } };
  expect(asText(impliedAccesses(call(name, input), world(known)))).toEqual(resources.map((one) => `${name} ${one}`));
});

test('the context of a subscription holds its endpoint', () => {
  const topic = `arn:aws:sns:${REGION}:${SOURCE}:checkvalve-copies`;
  const input = { TopicArn: topic, Protocol: 'sqs', Endpoint: 'arn:aws:sqs:x' };
  const [access] = impliedAccesses(call('sns:Subscribe', input, VAULT), world());
  expect(access).toMatchObject({
    resource: topic,
    resourceAccount: SOURCE,
    context: { 'sns:Protocol': 'sqs', 'sns:Endpoint': 'arn:aws:sqs:x' },
  });
});

test('reading an object needs ListBucket, and writing one with a lock needs PutObjectRetention', () => {
  const input = { Bucket: 'b', Key: 'k' };
  expect(asText(impliedAccesses(call('s3:GetObject', input), world()))).toEqual([
    's3:GetObject arn:aws:s3:::b/k',
    's3:ListBucket arn:aws:s3:::b',
  ]);
  expect(asText(impliedAccesses(call('s3:PutObject', input), world()))).toEqual(['s3:PutObject arn:aws:s3:::b/k']);
  expect(asText(impliedAccesses(call('s3:PutObject', { ...input, ObjectLockMode: 'GOVERNANCE' }), world()))).toEqual([
    's3:PutObject arn:aws:s3:::b/k',
    's3:PutObjectRetention arn:aws:s3:::b/k',
  ]);
});

test('publishing to an encrypted topic uses its key, and to another one none', () => {
  const topic = (name: string) => `arn:aws:sns:${REGION}:${VAULT}:${name}`;
  const publish = (name: string) =>
    asText(impliedAccesses(call('sns:Publish', { TopicArn: topic(name) }, VAULT), world()));
  expect(publish('checkvalve-alerts')).toEqual([
    `sns:Publish ${topic('checkvalve-alerts')}`,
    `kms:Decrypt ${key(VAULT, 'alerts')}`,
    `kms:GenerateDataKey ${key(VAULT, 'alerts')}`,
  ]);
  expect(publish('checkvalve-copies')).toEqual([`sns:Publish ${topic('checkvalve-copies')}`]);
});

test('assuming a role is authorized in the account of the role', () => {
  const accessRole = `arn:aws:iam::${MANAGEMENT}:role/checkvalve-registry-access`;
  const accesses = impliedAccesses(call('sts:AssumeRole', { RoleArn: accessRole }, VAULT), world());
  expect(accesses).toMatchObject([{ action: 'sts:AssumeRole', resource: accessRole, resourceAccount: MANAGEMENT }]);
});

test('an operation without a row is an error, and so is a snapshot that does not exist', () => {
  expect(() => impliedAccesses(call('rds:StartExportTask', {}), world())).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED_POLICY', message: expect.stringContaining('rds:StartExportTask') }),
  );
  expect(() => impliedAccesses(COPY, world())).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
});

test('the table has a row for each call of a step, and no other', () => {
  const configured = Object.values(CONFIGURED_CALLS).flatMap((by) => Object.values(by).flat());
  const made = new Set<string>([...Object.values(STEP_CALLS).flat(), ...configured]);
  expect([...KNOWN_OPERATIONS].sort()).toEqual([...made].sort());
});

test('every access names a page of AWS', () => {
  const database = `arn:aws:rds:${REGION}:${SOURCE}:cluster:ledger`;
  const inputs = { ...COPY.input, DBSnapshotIdentifier: BACKUP, DBClusterSnapshotIdentifier: BACKUP };
  const input = {
    ...inputs,
    ResourceName: BACKUP,
    SourceDBClusterSnapshotIdentifier: BACKUP,
    TargetDBClusterSnapshotIdentifier: 'x',
  };
  const all = [
    ...KNOWN_OPERATIONS.flatMap((name) => impliedAccesses(call(name, input), world({ [BACKUP]: TAGGED }))),
    ...impliedByRunning('arn:aws:logs:x:1:log-group:g:*', 'arn:aws:sqs:x:1:q'),
    ...impliedByBackup(database, BACKUP, DB_KEY, 'arn:aws:backup:x:1:backup-vault:v'),
    deliveryToQueue('arn:aws:sns:x:1:t', 'arn:aws:sqs:x:1:q'),
    functionInvocation('arn:aws:lambda:x:1:function:f', 'arn:aws:events:x:1:rule/r'),
    functionRoleAssumption('arn:aws:lambda:x:1:function:f', 'arn:aws:iam::1:role/r'),
    backupRoleAssumption('arn:aws:iam::1:role/r'),
    ...publicationToTopic('events.amazonaws.com', 'arn:aws:events:x:1:rule/r', 'arn:aws:sns:x:1:t', DB_KEY),
    ...queueKeyAccesses('sns.amazonaws.com', 'arn:aws:sns:x:1:t', DB_KEY),
  ];
  const pages = all.map(({ page }) => page);
  expect(pages.filter((page) => !/^https:\/\/docs\.aws\.amazon\.com\/.+\.html$/.test(page))).toEqual([]);
});
