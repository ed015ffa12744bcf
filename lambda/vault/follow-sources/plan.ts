import { MAIN_CELL } from '../../../src/contract/cells';
import { type Decision, decidedOf } from '../../../src/contract/decisions';
import { DAY } from '../../../src/contract/durations';
import type { AccountId, Region } from '../../../src/contract/ids';
import type { RegistryEntry } from '../../_kit/ports/registry';
import { rotated } from '../../_kit/runtime/rotated';
import type { FollowFacts } from './facts';
import { entryFor, isExitConfirmed, isMoveConfirmed, isOfOtherCell, movedFrom } from './moved-accounts';

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

/**
 * For so long the vault has followed an account before it counts for how many accounts may leave: four weeks, in which operators see
 * the account in their reports. Otherwise the management account adds accounts to raise the bound of exits.
 */
const ESTABLISHED_AFTER_DAYS = 28;
const MAX_EXITS_PER_DAY = 5;
const MAX_EXITS_SHARE = 0.1;

/**
 * How many accounts may leave in a day, of so many that the vault has followed for four weeks: five, or a tenth if that is more; of
 * few, half of them, and at least one. A principal that writes to the registry must not be able to end everything at once.
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

/** The part of an entry that the vault uses and keeps. */
const followed = ({ account, state, regions, reason, cell }: RegistryEntry, since: string): RegistryEntry => ({
  account,
  state,
  regions,
  since,
  reason,
  // Only of an account that moved: the vault's table needs no other cell than its own.
  ...(state === 'left' && cell !== undefined && { cell }),
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
    // An account that left and came back today has used up an exit as well.
    const ended = accepted.filter((entry) => isOfToday(exitOf(entry) ?? '', now)).length;
    // Those that left today count among all: otherwise each exit would lower the bound for the next one.
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

/** The plan as it grows, entry by entry. `held` is the vault's table as the writes of this run leave it. */
class FollowDraft {
  readonly actions: FollowAction[] = [];
  readonly waiting: AccountId[] = [];
  readonly leaving: AccountId[] = [];
  readonly staying: AccountId[] = [];
  readonly held: Map<AccountId, RegistryEntry>;
  private readonly bounds: Bounds;

  constructor(
    private readonly facts: FollowFacts,
    private readonly decided: DecidedAt,
  ) {
    this.held = new Map(facts.accepted.map((entry) => [entry.account, entry]));
    this.bounds = new Bounds(facts, (account) => this.isAcceptedByOperator(account));
  }

  evict(entry: RegistryEntry): void {
    const reason = 'evicted by an operator of the vault';
    this.write('update', exit({ ...entry, state: 'left', reason }, entry, this.facts.now));
  }

  follow(listed: RegistryEntry): void {
    const before = this.held.get(listed.account);
    const isFollowed = before !== undefined && before.state !== 'left';
    const isMoved = isOfOtherCell(listed, this.facts.cell ?? MAIN_CELL, isFollowed);
    const entry = isMoved ? movedFrom(listed) : entryFor(this.facts.region, listed, before);
    if (!before || before.state === 'left') {
      if (entry.state !== 'left') this.join(entry, before);
      else if (before && hasChanged(before, entry)) this.keep(entry, before);
    } else if (entry.state === 'left') this.leave(entry, before, isMoved);
    else if (hasChanged(before, entry)) this.keep(entry, before);
  }

  private join(entry: RegistryEntry, before: RegistryEntry | undefined): void {
    // A decision from before the account left says nothing about its return.
    const since = before ? Date.parse(before.since) : undefined;
    if (!this.isAcceptedByOperator(entry.account, since) && !this.bounds.reserveAddition()) {
      this.waiting.push(entry.account);
      return;
    }
    const added = followed(entry, this.facts.now.toISOString());
    this.write(before ? 'update' : 'accept', before ? { ...added, lastExit: before.since } : added);
  }

  /** An exit that only the registry says is alerted. A move that an operator of the vault has confirmed is none. */
  private leave(entry: RegistryEntry, before: RegistryEntry, isMoved: boolean): void {
    const { now } = this.facts;
    const confirmed = isMoved && isMoveConfirmed(this.decided('left', entry.account), now);
    if (!confirmed) this.leaving.push(entry.account);
    if (!before.leavingSince) this.write('update', { ...before, leavingSince: now.toISOString() });
    else if (now.getTime() - Date.parse(before.leavingSince) < DAY) return;
    else if (confirmed || this.bounds.reserveExit()) this.write('update', exit(entry, before, now));
    else this.staying.push(entry.account);
  }

  private keep(entry: RegistryEntry, before: RegistryEntry): void {
    // `since` stays the day on which it was accepted, or left: it is what the daily bounds count.
    this.write('update', { ...followed(entry, before.since), ...keptOf(before) });
  }

  private isAcceptedByOperator(account: AccountId, since = Number.NEGATIVE_INFINITY): boolean {
    return this.decided('accepted', account) > since;
  }

  private write(action: 'accept' | 'update', entry: RegistryEntry): void {
    this.actions.push({ do: action, entry });
    this.held.set(entry.account, entry);
  }
}

/** Decides which accounts the vault follows. The registry can add, and end, at a bounded rate; it cannot remove. Pure. */
export function plan(facts: FollowFacts): FollowPlan {
  const { registry, accepted, decisions = [], region } = facts;
  const decided = decidedAt(decisions);
  const evicted = decidedOf(decisions, 'evicted');
  const draft = new FollowDraft(facts, decided);
  const { actions, held, waiting, leaving, staying } = draft;
  for (const entry of accepted) {
    if (entry.state !== 'left' && evicted.has(entry.account)) draft.evict(entry);
  }
  for (const listed of [...registry].sort((a, b) => a.account.localeCompare(b.account, 'en'))) {
    if (!evicted.has(listed.account)) draft.follow(listed);
  }
  // In every run, not only in the first one: a topic that was deleted and created again needs a new subscription. Accounts whose
  // entry changes come first; of the others another one in each run, so that a run without time left never skips the same ones.
  const topics = [...held.values()].filter(({ state, regions }) => state !== 'left' && regions.includes(region));
  const changed = new Set(actions.map((action) => action.do !== 'subscribe' && action.entry.account));
  const isChanged = ({ account }: RegistryEntry) => changed.has(account);
  const others = topics.filter((entry) => !isChanged(entry));
  for (const { account } of [...topics.filter(isChanged), ...rotated(others, facts.now)]) {
    actions.push({ do: 'subscribe', account, region });
  }
  const isConfirmed = (entry: RegistryEntry) => isExitConfirmed(entry, decided('left', entry.account));
  const unconfirmed = [...held.values()].filter(
    (entry) => entry.state === 'left' && !evicted.has(entry.account) && !isConfirmed(entry),
  );
  return { actions, waiting, leaving, staying, unconfirmed: unconfirmed.map(({ account }) => account) };
}

/** What an entry keeps for the daily bound of exits while its account stays, or stays away. */
const keptOf = ({ followedSince: since, lastExit }: RegistryEntry) => ({
  ...(since !== undefined && { followedSince: since }),
  ...(lastExit !== undefined && { lastExit }),
});

const hasChanged = (before: RegistryEntry, entry: RegistryEntry): boolean =>
  before.state !== entry.state || before.regions.join() !== entry.regions.join() || before.leavingSince !== undefined;
