// Longer than most: one table, a row for each harmful thing that a template could hold.
import type { Zone } from '../../../../src/trust/templates/template';
import { altered, type Loose, type LooseTemplate, type TemplateMutant } from './mutant';

const STRANGER = '222200009999';
const foreign = (Resource = '*') => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: STRANGER }, Action: '*', Resource }],
});
const bus = `arn:aws:events:eu-central-1:${STRANGER}:event-bus/theirs`;
const stream = `arn:aws:kinesis:eu-central-1:${STRANGER}:stream/theirs`;

/** Resources that open something, send something away, or let something in: none may stand in any template. */
const ADDED: readonly (readonly [kind: string, type: string, properties: Loose])[] = [
  [
    'share with others',
    'AWS::RAM::ResourceShare',
    { Name: 'x', Principals: [STRANGER], AllowExternalPrincipals: true },
  ],
  ['open a function by URL', 'AWS::Lambda::Url', { AuthType: 'NONE', TargetFunctionArn: 'checkvalve' }],
  ['open a function by URL', 'AWS::Lambda::Url', { AuthType: 'AWS_IAM', TargetFunctionArn: 'checkvalve' }],
  [
    'wake a function for others',
    'AWS::Lambda::Permission',
    { FunctionName: 'checkvalve', Action: 'lambda:*', Principal: STRANGER },
  ],
  [
    'wake a function for others',
    'AWS::Lambda::Permission',
    { FunctionName: 'checkvalve', Action: 'lambda:InvokeFunction', Principal: 'sns.amazonaws.com' },
  ],
  [
    'open a layer',
    'AWS::Lambda::LayerVersionPermission',
    { Action: 'lambda:GetLayerVersion', LayerVersionArn: 'x', Principal: '*' },
  ],
  [
    'run a function when another ends',
    'AWS::Lambda::EventInvokeConfig',
    { FunctionName: 'x', Qualifier: '$LATEST', DestinationConfig: { OnSuccess: { Destination: bus } } },
  ],
  [
    'feed a function from elsewhere',
    'AWS::Lambda::EventSourceMapping',
    { FunctionName: 'x', EventSourceArn: stream, ScalingConfig: { MaximumConcurrency: 2 } },
  ],
  [
    'send failures elsewhere',
    'AWS::Lambda::EventSourceMapping',
    {
      FunctionName: 'x',
      DestinationConfig: { OnFailure: { Destination: `arn:aws:sqs:eu-central-1:${STRANGER}:q` } },
      ScalingConfig: { MaximumConcurrency: 2 },
    },
  ],
  [
    'open an event bus',
    'AWS::Events::EventBusPolicy',
    { StatementId: 'x', Principal: STRANGER, Action: 'events:PutEvents' },
  ],
  ['open an event bus', 'AWS::Events::EventBus', { Name: 'x', Policy: foreign() }],
  [
    'send events elsewhere',
    'AWS::Events::Rule',
    { EventPattern: { source: ['aws.rds'] }, Targets: [{ Id: 'T', Arn: bus }] },
  ],
  [
    'send events elsewhere',
    'AWS::Events::Rule',
    { EventPattern: { source: ['aws.rds'] }, Targets: [{ Id: 'T', Arn: { 'Fn::If': ['Either', bus, 'x'] } }] },
  ],
  [
    'send events elsewhere',
    'AWS::Events::ApiDestination',
    { ConnectionArn: 'x', HttpMethod: 'POST', InvocationEndpoint: 'https://example.com' },
  ],
  ['send events elsewhere', 'AWS::Pipes::Pipe', { Source: 'x', Target: stream, RoleArn: 'x' }],
  [
    'send logs elsewhere',
    'AWS::Logs::SubscriptionFilter',
    { DestinationArn: stream, FilterPattern: '', LogGroupName: 'x' },
  ],
  ['send logs elsewhere', 'AWS::Logs::Destination', { DestinationName: 'x', RoleArn: 'x', TargetArn: stream }],
  ['send logs elsewhere', 'AWS::Logs::ResourcePolicy', { PolicyName: 'x', PolicyDocument: JSON.stringify(foreign()) }],
  [
    'send figures elsewhere',
    'AWS::CloudWatch::MetricStream',
    { FirehoseArn: stream, RoleArn: 'x', OutputFormat: 'json' },
  ],
  [
    'send alarms elsewhere',
    'AWS::CloudWatch::Alarm',
    {
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 1,
      AlarmActions: [`arn:aws:sns:eu-central-1:${STRANGER}:t`],
    },
  ],
  ['see from elsewhere', 'AWS::Oam::Link', { ResourceTypes: ['AWS::Logs::LogGroup'], SinkIdentifier: 'x' }],
  ['open a stream', 'AWS::Kinesis::ResourcePolicy', { ResourceArn: 'x', ResourcePolicy: foreign() }],
  [
    'subscribe elsewhere',
    'AWS::SNS::Subscription',
    { Protocol: 'sqs', TopicArn: 'x', Endpoint: `arn:aws:sqs:eu-central-1:${STRANGER}:q` },
  ],
  [
    'subscribe elsewhere',
    'AWS::SNS::Subscription',
    { Protocol: 'https', TopicArn: 'x', Endpoint: 'https://example.com' },
  ],
  [
    'subscribe elsewhere',
    'AWS::SNS::Subscription',
    { Protocol: 'email', TopicArn: 'x', Endpoint: 'oncall@example.com' },
  ],
  [
    'subscribe elsewhere',
    'AWS::SNS::Topic',
    { Subscription: [{ Protocol: 'sqs', Endpoint: `arn:aws:sqs:eu-central-1:${STRANGER}:q` }] },
  ],
  [
    'open a topic',
    'AWS::SNS::TopicPolicy',
    { Topics: ['arn:aws:sns:eu-central-1:333300002222:x'], PolicyDocument: foreign() },
  ],
  ['open a topic', 'AWS::SNS::TopicInlinePolicy', { TopicArn: 'x', PolicyDocument: foreign() }],
  // What the CDK writes for a rule with a topic as its target.
  [
    'open a topic to a service',
    'AWS::SNS::TopicPolicy',
    {
      Topics: ['arn:aws:sns:eu-central-1:333300002222:x'],
      PolicyDocument: {
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sns:Publish', Resource: '*' },
        ],
      },
    },
  ],
  [
    'open a queue',
    'AWS::SQS::QueuePolicy',
    { Queues: ['https://sqs.eu-central-1.amazonaws.com/333300002222/x'], PolicyDocument: foreign() },
  ],
  ['open a queue', 'AWS::SQS::QueueInlinePolicy', { Queue: 'x', PolicyDocument: foreign() }],
  [
    'take letters from elsewhere',
    'AWS::SQS::Queue',
    {
      QueueName: 'q',
      RedriveAllowPolicy: { redrivePermission: 'byQueue', sourceQueueArns: [`arn:aws:sqs:eu-central-1:${STRANGER}:q`] },
    },
  ],
  [
    'send dead letters elsewhere',
    'AWS::SQS::Queue',
    {
      QueueName: 'q',
      RedrivePolicy: { deadLetterTargetArn: `arn:aws:sqs:eu-central-1:${STRANGER}:q`, maxReceiveCount: 5 },
    },
  ],
  [
    'put a queue under a foreign key',
    'AWS::SQS::Queue',
    { QueueName: 'q', KmsMasterKeyId: `arn:aws:kms:eu-central-1:${STRANGER}:key/x` },
  ],
  [
    'copy a bucket elsewhere',
    'AWS::S3::Bucket',
    {
      ReplicationConfiguration: {
        Role: 'x',
        Rules: [{ Status: 'Enabled', Destination: { Bucket: 'arn:aws:s3:::theirs', Account: STRANGER } }],
      },
    },
  ],
  ['open a bucket', 'AWS::S3::Bucket', { AccessControl: 'PublicRead' }],
  ['open a bucket', 'AWS::S3::BucketPolicy', { Bucket: 'theirs', PolicyDocument: foreign() }],
  ['open a bucket', 'AWS::S3::AccessPoint', { Bucket: 'x', Policy: foreign() }],
  [
    'open a bucket',
    'AWS::S3::AccessGrant',
    { Grantee: { GranteeType: 'IAM', GranteeIdentifier: STRANGER }, Permission: 'READ' },
  ],
  [
    'list a bucket elsewhere',
    'AWS::S3::Bucket',
    { InventoryConfigurations: [{ Destination: { BucketArn: 'arn:aws:s3:::theirs' } }] },
  ],
  ['log a bucket elsewhere', 'AWS::S3::Bucket', { LoggingConfiguration: { DestinationBucketName: 'theirs' } }],
  ['open a table', 'AWS::DynamoDB::Table', { KeySchema: [], ResourcePolicy: { PolicyDocument: foreign() } }],
  [
    'open a table',
    'AWS::DynamoDB::GlobalTable',
    { Replicas: [{ Region: 'eu-central-1', ResourcePolicy: { PolicyDocument: foreign() } }] },
  ],
  [
    'open a table',
    'AWS::DynamoDB::Table',
    {
      KeySchema: [],
      StreamSpecification: { StreamViewType: 'NEW_IMAGE', ResourcePolicy: { PolicyDocument: foreign() } },
    },
  ],
  [
    'copy a table elsewhere',
    'AWS::DynamoDB::Table',
    { KeySchema: [], KinesisStreamSpecification: { StreamArn: stream } },
  ],
  ['open a key', 'AWS::KMS::Key', { KeyPolicy: foreign() }],
  ['open a key', 'AWS::KMS::ReplicaKey', { PrimaryKeyArn: 'x', KeyPolicy: foreign() }],
  [
    'open a key',
    'AWS::KMS::Key',
    { KeyPolicy: { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 's3://x' } } } },
  ],
  [
    'point an alias at a foreign key',
    'AWS::KMS::Alias',
    { AliasName: 'alias/x', TargetKeyId: `arn:aws:kms:eu-central-1:${STRANGER}:key/x` },
  ],
  ['open a secret', 'AWS::SecretsManager::ResourcePolicy', { SecretId: 'x', ResourcePolicy: foreign() }],
  ['open a backup vault', 'AWS::Backup::BackupVault', { BackupVaultName: 'x', AccessPolicy: foreign() }],
  [
    'copy backups elsewhere',
    'AWS::Backup::BackupPlan',
    {
      BackupPlan: {
        BackupPlanName: 'x',
        BackupPlanRule: [
          {
            RuleName: 'x',
            TargetBackupVault: 'x',
            CopyActions: [{ DestinationBackupVaultArn: `arn:aws:backup:eu-central-1:${STRANGER}:backup-vault:theirs` }],
          },
        ],
      },
    },
  ],
  ['share a snapshot', 'Custom::ShareSnapshot', { ServiceToken: `arn:aws:lambda:eu-central-1:${STRANGER}:function:x` }],
  ['share a snapshot', 'AWS::CloudFormation::CustomResource', { ServiceToken: 'x' }],
  [
    'make a role that others take',
    'AWS::IAM::Role',
    {
      RoleName: 'x',
      AssumeRolePolicyDocument: {
        Statement: [{ Effect: 'Allow', Principal: { AWS: STRANGER }, Action: 'sts:AssumeRole' }],
      },
    },
  ],
  [
    'make a role that others take',
    'AWS::IAM::Role',
    {
      RoleName: 'x',
      AssumeRolePolicyDocument: {
        Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
    },
  ],
  [
    'make a role that others take',
    'AWS::IAM::Role',
    {
      RoleName: 'x',
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Federated: 'cognito-identity.amazonaws.com' },
            Action: 'sts:AssumeRoleWithWebIdentity',
          },
        ],
      },
    },
  ],
  ['trust an identity provider', 'AWS::IAM::OIDCProvider', { Url: 'https://example.com' }],
  ['trust an identity provider', 'AWS::IAM::SAMLProvider', { SamlMetadataDocument: 'x' }],
  ['trust an identity provider', 'AWS::RolesAnywhere::TrustAnchor', { Name: 'x', Source: {} }],
  [
    'make a user',
    'AWS::IAM::User',
    {
      UserName: 'x',
      Policies: [{ PolicyName: 'x', PolicyDocument: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } }],
    },
  ],
  ['make a user', 'AWS::IAM::AccessKey', { UserName: 'x' }],
  [
    'add a policy that no template has',
    'AWS::IAM::ManagedPolicy',
    { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } },
  ],
  [
    'add a policy to a role',
    'AWS::IAM::Policy',
    {
      PolicyName: 'x',
      Roles: ['checkvalve-import-copies-eu-central-1'],
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'rds:ModifyDBSnapshotAttribute', Resource: '*' }] },
    },
  ],
  ['run what cannot be read', 'AWS::CloudFormation::Stack', { TemplateURL: 'https://example.com/x.json' }],
  [
    'run what cannot be read',
    'AWS::CloudFormation::StackSet',
    { StackSetName: 'other', PermissionModel: 'SERVICE_MANAGED', TemplateURL: 'https://example.com/x.json' },
  ],
  ['run what cannot be read', 'AWS::CodeBuild::Project', { Name: 'x' }],
  ['run what cannot be read', 'AWS::CodePipeline::Pipeline', { RoleArn: 'x', Stages: [] }],
  ['run what cannot be read', 'AWS::Lambda::Function', { Code: { S3Bucket: 'theirs', S3Key: 'x' }, Role: 'x' }],
  [
    'run what cannot be read',
    'AWS::Lambda::Function',
    { Code: { ZipFile: 'x' }, Role: 'x', Layers: [`arn:aws:lambda:eu-central-1:${STRANGER}:layer:x:1`] },
  ],
  [
    'run under a foreign role',
    'AWS::Lambda::Function',
    { Code: { ZipFile: 'x' }, Role: `arn:aws:iam::${STRANGER}:role/x` },
  ],
  ['connect networks', 'AWS::EC2::VPCPeeringConnection', { VpcId: 'x', PeerVpcId: 'y', PeerOwnerId: STRANGER }],
  ['connect networks', 'AWS::EC2::VPCEndpointServicePermissions', { ServiceId: 'x', AllowedPrincipals: ['*'] }],
  ...[
    { TargetIds: ['333300002222'] },
    { TargetIds: [{ Ref: 'AccountParameter' }] },
    { Content: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } },
    { Type: 'BACKUP_POLICY' },
  ].map(
    (changed) =>
      [
        'stop the vault by a policy of the organization',
        'AWS::Organizations::Policy',
        {
          Name: 'x',
          Type: 'SERVICE_CONTROL_POLICY',
          TargetIds: ['ou-ex01-workload'],
          Content: { Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] },
          ...changed,
        },
      ] as const,
  ),
  ['add a type that is not listed', 'AWS::Unknown::Type', { Name: 'x' }],
];

