import { managementHoldsNothingOfTheVault as rule } from '../../../../src/trust/rules/management-holds-nothing-of-the-vault';
import { allow, DIGEST, either, judged, MANAGEMENT, OPEN, type ResourceTable, role, SOURCE, VAULT } from './judging';

const found = (resources: ResourceTable) => judged(rule, 'management', resources, { sections: OPEN });
const enroller = (statement: object, name = 'checkvalve-enroll-accounts') =>
  found({ Table: ['AWS::DynamoDB::Table', { TableName: 'checkvalve-registry' }], Role: role(name, allow(statement)) });
const stackSetArn = `arn:aws:cloudformation:us-east-1:${MANAGEMENT}:stackset/source-tooling:*`;

test.each<[string, object]>([
  ['list accounts', { Action: 'organizations:ListAccounts', Resource: '*' }],
  ['make instances of the tooling', { Action: 'cloudformation:CreateStackInstances', Resource: stackSetArn }],
  [
    'keep the registry',
    { Action: ['dynamodb:PutItem', 'dynamodb:Scan'], Resource: { 'Fn::GetAtt': ['Table', 'Arn'] } },
  ],
  ['nothing', { Effect: 'Deny', Action: '*', Resource: '*' }],
])('enrollment may %s', (_, statement) => expect(enroller(statement)).toEqual([]));

test.each<[string, object]>([
  [
    'take a role of the vault',
    { Action: 'sts:AssumeRole', Resource: `arn:aws:iam::${VAULT}:role/OrganizationAccountAccessRole` },
  ],
  ['take any role', { Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::*:role/*' }],
  ['send to the inbox', { Action: 'sqs:SendMessage', Resource: `arn:aws:sqs:eu-central-1:${VAULT}:checkvalve-inbox` }],
  ['change the StackSet', { Action: 'cloudformation:UpdateStackSet', Resource: stackSetArn }],
  [
    'make instances of another',
    {
      Action: 'cloudformation:CreateStackInstances',
      Resource: `arn:aws:cloudformation:us-east-1:${MANAGEMENT}:stackset/*`,
    },
  ],
  ['pass a role', { Action: 'iam:PassRole', Resource: '*' }],
  ['move accounts', { Action: 'organizations:MoveAccount', Resource: '*' }],
  [
    'read units of another organization',
    { Action: 'organizations:ListParents', Resource: `arn:aws:organizations::${MANAGEMENT}:ou/*` },
  ],
  ['do anything', { Action: '*', Resource: '*' }],
  ['do all but', { Action: undefined, NotAction: 'iam:*', Resource: '*' }],
])('enrollment may not %s', (_, statement) => expect(enroller(statement)).not.toEqual([]));

test('another role may not do what enrollment may', () => {
  expect(enroller({ Action: 'organizations:ListAccounts', Resource: '*' }, 'checkvalve-other')).toHaveLength(1);
});

const stackSet = {
  StackSetName: 'source-tooling',
  PermissionModel: 'SERVICE_MANAGED',
  AutoDeployment: { Enabled: false },
  CallAs: 'SELF',
  TemplateURL: `https://s3.us-east-1.amazonaws.com/cdk-hnb659fds-assets-${MANAGEMENT}-us-east-1/${DIGEST}.json`,
};
const tooling = (changed: object) => found({ Set: ['AWS::CloudFormation::StackSet', { ...stackSet, ...changed }] });

test.each<[string, object]>([
  ['as it is', {}],
  ['without saying that it is administered from here', { CallAs: undefined }],
  ['with other preferences', { OperationPreferences: { MaxConcurrentPercentage: 50 } }],
])('the StackSet may stand %s', (_, changed) => expect(tooling(changed)).toEqual([]));

test.each<[string, object]>([
  ['another name', { StackSetName: 'vault' }],
  ['a template that was not judged', { TemplateURL: `https://s3.us-east-1.amazonaws.com/x/${'f'.repeat(64)}.json` }],
  [
    'a template of that name from another’s bucket',
    { TemplateURL: `https://s3.us-east-1.amazonaws.com/cdk-hnb659fds-assets-${SOURCE}-us-east-1/${DIGEST}.json` },
  ],
  ['a template of that name from elsewhere', { TemplateURL: `https://example.com/${DIGEST}.json` }],
  ['no template', { TemplateURL: undefined }],
  ['a template of its own', { TemplateURL: undefined, TemplateBody: '{}' }],
  ['roles of one’s own choice', { PermissionModel: 'SELF_MANAGED', ExecutionRoleName: 'x' }],
  ['automatic deployment', { AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: true } }],
  ['nothing said of deployment', { AutoDeployment: undefined }],
  ['a delegated administrator', { CallAs: 'DELEGATED_ADMIN' }],
  [
    'accounts of its own',
    { StackInstancesGroup: [{ DeploymentTargets: { Accounts: [VAULT] }, Regions: ['eu-central-1'] }] },
  ],
  ['a template that a parameter names', { TemplateURL: { Ref: 'AccountParameter' } }],
  ['one template or another', { TemplateURL: either(stackSet.TemplateURL, 'https://example.com/x.json') }],
])('the StackSet may not have %s', (_, changed) => expect(tooling(changed)).not.toEqual([]));

test.each<[string, unknown, number]>([
  ['knows the vault', JSON.stringify({ cells: [{ vaultAccount: VAULT }] }), 0],
  ['takes another account for it', JSON.stringify({ cells: [{ vaultAccount: SOURCE }] }), 1],
  ['has no setting', '{}', 1],
  ['has settings that are not JSON', '{', 1],
])('enrollment that %s', (_, settings, faults) => {
  const Environment = { Variables: { CHECKVALVE_SETTINGS: settings } };
  const step: ResourceTable[string] = ['AWS::Lambda::Function', { Code: { ZipFile: '' }, Environment }];
  expect(found({ Step: step })).toHaveLength(faults);
});

test.each<[string, ResourceTable[string]]>([
  ['a pipeline', ['AWS::CodePipeline::Pipeline', {}]],
  ['a build', ['AWS::CodeBuild::Project', {}]],
  ['another StackSet', ['AWS::CloudFormation::StackSet', { ...stackSet, StackSetName: 'x' }]],
  ['a nested stack', ['AWS::CloudFormation::Stack', {}]],
  [
    'a rule that reaches the vault',
    ['AWS::Events::Rule', { Targets: [{ Id: 'x', Arn: `arn:aws:sqs:eu-central-1:${VAULT}:checkvalve-inbox` }] }],
  ],
  [
    'a subscription of a queue in the vault',
    [
      'AWS::SNS::Subscription',
      { TopicArn: 'x', Protocol: 'sqs', Endpoint: `arn:aws:sqs:us-east-1:${VAULT}:checkvalve-inbox` },
    ],
  ],
  [
    'a subscription of an email address',
    ['AWS::SNS::Subscription', { TopicArn: 'x', Protocol: 'email', Endpoint: 'oncall@example.com' }],
  ],
  [
    'a topic with a subscription within it',
    ['AWS::SNS::Topic', { Subscription: [{ Protocol: 'email', Endpoint: 'oncall@example.com' }] }],
  ],
  ['a policy of AWS', ['AWS::IAM::Role', { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }]],
])('management may not hold %s', (_, resource) => expect(found({ It: resource })).not.toEqual([]));
