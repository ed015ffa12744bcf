import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, Fn, Stack, Validations } from 'aws-cdk-lib';
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { NagRuleCompliance } from 'cdk-nag';
import { OneWayTrustPack } from '../../../src/trust/one-way-trust-pack';
import { vaultResourcesTrustOnlyTheVault } from '../../../src/trust/rules/vault-resources-trust-only-the-vault';
import { landingZone } from '../../support/synthesized';

const VAULT = '333300002222';
const SOURCE = '222200001111';
const BELL = {
  Effect: 'Allow',
  Principal: { Service: 'sns.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: { 'Fn::GetAtt': ['Inbox', 'Arn'] },
  Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:checkvalve-copies' } },
};
const allow = (Principal: unknown, more: object = {}) => ({
  Effect: 'Allow',
  Principal,
  Action: 'sqs:*',
  Resource: '*',
  ...more,
});

/** A vault of one inbox and whatever else is put there. */
function vaultStack(account: string | undefined = VAULT): Stack {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'checkvalve-t1-')) });
  const stack = new Stack(app, 'Vault', { env: account ? { account, region: 'eu-central-1' } : undefined });
  new CfnQueue(stack, 'Inbox', { queueName: 'checkvalve-inbox' });
  new CfnQueue(stack, 'Other', { queueName: 'another' });
  new CfnResource(stack, 'Helper', { type: 'AWS::IAM::Role', properties: { AssumeRolePolicyDocument: {} } });
  return stack;
}

const judged = (node: CfnResource) => {
  const found = vaultResourcesTrustOnlyTheVault(node, { vaultAccount: VAULT });
  return found === NagRuleCompliance.COMPLIANT
    ? 'may'
    : found === NagRuleCompliance.NOT_APPLICABLE
      ? 'not asked'
      : 'may not';
};

const queuePolicy = (statement: unknown, queue = 'Inbox', stack = vaultStack()) =>
  judged(new CfnQueuePolicy(stack, 'Policy', { queues: [Fn.ref(queue)], policyDocument: { Statement: [statement] } }));

