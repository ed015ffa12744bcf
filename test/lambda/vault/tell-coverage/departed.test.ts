import { absent, type Departed } from '../../../../lambda/vault/tell-coverage/departed';
import type { AccountSeen } from '../../../../lambda/vault/tell-coverage/facts';
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
const NOT_OPENED = { door: 'not-opened' } as const;
const NOBODY_CONFIRMED = {
  reason: 'its account left, and no operator has confirmed it; no new copies come',
  remedy: `Run “checkvalve accept --left ${SOURCE}”, if it is meant; else enroll the account again.`,
};
const EVICTED = {
  verdict: 'left',
  reason: 'an operator evicted its account; no new copies come, those in the vault stay',
};

test.each<[string, Partial<Departed>, object]>([
  [
    'its account shuts the vault out, whoever evicted it',
    { account: account({ door: 'shut', because: 'AccessDenied' }), isEvicted: true, isConfirmed: true },
    {
      verdict: 'unknown',
      reason: 'the door of its account does not open: AccessDenied',
      remedy: 'See docs/runbook.md, “an account does not let the vault look in”.',
    },
  ],
  [
    'its account could not be asked',
    { account: account({ door: 'unknown', because: 'Throttling' }), isConfirmed: true },
    {
      verdict: 'unknown',
      reason: 'could not ask its account: Throttling',
      remedy: 'The next run asks again; if it stays, read the log of tell-coverage.',
    },
  ],
  [
    'its account shows it no more',
    { account: openAccount(), isOverdue: true },
    { verdict: 'last-copy', reason: 'the database is gone; its copies stay' },
  ],
  ['its account is evicted', { account: account(NOT_OPENED, 'evicted'), isEvicted: true, isOverdue: true }, EVICTED],
  ['its account is evicted, and is in no table', { isEvicted: true, isConfirmed: true }, EVICTED],
  [
    'an operator confirmed that its account left',
    { account: account(NOT_OPENED, 'left'), isConfirmed: true, isOverdue: true },
    { verdict: 'left', reason: 'its account left; no new copies come, those in the vault stay' },
  ],
  [
    'its account waits to be accepted',
    { account: account(NOT_OPENED, 'waiting'), isOverdue: true },
    {
      verdict: 'unknown',
      reason: 'its account waits behind very many others',
      remedy: 'See docs/runbook.md, “accounts wait to be accepted”.',
    },
  ],
  [
    'it was gone when its account left',
    { account: account(NOT_OPENED, 'left'), wasExpected: false, isOverdue: true },
    { verdict: 'last-copy', reason: 'the database was gone when its account left; its copies stay' },
  ],
  ['its account left today', { account: account(NOT_OPENED, 'left') }, { verdict: 'left', ...NOBODY_CONFIRMED }],
  ['its account left, and its copy is too old', { isOverdue: true }, { verdict: 'late', ...NOBODY_CONFIRMED }],
  [
    'its account left, and it never had a copy',
    { hasCopy: false, isOverdue: true },
    { verdict: 'never', ...NOBODY_CONFIRMED },
  ],
  ['its account left before a copy was due', { hasCopy: false }, { verdict: 'left', ...NOBODY_CONFIRMED }],
])('of a database that no account shows: %s', (_, change, said) => expect(absent(found(change))).toEqual(said));
