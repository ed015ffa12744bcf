import type { AccountId } from './ids';

/** Everything the management account tells a person, with the heading of the article in docs/runbook.md on it. */
export const MANAGEMENT_ALERTS = {
  leaving: 'An account is leaving',
  departed: 'An account left the organization',
  withdrawn: 'An account was withdrawn',
  notRemoved: 'The tooling was not removed',
  massExit: 'Many accounts would be withdrawn at once',
  nearMiss: 'A tag is nearly right',
  rolloutFailed: 'The tooling could not be deployed',
  quarantined: 'An account is quarantined',
  regionNotEnabled: 'A Region is not enabled in an account',
  leftBehind: 'A stack was left behind',
  drifted: 'The tooling was changed by hand',
  callRefused: 'AWS refuses a call on the StackSet',
  stuck: 'A queue of the management account holds dead letters',
} as const;

/** What an alert is about. */
export type AlertKind = keyof typeof MANAGEMENT_ALERTS;

/** Something a person should know. */
export interface Alert {
  readonly kind: AlertKind;
  /** One line for each account or thing it is about, in words. */
  readonly lines: readonly string[];
  /** Accounts it is about; the subject names the first. */
  readonly accounts: readonly AccountId[];
}

/** The anchor of a heading, as Markdown makes it. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replace(/ /g, '-');

const LONGEST_SUBJECT = 99;

/** An alert as a message to people. A subject of SNS is ASCII, on one line, shorter than 100 characters.
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export function alertText({ kind, lines, accounts }: Alert): { readonly subject: string; readonly message: string } {
  const [first, ...others] = accounts;
  const who = first ? `: ${first}${others.length > 0 ? ` and ${others.length} more` : ''}` : '';
  const article = MANAGEMENT_ALERTS[kind];
  return {
    subject: `Checkvalve: ${article}${who}`.slice(0, LONGEST_SUBJECT),
    message: [...lines, '', `What to do: docs/runbook.md#${anchorOf(article)}`].join('\n'),
  };
}
