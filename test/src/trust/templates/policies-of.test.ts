import { evaluate } from '../../../../src/policy-evaluator/evaluate';
import { policiesOf, unreadPoliciesOf } from '../../../../src/trust/templates/policies-of';
import { resolveTemplate } from '../../../../src/trust/templates/resolve-template';
import type { JsonObject, TemplatePlace } from '../../../../src/trust/templates/template';

const place: TemplatePlace = { account: '333300002222', region: 'eu-central-1', stackName: 'Vault' };
const A = 'eu-central-1:333300002222';

/** A policy document with a distinct statement. */
const doc = (mark: string): JsonObject => ({
  Version: '2012-10-17',
  Statement: [{ Sid: mark, Effect: 'Allow', Action: '*', Resource: '*' }],
});

const asTexts = (Resources: JsonObject): readonly string[] =>
  policiesOf(resolveTemplate({ Resources }, place)).map(({ kind, ownerArn, document, where }) => {
    const [statement] = [document.Statement].flat();
    return `${kind} ${ownerArn} ${statement?.Sid} ${where}`;
  });

const unread = (Resources: JsonObject): readonly string[] =>
  unreadPoliciesOf(resolveTemplate({ Resources }, place)).map(({ where, what }) => `${where}: ${what}`);

test.each<[string, JsonObject, readonly string[]]>([
  [
    'a role: trust and inline',
    {
      R: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'r',
          Path: '/p/',
          AssumeRolePolicyDocument: doc('t'),
          Policies: [{ PolicyName: 'i', PolicyDocument: doc('i') }],
        },
      },
    },
    [
      'trust arn:aws:iam::333300002222:role/p/r t R.Properties.AssumeRolePolicyDocument',
      'identity arn:aws:iam::333300002222:role/p/r i R.Properties.Policies.0.PolicyDocument',
    ],
  ],
  [
    'a policy of two roles, one of another stack',
    {
      R: { Type: 'AWS::IAM::Role', Properties: { Path: '/p/' } },
      P: { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: doc('x'), Roles: [{ Ref: 'R' }, 'other'] } },
    },
    [
      'identity arn:aws:iam::333300002222:role/p/Vault-R x P.Properties.PolicyDocument',
      'identity arn:aws:iam::333300002222:role/other x P.Properties.PolicyDocument',
    ],
  ],
  [
    'a policy of a role that has the name of a user',
    {
      U: { Type: 'AWS::IAM::User', Properties: { UserName: 'same' } },
      P: { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: doc('x'), Roles: ['same'] } },
    },
    ['identity arn:aws:iam::333300002222:role/same x P.Properties.PolicyDocument'],
  ],
  [
    'a policy of a user and a group',
    { P: { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: doc('x'), Users: ['u'], Groups: ['g'] } } },
    [
      'identity arn:aws:iam::333300002222:user/u x P.Properties.PolicyDocument',
      'identity arn:aws:iam::333300002222:group/g x P.Properties.PolicyDocument',
    ],
  ],
  [
    'a managed policy that a role names, and as a boundary',
    {
      M: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: doc('m') } },
      R: {
        Type: 'AWS::IAM::Role',
        Properties: { ManagedPolicyArns: [{ Ref: 'M' }], PermissionsBoundary: { Ref: 'M' } },
      },
    },
    [
      'identity arn:aws:iam::333300002222:role/Vault-R m M.Properties.PolicyDocument',
      'boundary arn:aws:iam::333300002222:role/Vault-R m M.Properties.PolicyDocument',
    ],
  ],
  [
    'a managed policy that names its role',
    { M: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: doc('m'), Roles: ['r'] } } },
    ['identity arn:aws:iam::333300002222:role/r m M.Properties.PolicyDocument'],
  ],
  [
    'a managed policy without a principal',
    { M: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: doc('m') } } },
    ['identity arn:aws:iam::333300002222:policy/Vault-M m M.Properties.PolicyDocument'],
  ],
  [
    'a user with an inline policy',
    { U: { Type: 'AWS::IAM::User', Properties: { UserName: 'u', Policies: [{ PolicyDocument: doc('i') }] } } },
    ['identity arn:aws:iam::333300002222:user/u i U.Properties.Policies.0.PolicyDocument'],
  ],
  [
    'a queue policy of two queues, one of another stack',
    {
      Q: { Type: 'AWS::SQS::Queue' },
      P: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Q' }, 'https://sqs.eu-central-1.amazonaws.com/222200001111/q'],
          PolicyDocument: doc('q'),
        },
      },
    },
    [
      `resource arn:aws:sqs:${A}:Vault-Q q P.Properties.PolicyDocument`,
      'resource arn:aws:sqs:eu-central-1:222200001111:q q P.Properties.PolicyDocument',
    ],
  ],
  [
    'a topic policy',
    {
      T: { Type: 'AWS::SNS::Topic' },
      P: { Type: 'AWS::SNS::TopicPolicy', Properties: { Topics: [{ Ref: 'T' }], PolicyDocument: doc('t') } },
    },
    [`resource arn:aws:sns:${A}:Vault-T t P.Properties.PolicyDocument`],
  ],
  [
    'a bucket policy',
    {
      B: { Type: 'AWS::S3::Bucket' },
      P: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'B' }, PolicyDocument: doc('b') } },
    },
    ['resource arn:aws:s3:::vault-b b P.Properties.PolicyDocument'],
  ],
  [
    'a backup vault, as an object and as a text',
    {
      V: { Type: 'AWS::Backup::BackupVault', Properties: { BackupVaultName: 'v', AccessPolicy: doc('v') } },
      W: {
        Type: 'AWS::Backup::BackupVault',
        Properties: { BackupVaultName: 'w', AccessPolicy: JSON.stringify(doc('w')) },
      },
    },
    [
      `resource arn:aws:backup:${A}:backup-vault:v v V.Properties.AccessPolicy`,
      `resource arn:aws:backup:${A}:backup-vault:w w W.Properties.AccessPolicy`,
    ],
  ],
  [
    'a table',
    {
      T: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 't', ResourcePolicy: { PolicyDocument: doc('d') } } },
    },
    [`resource arn:aws:dynamodb:${A}:table/t d T.Properties.ResourcePolicy.PolicyDocument`],
  ],
  [
    'a key',
    { K: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: doc('k') } } },
    [expect.stringMatching(`^resource arn:aws:kms:${A}:key/[0-9a-f-]{36} k K.Properties.KeyPolicy$`)],
  ],
  ['a resource without a policy', { B: { Type: 'AWS::Backup::BackupVault' }, Q: { Type: 'AWS::SQS::Queue' } }, []],
])('%s', (_name, resources, wanted) => {
  expect(asTexts(resources)).toEqual(wanted);
  expect(unread(resources)).toEqual([]);
});

