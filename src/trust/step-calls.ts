import { LATEST_COVERAGE, LATEST_PRUNING } from '../contract/names';

/** The AWS calls that the code of each role makes. Tests compare the list with the code and with the permissions of the role. */
export const STEP_CALLS = {
  'enroll-accounts': [
    'cloudformation:CreateStackInstances',
    'cloudformation:DeleteStackInstances',
    'cloudformation:ListStackInstances',
    'dynamodb:BatchGetItem',
    'dynamodb:PutItem',
    'dynamodb:Scan',
    'organizations:DescribeAccount',
    'organizations:ListAccounts',
    'organizations:ListParents',
    'organizations:ListTagsForResource',
    'sns:Publish',
    'sqs:ChangeMessageVisibility',
    'sqs:SendMessage',
  ],
  'watch-rollout': [
    'cloudformation:DeleteStackInstances',
    'cloudformation:DescribeStackSet',
    'cloudformation:DescribeStackSetOperation',
    'cloudformation:ListStackInstances',
    'cloudformation:ListStackSetOperationResults',
    'cloudformation:ListStackSetOperations',
    'cloudformation:UpdateStackInstances',
    'dynamodb:BatchGetItem',
    'dynamodb:PutItem',
    'sns:Publish',
    'sqs:ChangeMessageVisibility',
    'sqs:SendMessage',
  ],
  'registry-access': ['dynamodb:Scan'],
  'enable-backup': ['backup:DescribeRegionSettings'],
  'export-snapshots': [
    'dynamodb:Scan',
    'dynamodb:UpdateItem',
    'rds:AddTagsToResource',
    'rds:CopyDBClusterSnapshot',
    'rds:CopyDBSnapshot',
    'rds:DeleteDBClusterSnapshot',
    'rds:DeleteDBSnapshot',
    'rds:DescribeDBClusterSnapshots',
    'rds:DescribeDBSnapshots',
    'rds:ListTagsForResource',
    'rds:ModifyDBClusterSnapshotAttribute',
    'rds:ModifyDBSnapshotAttribute',
    'sns:Publish',
    'sqs:GetQueueAttributes',
    'sqs:SendMessage',
  ],
  'snapshot-access': [
    'rds:AddTagsToResource',
    'rds:DescribeDBClusterSnapshots',
    'rds:DescribeDBSnapshots',
    'rds:ListTagsForResource',
  ],
  'coverage-access': [
    'backup:DescribeRegionSettings',
    'backup:ListBackupJobs',
    'dynamodb:Scan',
    'kms:GetKeyPolicy',
    'kms:ListKeyPolicies',
    'rds:DescribeDBClusterSnapshots',
    'rds:DescribeDBClusters',
    'rds:DescribeDBInstances',
    'rds:DescribeDBSnapshots',
    'rds:ListTagsForResource',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
  ],
  'follow-sources': ['dynamodb:PutItem', 'dynamodb:Scan', 'sns:Subscribe', 'sts:AssumeRole'],
  'import-copies': [
    'dynamodb:BatchGetItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Scan',
    'dynamodb:UpdateItem',
    'rds:AddTagsToResource',
    'rds:CopyDBClusterSnapshot',
    'rds:CopyDBSnapshot',
    'rds:DescribeDBClusterSnapshots',
    'rds:DescribeDBSnapshots',
    'rds:ListTagsForResource',
    'sqs:GetQueueAttributes',
    'sqs:SendMessage',
    'sts:AssumeRole',
  ],
  'prune-copies': [
    'dynamodb:Scan',
    'rds:DeleteDBClusterSnapshot',
    'rds:DeleteDBSnapshot',
    'rds:DescribeDBClusterSnapshots',
    'rds:DescribeDBSnapshots',
    'rds:ListTagsForResource',
    's3:GetObject',
    's3:PutObject',
  ],
  'report-coverage': [
    'dynamodb:Scan',
    'rds:DescribeDBClusterSnapshots',
    'rds:DescribeDBSnapshots',
    'rds:ListTagsForResource',
    's3:GetObject',
    's3:PutObject',
    'sns:Publish',
    'sts:AssumeRole',
  ],
} as const satisfies Record<string, readonly string[]>;

/** A role of Checkvalve, by its step or its purpose. */
export type CallingRole = keyof typeof STEP_CALLS;

/** The object of a call to S3. `report-coverage` writes the report of a day with a lock. */
export function objectOf(caller: CallingRole, operation: string): Readonly<Record<string, string>> {
  if (caller !== 'prune-copies') return { Key: 'coverage/2026-01-01.json', ObjectLockMode: 'GOVERNANCE' };
  return { Key: operation === 'GetObject' ? LATEST_COVERAGE : LATEST_PRUNING };
}

/** Calls that the code makes, and the role allows, only when the configuration enables them. */
export const CONFIGURED_CALLS = {
  serviceOptIn: { 'enable-backup': ['backup:UpdateRegionSettings'] },
  crossRegionCopy: { 'enable-backup': ['backup:CreateBackupVault'] },
} as const satisfies Record<string, Partial<Record<CallingRole, readonly string[]>>>;

/** The role of an ARN or a role name; undefined for a role that runs no code of Checkvalve. */
export const callingRoleOf = (role: string): CallingRole | undefined =>
  (Object.keys(STEP_CALLS) as CallingRole[]).find((caller) =>
    role.split('/').pop()?.startsWith(`checkvalve-${caller}`),
  );
