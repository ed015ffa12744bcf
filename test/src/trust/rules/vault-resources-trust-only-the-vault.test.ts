// Longer than most: one table of the principals that may, that may not, and that are unknown.

import { vaultResourcesTrustOnlyTheVault as rule } from '../../../../src/trust/rules/vault-resources-trust-only-the-vault';
import type { Zone } from '../../../../src/trust/templates/template';
import { allow, analyzer, at, document, either, judged, OPEN, type ResourceTable, SOURCE, sub, VAULT } from './judging';

/** A vault with an inbox, a role, a rule and another queue to point to. */
const THINGS: ResourceTable = {
  Inbox: ['AWS::SQS::Queue', { QueueName: 'checkvalve-inbox' }],
  Wakeups: ['AWS::SQS::Queue', { QueueName: 'checkvalve-wakeups' }],
  Other: ['AWS::SQS::Queue', { QueueName: 'checkvalve-other' }],
  Role: [
    'AWS::IAM::Role',
    { AssumeRolePolicyDocument: document(allow({ Principal: { AWS: VAULT }, Action: 'sts:AssumeRole' })) },
  ],
  Rule: ['AWS::Events::Rule', { ScheduleExpression: 'rate(1 day)' }],
  Watch: analyzer(),
};
const found = (resources: ResourceTable, zone: Zone | undefined = 'vault') =>
  judged(rule, zone, { ...THINGS, ...resources }, { sections: OPEN });
/** What the rule says of a queue policy with one statement. */
const judgedStatement = (statement: object, queue = 'Inbox') => {
  const held = { Action: 'sqs:SendMessage', Resource: at(queue), ...statement };
  return found({
    Policy: ['AWS::SQS::QueuePolicy', { Queues: [{ Ref: queue }], PolicyDocument: document(allow(held)) }],
  });
};

const root = (account: unknown) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', account, ':root']],
});
const notification = { Principal: { Service: 'sns.amazonaws.com' } };
const from = (arn: unknown, operator = 'ArnLike') => ({ Condition: { [operator]: { 'aws:SourceArn': arn } } });
const ofAccount = (account: unknown) => ({ Condition: { StringEquals: { 'aws:SourceAccount': account } } });
const events = { Principal: { Service: 'events.amazonaws.com' } };
const ours = 'arn:aws:sns:*:*:checkvalve-copies';
const own = (rest: string) => sub(`arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}${rest}`);

test.each<[string, object, string?]>([
  ['the vault by number', { Principal: { AWS: VAULT } }],
  ['the vault’s root', { Principal: { AWS: `arn:aws:iam::${VAULT}:root` } }],
  ['the account of the stack, whichever', { Principal: { AWS: root({ Ref: 'AWS::AccountId' }) } }],
  ['a role of the vault by name', { Principal: { AWS: [`arn:aws:iam::${VAULT}:role/checkvalve-import-copies`] } }],
  ['a role that the template makes', { Principal: { AWS: at('Role') } }],
  ['one or the other, both ours', { Principal: { AWS: either(VAULT, at('Role')) } }],
  ['a service for the vault’s account', { ...events, ...ofAccount(VAULT) }, 'Wakeups'],
  [
    'a service for a resource of the vault',
    { ...events, ...from(`arn:aws:events:eu-central-1:${VAULT}:rule/x`) },
    'Wakeups',
  ],
  ['a service for a resource of the template', { ...events, ...from(at('Rule'), 'ArnEquals') }, 'Wakeups'],
  ['a notification', { ...notification, ...from(ours) }],
  [
    'a notification by the Regional name of SNS',
    { Principal: { Service: 'sns.eu-south-1.amazonaws.com' }, ...from(ours) },
  ],
  ['a service for a resource of the vault, of this Region', { ...events, ...from(own(':rule/x')) }, 'Wakeups'],
  ['a notification under the operator for strings', { ...notification, ...from(ours, 'StringLike') }],
  ['a Deny for every principal', { Effect: 'Deny', Principal: '*' }],
  ['a substitution by names of its own', { Principal: { AWS: { 'Fn::Sub': ['${A}', { A: VAULT }] } } }],
])('may: %s', (_, statement, ...[queue]) => {
  expect(judgedStatement(statement, queue)).toEqual([]);
});

