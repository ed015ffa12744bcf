import type { AccountId, Region } from '../../../src/contract/ids';
import type { Alert } from '../../../src/enrolment/alerts';
import { judge, type Verdict } from '../../../src/enrolment/judge';
import type { EnrolmentSettings } from '../../../src/enrolment/settings';
import type { Change, RegistryEntry } from '../../_kit/ports/registry';
import type { ObservedAccount } from './observe';

/** What enroll-accounts decides from. */
export interface EnrolmentFacts {
  readonly settings: EnrolmentSettings;
  /** Accounts that were seen whole. */
  readonly accounts: readonly ObservedAccount[];
  /** Whose grace may end here: nobody's, unless all accounts were listed; the confirmed, or all. */
  readonly withdrawals: 'none' | 'confirmed' | 'all';
  /** Who caused the look. */
  readonly by: string;
  readonly now: Date;
}

/** One thing to do. Entries of accounts that get the tooling are written first, so that coverage shows them whatever
 * becomes of the operation; all others once the rest of the action is done: the vault follows what is. */
export type EnrolmentAction =
  | {
      readonly do: 'create-instances';
      readonly accounts: readonly AccountId[];
      readonly regions: readonly Region[];
      readonly entries: readonly RegistryEntry[];
    }
  | {
      readonly do: 'withdraw-instances';
      readonly accounts: readonly AccountId[];
      readonly regions: readonly Region[];
      readonly retain: boolean;
      readonly entries: readonly RegistryEntry[];
      readonly alert: Alert;
    }
  | { readonly do: 'register'; readonly entries: readonly RegistryEntry[]; readonly alert?: Alert }
  | { readonly do: 'tell-news'; readonly about: string; readonly alert: Alert };

