// Longer than most: one table for each key, and one for roles.
import { COPY_KEY_ACTIONS } from '../../../../src/contract/names';
import { keysStayWithTheirAccounts as rule } from '../../../../src/trust/rules/keys-stay-with-their-accounts';
import { allow, at, document, either, here, judged, OPEN, role, SOURCE, sub, VAULT } from './judging';

const root = (account: string) => ({ AWS: `arn:aws:iam::${account}:root` });
const forServices = { Bool: { 'kms:GrantIsForAWSResource': 'true' } };
/** What the vault may do with its key, but for grants, and grants to AWS services. */
const own = (principal: unknown): readonly object[] => [
  allow({ Principal: principal, Action: ['kms:Decrypt', 'kms:PutKeyPolicy', 'kms:Get*'], Resource: '*' }),
  allow({ Principal: principal, Action: 'kms:CreateGrant', Resource: '*', Condition: forServices }),
];
const deny = (statement: object = {}) => ({
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 'kms:CreateGrant',
  Resource: '*',
  Condition: { Bool: { 'kms:GrantIsForAWSResource': 'false' } },
  ...statement,
});
const all = (principal: unknown) => allow({ Principal: principal, Action: 'kms:*', Resource: '*' });
/** What the rule says of the policy of a key. */
const key = (zone: 'vault' | 'source', ...statements: readonly object[]) =>
  judged(rule, zone, { Key: ['AWS::KMS::Key', { KeyPolicy: document(...statements) }] }, { sections: OPEN });