type Change = (copy: LooseTemplate) => void;

/** Sets a property of every resource of a type; returns whether there is one. */
const set =
  (type: string, property: string, value: unknown): Change =>
  (copy) => {
    for (const one of Object.values(copy.Resources)) if (one.Type === type) one.Properties[property] = value;
  };
/** Changes a variable of every function that has it. */
const setVariable =
  (name: string, value: unknown): Change =>
  (copy) => {
    for (const { Properties } of Object.values(copy.Resources)) {
      const variables = ((Properties?.Environment ?? {}) as { Variables?: Loose }).Variables;
      if (variables && name in variables) variables[name] = value;
    }
  };

/** Changes the findings that IAM Access Analyzer archives. */
const keepStill =
  (...more: readonly unknown[]): Change =>
  (copy) => {
    for (const { Type, Properties } of Object.values(copy.Resources)) {
      if (Type === 'AWS::AccessAnalyzer::Analyzer')
        Properties.ArchiveRules = [...(Properties.ArchiveRules as unknown[]), ...more];
    }
  };
const archiving = (...Filter: readonly unknown[]): Change => keepStill({ RuleName: 'more', Filter });
const isRole = { Property: 'resourceType', Eq: ['AWS::IAM::Role'] };
const drop =
  (type: string): Change =>
  (copy) => {
    for (const [id, { Type }] of Object.entries(copy.Resources)) if (Type === type) delete copy.Resources[id];
  };

