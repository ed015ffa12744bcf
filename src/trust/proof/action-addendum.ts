/** An action that AWS documents and that its service authorization reference does not have, or has on no type of resource. */
export interface AddedAction {
  readonly action: string;
  /** AWS's own word for what it does. */
  readonly level: string;
  /** The service and the type of the resource that it acts on, as the reference names them. */
  readonly on: readonly [service: string, type: string];
  /** AWS's page of the action. */
  readonly source: string;
}

/** The day on which the addendum was last compared with AWS's pages. */
export const ADDENDUM_AS_OF = '2026-11-30';

/**
 * Actions that the reference lacks. A test fails once the reference has one of them: it is then to be removed from here.
 */
export const ADDENDUM: readonly AddedAction[] = [
  {
    // Makes a role, with its trust policy, from a template.
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
    // The reference has it on no type of resource, so no ARN would ever be tried with it. What it makes is a share.
    action: 'ram:CreateResourceShare',
    level: 'Write',
    on: ['ram', 'resource-share'],
    source: 'https://docs.aws.amazon.com/ram/latest/APIReference/API_CreateResourceShare.html',
  },
];
