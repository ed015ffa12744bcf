// Longer than most: one table, a row for each type.
import type { JudgedTemplate } from './judged-templates';
import { pointersToOtherAccounts, subscribersInOtherAccounts } from './pointers';
import { isObject, type Json, type ResolvedResource, type Zone } from './template';

/** A resource type that a template may hold: its harmless properties, those that hold policies, and those that point elsewhere. */
export interface ListedType {
  readonly zones: readonly Zone[];
  /** Why a template may hold it. */
  readonly because: string;
  /** Properties that neither give access to the resource nor name another one. */
  readonly plain: readonly string[];
  /** Properties that hold policies: the rules read them. */
  readonly policies?: readonly string[];
  /** Properties, or paths into one, that name another resource, which must be in the same account. */
  readonly points?: readonly string[];
  /** The only keys that these properties may have. */
  readonly only?: Readonly<Record<string, readonly string[]>>;
}

const words = (text: string): readonly string[] => text.split(' ');
const ALL: readonly Zone[] = ['vault', 'management', 'source'];

/**
 * Every resource type that a template may hold, with every property that it may have. The rules refuse a new type, or a new
 * property, until it is listed here: whether it can give access to other accounts is a decision.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
export const RESOURCE_TYPES: Readonly<Record<string, ListedType>> = {
  'AWS::AccessAnalyzer::Analyzer': {
    zones: ALL,
    because: 'It reads policies and reports findings. In the vault, a rule reads its archive rules.',
    plain: words('AnalyzerConfiguration AnalyzerName ArchiveRules Tags Type'),
  },
  'AWS::Backup::BackupPlan': {
    zones: ['source'],
    because: 'AWS Backup creates the snapshots of a source in a backup vault of the same account.',
    plain: words('BackupPlanTags'),
    points: words('BackupPlan'),
  },
  'AWS::Backup::BackupSelection': {
    zones: ['source'],
    because: 'It selects the databases of a source that are backed up. A selection covers no other account.',
    plain: words('BackupPlanId BackupSelection'),
    points: words('BackupSelection.IamRoleArn'),
  },
  'AWS::Backup::BackupVault': {
    zones: ['source'],
    because: 'It holds the snapshots of AWS Backup in a source.',
    plain: words('BackupVaultName BackupVaultTags LockConfiguration'),
    policies: words('AccessPolicy'),
    points: words('EncryptionKeyArn Notifications'),
  },
  'AWS::CloudFormation::StackSet': {
    zones: ['management'],
    because: 'It deploys the tooling into the sources. Rule T8 judges its settings.',
    plain: words(
      'AutoDeployment CallAs Capabilities Description ManagedExecution OperationPreferences PermissionModel StackSetName StackSetOutputBucket Tags TemplateURL',
    ),
    policies: words('ExecutionRoleTemplateBody'),
  },
  'AWS::CloudWatch::Alarm': {
    zones: ['vault', 'management'],
    because: 'It watches a metric, and notifies a topic of the same account.',
    plain: words(
      'ActionsEnabled AlarmDescription AlarmName ComparisonOperator DatapointsToAlarm Dimensions EvaluateLowSampleCountPercentile EvaluationPeriods ExtendedStatistic MetricName Metrics Namespace Period Statistic Tags Threshold ThresholdMetricId TreatMissingData Unit',
    ),
    points: words('AlarmActions InsufficientDataActions OKActions'),
  },
  'AWS::CloudWatch::CompositeAlarm': {
    zones: ['vault', 'management'],
    because: 'It watches other alarms, and notifies a topic of the same account.',
    plain: words(
      'ActionsEnabled ActionsSuppressorExtensionPeriod ActionsSuppressorWaitPeriod AlarmDescription AlarmName AlarmRule Tags',
    ),
    points: words('ActionsSuppressor AlarmActions InsufficientDataActions OKActions'),
  },
  'AWS::CloudWatch::Dashboard': {
    zones: ['vault', 'management'],
    because: 'It shows metrics to principals that already have access to the account.',
    plain: words('DashboardBody DashboardName'),
  },
  'AWS::DynamoDB::Table': {
    zones: ALL,
    because: 'The registry, the sources that the vault has accepted, and the export memory of a source.',
    plain: words(
      'AttributeDefinitions BillingMode ContributorInsightsSpecification DeletionProtectionEnabled GlobalSecondaryIndexes KeySchema LocalSecondaryIndexes OnDemandThroughput PointInTimeRecoverySpecification ProvisionedThroughput TableClass TableName Tags TimeToLiveSpecification',
    ),
    policies: words('ResourcePolicy'),
    points: words('SSESpecification'),
  },
  'AWS::Events::Rule': {
    zones: ALL,
    because: 'It invokes a step of the same account, on a schedule or for an event.',
    plain: words('Description EventPattern Name ScheduleExpression State Tags'),
    points: words('EventBusName RoleArn Targets'),
  },
  'AWS::IAM::ManagedPolicy': {
    zones: ALL,
    because: 'It holds statements of a role of the same template. The rules read them with the role’s own.',
    plain: words('Description Groups ManagedPolicyName Path Roles Users'),
    policies: words('PolicyDocument'),
  },
  'AWS::IAM::Policy': {
    zones: ALL,
    because: 'It holds statements of a role of the same template. The rules read them with the role’s own.',
    plain: words('Groups PolicyName Roles Users'),
    policies: words('PolicyDocument'),
  },
  'AWS::IAM::Role': {
    zones: ALL,
    because: 'The role of a step, or an access role. The rules read its trust policy and its permissions.',
    plain: words('Description MaxSessionDuration Path RoleName Tags'),
    policies: words('AssumeRolePolicyDocument ManagedPolicyArns PermissionsBoundary Policies'),
  },
  'AWS::KMS::Alias': {
    zones: ['vault', 'management'],
    because: 'A name for a key of the same account.',
    plain: words('AliasName'),
    points: words('TargetKeyId'),
  },
  'AWS::KMS::Key': {
    zones: ALL,
    because: 'The import key, the export keys and the keys of topics. The rules read their policies.',
    plain: words('Description EnableKeyRotation KeySpec KeyUsage PendingWindowInDays RotationPeriodInDays Tags'),
    policies: words('KeyPolicy'),
  },
  'AWS::Lambda::EventSourceMapping': {
    zones: ALL,
    because: 'It invokes a step with messages of a queue of the same account.',
    plain: words(
      'BatchSize Enabled FilterCriteria FunctionResponseTypes MaximumBatchingWindowInSeconds MaximumRecordAgeInSeconds MaximumRetryAttempts ScalingConfig Tags',
    ),
    points: words('DestinationConfig EventSourceArn FunctionName KmsKeyArn'),
  },
  'AWS::Lambda::Function': {
    zones: ALL,
    because: 'A step. Its code is in the template itself.',
    plain: words(
      'Architectures Code Description Environment EphemeralStorage FunctionName Handler LoggingConfig MemorySize PackageType RecursiveLoop ReservedConcurrentExecutions Runtime RuntimeManagementConfig Tags Timeout TracingConfig VpcConfig',
    ),
    points: words('DeadLetterConfig KmsKeyArn Layers Role'),
    only: { Code: words('ZipFile') },
  },
  'AWS::Lambda::Permission': {
    zones: ALL,
    because: 'It allows a rule of the same account to invoke a step. The rules read it as a statement.',
    plain: [],
    policies: words('Action Principal SourceAccount SourceArn'),
    points: words('FunctionName'),
  },
  'AWS::Logs::LogGroup': {
    zones: ALL,
    because: 'The log of a step.',
    plain: words('LogGroupClass LogGroupName RetentionInDays Tags'),
    points: words('KmsKeyId'),
  },
  'AWS::Logs::MetricFilter': {
    zones: ['vault', 'management'],
    because: 'It counts log events of the same account.',
    plain: words('FilterName FilterPattern LogGroupName MetricTransformations'),
  },
  'AWS::Organizations::Policy': {
    zones: ['management'],
    because: 'A policy of the organization that only denies, and not in the vault. Rule T9 judges it.',
    plain: words('Content Description Name Tags TargetIds Type'),
  },
  'AWS::S3::Bucket': {
    zones: ['vault', 'management'],
    because: 'It stores reports. The rules read its policy, and it is replicated nowhere.',
    plain: words(
      'BucketName IntelligentTieringConfigurations LifecycleConfiguration MetricsConfigurations ObjectLockConfiguration ObjectLockEnabled OwnershipControls PublicAccessBlockConfiguration Tags VersioningConfiguration',
    ),
    points: words('BucketEncryption LoggingConfiguration NotificationConfiguration'),
  },
  'AWS::S3::BucketPolicy': {
    zones: ['vault', 'management'],
    because: 'The policy of a bucket. The rules read it.',
    plain: [],
    policies: words('PolicyDocument'),
    points: words('Bucket'),
  },
  'AWS::SNS::Subscription': {
    zones: ['vault', 'management'],
    because: 'It subscribes a queue or a step of the same account. Email addresses are subscribed by hand.',
    plain: words('DeliveryPolicy FilterPolicy FilterPolicyScope Protocol RawMessageDelivery'),
    points: words('Endpoint RedrivePolicy TopicArn'),
  },
  'AWS::SNS::Topic': {
    zones: ALL,
    because: 'The copies topic of a source, and the alerts topics.',
    plain: words('DisplayName FifoTopic SignatureVersion Tags TopicName TracingConfig'),
    points: words('KmsMasterKeyId'),
  },
  'AWS::SNS::TopicPolicy': {
    zones: ALL,
    because: 'The policy of a topic. The rules read it.',
    plain: [],
    policies: words('PolicyDocument'),
    points: words('Topics'),
  },
  'AWS::SQS::Queue': {
    zones: ALL,
    because: 'The inbox, its dead-letter queue, the wakeups, and the batches of a sweep.',
    plain: words(
      'ContentBasedDeduplication DelaySeconds FifoQueue KmsDataKeyReusePeriodSeconds MaximumMessageSize MessageRetentionPeriod QueueName ReceiveMessageWaitTimeSeconds SqsManagedSseEnabled Tags VisibilityTimeout',
    ),
    points: words('KmsMasterKeyId RedriveAllowPolicy RedrivePolicy'),
  },
  'AWS::SQS::QueuePolicy': {
    zones: ALL,
    because: 'The policy of a queue. The rules read it.',
    plain: [],
    policies: words('PolicyDocument'),
    points: words('Queues'),
  },
  'Custom::AwsBackup': {
    zones: ['source'],
    because: 'It invokes `enable-backup`, a function of the same template, when the tooling is deployed.',
    plain: words('CopiesVault ServiceOptIn ServiceTimeout'),
    points: words('ServiceToken'),
  },
};

/** The type and the properties of a resource that are not listed, and what it names outside its account. */
export function unlistedPropertiesOf(resource: ResolvedResource, template: JudgedTemplate): readonly string[] {
  const { type, properties } = resource;
  const listed = Object.hasOwn(RESOURCE_TYPES, type) ? RESOURCE_TYPES[type] : undefined;
  if (!listed?.zones.includes(template.zone)) return [`${type} is not a listed resource type for the ${template.zone}`];
  const { plain, policies = [], points = [], only = {} } = listed;
  const names = [...plain, ...policies, ...points];
  const unlisted = Object.keys(properties).filter((name) => !names.includes(name));
  const unlistedKeys = Object.entries(only).flatMap(([name, keys]) =>
    Object.keys(Object(properties[name] ?? {}))
      .filter((key) => !keys.includes(key))
      .map((key) => `${name}.${key}`),
  );
  const pointers = points.flatMap((path) => {
    const steps = path.split('.');
    const held = steps.reduce<Json>((at, name) => (isObject(at) ? (at[name] ?? null) : null), properties);
    return pointersToOtherAccounts(held, template, steps.at(-1)).map((one) => `${path} points to ${one}`);
  });
  return [
    ...[...unlisted, ...unlistedKeys].map((name) => `${name} is not a listed property of ${type}`),
    ...pointers,
    ...subscribersInOtherAccounts(resource, template),
  ];
}
