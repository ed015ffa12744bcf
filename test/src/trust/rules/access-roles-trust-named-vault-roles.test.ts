import { accessRolesTrustNamedVaultRoles as rule } from '../../../../src/trust/rules/access-roles-trust-named-vault-roles';
import {
  allow,
  at,
  document,
  either,
  here,
  judged,
  MANAGEMENT,
  OPEN,
  type ResourceTable,
  rds,
  SOURCE,
  sub,
  VAULT,
} from './judging';

const vault = { AWS: `arn:aws:iam::${VAULT}:root` };
const stepRole = (name: string) => sub(`arn:aws:iam::${VAULT}:role/checkvalve-${name}-\${AWS::Region}`);
const under = (arn: unknown, operator = 'StringEquals') => ({ Condition: { [operator]: { 'aws:PrincipalArn': arn } } });

/** What the rule says of the snapshot access role of a source, with a statement of trust and one of what it opens to. */
const accessRole = (trust: object, opens: object = {}, name: unknown = here('checkvalve-snapshot-access')) => {
  const AssumeRolePolicyDocument = document(allow({ Action: 'sts:AssumeRole', ...trust }));
  const list = { Action: 'rds:DescribeDBSnapshots', Resource: rds('snapshot:*') };
  const Policies = [{ PolicyName: 'access role', PolicyDocument: document(allow({ ...list, ...opens })) }];
  const AccessRole: ResourceTable[string] = ['AWS::IAM::Role', { RoleName: name, AssumeRolePolicyDocument, Policies }];
  return judged(rule, 'source', { AccessRole }, { sections: OPEN });
};
const IMPORTER = { Principal: vault, ...under(stepRole('import-copies')) };

test.each<[string, object]>([
  ['the importer', IMPORTER],
  ['the importer, the vault by number', { ...IMPORTER, Principal: { AWS: VAULT } }],
  ['Lambda', { Principal: { Service: 'lambda.amazonaws.com' } }],
])('may come through the snapshot access role: %s', (_, trust) => expect(accessRole(trust)).toEqual([]));

test.each<[string, object]>([
  ['all of the vault', { Principal: vault }],
  ['another role of the vault', { Principal: vault, ...under(stepRole('follow-sources')) }],
  ['the importer or another', { Principal: vault, ...under([stepRole('import-copies'), stepRole('other')]) }],
  [
    'the importer of another Region',
    { Principal: vault, ...under(`arn:aws:iam::${VAULT}:role/checkvalve-import-copies-us-east-1`) },
  ],
  ['every role of the vault', { Principal: vault, ...under(`arn:aws:iam::${VAULT}:role/*`, 'ArnLike') }],
  [
    'the importer of any Region',
    { Principal: vault, ...under(`arn:aws:iam::${VAULT}:role/checkvalve-import-copies-*`, 'ArnLike') },
  ],
  [
    'the importer, or a principal without an ARN',
    { Principal: vault, ...under(stepRole('import-copies'), 'StringEqualsIfExists') },
  ],
  ['another account under the importer’s name', { ...IMPORTER, Principal: { AWS: '222200009999' } }],
  ['every principal', { ...IMPORTER, Principal: '*' }],
  ['the source itself', { Principal: { AWS: sub('${AWS::AccountId}') } }],
  ['a service without a source', { Principal: { Service: 'backup.amazonaws.com' } }],
  ['an identity provider', { ...IMPORTER, Principal: { Federated: 'accounts.google.com' } }],
  ['the importer by another way', { ...IMPORTER, Action: 'sts:*' }],
])('may not come through the snapshot access role: %s', (_, trust) => expect(accessRole(trust)).not.toEqual([]));

test.each<[string, object]>([
  ['a parameter', { ...IMPORTER, Principal: { AWS: { Ref: 'AccountParameter' } } }],
  ['one or the other', { ...IMPORTER, Principal: either(vault, { AWS: SOURCE }) }],
  ['a principal that a parameter names', { Principal: vault, ...under({ Ref: 'AccountParameter' }) }],
])('an unknown value is a finding: %s', (_, trust) => expect(accessRole(trust)).not.toEqual([]));

