import type { Change, RegistryEntry } from '../../_kit/ports/registry';
import type { Verdict } from './judge';
import type { ObservedAccount } from './observe';
import type { EnrollmentFacts } from './plan';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStackInstances.html */
const MOST_ACCOUNTS = 50;
const MOST_CHANGES = 20;

/** An account, and what is to become of it. */
export interface Judged {
  readonly seen: ObservedAccount;
  readonly verdict: Verdict;
}

/** Batches of accounts for which the same is to be done, so that one operation serves them all. */
export function batches<Item>(items: readonly Item[], alike: (item: Item) => string): readonly (readonly Item[])[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = alike(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / MOST_ACCOUNTS) }, (_, at) =>
      group.slice(at * MOST_ACCOUNTS, (at + 1) * MOST_ACCOUNTS),
    ),
  );
}

/** An entry with a change, and the change in its history. */
export function changed(
  { seen, verdict }: Judged,
  facts: EnrollmentFacts,
  change: Partial<RegistryEntry>,
): RegistryEntry {
  const { entry, account } = seen;
  const at = facts.now.toISOString();
  const state = change.state ?? entry?.state ?? 'enrolled';
  const what = entry && entry.state !== state ? `${entry.state} → ${state}` : state;
  const written: Change = { at, by: facts.by, what, why: verdict.reason };
  return {
    regions: facts.settings.regions,
    ...entry,
    account,
    ...change,
    state,
    since: entry?.state === state ? entry.since : at,
    reason: verdict.reason,
    history: [written, ...(entry?.history ?? [])].slice(0, MOST_CHANGES),
  };
}
