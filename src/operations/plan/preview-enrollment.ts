import { CellAssignment, type CellChoice, cellOf, settledCell } from '../../../lambda/management/enroll-accounts/cells';
import {
  type AccountDecision,
  decideAccount,
  isMassExit,
} from '../../../lambda/management/enroll-accounts/decide-account';
import { missingIn } from '../../../lambda/management/enroll-accounts/decided-accounts';
import type { AccountFacts } from '../../../lambda/management/enroll-accounts/facts';
import type { EnrollmentSettings } from '../../contract/enrollment-settings';
import type { AccountId, Region } from '../../contract/ids';

/** What enrollment would do to one account, and why. */
export interface PlannedAccount {
  readonly id: AccountId;
  readonly verdict: AccountDecision['decision'];
  readonly reason: string;
  /** With several cells, of an account that is or would be enrolled: the name of its cell, and why it belongs to it. */
  readonly cell?: string;
  readonly cellReason?: string;
}

/** The accounts of one cell, now and afterwards. */
export interface PlannedCell {
  readonly name: string;
  readonly now: number;
  readonly afterwards: number;
  readonly maxAccounts: number;
}

/** What enrollment would do to an organization. */
export interface EnrollmentPreview {
  /** The time for which the accounts were evaluated, ISO 8601. */
  readonly at: string;
  /** Every account, by its id. */
  readonly accounts: readonly PlannedAccount[];
  /** Every cell, in the order of the configuration. */
  readonly cells: readonly PlannedCell[];
  /** Stack instances, one per account and Region, now and afterwards. */
  readonly instances: { readonly now: number; readonly afterwards: number };
  /** Set when too many withdrawals are due at once: they wait for an operator. */
  readonly massExit?: { readonly due: number; readonly enrolled: number };
  /** Accounts that left the organization, with the Regions in which their owners must delete the tooling. */
  readonly departed: readonly { readonly id: AccountId; readonly regions: readonly Region[] }[];
}

/** The facts of an account, the Regions that the registry contains for it, and the cell whose StackSet has instances in it. */
export interface AccountToPreview extends AccountFacts {
  readonly registered?: readonly Region[];
  readonly found?: string;
}

interface EvaluatedAccount {
  readonly facts: AccountToPreview;
  readonly verdict: AccountDecision;
  readonly cell?: CellChoice;
}

/** Evaluates every account as the sweep does. `accounts` must be complete. Pure. */
export function previewEnrollment(
  accounts: readonly AccountToPreview[],
  settings: EnrollmentSettings,
  now: Date,
): EnrollmentPreview {
  const sorted = [...accounts].sort((a, b) => (a.account < b.account ? -1 : 1));
  const load = loadNow(sorted, settings);
  const assignment = new CellAssignment(settings.cells, load);
  const evaluated = sorted.map(
    (facts): EvaluatedAccount => withCell(facts, verdictOn(facts, settings, now), settings, assignment),
  );
  const enrolled = evaluated.filter(isEnrolled).length;
  const due = evaluated.filter((one) => waitsForGrace(one) && !isConfirmed(one, settings)).length;
  const massExit = isMassExit(due, enrolled, settings.massExit) ? { due, enrolled } : undefined;
  const stops = (one: EvaluatedAccount) => massExit !== undefined && waitsForGrace(one) && !isConfirmed(one, settings);
  const count = (of: (one: EvaluatedAccount) => number) => evaluated.reduce((sum, one) => sum + of(one), 0);
  return {
    at: now.toISOString(),
    accounts: evaluated.map((one) => ({
      id: one.facts.account,
      verdict: one.verdict.decision,
      reason: `${one.verdict.reason}${consequence(one, settings, stops(one))}`,
      ...(one.cell && settings.cells.length > 1 && { cell: one.cell.cell, cellReason: one.cell.reason }),
    })),
    cells: settings.cells.map(({ name, maxAccounts }) => ({
      name,
      now: load.get(name) ?? 0,
      afterwards: assignment.loaded.get(name) ?? 0,
      maxAccounts,
    })),
    instances: {
      now: count(({ facts }) => facts.instances.length),
      afterwards: count((one) => standingAfterwards(one, settings, stops(one))),
    },
    ...(massExit && { massExit }),
    departed: evaluated.flatMap(departure),
  };
}

/** Accounts of each cell by the registry, an account that moves in the cell that it moves to. */
function loadNow(accounts: readonly AccountToPreview[], { cells }: EnrollmentSettings): ReadonlyMap<string, number> {
  const load = new Map<string, number>();
  for (const { held } of accounts) {
    if (!held || (held.state === 'left' && !held.departed)) continue;
    const cell = held.moving?.to ?? cellOf(held, cells);
    load.set(cell, (load.get(cell) ?? 0) + 1);
  }
  return load;
}

