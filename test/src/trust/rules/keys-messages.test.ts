import { keysStayWithTheirAccounts as rule } from '../../../../src/trust/rules/keys-stay-with-their-accounts';
import { allow, at, document, judged, MANAGEMENT, type ResourceTable, SOURCE, sub, VAULT } from './judging';

const root = (account: string) => `arn:aws:iam::${account}:root`;
const forServices = { Bool: { 'kms:GrantIsForAWSResource': 'true' } };
const forVault = { StringEquals: { 'aws:SourceAccount': VAULT } };
const importer = {
  StringEquals: {
    'aws:PrincipalArn': sub(`arn:aws:iam::${VAULT}:role/checkvalve-import-copies-\${AWS::Region}`),
  },
};
const keyOf = (...statements: readonly object[]): ResourceTable[string] => [
  'AWS::KMS::Key',
  { KeyPolicy: document(...statements) },
];
const of = (zone: 'vault' | 'management' | 'source', statement: object) =>
  judged(rule, zone, { Key: keyOf(allow({ Action: 'kms:Decrypt', Resource: '*', ...statement })) });

test.each<[string, 'vault' | 'management' | 'source', object, readonly string[]]>([
  ['a source', 'vault', { Principal: { AWS: root(SOURCE) } }, [`the key allows kms:Decrypt to AWS: ${root(SOURCE)}`]],
  [
    'every principal',
    'vault',
    { Principal: '*', Action: ['kms:Decrypt', 'kms:Encrypt'] },
    ['the key allows kms:Decrypt, kms:Encrypt to any principal'],
  ],
  [
    'a service',
    'vault',
    { Principal: { Service: 'x.amazonaws.com' } },
    ['the key allows kms:Decrypt to Service: x.amazonaws.com'],
  ],
  [
    'a source that says it comes for the vault',
    'vault',
    { Principal: { AWS: root(SOURCE) }, Condition: forVault },
    [`the key allows kms:Decrypt to AWS: ${root(SOURCE)}`],
  ],
  [
    'a service with the number of the vault for a name',
    'vault',
    { Principal: { Service: VAULT } },
    [`the key allows kms:Decrypt to Service: ${VAULT}`],
  ],
  [
    'the same at an export key, under the condition of the importer',
    'source',
    { Principal: { Service: VAULT }, Condition: importer },
    [`the key allows kms:Decrypt to Service: ${VAULT}`],
  ],
  [
    'the importer at an export key, with another right under the condition of a grant',
    'source',
    { Principal: { AWS: VAULT }, Action: 'kms:PutKeyPolicy', Condition: { ...importer, ...forServices } },
    [`the key allows kms:PutKeyPolicy to AWS: ${VAULT}`],
  ],
  [
    'grants to any principal',
    'vault',
    { Principal: { AWS: VAULT }, Action: ['kms:CreateGrant', 'kms:Create*', 'kms:Decrypt'] },
    ['kms:CreateGrant, kms:Create* allows grants to any principal, not only to AWS services'],
  ],
])('%s is reported', (_, zone, statement, faults) => expect(of(zone, statement)).toEqual(faults));

test('the importer has no permission on a key of the management account', () => {
  const named = { 'aws:PrincipalArn': `arn:aws:iam::${VAULT}:role/checkvalve-import-copies-us-east-1` };
  const statement = { Principal: { AWS: VAULT }, Condition: { StringEquals: named } };
  expect(of('management', statement)).toEqual([`the key allows kms:Decrypt to AWS: ${VAULT}`]);
  expect(of('management', { Principal: { AWS: MANAGEMENT } })).toEqual([]);
});

test('a Deny for every principal is a fault, whichever principal is named beside; a Deny of another resource is not', () => {
  const deny = (Principal: unknown) => ({ Effect: 'Deny', Principal, Action: 'sqs:*', Resource: '*' });
  const breaks = [expect.stringContaining('may break copies of RDS')];
  expect(judged(rule, 'vault', { Key: keyOf(deny({ AWS: [root(SOURCE), '*'] })) })).toEqual(breaks);
  const Queue: ResourceTable[string] = ['AWS::SQS::Queue', { QueueName: 'x' }];
  const policy = { Queues: [{ Ref: 'Queue' }], PolicyDocument: document(deny('*')) };
  expect(judged(rule, 'vault', { Queue, Policy: ['AWS::SQS::QueuePolicy', policy] })).toEqual([]);
});

test('only the key in the settings of the importer, or any key without such a setting, limits grants to AWS services', () => {
  const granting = keyOf(allow({ Principal: { AWS: VAULT }, Action: 'kms:CreateGrant', Resource: '*' }));
  const step = (key: unknown): ResourceTable[string] => [
    'AWS::Lambda::Function',
    { Code: { ZipFile: '' }, Environment: { Variables: { CHECKVALVE_IMPORT_KEY_ARN: key } } },
  ];
  const lax = [expect.stringContaining('allows grants to any principal')];
  const Key = keyOf(allow({ Principal: { AWS: VAULT }, Action: 'kms:Decrypt', Resource: '*' }));
  expect(judged(rule, 'vault', { Other: granting })).toEqual(lax);
  expect(judged(rule, 'vault', { Other: granting, Key, Step: step(at('Other')) })).toEqual(lax);
  expect(judged(rule, 'vault', { Other: granting, Key, Step: step(at('Key')) })).toEqual([]);
});

test.each<[string, ResourceTable[string], readonly string[]]>([
  [
    'the inbox',
    ['AWS::SQS::Queue', { QueueName: 'checkvalve-inbox', KmsMasterKeyId: 'alias/aws/sqs' }],
    ['the inbox is encrypted under a key that SNS cannot use: no message would arrive'],
  ],
  ['the inbox without a key', ['AWS::SQS::Queue', { QueueName: 'checkvalve-inbox' }], []],
  ['another queue', ['AWS::SQS::Queue', { QueueName: 'other', KmsMasterKeyId: 'alias/aws/sqs' }], []],
  ['a topic of that name', ['AWS::SNS::Topic', { TopicName: 'checkvalve-inbox', KmsMasterKeyId: 'alias/aws/sns' }], []],
])('%s under a key of AWS', (_, resource, faults) => expect(judged(rule, 'vault', { It: resource })).toEqual(faults));
