import { DAY, MINUTE } from './durations';
import { currentVerdict } from './release-0-1-0';

/** Why a database or a snapshot is not copied to the vault, and the remedy. Steps report verdicts instead of retrying without
 * end. */
export interface Verdict {
  /** Part of a sentence: what keeps the copy from being made. */
  readonly reason: string;
  readonly remedy: string;
  /** `unsupported`: lasts until the database is changed. `held`: the step tries again, less and less often. `once`: of this
   * one snapshot or backup; the next one may be copied. */
  readonly lasts: 'unsupported' | 'held' | 'once';
}

const unsupported = (reason: string, remedy: string): Verdict => ({ reason, remedy, lasts: 'unsupported' });
const held = (reason: string, remedy: string): Verdict => ({ reason, remedy, lasts: 'held' });
const once = (reason: string, remedy: string): Verdict => ({ reason, remedy, lasts: 'once' });

/** Every verdict, by its id. The reasons come from the limits of RDS:
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html
 * and from those of AWS Backup:
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/tags-on-backups.html
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeRegionSettings.html */
export const VERDICTS = {
  'multi-az-cluster': unsupported(
    'RDS can neither copy nor share a snapshot of a Multi-AZ DB cluster',
    'Move to a Multi-AZ instance or to Aurora. Or protect the database by other means and exclude it.',
  ),
  'rds-custom': unsupported(
    'RDS cannot copy a snapshot of RDS Custom to another account',
    'Protect the database by other means and exclude it.',
  ),
  'unencrypted-cluster': unsupported(
    'RDS cannot encrypt the snapshot of an unencrypted cluster by copying it',
    'Restore a snapshot into an encrypted cluster and move there.',
  ),
  unshareable: unsupported(
    'RDS refuses to share the copy, as it does with TDE and other permanent options',
    'Remove the option from the option group, or protect the database by other means.',
  ),
  'too-many-tags': unsupported(
    'it has more than 48 tags: with the two tags of the plan its recovery points would have more than 50',
    'Remove tags until it has 48. Tags that begin with aws: do not count.',
  ),
  'not-opted-in': unsupported(
    'AWS Backup is not opted in to this kind of database in the account and Region',
    'Opt in under AWS Backup, Settings, Service opt-in. Or configure backup.serviceOptIn.',
  ),
  'failed-too-often': unsupported(
    'the copy failed three times',
    'Read the RDS events of the copy. Delete the failed copies, and the next run tries again.',
  ),
  'key-not-accessible': held(
    'a KMS key is disabled, is scheduled for deletion, or does not allow RDS to use it',
    'Enable the key, or allow the account kms:CreateGrant, kms:DescribeKey and kms:Decrypt on it.',
  ),
  'checkvalve-key-not-accessible': held(
    'the key of Checkvalve’s copies (the export key; in the vault, the import key) is disabled or is scheduled for deletion',
    'Enable the key, or cancel its deletion: until then nothing is copied to the vault.',
  ),
  'copy-refused': held(
    'RDS refuses to copy the snapshot and gives a reason',
    'Read the message of RDS. A cluster under an AWS owned key may have to move to a key of the account.',
  ),
  'option-group-needed': held(
    'the vault has no option group with the options that the snapshot requires, such as Timezone',
    'Create one with these options in the vault, named checkvalve-ENGINE-MAJOR (checkvalve-oracle-ee-19).',
  ),
  'share-list-full': held(
    'the export copy is shared with as many accounts as RDS allows, and the vault is not among them',
    'Remove accounts from its attribute “restore”. Find in CloudTrail which principal shared the copy with them.',
  ),
  'share-refused': held(
    'RDS refuses to share the export copy in its present state',
    'Read the message of RDS. Each run tries again to share the copy.',
  ),
  overdue: held(
    'the snapshot has waited for its copy beyond the deadline',
    'Check that the vault imports copies. Raise the limits on copies and snapshots, at AWS and in the configuration.',
  ),
  'quota-full': held(
    'the account has as many manual snapshots as its quota allows',
    'Raise the quota of manual snapshots, or delete snapshots that are not needed.',
  ),
  stuck: held(
    'the copy has not finished within its deadline',
    'Ask AWS Support about it. Do not start a second copy: RDS would queue it behind the first.',
  ),
  'unknown-status': held(
    'RDS returns a status that Checkvalve does not know',
    'Upgrade Checkvalve, or report the status. Until then no step changes the snapshot.',
  ),
  'missing-tag': once(
    'its snapshot lacks the tag by which snapshots are selected for the vault',
    'Run “checkvalve backup DATABASE”, or let your own backup plan set the two tags.',
  ),
  'snapshot-deleted': once(
    'the snapshot was deleted before its copy was finished: this backup is not copied to the vault',
    'Run “checkvalve backup DATABASE”. Keep recovery points for at least a week, and find in CloudTrail what deleted it.',
  ),
  'missed-backup': once(
    'AWS Backup did not make the snapshot that was due',
    'Read the message of the job, remove its cause, and run “checkvalve backup DATABASE”.',
  ),
} as const satisfies Record<string, Verdict>;

