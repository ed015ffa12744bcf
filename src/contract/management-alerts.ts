import type { AccountId } from './ids';
import type { Severity } from './runbook';

/** The prose of an alert. */
export interface AlertMessage {
  readonly severity: Severity;
  /** ASCII, because it is the subject of a mail. */
  readonly title: string;
}

/** Every alert that the management account sends, by its id: the id of its article in the runbook, too. */
export const MANAGEMENT_ALERTS = {
  'account-leaving': { severity: 'warning', title: 'An account is leaving' },
  'account-departed': { severity: 'warning', title: 'An account left the organization' },
  'account-withdrawn': { severity: 'info', title: 'The tooling was withdrawn from an account' },
  'tooling-not-removed': { severity: 'warning', title: 'The tooling was not removed from an account' },
  'mass-withdrawal-held': { severity: 'critical', title: 'Too many accounts would be withdrawn at once' },
  'tag-near-miss': { severity: 'warning', title: 'The tag of an account is nearly right' },
  'cells-full': { severity: 'critical', title: 'No cell has room for an account' },
  'cell-not-configured': { severity: 'warning', title: 'The cell of an account is not in the configuration' },
  'move-stuck': { severity: 'warning', title: 'The move of an account to another cell is not complete' },
  'tooling-of-other-cell': {
    severity: 'warning',
    title: 'An account has the tooling of a cell that it does not belong to',
  },
  'rollout-failed': { severity: 'warning', title: 'The tooling could not be deployed' },
  'account-quarantined': { severity: 'warning', title: 'An account is quarantined' },
  'region-not-enabled': { severity: 'info', title: 'A Region is not enabled in an account' },
  'stack-left-behind': { severity: 'info', title: 'A stack was left behind' },
  'tooling-drifted': { severity: 'warning', title: 'The tooling differs from its template' },
  'stack-set-call-refused': { severity: 'warning', title: 'AWS refuses a call on the StackSet' },
  'management-dlq-not-empty': {
    severity: 'warning',
    title: 'A dead-letter queue of the management account is not empty',
  },
} as const satisfies Record<string, AlertMessage>;

/** Id of an alert. */
export type AlertKind = keyof typeof MANAGEMENT_ALERTS;

/** An alert of the management account. */
export interface Alert {
  readonly kind: AlertKind;
  /** One sentence for each account, or each call, that the alert is about. */
  readonly lines: readonly string[];
  /** Accounts that the alert is about; the subject names the first. */
  readonly accounts: readonly AccountId[];
}

/** An alert, ready to be published. */
export interface PublishedAlert {
  readonly subject: string;
  readonly message: string;
  /** Id of the article in the runbook. */
  readonly article: string;
}

const MAX_SUBJECT = 99;

/** The subject of an alert without accounts, and how the subject of one with accounts begins. */
export const subjectOf = (kind: AlertKind): string => `Checkvalve: ${MANAGEMENT_ALERTS[kind].title}`;

/** An alert as a mail. A subject of SNS is ASCII, on one line, shorter than 100 characters.
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export function alertText({ kind, lines, accounts }: Alert): PublishedAlert {
  const [first, ...others] = accounts;
  const named = first ? `: ${first}${others.length > 0 ? ` and ${others.length} more` : ''}` : '';
  return {
    subject: `${subjectOf(kind)}${named}`.slice(0, MAX_SUBJECT),
    message: [...lines, '', `Severity: ${MANAGEMENT_ALERTS[kind].severity}`].join('\n'),
    article: kind,
  };
}
