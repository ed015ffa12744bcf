/** What the message says about each kind of finding, by id. The most severe kind comes first. */
export const SECTIONS = {
  unknown: 'Unknown protection status: the account denies access, or did not answer',
  lost: 'The vault had a copy, and it is gone',
  never: 'Never copied to the vault',
  late: 'The newest copy is older than the RPO',
  unsupported: 'Not supported: no copy can be made',
  'missing-tag': 'Excluded: the tag of the backup plans is missing',
  'tag-removed': 'Protected for now: the tag of the backup plans was removed, and no further copies come',
  'access-denied': 'Accounts that deny access',
  'disputed-tags': 'Copies with tags of the source that RDS contradicts',
  'uncovered-region': 'Production databases in Regions without a vault',
  'export-key-policy': 'Export keys with policies that the tooling did not set',
  'not-read': 'Not read: the report may be too favorable',
  'missed-backup': 'Backups that AWS Backup did not make, or that were deleted before they were copied',
  'not-opted-in': 'Services without opt-in in AWS Backup',
  'account-leaving': 'Accounts that are about to leave',
  'exit-unconfirmed': 'Accounts that left without the confirmation of an operator',
  'account-waiting': 'Accounts that wait to be accepted',
} as const;

/** Kind of a finding. */
export type SectionId = keyof typeof SECTIONS;

/** The subject by the most severe kind of finding, without the name of Checkvalve and the Region. */
export const SUBJECTS = {
  'not-protected': (count: number, all: number) => `${count} of ${all} databases not protected`,
  'access-denied': (count: number) => `${count} account(s) deny access`,
  'disputed-tags': (count: number) => `${count} copies with tags that RDS contradicts`,
  'uncovered-region': (count: number) => `${count} database(s) in Regions without a vault`,
  'export-key-policy': (count: number) => `${count} unexpected export key policies`,
  'not-read': (count: number) => `${count} part(s) not read`,
  'missed-backup': (count: number) => `${count} backup(s) missed`,
  'not-opted-in': (count: number) => `${count} account(s) without opt-in in AWS Backup`,
  changes: () => 'databases or accounts change',
} as const;

/** What to do about a finding that has no remedy of its own. */
export const REMEDIES = {
  'access-denied': 'See the runbook, article coverage-access-denied.',
  'disputed-tags': 'See the runbook, article copy-tags-disputed.',
  'uncovered-region': 'See the runbook, article database-in-uncovered-region.',
  'account-leaving': 'The vault imports its copies for one more day.',
  'exit-unconfirmed': (account: string) => `Run “checkvalve accept --left ${account}” if the account is to leave.`,
  'account-waiting': (account: string) => `Run “checkvalve accept ${account}” if the account is to be accepted.`,
  'not-opted-in': 'Opt in under AWS Backup, Settings, Service opt-in; or configure backup.serviceOptIn.',
} as const;

/** A text as a sentence: with a capital letter and a full stop. */
export const sentence = (text: string): string => {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[.!?…]$/.test(trimmed) ? '' : '.'}`;
};
