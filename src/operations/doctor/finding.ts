import type { ReadResult } from './facts';

/** Ids of the checks, in the order in which they run. */
export const CHECKS = [
  'trusted-access',
  'delegated-administrators',
  'cloudtrail',
  'stack-set',
  'stack-instances',
  'placement',
  'ambient-roles',
  'analyzer',
  'import-key',
  'key-policies',
  'coverage',
  'export-keys',
  'database-keys',
  'quotas',
  'opt-ins',
  'access-roles',
  'subscriptions',
] as const;

/** One of {@link CHECKS}. */
export type DoctorCheck = (typeof CHECKS)[number];

/**
 * One fault, or one check that could not run. `critical`: databases are not copied to the vault, or one-way trust does not
 * hold. `warning`: either may follow. `unknown`: these credentials may not read what the check needs.
 */
export interface Finding {
  readonly severity: 'critical' | 'warning' | 'unknown';
  readonly check: DoctorCheck;
  readonly what: string;
  /** Account, and Region or resource. */
  readonly where: string;
  readonly remedy: string;
}

/** What a check reports: empty when there is nothing to report. */
export type Findings = readonly Finding[];

/** Checks what was observed; what could not be observed is a finding itself. */
export function checkObserved<Value>(
  fact: ReadResult<Value>,
  check: DoctorCheck,
  where: string,
  findingsOf: (value: Value) => Findings,
): Findings {
  if ('observed' in fact) return findingsOf(fact.observed);
  const remedy = 'Run the command again with credentials that may read this; ReadOnlyAccess is enough.';
  return [{ severity: 'unknown', check, what: `The check could not run: ${fact.unavailable}`, where, remedy }];
}
