/** Why a database or a snapshot does not cross, and what a person can do about it. Reported, never retried for ever. */
export interface Verdict {
  readonly reason: string;
  readonly remedy: string;
  /** `unsupported`: stays so until the database is changed. `held`: tried again, ever more rarely. `once`: of this one
   * snapshot or backup; the next may be fine. */
  readonly lasts: 'unsupported' | 'held' | 'once';
}

const unsupported = (reason: string, remedy: string): Verdict => ({ reason, remedy, lasts: 'unsupported' });
const held = (reason: string, remedy: string): Verdict => ({ reason, remedy, lasts: 'held' });
const once = (reason: string, remedy: string): Verdict => ({ reason, remedy, lasts: 'once' });

/** Every verdict there is. The reasons come from AWS's own limits:
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html
 * and from those of AWS Backup:
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/tags-on-backups.html
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeRegionSettings.html */
export const VERDICTS = {
  'multi-az-cluster': unsupported(
    'a snapshot of a Multi-AZ DB cluster can neither be copied nor shared',
    'Move to a Multi-AZ instance or to Aurora, or protect it by other means and exempt it.',
  ),
  'rds-custom': unsupported(
    'a snapshot of RDS Custom cannot be copied to another account',
    'Protect it by other means and exempt it.',
  ),
  'unencrypted-cluster': unsupported(
    'a cluster that is not encrypted cannot be encrypted by copying its snapshot',
    'Restore a snapshot into an encrypted cluster and move there.',
  ),
  unshareable: unsupported(
    'RDS refuses to share the copy, as it does with TDE and other permanent options',
    'Take the option off its option group, or protect it by other means.',
  ),
  'too-many-tags': unsupported(
    'it has more than 48 tags: with the two of the plan its recovery points would have more than 50',
    'Take tags off it until it has 48; those that begin with aws: do not count.',
  ),
  'not-opted-in': unsupported(
    'AWS Backup is not opted in to this kind of database in the account and Region',
    'Opt in under AWS Backup, Settings, Service opt-in; or configure backup.serviceOptIn.',
  ),
  'failed-too-often': unsupported(
    'the copy failed three times',
    'Look at the RDS events of the copy; delete the failed copies to have it tried again.',
  ),
  'key-not-accessible': held(
    'a KMS key is disabled, is to be deleted, or does not let RDS use it',
    'Enable it, or allow the account kms:CreateGrant, kms:DescribeKey and kms:Decrypt on it.',
  ),
  'our-key-not-accessible': held(
    'the key of our own copies (export key; in the vault, import key) is disabled or is to be deleted',
    'Enable it, or cancel its deletion: until then nothing crosses.',
  ),
  'copy-refused': held(
    'RDS refuses to copy the snapshot, and says why',
    'Read the message. A cluster under a key that AWS owns may have to move to a key of the account.',
  ),
  'option-group-needed': held(
    'the vault lacks an option group with the options that the snapshot cannot be without, such as Timezone',
    'Create one with these options in the vault, named checkvalve-ENGINE-MAJOR (checkvalve-oracle-ee-19).',
  ),
  'share-list-full': held(
    'the export copy is shared with as many accounts as RDS allows, and the vault is none of them',
    'Take accounts out of its attribute “restore”, and find in CloudTrail which principal shared it with them.',
  ),
  'share-refused': held(
    'RDS refuses to share the export copy in its present state',
    'Read the message. Sharing is tried again in each run.',
  ),
  overdue: held(
    'the snapshot has waited for its turn beyond the deadline',
    'See whether the vault takes copies; raise the limits on copies and snapshots, at AWS and in the configuration.',
  ),
  'quota-full': held(
    'the account has as many manual snapshots as its quota allows',
    'Raise the quota of manual snapshots, or delete snapshots that nobody needs.',
  ),
  stuck: held(
    'the copy has not finished within its deadline',
    'Ask AWS Support about it. No second one is started: RDS would queue it behind the first.',
  ),
  'unknown-status': held(
    'RDS answers a status that Checkvalve does not know',
    'Nothing is done to the snapshot. Upgrade Checkvalve, or report the status.',
  ),
  'missing-tag': once(
    'not crossing: a snapshot of a production database lacks the tag that makes it cross',
    'Back the database up with “checkvalve backup DATABASE”, or let your own backup plan set the two tags.',
  ),
  'snapshot-deleted': once(
    'the snapshot was deleted before its copy was finished: this backup is not copied to the vault',
    'Run “checkvalve backup DATABASE”. Keep recovery points for at least a week, and find in CloudTrail what deleted it.',
  ),
  'missed-backup': once(
    'AWS Backup did not make the snapshot that was due',
    'Read the message of the job, mend its cause, and run “checkvalve backup DATABASE”.',
  ),
} as const satisfies Record<string, Verdict>;