describe('the import key', () => {
  test.each<[string, readonly object[]]>([
    ['the vault, with grants to AWS services alone', own(root(VAULT))],
    ['the vault by number', own({ AWS: VAULT })],
    ['a denial for one principal', [...own(root(VAULT)), deny({ Principal: root(SOURCE) })]],
    [
      'the vault, granting to AWS services',
      [
        allow({
          Principal: root(VAULT),
          Action: ['kms:Decrypt', 'kms:CreateGrant'],
          Resource: '*',
          Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
        }),
      ],
    ],
  ])('may: %s', (_, statements) => expect(key('vault', ...statements)).toEqual([]));

  test.each<[string, readonly object[]]>([
    ['a source', own(root(SOURCE))],
    ['a source, to read', [allow({ Principal: root(SOURCE), Action: 'kms:Decrypt', Resource: '*' })]],
    [
      'every principal through RDS',
      [
        allow({
          Principal: '*',
          Action: 'kms:Decrypt',
          Resource: '*',
          Condition: { StringEquals: { 'kms:ViaService': 'rds.eu-central-1.amazonaws.com' } },
        }),
      ],
    ],
    [
      'a service without a source',
      [allow({ Principal: { Service: 'rds.amazonaws.com' }, Action: 'kms:Decrypt', Resource: '*' })],
    ],
    [
      'a service, though it comes for the vault',
      [
        allow({
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: 'kms:Decrypt',
          Resource: '*',
          Condition: { StringEquals: { 'aws:SourceAccount': VAULT } },
        }),
      ],
    ],
    ['the vault, granting to any principal', [all(root(VAULT))]],
    ['the vault, granting by a pattern', [allow({ Principal: root(VAULT), Action: 'kms:Create*', Resource: '*' })]],
    ['the vault, granting to any principal, though a denial stands beside it', [all(root(VAULT)), deny()]],
    [
      'grants that are not for AWS services',
      [
        allow({
          Principal: root(VAULT),
          Action: 'kms:CreateGrant',
          Resource: '*',
          Condition: { Bool: { 'kms:GrantIsForAWSResource': 'false' } },
        }),
      ],
    ],
  ])('may not: %s', (_, statements) => expect(key('vault', ...statements)).not.toEqual([]));

  test.each<[string, unknown]>([
    ['a parameter', { AWS: { Ref: 'AccountParameter' } }],
    ['one or the other', either(root(VAULT), root(SOURCE))],
  ])('an unknown value is a finding: %s', (_, principal) => expect(key('vault', ...own(principal))).not.toEqual([]));

  test.each<[string, object]>([
    ['of grants', deny()],
    ['by the plain star', deny({ Principal: '*' })],
    ['of anything', deny({ Action: 'kms:*' })],
    ['with exceptions', deny({ Condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/x' } } })],
    ['without a condition', deny({ Action: 'kms:Decrypt', Condition: {} })],
  ])('a Deny %s for every principal may break copies of RDS', (_, statement) => {
    const breaks = [expect.stringContaining('may break copies of RDS')];
    expect(key('vault', ...own(root(VAULT)), statement)).toEqual(breaks);
    expect(key('source', all({ AWS: sub('arn:aws:iam::${AWS::AccountId}:root') }), statement)).toEqual(breaks);
  });
});

describe('the key that a topic is under', () => {
  const SEAL = ['kms:Decrypt', 'kms:GenerateDataKey'];
  const FOR_ITSELF = { Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } };
  const alerts = (
    Action: unknown,
    service = 'cloudwatch',
    zone: 'vault' | 'management' = 'vault',
    {
      TopicName = 'checkvalve-alerts',
      ...more
    }: { readonly TopicName?: string; readonly Condition?: object } = FOR_ITSELF,
  ) => {
    const statement = allow({ Principal: { Service: `${service}.amazonaws.com` }, Action, Resource: '*', ...more });
    return judged(rule, zone, {
      Key: ['AWS::KMS::Key', { KeyPolicy: document(statement) }],
      Topic: ['AWS::SNS::Topic', { TopicName, KmsMasterKeyId: at('Key') }],
    });
  };

  // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
  test('EventBridge needs no source at the key of the alerts topic in the vault, and every other service does', () => {
    expect(alerts(SEAL, 'events', 'vault', {})).toEqual([]);
    expect(alerts(SEAL, 'cloudwatch', 'vault', {})).toHaveLength(1);
    expect(alerts(SEAL, 'events', 'management', {})).toHaveLength(1);
    expect(alerts(SEAL, 'events', 'vault', { TopicName: 'other' })).toHaveLength(1);
    for (const more of ['kms:*', 'kms:GenerateDataKey*', 'kms:CreateGrant', 'kms:PutKeyPolicy', '*'])
      expect(alerts([...SEAL, more], 'events', 'vault', {})).not.toEqual([]);
  });

  test('alarms and findings may encrypt what they publish', () => {
    expect(alerts(['kms:Decrypt', 'kms:GenerateDataKey'])).toEqual([]);
    expect(alerts(['kms:Decrypt', 'kms:GenerateDataKey'], 'events')).toEqual([]);
    expect(alerts(['kms:Decrypt', 'kms:GenerateDataKey'], 'cloudwatch', 'management')).toEqual([]);
  });

  test.each(['*', 'kms:*', 'kms:GenerateDataKey*', 'kms:ScheduleKeyDeletion', 'kms:PutKeyPolicy', 'kms:Encrypt'])(
    'and not %s, though they come for the vault',
    (action) => expect(alerts(['kms:Decrypt', action])).toContainEqual(expect.stringContaining(`may ${action} on`)),
  );

  test('nor may a service that publishes nothing', () => {
    expect(alerts('kms:Decrypt', 's3')).toHaveLength(1);
    expect(alerts('kms:Decrypt', 'events', 'management')).toHaveLength(1);
  });
});

describe('the export key', () => {
  const own = all({ AWS: sub('arn:aws:iam::${AWS::AccountId}:root') });
  const importer = { 'aws:PrincipalArn': sub(`arn:aws:iam::${VAULT}:role/checkvalve-import-copies-\${AWS::Region}`) };
  const vault = (more: object) => allow({ Principal: root(VAULT), Resource: '*', ...more });

  test.each<[string, object]>([
    ['the importer copies', vault({ Action: COPY_KEY_ACTIONS, Condition: { StringEquals: importer } })],
    [
      'the importer grants to AWS services',
      vault({
        Action: 'kms:CreateGrant',
        Condition: { StringEquals: importer, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      }),
    ],
  ])('may: %s', (_, statement) => expect(key('source', own, statement)).toEqual([]));

  test.each<[string, object]>([
    ['all of the vault', vault({ Action: 'kms:Decrypt' })],
    [
      'another role of the vault',
      vault({
        Action: 'kms:Decrypt',
        Condition: { StringEquals: { 'aws:PrincipalArn': `arn:aws:iam::${VAULT}:role/other` } },
      }),
    ],
    [
      'every role of the vault',
      vault({ Action: 'kms:Decrypt', Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${VAULT}:role/*` } } }),
    ],
    [
      'the importer, or a principal without an ARN',
      vault({ Action: 'kms:Decrypt', Condition: { StringEqualsIfExists: importer } }),
    ],
    [
      'the importer grants to any principal',
      vault({ Action: 'kms:CreateGrant', Condition: { StringEquals: importer } }),
    ],
    [
      'the importer administers',
      vault({ Action: ['kms:Decrypt', 'kms:PutKeyPolicy'], Condition: { StringEquals: importer } }),
    ],
    ['the importer does anything', vault({ Action: 'kms:*', Condition: { StringEquals: importer } })],
    [
      'another account',
      allow({
        Principal: root('222200009999'),
        Action: 'kms:Decrypt',
        Resource: '*',
        Condition: { StringEquals: importer },
      }),
    ],
    [
      'every principal',
      allow({ Principal: '*', Action: 'kms:Decrypt', Resource: '*', Condition: { StringEquals: importer } }),
    ],
  ])('may not: %s', (_, statement) => expect(key('source', own, statement)).not.toEqual([]));
});

describe('roles', () => {
  const importerWith = (statement: object) =>
    judged(rule, 'vault', { Role: role('checkvalve-import-copies-eu-central-1', allow(statement)) });
  const keys = 'arn:aws:kms:eu-central-1:*:key/*';
  const rds = { StringEquals: { 'kms:ViaService': 'rds.eu-central-1.amazonaws.com' } };

  test('may use keys through RDS', () => {
    expect(importerWith({ Action: COPY_KEY_ACTIONS, Resource: keys, Condition: rds })).toEqual([]);
    const grants = { ...rds, Bool: { 'kms:GrantIsForAWSResource': 'true' } };
    expect(importerWith({ Action: 'kms:CreateGrant', Resource: keys, Condition: grants })).toEqual([]);
  });

  test.each<[string, object]>([
    ['use keys past RDS', { Action: 'kms:Decrypt', Resource: keys }],
    [
      'use keys through another service',
      {
        Action: 'kms:Decrypt',
        Resource: keys,
        Condition: { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } },
      },
    ],
    ['use keys of every Region', { Action: 'kms:Decrypt', Resource: 'arn:aws:kms:*:*:key/*', Condition: rds }],
    ['grant to any principal', { Action: 'kms:CreateGrant', Resource: keys, Condition: rds }],
    ['schedule a deletion', { Action: 'kms:ScheduleKeyDeletion', Resource: keys, Condition: rds }],
    ['make a share of RAM', { Action: 'ram:CreateResourceShare', Resource: '*' }],
    ['put a key into a share of RAM', { Action: 'ram:AssociateResourceShare', Resource: '*' }],
    ['do anything with RAM', { Action: 'ram:*', Resource: '*' }],
    ['do anything with keys', { Action: 'kms:*', Resource: keys, Condition: rds }],
    ['do anything', { Action: '*', Resource: '*' }],
    ['do anything, spelt otherwise', { Action: 'k?s:Put*', Resource: '*' }],
  ])('may not %s', (_, statement) => expect(importerWith(statement)).not.toEqual([]));

  test('another role may not do what the importer may', () => {
    const statement = allow({ Action: 'kms:Decrypt', Resource: keys, Condition: rds });
    expect(judged(rule, 'vault', { Role: role('checkvalve-follow-sources-eu-central-1', statement) })).toHaveLength(1);
    expect(judged(rule, 'source', { Role: role(here('checkvalve-snapshot-access'), statement) })).toEqual([]);
  });
});

test.each<[string, unknown, number]>([
  ['the key of the template', at('Key'), 0],
  ['another key of the vault', `arn:aws:kms:eu-central-1:${VAULT}:key/other`, 1],
  ['a key of a source', `arn:aws:kms:eu-central-1:${SOURCE}:key/theirs`, 1],
  ['a key of AWS', 'alias/aws/rds', 1],
  ['something else of the template', at('Queue'), 1],
])('the settings of the importer name %s', (_, keyArn, faults) => {
  const Environment = { Variables: { CHECKVALVE_IMPORT_KEY_ARN: keyArn } };
  const found = judged(rule, 'vault', {
    Key: ['AWS::KMS::Key', {}],
    Queue: ['AWS::SQS::Queue', {}],
    Step: ['AWS::Lambda::Function', { Code: { ZipFile: '' }, Environment }],
  });
  expect(found).toHaveLength(faults);
});

test.each(['vault', 'management', 'source'] as const)('no template of the %s shares anything through RAM', (zone) => {
  const share = (type: string) => judged(rule, zone, { Share: [type, { Name: 'keys', ResourceArns: [at('Key')] }] });
  expect(share('AWS::RAM::ResourceShare')).toEqual([expect.stringContaining('a key in it has a second policy')]);
  expect(share('AWS::RAM::Permission')).toHaveLength(1);
});

// A queue that AWS encrypts under its own key is the usual mistake.
test('an inbox under a key of AWS would never receive a message of SNS', () => {
  const inbox = (more: object) =>
    judged(rule, 'vault', { Inbox: ['AWS::SQS::Queue', { QueueName: 'checkvalve-inbox', ...more }] });
  expect(inbox({ SqsManagedSseEnabled: true })).toEqual([]);
  expect(inbox({ KmsMasterKeyId: 'alias/aws/sqs' })).toEqual([expect.stringContaining('no message would arrive')]);
});
