// Longer than most: one row for each resource type of the tooling, to be compared with the pages of AWS.
import { NAMES, PREFIX, TAGS } from '../../contract/names';

/**
 * When the table was last compared with the pages of AWS. CloudFormation publishes the calls of the handlers of a resource type
 * in its schema (`aws cloudformation describe-type --type RESOURCE --type-name TYPE`, `handlers.*.permissions`). A row has those
 * that the properties of the tooling need. Some types have no schema of handlers: their rows have the calls of the API.
 */
export const PERMISSIONS_READ_ON = '2026-11-30';

/** A kind of resource: the shape of its ARN, and the names that the tooling gives. */
export interface Target {
  /** With `{account}`, `{region}` and `{name}`. */
  readonly arn: string;
  /** Pattern of the names. */
  readonly names: string;
}

/** One permission that a handler needs. */
export interface Permission {
  readonly action: string;
  /** `*` where IAM supports no resource for the action. */
  readonly on: Target | '*';
  /** The property that names the resource; without it, the resource is the one of the handler. */
  readonly property?: string;
  /** Needed only where some resource of the type has this property. */
  readonly ifProperty?: string;
  /** A further limit of the statement: a condition key of IAM, and its value or pattern. */
  readonly when?: Readonly<Record<string, string>>;
}

/** What CloudFormation calls to create, update and delete a resource of one type. */
export interface HandlerRow {
  /** The page of the type in the template reference of AWS. */
  readonly page: string;
  /** The page of AWS with the resources and condition keys of the actions. */
  readonly actionsPage: string;
  /** The property that names the resource; without it CloudFormation generates the name. */
  readonly nameProperty?: string;
  /** The properties that the row covers: a further property may need further permissions. */
  readonly properties: readonly string[];
  /**
   * Properties whose change makes CloudFormation replace the resource, by the page of the type: CloudFormation creates a new
   * resource and then deletes the old one.
   */
  readonly replacedBy: readonly string[];
  readonly create: readonly Permission[];
  readonly update: readonly Permission[];
  readonly delete: readonly Permission[];
}

const REFERENCE = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource';
const ACTIONS = 'https://docs.aws.amazon.com/service-authorization/latest/reference/list';

const ROLES: Target = { arn: 'arn:aws:iam::{account}:role/{name}', names: `${PREFIX}-*` };
const FUNCTIONS: Target = { arn: 'arn:aws:lambda:{region}:{account}:function:{name}', names: `${PREFIX}-*` };
const FEEDS: Target = { arn: 'arn:aws:lambda:{region}:{account}:event-source-mapping:{name}', names: '*' };
const RULES: Target = { arn: 'arn:aws:events:{region}:{account}:rule/{name}', names: `StackSet-${NAMES.stackSet}-*` };
const QUEUES: Target = { arn: 'arn:aws:sqs:{region}:{account}:{name}', names: `${PREFIX}-*` };
const TABLES: Target = { arn: 'arn:aws:dynamodb:{region}:{account}:table/{name}', names: `${PREFIX}-*` };
const TOPICS: Target = { arn: 'arn:aws:sns:{region}:{account}:{name}', names: `${PREFIX}-*` };
const KEYS: Target = { arn: 'arn:aws:kms:{region}:{account}:key/{name}', names: '*' };
const PLANS: Target = { arn: 'arn:aws:backup:{region}:{account}:backup-plan:{name}', names: '*' };
const VAULTS: Target = { arn: 'arn:aws:backup:{region}:{account}:backup-vault:{name}', names: `${PREFIX}-*` };
const LOGS: Target = {
  arn: 'arn:aws:logs:{region}:{account}:log-group:{name}:log-stream:',
  names: `/aws/lambda/${PREFIX}-*`,
};
/** Stacks of the StackSet: StackSets names them so. */
const STACKS: Target = {
  arn: 'arn:aws:cloudformation:{region}:{account}:stack/{name}/*',
  names: `StackSet-${NAMES.stackSet}-*`,
};

/** Resources with the tag of the tooling. AWS chooses the ids of plans and keys: only the tag identifies those of the tooling. */
export const OF_THE_TOOLING = { [`aws:ResourceTag/${TAGS.part}`]: NAMES.stackSet };

