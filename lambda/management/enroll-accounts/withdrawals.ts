import type { Region } from '../../../src/contract/ids';
import type { Alert } from '../../../src/contract/management-alerts';
import { batches, changed, type Judged } from './judged';
import type { ObservedAccount } from './observe';
import type { EnrollmentAction, EnrollmentFacts } from './plan';

const DAY_MS = 24 * 3600 * 1000;

/** Whose grace is over loses the tooling, if all were listed; who only now ceases to be wanted is told of. */
export function withdrawals(judged: readonly Judged[], facts: EnrollmentFacts): readonly EnrollmentAction[] {
  const due = judged.filter(({ seen, verdict }) => verdict.verdict === 'withdraw' && mayGo(seen, facts));
  const batched = (some: readonly Judged[]) =>
    batches(some, ({ seen, verdict }) => `${verdict.retain} ${seen.instances.join()}`);
  const taken = [
    ...batched(due.filter(({ seen }) => !wasWithdrawn(seen))).map((batch) => withdrawal(batch, facts)),
    ...batched(due.filter(({ seen }) => wasWithdrawn(seen))).map((batch) => removalAgain(batch, facts)),
  ];
  const leaving = judged.filter(
    ({ seen, verdict }) => verdict.verdict === 'leaving' && seen.member && seen.entry?.state !== 'leaving',
  );
  if (leaving.length === 0) return taken;
  const alert: Alert = {
    kind: 'account-leaving',
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

function withdrawal(batch: readonly Judged[], facts: EnrollmentFacts): EnrollmentAction {
  const entries = batch.map((one) => changed(one, facts, { state: 'left', departed: undefined, rollout: undefined }));
  const accounts = batch.map(({ seen }) => seen.account);
  const lines = batch.map(({ seen, verdict }) => `${seen.account} was withdrawn: ${verdict.reason}.`);
  const alert: Alert = { kind: 'account-withdrawn', accounts, lines };
  const { regions, retain } = removalOf(batch);
  // No instance anywhere: there is nothing to remove, and a removal of nothing would be refused.
  if (regions.length === 0) return { do: 'register', entries, alert };
  return { do: 'withdraw-instances', accounts, regions, retain, entries, alert };
}

/**
 * The tooling stands though the account was withdrawn: the deletion failed, or StackSets has found nothing to delete, as it may of
 * an account that has moved to another unit. It is deleted again; after a day, which a deletion may take, people are alerted.
 */
function removalAgain(batch: readonly Judged[], { now }: EnrollmentFacts): EnrollmentAction {
  const { regions, retain } = removalOf(batch);
  const late = batch.filter(({ seen: { entry } }) => now.getTime() - Date.parse(entry?.since ?? '') >= DAY_MS);
  const lines = late.map(
    ({ seen }) =>
      `${seen.account} was withdrawn on ${seen.entry?.since.slice(0, 10)}, and its tooling still stands in ${regions.join(', ')}. It is deleted again.`,
  );
  const alert: Alert = { kind: 'tooling-not-removed', accounts: late.map(({ seen }) => seen.account), lines };
  return {
    do: 'withdraw-instances',
    accounts: batch.map(({ seen }) => seen.account),
    regions,
    retain,
    entries: [],
    ...(late.length > 0 && { alert }),
  };
}

/** What is removed of a batch, whose accounts are alike in it. */
function removalOf([first]: readonly Judged[]): { readonly regions: readonly Region[]; readonly retain: boolean } {
  return { regions: first?.seen.instances ?? [], retain: first?.verdict.retain ?? true };
}

/** Whether the registry has the account as withdrawn already. */
const wasWithdrawn = ({ entry }: ObservedAccount): boolean => entry?.state === 'left' && !entry.departed;

/** A deletion that failed is tried again without asking: its confirmation still holds. */
function mayGo(seen: ObservedAccount, { withdrawals: may, settings }: EnrollmentFacts): boolean {
  if (may === 'none') return false;
  return may === 'all' || wasWithdrawn(seen) || settings.massExit.acknowledged.includes(seen.account);
}