test.each<[string, object, string?]>([
  ['a source by number', { Principal: { AWS: SOURCE } }],
  ['a source’s root', { Principal: { AWS: root(SOURCE) } }],
  ['one foreign among own ones', { Principal: { AWS: [VAULT, `arn:aws:iam::${SOURCE}:role/admin`] } }],
  ['every principal', { Principal: '*' }],
  ['every principal, in the other spelling', { Principal: { AWS: '*' } }],
  [
    'every principal of an organization',
    { Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-example' } } },
  ],
  ['all but one', { Principal: undefined, NotPrincipal: { AWS: VAULT } }],
  ['all but one, denied', { Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: VAULT } }],
  ['everything but one action', { Principal: { AWS: VAULT }, NotAction: 'sqs:SendMessage' }],
  ['an identity provider', { Principal: { Federated: 'cognito-identity.amazonaws.com' } }],
  ['a canonical user', { Principal: { CanonicalUser: '79a59df900b949e5' } }],
  ['a service without a source', { ...events }],
  ['a service for another account', { ...events, ...ofAccount(SOURCE) }],
  ['a service for the vault or another account', { ...events, ...ofAccount([VAULT, SOURCE]) }],
  ['a service for an organization', { ...events, Condition: { StringEquals: { 'aws:SourceOrgID': 'o-example' } } }],
  [
    'a service if the request has a source',
    { ...events, Condition: { StringEqualsIfExists: { 'aws:SourceAccount': VAULT } } },
  ],
  ['a service for whichever', { ...events, ...from('arn:aws:events:*:*:rule/x') }],
  ['a notification for every topic', { ...notification, ...from('arn:aws:sns:*:*:*') }],
  ['a notification for a name that begins alike', { ...notification, ...from('arn:aws:sns:*:*:checkvalve-copies*') }],
  ['a notification for our topics and another', { ...notification, ...from([ours, 'arn:aws:sns:*:*:other']) }],
  ['a notification without a condition', { ...notification }],
  [
    'a notification with another action',
    { ...notification, ...from(ours), Action: ['sqs:SendMessage', 'sqs:ReceiveMessage'] },
  ],
  ['a notification with every action', { ...notification, ...from(ours), Action: 'sqs:*' }],
  ['a notification at another queue', { ...notification, ...from(ours) }, 'Other'],
  ['a notification for whatever SNS has', { ...notification, ...from('arn:aws:sns:*') }],
  ['a notification for an account that it names', { ...notification, ...ofAccount(SOURCE) }],
  // Under an operator for texts a wildcard runs over colons: this is `…:222200001111:log-group:333300002222:x` too.
  ['a service for texts like it', { ...events, ...from(`arn:aws:logs:*:${VAULT}:*`, 'StringLike') }],
  ['a service for what begins with anything', { ...events, ...from(`*:${VAULT}:*`, 'StringLike') }],
  [
    'another service with the condition of notifications',
    { Principal: { Service: 's3.amazonaws.com' }, ...from(ours) },
  ],
])('may not: %s', (_, statement, ...[queue]) => {
  expect(judgedStatement(statement, queue)).toEqual(expect.arrayContaining([expect.any(String)]));
});

