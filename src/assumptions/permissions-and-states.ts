import type { Assumption } from './assumption';

/** What AWS authorizes calls by, and states that end or do not. */
export const PERMISSIONS_AND_STATES: readonly Assumption[] = [
  {
    id: 'resource-account-of-a-shared-snapshot-is-its-owner',
    statement:
      'When the vault copies a shared snapshot, `aws:ResourceAccount` holds the account that owns the snapshot.',
    certainty: 'inferred',
    source:
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount',
    reliedOnIn: [],
    ifWrong: 'A condition on it would keep every import out, if the key holds the account of the caller.',
    harmlessBy: 'Nothing relies on it: the ARN of a snapshot says whose it is. The rehearsal imports either way.',
    probe: { id: 'resource-account-of-shared-snapshot' },
  },
  {
    id: 'a-deny-on-own-snapshots-lets-shared-ones-be-copied',
    statement:
      'RDS authorizes the source of a copy by the ARN under which its owner has it, so that a statement that denies the vault’s own ARNs does not deny it.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html',
    reliedOnIn: ['src/vault/import-copies.ts'],
    ifWrong: 'AWS refuses every import.',
    harmlessBy: 'Nothing is lost: export copies stay, coverage says late, and an alarm notifies the operator.',
    probe: { id: 'deny-on-own-snapshots' },
  },
  {
    id: 'copies-with-an-error-do-not-recover',
    statement:
      'A copy whose status is `error` or `incompatible-…` never becomes available by itself, and can be deleted.',
    certainty: 'unknown',
    reliedOnIn: ['lambda/_kit/copy-states.ts', 'lambda/vault/prune-copies/failed-imports.ts'],
    ifWrong: 'The snapshot is copied once more than needed, or a deletion is refused on each run.',
    harmlessBy: 'A copy that may have been good stays until another good copy stands or 30 days have passed.',
    probe: { none: 'No call brings a copy into such a state.' },
  },
  {
    id: 'acquire-role-is-authorized-on-the-role',
    statement: 'AWS authorizes `iam:AcquireRole` on the role that the call makes.',
    certainty: 'unknown',
    reliedOnIn: ['src/management/guardrail-policies.ts'],
    ifWrong: 'The guardrail does not deny the call.',
    harmlessBy: 'No promise about the vault rests on a guardrail; in the source another role could change the tooling.',
    probe: { none: 'The API has no client in the SDK yet.' },
  },
  {
    id: 'ram-resource-arn-holds-all-shared-resources',
    statement: 'The condition key `ram:ResourceArn` holds the ARNs of all resources of a request.',
    certainty: 'inferred',
    reliedOnIn: ['src/management/guardrail-policies.ts'],
    ifWrong: 'A request that shares a key among other resources is not denied.',
    harmlessBy: '`doctor` finds any key policy beside `default`.',
    probe: { none: 'A resource share reaches outside of the two sandbox accounts.' },
  },
  {
    id: 'stack-sets-take-an-execution-role-template',
    statement:
      'The resource `AWS::CloudFormation::StackSet` takes `ExecutionRoleTemplateBody` and `StackSetOutputBucket`.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-custom-execution-role.html',
    reliedOnIn: ['src/management/tooling-stack-set.ts', 'src/management/execution-role/execution-role.ts'],
    ifWrong: 'With `rollout.executionRole: generated` the stack `Tooling` fails and goes back.',
    harmlessBy: '`administrator` is the default, and an operator can set it again.',
    probe: { id: 'execution-role-template' },
    stricterInEmulator: {
      switch: 'stackSetsTakeRoleTemplates',
      behavior: 'The resource refuses both properties.',
    },
  },
  {
    id: 'handlers-call-what-the-table-has',
    statement: 'CloudFormation’s handlers call the actions in the table of the execution role, and no others.',
    certainty: 'inferred',
    reliedOnIn: ['src/management/execution-role/handler-permissions.ts'],
    ifWrong: 'With `rollout.executionRole: generated` an operation fails, and CloudFormation names the action.',
    harmlessBy: 'The stack of the account goes back; `administrator` is the default.',
    probe: { none: 'It needs the management account of an organization with trusted access.' },
  },
  {
    id: 'jobs-wait-out-the-windows-of-rds',
    statement: 'A backup job that cannot start in a window of RDS starts after it, while its start window lasts.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html',
    reliedOnIn: ['src/config/start-windows.ts', 'src/contract/backup-windows.ts'],
    ifWrong: 'The backup fails that day, whatever the start window.',
    harmlessBy: 'Coverage names the window that collides with the plan, and says what to change.',
    probe: { none: 'It would take a sandbox database through its maintenance window.' },
    stricterInEmulator: { behavior: 'A job that is to start in a window of RDS fails at once.' },
  },
];
