import type { PolicyDocument, PolicyStatement } from '../../../src/policy-evaluator/policy';
import type { Access } from '../../../src/trust/implied/access';
import { awsManagedKeyPolicy, defaultKeyPolicy } from '../../../src/trust/key-policies';
import { decide, PolicyBook, refusalText } from '../../../src/trust/policy-book';
import type { TemplatePolicy } from '../../../src/trust/templates/template-policy';

const SOURCE = '222200001111';
const VAULT = '333300002222';
const REGION = 'eu-central-1';
const IMPORTER = `arn:aws:iam::${VAULT}:role/importer`;
const STRANGER = `arn:aws:iam::${VAULT}:role/stranger`;
const ACCESS_ROLE = `arn:aws:iam::${SOURCE}:role/access role`;
const QUEUE = `arn:aws:sqs:${REGION}:${VAULT}:inbox`;
const KEY = `arn:aws:kms:${REGION}:${SOURCE}:key/database`;

const document = (...Statement: readonly PolicyStatement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });
const policy = (kind: TemplatePolicy['kind'], ownerArn: string, ...statements: readonly PolicyStatement[]) =>
  ({ kind, ownerArn, document: document(...statements), where: 'a test' }) as TemplatePolicy;
const allow = (Action: string, Resource: string, more: Partial<PolicyStatement> = {}): PolicyStatement => ({
  Sid: 'Allowed',
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const access = (action: string, resource: string, context: Access['context'] = {}): Access => ({
  action,
  resource,
  resourceAccount: resource.split(':')[4] ?? '',
  context,
  page: 'https://docs.aws.amazon.com/x.html',
});

const trust: PolicyStatement = {
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal: { AWS: VAULT },
  Condition: { StringEquals: { 'aws:PrincipalArn': IMPORTER } },
};
const toQueue = (name: string): PolicyStatement => ({
  Effect: 'Allow',
  Action: 'sqs:SendMessage',
  Resource: QUEUE,
  Principal: { Service: 'sns.amazonaws.com' },
  Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:sns:*:*:${name}` } },
});
const book = new PolicyBook([
  policy('identity', IMPORTER, allow('sts:AssumeRole', ACCESS_ROLE)),
  policy('identity', IMPORTER, allow('kms:Decrypt', '*')),
  policy('identity', STRANGER, allow('sts:AssumeRole', '*'), allow('kms:*', '*')),
  policy('trust', ACCESS_ROLE, trust),
  policy('resource', QUEUE, toQueue('copies')),
  policy('resource', QUEUE, toQueue('others')),
]);

test('the book holds all policies of a role and all statements of a resource', () => {
  expect(book.roles).toEqual([IMPORTER, STRANGER]);
  expect(book.identityPolicies(IMPORTER)).toHaveLength(2);
  expect(book.resourcePolicy(QUEUE)?.Statement).toHaveLength(2);
  expect(book.resourcePolicy(ACCESS_ROLE)?.Statement).toEqual([trust]);
  expect(book.identityPolicies(ACCESS_ROLE)).toEqual([]);
  expect(book.resourcePolicy(KEY)).toBeUndefined();
});

test.each([
  ['the importer opens the access role', IMPORTER, 'Allowed'],
  ['the access role refuses an unrelated principal with administrator access', STRANGER, 'ImplicitlyDenied'],
])('%s', (_, principal, decision) => {
  expect(decide(book, principal, access('sts:AssumeRole', ACCESS_ROLE)).decision).toBe(decision);
});

test.each([
  ['copies', 'Allowed'],
  ['others', 'Allowed'],
  ['unknown', 'ImplicitlyDenied'],
])('SNS for a topic %s is %s', (topic, decision) => {
  const asked = access('sqs:SendMessage', QUEUE, { 'aws:SourceArn': `arn:aws:sns:${REGION}:${SOURCE}:${topic}` });
  expect(decide(book, { service: 'sns.amazonaws.com' }, asked).decision).toBe(decision);
});

const OWNER = `arn:aws:iam::${SOURCE}:role/exporter`;
const owned = new PolicyBook([policy('identity', OWNER, allow('kms:Decrypt', '*'))]);
const viaRds = { 'kms:ViaService': `rds.${REGION}.amazonaws.com` };
const managed = awsManagedKeyPolicy('rds', SOURCE, REGION);
const usual = defaultKeyPolicy(SOURCE);

test.each<[string, PolicyBook, string, PolicyDocument | null, Access['context'], string]>([
  ['the account of a usual key decides by its own policies', owned, OWNER, usual, {}, 'Allowed'],
  [
    'a role of the account without a policy may not use a usual key',
    new PolicyBook([]),
    OWNER,
    usual,
    {},
    'ImplicitlyDenied',
  ],
  ['another account may not use a usual key, whatever it allows itself', book, STRANGER, usual, {}, 'ImplicitlyDenied'],
  ['a role of the account uses the managed key through its service', owned, OWNER, managed, viaRds, 'Allowed'],
  [
    'another account cannot use the managed key through its service',
    book,
    STRANGER,
    managed,
    viaRds,
    'ImplicitlyDenied',
  ],
  ['its account cannot use the managed key without its service', owned, OWNER, managed, {}, 'ImplicitlyDenied'],
  [
    'its account cannot use the managed key through another service',
    owned,
    OWNER,
    managed,
    { 'kms:ViaService': 's3' },
    'ImplicitlyDenied',
  ],
])('%s', (_, policies, principal, keyPolicy, context, decision) => {
  const elsewhere = (arn: string) => (arn === KEY ? keyPolicy : null);
  expect(decide(policies, principal, access('kms:Decrypt', KEY, context), elsewhere).decision).toBe(decision);
});

test('a refusal names the action, the resource, the role and the missing statement', () => {
  const asked = access('rds:DeleteDBSnapshot', `arn:aws:rds:${REGION}:${VAULT}:snapshot:x`);
  const text = refusalText(IMPORTER, asked, decide(book, IMPORTER, asked).because);
  expect(text).toContain(`${IMPORTER} may not rds:DeleteDBSnapshot on arn:aws:rds:${REGION}:${VAULT}:snapshot:x`);
  expect(text).toContain('identity policy');
  expect(text).toContain(asked.page);
});

test('a refusal names the statement that denies', () => {
  const deny = policy('resource', QUEUE, { ...toQueue('*'), Sid: 'NoMail', Effect: 'Deny', Principal: '*' });
  const asked = access('sqs:SendMessage', QUEUE, { 'aws:SourceArn': `arn:aws:sns:${REGION}:${SOURCE}:copies` });
  const denying = new PolicyBook([...book.policies, deny]);
  const sns = { service: 'sns.amazonaws.com' };
  const { decision, because } = decide(denying, sns, asked);
  expect(decision).toBe('ExplicitlyDenied');
  expect(refusalText(sns, asked, because)).toContain('sns.amazonaws.com may not sqs:SendMessage');
  expect(refusalText(sns, asked, because)).toContain('resource policy (NoMail)');
});
