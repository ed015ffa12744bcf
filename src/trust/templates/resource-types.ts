// Longer than most: one table, a row for each type.
import { isObject, type Json } from './template';
import type { JudgedResource, JudgedTemplate, Zone } from './judged-templates';
import { pointersAbroad, toldAbroad } from './pointers';

/** A type of resource that somebody has thought about: which of its properties say nothing, and which open it or point. */
export interface KnownType {
  readonly zones: readonly Zone[];
  /** Why it may stand in a template. */
  readonly because: string;
  /** Properties that neither open the resource nor point anywhere. */
  readonly plain: readonly string[];
  /** Properties that hold policies: the rules read them. */
  readonly policies?: readonly string[];
  /** Properties, or a path into one, that name another resource: it must be one of the same account. */
  readonly points?: readonly string[];
  /** The only keys that these properties may have. */
  readonly only?: Readonly<Record<string, readonly string[]>>;
}

const words = (text: string): readonly string[] => text.split(' ');
const ALL: readonly Zone[] = ['vault', 'management', 'source'];

/**
 * Every type of resource that a template may hold, with every property that it may have. A new type, or a new property of a
 * type, is refused until it stands here: it is a decision whether it can open something to others.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
export const RESOURCE_TYPES: Readonly<Record<string, KnownType>> = {
  'AWS::AccessAnalyzer::Analyzer': {
    zones: ALL,
    because: 'It looks at policies, and tells; it opens nothing. What it keeps still about in the vault is read.',
    plain: words('AnalyzerConfiguration AnalyzerName ArchiveRules Tags Type'),
  },
  'AWS::Backup::BackupPlan': {
    zones: ['source'],
    because: 'AWS Backup makes the snapshots of a source, into a backup vault of the same account.',
    plain: words('BackupPlanTags'),
    points: words('BackupPlan'),
  },
  'AWS::Backup::BackupSelection': {
    zones: ['source'],
    because: 'It names the databases of a source that are backed up; a selection reaches no other account.',
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
    because: 'It carries the tooling into the sources: another rule says which, and how.',
    plain: words(
      'AutoDeployment CallAs Capabilities Description ManagedExecution OperationPreferences PermissionModel StackSetName StackSetOutputBucket Tags TemplateURL',
    ),
    policies: words('ExecutionRoleTemplateBody'),
  },
  'AWS::CloudWatch::Alarm': {
    zones: ['vault', 'management'],
    because: 'It watches, and tells a topic of the same account.',
    plain: words(
      'ActionsEnabled AlarmDescription AlarmName ComparisonOperator DatapointsToAlarm Dimensions EvaluateLowSampleCountPercentile EvaluationPeriods ExtendedStatistic MetricName Metrics Namespace Period Statistic Tags Threshold ThresholdMetricId TreatMissingData Unit',
    ),
    points: words('AlarmActions InsufficientDataActions OKActions'),
  },
  'AWS::CloudWatch::CompositeAlarm': {
    zones: ['vault', 'management'],
    because: 'It watches other alarms, and tells a topic of the same account.',
    plain: words(
      'ActionsEnabled ActionsSuppressorExtensionPeriod ActionsSuppressorWaitPeriod AlarmDescription AlarmName AlarmRule Tags',
    ),
    points: words('ActionsSuppressor AlarmActions InsufficientDataActions OKActions'),
  },
  'AWS::CloudWatch::Dashboard': {
    zones: ['vault', 'management'],
    because: 'It shows figures to whoever may look into the account anyway.',
    plain: words('DashboardBody DashboardName'),
  },
  'AWS::DynamoDB::Table': {
    zones: ALL,
    because: 'The registry, the sources that the vault has accepted, and what a source has exported.',
    plain: words(
      'AttributeDefinitions BillingMode ContributorInsightsSpecification DeletionProtectionEnabled GlobalSecondaryIndexes KeySchema LocalSecondaryIndexes OnDemandThroughput PointInTimeRecoverySpecification ProvisionedThroughput TableClass TableName Tags TimeToLiveSpecification',
    ),
    policies: words('ResourcePolicy'),
    points: words('SSESpecification'),
  },
  'AWS::Events::Rule': {
    zones: ALL,
    because: 'It wakes a step of the same account, by the clock or by what AWS tells.',
    plain: words('Description EventPattern Name ScheduleExpression State Tags'),
    points: words('EventBusName RoleArn Targets'),
  },
  'AWS::IAM::ManagedPolicy': {
    zones: ALL,
    because: 'Statements of a role of the same template: they are read with the role’s own.',
    plain: words('Description Groups ManagedPolicyName Path Roles Users'),
    policies: words('PolicyDocument'),
  },
  'AWS::IAM::Policy': {
    zones: ALL,
    because: 'Statements of a role of the same template: they are read with the role’s own.',
    plain: words('Groups PolicyName Roles Users'),
    policies: words('PolicyDocument'),
  },
  'AWS::IAM::Role': {
    zones: ALL,
    because: 'What a step runs as, or an access role: who may take it and what it may do is read.',
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
    because: 'The import key and the export keys: their policies are read.',
    plain: words('Description EnableKeyRotation KeySpec KeyUsage PendingWindowInDays RotationPeriodInDays Tags'),
    policies: words('KeyPolicy'),
  },
  'AWS::Lambda::EventSourceMapping': {
    zones: ALL,
    because: 'It feeds a step from a queue of the same account.',
    plain: words(
      'BatchSize Enabled FilterCriteria FunctionResponseTypes MaximumBatchingWindowInSeconds MaximumRecordAgeInSeconds MaximumRetryAttempts ScalingConfig Tags',
    ),
    points: words('DestinationConfig EventSourceArn FunctionName KmsKeyArn'),
  },
  'AWS::Lambda::Function': {
    zones: ALL,
    because: 'A step; its code stands in the template itself.',
    plain: words(
      'Architectures Code Description Environment EphemeralStorage FunctionName Handler LoggingConfig MemorySize PackageType RecursiveLoop ReservedConcurrentExecutions Runtime RuntimeManagementConfig Tags Timeout TracingConfig VpcConfig',
    ),
    points: words('DeadLetterConfig KmsKeyArn Layers Role'),
    only: { Code: words('ZipFile') },
  },
  'AWS::Lambda::Permission': {
    zones: ALL,
    because: 'It lets a rule of the same account wake a step: it is read as a statement.',
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
    because: 'It counts what a log of the same account says.',
    plain: words('FilterName FilterPattern LogGroupName MetricTransformations'),
  },
  'AWS::Organizations::Policy': {
    zones: ['management'],
    because: 'A policy of the organization that denies, and not to the vault: another rule reads it.',
    plain: words('Content Description Name Tags TargetIds Type'),
  },
  'AWS::S3::Bucket': {
    zones: ['vault', 'management'],
    because: 'Evidence, and copies as tables: its policy is read, and it is copied nowhere.',
    plain: words(
      'BucketName IntelligentTieringConfigurations LifecycleConfiguration MetricsConfigurations ObjectLockConfiguration ObjectLockEnabled OwnershipControls PublicAccessBlockConfiguration Tags VersioningConfiguration',
    ),
    points: words('BucketEncryption LoggingConfiguration NotificationConfiguration'),
  },
  'AWS::S3::BucketPolicy': {
    zones: ['vault', 'management'],
    because: 'Who may use a bucket: it is read.',
    plain: [],
    policies: words('PolicyDocument'),
    points: words('Bucket'),
  },
  'AWS::SNS::Subscription': {
    zones: ['vault', 'management'],
    because: 'It tells a queue or a step of the same account; people subscribe by hand.',
    plain: words('DeliveryPolicy FilterPolicy FilterPolicyScope Protocol RawMessageDelivery'),
    points: words('Endpoint RedrivePolicy TopicArn'),
  },
  'AWS::SNS::Topic': {
    zones: ALL,
    because: 'The copies topic of a source, and what alarms tell.',
    plain: words('DisplayName FifoTopic SignatureVersion Tags TopicName TracingConfig'),
    points: words('KmsMasterKeyId'),
  },
  'AWS::SNS::TopicPolicy': {
    zones: ALL,
    because: 'Who may use a topic: it is read.',
    plain: [],
    policies: words('PolicyDocument'),
    points: words('Topics'),
  },
  'AWS::SQS::Queue': {
    zones: ALL,
    because: 'The inbox, its dead letters, and the batches of a sweep.',
    plain: words(
      'ContentBasedDeduplication DelaySeconds FifoQueue KmsDataKeyReusePeriodSeconds MaximumMessageSize MessageRetentionPeriod QueueName ReceiveMessageWaitTimeSeconds SqsManagedSseEnabled Tags VisibilityTimeout',
    ),
    points: words('KmsMasterKeyId RedriveAllowPolicy RedrivePolicy'),
  },
  'AWS::SQS::QueuePolicy': {
    zones: ALL,
    because: 'Who may use a queue: it is read.',
    plain: [],
    policies: words('PolicyDocument'),
    points: words('Queues'),
  },
  'Custom::AwsBackup': {
    zones: ['source'],
    because: 'It runs enable-backup, a function of the same template, when the tooling comes.',
    plain: words('CopiesVault ServiceOptIn ServiceTimeout'),
    points: words('ServiceToken'),
  },
};

/** What of a resource nobody has thought about, and where it points outside its account. */
export function strangeIn(resource: JudgedResource, template: JudgedTemplate): readonly string[] {
  const { type, properties } = resource;
  const known = Object.hasOwn(RESOURCE_TYPES, type) ? RESOURCE_TYPES[type] : undefined;
  if (!known?.zones.includes(template.zone))
    return [`${type} is a type that nobody has judged for the ${template.zone}`];
  const { plain, policies = [], points = [], only = {} } = known;
  const names = [...plain, ...policies, ...points];
  const strange = Object.keys(properties).filter((name) => !names.includes(name));
  const inner = Object.entries(only).flatMap(([name, keys]) =>
    Object.keys(Object(properties[name] ?? {}))
      .filter((key) => !keys.includes(key))
      .map((key) => `${name}.${key}`),
  );
  const abroad = points.flatMap((path) => {
    const names = path.split('.');
    const held = names.reduce<Json>((at, name) => (isObject(at) ? (at[name] ?? null) : null), properties);
    return pointersAbroad(held, template, names.at(-1)).map((one) => `${path} points to ${one}`);
  });
  return [
    ...[...strange, ...inner].map((name) => `${name} is a property of ${type} that nobody has judged`),
    ...abroad,
    ...toldAbroad(resource, template),
  ];
}