// For the vault itself, and yet more than the service needs: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
test.each<[string, string, unknown, string]>([
  ['purge the queue that it wakes a step through', 'events', ['sqs:SendMessage', 'sqs:PurgeQueue'], 'Wakeups'],
  ['do anything with it', 'events', 'sqs:*', 'Wakeups'],
  ['do anything at all', 'events', '*', 'Wakeups'],
  ['do what begins alike', 'events', 'sqs:SendMess*', 'Wakeups'],
  ['send to the inbox', 'events', 'sqs:SendMessage', 'Inbox'],
  ['send to a queue of no purpose', 'events', 'sqs:SendMessage', 'Other'],
  ['wake a step, which it never does', 'cloudwatch', 'sqs:SendMessage', 'Wakeups'],
])('a service may not %s', (_, service, Action, queue) => {
  const statement = { Principal: { Service: `${service}.amazonaws.com` }, Action, ...ofAccount(VAULT) };
  expect(judgedStatement(statement, queue)).toContainEqual(expect.stringMatching(`^${service}.amazonaws.com may `));
});

test.each([
  ['lambda:InvokeFunction', []],
  ['lambda:*', ['may lambda:*']],
  ['lambda:UpdateFunctionCode', ['may lambda:UpdateFunctionCode']],
])('a rule of the vault may %s on a step: finds %j', (Action, faults) => {
  const FunctionName = { Ref: 'Step' };
  const judgment = found({
    Step: ['AWS::Lambda::Function', { FunctionName: 'checkvalve-x', Code: { ZipFile: '' } }],
    Wakes: [
      'AWS::Lambda::Permission',
      { FunctionName, Action, Principal: 'events.amazonaws.com', SourceArn: at('Rule') },
    ],
  });
  expect(judgment).toEqual(faults.map((fault) => expect.stringContaining(fault)));
});

test.each([
  'ForAnyValue:StringEquals',
  'ForAllValues:StringEquals',
  'StringEqualsIfExists',
  'StringNotEquals',
  'StringNotLike',
  'ForAnyValue:ArnLike',
  'ForAllValues:ArnLike',
  'ArnLikeIfExists',
  'ArnNotLike',
  'ArnNotEquals',
  'Null',
])('%s does not narrow', (operator) => {
  const account = { Condition: { [operator]: { 'aws:SourceAccount': VAULT } } };
  const arn = from(`arn:aws:events:eu-central-1:${VAULT}:rule/x`, operator);
  expect(judgedStatement({ ...events, ...account })).toEqual(['Service: events.amazonaws.com']);
  expect(judgedStatement({ ...events, ...arn })).toEqual(['Service: events.amazonaws.com']);
  expect(judgedStatement({ ...notification, ...from(ours, operator) })).toEqual(['Service: sns.amazonaws.com']);
});

test('SNS may send to the inbox, and to no other queue', () => {
  const at = (Queues: unknown) =>
    found({
      Policy: [
        'AWS::SQS::QueuePolicy',
        {
          Queues,
          PolicyDocument: document(allow({ Action: 'sqs:SendMessage', Resource: '*', ...notification, ...from(ours) })),
        },
      ],
    });
  const onInbox = (resource: unknown) => judgedStatement({ ...notification, ...from(ours), Resource: resource });
  expect(onInbox({ 'Fn::GetAtt': ['Inbox', 'Arn'] })).toEqual([]);
  expect(onInbox('*')).toEqual(['Service: sns.amazonaws.com']);
  expect(at([{ 'Fn::Join': ['', [{ Ref: 'Inbox' }, '-other']] }])).toContain('Service: sns.amazonaws.com');
  expect(at([{ Ref: 'Inbox' }, { Ref: 'Other' }])).toContain('Service: sns.amazonaws.com');
  expect(at([])).toContain('Properties.PolicyDocument: no owner is known');
});