const marks = {
  Action: 'rds:AddTagsToResource',
  Resource: [rds('snapshot:checkvalve-*'), rds('cluster-snapshot:checkvalve-*')],
  Condition: {
    StringEquals: { 'aws:ResourceTag/checkvalve:role': 'export' },
    'ForAllValues:StringEquals': { 'aws:TagKeys': ['checkvalve:copied-at', 'checkvalve:held'] },
    Null: { 'aws:TagKeys': 'false' },
  },
};

test('the access role may write Checkvalve’s tags on export copies', () =>
  expect(accessRole(IMPORTER, marks)).toEqual([]));

test.each<[string, object]>([
  ['marks on anything', { ...marks, Resource: rds('snapshot:*') }],
  ['marks on what is no export copy', { ...marks, Condition: { ...marks.Condition, StringEquals: {} } }],
  [
    'any mark',
    {
      ...marks,
      Condition: { ...marks.Condition, 'ForAllValues:StringEquals': { 'aws:TagKeys': ['checkvalve:role'] } },
    },
  ],
  [
    'a request without tags',
    {
      ...marks,
      Condition: {
        StringEquals: marks.Condition.StringEquals,
        'ForAllValues:StringEquals': marks.Condition['ForAllValues:StringEquals'],
      },
    },
  ],
  ['deleting', { Action: 'rds:DeleteDBSnapshot', Resource: rds('snapshot:checkvalve-*') }],
  ['sharing', { Action: 'rds:ModifyDBSnapshotAttribute', Resource: rds('snapshot:checkvalve-*') }],
  ['copying', { Action: 'rds:CopyDBSnapshot', Resource: rds('snapshot:checkvalve-*') }],
  ['keys', { Action: 'kms:Decrypt', Resource: '*' }],
  ['anything that begins with reading', { Action: 'rds:Describe*', Resource: '*' }],
  ['the memory of exports', { Action: 'dynamodb:Scan', Resource: '*' }],
  ['the policies of keys', { Action: 'kms:ListKeyPolicies', Resource: '*' }],
  ['reading everywhere', { Action: 'rds:DescribeDBSnapshots', Resource: '*' }],
])('the access role may not: %s', (_, opens) => expect(accessRole(IMPORTER, opens)).not.toEqual([]));

test('the registry access role is for the followers in Regions with a vault, and reads one table', () => {
  const registry = (followers: unknown, resource: unknown = at('Table'), operator = 'StringEquals') => {
    const trust = allow({ Principal: vault, Action: 'sts:AssumeRole', ...under(followers, operator) });
    const scan = document(allow({ Action: 'dynamodb:Scan', Resource: resource }));
    return judged(rule, 'management', {
      Table: ['AWS::DynamoDB::Table', { TableName: 'checkvalve-registry' }],
      AccessRole: [
        'AWS::IAM::Role',
        {
          RoleName: 'checkvalve-registry-access',
          AssumeRolePolicyDocument: document(trust),
          Policies: [{ PolicyName: 'p', PolicyDocument: scan }],
        },
      ],
    });
  };
  const follower = (region: string) => `arn:aws:iam::${VAULT}:role/checkvalve-follow-sources-${region}`;
  expect(registry([follower('eu-central-1')])).toEqual([]);
  expect(registry([follower('eu-central-1'), follower('eu-west-1')])).toHaveLength(1);
  expect(registry(follower('eu-central-1'), '*')).toHaveLength(1);
  expect(registry(follower('eu-central-1'), `arn:aws:dynamodb:us-east-1:${MANAGEMENT}:table/other`)).toHaveLength(1);
  const like = (...roles: readonly string[]) => registry(roles, at('Table'), 'ArnLike');
  const reporter = `arn:aws:iam::${VAULT}:role/checkvalve-report-coverage-*`;
  expect(like(follower('*'), reporter)).toEqual([]);
  for (const wider of [`arn:aws:iam::${VAULT}:role/*`, `arn:aws:iam::${VAULT}:role/checkvalve-*`, follower('?*')])
    expect(like(reporter, wider)).toHaveLength(1);
  expect(like(`arn:aws:iam::*:role/checkvalve-follow-sources-*`)).toHaveLength(1);
  expect(like(`arn:aws:iam::${VAULT}:role/checkvalve-import-copies-*`)).toHaveLength(1);
  // Under StringEquals `*` is a character, and no role has it in its name.
  expect(registry([follower('*')])).toHaveLength(1);
});

