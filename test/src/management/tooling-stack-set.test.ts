import { config } from '../../../src/checkvalve.config';
import { resourcesOf, templatesOf } from '../../support/synthesized';

const { tooling, source } = templatesOf();
const stackSet = Object.values(resourcesOf(tooling)).find(({ Type }) => Type === 'AWS::CloudFormation::StackSet');

// Case 64.
test('the management account itself creates the StackSet, and no delegated administrator', () => {
  expect(stackSet?.Properties.CallAs ?? 'SELF').toBe('SELF');
});

// Case 56.
test('automatic deployment is off, and the template has no instances', () => {
  expect(stackSet?.Properties.AutoDeployment).toMatchObject({ Enabled: false });
  expect(stackSet?.Properties).not.toHaveProperty('StackInstancesGroup');
});

// Case 65.
test('the template of the tooling has its code inline, and names no bucket', () => {
  const functions = Object.values(resourcesOf(source)).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  expect(functions.length).toBeGreaterThan(0);
  for (const { Properties } of functions) expect(Properties.Code).toEqual({ ZipFile: expect.any(String) });
  expect(source).not.toMatch(/S3Bucket|S3Key|cdk-hnb659fds-assets/);
});

test('the template is the same to the byte for 3 accounts and for 10,000', () => {
  const naming = (count: number) => {
    const accounts = Array.from({ length: count }, (_, at) => `2222${String(at).padStart(8, '0')}`);
    const exemptions = accounts.map((account) => ({ account, reason: 'being moved', until: '2030-01-01' }));
    return templatesOf({ ...config, exemptions, enrollment: { ...config.enrollment, confirmedWithdrawals: accounts } });
  };
  const few = naming(3);
  const many = naming(10_000);
  expect(few.source).toBe(source);
  expect(many.source).toBe(source);
  expect(many.tooling).toBe(few.tooling);
  expect(source).not.toMatch(/22220000/);
});