test('EventBridge alone needs no source condition, at the key of the alerts topic alone', () => {
  const key = (service: string, Action: unknown, TopicName = 'checkvalve-alerts') =>
    found({
      Key: [
        'AWS::KMS::Key',
        {
          KeyPolicy: document(allow({ Principal: { Service: `${service}.amazonaws.com` }, Action, Resource: '*' })),
        },
      ],
      Topic: ['AWS::SNS::Topic', { TopicName, KmsMasterKeyId: at('Key') }],
    });
  const topicKeyUse = ['kms:Decrypt', 'kms:GenerateDataKey'];
  expect(key('events', topicKeyUse)).toEqual([]);
  expect(key('events', topicKeyUse, 'other')).toContain('Service: events.amazonaws.com');
  expect(key('events', [...topicKeyUse, 'kms:CreateGrant'])).toContain('Service: events.amazonaws.com');
  expect(key('cloudwatch', topicKeyUse)).toContain('Service: cloudwatch.amazonaws.com');
  expect(judgedStatement({ ...events, Action: topicKeyUse })).toEqual(['Service: events.amazonaws.com']);
});

test.each<[string, object]>([
  ['a parameter, whatever its default', { Principal: { AWS: { Ref: 'AccountParameter' } } }],
  ['an account from a parameter', { Principal: { AWS: root({ Ref: 'AccountParameter' }) } }],
  ['what another stack exports', { Principal: { AWS: { 'Fn::ImportValue': 'Role' } } }],
  ['what a mapping says', { Principal: { AWS: { 'Fn::FindInMap': ['A', 'B', 'C'] } } }],
  ['what a custom resource answers', { Principal: { AWS: at('Custom', 'Arn') } }],
  ['something made that is no principal', { Principal: { AWS: at('Rule') } }],
  ['one or the other', { Principal: { AWS: either(VAULT, SOURCE) } }],
  ['one or the other kind', { Principal: either({ AWS: VAULT }, '*') }],
  ['allowed or denied', { Effect: either('Allow', 'Deny'), Principal: '*' }],
  ['a service, narrowed or not', { ...events, Condition: either(ofAccount(VAULT).Condition, { Ref: 'AWS::NoValue' }) }],
  ['a service for one or the other account', { ...events, ...ofAccount(either(VAULT, SOURCE)) }],
  ['a service for one or the other key', { ...events, Condition: { StringEquals: either({}, {}) } }],
  ['a notification for one or the other topic', { ...notification, ...from(either(ours, '*')) }],
  ['a service for what another stack exports', { ...events, ...ofAccount({ 'Fn::ImportValue': 'Account' }) }],
  [
    'a service for what begins unknown',
    { ...events, ...from({ 'Fn::Sub': `arn:aws:\${AccountParameter}:x:${VAULT}:*` }) },
  ],
  ['an unknown effect', { Effect: { Ref: 'AccountParameter' }, Principal: { AWS: VAULT } }],
  ['no principal', { Principal: undefined }],
  ['an empty list of principals', { Principal: { AWS: [] } }],
  ['a second spelling', { Principal: { AWS: VAULT }, principal: '*' }],
])('an unknown value is a finding: %s', (_, statement) => {
  expect(judgedStatement(statement)).toEqual(expect.arrayContaining([expect.any(String)]));
});

const foreign = document({ Effect: 'Allow', Principal: { AWS: SOURCE }, Action: '*', Resource: '*' });
const names = [`AWS: ${SOURCE}`];
const unjudged = (type: string) => [`${type} is not a listed resource type for the vault`];

