import type { CoverageEvidence } from '../../contract/coverage';
import { HOUR } from '../../contract/durations';

/** `report-coverage` writes a report each hour; the vault's alarm starts after the same time. */
const MAX_AGE_HOURS = 3;

/** The fault of a report, and its remedy. */
export interface Staleness {
  readonly what: string;
  readonly remedy: string;
}

/** The message about a report that is too old; undefined for a current one. */
export function staleCoverage(report: CoverageEvidence, now: Date): string | undefined {
  const found = stalenessOf(report, now);
  return found && `${found.what}. ${found.remedy}`;
}

/** The same, with fault and remedy apart. */
export function stalenessOf({ at, region }: CoverageEvidence, now: Date): Staleness | undefined {
  const hours = (now.getTime() - Date.parse(at)) / HOUR;
  if (hours <= MAX_AGE_HOURS) return undefined;
  const age = Number.isNaN(hours)
    ? `has no valid time (${at})`
    : `is ${hours < 48 ? `${Math.floor(hours)} hours` : `${Math.floor(hours / 24)} days`} old`;
  return {
    what: `The coverage report of ${region} ${age}, although report-coverage writes one each hour: it may be outdated`,
    remedy:
      'Read the article report-coverage-not-running of the runbook (docs/runbook.md), and the log of checkvalve-report-coverage.',
  };
}
