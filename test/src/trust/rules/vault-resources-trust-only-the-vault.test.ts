import { App, CfnParameter, CfnResource, Stack } from 'aws-cdk-lib';
import { NagRuleCompliance } from 'cdk-nag';
import { StackSetStack } from 'cdk-stacksets';
import { vaultResourcesTrustOnlyTheVault as rule } from '../../../../src/trust/rules/vault-resources-trust-only-the-vault';

const [vault, source] = ['333300002222', '222200001111'];
const zones = { vaultAccount: vault };
const stackOf = (account?: string) =>
  new Stack(new App(), 'S', account ? { env: { account, region: 'eu-central-1' } } : {});
const resource = (type: string, properties: object, stack = stackOf(vault)) =>
  new CfnResource(stack, 'It', { type, properties: { ...properties } });

/** A stack of the vault with an inbox, a role, a rule, a custom resource and a parameter to point to. */
function vaultStack(): Stack {
  const stack = stackOf(vault);
  const queue = (id: string, QueueName: string) =>
    new CfnResource(stack, id, { type: 'AWS::SQS::Queue', properties: { QueueName } });
  queue('Inbox', 'checkvalve-inbox');
  queue('Other', 'checkvalve-other');
  new CfnResource(stack, 'Role', { type: 'AWS::IAM::Role' });
  new CfnResource(stack, 'Rule', { type: 'AWS::Events::Rule' });
  new CfnResource(stack, 'Custom', { type: 'Custom::Anything' });
  new CfnParameter(stack, 'Somebody');
  return stack;
}

/** What the rule says of a queue policy with one statement. */
const judged = (statement: object, queue = 'Inbox') =>
  rule(
    resource(
      'AWS::SQS::QueuePolicy',
      {
        Queues: [{ Ref: queue }],
        PolicyDocument: {
          Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: at(queue), ...statement }],
        },
      },
      vaultStack(),
    ),
    zones,
  );

