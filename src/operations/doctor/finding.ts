import type { Look } from './facts';

/** The checks, in the order in which they are made. */
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
export type Check = (typeof CHECKS)[number];

/**
 * One thing that is wrong, or could not be seen. `critical`: copies do not cross, or one-way trust does not hold. `warning`:
 * it will come to that, or may. `unknown`: these credentials may not look.
 */
export interface Finding {
  readonly severity: 'critical' | 'warning' | 'unknown';
  readonly check: Check;
  readonly what: string;
  /** Account, and Region or resource. */
  readonly where: string;
  readonly remedy: string;
}

/** A finding of `severity`, or nothing. */
export type Judged = readonly Finding[];

/** Judges what was seen; what was not seen is a finding of its own. */
export function judged<Seen>(look: Look<Seen>, check: Check, where: string, judge: (seen: Seen) => Judged): Judged {
  if ('seen' in look) return judge(look.seen);
  const remedy = 'Look again with credentials that may read this: ReadOnlyAccess is enough.';
  return [{ severity: 'unknown', check, what: `It could not be seen: ${look.unseen}`, where, remedy }];
}
