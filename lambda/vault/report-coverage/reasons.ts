import type { CoverageRow } from '../../../src/contract/coverage';
import type { AccountId, DatabaseArn } from '../../../src/contract/ids';
import { RECOVERY_POINT_TAGS } from '../../../src/contract/names';
import { VERDICTS, type VerdictCode } from '../../../src/contract/verdicts';

/** Why a database has its status, and what to do. */
export type ReasonText = Pick<CoverageRow, 'reason' | 'remedy'>;

/** The sentences on each reason for a status, by the id of the reason. */
export const REASONS = {
  'access-denied': (because: string): ReasonText => ({
    reason: `the account denies access through its access role: ${because}`,
    remedy: 'See the runbook, article coverage-access-denied.',
  }),
  'account-not-reached': (because: string): ReasonText => ({
    reason: `the account did not answer: ${because}`,
    remedy: 'The next run asks again; if the account still does not answer, read the log of report-coverage.',
  }),
  'account-not-read': (since: string): ReasonText => ({
    reason: `the account was ${since}: the runs had no time left for it`,
    remedy:
      'The next run reads it first; if this lasts, read the log of report-coverage for accounts that answer slowly.',
  }),
  'account-waiting': (): ReasonText => ({
    reason: 'the account waits, behind many others, to be accepted',
    remedy: 'See the runbook, article accounts-waiting-for-acceptance.',
  }),
  'database-deleted': (): ReasonText => ({ reason: 'the database is deleted; its copies stay' }),
  'name-reused': (): ReasonText => ({
    reason: 'the database is deleted, and another one has its name; its copies stay until their terms end',
    remedy: 'Put a legal hold on a copy that is to stay longer.',
  }),
  'deleted-before-exit': (): ReasonText => ({
    reason: 'the database was deleted before its account left; its copies stay',
  }),
  'account-evicted': (): ReasonText => ({
    reason: 'an operator evicted the account; it gets no new copies, and those in the vault stay',
  }),
  'account-left': (): ReasonText => ({
    reason: 'the account left; it gets no new copies, and those in the vault stay',
  }),
  'exit-unconfirmed': (account: AccountId): ReasonText => ({
    reason: 'the account left, and no operator has confirmed that; it gets no new copies',
    remedy: `Run “checkvalve accept --left ${account}” if the account is to leave; otherwise enroll it again.`,
  }),
  excluded: (): ReasonText => ({ reason: 'an operator decided that the database is no longer backed up' }),
  'never-tagged': (tag: string): ReasonText => ({
    reason: `the database does not have the tag ${tag}: the backup plans do not select it`,
    remedy: `Add the tag ${tag} if the database is to be protected.`,
  }),
  'tag-removed': (tag: string, database: DatabaseArn): ReasonText => ({
    reason: `the tag ${tag} was removed: the backup plans do not select the database`,
    remedy: addOrExclude(tag, database),
  }),
  'tag-missing': (tag: string, database: DatabaseArn): ReasonText => ({
    reason: `the database does not have the tag ${tag}, and the vault has copies of it: the backup plans do not select it`,
    remedy: addOrExclude(tag, database),
  }),
  'first-copy-not-due': (rpoHours: number): ReasonText => ({
    reason: `the first copy is due ${rpoHours} h after the database was created, tagged or enrolled`,
  }),
  'copy-lost': (arn = 'the copy', dataTime = 'an unknown time'): ReasonText => ({
    reason: `the vault had a copy with data of ${dataTime}; it is gone, and no newer one is there`,
    remedy: `Find in the vault's CloudTrail which principal deleted ${arn}. Checkvalve never deletes a newest copy.`,
  }),
  'recovery-point-tag-missing': (): ReasonText => ({
    reason: `AWS Backup's snapshots of the database do not have the tag ${RECOVERY_POINT_TAGS.exportKey}`,
    remedy: `Set ${RECOVERY_POINT_TAGS.exportKey} as a tag of recovery points in the backup plan, or use the plans of the tooling.`,
  }),
  'job-in-window': (state: string, window: string): ReasonText => ({
    reason: `the backup ${state.toLowerCase()}: it was to start in the hour before or during the ${window}`,
    remedy: 'Move that window of the instance, or the schedule of the plan, so that they are two hours apart.',
  }),
  'job-failed': (state: string, message: string): ReasonText => ({
    reason: `the backup ${state.toLowerCase()}: ${message}`,
    remedy: 'Look at the job in AWS Backup.',
  }),
  'no-failed-job': (): ReasonText => ({
    remedy: 'Look at AWS Backup, then at the logs of export-snapshots and of import-copies.',
  }),
} as const;

const addOrExclude = (tag: string, database: DatabaseArn): string =>
  `Add the tag ${tag}; or run “checkvalve accept --excluded ${database}” if the database is no longer to be protected.`;

/** The sentences on a verdict: what AWS answers, or what the source wrote. */
export function verdictReason(code: VerdictCode, codeFrom: 'aws' | 'source' = 'aws') {
  const { reason, remedy } = VERDICTS[code];
  return { code, codeFrom, reason: codeFrom === 'source' ? `the source says: ${reason}` : reason, remedy };
}
