import { vaultResourcesTrustOnlyTheVault as rule } from '../../../../src/trust/rules/vault-resources-trust-only-the-vault';
import { allow, analyzer, at, document, judged, OPEN, type ResourceTable, SOURCE, VAULT } from './judging';

const queue = (QueueName: string): ResourceTable[string] => ['AWS::SQS::Queue', { QueueName }];
const Inbox = queue('checkvalve-inbox');
const found = (resources: ResourceTable) => judged(rule, 'vault', resources, { sections: OPEN });
const policy = (on: string, statement: object): ResourceTable[string] => [
  'AWS::SQS::QueuePolicy',
  {
    Queues: [{ Ref: on }],
    PolicyDocument: document(allow({ Action: 'sqs:SendMessage', Resource: at(on), ...statement })),
  },
];
const onInbox = (statement: object) => found({ Inbox, Watch: analyzer(), Policy: policy('Inbox', statement) });
const forVault = { Condition: { StringEquals: { 'aws:SourceAccount': VAULT } } };
const ofTopic = { Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:checkvalve-copies' } } };
const notification = { Principal: { Service: 'sns.amazonaws.com' }, ...ofTopic };

test.each<[object, readonly string[]]>([
  [{ Principal: '*' }, ['any principal']],
  [{ Principal: { AWS: SOURCE } }, [`AWS: ${SOURCE}`]],
  [{ Principal: { AWS: [VAULT, SOURCE] } }, [`AWS: ${SOURCE}`]],
  [{ Principal: { Service: 's3.amazonaws.com' } }, ['Service: s3.amazonaws.com']],
  // A source condition limits only a service.
  [{ Principal: { Federated: 'accounts.example.com' }, ...forVault }, ['Federated: accounts.example.com']],
  [{ Principal: { CanonicalUser: '79a59df900b949e5' }, ...forVault }, ['CanonicalUser: 79a59df900b949e5']],
])('a foreign principal is named: %j', (statement, foreign) => expect(onInbox(statement)).toEqual(foreign));

describe('notifications at the inbox', () => {
  const isRefused = [expect.stringMatching(/^Service: /)];

  test('SNS may send to the inbox, whatever else the template holds', () => {
    const Topic: ResourceTable[string] = ['AWS::SNS::Topic', { TopicName: 'checkvalve-inbox' }];
    const faults = found({
      Other: queue('other'),
      Topic,
      Inbox,
      Watch: analyzer(),
      Policy: policy('Inbox', notification),
    });
    expect(faults.filter((one) => one.startsWith('Service: '))).toEqual([]);
    expect(onInbox({ ...notification, Action: 'SQS:SendMessage' })).toEqual([]);
  });

  test('SNS may send to no queue in a template without inbox', () => {
    expect(found({ Other: queue('other'), Policy: policy('Other', notification) })).toEqual(isRefused);
  });

  test.each<[string, object]>([
    ['a service whose name ends alike', { Principal: { Service: 'x-sns.amazonaws.com' } }],
    ['a service whose name begins alike', { Principal: { Service: 'sns.amazonaws.com.example' } }],
    ['another action', { Action: 'sqs:ReceiveMessage' }],
    ['another action beside it', { Action: ['sqs:SendMessage', 'sqs:ReceiveMessage'] }],
    ['another queue beside it', { Resource: [at('Inbox'), `arn:aws:sqs:eu-central-1:${VAULT}:other`] }],
    ['a topic of another name', { Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:checkvalve' } } }],
    ['no topic', { Condition: {} }],
  ])('is none with %s', (_, change) => expect(onInbox({ ...notification, ...change })).toEqual(isRefused));
});

test('other rules judge trust policies, and what key policies allow to services of the vault', () => {
  const Role: ResourceTable[string] = [
    'AWS::IAM::Role',
    { AssumeRolePolicyDocument: document(allow({ Principal: { AWS: SOURCE }, Action: 'sts:AssumeRole' })) },
  ];
  const sealing = allow({
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'kms:Encrypt',
    Resource: '*',
    ...forVault,
  });
  const Key: ResourceTable[string] = ['AWS::KMS::Key', { KeyPolicy: document(sealing) }];
  expect(found({ Role, Key })).toEqual([]);
});
