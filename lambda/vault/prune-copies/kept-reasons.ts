/** A reason why a snapshot stays. */
interface KeptText {
  readonly reason: string;
  /** Expected every day: the log counts such snapshots and does not name them. */
  readonly isRoutine: boolean;
}

const routine = (reason: string): KeptText => ({ reason, isRoutine: true });
const notable = (reason: string): KeptText => ({ reason, isRoutine: false });

/** Why a snapshot in the vault stays, by id. */
export const KEPT_REASONS = {
  'foreign-snapshot': routine('Checkvalve did not make the snapshot'),
  'within-term': routine('the retention of the copy has not ended'),
  'not-available-yet': routine('RDS is still making the copy'),
  'being-deleted': routine('RDS is deleting the copy'),
  'among-newest-copies': routine('the copy is one of the newest of its database that the retention keeps'),
  'waits-for-next-run': routine('this run has deleted as many copies as a run may; the next run deletes the copy'),
  'account-stopped': routine('too many copies of the account are past their term at once'),
  'time-not-trusted': routine('the run does not trust its clock, and deletes nothing'),
  'legal-hold': notable('the copy is under a legal hold'),
  'last-copy': notable('the copy is past its term, and the vault has no newer copy of the database'),
  'export-copy-shared': notable('the export copy is still shared: import-copies would import it again'),
  'import-may-be-retried': notable('the import failed and may still be tried again'),
  'status-needs-operator': notable('RDS shows a status in which the copy neither becomes available nor ends'),
  'database-tag-missing': notable('the copy does not name its database'),
  'name-contradicts-tags': notable('the name of the copy and its tags name different origins'),
  'import-time-missing': notable('the copy does not say when it was imported'),
  'import-time-unreadable': notable('the import time on the copy is not a time'),
  'import-time-in-future': notable('the import time on the copy is in the future'),
  'creation-time-missing': notable('RDS does not say when the copy was made'),
  'import-and-creation-apart': notable('the import time and the time that RDS gives are more than a week apart'),
} as const satisfies Record<string, KeptText>;

/** One of {@link KEPT_REASONS}. */
export type KeptReason = keyof typeof KEPT_REASONS;

/** Whether a reason is expected every day. */
export const isRoutine = (reason: KeptReason): boolean => KEPT_REASONS[reason].isRoutine;
