import { executionRoleOf, executionRoleTemplate } from '../../../../src/management/execution-role/execution-role';
import { executionRoleFaults } from '../../../../src/trust/templates/execution-role';
import type { Json } from '../../../../src/trust/templates/template';

const MANAGEMENT = '444400003333';
const GENERATED = JSON.stringify(executionRoleTemplate(executionRoleOf({}), MANAGEMENT));

/** The generated template, with something else at a path. */
function changed(path: string, value: unknown): Json {
  const template = JSON.parse(GENERATED) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const at = keys.reduce((held, key) => held[key] as Record<string, unknown>, template);
  at[last] = value;
  return JSON.stringify(template);
}
const ROLE = 'Resources.ExecutionRole';
const STATEMENT = `${ROLE}.Properties.Policies.0.PolicyDocument.Statement.0`;
const ELSEWHERE = `arn:aws:iam::${MANAGEMENT}:root`;

test('the generated role and a StackSet without one have no faults', () => {
  expect(executionRoleFaults(GENERATED, MANAGEMENT)).toEqual([]);
  expect(executionRoleFaults(undefined, MANAGEMENT)).toEqual([]);
});

test.each([
  ['another management account', GENERATED, '111122223333', 'assumed by other principals than StackSets'],
  [
    'a trust policy with another principal',
    changed(`${ROLE}.Properties.AssumeRolePolicyDocument.Statement.0.Principal.AWS`, ELSEWHERE),
    MANAGEMENT,
    'assumed by other principals than StackSets',
  ],
  [
    'a service',
    changed(`${ROLE}.Properties.AssumeRolePolicyDocument.Statement.0.Principal`, { Service: 'ec2.amazonaws.com' }),
    MANAGEMENT,
    'assumed by other principals than StackSets',
  ],
  [
    'a policy of AWS',
    changed(`${ROLE}.Properties.ManagedPolicyArns`, ['arn:aws:iam::aws:policy/AdministratorAccess']),
    MANAGEMENT,
    'has the property ManagedPolicyArns',
  ],
  ['every action', changed(`${STATEMENT}.Action`, ['*']), MANAGEMENT, 'has permissions outside its account'],
  [
    'all but an action',
    changed(`${STATEMENT}.NotAction`, ['iam:CreateRole']),
    MANAGEMENT,
    'has permissions outside its account',
  ],
  [
    'a resource elsewhere',
    changed(`${STATEMENT}.Resource`, ['arn:aws:iam::333300002222:role/x']),
    MANAGEMENT,
    'has permissions outside its account',
  ],
  [
    'a resource of another kind',
    changed(`${ROLE}.Type`, 'AWS::IAM::User'),
    MANAGEMENT,
    'does not hold exactly one role',
  ],
  [
    'a second resource',
    changed('Resources.Other', { Type: 'AWS::IAM::Role' }),
    MANAGEMENT,
    'does not hold exactly one role',
  ],
  ['no template', 'https://example.com/role.json', MANAGEMENT, 'does not hold exactly one role'],
] as const)('%s is a fault', (_, body, account, fault) => {
  expect(executionRoleFaults(body, account).join()).toContain(fault);
});
