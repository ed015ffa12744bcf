import type { CoverageEvidence } from '../../../src/contract/coverage';
import { type Decision, decidedOf } from '../../../src/contract/decisions';
import { DAY } from '../../../src/contract/durations';

/** An older report says nothing of the databases that exist now. */
const MAX_REPORT_DAYS = 2;

/**
 * The databases whose source is certainly deleted, by ARN, and since when: the vault's own report says that the account shows
 * no database of that name, or that the account left and an operator has confirmed it. A database that the report does not
 * know, or an old report, counts as existing. Pure.
 */
export function deletedSources(
  report: Pick<CoverageEvidence, 'at' | 'databases'> | undefined,
  decisions: readonly Decision[],
  now: Date,
): ReadonlyMap<string, Date> {
  const age = now.getTime() - Date.parse(report?.at ?? '');
  if (!report || !(Math.abs(age) <= MAX_REPORT_DAYS * DAY)) return new Map();
  const confirmed = new Set([...decidedOf(decisions, 'left'), ...decidedOf(decisions, 'evicted')]);
  const deleted = new Map<string, Date>();
  const existing = new Set<string>();
  for (const { database, account, status, since } of report.databases) {
    const at = new Date(since);
    const isDeleted = status === 'source-deleted' || (status === 'account-left' && confirmed.has(account));
    if (!isDeleted || Number.isNaN(at.getTime())) existing.add(database);
    // Of several databases of one name, the last deletion counts.
    else if (at.getTime() > (deleted.get(database)?.getTime() ?? Number.NEGATIVE_INFINITY)) deleted.set(database, at);
  }
  for (const database of existing) deleted.delete(database);
  return deleted;
}
