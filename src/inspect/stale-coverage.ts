import type { CoverageEvidence } from '../contract/coverage';

/** tell-coverage writes a report each hour; the vault's alarm waits as long as this before it rings. */
const MOST_HOURS = 3;
const HOUR = 3_600_000;

/** What is to be said of a report that is too old to be believed; undefined for one that is not. */
export function staleCoverage({ at, region }: CoverageEvidence, now: Date): string | undefined {
  const hours = (now.getTime() - Date.parse(at)) / HOUR;
  if (hours <= MOST_HOURS) return undefined;
  const age = Number.isNaN(hours)
    ? `has no time that could be read (${at})`
    : `is ${hours < 48 ? `${Math.floor(hours)} hours` : `${Math.floor(hours / 24)} days`} old`;
  return `The report of ${region} ${age}, and tell-coverage writes one each hour: what it says may no longer be true. Look at the article “nobody has looked at the copies for hours” of docs/runbook.md, and at the log of checkvalve-tell-coverage.`;
}
