import type { Snapshot } from './ports/snapshots';

/** How many copies RDS lets be in flight in an account and Region, for each kind. */
export interface CopyLimits {
  readonly instanceCopies: number;
  readonly clusterCopies: number;
}

/** How often a copy is tried before a person must look. */
export const MAX_ATTEMPTS = 3;

/** A copy that will never be good: another attempt gets another name. */
export const isFailed = ({ status }: Snapshot): boolean => status === 'failed';
/** A copy that can be shared, copied and restored. */
export const isAvailable = ({ status }: Snapshot): boolean => status === 'available';
/** A copy that holds a slot: whatever RDS calls it, it has neither failed nor finished. */
export const inFlight = (copy: Snapshot): boolean => !isFailed(copy) && !isAvailable(copy);

/** Gathers what has the same key, in the order given. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const known = groups.get(name);
    if (known) known.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

/** How many were passed over, by reason: what a log can carry. */
export function countReasons(passed: readonly { readonly because: string }[]): Record<string, number> {
  return Object.fromEntries([...groupBy(passed, ({ because }) => because)].map(([why, all]) => [why, all.length]));
}
