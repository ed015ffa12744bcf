import type { Alert } from '../../../src/contract/management-alerts';
import type { RegistryEntry } from '../../_kit/ports/registry';
import { type AccountDecision, decideAccount } from './decide-account';
import { batchesBy, changedEntry, type DecidedAccount, missingIn } from './decided-accounts';
import type { EnrollmentAction } from './enrollment-action';
import type { EnrollmentFacts } from './facts';
import { planWithdrawals } from './plan-withdrawals';

/** The actions, and the decision on every account. */
export interface EnrollmentPlan {
  readonly actions: readonly EnrollmentAction[];
  readonly decisions: readonly AccountDecision[];
}

/** Decides on these accounts, and plans the actions that follow. Pure. */
export function plan(facts: EnrollmentFacts): EnrollmentPlan {
  const decided = [...facts.accounts]
    .sort((a, b) => (a.account < b.account ? -1 : 1))
    .map((observed): DecidedAccount => ({ observed, decision: decideAccount(observed, facts.settings, facts.now) }));
  const actions = [
    ...planCreations(decided, facts),
    ...planWithdrawals(decided, facts),
    ...planDepartures(decided, facts),
    ...planNearMisses(decided),
  ];
  return { actions, decisions: decided.map(({ decision }) => decision) };
}

/** Accounts that match get the tooling in the Regions where it is missing, and are recorded as enrolled. */
function planCreations(decided: readonly DecidedAccount[], facts: EnrollmentFacts): readonly EnrollmentAction[] {
  const toEnroll = decided.filter(({ decision }) => decision.decision === 'enroll');
  const creations = batchesBy(toEnroll, ({ observed }) => missingIn(observed, facts.settings).join()).map(
    (batch): EnrollmentAction => ({
      do: 'create-instances',
      accounts: batch.map(({ observed }) => observed.account),
      regions: batch[0] ? missingIn(batch[0].observed, facts.settings) : [],
      entries: batch.flatMap((one) => enrolledEntry(one, facts)),
    }),
  );
  const kept = decided.filter(({ decision }) => decision.decision === 'keep');
  const entries = kept.flatMap((one) => enrolledEntry(one, facts));
  return entries.length > 0 ? [...creations, { do: 'record', entries }] : creations;
}

/** An account that left the organization is recorded as left. StackSets cannot reach it: its tooling stays until the account
 * itself deletes the stack. */
function planDepartures(decided: readonly DecidedAccount[], facts: EnrollmentFacts): readonly EnrollmentAction[] {
  const departed = decided.filter(
    ({ observed, decision }) => decision.decision === 'leaving' && !observed.member && observed.entry?.state !== 'left',
  );
  if (departed.length === 0) return [];
  const lines = departed.map(
    ({ observed: { account, instances } }) =>
      `${account} is no longer in the organization. The tooling stays in ${instances.join(', ') || 'no Region'} until an administrator of the account deletes its stack.`,
  );
  const alert: Alert = { kind: 'account-departed', accounts: departed.map(({ observed }) => observed.account), lines };
  const entries = departed.map((one) => changedEntry(one, facts, { state: 'left', departed: true }));
  return [{ do: 'record', entries, alert }];
}

/** A tag that is only similar to the configured one is reported once. */
const planNearMisses = (decided: readonly DecidedAccount[]): readonly EnrollmentAction[] =>
  decided
    .filter(({ decision }) => decision.decision === 'near-miss')
    .map(({ decision: { account, reason } }) => ({
      do: 'alert-once',
      key: `near-miss ${account}`,
      alert: { kind: 'tag-near-miss', accounts: [account], lines: [`${account} is not enrolled: it is ${reason}.`] },
    }));

/** The entry of an account that is to have the tooling; none when nothing changed. */
function enrolledEntry(one: DecidedAccount, facts: EnrollmentFacts): readonly RegistryEntry[] {
  const { entry } = one.observed;
  const { regions } = facts.settings;
  const isUnchanged = entry?.state === 'enrolled' && entry.regions.join() === regions.join();
  return isUnchanged ? [] : [changedEntry(one, facts, { state: 'enrolled', departed: undefined, regions })];
}
