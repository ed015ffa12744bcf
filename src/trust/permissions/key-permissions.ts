import { COPY_KEY_ACTIONS } from '../../contract/names';
import type { PermissionRow, RequiredCondition } from './permission-row';
import { ROLES } from './role-patterns';

const THROUGH_RDS: RequiredCondition = ['StringEquals', 'kms:ViaService', 'rds.{region}.amazonaws.com'];
/** Grants only for AWS services. */
export const FOR_AWS_SERVICES: RequiredCondition = ['Bool', 'kms:GrantIsForAWSResource', 'true'];

/** What roles may do with keys: use them through RDS, and create grants for AWS services. No role administers a key. */
export const KEY_PERMISSIONS: readonly PermissionRow[] = [
  {
    by: [ROLES.exporter],
    may: COPY_KEY_ACTIONS,
    on: ['arn:aws:kms:{region}:{account}:key/*'],
    when: [THROUGH_RDS],
    because: 'Each database is encrypted under a key that its owner chooses. Only RDS may use it.',
  },
  {
    by: [ROLES.exporter],
    may: ['kms:CreateGrant'],
    on: ['arn:aws:kms:{region}:{account}:key/*'],
    when: [THROUGH_RDS, FOR_AWS_SERVICES],
    because: 'RDS needs grants on the keys of the snapshots that it copies.',
  },
  {
    by: [ROLES.importer],
    may: COPY_KEY_ACTIONS,
    on: ['arn:aws:kms:{region}:*:key/*'],
    when: [THROUGH_RDS],
    because: 'Only the sources know the ids of their export keys. Each key policy allows the importer by itself.',
  },
  {
    by: [ROLES.importer],
    may: ['kms:CreateGrant'],
    on: ['arn:aws:kms:{region}:*:key/*'],
    when: [THROUGH_RDS, FOR_AWS_SERVICES],
    because: 'RDS needs grants on the keys of the snapshots that it copies.',
  },
  {
    by: [ROLES.any],
    may: ['kms:Decrypt', 'kms:GenerateDataKey'],
    on: ['key of AWS::SNS::Topic'],
    because: 'A step publishes to a topic that is encrypted under a separate key. No copy is under that key.',
  },
  {
    by: [ROLES.backup],
    may: ['kms:DescribeKey'],
    on: ['arn:aws:kms:*:{account}:key/*'],
    because: 'AWS Backup reads the metadata of the keys of databases.',
  },
  {
    by: [ROLES.backup],
    may: ['kms:CreateGrant'],
    on: ['arn:aws:kms:*:{account}:key/*'],
    when: [FOR_AWS_SERVICES],
    because: 'AWS Backup grants RDS the use of the keys of databases.',
  },
];
