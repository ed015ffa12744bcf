import { NAMES } from '../../contract/names';
import { LOG_REACH } from './log-permissions';
import type { Reach } from './permission-row';
import { ROLES } from './role-patterns';

const stackSet = `arn:aws:cloudformation:{region}:{account}:stackset/${NAMES.stackSet}:*`;

/** What roles in the management account may do, but for keys and access roles. Nothing of it is in the vault. */
export const MANAGEMENT_REACH: readonly Reach[] = [
  LOG_REACH,
  {
    by: [ROLES.enroller],
    may: ['organizations:ListAccounts'],
    on: ['*'],
    because: 'Organizations lets a listing of accounts not be limited to a resource.',
  },
  {
    by: [ROLES.enroller],
    may: ['organizations:DescribeAccount', 'organizations:ListParents', 'organizations:ListTagsForResource'],
    on: ['account', 'ou'].map((kind) => `arn:aws:organizations::{account}:${kind}/{organization}/*`),
    because: 'Tags and units of accounts say which are enrolled.',
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
    because: 'What became of the tooling’s StackSet is looked at, and of no other.',
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
      `arn:aws:cloudformation:*:{account}:stackset-target/${NAMES.stackSet}:*/*`,
      'arn:aws:cloudformation:{region}::type/resource/*',
    ],
    because: 'Instances of that StackSet come and go; CloudFormation asks for the target and the types as well.',
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
    on: ['made AWS::DynamoDB::Table'],
    because: 'The registry says which accounts are enrolled.',
  },
  {
    by: [ROLES.any],
    may: ['sns:Publish'],
    on: ['made AWS::SNS::Topic'],
    because: 'A step tells the people on call.',
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
    on: ['made AWS::SQS::Queue'],
    because: 'A sweep of many accounts is cut into batches on a queue.',
  },
];
