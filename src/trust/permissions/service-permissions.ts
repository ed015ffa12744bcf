import { NAMES } from '../../contract/names';
import type { Statement } from '../templates/statement';
import type { Zone } from '../templates/template';
import { type PermissionRow, type RuleContext, unlistedPermissionsOf } from './permission-row';
import { ROLES } from './role-patterns';

const ALARMS: readonly string[] = ['cloudwatch.amazonaws.com'];
const EVENTS: readonly string[] = ['events.amazonaws.com'];
const WAKEUPS = `arn:aws:sqs:{region}:{account}:${NAMES.wakeups}`;
const ALERTS = `arn:aws:sns:{region}:{account}:${NAMES.alertsTopic}`;

const STEPS: readonly PermissionRow[] = [
  {
    by: ['lambda.amazonaws.com'],
    may: ['sts:AssumeRole'],
    on: ['created AWS::IAM::Role'],
    because: 'A step runs with its role.',
  },
  {
    by: EVENTS,
    may: ['lambda:InvokeFunction'],
    on: ['created AWS::Lambda::Function'],
    because: 'A schedule or an event invokes a step.',
  },
];

const SENDING_WAKEUPS: PermissionRow = {
  by: EVENTS,
  may: ['sqs:SendMessage'],
  on: [WAKEUPS],
  because: 'EventBridge sends the wakeups of a copying step to its queue.',
};

/** Publishing on the alerts topic, and using the key of that topic. */
const publishing = (by: readonly string[], because: string): readonly PermissionRow[] => [
  { by, may: ['sns:Publish'], on: [ALERTS], because },
  {
    by,
    may: ['kms:Decrypt', 'kms:GenerateDataKey'],
    on: ['key of AWS::SNS::Topic'],
    because: 'The topic is encrypted under a separate key, which a publisher needs. No copy is under that key.',
  },
];

/**
 * What AWS services may do through the policies of resources and roles, by the kind of account: `by` names service principals.
 * Whether a statement limits the service to the account is a separate check.
 */
export const SERVICE_PERMISSIONS: Readonly<Record<Zone, readonly PermissionRow[]>> = {
  vault: [
    {
      by: ['sns.amazonaws.com', 'sns.*.amazonaws.com'],
      may: ['sqs:SendMessage'],
      on: [`arn:aws:sqs:{region}:{account}:${NAMES.inbox}`],
      because: 'A copies topic notifies the vault that there is something to copy.',
    },
    SENDING_WAKEUPS,
    ...STEPS,
    ...publishing(ALARMS, 'An alarm alerts the operator.'),
    ...publishing(EVENTS, 'A finding of IAM Access Analyzer alerts the operator.'),
  ],
  management: [...STEPS, ...publishing(ALARMS, 'An alarm alerts the operator.')],
  source: [
    SENDING_WAKEUPS,
    ...STEPS,
    {
      by: ['backup.amazonaws.com'],
      may: ['sts:AssumeRole'],
      on: [`arn:aws:iam::{account}:role/${ROLES.backup}`],
      because: 'AWS Backup creates the snapshots of a source.',
    },
  ],
};

/** What services may do by a statement that no row lists. A policy applies to its owner, whichever resources it names. */
export const unlistedServicePermissions = (statement: Statement, context: RuleContext): readonly string[] =>
  statement.principals
    .filter(({ kind }) => kind === 'Service')
    .flatMap(({ name }) =>
      unlistedPermissionsOf(
        name,
        { ...statement, resources: [statement.owner] },
        SERVICE_PERMISSIONS[context.template.zone],
        context,
      ),
    );