const at = (id: string, attribute = 'Arn') => ({ 'Fn::GetAtt': [id, attribute] });
const root = (account: unknown) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', account, ':root']],
});
const bell = { Principal: { Service: 'sns.amazonaws.com' } };
const from = (arn: unknown, operator = 'ArnLike') => ({ Condition: { [operator]: { 'aws:SourceArn': arn } } });
const ofAccount = (account: unknown) => ({ Condition: { StringEquals: { 'aws:SourceAccount': account } } });
const events = { Principal: { Service: 'events.amazonaws.com' } };
const ours = 'arn:aws:sns:*:*:checkvalve-copies';
const sub = (rest: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}${rest}`,
});
const either = (one: unknown, other: unknown) => ({ 'Fn::If': ['C', one, other] });

test.each<[string, object]>([
  ['the vault by number', { Principal: { AWS: vault } }],
  ['the vault’s root', { Principal: { AWS: `arn:aws:iam::${vault}:root` } }],
  ['the account of the stack, whichever', { Principal: { AWS: root({ Ref: 'AWS::AccountId' }) } }],
  ['a role of the vault by name', { Principal: { AWS: [`arn:aws:iam::${vault}:role/checkvalve-import-copies`] } }],
  ['a role that the template makes', { Principal: { AWS: at('Role') } }],
  ['a service for the vault’s account', { ...events, ...ofAccount(vault) }],
  ['a service for a resource of the vault', { ...events, ...from(`arn:aws:events:eu-central-1:${vault}:rule/x`) }],
  ['a service for a resource of the template', { ...events, ...from(at('Rule'), 'ArnEquals') }],
  ['the bell', { ...bell, ...from(ours) }],
  ['the bell by its Regional name', { Principal: { Service: 'sns.eu-south-1.amazonaws.com' }, ...from(ours) }],
  ['a service for a resource of the vault, of this Region', { ...events, ...from(sub(':rule/x')) }],
  ['the bell under the operator for texts', { ...bell, ...from(ours, 'StringLike') }],
  ['a denial of everybody', { Effect: 'Deny', Principal: '*' }],
])('may: %s', (_, statement) => {
  expect(judged(statement)).toBe(NagRuleCompliance.COMPLIANT);
});

test.each<[string, object, string?]>([
  ['a source by number', { Principal: { AWS: source } }],
  ['a source’s root', { Principal: { AWS: root(source) } }],
  ['one foreign among own ones', { Principal: { AWS: [vault, `arn:aws:iam::${source}:role/admin`] } }],
  ['anybody', { Principal: '*' }],
  ['anybody, in the other spelling', { Principal: { AWS: '*' } }],
  [
    'anybody of an organization',
    { Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-example' } } },
  ],
  ['all but one', { NotPrincipal: { AWS: vault } }],
  ['all but one, denied', { Effect: 'Deny', NotPrincipal: { AWS: vault } }],
  ['an identity provider', { Principal: { Federated: 'cognito-identity.amazonaws.com' } }],
  ['a canonical user', { Principal: { CanonicalUser: '79a59df900b949e5' } }],
  ['a service without a source', { ...events }],
  ['a service for another account', { ...events, ...ofAccount(source) }],
  ['a service for the vault or another account', { ...events, ...ofAccount([vault, source]) }],
  ['a service for an organization', { ...events, Condition: { StringEquals: { 'aws:SourceOrgID': 'o-example' } } }],
  ['a service if it says for whom', { ...events, Condition: { StringEqualsIfExists: { 'aws:SourceAccount': vault } } }],
  ['a service for whichever', { ...events, ...from('arn:aws:events:*:*:rule/x') }],
  ['the bell for every topic', { ...bell, ...from('arn:aws:sns:*:*:*') }],
  ['the bell for a name that begins alike', { ...bell, ...from('arn:aws:sns:*:*:checkvalve-copies*') }],
  ['the bell for our topics and another', { ...bell, ...from([ours, 'arn:aws:sns:*:*:other']) }],
  ['the bell without a condition', { ...bell }],
  ['the bell with another action', { ...bell, ...from(ours), Action: ['sqs:SendMessage', 'sqs:ReceiveMessage'] }],
  ['the bell with every action', { ...bell, ...from(ours), Action: 'sqs:*' }],
  ['the bell at another queue', { ...bell, ...from(ours) }, 'Other'],
  ['the bell for whatever SNS has', { ...bell, ...from('arn:aws:sns:*') }],
  ['the bell for an account that it names', { ...bell, ...ofAccount(source) }],
  // Under an operator for texts a wildcard runs over colons: this is `…:222200001111:log-group:333300002222:x` too.
  ['a service for texts like it', { ...events, ...from(`arn:aws:logs:*:${vault}:*`, 'StringLike') }],
  // `Somebody` may hold colons of its own, and move another account to where the account stands.
  ['a service for what begins unknown', { ...events, ...from({ 'Fn::Sub': `arn:aws:\${Somebody}:x:${vault}:*` }) }],
  ['another service as the bell', { Principal: { Service: 's3.amazonaws.com' }, ...from(ours) }],
])('may not: %s', (_, statement, ...[queue]) => {
  expect(judged(statement, queue)).toEqual([expect.any(String)]);
});

test.each([
  ...[
    'ForAnyValue:StringEquals',
    'ForAllValues:StringEquals',
    'StringEqualsIfExists',
    'StringNotEquals',
    'StringNotLike',
  ],
  ...['ForAnyValue:ArnLike', 'ForAllValues:ArnLike', 'ArnLikeIfExists', 'ArnNotLike', 'ArnNotEquals', 'Null'],
])('%s does not narrow', (operator) => {
  const account = { Condition: { [operator]: { 'aws:SourceAccount': vault } } };
  const arn = from(`arn:aws:events:eu-central-1:${vault}:rule/x`, operator);
  expect(judged({ ...events, ...account })).toEqual(['Service: events.amazonaws.com']);
  expect(judged({ ...events, ...arn })).toEqual(['Service: events.amazonaws.com']);
  expect(judged({ ...bell, ...from(ours, operator) })).toEqual(['Service: sns.amazonaws.com']);
});

test('the bell hangs at the inbox, and not at a queue whose name goes on', () => {
  const policy = (Queues: unknown) => ({
    Queues,
    PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', ...bell, ...from(ours) }] },
  });
  const at = (Queues: unknown) => rule(resource('AWS::SQS::QueuePolicy', policy(Queues), vaultStack()), zones);
  expect(at([{ Ref: 'Inbox' }])).toBe(NagRuleCompliance.COMPLIANT);
  expect(at([{ 'Fn::Join': ['', [{ Ref: 'Inbox' }, '-other']] }])).toEqual(['Service: sns.amazonaws.com']);
  expect(at([{ Ref: 'Inbox' }, { Ref: 'Other' }])).toEqual(['Service: sns.amazonaws.com']);
  expect(at([])).toEqual(['Service: sns.amazonaws.com']);
});

test.each<[string, object]>([
  ['a parameter', { Principal: { AWS: { Ref: 'Somebody' } } }],
  ['an account from a parameter', { Principal: { AWS: root({ Ref: 'Somebody' }) } }],
  ['what another stack exports', { Principal: { AWS: { 'Fn::ImportValue': 'Role' } } }],
  ['what a custom resource answers', { Principal: { AWS: at('Custom', 'Arn') } }],
  ['something made that is no principal', { Principal: { AWS: at('Rule') } }],
  ['one or the other', { Principal: { AWS: either(vault, source) } }],
  ['one or the other, both ours', { Principal: { AWS: either(vault, at('Role')) } }],
  ['one or the other kind', { Principal: either({ AWS: vault }, '*') }],
  ['allowed or denied', { Effect: either('Allow', 'Deny'), Principal: '*' }],
  ['a service, narrowed or not', { ...events, Condition: either(ofAccount(vault).Condition, { Ref: 'AWS::NoValue' }) }],
  ['a service for one or the other account', { ...events, ...ofAccount(either(vault, source)) }],
  ['a service for one or the other key', { ...events, Condition: { StringEquals: either({}, {}) } }],
  ['the bell for one or the other topic', { ...bell, ...from(either(ours, '*')) }],
  ['a service for what another stack exports', { ...events, ...ofAccount({ 'Fn::ImportValue': 'Account' }) }],
  ['a substitution by names of its own', { Principal: { AWS: { 'Fn::Sub': ['${A}', { A: vault }] } } }],
  ['a service for what a custom resource answers', { ...events, ...from(at('Custom')) }],
  ['an effect that is not told', { Effect: { Ref: 'Somebody' }, Principal: { AWS: vault } }],
  ['nobody named', { Principal: undefined }],
])('unknown is guilty: %s', (_, statement) => {
  expect(judged(statement)).toEqual(expect.arrayContaining([expect.any(String)]));
});

const foreign = { Statement: [{ Effect: 'Allow', Principal: { AWS: source }, Action: '*', Resource: '*' }] };
const names = [`AWS: ${source}`];

test.each<[string, object, string[]?]>([
  ['AWS::Backup::BackupVault', { AccessPolicy: foreign }],
  ['AWS::DynamoDB::GlobalTable', { Replicas: [{ ResourcePolicy: { PolicyDocument: foreign } }] }],
  ['AWS::DynamoDB::Table', { ResourcePolicy: { PolicyDocument: foreign } }],
  ['AWS::DynamoDB::Table', { StreamSpecification: { ResourcePolicy: { PolicyDocument: foreign } } }],
  ['AWS::EFS::FileSystem', { FileSystemPolicy: foreign }],
  ['AWS::Events::EventBusPolicy', foreign],
  ['AWS::Events::EventBusPolicy', { Principal: source, Action: 'events:PutEvents' }],
  ['AWS::KMS::Key', { KeyPolicy: foreign }],
  ['AWS::Lambda::Permission', { Principal: source, Action: 'lambda:InvokeFunction' }],
  ['AWS::Lambda::Permission', { Principal: 'events.amazonaws.com' }, ['Service: events.amazonaws.com']],
  ['AWS::Lambda::Permission', { Principal: vault, FunctionUrlAuthType: 'NONE' }, ['anybody: *']],
  [
    'AWS::Lambda::Permission',
    { Principal: 'events.amazonaws.com', SourceAccount: source },
    ['Service: events.amazonaws.com'],
  ],
  ['AWS::Lambda::Permission', { Principal: '*', PrincipalOrgID: 'o-example' }, ['AWS: *']],
  ['AWS::Lambda::Url', { AuthType: either('AWS_IAM', 'NONE') }, ['a function URL for anybody']],
  ['AWS::Lambda::Url', { AuthType: 'NONE' }, ['a function URL for anybody']],
  ['AWS::Logs::ResourcePolicy', { PolicyDocument: JSON.stringify(foreign) }],
  ['AWS::RAM::ResourceShare', { Name: 'x' }, ['shares resources with others']],
  ['AWS::S3::Bucket', { AccessControl: 'PublicRead' }, ['an access control list: PublicRead']],
  ['AWS::S3::BucketPolicy', { PolicyDocument: foreign }],
  ['AWS::SNS::TopicPolicy', { PolicyDocument: foreign }],
  ['AWS::SecretsManager::ResourcePolicy', { ResourcePolicy: foreign }],
  ['AWS::Unheard::Of', { Deep: [{ SomePolicy: foreign }] }],
  ['AWS::KMS::Key', { KeyPolicy: either(foreign, foreign) }, ['KeyPolicy cannot be read before deployment']],
  ['AWS::KMS::Key', { KeyPolicy: { Statement: [either(foreign.Statement[0], 0)] } }, ['unreadable effect: none']],
  ['AWS::KMS::Key', { KeyPolicy: { statement: foreign.Statement } }],
  ['AWS::KMS::Key', { KeyPolicy: { statement: [], ...foreign } }],
  ['AWS::KMS::Key', { KeyPolicy: { Statement: [{ effect: 'Allow', principal: '*' }] } }, ['unreadable effect: none']],
  ['AWS::KMS::Key', { 'Fn::Transform': { Name: 'AWS::Include' } }, ['Fn::Transform: what it makes cannot be read']],
  ['AWS::Unheard::Of', { Policies: [JSON.stringify(foreign)] }],
  ['AWS::Unheard::Of', { Things: either([{ Policy: foreign }], []) }],
  ['AWS::Unheard::Of', { Policy: 'text' }, ['Policy cannot be read before deployment']],
])('%s with %j is judged', (type, properties, findings = names) => {
  expect(rule(resource(type, properties), zones)).toEqual(findings);
});

test('a policy that only deployment knows is guilty', () => {
  const stack = vaultStack();
  const key = resource('AWS::KMS::Key', { KeyPolicy: { 'Fn::Transform': { Name: 'AWS::Include' } } }, stack);
  expect(rule(key, zones)).toEqual(['KeyPolicy cannot be read before deployment']);
});

test('an override is seen, which the construct itself does not show', () => {
  const key = resource('AWS::KMS::Key', {});
  expect(rule(key, zones)).toBe(NagRuleCompliance.COMPLIANT);
  key.addPropertyOverride('KeyPolicy', foreign);
  expect(rule(key, zones)).toEqual(names);
});

test('a stack of an unknown account is guilty, one of another account is not the vault', () => {
  expect(rule(resource('AWS::KMS::Key', { KeyPolicy: foreign }, stackOf()), zones)).toEqual([
    'the account of its stack is unknown',
  ]);
  expect(rule(resource('AWS::KMS::Key', { KeyPolicy: foreign }, stackOf(source)), zones)).toBe(
    NagRuleCompliance.NOT_APPLICABLE,
  );
});

test('the template of a StackSet belongs to whom its stack belongs', () => {
  const within = (account: string) =>
    rule(resource('AWS::KMS::Key', { KeyPolicy: foreign }, new StackSetStack(stackOf(account), 'Pushed')), zones);
  expect(within('444400003333')).toBe(NagRuleCompliance.NOT_APPLICABLE);
  expect(within(vault)).toEqual(names);
});
