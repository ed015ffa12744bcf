import { type Decision, decidedOf } from '../../../src/contract/decisions';
import type { AccountId, Region } from '../../../src/contract/ids';
import type { RegistryEntry } from '../../_kit/ports/registry';

/** What follow-sources looks at. */
export interface FollowFacts {
  /** The registry of the management account. An empty one changes nothing: more likely a fault than the truth. */
  readonly registry: readonly RegistryEntry[];
  /** What the vault has accepted so far. */
  readonly accepted: readonly RegistryEntry[];
  /** What people decided. An account that a person has accepted is held back by no bound, and uses up no other's; one that is
   * evicted is not followed, whatever the registry says. */
  readonly decisions?: readonly Decision[];
  /** Accounts that may be accepted in a day without a person, those that come back among them. */
  readonly maxNewAccountsPerDay: number;
  /** The vault's own Region: the one it follows sources in. */
  readonly region: Region;
  readonly now: Date;
}

/** One thing to do. */
export type FollowAction =
  | { readonly do: 'accept'; readonly entry: RegistryEntry }
  | { readonly do: 'update'; readonly entry: RegistryEntry }
  | { readonly do: 'subscribe'; readonly account: AccountId; readonly region: Region };

/** What must happen, and what people must know. */
export interface FollowPlan {
  readonly actions: readonly FollowAction[];
  /** Accounts that wait for a person because too many came in a day. */
  readonly waiting: readonly AccountId[];
  /** Accounts that the registry ends and that the vault follows on: for a day, and longer when too many would leave in one. */
  readonly leaving: readonly AccountId[];
  /** Of those, the ones whose day is over and that wait since too many would leave at once. */
  readonly staying: readonly AccountId[];
  /** Accounts that left, and whose exit no person has confirmed. */
  readonly unconfirmed: readonly AccountId[];
}

const DAY = 24 * 3600 * 1000;
const EXITS_A_DAY = 5;
const EXITS_SHARE = 0.1;

/**
 * How many of so many followed accounts may leave in a day: five, or a tenth if that is more; of few, half of them, and one
 * at least. A principal that can write the registry must not be able to end everything at once.
 */
export const maxExitsPerDay = (followed: number): number =>
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

/** When a person decided something of an account, in milliseconds since the epoch; NaN where no person did. */
type DecidedAt = (kind: Decision['kind'], account: AccountId) => number;

function decidedAt(decisions: readonly Decision[]): DecidedAt {
  const at = new Map(decisions.map((one) => [`${one.kind} ${one.subject}`, Date.parse(one.at)]));
  return (kind, account) => at.get(`${kind} ${account}`) ?? Number.NaN;
}

/** How many accounts may still come and go today. */
class Bounds {
  private additions: number;
  private exits: number;

  constructor({ accepted, maxNewAccountsPerDay, now }: FollowFacts, byHand: (account: AccountId) => boolean) {
    const ofToday = accepted.filter(({ since }) => isOfToday(since, now));
    const added = ofToday.filter(({ account, state }) => state !== 'left' && !byHand(account)).length;
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
  const byHand = (account: AccountId, since = Number.NEGATIVE_INFINITY) => decided('accepted', account) > since;
  const bounds = new Bounds(facts, (account) => byHand(account));
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
      followed({ ...entry, state: 'left', reason: 'evicted by a person in the vault' }, now.toISOString()),
    );
  }
  for (const said of [...registry].sort((a, b) => a.account.localeCompare(b.account, 'en'))) {
    if (isEvicted(said.account)) continue;
    const before = held.get(said.account);
    const entry = asSeenFrom(region, said, before);
    const comes = entry.state !== 'left' && (!before || before.state === 'left');
    if (comes) {
      // A person's word from before the account left says nothing of its return.
      const since = before ? Date.parse(before.since) : undefined;
      if (byHand(entry.account, since) || bounds.reserveAddition()) {
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

/** To the vault of a Region an account that had it and has it no more has left. */
function asSeenFrom(region: Region, said: RegistryEntry, held: RegistryEntry | undefined): RegistryEntry {
  const hadIt = held !== undefined && (held.state === 'left' || held.regions.includes(region));
  return hadIt && !said.regions.includes(region) ? { ...said, state: 'left' } : said;
}
