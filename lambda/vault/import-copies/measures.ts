import type { Kind } from '../../../src/contract/ids';
import * as METRICS from '../../../src/contract/metrics';
import { NO_SLOT, SLOTS_KEPT } from '../../_kit/copies';
import type { ImportFacts } from './facts';
import type { ParsedNotifications } from './parse-notifications';
import type { ImportPlan, Passed } from './plan';

/** The metric that counts a wait: the alarm says that there is one, the log names the account. */
const WAITS: Partial<Record<Passed['because'], string>> = {
  [NO_SLOT]: METRICS.importCopies.waitingForSlots,
  [SLOTS_KEPT]: METRICS.importCopies.waitingForSlots,
  'new-database-limit': METRICS.importCopies.waitingForAdmission,
  'new-database-no-room': METRICS.importCopies.waitingForAdmission,
  'copy-too-large': METRICS.importCopies.waitingForSize,
  'account-gib-per-day': METRICS.importCopies.waitingForSize,
  'account-room-used': METRICS.importCopies.waitingForRoom,
  'quota-full': METRICS.importCopies.waitingForRoom,
};

/** The metrics of a run: how full the vault is, how many copies wait for what, how many messages were rejected. Pure. */
export function measures(
  { own, limits }: Pick<ImportFacts, 'own' | 'limits'>,
  { passed, admission, backoff }: Pick<ImportPlan, 'passed' | 'admission' | 'backoff'>,
  { rejected, received }: Pick<ParsedNotifications, 'rejected' | 'received'>,
) {
  const names = METRICS.importCopies;
  const used = (kind: Kind) => (100 * own.filter((one) => one.kind === kind).length) / limits.manualSnapshotQuota;
  const waiting = new Map([...new Set(Object.values(WAITS))].map((name) => [name, 0]));
  for (const { because } of passed) {
    const name = WAITS[because];
    if (name !== undefined) waiting.set(name, (waiting.get(name) ?? 0) + 1);
  }
  return {
    [names.quotaUsed]: Math.max(used('instance'), used('cluster')),
    ...Object.fromEntries(waiting),
    [names.reservedBeyondQuota]: admission.beyondQuota('instance') + admission.beyondQuota('cluster'),
    [names.accountsInBackoff]: backoff.all.size,
    [names.messagesRejected]: rejected,
    [names.notificationsOfOneAccount]: [...received.values()].reduce((most, one) => Math.max(most, one), 0),
  };
}