/** Changes to what is there already. */
const CHANGED: readonly (readonly [zones: readonly Zone[], kind: string, change: Change])[] = [
  [
    ['vault'],
    'swap a key',
    setVariable('CHECKVALVE_IMPORT_KEY_ARN', `arn:aws:kms:eu-central-1:${STRANGER}:key/theirs`),
  ],
  [['vault'], 'swap a key', setVariable('CHECKVALVE_IMPORT_KEY_ARN', 'alias/aws/rds')],
  [
    ['source'],
    'swap a key',
    setVariable('CHECKVALVE_EXPORT_KEY_ARN', `arn:aws:kms:eu-central-1:${STRANGER}:key/theirs`),
  ],
  [['vault'], 'deafen the inbox', set('AWS::SQS::Queue', 'KmsMasterKeyId', 'alias/aws/sqs')],
  [['vault'], 'lift the bound on accounts', setVariable('CHECKVALVE_LIMITS', '{}')],
  [['vault'], 'lift the bound on accounts', setVariable('CHECKVALVE_LIMITS', '{"maxNewAccountsPerDay":1e9}')],
  [
    ['vault'],
    'lift the bound on runs',
    set('AWS::Lambda::EventSourceMapping', 'ScalingConfig', { MaximumConcurrency: 900 }),
  ],
  [['vault'], 'lift the bound on runs', set('AWS::Lambda::EventSourceMapping', 'ScalingConfig', undefined)],
  [['vault'], 'drop the analyzer', drop('AWS::AccessAnalyzer::Analyzer')],
  [
    ['vault'],
    'drop the analyzer',
    (copy) => {
      for (const one of Object.values(copy.Resources))
        if (one.Type === 'AWS::AccessAnalyzer::Analyzer') Object.assign(one, { Condition: 'Either' });
    },
  ],
  [['vault'], 'trust the organization in the analyzer', set('AWS::AccessAnalyzer::Analyzer', 'Type', 'ORGANIZATION')],
  [['vault'], 'look for something else', set('AWS::AccessAnalyzer::Analyzer', 'Type', 'ACCOUNT_UNUSED_ACCESS')],
  [['vault'], 'accept every finding', keepStill({ RuleName: 'all' })],
  [['vault'], 'accept every finding', archiving()],
  [['vault'], 'accept every finding', archiving({ Property: 'resource', Exists: true })],
  [['vault'], 'accept every finding', archiving({ Property: 'resource', Contains: ['arn:aws:'] })],
  [['vault'], 'accept every finding', archiving({ Property: 'isPublic', Eq: ['false'] })],
  [['vault'], 'accept every finding', archiving({ Property: 'status', Neq: ['RESOLVED'] })],
  [['vault'], 'accept every finding', archiving({ Property: 'resource', Eq: { Ref: 'Anything' } })],
  [['vault'], 'accept every finding of a kind', archiving(isRole)],
  [['vault'], 'accept every finding of a kind', archiving({ Property: 'resourceType', Eq: ['AWS::SQS::Queue'] })],
  [
    ['vault'],
    'accept a power that the configuration does not accept',
    archiving({ Property: 'resource', Eq: ['arn:aws:iam::333300002222:role/OrganizationAccountAccessRole'] }, isRole, {
      Property: 'principal.AWS',
      Eq: ['444400003333', 'arn:aws:iam::444400003333:root'],
    }),
  ],
  [
    ['vault'],
    'archive any finding at the inbox',
    (copy) => {
      for (const { Type, Properties } of Object.values(copy.Resources)) {
        if (Type !== 'AWS::AccessAnalyzer::Analyzer') continue;
        const [notifications] = Properties.ArchiveRules as { Filter: unknown[] }[];
        Properties.ArchiveRules = [{ ...notifications, Filter: notifications?.Filter.slice(0, 2) }];
      }
    },
  ],
  [
    ['management'],
    'forget which account is the vault',
    setVariable('CHECKVALVE_SETTINGS', '{"cells":[{"vaultAccount":"222200001111"}]}'),
  ],
  [['management'], 'forget which account is the vault', setVariable('CHECKVALVE_SETTINGS', '{}')],
  [
    ['vault', 'management', 'source'],
    'attach a policy of AWS',
    set('AWS::IAM::Role', 'ManagedPolicyArns', ['arn:aws:iam::aws:policy/AdministratorAccess']),
  ],
  [
    ['vault', 'management', 'source'],
    'limit roles by what is not there',
    set('AWS::IAM::Role', 'PermissionsBoundary', 'arn:aws:iam::aws:policy/AdministratorAccess'),
  ],
  [
    ['vault', 'management', 'source'],
    'let a macro change it',
    (copy) => Object.assign(copy, { Transform: 'Anything' }),
  ],
  [['vault', 'management', 'source'], 'let a hook run', (copy) => Object.assign(copy, { Hooks: { X: { Type: 'X' } } })],
  [
    ['vault', 'management', 'source'],
    'include what cannot be read',
    (copy) =>
      Object.assign(Object.values(copy.Resources)[0]?.Properties ?? {}, { 'Fn::Transform': { Name: 'AWS::Include' } }),
  ],
  [
    ['vault', 'management', 'source'],
    'send events elsewhere',
    set('AWS::Events::Rule', 'Targets', [{ Id: 'T', Arn: bus }]),
  ],
  [['vault', 'management', 'source'], 'listen to a foreign bus', set('AWS::Events::Rule', 'EventBusName', bus)],
  [
    ['vault', 'management', 'source'],
    'run under a foreign role',
    set('AWS::Lambda::Function', 'Role', `arn:aws:iam::${STRANGER}:role/x`),
  ],
  [
    ['vault', 'management', 'source'],
    'load foreign code',
    set('AWS::Lambda::Function', 'Code', { S3Bucket: 'theirs', S3Key: 'x' }),
  ],
  [
    ['source'],
    'copy backups elsewhere',
    set('AWS::Backup::BackupPlan', 'BackupPlan', {
      BackupPlanRule: [
        { CopyActions: [{ DestinationBackupVaultArn: `arn:aws:backup:eu-central-1:${STRANGER}:backup-vault:x` }] },
      ],
    }),
  ],
  [
    ['source'],
    'back up under a foreign role',
    set('AWS::Backup::BackupSelection', 'BackupSelection', { IamRoleArn: `arn:aws:iam::${STRANGER}:role/x` }),
  ],
  [['source'], 'open a backup vault', set('AWS::Backup::BackupVault', 'AccessPolicy', foreign())],
];