/** Id of a verdict. */
export type VerdictCode = keyof typeof VERDICTS;

/** A verdict that a tag holds: which one, how often it came, when it came last, and when operators were last alerted. */
export interface Hold {
  readonly code: VerdictCode;
  readonly count: number;
  readonly at: Date;
  /** Undefined until operators are alerted of it: another snapshot of the database may have been in the alert instead. */
  readonly alertedAt?: Date;
}

/** A verdict as the value of a tag, in the characters that RDS allows. */
export const formatHold = ({ code, count, at, alertedAt }: Hold): string =>
  [code, count, at.toISOString(), ...(alertedAt ? [alertedAt.toISOString()] : [])].join(' ');

/** Reads the value of a tag; undefined for anything that {@link formatHold} would not write. */
export function parseHold(value: string | undefined): Hold | undefined {
  const [id = '', count, at, alerted, ...more] = value?.split(' ') ?? [];
  const code = currentVerdict(id);
  if (!Object.hasOwn(VERDICTS, code) || !/^\d{1,4}$/.test(count ?? '') || more.length > 0) return undefined;
  const [time, alertedAt] = [new Date(at ?? ''), alerted === undefined ? undefined : new Date(alerted)];
  if (Number.isNaN(time.getTime()) || (alertedAt && Number.isNaN(alertedAt.getTime()))) return undefined;
  return { code: code as VerdictCode, count: Number(count), at: time, ...(alertedAt && { alertedAt }) };
}

/** The next value of the tag after AWS refused again. When the same verdict comes again, the count grows, and so does the time
 * until the next attempt. A lasting verdict is not tried again: where it comes twice, a run was cut off, and the count stays.
 * `alerted`: operators are alerted of it now. */
export function holdAfterRefusal(before: string | undefined, code: VerdictCode, at: Date, alerted = true): string {
  const hold = parseHold(before);
  const again = hold?.code === code ? hold.count + (VERDICTS[code].lasts === 'held' ? 1 : 0) : 1;
  const count = Math.min(again, 9999);
  return formatHold({ code, count, at, alertedAt: alerted ? at : hold?.alertedAt });
}

/** The next value of the tag when operators are alerted and nothing was tried: the time of the next attempt stays. */
export function alertedAgain(before: string | undefined, code: VerdictCode, at: Date): string {
  const hold = parseHold(before);
  return formatHold(hold?.code === code ? { ...hold, alertedAt: at } : { code, count: 1, at, alertedAt: at });
}

/** How far the clocks of two runs may differ. */
const MAX_CLOCK_SKEW_MS = 5 * MINUTE;

/** Whether a held snapshot is due for another attempt: after 10 minutes, then 20, 40, … and at most once a day. A hold with a time
 * in the future is due: no step wrote it, and it would hold without end. */
export const isDueAgain = (hold: Hold, now: Date): boolean =>
  VERDICTS[hold.code].lasts === 'held' &&
  (hold.at.getTime() > now.getTime() + MAX_CLOCK_SKEW_MS ||
    now.getTime() - hold.at.getTime() >= Math.min(DAY, 10 * MINUTE * 2 ** (hold.count - 1)));

/** Whether operators were alerted of a verdict within the last 24 hours. */
export const wasAlertedToday = ({ alertedAt }: Hold, now: Date): boolean =>
  alertedAt !== undefined && now.getTime() - alertedAt.getTime() < DAY;