/** Stable code of a verdict. */
export type VerdictCode = keyof typeof VERDICTS;

/** A verdict remembered in a tag: which, how often it came, when last, and when a person was last told. */
export interface Hold {
  readonly code: VerdictCode;
  readonly count: number;
  readonly at: Date;
  /** Undefined while nobody was told of it: another snapshot of the database was in the news already. */
  readonly alertedAt?: Date;
}

/** As a tag's value, in the characters that RDS allows. */
export const holdTag = ({ code, count, at, alertedAt }: Hold): string =>
  [code, count, at.toISOString(), ...(alertedAt ? [alertedAt.toISOString()] : [])].join(' ');

/** Reads a tag's value; undefined for anything that {@link holdTag} would not have written. */
export function readHold(value: string | undefined): Hold | undefined {
  const [code, count, at, told, ...more] = value?.split(' ') ?? [];
  if (!code || !Object.hasOwn(VERDICTS, code) || !/^\d{1,4}$/.test(count ?? '') || more.length > 0) return undefined;
  const [time, alertedAt] = [new Date(at ?? ''), told === undefined ? undefined : new Date(told)];
  if (Number.isNaN(time.getTime()) || (alertedAt && Number.isNaN(alertedAt.getTime()))) return undefined;
  return { code: code as VerdictCode, count: Number(count), at: time, ...(alertedAt && { alertedAt }) };
}

/** The tag's next value after AWS refused once more: the count goes up when the same verdict comes again, and so does the
 * time until the next try. What lasts is not tried again: where it comes twice, a run was cut off, and that is no second
 * time. `told`: a person hears of it now. */
export function holdAgain(before: string | undefined, code: VerdictCode, at: Date, told = true): string {
  const held = readHold(before);
  const again = held?.code === code ? held.count + (VERDICTS[code].lasts === 'held' ? 1 : 0) : 1;
  const count = Math.min(again, 9999);
  return holdTag({ code, count, at, alertedAt: told ? at : held?.alertedAt });
}

/** The tag's next value when a person is told (again) and nothing was tried: the next try is not put off by that. */
export function alertedAgain(before: string | undefined, code: VerdictCode, at: Date): string {
  const held = readHold(before);
  return holdTag(held?.code === code ? { ...held, alertedAt: at } : { code, count: 1, at, alertedAt: at });
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** By how much the clocks of two runs may differ. */
const SKEW = 5 * MINUTE;

/** Whether a held thing may be tried again: after 10 minutes, then 20, 40, … and at the most once a day. A hold of the future
 * is due: no step wrote it, and it would hold for ever. */
export const isDueAgain = (hold: Hold, now: Date): boolean =>
  VERDICTS[hold.code].lasts === 'held' &&
  (hold.at.getTime() > now.getTime() + SKEW ||
    now.getTime() - hold.at.getTime() >= Math.min(DAY, 10 * MINUTE * 2 ** (hold.count - 1)));

/** Whether a verdict is so fresh that a person has heard of it today. */
export const wasAlertedToday = ({ alertedAt }: Hold, now: Date): boolean =>
  alertedAt !== undefined && now.getTime() - alertedAt.getTime() < DAY;
