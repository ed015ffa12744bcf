import type { Kind } from '../../../src/contract/ids';
import * as METRICS from '../../../src/contract/metrics';
import type { ImportFacts, ImportPlan } from './plan';

/** What alarms wait for: how full the vault is, how many copies wait for a slot, how many messages were turned away. Pure. */
export function measures({ own, limits }: ImportFacts, passed: ImportPlan['passed'], rejected: number) {
  const names = METRICS.importCopies;
  const used = (kind: Kind) => (100 * own.filter((one) => one.kind === kind).length) / limits.manualSnapshots;
  return {
    [names.quotaUsed]: Math.max(used('instance'), used('cluster')),
    [names.waitingForSlots]: passed.filter(({ because }) => because === 'as many copies as RDS allows are in flight')
      .length,
    [names.messagesRejected]: rejected,
  };
}