const all = (on: Permission['on'], actions: readonly string[], more: Omit<Permission, 'action' | 'on'> = {}) =>
  actions.map((action): Permission => ({ action, on, ...more }));
const passTo = (service: string, property: string): Permission => ({
  action: 'iam:PassRole',
  on: ROLES,
  property,
  when: { 'iam:PassedToService': `${service}.amazonaws.com` },
});
const ofFunction = (actions: readonly string[]) =>
  all('*', actions, { property: 'FunctionName', when: { 'lambda:FunctionArn': FUNCTIONS.arn } });

const READ_FUNCTION = all(FUNCTIONS, [
  'lambda:GetFunction',
  'lambda:GetFunctionCodeSigningConfig',
  'lambda:GetFunctionRecursionConfig',
  'lambda:GetRuntimeManagementConfig',
]);
const READ_RULE = all(RULES, ['events:DescribeRule', 'events:ListTargetsByRule']);
const READ_LOGS = [...all('*', ['logs:DescribeLogGroups']), ...all(LOGS, ['logs:ListTagsForResource'])];
const READ_QUEUE = all(QUEUES, ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:ListQueueTags']);
const READ_TABLE = all(TABLES, [
  'dynamodb:DescribeContinuousBackups',
  'dynamodb:DescribeContributorInsights',
  'dynamodb:DescribeTable',
  'dynamodb:DescribeKinesisStreamingDestination',
  'dynamodb:DescribeTimeToLive',
  'dynamodb:GetResourcePolicy',
  'dynamodb:ListTagsOfResource',
]);
const READ_TOPIC = all(TOPICS, [
  'sns:GetDataProtectionPolicy',
  'sns:GetTopicAttributes',
  'sns:ListSubscriptionsByTopic',
  'sns:ListTagsForResource',
]);
const READ_ROLE = all(ROLES, [
  'iam:GetRole',
  'iam:GetRolePolicy',
  'iam:ListAttachedRolePolicies',
  'iam:ListRolePolicies',
]);
const READ_PLAN = all(PLANS, ['backup:GetBackupPlan', 'backup:ListTags']);
const READ_KEY = all(KEYS, ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus', 'kms:ListResourceTags']);

/** What StackSets itself calls in an account, as the execution role, to create the stack.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html */
export const STACK_PERMISSIONS: Readonly<Record<'create' | 'update' | 'delete', readonly Permission[]>> = {
  create: all(STACKS, [
    'cloudformation:CreateStack',
    'cloudformation:DescribeStackEvents',
    'cloudformation:DescribeStackResources',
    'cloudformation:DescribeStacks',
    'cloudformation:GetTemplate',
  ]),
  update: all(STACKS, ['cloudformation:DescribeStacks', 'cloudformation:UpdateStack']),
  delete: all(STACKS, ['cloudformation:DeleteStack', 'cloudformation:DescribeStacks']),
};

/** By resource type. A type that is missing cannot be deployed by the generated role, and is refused by name. */
export const HANDLERS: Readonly<Record<string, HandlerRow>> = {
  'AWS::Backup::BackupPlan': {
    page: `${REFERENCE}-backup-backupplan.html`,
    actionsPage: `${ACTIONS}_awsbackup.html`,
    properties: ['BackupPlan', 'BackupPlanTags'],
    replacedBy: [],
    create: [...all(PLANS, ['backup:CreateBackupPlan', 'backup:TagResource']), ...READ_PLAN],
    update: [
      ...all(PLANS, ['backup:TagResource', 'backup:UntagResource', 'backup:UpdateBackupPlan'], {
        when: OF_THE_TOOLING,
      }),
      ...READ_PLAN,
    ],
    delete: [...all(PLANS, ['backup:DeleteBackupPlan'], { when: OF_THE_TOOLING }), ...READ_PLAN],
  },
  'AWS::Backup::BackupSelection': {
    page: `${REFERENCE}-backup-backupselection.html`,
    actionsPage: `${ACTIONS}_awsbackup.html`,
    properties: ['BackupPlanId', 'BackupSelection'],
    replacedBy: ['BackupPlanId', 'BackupSelection'],
    create: [
      ...all(PLANS, ['backup:CreateBackupSelection', 'backup:GetBackupSelection'], { property: 'BackupPlanId' }),
      passTo('backup', 'BackupSelection.IamRoleArn'),
    ],
    update: [],
    delete: all(PLANS, ['backup:DeleteBackupSelection', 'backup:GetBackupSelection'], { property: 'BackupPlanId' }),
  },
  'AWS::Backup::BackupVault': {
    page: `${REFERENCE}-backup-backupvault.html`,
    actionsPage: `${ACTIONS}_awsbackup.html`,
    nameProperty: 'BackupVaultName',
    properties: ['BackupVaultName', 'BackupVaultTags'],
    replacedBy: ['BackupVaultName'],
    create: [
      ...all(VAULTS, ['backup:CreateBackupVault', 'backup:DescribeBackupVault', 'backup:TagResource']),
      ...all(VAULTS, ['backup:GetBackupVaultAccessPolicy', 'backup:GetBackupVaultNotifications', 'backup:ListTags']),
      // https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html
      ...all('*', ['backup-storage:MountCapsule']),
    ],
    update: all(VAULTS, ['backup:DescribeBackupVault', 'backup:TagResource', 'backup:UntagResource']),
    delete: all(VAULTS, ['backup:DeleteBackupVault', 'backup:DescribeBackupVault']),
  },
  'AWS::DynamoDB::Table': {
    page: `${REFERENCE}-dynamodb-table.html`,
    actionsPage: `${ACTIONS}_amazondynamodb.html`,
    nameProperty: 'TableName',
    properties: ['AttributeDefinitions', 'BillingMode', 'KeySchema', 'TableName', 'Tags', 'TimeToLiveSpecification'],
    replacedBy: ['KeySchema', 'TableName'],
    create: [
      ...all(TABLES, ['dynamodb:CreateTable', 'dynamodb:TagResource', 'dynamodb:UpdateTimeToLive']),
      ...READ_TABLE,
    ],
    update: [
      ...all(TABLES, ['dynamodb:UpdateTable', 'dynamodb:UpdateTimeToLive']),
      ...all(TABLES, ['dynamodb:TagResource', 'dynamodb:UntagResource']),
      ...READ_TABLE,
    ],
    delete: [...all(TABLES, ['dynamodb:DeleteTable']), ...READ_TABLE],
  },
  'AWS::Events::Rule': {
    page: `${REFERENCE}-events-rule.html`,
    actionsPage: `${ACTIONS}_amazoneventbridge.html`,
    properties: ['Description', 'EventPattern', 'ScheduleExpression', 'State', 'Tags', 'Targets'],
    replacedBy: [],
    create: [...all(RULES, ['events:PutRule', 'events:PutTargets', 'events:TagResource']), ...READ_RULE],
    update: [
      ...all(RULES, ['events:PutRule', 'events:PutTargets', 'events:RemoveTargets']),
      ...all(RULES, ['events:TagResource', 'events:UntagResource']),
      ...READ_RULE,
    ],
    delete: [...all(RULES, ['events:DeleteRule', 'events:RemoveTargets']), ...READ_RULE],
  },
  'AWS::IAM::Role': {
    page: `${REFERENCE}-iam-role.html`,
    actionsPage: `${ACTIONS}_awsidentityandaccessmanagementiam.html`,
    nameProperty: 'RoleName',
    properties: ['AssumeRolePolicyDocument', 'Description', 'Policies', 'RoleName', 'Tags'],
    replacedBy: ['RoleName'],
    create: [...all(ROLES, ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:TagRole']), ...READ_ROLE],
    update: [
      ...all(ROLES, ['iam:DeleteRolePolicy', 'iam:PutRolePolicy', 'iam:TagRole', 'iam:UntagRole']),
      ...all(ROLES, ['iam:UpdateAssumeRolePolicy', 'iam:UpdateRole', 'iam:UpdateRoleDescription']),
      ...READ_ROLE,
    ],
    delete: [...all(ROLES, ['iam:DeleteRole', 'iam:DeleteRolePolicy']), ...READ_ROLE],
  },
  'AWS::KMS::Key': {
    page: `${REFERENCE}-kms-key.html`,
    actionsPage: `${ACTIONS}_awskeymanagementservice.html`,
    properties: ['Description', 'EnableKeyRotation', 'KeyPolicy', 'Tags'],
    // A tag affects what is allowed on a key within five minutes: making one cannot wait for that.
    // https://docs.aws.amazon.com/kms/latest/developerguide/abac.html
    replacedBy: [],
    create: [...all('*', ['kms:CreateKey']), ...all(KEYS, ['kms:EnableKeyRotation', 'kms:TagResource']), ...READ_KEY],
    update: [
      ...all(KEYS, ['kms:DisableKeyRotation', 'kms:EnableKeyRotation', 'kms:PutKeyPolicy'], { when: OF_THE_TOOLING }),
      ...all(KEYS, ['kms:TagResource', 'kms:UntagResource', 'kms:UpdateKeyDescription'], { when: OF_THE_TOOLING }),
      ...READ_KEY,
    ],
    delete: [...all(KEYS, ['kms:ScheduleKeyDeletion'], { when: OF_THE_TOOLING }), ...READ_KEY],
  },
  'AWS::Lambda::EventSourceMapping': {
    page: `${REFERENCE}-lambda-eventsourcemapping.html`,
    actionsPage: `${ACTIONS}_awslambda.html`,
    properties: [
      'BatchSize',
      'EventSourceArn',
      'FunctionName',
      'FunctionResponseTypes',
      'MaximumBatchingWindowInSeconds',
      'ScalingConfig',
      'Tags',
    ],
    replacedBy: ['EventSourceArn'],
    create: [
      ...ofFunction(['lambda:CreateEventSourceMapping', 'lambda:GetEventSourceMapping']),
      ...all(FEEDS, ['lambda:ListTags', 'lambda:TagResource']),
    ],
    update: [
      ...ofFunction(['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping']),
      ...all(FEEDS, ['lambda:ListTags', 'lambda:TagResource', 'lambda:UntagResource']),
    ],
    delete: ofFunction(['lambda:DeleteEventSourceMapping', 'lambda:GetEventSourceMapping']),
  },
  'AWS::Lambda::Function': {
    page: `${REFERENCE}-lambda-function.html`,
    actionsPage: `${ACTIONS}_awslambda.html`,
    nameProperty: 'FunctionName',
    properties: [
      'Code',
      'Environment',
      'FunctionName',
      'Handler',
      'LoggingConfig',
      'MemorySize',
      'Role',
      'Runtime',
      'Tags',
      'Description',
      'ReservedConcurrentExecutions',
      'Timeout',
    ],
    replacedBy: ['FunctionName'],
    create: [
      ...all(FUNCTIONS, ['lambda:CreateFunction', 'lambda:TagResource']),
      ...all(FUNCTIONS, ['lambda:PutFunctionConcurrency'], { ifProperty: 'ReservedConcurrentExecutions' }),
      passTo('lambda', 'Role'),
      ...READ_FUNCTION,
    ],
    update: [
      ...all(FUNCTIONS, ['lambda:TagResource', 'lambda:UntagResource', 'lambda:UpdateFunctionCode']),
      ...all(FUNCTIONS, ['lambda:UpdateFunctionConfiguration']),
      ...all(FUNCTIONS, ['lambda:DeleteFunctionConcurrency', 'lambda:PutFunctionConcurrency'], {
        ifProperty: 'ReservedConcurrentExecutions',
      }),
      passTo('lambda', 'Role'),
      ...READ_FUNCTION,
    ],
    delete: all(FUNCTIONS, ['lambda:DeleteFunction', 'lambda:GetFunction']),
  },
  'AWS::Lambda::Permission': {
    page: `${REFERENCE}-lambda-permission.html`,
    actionsPage: `${ACTIONS}_awslambda.html`,
    properties: ['Action', 'FunctionName', 'Principal', 'SourceArn'],
    replacedBy: ['Action', 'FunctionName', 'Principal', 'SourceArn'],
    create: all(FUNCTIONS, ['lambda:AddPermission', 'lambda:GetPolicy'], { property: 'FunctionName' }),
    update: [],
    delete: all(FUNCTIONS, ['lambda:GetPolicy', 'lambda:RemovePermission'], { property: 'FunctionName' }),
  },
  'AWS::Logs::LogGroup': {
    page: `${REFERENCE}-logs-loggroup.html`,
    actionsPage: `${ACTIONS}_amazoncloudwatchlogs.html`,
    nameProperty: 'LogGroupName',
    properties: ['LogGroupName', 'RetentionInDays', 'Tags'],
    replacedBy: ['LogGroupName'],
    create: [...all(LOGS, ['logs:CreateLogGroup', 'logs:PutRetentionPolicy', 'logs:TagResource']), ...READ_LOGS],
    update: [
      ...all(LOGS, ['logs:DeleteRetentionPolicy', 'logs:PutRetentionPolicy']),
      ...all(LOGS, ['logs:TagResource', 'logs:UntagResource']),
      ...READ_LOGS,
    ],
    delete: [...all(LOGS, ['logs:DeleteLogGroup']), ...all('*', ['logs:DescribeLogGroups'])],
  },
  'AWS::SNS::Topic': {
    page: `${REFERENCE}-sns-topic.html`,
    actionsPage: `${ACTIONS}_amazonsns.html`,
    nameProperty: 'TopicName',
    properties: ['Tags', 'TopicName'],
    replacedBy: ['TopicName'],
    create: [...all(TOPICS, ['sns:CreateTopic', 'sns:TagResource']), ...READ_TOPIC],
    update: [...all(TOPICS, ['sns:SetTopicAttributes', 'sns:TagResource', 'sns:UntagResource']), ...READ_TOPIC],
    delete: [...all(TOPICS, ['sns:DeleteTopic']), ...READ_TOPIC],
  },
  'AWS::SNS::TopicPolicy': {
    page: `${REFERENCE}-sns-topicpolicy.html`,
    actionsPage: `${ACTIONS}_amazonsns.html`,
    properties: ['PolicyDocument', 'Topics'],
    replacedBy: [],
    create: all(TOPICS, ['sns:GetTopicAttributes', 'sns:SetTopicAttributes'], { property: 'Topics' }),
    update: all(TOPICS, ['sns:GetTopicAttributes', 'sns:SetTopicAttributes'], { property: 'Topics' }),
    delete: all(TOPICS, ['sns:GetTopicAttributes', 'sns:SetTopicAttributes'], { property: 'Topics' }),
  },
  'AWS::SQS::Queue': {
    page: `${REFERENCE}-sqs-queue.html`,
    actionsPage: `${ACTIONS}_amazonsqs.html`,
    nameProperty: 'QueueName',
    properties: [
      'MessageRetentionPeriod',
      'QueueName',
      'RedriveAllowPolicy',
      'RedrivePolicy',
      'SqsManagedSseEnabled',
      'Tags',
      'VisibilityTimeout',
    ],
    replacedBy: ['QueueName'],
    create: [...all(QUEUES, ['sqs:CreateQueue', 'sqs:TagQueue']), ...READ_QUEUE],
    update: [...all(QUEUES, ['sqs:SetQueueAttributes', 'sqs:TagQueue', 'sqs:UntagQueue']), ...READ_QUEUE],
    delete: [...all(QUEUES, ['sqs:DeleteQueue']), ...READ_QUEUE],
  },
  'AWS::SQS::QueuePolicy': {
    page: `${REFERENCE}-sqs-queuepolicy.html`,
    actionsPage: `${ACTIONS}_amazonsqs.html`,
    properties: ['PolicyDocument', 'Queues'],
    replacedBy: [],
    create: all(QUEUES, ['sqs:GetQueueAttributes', 'sqs:SetQueueAttributes'], { property: 'Queues' }),
    update: all(QUEUES, ['sqs:GetQueueAttributes', 'sqs:SetQueueAttributes'], { property: 'Queues' }),
    delete: all(QUEUES, ['sqs:GetQueueAttributes', 'sqs:SetQueueAttributes'], { property: 'Queues' }),
  },
  'Custom::AwsBackup': {
    page: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources-lambda.html',
    actionsPage: `${ACTIONS}_awslambda.html`,
    properties: ['CopiesVault', 'ServiceOptIn', 'ServiceTimeout', 'ServiceToken'],
    replacedBy: [],
    create: all(FUNCTIONS, ['lambda:InvokeFunction'], { property: 'ServiceToken' }),
    update: all(FUNCTIONS, ['lambda:InvokeFunction'], { property: 'ServiceToken' }),
    delete: all(FUNCTIONS, ['lambda:InvokeFunction'], { property: 'ServiceToken' }),
  },
};
