import type { Assumption } from './assumption';

/** Assumptions about authorization, and about states that end or do not. */
export const PERMISSIONS_AND_STATES: readonly Assumption[] = [
  {
    id: 'resource-account-of-a-shared-snapshot-is-its-owner',
    statement:
      'When the vault copies a shared snapshot, `aws:ResourceAccount` holds the account that owns the snapshot.',
    certainty: 'inferred',
    source:
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount',
    reliedOnIn: [],
    ifWrong: 'If it holds the account of the caller, a condition on it would block every import.',
    mitigation: 'No code relies on it: the ARN of a snapshot names its owner. The rehearsal imports in both cases.',
    probe: { id: 'resource-account-of-shared-snapshot' },
  },
  {
    id: 'a-deny-on-own-snapshots-lets-shared-ones-be-copied',
    statement:
      'RDS authorizes the source of a copy by its ARN in the owner’s account, so that a statement that denies the vault’s own ARNs does not deny it.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html',
    reliedOnIn: ['src/vault/import-copies.ts'],
    ifWrong: 'AWS refuses every import.',
    mitigation:
      'No copy is lost: export copies stay, coverage reports databases as late, and an alarm notifies the operator.',
    probe: { id: 'deny-on-own-snapshots' },
  },
  {
    id: 'copies-with-an-error-do-not-recover',
    statement:
      'A copy whose status is `error` or `incompatible-…` never becomes available by itself, and can be deleted.',
    certainty: 'unknown',
    reliedOnIn: ['lambda/_kit/copy-states.ts', 'lambda/vault/prune-copies/failed-imports.ts'],
    ifWrong: 'The snapshot is copied once more than needed, or RDS refuses a deletion in each run.',
    mitigation: 'A copy that may be good stays until another good copy exists or 30 days have passed.',
    probe: { none: 'No call brings a copy into such a state.' },
  },
  {
    id: 'acquire-role-is-authorized-on-the-role',
    statement: 'AWS authorizes `iam:AcquireRole` on the role that the call creates.',
    certainty: 'unknown',
    reliedOnIn: ['src/management/guardrail-policies.ts'],
    ifWrong: 'The guardrail does not deny the call.',
    mitigation:
      'No promise about the vault depends on a guardrail; in the source another role could change the tooling.',
    probe: { none: 'The API has no client in the SDK yet.' },
  },
  {
    id: 'ram-resource-arn-holds-all-shared-resources',
    statement: 'The condition key `ram:ResourceArn` holds the ARNs of all resources of a request.',
    certainty: 'inferred',
    reliedOnIn: ['src/management/guardrail-policies.ts'],
    ifWrong: 'A request that shares a key among other resources is not denied.',
    mitigation: '`doctor` finds any key policy besides `default`.',
    probe: { none: 'A resource share could affect accounts outside the sandboxes.' },
  },
  {
    id: 'stack-sets-take-an-execution-role-template',
    statement:
      'The resource type `AWS::CloudFormation::StackSet` accepts `ExecutionRoleTemplateBody` and `StackSetOutputBucket`.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-custom-execution-role.html',
    reliedOnIn: ['src/management/tooling-stack-set.ts', 'src/management/execution-role/execution-role.ts'],
    ifWrong: 'With `rollout.executionRole: generated` the stack `Tooling` fails and rolls back.',
    mitigation: '`administrator` is the default, and an operator can set it again.',
    probe: { id: 'execution-role-template' },
    stricterInEmulator: {
      switch: 'stackSetsTakeRoleTemplates',
      behavior: 'The resource type refuses both properties.',
    },
  },
  {
    id: 'handlers-call-what-the-table-has',
    statement: 'CloudFormation’s handlers call only the actions in the table of the execution role.',
    certainty: 'inferred',
    reliedOnIn: ['src/management/execution-role/handler-permissions.ts'],
    ifWrong: 'With `rollout.executionRole: generated` an operation fails, and CloudFormation names the action.',
    mitigation: 'The stack of the account rolls back; `administrator` is the default.',
    probe: { none: 'It needs the management account of an organization with trusted access.' },
  },
  {
    id: 'jobs-wait-for-the-end-of-rds-windows',
    statement: 'A backup job that cannot start in a window of RDS starts after it, within its start window.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html',
    reliedOnIn: ['src/config/start-windows.ts', 'src/contract/backup-windows.ts'],
    ifWrong: 'The backup fails that day, with any start window.',
    mitigation: 'Coverage names the window that overlaps the plan, and the change to make.',
    probe: { none: 'A sandbox database would have to run through its maintenance window.' },
    stricterInEmulator: { behavior: 'A job that starts in a window of RDS fails at once.' },
  },
];
