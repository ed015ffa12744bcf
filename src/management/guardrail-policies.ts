// Longer than most: one table of all guards, each with its reason.
import type { Region } from '../contract/ids';
import { EXECUTION_ROLES, NAMES, PREFIX, roleNames } from '../contract/names';
import { OF_THE_TOOLING } from './execution-role/handler-permissions';

/** The roles that CloudFormation uses in a member account: the pattern matches both execution roles. */
const ROLLOUT = EXECUTION_ROLES.administrator;
/** All roles of Checkvalve; their names are protected. */
const OUR_ROLES = `${PREFIX}-*`;
/** The role of `export-snapshots` in every Region, which writes the export memory. */
const EXPORTER = roleNames.exporter('*' as Region);
/** The role that the console of AWS Backup creates, and that teams use for backups and copies.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html */
const BACKUP_ROLE = 'service-role/AWSBackupDefaultServiceRole';

const arns = (service: string, ...resources: readonly string[]): string[] =>
  resources.map((resource) => `arn:aws:${service}:*:*:${resource}`);
const roleArns = (names: readonly string[]): string[] => names.map((name) => `arn:aws:iam::*:role/${name}`);
const of = (service: string, ...operations: readonly string[]): string[] =>
  operations.map((operation) => `${service}:${operation}`);

const SHARING = of('rds', 'ModifyDBClusterSnapshotAttribute', 'ModifyDBSnapshotAttribute');
/** Snapshots of AWS Backup. */
const OF_AWS_BACKUP = arns('rds', 'snapshot:awsbackup:*', 'cluster-snapshot:awsbackup:*');

/** Actions that are denied to every principal that is not exempt. */
interface Guard {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Denies on every resource except `resources`. */
  readonly elsewhere?: boolean;
  readonly when?: Readonly<Record<string, string | readonly string[]>>;
  /** Denies where any value of a key matches. */
  readonly whenAny?: Readonly<Record<string, string>>;
  /** Does not deny where this holds. */
  readonly unless?: Readonly<Record<string, string>>;
  /** Names of roles that are exempt from this guard alone. */
  readonly alsoExempt?: readonly string[];
  /** The only role of Checkvalve that is exempt from this guard. */
  readonly onlyOurs?: string;
}

