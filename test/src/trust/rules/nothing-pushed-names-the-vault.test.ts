import { nothingPushedNamesTheVault as rule } from '../../../../src/trust/rules/nothing-pushed-names-the-vault';
import { allow, at, either, here, judged, OPEN, type ResourceTable, rds, role, sub, VAULT } from './judging';

const found = (resources: ResourceTable) =>
  judged(rule, 'source', { Key: ['AWS::KMS::Key', {}], ...resources }, { sections: OPEN });
/** What the rule says of the exporter with one statement. */
const exporter = (statement: object) => found({ Role: role(here('checkvalve-export-snapshots'), allow(statement)) });
const tagged = (key: unknown, prefix = 'rds:snapshot-tag') => ({
  Condition: { StringEquals: { [`${prefix}/encryption_key`]: key } },
});
const copy = { Action: 'rds:CopyDBSnapshot', Resource: rds('snapshot:awsbackup:*') };
const marks = {
  'ForAllValues:StringEquals': { 'aws:TagKeys': ['checkvalve:held'] },
  Null: { 'aws:TagKeys': 'false' },
};

test.each<[string, object]>([
  ['list its snapshots', { Action: 'rds:DescribeDBSnapshots', Resource: [rds('db:*'), rds('snapshot:*')] }],
  ['copy what its plan made', { ...copy, ...tagged({ Ref: 'Key' }) }],
  [
    'say why it is not copied to the vault',
    {
      Action: 'rds:AddTagsToResource',
      Resource: rds('snapshot:awsbackup:*'),
      Condition: { StringEquals: { 'aws:ResourceTag/encryption_key': { Ref: 'Key' } }, ...marks },
    },
  ],
  ['nothing', { Effect: 'Deny', Action: '*', Resource: '*' }],
])('the exporter may %s', (_, statement) => expect(exporter(statement)).toEqual([]));

test.each<[string, object]>([
  ['reach the inbox', { Action: 'sqs:SendMessage', Resource: `arn:aws:sqs:eu-central-1:${VAULT}:checkvalve-inbox` }],
  ['take a role of the vault', { Action: 'sts:AssumeRole', Resource: `arn:aws:iam::${VAULT}:role/x` }],
  ['take any role', { Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::*:role/*' }],
  ['publish anywhere', { Action: 'sns:Publish', Resource: '*' }],
  ['copy any snapshot', { ...copy }],
  ['copy what another key’s plan made', { ...copy, ...tagged('another') }],
  [
    'copy what its plan made, or lacks the tag',
    { ...copy, Condition: { StringEqualsIfExists: { 'rds:snapshot-tag/encryption_key': { Ref: 'Key' } } } },
  ],
  [
    'copy snapshots of every account',
    { ...copy, Resource: sub('arn:aws:rds:${AWS::Region}:*:snapshot:awsbackup:*'), ...tagged({ Ref: 'Key' }) },
  ],
  ['copy every snapshot', { ...copy, Resource: rds('snapshot:*'), ...tagged({ Ref: 'Key' }) }],
  ['do what has no row', { Action: 'rds:DeleteOptionGroup', Resource: rds('og:x') }],
  ['do anything', { Action: 'rds:*', Resource: rds('snapshot:checkvalve-*') }],
  ['do all but', { NotAction: 'iam:*', Action: undefined, Resource: rds('snapshot:*') }],
  ['reach all but', { Action: 'sns:Publish', Resource: undefined, NotResource: 'x' }],
  ['reach what a parameter says', { Action: 'sns:Publish', Resource: { Ref: 'AccountParameter' } }],
  ['reach one or the other', { Action: 'rds:DescribeDBSnapshots', Resource: either(rds('snapshot:*'), '*') }],
  [
    'hide that it is to be copied to the vault',
    {
      Action: 'rds:AddTagsToResource',
      Resource: rds('snapshot:awsbackup:*'),
      Condition: {
        ...marks,
        StringEquals: { 'aws:ResourceTag/encryption_key': { Ref: 'Key' } },
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['checkvalve:copied-at'] },
      },
    },
  ],
  ['remember anything', { Action: 'rds:AddTagsToResource', Resource: rds('snapshot:awsbackup:*'), Condition: marks }],
])('the exporter may not %s', (_, statement) => {
  expect(exporter(statement)).toEqual(expect.arrayContaining([expect.any(String)]));
});

test('a missing condition is in the finding', () => {
  expect(exporter(copy)).toEqual([
    'checkvalve-export-snapshots-the-region may rds:CopyDBSnapshot on arn:aws:rds:the-region:the-source:snapshot:awsbackup:* without StringEquals on rds:snapshot-tag/encryption_key',
  ]);
});

test('another role may not do what the exporter may', () => {
  const statement = allow({ ...copy, ...tagged({ Ref: 'Key' }) });
  for (const name of ['other', 'checkvalve-export-snapshots', here('checkvalve-backup')])
    expect(found({ Role: role(name, statement) })).toEqual([expect.stringContaining('may rds:CopyDBSnapshot')]);
});

const STRANGE = 'arn:aws:events:eu-central-1:222200009999:event-bus/theirs';
test.each<[string, ResourceTable[string], string]>([
  [
    'a policy of AWS',
    ['AWS::IAM::Role', { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }],
    'AdministratorAccess',
  ],
  ['a user', ['AWS::IAM::User', {}], 'AWS::IAM::User is not a listed resource type for the source'],
  ['a custom resource', ['Custom::Share', {}], 'Custom::Share is not a listed resource type'],
  ['a bucket', ['AWS::S3::Bucket', {}], 'AWS::S3::Bucket is not a listed resource type'],
  [
    'a rule that sends to another account',
    ['AWS::Events::Rule', { Targets: [{ Id: 'x', Arn: STRANGE }] }],
    `Targets points to ${STRANGE}`,
  ],
  [
    'a function that fails elsewhere',
    ['AWS::Lambda::Function', { Code: { ZipFile: '' }, DeadLetterConfig: { TargetArn: STRANGE } }],
    'DeadLetterConfig points to',
  ],
  [
    'code from a bucket',
    ['AWS::Lambda::Function', { Code: { S3Bucket: 'theirs' } }],
    'Code.S3Bucket is not a listed property',
  ],
  [
    'a number where an account should stand',
    ['AWS::SQS::Queue', { RedrivePolicy: { deadLetterTargetArn: `arn:aws:sqs:eu-central-1:${VAULT}:x` } }],
    'RedrivePolicy points to',
  ],
])('nor may there be %s', (_, resource, finding) => {
  expect(found({ It: resource })).toEqual(expect.arrayContaining([expect.stringContaining(finding)]));
});

test('a function of its own may wake', () => {
  const Step: ResourceTable[string] = ['AWS::Lambda::Function', { Code: { ZipFile: '' }, Role: at('Role') }];
  const Rule: ResourceTable[string] = ['AWS::Events::Rule', { Targets: [{ Id: 'x', Arn: at('Step') }] }];
  expect(found({ Step, Rule, Role: role(here('checkvalve-export-snapshots')) })).toEqual([]);
});
