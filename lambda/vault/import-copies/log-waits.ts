import { ADMISSION_WAITS, type AdmissionWait } from '../../../src/contract/admission';
import { snapshotParts } from '../../../src/contract/ids';
import { monthlyUsd } from '../../../src/contract/storage-cost';
import { groupBy } from '../../_kit/copies';
import type { Log } from '../../_kit/ports/log';
import type { ImportPlan, Passed } from './plan';

/** Databases and copies that one line names: a flood must not fill the log. */
const MAX_EXAMPLES = 10;

/** What an operator can do about a wait. */
const REMEDIES: Readonly<Record<AdmissionWait, string>> = {
  'new-database-limit': 'Wait a day, or run “checkvalve accept” for each database that is to be imported now.',
  'new-database-no-room':
    'Request a higher quota of manual snapshots and set vault.manualSnapshotQuota to it, or run “checkvalve accept” for the database.',
  'copy-too-large': 'Run “checkvalve accept” for the export copy, or raise vault.admission.maxCopyGiB.',
  'account-gib-per-day':
    'Wait a day, run “checkvalve accept” for the export copy, or raise vault.admission.maxGiBPerAccountPerDay.',
  'account-room-used':
    'Check whether the account makes more copies than its backup plan says, and wait until prune-copies deletes old copies.',
  'older-copy-no-room':
    'Raise vault.manualSnapshotQuota if the vault is to have this history; it has the newest data of the database.',
  'quota-full': 'Request a higher quota of manual snapshots and set vault.manualSnapshotQuota to it.',
};

const isAdmissionWait = (because: string): because is AdmissionWait => Object.hasOwn(ADMISSION_WAITS, because);

/** Logs the accounts whose copies wait for room or for an operator, and those in backoff: an alarm cannot name them. */
export function logWaits(
  { passed, admission, backoff }: Pick<ImportPlan, 'passed' | 'admission' | 'backoff'>,
  log: Log,
  now: Date,
): void {
  const waits = passed.filter(({ because }) => isAdmissionWait(because));
  const key = ({ snapshot, because }: Passed) => `${snapshotParts(snapshot.arn).account} ${because}`;
  for (const all of groupBy(waits, key).values()) logWait(all, log);
  for (const { account, failures, until, maxInFlight } of backoff.all.values()) {
    const pausedUntil = until > now.getTime() ? new Date(until).toISOString() : undefined;
    log('account.backoff', { account, failures, pausedUntil, maxInFlight });
  }
  for (const kind of ['instance', 'cluster'] as const) {
    if (admission.beyondQuota(kind) === 0) continue;
    const largest = [...admission.accounts(kind)].sort((a, b) => b.reserved - a.reserved).slice(0, MAX_EXAMPLES);
    log('quota.reserved-beyond', { kind, places: admission.beyondQuota(kind), largest });
  }
}

/** One line about what waits of one account for one reason. */
function logWait(all: readonly Passed[], log: Log): void {
  const [{ snapshot, because } = { snapshot: undefined, because: '' }] = all;
  if (!snapshot || !isAdmissionWait(because)) return;
  const databases = [...new Set(all.map(({ snapshot: { database } }) => database))];
  const copies = all.slice(0, MAX_EXAMPLES).map(({ snapshot: { arn, sizeGiB } }) => {
    return { exportCopy: arn, sizeGiB, storageUsdPerMonth: monthlyUsd(sizeGiB) };
  });
  log('account.waits', {
    account: snapshotParts(snapshot.arn).account,
    because,
    reason: ADMISSION_WAITS[because],
    remedy: REMEDIES[because],
    databases: databases.length,
    examples: databases.slice(0, MAX_EXAMPLES),
    copies,
  });
}