describe('what cannot be read is named', () => {
  test.each<[string, JsonObject, readonly string[]]>([
    [
      'policies of AWS',
      {
        R: {
          Type: 'AWS::IAM::Role',
          Properties: {
            ManagedPolicyArns: ['arn:aws:iam::aws:policy/X'],
            PermissionsBoundary: 'arn:aws:iam::333300002222:policy/b',
          },
        },
      },
      [
        'R.Properties.ManagedPolicyArns.0: arn:aws:iam::aws:policy/X is not in this template',
        'R.Properties.PermissionsBoundary: arn:aws:iam::333300002222:policy/b is not in this template',
      ],
    ],
    [
      'a kind of policy that is not known',
      { S: { Type: 'AWS::SecretsManager::ResourcePolicy', Properties: { ResourcePolicy: doc('s') } } },
      ['S.Properties.ResourcePolicy: a policy in an unknown property'],
    ],
    [
      'a policy of the organization that denies, which is understood',
      { O: { Type: 'AWS::Organizations::Policy', Properties: { Content: { Statement: [{ Effect: 'Deny' }] } } } },
      [],
    ],
    [
      'a policy of the organization that allows something beside',
      {
        O: {
          Type: 'AWS::Organizations::Policy',
          Properties: { Content: { Statement: [{ Effect: 'Deny' }, { Effect: 'Allow' }] } },
        },
      },
      ['O.Properties.Content: a policy in an unknown property'],
    ],
    [
      'one of a single statement',
      { E: { Type: 'AWS::Events::EventBusPolicy', Properties: { Statement: { Effect: 'Allow' } } } },
      ['E.Properties: a policy in an unknown property'],
    ],
    [
      'one in a text',
      { L: { Type: 'AWS::Logs::ResourcePolicy', Properties: { PolicyDocument: JSON.stringify(doc('l')) } } },
      ['L.Properties.PolicyDocument: a policy in an unknown property'],
    ],
    [
      'a policy without an owner',
      { P: { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: doc('p') } } },
      [
        'P.Properties.PolicyDocument: no owner is known',
        'P.Properties.PolicyDocument: a policy in an unknown property',
      ],
    ],
    [
      'a document that is none',
      { K: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: 'x' } } },
      ['K.Properties.KeyPolicy: it is not a policy document'],
    ],
  ])('%s', (_name, resources, wanted) => {
    expect(unread(resources)).toEqual(wanted);
  });
});

