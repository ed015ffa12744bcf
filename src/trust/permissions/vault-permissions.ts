import { NAMES, PREFIX, TAGS } from '../../contract/names';
import { LOG_REACH } from './log-permissions';
import type { Reach } from './permission-row';
import { ROLES } from './role-patterns';

const own = (kind: string): string => `arn:aws:rds:{region}:{account}:${kind}`;
const anybodys = (kind: string): string => `arn:aws:rds:{region}:*:${kind}:${PREFIX}-*`;

const ownQueue = (name: string): string => `arn:aws:sqs:{region}:{account}:${name}`;

/** The vault's own copies are no sources, and what is made in the vault has our mark: an ARN says whose a snapshot is. */
const UNMARKED_COPIES: Required<Reach>['denied'] = {
  on: [own('snapshot:*'), own('cluster-snapshot:*')],
  when: [['StringNotEquals', `aws:RequestTag/${TAGS.role}`, 'vault']],
};

/** What the steps of the vault may do, but for keys, sharing and deleting. They read and add; none takes anything away. */
export const VAULT_REACH: readonly Reach[] = [
  LOG_REACH,
  {
    by: [ROLES.any],
    may: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:UpdateItem'],
    on: ['made AWS::DynamoDB::Table'],
    because: 'The vault keeps what it has accepted: an item is changed, never removed.',
  },
  {
    by: [ROLES.any],
    may: ['sns:Publish'],
    on: ['made AWS::SNS::Topic'],
    because: 'A step tells the people on call.',
  },
  {
    by: [ROLES.importer],
    may: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    on: [ownQueue(NAMES.inbox), ownQueue(NAMES.wakeups)],
    because: 'A ring or a wake-up that was heard is taken out of its queue.',
  },
  {
    by: [ROLES.importer],
    may: ['sqs:SendMessage'],
    on: [ownQueue(NAMES.wakeups)],
    because: 'The step reminds itself of what is under way.',
  },
  {
    by: [ROLES.follower, ROLES.teller],
    may: ['sts:AssumeRole'],
    on: [`arn:aws:iam::{management}:role/${NAMES.registryAccess}`],
    because: 'The vault reads which accounts are enrolled.',
  },
  {
    by: [ROLES.importer],
    may: ['sts:AssumeRole'],
    on: [`arn:aws:iam::*:role/${ROLES.snapshotAccess}`],
    because: 'The vault reads the tags of export copies, and marks those it has taken.',
  },
  {
    by: [ROLES.teller],
    may: ['sts:AssumeRole'],
    on: [`arn:aws:iam::*:role/${ROLES.coverageAccess}`],
    because: 'The vault looks which databases there are, and what became of their backups.',
  },
  {
    by: [ROLES.teller],
    may: ['s3:GetObject', 's3:ListBucket', 's3:PutObject', 's3:PutObjectRetention'],
    on: ['made AWS::S3::Bucket'],
    because: 'Reports are kept; an object that is locked can be locked for longer, not for shorter.',
  },
  {
    by: [ROLES.pruner],
    may: ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
    on: ['made AWS::S3::Bucket'],
    because: 'prune-copies reads which databases are gone, and notes when it ran; versions before stay.',
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
    because: 'A step looks at the vault’s own snapshots and databases.',
  },
  {
    by: [ROLES.importer],
    may: ['rds:CopyDBSnapshot'],
    on: [anybodys('snapshot')],
    denied: UNMARKED_COPIES,
    because: 'Copies of our name are copied, whichever account shares them.',
  },
  {
    by: [ROLES.importer],
    may: ['rds:CopyDBClusterSnapshot'],
    on: [anybodys('cluster-snapshot')],
    denied: UNMARKED_COPIES,
    because: 'Copies of our name are copied, whichever account shares them.',
  },
  {
    by: [ROLES.importer],
    may: ['rds:AddTagsToResource'],
    on: [own(`cluster-snapshot:${PREFIX}-*`), own(`snapshot:${PREFIX}-*`)],
    when: [['StringEquals', `aws:RequestTag/${TAGS.role}`, 'vault']],
    because: 'What is known of a copy is written on it as it is made, with our mark.',
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
    because: 'A copy that failed is marked.',
  },
];
