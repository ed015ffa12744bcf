import { groupBy } from './copies';

/**
 * The first `max` of the items by turns: one of each account, then another of each, within an account in the order given. So
 * one account cannot use up what a run may do.
 */
export function roundRobin<T>(items: readonly T[], accountOf: (item: T) => string, max: number): ReadonlySet<T> {
  const queues = [...groupBy(items, accountOf).values()];
  const taken = new Set<T>();
  for (let turn = 0; taken.size < Math.min(max, items.length); turn += 1) {
    for (const queue of queues) {
      const item = queue[turn];
      if (item !== undefined && taken.size < max) taken.add(item);
    }
  }
  return taken;
}
