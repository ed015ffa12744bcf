import { NAMES } from '../../contract/names';
import { LOG_PERMISSIONS } from './log-permissions';
import type { PermissionRow } from './permission-row';
import { ROLES } from './role-patterns';

const stackSet = `arn:aws:cloudformation:{region}:{account}:stackset/${NAMES.stackSet}{cells}:*`;

/** What roles in the management account may do, except with keys and at access roles. Nothing of it is in the vault. */
export const MANAGEMENT_PERMISSIONS: readonly PermissionRow[] = [
  LOG_PERMISSIONS,
  {
    by: [ROLES.enroller],
    may: ['organizations:ListAccounts'],
    on: ['*'],
    because: 'Organizations supports no resource for a list of accounts.',
  },
  {
    by: [ROLES.enroller],
    may: ['organizations:DescribeAccount', 'organizations:ListParents', 'organizations:ListTagsForResource'],
    on: ['account', 'ou'].map((kind) => `arn:aws:organizations::{account}:${kind}/{organization}/*`),
    because: 'Tags and organizational units of accounts decide which accounts are enrolled.',
  },
  {
    by: [ROLES.enroller, ROLES.watcher],
    may: [
      'cloudformation:DescribeStackSet',
      'cloudformation:DescribeStackSetOperation',
      'cloudformation:ListStackInstances',
      'cloudformation:ListStackSetOperationResults',
      'cloudformation:ListStackSetOperations',
    ],
    on: [stackSet],
    because: 'The steps read the state of the tooling’s StackSet, and of no other StackSet.',
  },
  {
    by: [ROLES.enroller, ROLES.watcher],
    may: [
      'cloudformation:CreateStackInstances',
      'cloudformation:DeleteStackInstances',
      'cloudformation:UpdateStackInstances',
    ],
    on: [
      stackSet,
      `arn:aws:cloudformation:*:{account}:stackset-target/${NAMES.stackSet}{cells}:*/*`,
      'arn:aws:cloudformation:{region}::type/resource/*',
    ],
    because:
      'The steps create and delete instances of that StackSet. CloudFormation also authorizes the target and the resource types.',
  },
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
    because: 'The registry records which accounts are enrolled.',
  },
  {
    by: [ROLES.any],
    may: ['sns:Publish'],
    on: ['created AWS::SNS::Topic'],
    because: 'A step alerts the operator.',
  },
  {
    by: [ROLES.any],
    may: [
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ],
    on: ['created AWS::SQS::Queue'],
    because: 'A sweep of many accounts is split into batches on a queue.',
  },
];
