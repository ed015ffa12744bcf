import { deletedSources } from '../../../../lambda/vault/prune-copies/deleted-sources';
import type { CoverageRow } from '../../../../src/contract/coverage';
import type { Decision } from '../../../../src/contract/decisions';
import { DAY } from '../../../../src/contract/durations';
import { accountId, databaseArn } from '../../../../src/contract/ids';
import { planPruning } from '../../../support/plan-pruning';
import { daily, daysAgo, NOW, ORDERS, RETENTION, vaultCopy } from '../../../support/vault-copies';

const ACCOUNT = accountId('222200001111');
const row = (status: CoverageRow['status'], since = daysAgo(100)): CoverageRow => ({
  account: ACCOUNT,
  database: databaseArn(ORDERS),
  status,
  since: since.toISOString(),
  wanted: false,
});
const report = (...databases: readonly CoverageRow[]) => ({ at: NOW.toISOString(), databases });
const decided = (kind: Decision['kind']): Decision => ({
  kind,
  subject: ACCOUNT,
  by: 'operator',
  at: NOW.toISOString(),
});

describe('a database is certainly gone', () => {
  test.each([
    ['its account shows it no more', report(row('source-deleted')), [], 100],
    ['its account left, and an operator confirmed it', report(row('account-left')), [decided('left')], 100],
    ['its account left, and was evicted', report(row('account-left')), [decided('evicted')], 100],
    [
      'two that had its name are gone: the last counts',
      report(row('source-deleted'), row('source-deleted', daysAgo(3))),
      [],
      3,
    ],
  ])('%s', (_, seen, decisions, days) => {
    expect([...deletedSources(seen, decisions, NOW)]).toEqual([[ORDERS, daysAgo(days)]]);
  });

  test.each([
    ['without a report', undefined, []],
    ['by a report that is three days old', { ...report(row('source-deleted')), at: daysAgo(3).toISOString() }, []],
    ['by a report of the future', { ...report(row('source-deleted')), at: daysAgo(-3).toISOString() }, []],
    ['by a report without a time', { ...report(row('source-deleted')), at: 'today' }, []],
    ['while its account cannot be read', report(row('unknown')), []],
    ['while another database has its name', report(row('source-deleted'), row('protected')), []],
    ['when its account left and no operator confirmed it', report(row('account-left')), []],
    ['when the time cannot be read', report({ ...row('source-deleted'), since: 'long ago' }), []],
  ])('not %s', (_, seen, decisions) => {
    expect(deletedSources(seen, decisions, NOW).size).toBe(0);
  });
});

describe('the last copies of a database whose source is deleted', () => {
  const copies = [400, 401, 402].map((days) => vaultCopy(daysAgo(days)));
  const deletedFor = (days: number, retention = daily(14)) =>
    planPruning({
      own: copies,
      shared: new Set(),
      retention,
      now: NOW,
      deletedSources: new Map([[ORDERS, daysAgo(days)]]),
    });

  test('stay for a term of their own that begins when the database was found to be deleted', () => {
    expect(deletedFor(90).actions).toHaveLength(2);
    expect(deletedFor(90.1).actions).toHaveLength(3);
    expect(deletedFor(30.1, daily(14, { sourceDeletedDays: 30 })).actions).toHaveLength(3);
  });

  test('stay by default as long as the longest class', () => {
    expect(deletedFor(5 * 366, { ...RETENTION, monthlyMonths: 0, yearlyYears: 5 }).actions.length).toBeLessThan(3);
    expect(deletedFor(5 * 366, { ...daily(14), weeklyWeeks: 20 }).actions).toHaveLength(3);
    expect(deletedFor(139, { ...daily(14), weeklyWeeks: 20 }).kept.map(({ because }) => because)).toContain(
      'last-copy',
    );
  });

  test('stay while a legal hold is on them', () => {
    const held = vaultCopy(daysAgo(400), { tags: { 'checkvalve:legal-hold': 'case 7' } });
    const deletedSources = new Map([[ORDERS, new Date(NOW.getTime() - 1000 * DAY)]]);
    expect(
      planPruning({ own: [held], shared: new Set(), retention: daily(14), now: NOW, deletedSources }).actions,
    ).toEqual([]);
  });
});
