import { absent, type Departed } from '../../../../lambda/vault/report-coverage/departed';
import type { AccountSeen } from '../../../../lambda/vault/report-coverage/facts';
import { openAccount } from '../../../support/coverage-world';
import { SOURCE } from '../../../support/pipeline';

const found = (change: Partial<Departed> = {}): Departed => ({
  id: SOURCE,
  wasExpected: true,
  hasCopy: true,
  isOverdue: false,
  isEvicted: false,
  isConfirmed: false,
  ...change,
});
const account = (seen: AccountSeen['seen'], state: AccountSeen['state'] = 'enrolled') =>
  openAccount({}, { seen, state });
const NOT_REQUESTED = { access: 'not-requested' } as const;
const NOBODY_CONFIRMED = {
  reason: 'its account left, and no operator has confirmed it; no new copies come',
  remedy: `Run “checkvalve accept --left ${SOURCE}”, if it is meant; else enroll the account again.`,
};
const EVICTED = {
  status: 'account-left',
  reason: 'an operator evicted its account; no new copies come, those in the vault stay',
};

test.each<[string, Partial<Departed>, object]>([
  [
    'its account shuts the vault out, whoever evicted it',
    { account: account({ access: 'denied', because: 'AccessDenied' }), isEvicted: true, isConfirmed: true },
    {
      status: 'unknown',
      reason: 'the access role of its account does not open: AccessDenied',
      remedy: 'See the runbook, article coverage-access-denied.',
    },
  ],
  [
    'its account could not be asked',
    { account: account({ access: 'unknown', because: 'Throttling' }), isConfirmed: true },
    {
      status: 'unknown',
      reason: 'could not ask its account: Throttling',
      remedy: 'The next run asks again; if it stays, read the log of report-coverage.',
    },
  ],
  [
    'its account shows it no more',
    { account: openAccount(), isOverdue: true },
    { status: 'source-deleted', reason: 'the database is gone; its copies stay' },
  ],
  ['its account is evicted', { account: account(NOT_REQUESTED, 'evicted'), isEvicted: true, isOverdue: true }, EVICTED],
  ['its account is evicted, and is in no table', { isEvicted: true, isConfirmed: true }, EVICTED],
  [
    'an operator confirmed that its account left',
    { account: account(NOT_REQUESTED, 'left'), isConfirmed: true, isOverdue: true },
    { status: 'account-left', reason: 'its account left; no new copies come, those in the vault stay' },
  ],
  [
    'its account waits to be accepted',
    { account: account(NOT_REQUESTED, 'waiting'), isOverdue: true },
    {
      status: 'unknown',
      reason: 'its account waits behind very many others',
      remedy: 'See the runbook, article accounts-waiting-for-acceptance.',
    },
  ],
  [
    'it was gone when its account left',
    { account: account(NOT_REQUESTED, 'left'), wasExpected: false, isOverdue: true },
    { status: 'source-deleted', reason: 'the database was gone when its account left; its copies stay' },
  ],
  [
    'its account left today',
    { account: account(NOT_REQUESTED, 'left') },
    { status: 'account-left', ...NOBODY_CONFIRMED },
  ],
  ['its account left, and its copy is too old', { isOverdue: true }, { status: 'late', ...NOBODY_CONFIRMED }],
  [
    'its account left, and it never had a copy',
    { hasCopy: false, isOverdue: true },
    { status: 'never', ...NOBODY_CONFIRMED },
  ],
  ['its account left before a copy was due', { hasCopy: false }, { status: 'account-left', ...NOBODY_CONFIRMED }],
])('of a database that no account shows: %s', (_, change, said) => expect(absent(found(change))).toEqual(said));
