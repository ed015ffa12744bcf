import type { AccountId } from '../../../src/contract/ids';
import type { AccountSeen } from './facts';
import type { Judgement } from './judge-database';

/** What decides what is said of a database that its account does not show. */
export interface Departed {
  readonly id: AccountId;
  readonly account?: AccountSeen;
  /** Copies of it were expected when it was last seen; true where no report says. */
  readonly wasExpected: boolean;
  readonly hasCopy: boolean;
  /** Its newest copy, or its wait for the first one, is older than its RPO. */
  readonly isOverdue: boolean;
  readonly isEvicted: boolean;
  /** An operator has confirmed that its account left. */
  readonly isConfirmed: boolean;
}

/** Retention goes by names, so that one made anew each night does not fill the vault. */
export const REPLACED: Judgement = {
  status: 'source-deleted',
  reason: 'another database has its name now; its copies go when their terms are over',
  remedy: 'Put a legal hold on one that is to stay.',
};

const unknown = (reason: string, remedy: string): Judgement => ({ status: 'unknown', reason, remedy });

/** What is said of a database that its account does not show: it is gone, or the account is. Pure. */
export function absent(found: Departed): Judgement {
  const { account, isEvicted, isConfirmed } = found;
  const seen = account?.seen;
  if (seen?.access === 'denied') {
    return unknown(
      `the access role of its account does not open: ${seen.because}`,
      'See the runbook, article coverage-access-denied.',
    );
  }
  if (seen?.access === 'unknown') {
    return unknown(
      `could not ask its account: ${seen.because}`,
      'The next run asks again; if it stays, read the log of report-coverage.',
    );
  }
  if (seen?.access === 'granted') return { status: 'source-deleted', reason: 'the database is gone; its copies stay' };
  if (isEvicted) {
    return {
      status: 'account-left',
      reason: 'an operator evicted its account; no new copies come, those in the vault stay',
    };
  }
  if (isConfirmed)
    return { status: 'account-left', reason: 'its account left; no new copies come, those in the vault stay' };
  if (account?.state === 'waiting') {
    return unknown(
      'its account waits behind very many others',
      'See the runbook, article accounts-waiting-for-acceptance.',
    );
  }
  return unconfirmed(found);
}

/** Of an account that left, copies are expected until an operator confirms it: management could end accounts otherwise. */
function unconfirmed({ id, wasExpected, hasCopy, isOverdue }: Departed): Judgement {
  if (!wasExpected)
    return { status: 'source-deleted', reason: 'the database was gone when its account left; its copies stay' };
  const status = isOverdue ? (hasCopy ? 'late' : 'never') : 'account-left';
  return {
    status,
    reason: 'its account left, and no operator has confirmed it; no new copies come',
    remedy: `Run “checkvalve accept --left ${id}”, if it is meant; else enroll the account again.`,
  };
}
