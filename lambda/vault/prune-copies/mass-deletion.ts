import type { Retention } from '../../../src/contract/retention';
import { groupBy } from '../../_kit/copies';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { originOf } from '../../_kit/vault-copies';

/** Copies of one account that are past their term, and its good copies altogether. */
export interface AccountDeletions {
  /** The account that the copies came from. */
  readonly account: string;
  readonly due: number;
  readonly good: number;
}

/** More is due at once than one run may delete: a person must say whether that is meant. */
export interface MassDeletion {
  /** Good copies of the whole vault that are past their term, and all good copies. */
  readonly due: number;
  readonly good: number;
  readonly maxDeletedPercentPerRun: number;
  /** The accounts of which nothing is deleted, the one that is most over its share first. */
  readonly accounts: readonly AccountDeletions[];
}

/** As few deletions as this are no sweep, however small the vault. */
const FEW = 5;

/**
 * Whether so much is due that a run would be a sweep, and then which accounts are held back so that what is left is none.
 * Held back is who is most over its share, until the others may go on: an account of which no more than its share is due
 * is never held back, whatever becomes due in another, and so nobody stops the pruning of all by what he lets be copied.
 */
export function massDeletionOf(
  due: readonly Snapshot[],
  good: readonly Snapshot[],
  { maxDeletedPercentPerRun }: Pick<Retention, 'maxDeletedPercentPerRun'>,
): MassDeletion | undefined {
  const isSweep = (some: number, all: number) => some > FEW && some * 100 > all * maxDeletedPercentPerRun;
  let [dueLeft, goodLeft] = [due.length, good.length];
  if (!isSweep(dueLeft, goodLeft)) return undefined;
  const goodOf = groupBy(good, originOf);
  const over = (one: AccountDeletions) => one.due * 100 - one.good * maxDeletedPercentPerRun;
  const byExcess = [...groupBy(due, originOf)]
    .map(([account, some]): AccountDeletions => ({ account, due: some.length, good: goodOf.get(account)?.length ?? 0 }))
    .sort((a, b) => over(b) - over(a) || (a.account < b.account ? -1 : 1));
  const accounts: AccountDeletions[] = [];
  for (const one of byExcess) {
    if (!isSweep(dueLeft, goodLeft)) break;
    accounts.push(one);
    dueLeft -= one.due;
    goodLeft -= one.good;
  }
  return { due: due.length, good: good.length, maxDeletedPercentPerRun, accounts };
}
