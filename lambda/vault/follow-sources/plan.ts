import { type Decision, decidedOf } from '../../../src/contract/decisions';
import type { AccountId, Region } from '../../../src/contract/ids';
import type { RegistryEntry } from '../../_kit/ports/registry';

/** What follow-sources looks at. */
export interface FollowFacts {
  /** The registry of the management account. An empty one changes nothing: more likely a fault than the truth. */
  readonly registry: readonly RegistryEntry[];
  /** What the vault has accepted so far. */
  readonly accepted: readonly RegistryEntry[];
  /** What people decided. An account that a person has accepted is held back by no bound, and uses up no other's. */
  readonly decisions?: readonly Decision[];
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
  /** Accounts that are to be left, on a later day: too many would leave in one. They are followed until then. */
  readonly staying: readonly AccountId[];
}

const DAY = 24 * 3600 * 1000;
const EXITS_A_DAY = 5;
const EXITS_SHARE = 0.1;

/**
 * How many of so many followed accounts may leave in a day: five, or a tenth if that is more; of few, half of them, and one
 * at least. Whoever can write the registry must not be able to stop everything at once, unheard.
 */
export const exitsADay = (followed: number): number =>
  Math.max(1, Math.min(EXITS_A_DAY, Math.floor(followed / 2)), Math.floor(followed * EXITS_SHARE));

const isOfToday = (since: string, now: Date): boolean => now.getTime() - Date.parse(since) < DAY;

/** What the vault keeps of an entry: no more than it uses. */
const followed = ({ account, state, regions, reason }: RegistryEntry, since: string): RegistryEntry => ({
  account,
  state,
  regions,
  since,
  reason,
});

/** Decides whom the vault follows. The registry can add, and end, at a bounded rate; it cannot remove. Pure. */
export function plan({ registry, accepted, decisions = [], additionsADay, region, now }: FollowFacts): FollowPlan {
  const known = new Map(accepted.map((entry) => [entry.account, entry]));
  const byHand = decidedOf(decisions, 'accepted');
  const ofToday = accepted.filter(({ since }) => isOfToday(since, now));
  const added = ofToday.filter(({ account, state }) => state !== 'left' && !byHand.has(account));
  let room = Math.max(0, additionsADay - added.length);
  const followedNow = accepted.filter(({ state }) => state !== 'left').length;
  const ended = ofToday.filter(({ state }) => state === 'left').length;
  let exits = exitsADay(followedNow + ended) - ended;
  const actions: FollowAction[] = [];
  const waiting: AccountId[] = [];
  const staying: AccountId[] = [];
  for (const said of [...registry].sort((a, b) => a.account.localeCompare(b.account, 'en'))) {
    const held = known.get(said.account);
    const entry = asSeenFrom(region, said, held);
    if (!held && entry.state === 'left') continue;
    if (!held && room < 1 && !byHand.has(entry.account)) {
      waiting.push(entry.account);
      continue;
    }
    if (!held) {
      if (!byHand.has(entry.account)) room -= 1;
      actions.push({ do: 'accept', entry: followed(entry, now.toISOString()) });
    } else if (held.state !== 'left' && entry.state === 'left') {
      if (exits < 1) {
        staying.push(entry.account);
        continue;
      }
      exits -= 1;
      actions.push({ do: 'update', entry: followed(entry, now.toISOString()) });
    } else if (held.state !== entry.state || held.regions.join() !== entry.regions.join()) {
      // `since` stays the day on which it was accepted, or left: it is what the daily bounds count.
      actions.push({ do: 'update', entry: followed(entry, held.since) });
    }
    // Each time, not only at first: it heals a topic that was deleted and made again.
    if (entry.state !== 'left' && entry.regions.includes(region)) {
      actions.push({ do: 'subscribe', account: entry.account, region });
    }
  }
  return { actions, waiting, staying };
}

/** To the vault of a Region an account that had it and has it no more has left. */
function asSeenFrom(region: Region, said: RegistryEntry, held: RegistryEntry | undefined): RegistryEntry {
  const hadIt = held !== undefined && (held.state === 'left' || held.regions.includes(region));
  return hadIt && !said.regions.includes(region) ? { ...said, state: 'left' } : said;
}