describe('a permission of a function', () => {
  const documentOf = (properties: JsonObject): unknown =>
    policiesOf(
      resolveTemplate(
        {
          Resources: {
            F: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'f' } },
            P: { Type: 'AWS::Lambda::Permission', Properties: properties },
          },
        },
        place,
      ),
    );

  test('of a service, with its source', () => {
    const properties = {
      FunctionName: { 'Fn::GetAtt': ['F', 'Arn'] },
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: `arn:aws:events:${A}:rule/r`,
      SourceAccount: '333300002222',
    };
    const Resource = `arn:aws:lambda:${A}:function:f`;
    expect(documentOf(properties)).toEqual([
      {
        kind: 'resource',
        ownerArn: Resource,
        where: 'P.Properties',
        document: {
          Version: '2012-10-17',
          Statement: {
            Sid: 'P',
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'lambda:InvokeFunction',
            Resource,
            Condition: {
              StringEquals: { 'aws:SourceAccount': '333300002222' },
              ArnLike: { 'aws:SourceArn': `arn:aws:events:${A}:rule/r` },
            },
          },
        },
      },
    ]);
  });

  test.each([
    ['f', '*', '*', `arn:aws:lambda:${A}:function:f`],
    ['333300002222:function:f', '222200001111', { AWS: '222200001111' }, `arn:aws:lambda:${A}:function:f`],
    [
      { Ref: 'F' },
      'arn:aws:iam::222200001111:role/r',
      { AWS: 'arn:aws:iam::222200001111:role/r' },
      `arn:aws:lambda:${A}:function:f`,
    ],
  ])('of %j for %s', (FunctionName, Principal, principal, resource) => {
    expect(documentOf({ FunctionName, Principal, Action: 'lambda:InvokeFunction' })).toMatchObject([
      { ownerArn: resource, document: { Statement: { Principal: principal, Resource: resource } } },
    ]);
  });

  test('of a function URL', () => {
    const properties = {
      FunctionName: 'f',
      Principal: '*',
      Action: 'lambda:InvokeFunctionUrl',
      FunctionUrlAuthType: 'NONE',
      InvokedViaFunctionUrl: true,
    };
    expect(documentOf(properties)).toMatchObject([
      {
        document: {
          Statement: {
            Condition: {
              StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' },
              Bool: { 'lambda:InvokedViaFunctionUrl': 'true' },
            },
          },
        },
      },
    ]);
  });
});

test('policies of a template can be evaluated as they come', () => {
  const Resources = {
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'inbox' } },
    QueuePolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Queue' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { Service: 'sns.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
            Condition: {
              ArnLike: { 'aws:SourceArn': { 'Fn::Sub': 'arn:${AWS::Partition}:sns:*:*:checkvalve-copies' } },
            },
          },
        },
      },
    },
  };
  const resolved = resolveTemplate({ Resources }, place);
  const queue = resolved.resources.get('Queue')?.arn ?? '';
  const ask = (topic: string): string =>
    evaluate({
      principal: { service: 'sns.amazonaws.com' },
      action: 'sqs:SendMessage',
      resource: queue,
      resourceAccount: place.account,
      context: { 'aws:SourceArn': `arn:aws:sns:eu-central-1:222200001111:${topic}` },
      identityPolicies: [],
      resourcePolicy: policiesOf(resolved).find((each) => each.ownerArn === queue)?.document ?? null,
    }).decision;
  expect([ask('checkvalve-copies'), ask('other')]).toEqual(['Allowed', 'ImplicitlyDenied']);
});
