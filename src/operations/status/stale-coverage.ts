import type { CoverageEvidence } from '../../contract/coverage';
import { HOUR } from '../../contract/durations';

/** report-coverage writes a report each hour; the vault's alarm waits as long as this before it rings. */
const MOST_HOURS = 3;

/** What is wrong with a report, and where to look. */
export interface Staleness {
  readonly what: string;
  readonly remedy: string;
}

/** What is to be said of a report that is too old to be believed; undefined for one that is not. */
export function staleCoverage(report: CoverageEvidence, now: Date): string | undefined {
  const found = stalenessOf(report, now);
  return found && `${found.what}. ${found.remedy}`;
}

/** The same, the fact and the remedy apart. */
export function stalenessOf({ at, region }: CoverageEvidence, now: Date): Staleness | undefined {
  const hours = (now.getTime() - Date.parse(at)) / HOUR;
  if (hours <= MOST_HOURS) return undefined;
  const age = Number.isNaN(hours)
    ? `has no time that could be read (${at})`
    : `is ${hours < 48 ? `${Math.floor(hours)} hours` : `${Math.floor(hours / 24)} days`} old`;
  return {
    what: `The report of ${region} ${age}, and report-coverage writes one each hour: what it says may no longer be true`,
    remedy: 'Read the article report-coverage-not-running of the runbook, and the log of checkvalve-report-coverage.',
  };
}
