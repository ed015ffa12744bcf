import {
  type CoverageEvidence,
  type CoverageRow,
  elsewhereIn,
  isExpected,
  isOverdue,
  unreadParts,
} from '../../../src/contract/coverage';
import { HOUR } from '../../../src/contract/durations';
import { databasesMetric, reportCoverage as names } from '../../../src/contract/metrics';
import type { CoverageFacts } from './facts';
import { rowIdentity } from './sorted-facts';

/** How long the rollout of the tooling may take before an account that denies access is a fault. */
const MAX_ROLLOUT = 6 * HOUR;

const isUnsupported = ({ status }: CoverageRow): boolean => status === 'unsupported';

/** The metrics of a report: one for each status, and those of the alarms. Pure. */
export function measures(evidence: CoverageEvidence, facts: CoverageFacts): Readonly<Record<string, number>> {
  const { counts, accounts, databases } = evidence;
  const known = new Set((facts.before?.databases ?? []).filter(isUnsupported).map(rowIdentity));
  const since = new Map(facts.accounts.map((one) => [one.account, one.since.getTime()]));
  const denying = accounts.filter(
    ({ account, access }) => access === 'denied' && facts.now.getTime() - (since.get(account) ?? 0) > MAX_ROLLOUT,
  );
  const hidden = databases.map((row) => hiddenStatus(row, facts.now));
  return {
    ...Object.fromEntries(Object.entries(counts).map(([status, count]) => [databasesMetric(status), count])),
    ...Object.fromEntries(
      (['late', 'never'] as const).map((status) => [
        databasesMetric(status),
        counts[status] + hidden.filter((one) => one === status).length,
      ]),
    ),
    [names.disputedCopies]: evidence.disputed?.length ?? 0,
    [names.databasesElsewhere]: elsewhereIn(evidence).reduce((all, { count }) => all + count, 0),
    [names.newlyUnsupported]: databases.filter((row) => isUnsupported(row) && !known.has(rowIdentity(row))).length,
    [names.unknownAccounts]: denying.length,
    [names.unreadParts]: unreadParts(evidence).length,
    [names.exportCopiesNotImported]: accounts.flatMap(({ notImported }) => notImported).length,
    [names.sourceDeadLetters]: accounts.reduce((all, { deadLetters = 0 }) => all + deadLetters, 0),
    [names.missedBackups]: evidence.missedBackups.length,
  };
}

/** The status by the vault's own copies of a database with the status `unknown`: an account that denies access must not end the
 * alarm about a late copy. */
function hiddenStatus(row: CoverageRow, now: Date): 'late' | 'never' | undefined {
  if (row.status !== 'unknown' || !isExpected(row)) return undefined;
  if (row.newestCopy) return isOverdue(row) ? 'late' : undefined;
  const waitedHours = (now.getTime() - (Date.parse(row.waitsSince ?? '') || now.getTime())) / HOUR;
  return waitedHours > (row.rpoHours ?? Number.POSITIVE_INFINITY) ? 'never' : undefined;
}
