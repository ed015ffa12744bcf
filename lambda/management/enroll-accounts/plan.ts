import type { Alert } from '../../../src/contract/management-alerts';
import type { RegistryEntry } from '../../_kit/ports/registry';
import { CellAssignment } from './cells';
import { type AccountDecision, decideAccount } from './decide-account';
import { batchesBy, changedEntry, type DecidedAccount, missingIn } from './decided-accounts';
import type { EnrollmentAction } from './enrollment-action';
import type { EnrollmentFacts } from './facts';
import { planAlerts } from './plan-alerts';
import { planMoves } from './plan-moves';
import { planWithdrawals } from './plan-withdrawals';

/** The actions, and the decision on every account. */
export interface EnrollmentPlan {
  readonly actions: readonly EnrollmentAction[];
  readonly decisions: readonly AccountDecision[];
}

/** Decides on these accounts, and plans the actions that follow. Pure. */
export function plan(facts: EnrollmentFacts): EnrollmentPlan {
  const decided = withCells(
    [...facts.accounts]
      .sort((a, b) => (a.account < b.account ? -1 : 1))
      .map((observed): DecidedAccount => ({ observed, decision: decideAccount(observed, facts.settings, facts.now) })),
    facts,
  );
  const actions = [
    ...planCreations(decided, facts),
    ...planWithdrawals(decided, facts),
    ...planDepartures(decided, facts),
    ...planMoves(decided, facts),
    ...planAlerts(decided, facts),
  ];
  return { actions, decisions: decided.map(({ decision }) => decision) };
}

/** Accounts that match get the tooling in the Regions where it is missing, and are recorded as enrolled. */
function planCreations(decided: readonly DecidedAccount[], facts: EnrollmentFacts): readonly EnrollmentAction[] {
  // The tooling of an account that moves is deployed once it belongs to the new cell.
  const staying = decided.filter(({ observed }) => !observed.entry?.moving);
  const toEnroll = staying.filter(({ decision }) => decision.decision === 'enroll');
  const keyOf = ({ observed, cell }: DecidedAccount) => `${cell?.cell} ${missingIn(observed, facts.settings).join()}`;
  const creations = batchesBy(toEnroll, keyOf).map(
    (batch): EnrollmentAction => ({
      do: 'create-instances',
      cell: batch[0]?.cell?.cell ?? facts.settings.cells[0].name,
      accounts: batch.map(({ observed }) => observed.account),
      regions: batch[0] ? missingIn(batch[0].observed, facts.settings) : [],
      entries: batch.flatMap((one) => enrolledEntry(one, facts)),
    }),
  );
  const kept = staying.filter(({ decision }) => decision.decision === 'keep');
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
  const entries = departed.map((one) => changedEntry(one, facts, { state: 'left', departed: true, moving: undefined }));
  return [{ do: 'record', entries, alert }];
}

/** The entry of an account that is to have the tooling; none when nothing changed. */
function enrolledEntry(one: DecidedAccount, facts: EnrollmentFacts): readonly RegistryEntry[] {
  const { entry } = one.observed;
  const { regions } = facts.settings;
  const isUnchanged =
    entry?.state === 'enrolled' && entry.cell !== undefined && entry.regions.join() === regions.join();
  return isUnchanged ? [] : [changedEntry(one, facts, { state: 'enrolled', departed: undefined, regions })];
}

/** The accounts with their cells. One that is to be enrolled for the first time is assigned to a cell, in the order of accounts. */
function withCells(decided: readonly DecidedAccount[], { settings, load }: EnrollmentFacts): readonly DecidedAccount[] {
  const assignment = new CellAssignment(settings.cells, load ?? new Map());
  return decided.map((one): DecidedAccount => {
    const { observed, decision } = one;
    if (observed.cell || decision.decision !== 'enroll') return { ...one, cell: observed.cell };
    const cell = assignment.assign(observed.tags);
    if (cell) return { ...one, cell };
    const reason = `${decision.reason}, but every cell is full`;
    return { ...one, decision: { account: decision.account, decision: 'no-room', reason } };
  });
}