describe('an AWS principal', () => {
  test.each([
    ['the vault’s account', { AWS: VAULT }, 'may'],
    ['the vault’s root', { AWS: `arn:aws:iam::${VAULT}:root` }, 'may'],
    ['the stack’s own account', { AWS: { Ref: 'AWS::AccountId' } }, 'may'],
    [
      'the stack’s own root',
      { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', VAULT, ':root']] } },
      'may',
    ],
    ['a role of the same template', { AWS: { 'Fn::GetAtt': ['Helper', 'Arn'] } }, 'may'],
    ['a source’s account', { AWS: SOURCE }, 'may not'],
    ['a role of a source', { AWS: `arn:aws:iam::${SOURCE}:role/admin` }, 'may not'],
    ['a source beside the vault', { AWS: [VAULT, SOURCE] }, 'may not'],
    ['anybody', '*', 'may not'],
    ['any AWS principal', { AWS: '*' }, 'may not'],
    ['a role whose name holds the vault’s account', { AWS: `arn:aws:iam::${SOURCE}:role/${VAULT}` }, 'may not'],
    ['an import that synthesis cannot see', { AWS: { 'Fn::ImportValue': 'x' } }, 'may not'],
    ['a parameter', { AWS: { Ref: 'SomeParameter' } }, 'may not'],
    ['either of two, by a condition', { AWS: { 'Fn::If': ['C', VAULT, SOURCE] } }, 'may not'],
    ['an identity provider', { Federated: 'cognito-identity.amazonaws.com' }, 'may not'],
    ['a canonical user', { CanonicalUser: 'abc' }, 'may not'],
  ])('%s', (_, principal, expected) => {
    expect(queuePolicy(allow(principal))).toBe(expected);
  });

  test.each([
    ['a Deny of everybody', { ...allow('*'), Effect: 'Deny' }, 'may'],
    ['everybody but one', { Effect: 'Allow', NotPrincipal: { AWS: SOURCE }, Action: '*', Resource: '*' }, 'may not'],
    ['an effect that is no effect', { ...allow({ AWS: VAULT }), Effect: 'allow' }, 'may not'],
    ['a statement chosen by a condition', { 'Fn::If': ['C', allow('*'), { Ref: 'AWS::NoValue' }] }, 'may not'],
    [
      'anybody, under a condition',
      allow('*', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-x' } } }),
      'may not',
    ],
  ])('%s', (_, statement, expected) => {
    expect(queuePolicy(statement)).toBe(expected);
  });
});

describe('a service', () => {
  const service = (Condition?: object) => allow({ Service: 'events.amazonaws.com' }, { Condition });
  test.each([
    ['for the vault’s account', service({ StringEquals: { 'aws:SourceAccount': VAULT } }), 'may'],
    [
      'for a thing of the same template',
      service({ ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['Other', 'Arn'] } } }),
      'may',
    ],
    [
      'for a thing of the vault',
      service({ ArnLike: { 'aws:SourceArn': `arn:aws:events:eu-central-1:${VAULT}:rule/x` } }),
      'may',
    ],
    ['for whomever', service(), 'may not'],
    ['for a source', service({ StringEquals: { 'aws:SourceAccount': SOURCE } }), 'may not'],
    ['for the vault or a source', service({ StringEquals: { 'aws:SourceAccount': [VAULT, SOURCE] } }), 'may not'],
    ['for any account', service({ ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:*:rule/x' } }), 'may not'],
    [
      'for the vault, if the key is there',
      service({ StringEqualsIfExists: { 'aws:SourceAccount': VAULT } }),
      'may not',
    ],
    ['for anything but a source', service({ StringNotEquals: { 'aws:SourceAccount': SOURCE } }), 'may not'],
    ['for all of no values', service({ 'ForAllValues:StringEquals': { 'aws:SourceAccount': VAULT } }), 'may not'],
  ])('%s', (_, statement, expected) => {
    expect(queuePolicy(statement)).toBe(expected);
  });
});

describe('the bell, and no more than the bell', () => {
  const source = (arn: string, operator = 'ArnLike') => ({
    ...BELL,
    Condition: { [operator]: { 'aws:SourceArn': arn } },
  });
  test.each([
    ['SNS, for topics of our name', BELL, 'Inbox', 'may'],
    [
      'SNS as it signs in a Region that was opted in',
      { ...BELL, Principal: { Service: 'sns.af-south-1.amazonaws.com' } },
      'Inbox',
      'may',
    ],
    ['into another queue', { ...BELL, Resource: { 'Fn::GetAtt': ['Other', 'Arn'] } }, 'Other', 'may not'],
    ['with another action', { ...BELL, Action: 'sqs:*' }, 'Inbox', 'may not'],
    ['with an action more', { ...BELL, Action: ['sqs:SendMessage', 'sqs:PurgeQueue'] }, 'Inbox', 'may not'],
    ['for topics of any name', source('arn:aws:sns:*:*:*'), 'Inbox', 'may not'],
    ['for names that begin like ours', source('arn:aws:sns:*:*:checkvalve-copies*'), 'Inbox', 'may not'],
    ['under a weaker operator', source('arn:aws:sns:*:*:checkvalve-copies', 'ArnLikeIfExists'), 'Inbox', 'may not'],
    ['without a source', { ...BELL, Condition: undefined }, 'Inbox', 'may not'],
    ['another service', { ...BELL, Principal: { Service: 's3.amazonaws.com' } }, 'Inbox', 'may not'],
    [
      'a service of a similar name',
      { ...BELL, Principal: { Service: 'sns.amazonaws.com.example.com' } },
      'Inbox',
      'may not',
    ],
  ])('%s', (_, statement, queue, expected) => {
    expect(queuePolicy(statement, queue)).toBe(expected);
  });
});

const FOREIGN = { Statement: [allow({ AWS: SOURCE })] };
test.each([
  ['AWS::KMS::Key', { KeyPolicy: FOREIGN }],
  ['AWS::SNS::TopicPolicy', { PolicyDocument: FOREIGN, Topics: [] }],
  ['AWS::S3::BucketPolicy', { PolicyDocument: FOREIGN, Bucket: 'b' }],
  ['AWS::Backup::BackupVault', { AccessPolicy: FOREIGN }],
  ['AWS::Backup::BackupVault', { AccessPolicy: JSON.stringify(FOREIGN) }],
  ['AWS::DynamoDB::Table', { ResourcePolicy: { PolicyDocument: FOREIGN } }],
  ['AWS::SecretsManager::ResourcePolicy', { ResourcePolicy: FOREIGN }],
  ['AWS::Events::EventBusPolicy', { Statement: FOREIGN.Statement[0] }],
  ['AWS::Logs::ResourcePolicy', { PolicyDocument: JSON.stringify(FOREIGN) }],
  ['AWS::Lambda::Permission', { Principal: SOURCE, FunctionName: 'f', Action: 'lambda:InvokeFunction' }],
  ['AWS::Lambda::Permission', { Principal: '*', FunctionName: 'f', Action: 'lambda:InvokeFunction' }],
  [
    'AWS::Lambda::Permission',
    { Principal: 'events.amazonaws.com', FunctionName: 'f', Action: 'lambda:InvokeFunction' },
  ],
  ['AWS::Lambda::Url', { AuthType: 'NONE', TargetFunctionArn: 'f' }],
])('%s may not open the vault either', (type, properties) => {
  expect(judged(new CfnResource(vaultStack(), 'Suspect', { type, properties }))).toBe('may not');
});

test('an override is seen, though the construct’s own fields do not show it', () => {
  const policy = new CfnQueuePolicy(vaultStack(), 'Policy', {
    queues: [Fn.ref('Inbox')],
    policyDocument: { Statement: [BELL] },
  });
  policy.addPropertyOverride('PolicyDocument.Statement.0.Principal', { AWS: SOURCE });
  expect(judged(policy)).toBe('may not');
});

test('a stack whose account is unknown is guilty; one of another account is not asked', () => {
  const unknown = vaultStack('');
  expect(queuePolicy(BELL, 'Inbox', unknown)).toBe('may not');
  expect(queuePolicy(allow('*'), 'Inbox', vaultStack(SOURCE))).toBe('not asked');
});

describe('in the landing zone', () => {
  const SENTENCE = 'No AWS principal outside the vault is allowed anything by a resource policy of the vault';
  const inboxPolicy = (app: App) =>
    app.node
      .findAll()
      .find((one): one is CfnQueuePolicy => one instanceof CfnQueuePolicy && one.node.path.includes('/Inbox/Queue/'));

  function breach() {
    const app = landingZone();
    const policy = inboxPolicy(app);
    policy?.addPropertyOverride('PolicyDocument.Statement.0', allow({ AWS: SOURCE }));
    return { app, policy };
  }

  test('as it is, nothing is found', () => {
    const app = landingZone();
    expect(new OneWayTrustPack(app, { vaultAccount: VAULT }).validateScope(app).violations).toEqual([]);
  });

  test('a foreign principal in the inbox policy fails synthesis', () => {
    const { app } = breach();
    expect(new OneWayTrustPack(app, { vaultAccount: VAULT }).validateScope(app).violations).toMatchObject([
      { ruleName: expect.stringContaining('OneWayTrust-T1'), description: expect.stringContaining(SENTENCE) },
    ]);
    expect(() => app.synth()).toThrow();
  });

  test.each([
    ['OneWayTrust-T1', 'policy'],
    ['OneWayTrust-T1', 'app'],
    [`OneWayTrust-T1[AWS: ${SOURCE}]`, 'policy'],
    [`OneWayTrust::OneWayTrust-T1[AWS: ${SOURCE}]`, 'policy'],
    ['OneWayTrust::OneWayTrust-T1', 'app'],
  ])('acknowledging %s at the %s does not help', (id, where) => {
    const { app, policy } = breach();
    Validations.of(where === 'app' || !policy ? app : policy).acknowledge({ id, reason: 'an attempt' });
    expect(() => new OneWayTrustPack(app, { vaultAccount: VAULT }).validateScope(app)).toThrow(SENTENCE);
    expect(() => app.synth()).toThrow();
  });

  test('acknowledgements are of the AWS Solutions rules alone, each with a reason', () => {
    const given = landingZone()
      .node.findAll()
      .flatMap(({ node }) => node.metadata.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY))
      .map(({ data }) => JSON.stringify(data));
    expect(given.length).toBeGreaterThan(0);
    for (const one of given) expect(one).toContain('AwsSolutions');
  });
});
