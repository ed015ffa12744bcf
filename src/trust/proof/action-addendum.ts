/** An action that AWS documents, and that its service authorization reference lacks, or lists without a resource type. */
export interface AddedAction {
  readonly action: string;
  /** AWS’s access level. */
  readonly level: string;
  /** The service and the resource type, as the reference names them. */
  readonly on: readonly [service: string, type: string];
  /** AWS's page of the action. */
  readonly source: string;
}

/** The day of the last comparison of the addendum with AWS’s pages. */
export const ADDENDUM_AS_OF = '2026-11-30';

/** Actions that the reference lacks. A test fails when the reference has one of them: remove it here then. */
export const ADDENDUM: readonly AddedAction[] = [
  {
    // Creates a role, with its trust policy, from a template.
    action: 'iam:AcquireRole',
    level: 'Permissions management',
    on: ['iam', 'role'],
    source: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_AcquireRole.html',
  },
  {
    action: 'kms:Encapsulate',
    level: 'Write',
    on: ['kms', 'key'],
    source: 'https://docs.aws.amazon.com/kms/latest/APIReference/API_Encapsulate.html',
  },
  {
    action: 'kms:Decapsulate',
    level: 'Write',
    on: ['kms', 'key'],
    source: 'https://docs.aws.amazon.com/kms/latest/APIReference/API_Decapsulate.html',
  },
  {
    action: 'secretsmanager:AssociateCrossAccountReplica',
    level: 'Write',
    on: ['secretsmanager', 'secret'],
    source: 'https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_AssociateCrossAccountReplica.html',
  },
  {
    // The reference lists no resource type for it, so the proof would not try it. It creates a share.
    action: 'ram:CreateResourceShare',
    level: 'Write',
    on: ['ram', 'resource-share'],
    source: 'https://docs.aws.amazon.com/ram/latest/APIReference/API_CreateResourceShare.html',
  },
];
