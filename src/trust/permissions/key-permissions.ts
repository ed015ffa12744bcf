import { COPY_KEY_ACTIONS } from '../../contract/names';
import type { Guard, Reach } from './permission-row';
import { ROLES } from './role-patterns';

const THROUGH_RDS: Guard = ['StringEquals', 'kms:ViaService', 'rds.{region}.amazonaws.com'];
const FOR_AWS_SERVICES: Guard = ['Bool', 'kms:GrantIsForAWSResource', 'true'];

/** What roles may do with keys: use them through RDS, and grant them to AWS services. None administers a key. */
export const KEY_REACH: readonly Reach[] = [
  {
    by: [ROLES.exporter],
    may: COPY_KEY_ACTIONS,
    on: ['arn:aws:kms:{region}:{account}:key/*'],
    when: [THROUGH_RDS],
    because: 'Each database has a key of its own choice: only RDS may be asked to use it.',
  },
  {
    by: [ROLES.exporter],
    may: ['kms:CreateGrant'],
    on: ['arn:aws:kms:{region}:{account}:key/*'],
    when: [THROUGH_RDS, FOR_AWS_SERVICES],
    because: 'RDS lets itself be granted the keys of what it copies.',
  },
  {
    by: [ROLES.importer],
    may: COPY_KEY_ACTIONS,
    on: ['arn:aws:kms:{region}:*:key/*'],
    when: [THROUGH_RDS],
    because: 'The ids of export keys are known to their accounts alone, and each key says by itself whom it lets in.',
  },
  {
    by: [ROLES.importer],
    may: ['kms:CreateGrant'],
    on: ['arn:aws:kms:{region}:*:key/*'],
    when: [THROUGH_RDS, FOR_AWS_SERVICES],
    because: 'RDS lets itself be granted the keys of what it copies.',
  },
  {
    by: [ROLES.any],
    may: ['kms:Decrypt', 'kms:GenerateDataKey'],
    on: ['key of AWS::SNS::Topic'],
    because: 'A step tells people on a topic that is under a key of its own; no copy is under that key.',
  },
  {
    by: [ROLES.backup],
    may: ['kms:DescribeKey'],
    on: ['arn:aws:kms:*:{account}:key/*'],
    because: 'AWS Backup looks at the keys of databases.',
  },
  {
    by: [ROLES.backup],
    may: ['kms:CreateGrant'],
    on: ['arn:aws:kms:*:{account}:key/*'],
    when: [FOR_AWS_SERVICES],
    because: 'AWS Backup has RDS use the keys of databases.',
  },
];