test.each<[string, object, readonly string[]]>([
  ['AWS::DynamoDB::Table', { ResourcePolicy: { PolicyDocument: foreign } }, names],
  ['AWS::KMS::Key', { KeyPolicy: foreign }, names],
  ['AWS::Lambda::Permission', { FunctionName: 'f', Principal: SOURCE, Action: 'lambda:InvokeFunction' }, names],
  [
    'AWS::Lambda::Permission',
    { FunctionName: 'f', Principal: 'events.amazonaws.com', Action: 'lambda:InvokeFunction' },
    ['Service: events.amazonaws.com'],
  ],
  [
    'AWS::Lambda::Permission',
    { FunctionName: 'f', Principal: 's3.amazonaws.com', Action: 'lambda:InvokeFunction', SourceAccount: SOURCE },
    ['Service: s3.amazonaws.com'],
  ],
  ['AWS::S3::BucketPolicy', { Bucket: 'b', PolicyDocument: foreign }, ['Bucket points to b', ...names]],
  ['AWS::SNS::TopicPolicy', { Topics: ['t'], PolicyDocument: foreign }, names],
  ['AWS::KMS::Key', { KeyPolicy: either(foreign, foreign) }, names],
  ['AWS::KMS::Key', { KeyPolicy: JSON.stringify(foreign) }, [...names]],
  ['AWS::S3::Bucket', { AccessControl: 'PublicRead' }, ['AccessControl is not a listed property of AWS::S3::Bucket']],
  [
    'AWS::S3::Bucket',
    { ReplicationConfiguration: {} },
    ['ReplicationConfiguration is not a listed property of AWS::S3::Bucket'],
  ],
  [
    'AWS::Events::Rule',
    { Targets: [{ Id: 'T', Arn: `arn:aws:events:eu-central-1:${SOURCE}:event-bus/default` }] },
    [`Targets points to arn:aws:events:eu-central-1:${SOURCE}:event-bus/default`],
  ],
  [
    'AWS::SNS::Subscription',
    { Protocol: 'https', TopicArn: 'x', Endpoint: 'https://example.com' },
    ['Endpoint points to https://example.com'],
  ],
  ...[
    'AWS::Lambda::Url',
    'AWS::RAM::ResourceShare',
    'AWS::Events::EventBusPolicy',
    'AWS::Logs::ResourcePolicy',
    'AWS::Logs::SubscriptionFilter',
    'AWS::Kinesis::ResourcePolicy',
    'AWS::CloudFormation::Stack',
    'AWS::CloudFormation::StackSet',
    'AWS::Unknown::Type',
    'Custom::Anything',
    'constructor',
  ].map((type): [string, object, readonly string[]] => [type, {}, unjudged(type)]),
])('%s with %j is judged', (type, properties, findings) => {
  expect(found({ It: [type, properties] })).toEqual(expect.arrayContaining([...findings]));
});

/** The findings about a subscription of a topic. */
const subscribed = (Protocol: unknown, Endpoint: unknown, more: object = {}) =>
  found({
    Topic: ['AWS::SNS::Topic', { TopicName: 't' }],
    Step: ['AWS::Lambda::Function', { FunctionName: 'checkvalve-x', Code: { ZipFile: '' } }],
    Subscription: ['AWS::SNS::Subscription', { TopicArn: { Ref: 'Topic' }, Protocol, Endpoint, ...more }],
  });

test.each<[string, unknown, unknown]>([
  ['a queue of the template', 'sqs', at('Inbox')],
  ['a queue of the account', 'sqs', `arn:aws:sqs:eu-central-1:${VAULT}:other`],
  ['a step of the template', 'lambda', at('Step')],
  ['one queue or the other', 'sqs', either(at('Inbox'), at('Other'))],
])('a topic may notify %s', (_, protocol, endpoint) => expect(subscribed(protocol, endpoint)).toEqual([]));