/** The verdict with the cell of the account: its own, or the one that it would be assigned to. */
function withCell(
  facts: AccountToPreview,
  verdict: AccountDecision,
  { cells }: EnrollmentSettings,
  assignment: CellAssignment,
): EvaluatedAccount {
  const { held, found } = facts;
  const settled =
    settledCell(held, cells) ??
    (found === undefined ? undefined : { cell: found, reason: 'the tooling of this cell was found in the account' });
  const isEnrolled = ['enroll', 'keep', 'leaving', 'stranded'].includes(verdict.decision);
  if (settled) {
    const isCounted = held !== undefined && (held.state !== 'left' || held.departed === true);
    if (!isCounted && isEnrolled) assignment.add(settled.cell);
    return { facts, verdict, ...(isEnrolled && { cell: settled }) };
  }
  if (verdict.decision !== 'enroll') return { facts, verdict };
  const cell = assignment.assign(facts.tags);
  if (cell) return { facts, verdict, cell };
  const reason = `${verdict.reason}, but every cell is full`;
  return { facts, verdict: { account: verdict.account, decision: 'no-room', reason } };
}

/** The verdict. A departure is a new state in the registry, so an account that departs while leaving has a new grace period. */
function verdictOn(facts: AccountToPreview, settings: EnrollmentSettings, now: Date): AccountDecision {
  const verdict = decideAccount(facts, settings, now);
  const departsNow = !facts.member && facts.held?.state === 'leaving' && verdict.decision === 'leaving';
  if (!departsNow) return verdict;
  return decideAccount({ ...facts, held: { state: 'left', since: now.toISOString(), departed: true } }, settings, now);
}

/** Whether the sweep counts the account as enrolled when it compares the withdrawals with their bounds. */
const isEnrolled = ({ facts, verdict }: EvaluatedAccount): boolean => {
  if (verdict.decision === 'enroll' || verdict.decision === 'keep') return true;
  return (verdict.decision === 'leaving' || verdict.decision === 'withdraw') && facts.held?.state !== 'left';
};

/** Whether a withdrawal follows a grace period. One that failed before continues without a confirmation. */
const waitsForGrace = ({ facts: { held }, verdict }: EvaluatedAccount): boolean =>
  verdict.decision === 'withdraw' && (held?.state !== 'left' || held.departed === true);

const isConfirmed = ({ facts }: EvaluatedAccount, { massExit }: EnrollmentSettings): boolean =>
  massExit.acknowledged.includes(facts.account);

function standingAfterwards(
  { facts, verdict }: EvaluatedAccount,
  settings: EnrollmentSettings,
  stopped: boolean,
): number {
  if (verdict.decision === 'enroll') return facts.instances.length + missingIn(facts, settings).length;
  return verdict.decision === 'withdraw' && !stopped ? 0 : facts.instances.length;
}

/** What follows from a verdict: the second part of its reason. */
function consequence({ facts, verdict }: EvaluatedAccount, settings: EnrollmentSettings, stopped: boolean): string {
  const { closed = [] } = facts;
  const waits = settings.regions.filter((at) => closed.includes(at) && !facts.instances.includes(at));
  const later = waits.length > 0 ? `; ${waits.join(', ')} is skipped for now` : '';
  if (verdict.decision === 'enroll') {
    return `; the tooling would be deployed in ${missingIn(facts, settings).join(', ')}${later}`;
  }
  if (verdict.decision === 'keep') return later || '; the tooling is deployed';
  if (verdict.decision === 'near-miss') return '; correct the tag if the account should be enrolled';
  if (verdict.decision === 'leaving') {
    return facts.member
      ? `; the tooling is withdrawn after ${verdict.due}`
      : `; the vault imports nothing new from it, and its stack instances are removed after ${verdict.due}`;
  }
  if (verdict.decision !== 'withdraw') return '';
  if (stopped) return '; its grace period is over, and so many withdrawals at once wait for an operator';
  if (facts.instances.length === 0) return '; its grace period is over, and it has no stack instances';
  const end = verdict.retain
    ? 'removed from the StackSet, and its stacks stay because the account is out of reach'
    : 'removed';
  return `; its grace period is over, and the tooling in ${facts.instances.join(', ')} would be ${end}`;
}

function departure({ facts, verdict }: EvaluatedAccount): EnrollmentPreview['departed'] {
  const { member, account, instances, registered = [] } = facts;
  if (member || (verdict.decision !== 'leaving' && verdict.decision !== 'withdraw')) return [];
  return [{ id: account, regions: [...new Set([...instances, ...registered])].sort() }];
}
