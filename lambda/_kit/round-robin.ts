import { groupBy } from './copies';

/**
 * At most `max` of the items: one of each account, then another of each, within an account in the order given. One account
 * therefore cannot use up what a run may do.
 */
export function roundRobin<T>(items: readonly T[], accountOf: (item: T) => string, max: number): ReadonlySet<T> {
  const queues = [...groupBy(items, accountOf).values()];
  const chosen = new Set<T>();
  for (let turn = 0; chosen.size < Math.min(max, items.length); turn += 1) {
    for (const queue of queues) {
      const item = queue[turn];
      if (item !== undefined && chosen.size < max) chosen.add(item);
    }
  }
  return chosen;
}
