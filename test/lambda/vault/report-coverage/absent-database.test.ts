import { type AbsentDatabase, judgeAbsentDatabase } from '../../../../lambda/vault/report-coverage/absent-database';
import type { ObservedAccount } from '../../../../lambda/vault/report-coverage/facts';
import { REASONS } from '../../../../lambda/vault/report-coverage/reasons';
import { openAccount } from '../../../support/coverage-world';
import { SOURCE } from '../../../support/pipeline';

const found = (change: Partial<AbsentDatabase> = {}): AbsentDatabase => ({
  id: SOURCE,
  wasExpected: true,
  hasCopy: true,
  isOverdue: false,
  isEvicted: false,
  isConfirmed: false,
  ...change,
});
const account = (observed: ObservedAccount['observed'], state: ObservedAccount['state'] = 'enrolled') =>
  openAccount({}, { observed, state });
const NOT_REQUESTED = { access: 'not-requested' } as const;
const UNCONFIRMED = REASONS['exit-unconfirmed'](SOURCE);
const EVICTED = { status: 'account-left', ...REASONS['account-evicted']() };

test.each<[string, Partial<AbsentDatabase>, object]>([
  [
    'its account denies access, also when it is evicted',
    { account: account({ access: 'denied', because: 'AccessDenied' }), isEvicted: true, isConfirmed: true },
    { status: 'unknown', ...REASONS['access-denied']('AccessDenied') },
  ],
  [
    'its account did not answer',
    { account: account({ access: 'unknown', because: 'Throttling' }), isConfirmed: true },
    { status: 'unknown', ...REASONS['account-not-reached']('Throttling') },
  ],
  [
    'its account no longer shows it',
    { account: openAccount(), isOverdue: true },
    { status: 'source-deleted', ...REASONS['database-deleted']() },
  ],
  ['its account is evicted', { account: account(NOT_REQUESTED, 'evicted'), isEvicted: true, isOverdue: true }, EVICTED],
  ['its account is evicted, and is in no table', { isEvicted: true, isConfirmed: true }, EVICTED],
  [
    'an operator confirmed that its account left',
    { account: account(NOT_REQUESTED, 'left'), isConfirmed: true, isOverdue: true },
    { status: 'account-left', ...REASONS['account-left']() },
  ],
  [
    'its account waits to be accepted',
    { account: account(NOT_REQUESTED, 'waiting'), isOverdue: true },
    { status: 'unknown', ...REASONS['account-waiting']() },
  ],
  [
    'it was deleted before its account left',
    { account: account(NOT_REQUESTED, 'left'), wasExpected: false, isOverdue: true },
    { status: 'source-deleted', ...REASONS['deleted-before-exit']() },
  ],
  ['its account left today', { account: account(NOT_REQUESTED, 'left') }, { status: 'account-left', ...UNCONFIRMED }],
  ['its account left, and its copy is too old', { isOverdue: true }, { status: 'late', ...UNCONFIRMED }],
  [
    'its account left, and it never had a copy',
    { hasCopy: false, isOverdue: true },
    { status: 'never', ...UNCONFIRMED },
  ],
  ['its account left before a copy was due', { hasCopy: false }, { status: 'account-left', ...UNCONFIRMED }],
])('a database that no account shows: %s', (_, change, judgement) =>
  expect(judgeAbsentDatabase(found(change))).toEqual(judgement),
);
