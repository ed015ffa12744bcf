// Longer than most: one table of all guards, each with its reason.
import type { Region } from '../contract/ids';
import { EXECUTION_ROLES, NAMES, PREFIX, roleNames, TAGS } from '../contract/names';

/** Who CloudFormation acts as in a member account: the pattern is that of both execution roles. */
const ROLLOUT = EXECUTION_ROLES.administrator;
/** All roles of ours; their names are protected. */
const OUR_ROLES = `${PREFIX}-*`;
/** The role in every Region that remembers what was exported. */
const EXPORTER = roleNames.exporter('*' as Region);
/** The role that AWS Backup's console makes, and that teams back up and copy under.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html */
const BACKUP_ROLE = 'service-role/AWSBackupDefaultServiceRole';
/** What carries the tag that the tooling puts on all it makes. */
const OF_THE_TOOLING = { [`aws:ResourceTag/${TAGS.part}`]: NAMES.stackSet };

const arns = (service: string, ...resources: readonly string[]): string[] =>
  resources.map((resource) => `arn:aws:${service}:*:*:${resource}`);
const roleArns = (names: readonly string[]): string[] => names.map((name) => `arn:aws:iam::*:role/${name}`);
const of = (service: string, ...operations: readonly string[]): string[] =>
  operations.map((operation) => `${service}:${operation}`);

const SHARING = of('rds', 'ModifyDBClusterSnapshotAttribute', 'ModifyDBSnapshotAttribute');
/** Snapshots that AWS Backup has made. */
const OF_AWS_BACKUP = arns('rds', 'snapshot:awsbackup:*', 'cluster-snapshot:awsbackup:*');

/** An action that is denied to whoever is not exempt. */
interface Guard {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Holds on everything but `resources`. */
  readonly elsewhere?: boolean;
  readonly when?: Readonly<Record<string, string | readonly string[]>>;
  /** Holds where any value of a key is like this. */
  readonly whenAny?: Readonly<Record<string, string>>;
  /** Holds unless this is so, too. */
  readonly unless?: Readonly<Record<string, string>>;
  /** Names of roles that are exempt from this guard alone. */
  readonly alsoExempt?: readonly string[];
  /** Of our own roles the only one that is exempt from this guard. */
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

/** The tooling itself: its roles, functions, wakeups and stack. */
const tooling = (protectedRoles: readonly string[], backupRoles: readonly string[]): readonly Guard[] => [
  {
    // Whoever could make or change a role of an exempt name would be exempt. AcquireRole makes one from a template.
    // Assumption (acquire-role-is-authorized-on-the-role): it is authorized on the role that it makes, as CreateRole is; IAM's action table does not list it yet.
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
    // Or hand such a role to a function of his own. AWS Backup is given its role for backups that are asked for by hand.
    sid: 'PassExemptRoles',
    actions: of('iam', 'PassRole'),
    resources: roleArns([...protectedRoles, ...backupRoles]),
    unless: { 'iam:PassedToService': 'backup.amazonaws.com' },
  },
  {
    // Or put code of his own into a function that has one. PutResourcePolicy replaces a function's whole policy.
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

/** What the tooling keeps: keys, plans, copies, the memory of them and the backup vault. */
const retainedResources = (backupRoles: readonly string[]): readonly Guard[] => [
  {
    // One statement for both, since a policy has room for few.
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
    // A key that RAM shares has a second policy, which PutKeyPolicy does not touch. RAM has no condition for the tags of
    // what is shared, so no key is shared at all.
    // Assumption (ram-resource-arn-holds-all-shared-resources): a request that names several ARNs carries all of them in `ram:ResourceArn`.
    // https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsresourceaccessmanagerram.html
    sid: 'KeyShares',
    actions: of('ram', 'AssociateResourceShare', 'CreateResourceShare'),
    resources: ['*'],
    whenAny: { 'ram:ResourceArn': 'arn:aws:kms:*:*:key/*' },
  },
  {
    // IAM has no condition for the account that a snapshot is shared with, so sharing is ours alone.
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
    sid: 'Sharing',
    actions: SHARING,
    resources: OF_AWS_BACKUP,
    elsewhere: true,
  },
  {
    // AWS Backup shares its own snapshots while it copies them to another account, under the role of the backup plan: a
    // team's copies go on. Its service-linked roles are under no service control policy.
    // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForBackup.html
    // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    sid: 'SharingOfBackups',
    actions: SHARING,
    resources: OF_AWS_BACKUP,
    alsoExempt: backupRoles,
  },
  {
    // AWS Backup's console makes its role, so CreateRole stays allowed; nobody takes over one that is there.
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
    // What stands there says which snapshots the vault has: an item more, and a snapshot is never exported. A transaction is
    // authorized as the writes in it, and PartiQL by actions of its own. Whatever makes a table fails while this one stands.
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
 * The guardrails: service control policies that keep everybody in a member account, its administrator included, from
 * changing the tooling or what it keeps. Exempt are CloudFormation's rollout, our own roles, and roles that the
 * configuration names; all of these names are protected, so that nobody makes himself exempt.
 * A service control policy holds at most 5,120 characters.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 *
 * @param exemptRoles names of roles that may do what is denied, for instance in an emergency
 * @param backupRoles names, with their paths, of roles under which AWS Backup copies for teams, beside the one that its
 * console makes
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
      description: 'Checkvalve: nobody changes the tooling but its rollout',
      document: document(tooling([OUR_ROLES, ...exempt], copying)),
    },
    {
      name: `${PREFIX}-guards-copies`,
      description: 'Checkvalve: nobody disables export keys, shares snapshots or touches export copies but the tooling',
      document: document(retainedResources(copying)),
    },
  ];
}
