import type { CoverageEvidence, MissedBackup } from '../../../src/contract/coverage';
import { DAY } from '../../../src/contract/durations';
import { foreignText } from '../../../src/contract/foreign-text';
import type { AccountId } from '../../../src/contract/ids';
import { VERDICTS } from '../../../src/contract/verdicts';
import { holdOf, isExportCopy } from '../../_kit/export-copies';
import type { FailedJob } from '../../_kit/ports/backup-jobs';
import type { Snapshot } from '../../_kit/ports/snapshots';
import type { CoverageFacts } from './facts';

/** For how long a run looks for a missed backup that no message has reported. */
const MAX_UNREPORTED = 7 * DAY;
/** Missed backups of one account that a report names: no account may make the report too long to be written. */
const MAX_MISSED_PER_ACCOUNT = 200;

/** Since when a missed backup counts: since the last message, so that one message reports it; at least for a day. Pure. */
export function missedBackupsSince(before: CoverageFacts['before'], now: Date): Date {
  const alertedAt = Date.parse(before?.alertedAt ?? '') || 0;
  return new Date(Math.max(Math.min(alertedAt, now.getTime() - DAY), now.getTime() - MAX_UNREPORTED));
}

/** The backups of each account that were not made, or were deleted too soon. Pure. */
export const missedBackups = ({ accounts, before, now }: CoverageFacts): CoverageEvidence['missedBackups'] =>
  accounts.flatMap(({ account, observed }) =>
    observed.access === 'granted'
      ? [
          ...deletedTooSoon(account, observed.snapshots, missedBackupsSince(before, now)),
          ...failedJobs(account, observed.failedJobs),
        ].slice(0, MAX_MISSED_PER_ACCOUNT)
      : [],
  );

const failedJobs = (account: AccountId, jobs: readonly FailedJob[]): readonly MissedBackup[] =>
  jobs.map(({ resource, state, message, at }) => ({
    account,
    database: foreignText(resource),
    state,
    message: foreignText(message),
    at: at.toISOString(),
  }));

/** Snapshots that were deleted before they were copied: the source records that on the failed copy. */
const deletedTooSoon = (account: AccountId, snapshots: readonly Snapshot[], since: Date): readonly MissedBackup[] =>
  snapshots.flatMap((one) => {
    const hold = holdOf(one);
    if (!isExportCopy(one) || hold?.code !== 'snapshot-deleted' || hold.at < since) return [];
    const { reason, remedy } = VERDICTS[hold.code];
    const message = `${reason}. ${remedy}`;
    return [{ account, database: one.database, state: 'DELETED', message, at: hold.at.toISOString() }];
  });
