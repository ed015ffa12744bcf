import { NAMES, PREFIX, RECOVERY_POINT_TAGS, TAGS } from '../../contract/names';
import { LOG_PERMISSIONS } from './log-permissions';
import type { PermissionRow, RequiredCondition } from './permission-row';
import { ROLES } from './role-patterns';

const here = (kind: string): string => `arn:aws:rds:{region}:{account}:${kind}`;
/** One role of AWS Backup serves all Regions of an account. */
const anywhere = (kind: string): string => `arn:aws:rds:*:{account}:${kind}`;
const both = (name: string, where = here): readonly string[] => [
  where(`snapshot:${name}`),
  where(`cluster-snapshot:${name}`),
];
const DATABASES = ['db:*', 'cluster:*'].map(anywhere);
const POINTS = both('awsbackup:*', anywhere);
const BACKUP_VAULTS = `arn:aws:backup:*:{account}:backup-vault:${PREFIX}-*`;
const AUTOMATED = both('rds:*', anywhere);

/** Only snapshots of the tooling’s own backup plans have a tag with the id of its key. */
const tagged = (key: string): RequiredCondition => ['StringEquals', `${key}/${RECOVERY_POINT_TAGS.exportKey}`, '{key}'];
/** On an export copy the vault may write its own two tags, and a request without tags does not match. */
export const ONLY_OUR_TAGS: readonly RequiredCondition[] = [
  ['ForAllValues:StringEquals', 'aws:TagKeys', TAGS.importedAt, TAGS.held],
  ['Null', 'aws:TagKeys', 'false'],
];

/** On a snapshot of AWS Backup the tooling may write the reason why it is held, and nothing else. */
const ONLY_THE_REASON: readonly RequiredCondition[] = [
  ['ForAllValues:StringEquals', 'aws:TagKeys', TAGS.held],
  ['Null', 'aws:TagKeys', 'false'],
];

/** What a list of snapshots needs. */
export const READ_SNAPSHOTS: PermissionRow = {
  by: [ROLES.exporter, ROLES.snapshotAccess, ROLES.coverageAccess],
  may: ['rds:DescribeDBClusterSnapshots', 'rds:DescribeDBSnapshots', 'rds:ListTagsForResource'],
  on: [...['db:*', 'cluster:*'].map(here), ...both('*')],
  because: 'A list holds all snapshots of the account and Region.',
};

const EXPORTER: readonly PermissionRow[] = [
  {
    by: [ROLES.exporter],
    may: ['rds:CopyDBSnapshot'],
    on: [here('snapshot:awsbackup:*'), here('snapshot:rds:*')],
    when: [tagged('rds:snapshot-tag')],
    because: 'Only snapshots with the tag of the tooling’s own backup plans are copied.',
  },
  {
    by: [ROLES.exporter],
    may: ['rds:CopyDBClusterSnapshot'],
    on: [here('cluster-snapshot:awsbackup:*'), here('cluster-snapshot:rds:*')],
    when: [tagged('rds:cluster-snapshot-tag')],
    because: 'Only snapshots with the tag of the tooling’s own backup plans are copied.',
  },
  {
    by: [ROLES.exporter],
    may: ['rds:CopyDBClusterSnapshot', 'rds:CopyDBSnapshot'],
    on: both(`${PREFIX}-*`),
    when: [['StringEquals', `aws:RequestTag/${TAGS.role}`, 'export']],
    because: 'The copies are export copies: they have the prefix and the role tag of Checkvalve.',
  },
  {
    by: [ROLES.exporter],
    may: ['rds:AddTagsToResource'],
    on: both(`${PREFIX}-*`),
    because: 'The step writes what it knows about an export copy in its tags.',
  },
  {
    by: [ROLES.exporter],
    may: ['rds:AddTagsToResource'],
    on: [...both('awsbackup:*'), ...both('rds:*')],
    when: [tagged('aws:ResourceTag'), ...ONLY_THE_REASON],
    because:
      'The step tags a snapshot of AWS Backup, or of RDS with the tag of the plan, with the reason why it is not copied to the vault.',
  },
  {
    by: [ROLES.exporter],
    may: ['dynamodb:Scan', 'dynamodb:UpdateItem'],
    on: ['created AWS::DynamoDB::Table'],
    because: 'The step records the exported snapshots in a table of the tooling.',
  },
  {
    by: [ROLES.exporter],
    may: ['sns:Publish'],
    on: ['created AWS::SNS::Topic'],
    because: 'The step notifies the vault of an export copy.',
  },
  {
    by: [ROLES.exporter],
    may: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:SendMessage'],
    on: [`arn:aws:sqs:{region}:{account}:${NAMES.wakeups}`],
    because: 'The step reads its wakeups from its queue, and sends new ones to itself.',
  },
];

