import { type Decision, decidedOf } from '../../../src/contract/decisions';
import { DAY } from '../../../src/contract/durations';
import type { AccountId, Region } from '../../../src/contract/ids';
import type { RegistryEntry } from '../../_kit/ports/registry';
import type { FollowFacts } from './facts';

/** One thing to do. */
export type FollowAction =
  | { readonly do: 'accept'; readonly entry: RegistryEntry }
  | { readonly do: 'update'; readonly entry: RegistryEntry }
  | { readonly do: 'subscribe'; readonly account: AccountId; readonly region: Region };

/** What a run does, and what operators must know. */
export interface FollowPlan {
  readonly actions: readonly FollowAction[];
  /** Accounts that wait for an operator because too many joined in a day. */
  readonly waiting: readonly AccountId[];
  /** Accounts that left by the registry and that the vault still follows: for a day, and longer when too many leave in a day. */
  readonly leaving: readonly AccountId[];
  /** Of those, the accounts whose day is over, and that wait because too many leave at once. */
  readonly staying: readonly AccountId[];
  /** Accounts that left, and whose exit no operator has confirmed. */
  readonly unconfirmed: readonly AccountId[];
}

const EXITS_A_DAY = 5;
const EXITS_SHARE = 0.1;

/**
 * How many of so many followed accounts may leave in a day: five, or a tenth if that is more; of few, half of them, and one
 * at least. A principal that can write the registry must not be able to end everything at once.
 */
export const maxExitsPerDay = (followed: number): number =>
  Math.max(1, Math.min(EXITS_A_DAY, Math.floor(followed / 2)), Math.floor(followed * EXITS_SHARE));

const isOfToday = (since: string, now: Date): boolean => now.getTime() - Date.parse(since) < DAY;

/** The part of an entry that the vault uses and keeps. */
const followed = ({ account, state, regions, reason }: RegistryEntry, since: string): RegistryEntry => ({
  account,
  state,
  regions,
  since,
  reason,
});

/** When an operator decided something about an account, in milliseconds since the epoch; NaN without a decision. */
type DecidedAt = (kind: Decision['kind'], account: AccountId) => number;

function decidedAt(decisions: readonly Decision[]): DecidedAt {
  const at = new Map(decisions.map((one) => [`${one.kind} ${one.subject}`, Date.parse(one.at)]));
  return (kind, account) => at.get(`${kind} ${account}`) ?? Number.NaN;
}

/** How many accounts may still join and leave today. */
class Bounds {
  private additions: number;
  private exits: number;

  constructor(
    { accepted, maxNewAccountsPerDay, now }: FollowFacts,
    isAcceptedByOperator: (account: AccountId) => boolean,
  ) {
    const ofToday = accepted.filter(({ since }) => isOfToday(since, now));
    const added = ofToday.filter(({ account, state }) => state !== 'left' && !isAcceptedByOperator(account)).length;
    const ended = ofToday.filter(({ state }) => state === 'left').length;
    const followedNow = accepted.filter(({ state }) => state !== 'left').length;
    this.additions = maxNewAccountsPerDay - added;
    this.exits = maxExitsPerDay(followedNow + ended) - ended;
  }

  reserveAddition = (): boolean => {
    this.additions -= 1;
    return this.additions >= 0;
  };

  reserveExit = (): boolean => {
    this.exits -= 1;
    return this.exits >= 0;
  };
}

/** Decides which accounts the vault follows. The registry can add, and end, at a bounded rate; it cannot remove. Pure. */
export function plan(facts: FollowFacts): FollowPlan {
  const { registry, accepted, decisions = [], region, now } = facts;
  const decided = decidedAt(decisions);
  const evicted = decidedOf(decisions, 'evicted');
  const isEvicted = (account: AccountId) => evicted.has(account);
  const isAcceptedByOperator = (account: AccountId, since = Number.NEGATIVE_INFINITY) =>
    decided('accepted', account) > since;
  const bounds = new Bounds(facts, (account) => isAcceptedByOperator(account));
  const held = new Map(accepted.map((entry) => [entry.account, entry]));
  const [waiting, leaving, staying]: [AccountId[], AccountId[], AccountId[]] = [[], [], []];
  const actions: FollowAction[] = [];
  const write = (action: 'accept' | 'update', entry: RegistryEntry) => {
    actions.push({ do: action, entry });
    held.set(entry.account, entry);
  };

  for (const entry of accepted.filter(({ account, state }) => state !== 'left' && isEvicted(account))) {
    write(
      'update',
      followed({ ...entry, state: 'left', reason: 'evicted by an operator of the vault' }, now.toISOString()),
    );
  }
  for (const listed of [...registry].sort((a, b) => a.account.localeCompare(b.account, 'en'))) {
    if (isEvicted(listed.account)) continue;
    const before = held.get(listed.account);
    const entry = entryFor(region, listed, before);
    const joins = entry.state !== 'left' && (!before || before.state === 'left');
    if (joins) {
      // A decision from before the account left says nothing about its return.
      const since = before ? Date.parse(before.since) : undefined;
      if (isAcceptedByOperator(entry.account, since) || bounds.reserveAddition()) {
        write(before ? 'update' : 'accept', followed(entry, now.toISOString()));
      } else waiting.push(entry.account);
    } else if (before && before.state !== 'left' && entry.state === 'left') {
      leaving.push(entry.account);
      if (!before.leavingSince) write('update', { ...before, leavingSince: now.toISOString() });
      else if (now.getTime() - Date.parse(before.leavingSince) < DAY) continue;
      else if (bounds.reserveExit()) write('update', followed(entry, now.toISOString()));
      else staying.push(entry.account);
    } else if (before && hasChanged(before, entry)) {
      // `since` stays the day on which it was accepted, or left: it is what the daily bounds count.
      write('update', followed(entry, before.since));
    }
  }
  // Each time, not only at first: it heals a topic that was deleted and made again.
  for (const { account, state, regions } of held.values()) {
    if (state !== 'left' && regions.includes(region)) actions.push({ do: 'subscribe', account, region });
  }
  const unconfirmed = [...held.values()].filter(
    ({ account, state, since }) =>
      state === 'left' && !isEvicted(account) && !(decided('left', account) >= Date.parse(since)),
  );
  return { actions, waiting, leaving, staying, unconfirmed: unconfirmed.map(({ account }) => account) };
}

const hasChanged = (before: RegistryEntry, entry: RegistryEntry): boolean =>
  before.state !== entry.state || before.regions.join() !== entry.regions.join() || before.leavingSince !== undefined;

/** For the vault of a Region, an account has left once it no longer uses that Region. */
function entryFor(region: Region, listed: RegistryEntry, held: RegistryEntry | undefined): RegistryEntry {
  const usedRegion = held !== undefined && (held.state === 'left' || held.regions.includes(region));
  return usedRegion && !listed.regions.includes(region) ? { ...listed, state: 'left' } : listed;
}
