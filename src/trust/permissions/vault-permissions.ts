import { NAMES, PREFIX, TAGS } from '../../contract/names';
import { LOG_PERMISSIONS } from './log-permissions';
import type { PermissionRow } from './permission-row';
import { ROLES } from './role-patterns';

const own = (kind: string): string => `arn:aws:rds:{region}:{account}:${kind}`;
const ofAnyAccount = (kind: string): string => `arn:aws:rds:{region}:*:${kind}:${PREFIX}-*`;

const ownQueue = (name: string): string => `arn:aws:sqs:{region}:{account}:${name}`;

/** The importer does not copy the vault’s own copies, and each copy has the role tag: an ARN holds the account of a snapshot. */
const COPIES_WITHOUT_ROLE_TAG: Required<PermissionRow>['denied'] = {
  on: [own('snapshot:*'), own('cluster-snapshot:*')],
  when: [['StringNotEquals', `aws:RequestTag/${TAGS.role}`, 'vault']],
};

/** What the steps of the vault may do, except with keys, to share and to delete. They read and add, and remove nothing. */
export const VAULT_PERMISSIONS: readonly PermissionRow[] = [
  LOG_PERMISSIONS,
  {
    by: [ROLES.any],
    may: [
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:Scan',
      'dynamodb:UpdateItem',
    ],
    on: ['created AWS::DynamoDB::Table'],
    because: 'The vault keeps what it has accepted: a step changes an item, and deletes none.',
  },
  {
    by: [ROLES.any],
    may: ['sns:Publish'],
    on: ['created AWS::SNS::Topic'],
    because: 'A step alerts the operator.',
  },
  {
    by: [ROLES.importer],
    may: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    on: [ownQueue(NAMES.inbox), ownQueue(NAMES.wakeups)],
    because: 'The step deletes a notification or a wakeup from its queue after it has read it.',
  },
  {
    by: [ROLES.importer],
    may: ['sqs:SendMessage'],
    on: [ownQueue(NAMES.wakeups)],
    because: 'The step sends itself a wakeup for copies in progress.',
  },
  {
    by: [ROLES.follower, ROLES.reporter],
    may: ['sts:AssumeRole'],
    on: [`arn:aws:iam::{management}:role/${ROLES.registryAccess}`],
    because: 'The vault reads which accounts are enrolled.',
  },
  {
    by: [ROLES.importer],
    may: ['sts:AssumeRole'],
    on: [`arn:aws:iam::*:role/${ROLES.snapshotAccess}`],
    because: 'The vault reads the tags of export copies, and tags those that it has imported.',
  },
  {
    by: [ROLES.reporter],
    may: ['sts:AssumeRole'],
    on: [`arn:aws:iam::*:role/${ROLES.coverageAccess}`],
    because: 'The vault lists the databases, and reads the state of their backups.',
  },
  {
    by: [ROLES.reporter],
    may: ['s3:GetObject', 's3:ListBucket', 's3:PutObject', 's3:PutObjectRetention'],
    on: ['created AWS::S3::Bucket'],
    because:
      'Reports are kept under a lock: `s3:PutObjectRetention` can extend the retention of an object, and cannot shorten it.',
  },
  {
    by: [ROLES.pruner],
    may: ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
    on: ['created AWS::S3::Bucket'],
    because:
      '`prune-copies` reads which databases are deleted, and records its runs. Earlier versions of the record stay.',
  },
  {
    by: [ROLES.follower],
    may: ['sns:Subscribe'],
    on: [`arn:aws:sns:{region}:*:${NAMES.copiesTopic}`],
    because: 'The vault subscribes its inbox to every enrolled topic.',
  },
  {
    by: [ROLES.any],
    may: [
      'rds:DescribeDBClusterSnapshots',
      'rds:DescribeDBClusters',
      'rds:DescribeDBInstances',
      'rds:DescribeDBSnapshots',
      'rds:ListTagsForResource',
    ],
    on: [own('cluster:*'), own('cluster-snapshot:*'), own('db:*'), own('snapshot:*')],
    because: 'A step lists the vault’s own snapshots and databases.',
  },
  {
    by: [ROLES.importer],
    may: ['rds:CopyDBSnapshot'],
    on: [ofAnyAccount('snapshot')],
    denied: COPIES_WITHOUT_ROLE_TAG,
    because: 'The step copies every snapshot with the prefix, whichever account shares it.',
  },
  {
    by: [ROLES.importer],
    may: ['rds:CopyDBClusterSnapshot'],
    on: [ofAnyAccount('cluster-snapshot')],
    denied: COPIES_WITHOUT_ROLE_TAG,
    because: 'The step copies every snapshot with the prefix, whichever account shares it.',
  },
  {
    by: [ROLES.importer],
    may: ['rds:AddTagsToResource'],
    on: [own(`cluster-snapshot:${PREFIX}-*`), own(`snapshot:${PREFIX}-*`)],
    when: [['StringEquals', `aws:RequestTag/${TAGS.role}`, 'vault']],
    because: 'The step tags a copy as it creates it.',
  },
  {
    by: [ROLES.importer],
    may: ['rds:AddTagsToResource'],
    on: [own(`cluster-snapshot:${PREFIX}-*`), own(`snapshot:${PREFIX}-*`)],
    when: [
      ['StringEquals', `aws:ResourceTag/${TAGS.role}`, 'vault'],
      ['ForAllValues:StringEquals', 'aws:TagKeys', TAGS.failedAt],
      ['Null', 'aws:TagKeys', 'false'],
    ],
    because: 'The step tags a copy that failed.',
  },
];
