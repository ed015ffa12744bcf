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
/**
 * For so long the vault has followed an account before it counts for how many accounts may leave: four weeks, in which
 * operators see the account in their reports. Else the management account adds accounts to raise the bound of exits.
 */
const ESTABLISHED_AFTER_DAYS = 28;
const MAX_EXITS_PER_DAY = 5;
const MAX_EXITS_SHARE = 0.1;

/**
 * How many accounts may leave in a day, of so many that the vault has followed for four weeks: five, or a tenth if that is
 * more; of few, half of them, and one at least. A principal that writes to the registry must not be able to end everything
 * at once.
 */
export const maxExitsPerDay = (established: number): number =>
  Math.max(1, Math.min(MAX_EXITS_PER_DAY, Math.floor(established / 2)), Math.floor(established * MAX_EXITS_SHARE));

/** Since when the vault follows an account; of one that left, since when it had followed it. */
const followedSince = (entry: RegistryEntry): string | undefined =>
  entry.state === 'left' ? entry.followedSince : entry.since;

/** When an account last left. */
const exitOf = ({ state, since, lastExit }: RegistryEntry): string | undefined => (state === 'left' ? since : lastExit);

/** Whether the vault has followed an account for four weeks. An account that left less than a day ago may count as well. */
export const isEstablished = (entry: RegistryEntry, now: Date): boolean =>
  now.getTime() - Date.parse(followedSince(entry) ?? '') >= ESTABLISHED_AFTER_DAYS * DAY;

/** An entry of a followed account that leaves now. It keeps since when the vault had followed it. */
const exit = (entry: RegistryEntry, { since }: RegistryEntry, now: Date): RegistryEntry => ({
  ...followed(entry, now.toISOString()),
  followedSince: since,
});

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
    // An account that left and came back today has used up an exit as well.
    const ended = accepted.filter((entry) => isOfToday(exitOf(entry) ?? '', now)).length;
    // Those that left today count among all: else each exit would lower the bound for the next one.
    const counted = accepted.filter(({ state, since }) => state !== 'left' || isOfToday(since, now));
    this.additions = maxNewAccountsPerDay - added;
    this.exits = maxExitsPerDay(counted.filter((entry) => isEstablished(entry, now)).length) - ended;
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
    write('update', exit({ ...entry, state: 'left', reason: 'evicted by a person in the vault' }, entry, now));
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
        const added = followed(entry, now.toISOString());
        write(before ? 'update' : 'accept', before ? { ...added, lastExit: before.since } : added);
      } else waiting.push(entry.account);
    } else if (before && before.state !== 'left' && entry.state === 'left') {
      leaving.push(entry.account);
      if (!before.exitSeen) write('update', { ...before, exitSeen: now.toISOString() });
      else if (now.getTime() - Date.parse(before.exitSeen) < DAY) continue;
      else if (bounds.reserveExit()) write('update', exit(entry, before, now));
      else staying.push(entry.account);
    } else if (before && hasChanged(before, entry)) {
      // `since` stays the day on which it was accepted, or left: it is what the daily bounds count.
      write('update', { ...followed(entry, before.since), ...keptOf(before) });
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

/** What an entry keeps for the daily bound of exits while its account stays, or stays away. */
const keptOf = ({ followedSince: since, lastExit }: RegistryEntry) => ({
  ...(since !== undefined && { followedSince: since }),
  ...(lastExit !== undefined && { lastExit }),
});

const hasChanged = (before: RegistryEntry, entry: RegistryEntry): boolean =>
  before.state !== entry.state || before.regions.join() !== entry.regions.join() || before.exitSeen !== undefined;

/** To the vault of a Region an account that had it and has it no more has left. */
function asSeenFrom(region: Region, said: RegistryEntry, held: RegistryEntry | undefined): RegistryEntry {
  const hadIt = held !== undefined && (held.state === 'left' || held.regions.includes(region));
  return hadIt && !said.regions.includes(region) ? { ...said, state: 'left' } : said;
}