/** Changes to the StackSet, which the template of its own stack holds. */
export const STACK_SET_HARMS: readonly (readonly [property: string, value: unknown])[] = [
  ['TemplateURL', 'https://s3.us-east-1.amazonaws.com/theirs/x.json'],
  ['TemplateURL', undefined],
  ['TemplateBody', '{}'],
  ['StackSetName', 'another'],
  ['PermissionModel', 'SELF_MANAGED'],
  ['AdministrationRoleARN', `arn:aws:iam::${STRANGER}:role/x`],
  ['ExecutionRoleName', 'x'],
  ['AutoDeployment', { Enabled: true, RetainStacksOnAccountRemoval: false }],
  ['AutoDeployment', undefined],
  ['CallAs', 'DELEGATED_ADMIN'],
  ['StackInstancesGroup', [{ DeploymentTargets: { Accounts: ['333300002222'] }, Regions: ['eu-central-1'] }]],
  ['Parameters', [{ ParameterKey: 'x', ParameterValue: 'y' }]],
];

/** Every harm to a template that is not one to a statement. */
export function harmedAsAWhole(zone: Zone, template: LooseTemplate): readonly TemplateMutant[] {
  const hasStackSet = Object.values(template.Resources).some(({ Type }) => Type === 'AWS::CloudFormation::StackSet');
  return [
    ...ADDED.map(([kind, Type, Properties]) => ({
      zone,
      kind,
      what: `${Type} ${JSON.stringify(Properties)}`,
      template: altered(template, (copy) => Object.assign(copy.Resources, { Added: { Type, Properties } })),
    })),
    ...CHANGED.filter(([zones]) => zones.includes(zone)).flatMap(([, kind, change]) => {
      const changed = altered(template, change);
      const isChanged = JSON.stringify(changed) !== JSON.stringify(template);
      return isChanged ? [{ zone, kind, what: JSON.stringify(kind), template: changed }] : [];
    }),
    ...(hasStackSet ? STACK_SET_HARMS : []).map(([property, value]) => ({
      zone,
      kind: 'change the StackSet',
      what: `${property} ${JSON.stringify(value)}`,
      template: altered(template, set('AWS::CloudFormation::StackSet', property, value)),
    })),
  ];
}
