import type { EnrollmentSettings } from '../../../src/contract/enrollment-settings';
import type { AccountId, Region } from '../../../src/contract/ids';
import type { Alert } from '../../../src/contract/management-alerts';
import type { RegistryEntry } from '../../_kit/ports/registry';
import { judge, type Verdict } from './judge';
import { batches, changed, type Judged } from './judged';
import type { ObservedAccount } from './observe';
import { withdrawals } from './withdrawals';

/** What enroll-accounts decides from. */
export interface EnrollmentFacts {
  readonly settings: EnrollmentSettings;
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
export type EnrollmentAction =
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
      readonly alert?: Alert;
    }
  | { readonly do: 'register'; readonly entries: readonly RegistryEntry[]; readonly alert?: Alert }
  | { readonly do: 'tell-news'; readonly about: string; readonly alert: Alert };

/** What must happen, and the verdict on every account. */
export interface EnrollmentPlan {
  readonly actions: readonly EnrollmentAction[];
  readonly verdicts: readonly Verdict[];
}

/** Decides what becomes of these accounts. Pure. */
export function plan(facts: EnrollmentFacts): EnrollmentPlan {
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

const missingIn = ({ instances, closed = [] }: ObservedAccount, { regions }: EnrollmentSettings) =>
  regions.filter((at) => !instances.includes(at) && !closed.includes(at));

/** Who is wanted gets the tooling where it is missing, and is written down as enrolled. */
function creations(judged: readonly Judged[], facts: EnrollmentFacts): readonly EnrollmentAction[] {
  const wanted = judged.filter(({ verdict }) => verdict.verdict === 'enroll' || verdict.verdict === 'keep');
  const lacking = wanted.filter(({ verdict }) => verdict.verdict === 'enroll');
  const made = batches(lacking, ({ seen }) => missingIn(seen, facts.settings).join()).map(
    (batch): EnrollmentAction => ({
      do: 'create-instances',
      accounts: batch.map(({ seen }) => seen.account),
      regions: batch[0] ? missingIn(batch[0].seen, facts.settings) : [],
      entries: batch.flatMap((one) => enrolledEntry(one, facts)),
    }),
  );
  const kept = wanted.filter(({ verdict }) => verdict.verdict === 'keep').flatMap((one) => enrolledEntry(one, facts));
  return kept.length > 0 ? [...made, { do: 'register', entries: kept }] : made;
}

/** Who is no member any more has left: nothing can reach it, and it keeps what it has until somebody in it removes it. */
function departures(judged: readonly Judged[], facts: EnrollmentFacts): readonly EnrollmentAction[] {
  const gone = judged.filter(
    ({ seen, verdict }) => verdict.verdict === 'leaving' && !seen.member && seen.entry?.state !== 'left',
  );
  if (gone.length === 0) return [];
  const lines = gone.map(
    ({ seen: { account, instances } }) =>
      `${account} is no longer in the organization. The tooling stays in ${instances.join(', ') || 'no Region'} until somebody in the account deletes its stack.`,
  );
  const alert: Alert = { kind: 'account-departed', accounts: gone.map(({ seen }) => seen.account), lines };
  return [
    { do: 'register', entries: gone.map((one) => changed(one, facts, { state: 'left', departed: true })), alert },
  ];
}

/** What merely looks like the tag is told once. */
const nearMisses = (judged: readonly Judged[]): readonly EnrollmentAction[] =>
  judged
    .filter(({ verdict }) => verdict.verdict === 'near miss')
    .map(({ verdict: { account, reason } }) => ({
      do: 'tell-news',
      about: `near miss ${account}`,
      alert: { kind: 'tag-near-miss', accounts: [account], lines: [`${account} is not enrolled: it is ${reason}.`] },
    }));

/** The entry of an account that is wanted; none when nothing changed. */
function enrolledEntry(one: Judged, facts: EnrollmentFacts): readonly RegistryEntry[] {
  const { entry } = one.seen;
  const same = entry?.state === 'enrolled' && entry.regions.join() === facts.settings.regions.join();
  return same ? [] : [changed(one, facts, { state: 'enrolled', departed: undefined, regions: facts.settings.regions })];
}
