import type { AccountId } from '../../../src/contract/ids';
import type { ObservedAccount } from './facts';
import type { Judgement } from './judge-database';
import { REASONS } from './reasons';

/** A database that its account does not show, and what decides its status. */
export interface AbsentDatabase {
  readonly id: AccountId;
  readonly account?: ObservedAccount;
  /** Whether copies of it were expected in the report before; true without such a report. */
  readonly wasExpected: boolean;
  readonly hasCopy: boolean;
  /** Its newest copy, or its wait for the first one, is older than its RPO. */
  readonly isOverdue: boolean;
  readonly isEvicted: boolean;
  /** An operator has confirmed that its account left. */
  readonly isConfirmed: boolean;
}

/** The status of a deleted database whose name another one has now. prune-copies counts copies by name, so that a database that is
 * created again each night does not fill the vault. */
export const NAME_REUSED: Judgement = { status: 'source-deleted', ...REASONS['name-reused']() };

/** The status of a database that its account does not show: it is deleted, or the account left. Pure. */
export function judgeAbsentDatabase(found: AbsentDatabase): Judgement {
  const { account, isEvicted, isConfirmed } = found;
  const observed = account?.observed;
  if (observed?.access === 'denied') return { status: 'unknown', ...REASONS['access-denied'](observed.because) };
  if (observed?.access === 'unknown' && observed.isPostponed) {
    return { status: 'unknown', ...REASONS['account-not-read'](observed.because) };
  }
  if (observed?.access === 'unknown') return { status: 'unknown', ...REASONS['account-not-reached'](observed.because) };
  if (observed?.access === 'granted') return { status: 'source-deleted', ...REASONS['database-deleted']() };
  if (isEvicted) return { status: 'account-left', ...REASONS['account-evicted']() };
  if (isConfirmed) return { status: 'account-left', ...REASONS['account-left']() };
  if (account?.state === 'waiting') return { status: 'unknown', ...REASONS['account-waiting']() };
  return judgeUnconfirmedExit(found);
}

/** Copies of an account that left are expected until an operator confirms that: otherwise management could end accounts. */
function judgeUnconfirmedExit({ id, wasExpected, hasCopy, isOverdue }: AbsentDatabase): Judgement {
  if (!wasExpected) return { status: 'source-deleted', ...REASONS['deleted-before-exit']() };
  const overdue = hasCopy ? 'late' : 'never';
  return { status: isOverdue ? overdue : 'account-left', ...REASONS['exit-unconfirmed'](id) };
}
