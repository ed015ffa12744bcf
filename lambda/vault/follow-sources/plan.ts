import type { AccountId, Region } from '../../../src/contract/ids';
import type { RegistryEntry } from '../../_kit/ports/registry';

/** What follow-sources looks at. */
export interface FollowFacts {
  /** The registry of the management account. An empty one changes nothing: more likely a fault than the truth. */
  readonly registry: readonly RegistryEntry[];
  /** What the vault has accepted so far. */
  readonly accepted: readonly RegistryEntry[];
  /** Accounts that a person has accepted: no bound holds them back, and they use up nobody else's. */
  readonly confirmed?: readonly AccountId[];
  /** Accounts that may be accepted in a day without a person. */
  readonly additionsADay: number;
  /** The vault's own Region: the one it follows sources in. */
  readonly region: Region;
  readonly now: Date;
}

/** One thing to do. */
export type FollowAction =
  | { readonly do: 'accept'; readonly entry: RegistryEntry }
  | { readonly do: 'update'; readonly entry: RegistryEntry }
  | { readonly do: 'subscribe'; readonly account: AccountId; readonly region: Region };

/** What must happen, and which accounts wait for a person because too many came in a day. */
export interface FollowPlan {
  readonly actions: readonly FollowAction[];
  readonly waiting: readonly AccountId[];
}

const DAY = 24 * 3600 * 1000;
const isOfToday = (since: string, now: Date): boolean => now.getTime() - Date.parse(since) < DAY;

/** What the vault keeps of an entry: no more than it uses. */
const followed = ({ account, state, regions, reason }: RegistryEntry, since: string): RegistryEntry => ({
  account,
  state,
  regions,
  since,
  reason,
});

/** Decides whom the vault follows. The registry can add, at a bounded rate, and change a state; it cannot remove. Pure. */
export function plan({ registry, accepted, confirmed = [], additionsADay, region, now }: FollowFacts): FollowPlan {
  const known = new Map(accepted.map((entry) => [entry.account, entry]));
  const byHand = new Set(confirmed);
  const ofToday = accepted.filter(({ account, since }) => !byHand.has(account) && isOfToday(since, now));
  let room = Math.max(0, additionsADay - ofToday.length);
  const actions: FollowAction[] = [];
  const waiting: AccountId[] = [];
  for (const entry of [...registry].sort((a, b) => a.account.localeCompare(b.account))) {
    const held = known.get(entry.account);
    if (!held && entry.state === 'left') continue;
    if (!held && room < 1 && !byHand.has(entry.account)) {
      waiting.push(entry.account);
      continue;
    }
    if (!held) {
      if (!byHand.has(entry.account)) room -= 1;
      actions.push({ do: 'accept', entry: followed(entry, now.toISOString()) });
    } else if (held.state !== entry.state || held.regions.join() !== entry.regions.join()) {
      // `since` stays the day of acceptance: it is what the daily bound counts.
      actions.push({ do: 'update', entry: followed(entry, held.since) });
    }
    // Each time, not only at first: it heals a topic that was deleted and made again.
    if (entry.state !== 'left' && entry.regions.includes(region)) {
      actions.push({ do: 'subscribe', account: entry.account, region });
    }
  }
  return { actions, waiting };
}
