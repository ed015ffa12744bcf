import { ADMISSION_WAITS, type AdmissionWait } from '../../../src/contract/admission';
import { snapshotParts } from '../../../src/contract/ids';
import { monthlyUsd } from '../../../src/contract/storage-cost';
import { groupBy } from '../../_kit/copies';
import type { Log } from '../../_kit/ports/log';
import type { ImportPlan, Passed } from './plan';

/** Databases and copies that one line names: a flood must not fill the log. */
const EXAMPLES = 10;

/** What a person can do about a wait, by its reason. */
const REMEDIES: Readonly<Record<AdmissionWait, string>> = {
  'new-database-limit': 'Wait a day, or run “checkvalve accept” for each database that is to enter now.',
  'new-database-no-room':
    'Have the quota of manual snapshots raised and set vault.manualSnapshotQuota to it, or run “checkvalve accept” for the database.',
  'copy-too-large': 'Run “checkvalve accept” for the export copy, or raise vault.admission.maxCopyGiB.',
  'account-gib-per-day':
    'Wait a day, run “checkvalve accept” for the export copy, or raise vault.admission.maxGiBPerAccountPerDay.',
  'account-room-used': 'See whether the account makes more copies than its backup plan; wait for old copies to end.',
  'quota-full': 'Have the quota of manual snapshots raised and set vault.manualSnapshotQuota to it.',
};

const isAdmissionWait = (because: string): because is AdmissionWait => Object.hasOwn(ADMISSION_WAITS, because);

/** Names the accounts whose copies wait for room or for a person, and those that are slowed: an alarm cannot. */
export function logWaits(
  { passed, room, slowed }: Pick<ImportPlan, 'passed' | 'room' | 'slowed'>,
  log: Log,
  now: Date,
): void {
  const waits = passed.filter(({ because }) => isAdmissionWait(because));
  const key = ({ snapshot, because }: Passed) => `${snapshotParts(snapshot.arn).account} ${because}`;
  for (const all of groupBy(waits, key).values()) {
    const [{ snapshot, because } = { snapshot: undefined, because: '' }] = all;
    if (!snapshot || !isAdmissionWait(because)) continue;
    const databases = [...new Set(all.map(({ snapshot: { database } }) => database))];
    const copies = all.slice(0, EXAMPLES).map(({ snapshot: { arn, sizeGiB } }) => {
      return { exportCopy: arn, sizeGiB, storageUsdPerMonth: monthlyUsd(sizeGiB) };
    });
    log('account.waits', {
      account: snapshotParts(snapshot.arn).account,
      because,
      reason: ADMISSION_WAITS[because],
      remedy: REMEDIES[because],
      databases: databases.length,
      examples: databases.slice(0, EXAMPLES),
      copies,
    });
  }
  for (const { account, failures, until, maxInFlight } of slowed.all.values()) {
    const pausedUntil = until > now.getTime() ? new Date(until).toISOString() : undefined;
    log('account.backoff', { account, failures, pausedUntil, maxInFlight });
  }
  for (const kind of ['instance', 'cluster'] as const) {
    if (room.beyondQuota(kind) === 0) continue;
    const largest = [...room.accounts(kind)].sort((a, b) => b.reserved - a.reserved).slice(0, EXAMPLES);
    log('room.reserved-beyond-quota', { kind, places: room.beyondQuota(kind), largest });
  }
}
