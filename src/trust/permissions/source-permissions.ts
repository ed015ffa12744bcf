import { NAMES, PREFIX, RECOVERY_POINT_TAGS, TAGS } from '../../contract/names';
import { LOG_REACH } from './log-permissions';
import type { Guard, Reach } from './permission-row';
import { ROLES } from './role-patterns';

const here = (kind: string): string => `arn:aws:rds:{region}:{account}:${kind}`;
/** AWS Backup makes its role once for all Regions of an account. */
const anywhere = (kind: string): string => `arn:aws:rds:*:{account}:${kind}`;
const both = (name: string, where = here): readonly string[] => [
  where(`snapshot:${name}`),
  where(`cluster-snapshot:${name}`),
];
const DATABASES = ['db:*', 'cluster:*'].map(anywhere);
const POINTS = both('awsbackup:*', anywhere);
const BACKUP_VAULTS = `arn:aws:backup:*:{account}:backup-vault:${PREFIX}-*`;
const AUTOMATED = both('rds:*', anywhere);

/** Only snapshots of the tooling's own plans carry the id of its key. */
const tagged = (key: string): Guard => ['StringEquals', `${key}/${RECOVERY_POINT_TAGS.exportKey}`, '{key}'];
/** Of an export copy's tags, only what the vault has to say may be written; a request without any tag is none. */
export const ONLY_OUR_MARKS: readonly Guard[] = [
  ['ForAllValues:StringEquals', 'aws:TagKeys', TAGS.takenAt, TAGS.held],
  ['Null', 'aws:TagKeys', 'false'],
];

/** Of the tags of AWS Backup's snapshots, only the verdict. */
const ONLY_THE_VERDICT: readonly Guard[] = [
  ['ForAllValues:StringEquals', 'aws:TagKeys', TAGS.held],
  ['Null', 'aws:TagKeys', 'false'],
];

/** What listings are of. */
export const READ_SNAPSHOTS: Reach = {
  by: [ROLES.exporter, ROLES.snapshotAccess, ROLES.coverageAccess],
  may: ['rds:DescribeDBClusterSnapshots', 'rds:DescribeDBSnapshots', 'rds:ListTagsForResource'],
  on: [...['db:*', 'cluster:*'].map(here), ...both('*')],
  because: 'A listing is of all snapshots of the account and Region.',
};

const EXPORTER: readonly Reach[] = [
  {
    by: [ROLES.exporter],
    may: ['rds:CopyDBSnapshot'],
    on: [here('snapshot:awsbackup:*'), here('snapshot:rds:*')],
    when: [tagged('rds:snapshot-tag')],
    because: 'Only snapshots with the tag of the tooling’s own plans are copied.',
  },
  {
    by: [ROLES.exporter],
    may: ['rds:CopyDBClusterSnapshot'],
    on: [here('cluster-snapshot:awsbackup:*'), here('cluster-snapshot:rds:*')],
    when: [tagged('rds:cluster-snapshot-tag')],
    because: 'Only snapshots with the tag of the tooling’s own plans are copied.',
  },
  {
    by: [ROLES.exporter],
    may: ['rds:CopyDBClusterSnapshot', 'rds:CopyDBSnapshot'],
    on: both(`${PREFIX}-*`),
    when: [['StringEquals', `aws:RequestTag/${TAGS.role}`, 'export']],
    because: 'They become export copies, of our name and mark.',
  },
  {
    by: [ROLES.exporter],
    may: ['rds:AddTagsToResource'],
    on: both(`${PREFIX}-*`),
    because: 'What is known of an export copy is written on it.',
  },
  {
    by: [ROLES.exporter],
    may: ['rds:AddTagsToResource'],
    on: [...both('awsbackup:*'), ...both('rds:*')],
    when: [tagged('aws:ResourceTag'), ...ONLY_THE_VERDICT],
    because: 'On a snapshot of AWS Backup, or of RDS with our tag, the tooling says why it is not copied to the vault.',
  },
  {
    by: [ROLES.exporter],
    may: ['dynamodb:Scan', 'dynamodb:UpdateItem'],
    on: ['made AWS::DynamoDB::Table'],
    because: 'The tooling remembers in a table of its own which snapshots were exported.',
  },
  {
    by: [ROLES.exporter],
    may: ['sns:Publish'],
    on: ['made AWS::SNS::Topic'],
    because: 'An export copy is announced.',
  },
  {
    by: [ROLES.exporter],
    may: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:SendMessage'],
    on: [`arn:aws:sqs:{region}:{account}:${NAMES.wakeups}`],
    because: 'The step is fed from its own queue, and reminds itself there.',
  },
];

const BACKUP: readonly Reach[] = [
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
    because: 'AWS’s recipe has it for clusters.',
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
    because: 'AWS Backup makes snapshots of them.',
  },
  {
    by: [ROLES.backup],
    may: ['rds:CopyDBClusterSnapshot', 'rds:CopyDBSnapshot'],
    on: [...POINTS, ...AUTOMATED],
    because: 'AWS Backup makes some of them by copying an automated snapshot.',
  },
  { by: [ROLES.backup], may: ['rds:AddTagsToResource'], on: POINTS, because: 'AWS Backup writes the plan’s tags.' },
  {
    by: [ROLES.backup],
    may: ['backup:CopyFromBackupVault', 'backup:CopyIntoBackupVault', 'backup:DescribeBackupVault'],
    on: [BACKUP_VAULTS],
    because: 'They go into the tooling’s own backup vaults.',
  },
  {
    by: [ROLES.backup],
    may: ['backup:CopyFromBackupVault'],
    on: POINTS,
    because: 'They are copied into another Region of the same account.',
  },
  {
    by: [ROLES.backupEnabler],
    may: ['backup:DescribeRegionSettings', 'backup:UpdateRegionSettings'],
    on: ['*'],
    because: 'The service opt-in is a setting of the account in a Region: there is nothing smaller to name.',
  },
  {
    by: [ROLES.backupEnabler],
    may: ['backup:CreateBackupVault'],
    on: [BACKUP_VAULTS],
    because: 'Copies of other Regions arrive in a backup vault of the same account.',
  },
  {
    by: [ROLES.backupEnabler],
    may: ['backup-storage:MountCapsule'],
    on: ['*'],
    because: 'AWS Backup asks for it, on no resource, of whoever makes a backup vault.',
  },
];

/** What roles in a source may do, but for keys, sharing, deleting and access roles. All of it in their own account. */
export const SOURCE_REACH: readonly Reach[] = [LOG_REACH, READ_SNAPSHOTS, ...EXPORTER, ...BACKUP];
