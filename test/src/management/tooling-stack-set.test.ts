import { config } from '../../../src/checkvalve.config';
import { resourcesOf, templatesOf } from '../../support/synthesized';

const { tooling, source } = templatesOf();
const stackSet = Object.values(resourcesOf(tooling)).find(({ Type }) => Type === 'AWS::CloudFormation::StackSet');

test('case 64: the StackSet is made from the management account as itself, by no delegate', () => {
  expect(stackSet?.Properties.CallAs ?? 'SELF').toBe('SELF');
});

test('case 56: automatic deployment is off, and the template makes no instances', () => {
  expect(stackSet?.Properties.AutoDeployment).toMatchObject({ Enabled: false });
  expect(stackSet?.Properties).not.toHaveProperty('StackInstancesGroup');
});

test('case 65: what is pushed carries its code inline, and points to no bucket of anybody', () => {
  const functions = Object.values(resourcesOf(source)).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  expect(functions.length).toBeGreaterThan(0);
  for (const { Properties } of functions) expect(Properties.Code).toEqual({ ZipFile: expect.any(String) });
  expect(source).not.toMatch(/S3Bucket|S3Key|cdk-hnb659fds-assets/);
});

test('the template is the same to the byte, however many accounts there are', () => {
  const accounts = Array.from({ length: 20 }, (_, at) => `2222${String(at).padStart(8, '0')}`);
  const large = templatesOf({
    ...config,
    exemptions: accounts.slice(0, 100).map((account) => ({ account, reason: 'being moved', until: '2030-01-01' })),
  });
  expect(large.source).toBe(source);
});
