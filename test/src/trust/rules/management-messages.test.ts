import { managementHoldsNothingOfTheVault as rule } from '../../../../src/trust/rules/management-holds-nothing-of-the-vault';
import { judgedTemplatesOf } from '../../../../src/trust/templates/judged-templates';
import { DIGEST, judged, MANAGEMENT, type ResourceTable, VAULT } from './judging';

const bucket = `https://s3.us-east-1.amazonaws.com/cdk-hnb659fds-assets-${MANAGEMENT}-us-east-1`;
const stackSet = {
  StackSetName: 'source-tooling',
  PermissionModel: 'SERVICE_MANAGED',
  AutoDeployment: { Enabled: false },
  CallAs: 'SELF',
  TemplateURL: `${bucket}/${DIGEST}.json`,
};
const faultsOf = (changed: object) =>
  judged(rule, 'management', { Set: ['AWS::CloudFormation::StackSet', { ...stackSet, ...changed }] });

test.each([
  `${bucket}/${'f'.repeat(64)}.json`,
  `${bucket}/${DIGEST}.json?versionId=x`,
  `x${bucket}/${DIGEST}.json`,
  `${bucket}-2/${DIGEST}.json`,
])('a template that was not judged is reported with its URL: %s', (TemplateURL) =>
  expect(faultsOf({ TemplateURL })).toEqual([`its template was not judged: ${TemplateURL}`]),
);

test.each<[object, string]>([
  [{ StackSetName: 'other' }, 'its name is not source-tooling'],
  [{ PermissionModel: 'SELF_MANAGED' }, 'it is not service-managed'],
  [{ PermissionModel: undefined }, 'it is not service-managed'],
  [{ AutoDeployment: { Enabled: true } }, 'it is deployed automatically'],
  [{ AutoDeployment: {} }, 'it is deployed automatically'],
  [{ CallAs: 'DELEGATED_ADMIN' }, 'it is administered from another account'],
])('%j: %s', (changed, fault) => expect(faultsOf(changed)).toContain(fault));

test('the StackSet may have any of the judged templates', () => {
  const [Type, Properties] = ['AWS::CloudFormation::StackSet', stackSet];
  const source = (name: string, digest: string) =>
    ({ name, zone: 'source', template: { Resources: {} }, digest }) as const;
  const judged = judgedTemplatesOf(
    { vault: VAULT, management: MANAGEMENT, organization: 'o-exampleorg1', accepted: [] },
    [
      { name: 'M', zone: 'management', region: 'us-east-1', template: { Resources: { Set: { Type, Properties } } } },
      source('one', 'f'.repeat(64)),
      source('another', DIGEST),
    ],
  );
  expect(rule.judge(judged)).toEqual([]);
});

test('enrollment that does not know the vault is reported', () => {
  const step = (settings: string): ResourceTable => ({
    Step: [
      'AWS::Lambda::Function',
      { Code: { ZipFile: '' }, Environment: { Variables: { CHECKVALVE_SETTINGS: settings } } },
    ],
  });
  const blind = ['enrollment does not know which account is the vault'];
  expect(judged(rule, 'management', step('{}'))).toEqual(blind);
  expect(judged(rule, 'management', step('{'))).toEqual(blind);
  expect(judged(rule, 'management', step(JSON.stringify({ cells: [{ vaultAccount: VAULT }] })))).toEqual([]);
});