test.each<[string, unknown, unknown]>([
  ['an email address', 'email', 'oncall@example.com'],
  ['an email address, as JSON', 'email-json', 'oncall@example.com'],
  ['a telephone', 'sms', '+491701234567'],
  ['a site', 'https', 'https://example.com'],
  ['a site in the clear', 'http', 'http://example.com'],
  ['an application', 'application', `arn:aws:sns:eu-central-1:${VAULT}:endpoint/GCM/app/x`],
  ['a stream of its own', 'firehose', `arn:aws:firehose:eu-central-1:${VAULT}:deliverystream/x`],
  ['a queue of a source', 'sqs', `arn:aws:sqs:eu-central-1:${SOURCE}:q`],
  ['a queue of whichever account', 'sqs', 'arn:aws:sqs:eu-central-1:*:q'],
  ['a function of a source', 'lambda', `arn:aws:lambda:eu-central-1:${SOURCE}:function:x`],
  ['a queue as if it were a function', 'lambda', at('Inbox')],
  ['a queue by its address', 'sqs', { Ref: 'Inbox' }],
  ['its own queue or another’s', 'sqs', either(at('Inbox'), `arn:aws:sqs:eu-central-1:${SOURCE}:q`)],
  ['a queue, or an email address', either('sqs', 'email'), at('Inbox')],
  ['an endpoint that a parameter names', 'sqs', { Ref: 'AccountParameter' }],
  ['an endpoint with a protocol that a parameter names', { Ref: 'AccountParameter' }, at('Inbox')],
  ['an endpoint that another stack exports', 'sqs', { 'Fn::ImportValue': 'Queue' }],
  ['a queue of an account that a parameter names', 'sqs', sub(`arn:aws:sqs:eu-central-1:\${AccountParameter}:q`)],
  ['no endpoint', 'sqs', undefined],
])('a topic may not notify %s', (_, protocol, endpoint) => {
  const faults = subscribed(protocol, endpoint);
  expect(faults).toContainEqual(expect.stringContaining('not a queue or function of the account'));
});

test('a topic has no subscription within it', () => {
  const Subscription = [{ Protocol: 'email', Endpoint: 'oncall@example.com' }];
  expect(found({ Topic: ['AWS::SNS::Topic', { Subscription }] })).toEqual([
    'Subscription is not a listed property of AWS::SNS::Topic',
  ]);
});

test.each([
  [{ Transform: 'AWS::Serverless-2016-10-31' }, 'Transform: its effect on the template cannot be read'],
  [{ Hooks: {} }, 'Hooks: its effect on the template cannot be read'],
  [
    { Outputs: { X: { Value: { 'Fn::Transform': { Name: 'Anything' } } } } },
    'Fn::Transform: its effect on the template cannot be read',
  ],
])('a template with %j has a finding', (sections, finding) => {
  expect(judged(rule, 'vault', THINGS, { sections: { ...OPEN, ...sections } })).toEqual([finding]);
});

test.each<[string, object]>([
  ['in the place of a policy', { KeyPolicy: { 'Fn::Transform': { Name: 'AWS::Include' } } }],
  ['beside other properties', { 'Fn::Transform': { Name: 'AWS::Include' }, Description: 'x' }],
  ['deep within', { KeyPolicy: document({ 'Fn::Transform': { Name: 'AWS::Include' }, Effect: 'Deny' }) }],
])('a macro is a finding: %s', (_, properties) => {
  expect(found({ Key: ['AWS::KMS::Key', properties] }).join()).toMatch(/cannot be (read|judged)/);
});

test('a resource under a condition is judged as if it existed', () => {
  expect(found({ Key: ['AWS::KMS::Key', { KeyPolicy: foreign }, { Condition: 'Open' }] })).toEqual(names);
});

test('attributes of a resource beside its properties are judged', () => {
  const retained = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain', DependsOn: 'Rule', Metadata: {} };
  expect(found({ Key: ['AWS::KMS::Key', {}, retained] })).toEqual([]);
  expect(found({ Key: ['AWS::KMS::Key', {}, { CreationPolicy: {} }] })).toEqual([
    'CreationPolicy: its effect on the template cannot be read',
  ]);
});

test('a stack of an unknown account is a finding; one of another account is not the vault', () => {
  const key: ResourceTable = { Key: ['AWS::KMS::Key', { KeyPolicy: foreign }] };
  expect(judged(rule, undefined, key)).toEqual(['the account of its stack is unknown', ...names]);
  expect(judged(rule, 'source', key)).toEqual([]);
  expect(judged(rule, 'management', key)).toEqual([]);
});
