// Longer than most: one table has the prose of every alarm of the vault, the most urgent first.
import type { VaultStep } from '../contract/flow';
import type { Severity } from '../contract/runbook';

/** The prose of an alarm. Only the description of the alarm contains it, so that a new sentence does not replace the alarm. */
export interface AlarmMessage {
  readonly severity: Severity;
  /** What is wrong, in one sentence. */
  readonly title: string;
  /** What it means for the copies, and why, in one or two sentences. */
  readonly meaning: string;
}

const critical = (title: string, meaning: string): AlarmMessage => ({ severity: 'critical', title, meaning });
const warning = (title: string, meaning: string): AlarmMessage => ({ severity: 'warning', title, meaning });
const info = (title: string, meaning: string): AlarmMessage => ({ severity: 'info', title, meaning });

const failing = (step: VaultStep): AlarmMessage =>
  warning(`Runs of ${step} fail.`, 'The next run tries again. If the alarm stays, the cause does not pass by itself.');

const MESSAGES = {
  'report-coverage-not-running': critical(
    'report-coverage has written no report for 3 hours.',
    'Every alarm about databases is blind: copies may be late or missing without an alarm.',
  ),
  'import-copies-not-running': critical(
    'import-copies has not run for an hour.',
    'No copy is imported, and the alarms about quotas, slots and the inbox are blind.',
  ),
  'copy-lost': critical(
    'The newest copy of a database is missing from the vault.',
    'The vault had the copy, it is gone, and no newer copy was imported. No step of Checkvalve deletes the newest copy.',
  ),
  'coverage-access-denied': critical(
    'An account denies the vault its coverage access role.',
    'Whether the databases of the account have new backups is unknown.',
  ),
  'coverage-incomplete': warning(
    'report-coverage could not read everything for 6 hours.',
    'An account could not be asked, or a part of it or the registry could not be read: the report may look better than the facts.',
  ),
  'database-never-copied': critical(
    'A database that should be protected has no copy in the vault.',
    'Its first copy was due within its RPO. Nothing can be restored from the vault.',
  ),
  'rpo-exceeded': critical(
    'The newest copy of a database is older than its RPO.',
    'A restore from the vault would lose more data than was agreed.',
  ),
  'copy-tags-disputed': critical(
    'A source account wrote tags on an export copy that RDS contradicts.',
    'Within the last week, tags named another database, snapshot or a later time. The vault files the copy under what RDS says. The account may be compromised.',
  ),
  'database-in-uncovered-region': warning(
    'An account has production databases in a Region without a vault.',
    'They carry the backup tag, and the configuration does not name their Region: no copy of them is made.',
  ),
  'database-newly-unsupported': warning(
    'A database cannot be copied to the vault.',
    'The report of an hour ago did not call it unsupported. Its engine or its encryption keeps RDS from copying its snapshots.',
  ),
  'quota-nearly-full': warning(
    'The vault uses more than 80 % of its quota of manual snapshots.',
    'When the quota is full, no copy is imported.',
  ),
  'prune-copies-not-running': warning(
    'prune-copies has not run for 26 hours.',
    'Copies past their term stay and fill the quota. When the quota is full, no copy is imported.',
  ),
  'copies-waiting-for-slots': warning(
    'Copies have waited for 6 hours because RDS runs as many copies as it allows.',
    'Copies become later from day to day.',
  ),
  'databases-waiting-for-admission': warning(
    'New databases wait for admission to the vault.',
    'The room of the vault is reserved, or their account has more new databases than it may have per day. The log of import-copies names the account.',
  ),
  'quota-over-reserved': warning(
    'The databases in the vault need more manual snapshots than its quota allows.',
    'The accounts share the room that there is, and some copies are imported late.',
  ),
  'copies-waiting-for-room': critical(
    'Copies of admitted databases have found no room in the vault for 6 hours.',
    'The quota is full, or a database has more copies than its backup plan makes.',
  ),
  'copy-size-needs-decision': warning(
    'A copy waits for a decision on its size.',
    'It is larger than the vault copies without a decision, or its account exceeds its GiB per day. The log of import-copies names it and the cost of its storage.',
  ),
  'account-slowed': warning(
    'The vault starts fewer copies of an account because its copies fail.',
    'Three or more copies of the account failed within 24 hours. Other accounts are not affected.',
  ),
  'export-copy-deleted': critical(
    'An export copy was deleted before it was copied to the vault.',
    'This backup is not copied to the vault. Its source deleted the export copy or no longer shares it. The log of import-copies names the database.',
  ),
  'findings-not-delivered': critical(
    'EventBridge could not publish a finding of IAM Access Analyzer.',
    'A resource of the vault may allow external access, and no message says so.',
  ),
  'export-copies-not-imported': warning(
    'An export copy has been shared for more than 6 hours and is not imported.',
    'The vault does not copy it, so that the copies of its database become late.',
  ),
  'inbox-dlq-not-empty': warning(
    'The dead-letter queue of the inbox is not empty.',
    'import-copies failed five times to process a message. A sweep finds the export copy within half an hour.',
  ),
  'vault-wakeups-dlq-not-empty': warning(
    'The dead-letter queue of the wakeups of the vault is not empty.',
    'An event should have started a step of the vault and did not. The next scheduled run does its work, later.',
  ),
  'source-wakeups-dlq-not-empty': warning(
    'The dead-letter queue of the wakeups of a source account is not empty.',
    'An event should have started export-snapshots and did not. The next scheduled run does its work, later.',
  ),
  'notifications-rejected': info(
    'The inbox received messages that the vault rejects.',
    'They came from an account that the vault does not follow, or are no notifications. Nothing was done because of them.',
  ),
  'too-many-notifications': warning(
    'The inbox received 500 or more notifications of one account within an hour.',
    'They cost runs of import-copies. Other accounts are not delayed. The log of import-copies names the account.',
  ),
  'registry-not-read': warning(
    'follow-sources has read no registry with entries for 26 hours.',
    'Accounts that were enrolled since are not followed, and their databases are not copied to the vault.',
  ),
  'account-exits-held': critical(
    'The registry ends more accounts than may leave per day.',
    'The vault follows the rest, and accounts whose entry is unreadable, as before. The registry may be wrong or manipulated.',
  ),
  'account-exits-pending': warning(
    'The registry says that accounts left.',
    'The vault follows them for one more day. Then it imports no new copies from them.',
  ),
  'account-exits-unconfirmed': warning(
    'Accounts left, and no operator has confirmed their exit.',
    'The vault imports no new copies from them. Their databases count as not protected until an operator confirms the exit.',
  ),
  'accounts-waiting-for-acceptance': info(
    'More new accounts came than the vault accepts per day.',
    'Their databases are copied from a later day on, or once an operator accepts the accounts.',
  ),
  'subscription-refused': warning(
    'The topic of a followed account refuses the subscription of the inbox.',
    'Copies of the account are imported later, by the sweep.',
  ),
  'registry-outdated': warning(
    'The daily sweep over the organization has not finished for 26 hours.',
    'Accounts that join or leave are missed: new accounts are not enrolled.',
  ),
  'follow-sources-failing': failing('follow-sources'),
  'import-copies-failing': failing('import-copies'),
  'prune-copies-failing': failing('prune-copies'),
  'report-coverage-failing': failing('report-coverage'),
};

/** Id of an alarm of the vault. Its name and its logical id derive from it; its article has the same id unless the table says
 * otherwise. */
export type AlarmId = keyof typeof MESSAGES;

/** The prose of every alarm of the vault, by id. */
export const ALARM_MESSAGES: Readonly<Record<AlarmId, AlarmMessage>> = MESSAGES;

/** The message that begins the mail about a finding of IAM Access Analyzer. */
export const EXTERNAL_ACCESS_MESSAGE = critical(
  'A resource of the vault allows external access.',
  'IAM Access Analyzer found a principal outside the vault account that may use it.',
);
