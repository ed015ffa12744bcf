import { DAY } from '../../../src/contract/durations';
import type { Region } from '../../../src/contract/ids';
import type { Alert } from '../../../src/contract/management-alerts';
import { batchesBy, changedEntry, type DecidedAccount } from './decided-accounts';
import type { EnrollmentAction } from './enrollment-action';
import type { EnrollmentAccount, EnrollmentFacts } from './facts';

/** Withdraws the accounts whose grace period is over, where this run may; and alerts about accounts whose grace period begins. */
export function planWithdrawals(
  decided: readonly DecidedAccount[],
  facts: EnrollmentFacts,
): readonly EnrollmentAction[] {
  const due = decided.filter(
    ({ observed, decision }) => decision.decision === 'withdraw' && mayWithdraw(observed, facts),
  );
  const batches = (some: readonly DecidedAccount[]) =>
    batchesBy(some, ({ observed, decision, cell }) => `${cell?.cell} ${decision.retain} ${observed.instances.join()}`);
  const withdrawals = [
    ...batches(due.filter(({ observed }) => !isWithdrawn(observed))).map((batch) => withdrawal(batch, facts)),
    ...batches(due.filter(({ observed }) => isWithdrawn(observed))).map((batch) => repeatedRemoval(batch, facts)),
  ];
  const leaving = decided.filter(
    ({ observed, decision }) =>
      decision.decision === 'leaving' && observed.member && observed.entry?.state !== 'leaving',
  );
  if (leaving.length === 0) return withdrawals;
  const alert: Alert = {
    kind: 'account-leaving',
    accounts: leaving.map(({ observed }) => observed.account),
    lines: leaving.map(
      ({ decision }) =>
        `${decision.account} will be withdrawn after ${decision.due}: ${decision.reason}. Until then nothing changes.`,
    ),
  };
  const entries = leaving.map((one) => changedEntry(one, facts, { state: 'leaving', moving: undefined }));
  return [...withdrawals, { do: 'record', entries, alert }];
}

function withdrawal(batch: readonly DecidedAccount[], facts: EnrollmentFacts): EnrollmentAction {
  const change = { state: 'left', departed: undefined, rollout: undefined, moving: undefined } as const;
  const entries = batch.map((one) => changedEntry(one, facts, change));
  const accounts = batch.map(({ observed }) => observed.account);
  const lines = batch.map(({ observed, decision }) => `${observed.account} was withdrawn: ${decision.reason}.`);
  const alert: Alert = { kind: 'account-withdrawn', accounts, lines };
  const { cell, regions, retain } = removalOf(batch);
  // Without an instance there is nothing to remove, and CloudFormation refuses an operation without Regions.
  if (cell === undefined || regions.length === 0) return { do: 'record', entries, alert };
  return { do: 'withdraw-instances', cell, accounts, regions, retain, entries, alert };
}

/**
 * The account was withdrawn before, and instances are left: the deletion failed, or StackSets found nothing to delete, which can
 * happen to an account that moved to another unit. They are deleted again. A deletion may take a day; after that, an alert is
 * sent.
 */
function repeatedRemoval(batch: readonly DecidedAccount[], { now, settings }: EnrollmentFacts): EnrollmentAction {
  const { cell = settings.cells[0].name, regions, retain } = removalOf(batch);
  const late = batch.filter(({ observed: { entry } }) => now.getTime() - Date.parse(entry?.since ?? '') >= DAY);
  const lines = late.map(
    ({ observed: { account, entry } }) =>
      `${account} was withdrawn on ${entry?.since.slice(0, 10)}, and the StackSet still has instances in ${regions.join(', ')}. They are deleted again.`,
  );
  const alert: Alert = { kind: 'tooling-not-removed', accounts: late.map(({ observed }) => observed.account), lines };
  return {
    do: 'withdraw-instances',
    cell,
    accounts: batch.map(({ observed }) => observed.account),
    regions,
    retain,
    entries: [],
    ...(late.length > 0 && { alert }),
  };
}

/** Cell and Regions of a batch, whose accounts all have the same ones, and whether its stacks are retained. */
function removalOf([first]: readonly DecidedAccount[]): {
  readonly cell?: string;
  readonly regions: readonly Region[];
  readonly retain: boolean;
} {
  return {
    cell: first?.cell?.cell,
    regions: first?.observed.instances ?? [],
    retain: first?.decision.retain ?? true,
  };
}

/** Whether the registry has the account as withdrawn. */
const isWithdrawn = ({ entry }: EnrollmentAccount): boolean => entry?.state === 'left' && !entry.departed;

/** Whether this run may withdraw the account. A removal that failed is repeated without a new confirmation. */
function mayWithdraw(observed: EnrollmentAccount, { withdrawals, settings }: EnrollmentFacts): boolean {
  if (withdrawals === 'none') return false;
  return withdrawals === 'all' || isWithdrawn(observed) || settings.massExit.acknowledged.includes(observed.account);
}
