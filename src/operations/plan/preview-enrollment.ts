import { type AccountFacts, isMassExit, judge, type Verdict } from '../../../lambda/management/enroll-accounts/judge';
import type { EnrollmentSettings } from '../../contract/enrollment-settings';
import type { AccountId, Region } from '../../contract/ids';

/** What would become of one account, and why, in words for somebody who knows nothing of enrollment. */
export interface PlannedAccount {
  readonly id: AccountId;
  readonly verdict: Verdict['verdict'];
  readonly reason: string;
}

/** What enrollment would do to an organization. */
export interface EnrollmentPreview {
  /** Of when it is true, ISO 8601. */
  readonly at: string;
  /** Every account, by its id. */
  readonly accounts: readonly PlannedAccount[];
  /** Stack instances, one for each account and Region: those that stand, and those that would once all of this is done. */
  readonly instances: { readonly now: number; readonly afterwards: number };
  /** So many withdrawals at once wait for a person. */
  readonly massExit?: { readonly due: number; readonly enrolled: number };
  /** Accounts out of reach, with the Regions in which the tooling may still stand: whoever keeps them cleans up. */
  readonly departed: readonly { readonly id: AccountId; readonly regions: readonly Region[] }[];
}

/** An account as seen from outside: what is decided from, and the Regions that the registry names. */
export interface ObservedAccount extends AccountFacts {
  readonly registered?: readonly Region[];
}

interface Judged {
  readonly facts: ObservedAccount;
  readonly verdict: Verdict;
}

/** Judges every account as the sweep would, and says what would be done. The accounts must be all there are. Pure. */
export function previewEnrollment(
  accounts: readonly ObservedAccount[],
  settings: EnrollmentSettings,
  now: Date,
): EnrollmentPreview {
  const judged = [...accounts]
    .sort((a, b) => (a.account < b.account ? -1 : 1))
    .map((facts): Judged => ({ facts, verdict: verdictOn(facts, settings, now) }));
  const enrolled = judged.filter(isEnrolled).length;
  const due = judged.filter((one) => waitsForGrace(one) && !isConfirmed(one, settings)).length;
  const massExit = isMassExit(due, enrolled, settings.massExit) ? { due, enrolled } : undefined;
  const stops = (one: Judged) => massExit !== undefined && waitsForGrace(one) && !isConfirmed(one, settings);
  const count = (of: (one: Judged) => number) => judged.reduce((sum, one) => sum + of(one), 0);
  return {
    at: now.toISOString(),
    accounts: judged.map((one) => ({
      id: one.facts.account,
      verdict: one.verdict.verdict,
      reason: `${one.verdict.reason}${consequence(one, settings, stops(one))}`,
    })),
    instances: {
      now: count(({ facts }) => facts.instances.length),
      afterwards: count((one) => standingAfterwards(one, settings, stops(one))),
    },
    ...(massExit && { massExit }),
    departed: judged.flatMap(departure),
  };
}

/** The verdict. A departure is written down as a new state, so whoever departs while leaving has a whole grace again. */
function verdictOn(facts: ObservedAccount, settings: EnrollmentSettings, now: Date): Verdict {
  const verdict = judge(facts, settings, now);
  const departsNow = !facts.member && facts.held?.state === 'leaving' && verdict.verdict === 'leaving';
  if (!departsNow) return verdict;
  return judge({ ...facts, held: { state: 'left', since: now.toISOString(), departed: true } }, settings, now);
}

/** Whether the sweep counts it among the enrolled, of whom not too many may go at once. */
const isEnrolled = ({ facts, verdict }: Judged): boolean => {
  if (verdict.verdict === 'enroll' || verdict.verdict === 'keep') return true;
  return (verdict.verdict === 'leaving' || verdict.verdict === 'withdraw') && facts.held?.state !== 'left';
};

/** A withdrawal that ends a grace: one that failed before goes on without asking. */
const waitsForGrace = ({ facts: { held }, verdict }: Judged): boolean =>
  verdict.verdict === 'withdraw' && (held?.state !== 'left' || held.departed === true);

const isConfirmed = ({ facts }: Judged, { massExit }: EnrollmentSettings): boolean =>
  massExit.acknowledged.includes(facts.account);

const missingIn = ({ instances, closed = [] }: ObservedAccount, { regions }: EnrollmentSettings): readonly Region[] =>
  regions.filter((at) => !instances.includes(at) && !closed.includes(at));

function standingAfterwards({ facts, verdict }: Judged, settings: EnrollmentSettings, stopped: boolean): number {
  if (verdict.verdict === 'enroll') return facts.instances.length + missingIn(facts, settings).length;
  return verdict.verdict === 'withdraw' && !stopped ? 0 : facts.instances.length;
}

/** What follows from a verdict, to be said after its reason. */
function consequence({ facts, verdict }: Judged, settings: EnrollmentSettings, stopped: boolean): string {
  const { closed = [] } = facts;
  const waits = settings.regions.filter((at) => closed.includes(at) && !facts.instances.includes(at));
  const later = waits.length > 0 ? `; nothing is tried in ${waits.join(', ')} for now` : '';
  if (verdict.verdict === 'enroll') {
    return `; the tooling would be deployed in ${missingIn(facts, settings).join(', ')}${later}`;
  }
  if (verdict.verdict === 'keep') return later || '; the tooling stands where it should';
  if (verdict.verdict === 'near miss') return '; nothing is guessed: correct the tag if it is meant';
  if (verdict.verdict === 'leaving') {
    return facts.member
      ? `; nothing changes until ${verdict.due}, then it is withdrawn`
      : `; the vault takes nothing new from it, and its instances are dropped after ${verdict.due}`;
  }
  if (verdict.verdict !== 'withdraw') return '';
  if (stopped) return '; its grace is over, but so many at once wait for a person';
  if (facts.instances.length === 0) return '; its grace is over, and nothing of it stands any more';
  const end = verdict.retain ? 'dropped, and its stacks stay: nothing can reach into the account' : 'removed';
  return `; its grace is over: the tooling in ${facts.instances.join(', ')} would be ${end}`;
}

function departure({ facts, verdict }: Judged): EnrollmentPreview['departed'] {
  const { member, account, instances, registered = [] } = facts;
  if (member || (verdict.verdict !== 'leaving' && verdict.verdict !== 'withdraw')) return [];
  return [{ id: account, regions: [...new Set([...instances, ...registered])].sort() }];
}