const BACKUP: readonly PermissionRow[] = [
  {
    by: [ROLES.backup],
    may: [
      'rds:DescribeDBClusterSnapshots',
      'rds:DescribeDBClusters',
      'rds:DescribeDBInstances',
      'rds:DescribeDBSnapshots',
      'rds:ListTagsForResource',
    ],
    on: [...DATABASES, ...POINTS, ...AUTOMATED],
    because: 'AWS Backup finds the databases that carry the tag.',
  },
  {
    by: [ROLES.backup],
    may: ['tag:GetResources'],
    on: ['*'],
    because: 'AWS Backup finds the databases that carry the tag, by an API without resources.',
  },
  {
    by: [ROLES.backup],
    may: ['rds:DescribeDBClusterAutomatedBackups', 'rds:ModifyDBCluster'],
    on: [anywhere('cluster:*'), anywhere('cluster-auto-backup:*')],
    because: 'AWS’s policy for the role of AWS Backup has these actions for clusters.',
  },
  {
    by: [ROLES.backup],
    may: ['backup:TagResource'],
    on: [...POINTS, 'arn:aws:backup:*:{account}:recovery-point:*'],
    because: 'AWS Backup writes the plan’s tags.',
  },
  {
    by: [ROLES.backup],
    may: ['rds:CreateDBClusterSnapshot', 'rds:CreateDBSnapshot'],
    on: [...DATABASES, ...POINTS],
    because: 'AWS Backup creates snapshots of the databases.',
  },
  {
    by: [ROLES.backup],
    may: ['rds:CopyDBClusterSnapshot', 'rds:CopyDBSnapshot'],
    on: [...POINTS, ...AUTOMATED],
    because: 'AWS Backup creates some snapshots as copies of an automated snapshot.',
  },
  { by: [ROLES.backup], may: ['rds:AddTagsToResource'], on: POINTS, because: 'AWS Backup writes the plan’s tags.' },
  {
    by: [ROLES.backup],
    may: ['backup:CopyFromBackupVault', 'backup:CopyIntoBackupVault', 'backup:DescribeBackupVault'],
    on: [BACKUP_VAULTS],
    because: 'AWS Backup stores the snapshots in the backup vaults of the tooling.',
  },
  {
    by: [ROLES.backup],
    may: ['backup:CopyFromBackupVault'],
    on: POINTS,
    because: 'AWS Backup copies the snapshots to another Region of the same account.',
  },
  {
    by: [ROLES.backupEnabler],
    may: ['backup:DescribeRegionSettings', 'backup:UpdateRegionSettings'],
    on: ['*'],
    because: 'The service opt-in is a setting of the account in a Region: AWS Backup supports no resource for it.',
  },
  {
    by: [ROLES.backupEnabler],
    may: ['backup:CreateBackupVault'],
    on: [BACKUP_VAULTS],
    because: 'A backup vault of the same account stores the copies from other Regions.',
  },
  {
    by: [ROLES.backupEnabler],
    may: ['backup-storage:MountCapsule'],
    on: ['*'],
    because: 'AWS Backup authorizes it, without a resource, for each principal that creates a backup vault.',
  },
];

/** What roles in a source may do, except with keys, to share, to delete and at access roles. All of it is in their own account. */
export const SOURCE_PERMISSIONS: readonly PermissionRow[] = [LOG_PERMISSIONS, READ_SNAPSHOTS, ...EXPORTER, ...BACKUP];