describe('the copies topic', () => {
  const subscribing = {
    Principal: vault,
    Action: 'sns:Subscribe',
    Resource: { Ref: 'Topic' },
    Condition: {
      StringEquals: {
        'aws:PrincipalArn': stepRole('follow-sources'),
        'sns:Protocol': 'sqs',
        'sns:Endpoint': sub(`arn:aws:sqs:\${AWS::Region}:${VAULT}:checkvalve-inbox`),
      },
    },
  };
  const topic = (statement: object, TopicName = 'checkvalve-copies') =>
    judged(rule, 'source', {
      Topic: ['AWS::SNS::Topic', { TopicName }],
      Policy: ['AWS::SNS::TopicPolicy', { Topics: [{ Ref: 'Topic' }], PolicyDocument: document(allow(statement)) }],
    });
  const but = (changed: object) => ({
    ...subscribing,
    Condition: { StringEquals: { ...subscribing.Condition.StringEquals, ...changed } },
  });

  test.each<[string, object]>([
    ['the follower subscribes the inbox', subscribing],
    ['the source itself', { ...subscribing, Principal: { AWS: sub('${AWS::AccountId}') }, Action: 'sns:*' }],
  ])('may: %s', (_, statement) => expect(topic(statement)).toEqual([]));

  test.each<[string, object]>([
    ['the follower subscribes elsewhere', but({ 'sns:Endpoint': `arn:aws:sqs:eu-central-1:${VAULT}:other` })],
    ['the follower subscribes by mail', but({ 'sns:Protocol': 'email' })],
    ['another role subscribes', but({ 'aws:PrincipalArn': stepRole('import-copies') })],
    ['the follower publishes', { ...subscribing, Action: ['sns:Subscribe', 'sns:Publish'] }],
    ['another account subscribes', { ...subscribing, Principal: { AWS: '222200009999' } }],
    ['the vault without conditions', { ...subscribing, Condition: {} }],
    [
      'a service for the source, which has no business there',
      {
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: '*',
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ],
    [
      'a service without a source',
      { Principal: { Service: 'events.amazonaws.com' }, Action: 'sns:Publish', Resource: '*' },
    ],
  ])('may not: %s', (_, statement) => expect(topic(statement)).not.toEqual([]));

  test('and at no other topic', () => expect(topic(subscribing, 'other')).toHaveLength(1));
});

describe('services of a source, for the source', () => {
  const ofSource = { Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } };
  const wakeups = (Action: unknown, service = 'events') => {
    const Principal = { Service: `${service}.amazonaws.com` };
    return judged(rule, 'source', {
      Queue: ['AWS::SQS::Queue', { QueueName: 'checkvalve-wakeups' }],
      Policy: [
        'AWS::SQS::QueuePolicy',
        {
          Queues: [{ Ref: 'Queue' }],
          PolicyDocument: document(allow({ Principal, Action, Resource: '*', ...ofSource })),
        },
      ],
    });
  };
  const taking = (service: string, name: unknown) =>
    accessRole({ Principal: { Service: `${service}.amazonaws.com` }, ...ofSource }, {}, name);
  const backup = sub('checkvalve-backup-${AWS::Region}-0123456789ab');

  test('EventBridge may send to the queue of wakeups, and nothing else', () => {
    expect(wakeups('sqs:SendMessage')).toEqual([]);
    expect(wakeups('sqs:SendMessage', 's3')).toHaveLength(1);
    for (const more of ['sqs:*', '*', 'sqs:PurgeQueue', 'sqs:SetQueueAttributes', 'sqs:Send*'])
      expect(wakeups(['sqs:SendMessage', more])).toEqual([expect.stringContaining(`may ${more} on`)]);
  });

  test('AWS Backup may assume its own role and no other; another service may assume none', () => {
    const faults = (service: string, name: unknown) => taking(service, name).filter((one) => /assumed by/.test(one));
    expect(faults('backup', backup)).toEqual([]);
    expect(faults('backup', here('checkvalve-snapshot-access'))).toHaveLength(1);
    expect(faults('ec2', backup)).toHaveLength(1);
  });
});
