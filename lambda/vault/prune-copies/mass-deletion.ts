import type { Retention } from '../../../src/contract/retention';
import { groupBy } from '../../_kit/copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { originOf } from '../../_kit/vault-copies';

/** Copies of one account that are past their term, and all good copies of the account. */
export interface AccountDeletions {
  /** The account that the copies came from. */
  readonly account: string;
  readonly due: number;
  readonly good: number;
}

/** More copies are past their term at once than one run may delete: an operator must confirm that. */
export interface MassDeletion {
  /** Good copies of the whole vault that are past their term, and all good copies. */
  readonly due: number;
  readonly good: number;
  readonly maxDeletedPercentPerRun: number;
  /** Accounts of which the run deletes nothing, the one furthest over its share first. */
  readonly accounts: readonly AccountDeletions[];
}

/** So few deletions are no mass deletion, however small the vault is. */
const MAX_FEW = 5;

/**
 * Whether a run would delete too much at once, and then which accounts it stops so that the rest is allowed. The account
 * furthest over its share is stopped first. An account within its share is never stopped, whatever is due in another one:
 * no source can stop the pruning of the others by what it has copied.
 */
export function massDeletionOf(
  due: readonly Snapshot[],
  good: readonly Snapshot[],
  { maxDeletedPercentPerRun }: Pick<Retention, 'maxDeletedPercentPerRun'>,
): MassDeletion | undefined {
  const isTooMuch = (some: number, all: number) => some > MAX_FEW && some * 100 > all * maxDeletedPercentPerRun;
  let [dueLeft, goodLeft] = [due.length, good.length];
  if (!isTooMuch(dueLeft, goodLeft)) return undefined;
  const goodOf = groupBy(good, originOf);
  const excess = (one: AccountDeletions) => one.due * 100 - one.good * maxDeletedPercentPerRun;
  const byExcess = [...groupBy(due, originOf)]
    .map(([account, some]): AccountDeletions => ({ account, due: some.length, good: goodOf.get(account)?.length ?? 0 }))
    .sort((a, b) => excess(b) - excess(a) || (a.account < b.account ? -1 : 1));
  const accounts: AccountDeletions[] = [];
  for (const one of byExcess) {
    if (!isTooMuch(dueLeft, goodLeft)) break;
    accounts.push(one);
    dueLeft -= one.due;
    goodLeft -= one.good;
  }
  return { due: due.length, good: good.length, maxDeletedPercentPerRun, accounts };
}
