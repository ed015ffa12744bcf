import type { CoverageEvidence } from '../../../src/contract/coverage';
import { type Decision, decidedOf } from '../../../src/contract/decisions';
import { DAY } from '../../../src/contract/durations';

/** An older report says nothing of what exists now. */
const MAX_REPORT_DAYS = 2;

/**
 * The databases that are certainly gone, by ARN, and since when: the vault's own report says that the account shows no
 * database of that name, or that the account left and a person has confirmed it. What the report does not know, or what is
 * old in it, is not gone. Pure.
 */
export function deletedSources(
  report: Pick<CoverageEvidence, 'at' | 'databases'> | undefined,
  decisions: readonly Decision[],
  now: Date,
): ReadonlyMap<string, Date> {
  const age = now.getTime() - Date.parse(report?.at ?? '');
  if (!report || !(Math.abs(age) <= MAX_REPORT_DAYS * DAY)) return new Map();
  const confirmed = new Set([...decidedOf(decisions, 'left'), ...decidedOf(decisions, 'evicted')]);
  const gone = new Map<string, Date>();
  const there = new Set<string>();
  for (const { database, account, status, since } of report.databases) {
    const at = new Date(since);
    const isGone = status === 'source-deleted' || (status === 'account-left' && confirmed.has(account));
    if (!isGone || Number.isNaN(at.getTime())) there.add(database);
    // Of several databases that had one name the last to go counts.
    else if (at.getTime() > (gone.get(database)?.getTime() ?? Number.NEGATIVE_INFINITY)) gone.set(database, at);
  }
  for (const database of there) gone.delete(database);
  return gone;
}