/** What must happen, and the verdict on every account. */
export interface EnrolmentPlan {
  readonly actions: readonly EnrolmentAction[];
  readonly verdicts: readonly Verdict[];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStackInstances.html */
const MOST_ACCOUNTS = 50;
const MOST_CHANGES = 20;

interface Judged {
  readonly seen: ObservedAccount;
  readonly verdict: Verdict;
}

/** Decides what becomes of these accounts. Pure. */
export function plan(facts: EnrolmentFacts): EnrolmentPlan {
  const judged = [...facts.accounts]
    .sort((a, b) => (a.account < b.account ? -1 : 1))
    .map((seen): Judged => ({ seen, verdict: judge(seen, facts.settings, facts.now) }));
  const actions = [
    ...creations(judged, facts),
    ...withdrawals(judged, facts),
    ...departures(judged, facts),
    ...nearMisses(judged),
  ];
  return { actions, verdicts: judged.map(({ verdict }) => verdict) };
}

/** Batches of accounts for which the same is to be done, so that one operation serves them all. */
function batches<Item>(items: readonly Item[], alike: (item: Item) => string): readonly (readonly Item[])[] {
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

const missingIn = ({ instances, closed = [] }: ObservedAccount, { regions }: EnrolmentSettings) =>
  regions.filter((at) => !instances.includes(at) && !closed.includes(at));

/** Who is wanted gets the tooling where it is missing, and is written down as enrolled. */
function creations(judged: readonly Judged[], facts: EnrolmentFacts): readonly EnrolmentAction[] {
  const wanted = judged.filter(({ verdict }) => verdict.verdict === 'enrol' || verdict.verdict === 'keep');
  const lacking = wanted.filter(({ verdict }) => verdict.verdict === 'enrol');
  const made = batches(lacking, ({ seen }) => missingIn(seen, facts.settings).join()).map(
    (batch): EnrolmentAction => ({
      do: 'create-instances',
      accounts: batch.map(({ seen }) => seen.account),
      regions: batch[0] ? missingIn(batch[0].seen, facts.settings) : [],
      entries: batch.flatMap((one) => enrolledEntry(one, facts)),
    }),
  );
  const kept = wanted.filter(({ verdict }) => verdict.verdict === 'keep').flatMap((one) => enrolledEntry(one, facts));
  return kept.length > 0 ? [...made, { do: 'register', entries: kept }] : made;
}

/** Whose grace is over loses the tooling, if all were listed; who only now ceases to be wanted is told of. */
function withdrawals(judged: readonly Judged[], facts: EnrolmentFacts): readonly EnrolmentAction[] {
  const due = judged.filter(({ seen, verdict }) => verdict.verdict === 'withdraw' && mayGo(seen, facts));
  const taken = batches(due, ({ seen, verdict }) => `${verdict.retain} ${seen.instances.join()}`).map(
    (batch): EnrolmentAction => {
      const [{ seen, verdict } = { seen: undefined, verdict: undefined }] = batch;
      const entries = batch.map((one) =>
        changed(one, facts, { state: 'left', departed: undefined, rollout: undefined }),
      );
      const accounts = batch.map((one) => one.seen.account);
      const lines = batch.map((one) => `${one.seen.account} was withdrawn: ${one.verdict.reason}.`);
      const alert: Alert = { kind: 'withdrawn', accounts, lines };
      // No instance anywhere: there is nothing to remove, and a removal of nothing would be refused.
      if (!seen || seen.instances.length === 0) return { do: 'register', entries, alert };
      return {
        do: 'withdraw-instances',
        accounts,
        regions: seen.instances,
        retain: verdict?.retain ?? true,
        entries,
        alert,
      };
    },
  );
  const leaving = judged.filter(
    ({ seen, verdict }) => verdict.verdict === 'leaving' && seen.member && seen.entry?.state !== 'leaving',
  );
  if (leaving.length === 0) return taken;
  const alert: Alert = {
    kind: 'leaving',
    accounts: leaving.map(({ seen }) => seen.account),
    lines: leaving.map(
      ({ verdict }) =>
        `${verdict.account} will be withdrawn after ${verdict.due}: ${verdict.reason}. Until then nothing changes.`,
    ),
  };
  return [
    ...taken,
    { do: 'register', entries: leaving.map((one) => changed(one, facts, { state: 'leaving' })), alert },
  ];
}

/** A deletion that failed is tried again without asking: whoever had to confirm it has. */
function mayGo({ account, entry }: ObservedAccount, { withdrawals: may, settings }: EnrolmentFacts): boolean {
  if (may === 'none') return false;
  const again = entry?.state === 'left' && !entry.departed;
  return may === 'all' || again || settings.massExit.acknowledged.includes(account);
}

/** Who is no member any more has left: nothing can reach it, and it keeps what it has until somebody in it removes it. */
function departures(judged: readonly Judged[], facts: EnrolmentFacts): readonly EnrolmentAction[] {
  const gone = judged.filter(
    ({ seen, verdict }) => verdict.verdict === 'leaving' && !seen.member && seen.entry?.state !== 'left',
  );
  if (gone.length === 0) return [];
  const lines = gone.map(
    ({ seen: { account, instances } }) =>
      `${account} is no longer in the organization. The tooling stays in ${instances.join(', ') || 'no Region'} until somebody in the account deletes its stack.`,
  );
  const alert: Alert = { kind: 'departed', accounts: gone.map(({ seen }) => seen.account), lines };
  return [
    { do: 'register', entries: gone.map((one) => changed(one, facts, { state: 'left', departed: true })), alert },
  ];
}

/** What merely looks like the tag is told once. */
const nearMisses = (judged: readonly Judged[]): readonly EnrolmentAction[] =>
  judged
    .filter(({ verdict }) => verdict.verdict === 'near miss')
    .map(({ verdict: { account, reason } }) => ({
      do: 'tell-news',
      about: `near miss ${account}`,
      alert: { kind: 'nearMiss', accounts: [account], lines: [`${account} is not enrolled: it is ${reason}.`] },
    }));

/** The entry of an account that is wanted; none when nothing changed. */
function enrolledEntry(one: Judged, facts: EnrolmentFacts): readonly RegistryEntry[] {
  const { entry } = one.seen;
  const same = entry?.state === 'enrolled' && entry.regions.join() === facts.settings.regions.join();
  return same ? [] : [changed(one, facts, { state: 'enrolled', departed: undefined, regions: facts.settings.regions })];
}

/** An entry with a change, and the change in its history. */
function changed({ seen, verdict }: Judged, facts: EnrolmentFacts, change: Partial<RegistryEntry>): RegistryEntry {
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
