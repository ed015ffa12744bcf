import { Aws } from 'aws-cdk-lib';
import type { Allowance } from '../../src/constructs/permissions';
import { PREFIX } from '../../src/contract/names';

const rds = `arn:aws:rds:*:${Aws.ACCOUNT_ID}`;
const snapshots = [`${rds}:snapshot:awsbackup:*`, `${rds}:cluster-snapshot:awsbackup:*`];
const automated = [`${rds}:snapshot:rds:*`, `${rds}:cluster-snapshot:rds:*`];
const databases = [`${rds}:db:*`, `${rds}:cluster:*`];
const keys = [`arn:aws:kms:*:${Aws.ACCOUNT_ID}:key/*`];
const because = 'The plans back up every database with the tag, under the key that it has.';

/**
 * What AWS Backup needs for databases, and nothing for other services: the managed policy of AWS would also allow it to read
 * volumes, file systems and buckets. A dated copy of the recipe of AWS for such a role is src/emulator/backup/recipe.json; a test
 * compares this list with it.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html#customer-managed-policies
 */
export const BACKUP_PERMISSIONS: readonly Allowance[] = [
  {
    sid: 'Find',
    actions: [
      'rds:DescribeDBClusterSnapshots',
      'rds:DescribeDBClusters',
      'rds:DescribeDBInstances',
      'rds:DescribeDBSnapshots',
      'rds:ListTagsForResource',
    ],
    resources: [...databases, ...snapshots, ...automated],
    because,
  },
  {
    sid: 'Select',
    actions: ['tag:GetResources'],
    resources: ['*'],
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonresourcegrouptaggingapi.html
    because: 'The tagging API supports no resources.',
  },
  {
    // The recipe has both actions for clusters. Assumption (backups-of-clusters-change-no-cluster): AWS Backup reads before each
    // backup, and changes only what continuous backups need, which no plan enables.
    sid: 'ClusterBackups',
    actions: ['rds:DescribeDBClusterAutomatedBackups', 'rds:ModifyDBCluster'],
    resources: [`${rds}:cluster:*`, `${rds}:cluster-auto-backup:*`],
    because,
  },
  {
    sid: 'Make',
    actions: ['rds:CreateDBClusterSnapshot', 'rds:CreateDBSnapshot'],
    resources: [...databases, ...snapshots],
    because,
  },
  {
    // AWS Backup backs up an instance with automated backups by copying its newest automated snapshot.
    // https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html
    sid: 'Copy',
    actions: ['rds:CopyDBClusterSnapshot', 'rds:CopyDBSnapshot'],
    resources: [...snapshots, ...automated],
    because,
  },
  { sid: 'Tag', actions: ['rds:AddTagsToResource'], resources: snapshots, because },
  {
    sid: 'TagPoints',
    actions: ['backup:TagResource'],
    resources: [...snapshots, `arn:aws:backup:*:${Aws.ACCOUNT_ID}:recovery-point:*`],
    because,
  },
  {
    sid: 'Expire',
    actions: ['rds:DeleteDBClusterSnapshot', 'rds:DeleteDBSnapshot'],
    resources: snapshots,
    because,
  },
  { sid: 'ReadKeys', actions: ['kms:DescribeKey'], resources: keys, because },
  {
    sid: 'GrantKeys',
    actions: ['kms:CreateGrant'],
    resources: keys,
    when: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    because,
  },
  {
    sid: 'Deliver',
    actions: ['backup:CopyIntoBackupVault', 'backup:DescribeBackupVault'],
    resources: [`arn:aws:backup:*:${Aws.ACCOUNT_ID}:backup-vault:${PREFIX}-*`],
    because:
      'The name of the backup vault ends in the id of the stack, which is known only after the stack is created.',
  },
];

/**
 * What AWS Backup also needs to copy recovery points into another Region. It creates and keeps the copies with the permissions
 * above, which are not limited to a Region.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html
 */
export const COPY_PERMISSIONS: readonly Allowance[] = [
  {
    sid: 'CopyOut',
    actions: ['backup:CopyFromBackupVault'],
    // AWS documents no resource for it. What is copied is a recovery point, which for databases is the snapshot.
    resources: [...snapshots, `arn:aws:backup:*:${Aws.ACCOUNT_ID}:backup-vault:${PREFIX}-*`],
    because,
  },
];