/** A statement of a service control policy, as JSON. */
export interface DenyStatement {
  readonly Sid: string;
  readonly Effect: 'Deny';
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

const deny =
  (exempt: readonly string[]) =>
  ({ sid, actions, resources, elsewhere, when, whenAny, unless, alsoExempt = [], onlyOurs }: Guard): DenyStatement => ({
    Sid: sid,
    Effect: 'Deny',
    Action: actions,
    ...(elsewhere ? { NotResource: resources } : { Resource: resources }),
    Condition: {
      ArnNotLike: { 'aws:PrincipalArn': roleArns([onlyOurs ?? OUR_ROLES, ...exempt, ...alsoExempt]) },
      ...(when && { StringLike: when }),
      ...(whenAny && { 'ForAnyValue:StringLike': whenAny }),
      ...(unless && { StringNotEquals: unless }),
    },
  });

/** Guards of the tooling itself: roles, functions, wakeups and stack. Longer than most: one list, each guard with its reason. */
const tooling = (protectedRoles: readonly string[], backupRoles: readonly string[]): readonly Guard[] => [
  {
    // A principal that could create or change a role with an exempt name would be exempt. AcquireRole creates one from a template.
    // Assumption (acquire-role-is-authorized-on-the-role): IAM authorizes it on the role that it creates, as it does CreateRole;
    // the table of actions does not list it yet.
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
    sid: 'ExemptNames',
    actions: of(
      'iam',
      ...['AcquireRole', 'AttachRolePolicy', 'CreateRole', 'DeleteRole', 'DeleteRolePermissionsBoundary'],
      ...[
        'DeleteRolePolicy',
        'DetachRolePolicy',
        'PutRolePermissionsBoundary',
        'PutRolePolicy',
        'TagRole',
        'UntagRole',
      ],
      ...['UpdateAssumeRolePolicy', 'UpdateRole'],
    ),
    resources: roleArns(protectedRoles),
  },
  {
    // A principal could also pass such a role to its own function. AWS Backup is exempt: on-demand backups pass it its role.
    sid: 'PassExemptRoles',
    actions: of('iam', 'PassRole'),
    resources: roleArns([...protectedRoles, ...backupRoles]),
    unless: { 'iam:PassedToService': 'backup.amazonaws.com' },
  },
  {
    // A principal could also replace the code of a function with such a role. PutResourcePolicy replaces the policy of a function.
    // https://docs.aws.amazon.com/lambda/latest/api/API_PutResourcePolicy.html
    sid: 'Functions',
    actions: of(
      'lambda',
      ...['AddPermission', 'CreateFunctionUrlConfig', 'DeleteFunction', 'PutFunctionConcurrency', 'RemovePermission'],
      ...['PutFunctionEventInvokeConfig', 'UpdateFunctionCode', 'UpdateFunctionConfiguration'],
      ...['UpdateFunctionUrlConfig', 'DeleteResourcePolicy', 'PutResourcePolicy'],
    ),
    resources: arns('lambda', `function:${PREFIX}-*`),
  },
  {
    sid: 'Feeds',
    actions: of('lambda', 'DeleteEventSourceMapping', 'UpdateEventSourceMapping'),
    resources: ['*'],
    when: { 'lambda:FunctionArn': arns('lambda', `function:${PREFIX}-*`) },
  },
  {
    sid: 'Rules',
    actions: of('events', 'DeleteRule', 'DisableRule', 'PutRule', 'PutTargets', 'RemoveTargets'),
    resources: arns('events', `rule/StackSet-${NAMES.stackSet}-*`),
  },
  {
    sid: 'Queues',
    actions: of('sqs', 'AddPermission', 'DeleteQueue', 'PurgeQueue', 'RemovePermission', 'SetQueueAttributes'),
    resources: arns('sqs', `${PREFIX}-*`),
  },
  {
    sid: 'Topic',
    actions: of('sns', 'AddPermission', 'DeleteTopic', 'RemovePermission', 'SetTopicAttributes'),
    resources: arns('sns', NAMES.copiesTopic),
  },
  {
    sid: 'Stacks',
    actions: of(
      'cloudformation',
      ...['CancelUpdateStack', 'ContinueUpdateRollback', 'CreateChangeSet', 'DeleteStack', 'ExecuteChangeSet'],
      ...['RollbackStack', 'SetStackPolicy', 'UpdateStack', 'UpdateTerminationProtection'],
    ),
    resources: arns('cloudformation', `stack/StackSet-${NAMES.stackSet}-*/*`),
  },
];

/** Guards of what the tooling keeps: keys, plans, copies, the export memory and the backup vault. Longer than most: one list, each
 * guard with its reason. */
const retainedResources = (backupRoles: readonly string[]): readonly Guard[] => [
  {
    // One statement for both, because a policy has room for few statements.
    sid: 'KeysAndPlans',
    actions: [
      ...of(
        'kms',
        ...['DeleteImportedKeyMaterial', 'DisableKey', 'DisableKeyRotation', 'PutKeyPolicy', 'ScheduleKeyDeletion'],
        ...['TagResource', 'UntagResource', 'UpdatePrimaryRegion'],
      ),
      ...of(
        'backup',
        ...['DeleteBackupPlan', 'DeleteBackupSelection', 'TagResource', 'UntagResource', 'UpdateBackupPlan'],
      ),
    ],
    resources: [...arns('kms', 'key/*'), ...arns('backup', 'backup-plan:*')],
    when: OF_THE_TOOLING,
  },
  {
    // A key that RAM shares has a second policy, which PutKeyPolicy does not change. RAM has no condition for the tags of a
    // shared resource, so that sharing any key is denied.
    // Assumption (ram-resource-arn-holds-all-shared-resources): a request that names several ARNs carries all of them in `ram:ResourceArn`.
    // https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsresourceaccessmanagerram.html
    sid: 'KeyShares',
    actions: of('ram', 'AssociateResourceShare', 'CreateResourceShare'),
    resources: ['*'],
    whenAny: { 'ram:ResourceArn': 'arn:aws:kms:*:*:key/*' },
  },
  {
    // IAM has no condition for the account that a snapshot is shared with, so that only Checkvalve may share.
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
    sid: 'Sharing',
    actions: SHARING,
    resources: OF_AWS_BACKUP,
    elsewhere: true,
  },
  {
    // AWS Backup shares its own snapshots while it copies them to another account, with the role of the backup plan: copies of
    // teams stay possible. Service control policies do not apply to its service-linked roles.
    // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForBackup.html
    // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    sid: 'SharingOfBackups',
    actions: SHARING,
    resources: OF_AWS_BACKUP,
    alsoExempt: backupRoles,
  },
  {
    // The console of AWS Backup creates its role, so that CreateRole stays allowed. An existing role cannot be taken over.
    sid: 'BackupRoles',
    actions: of('iam', 'DeleteRole', 'UpdateAssumeRolePolicy'),
    resources: roleArns(backupRoles),
  },
  {
    sid: 'ExportCopies',
    actions: of(
      'rds',
      ...['AddTagsToResource', 'CopyDBClusterSnapshot', 'CopyDBSnapshot', 'CreateDBClusterSnapshot'],
      ...['CreateDBSnapshot', 'DeleteDBClusterSnapshot', 'DeleteDBSnapshot', 'ModifyDBSnapshot'],
      'RemoveTagsFromResource',
    ),
    resources: arns('rds', `snapshot:${PREFIX}-*`, `cluster-snapshot:${PREFIX}-*`),
  },
  {
    // The table records which snapshots the vault has: with a forged item, a snapshot is never exported. DynamoDB authorizes a
    // transaction as the writes in it, and PartiQL by separate actions. Creating the table fails while it exists.
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
    sid: 'ExportMemory',
    actions: of(
      'dynamodb',
      ...['BatchWriteItem', 'Delete*', 'PartiQLDelete', 'PartiQLInsert', 'PartiQLUpdate', 'Put*', 'Update*'],
    ),
    resources: arns('dynamodb', `table/${NAMES.exportMemoryTable}`),
    onlyOurs: EXPORTER,
  },
  {
    sid: 'BackupVaults',
    actions: of(
      'backup',
      ...['DeleteBackupVault', 'DeleteBackupVaultAccessPolicy', 'DeleteBackupVaultLockConfiguration'],
      ...['PutBackupVaultAccessPolicy', 'PutBackupVaultLockConfiguration'],
    ),
    resources: arns('backup', `backup-vault:${PREFIX}-*`),
  },
];

/** A service control policy. */
export interface Guardrail {
  readonly name: string;
  readonly description: string;
  readonly document: { readonly Version: '2012-10-17'; readonly Statement: readonly DenyStatement[] };
}

/**
 * The guardrails: service control policies that deny principals of a member account, its administrators included, to change the
 * tooling or what it keeps. Exempt are the execution roles of the rollout, the roles of Checkvalve, and roles that the
 * configuration names. All of these names are protected, so that no principal can make itself exempt.
 * A service control policy has at most 5,120 characters.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 *
 * @param exemptRoles names of roles that are exempt, for instance for emergencies
 * @param backupRoles names, with their paths, of roles that AWS Backup uses for copies of teams, besides the one that its console
 * creates
 */
export function guardrailPolicies(
  exemptRoles: readonly string[],
  backupRoles: readonly string[] = [],
): readonly Guardrail[] {
  const copying = [BACKUP_ROLE, ...backupRoles];
  const exempt = [ROLLOUT, ...exemptRoles];
  const document = (guards: readonly Guard[]): Guardrail['document'] => ({
    Version: '2012-10-17',
    Statement: guards.map(deny(exempt)),
  });
  return [
    {
      name: `${PREFIX}-guards-tooling`,
      description: 'Checkvalve: only the rollout changes the tooling',
      document: document(tooling([OUR_ROLES, ...exempt], copying)),
    },
    {
      name: `${PREFIX}-guards-copies`,
      description: 'Checkvalve: only the tooling disables export keys, shares snapshots or changes export copies',
      document: document(retainedResources(copying)),
    },
  ];
}
