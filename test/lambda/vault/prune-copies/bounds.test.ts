import { byImport, type Calendar, calendarOf, termsOf } from '../../../../lambda/vault/prune-copies/copy-classes';
import { deletedSources } from '../../../../lambda/vault/prune-copies/deleted-sources';
import { spentAttempts } from '../../../../lambda/vault/prune-copies/failed-imports';
import { massDeletionOf } from '../../../../lambda/vault/prune-copies/mass-deletion';
import { distrustOf } from '../../../../lambda/vault/prune-copies/trusted-time';
import type { CoverageRow } from '../../../../src/contract/coverage';
import type { Decision } from '../../../../src/contract/decisions';
import { accountId, databaseArn } from '../../../../src/contract/ids';
import { TAGS } from '../../../../src/contract/names';
import { planPruning } from '../../../support/plan-pruning';
import { daily, daysAgo, NOW, ORDERS, vaultCopy } from '../../../support/vault-copies';

test.each([
  ['Europe/Berlin', '2026-01-31T22:59:59Z', '2026-01-31'],
  ['Europe/Berlin', '2026-01-31T23:00:00Z', '2026-02-01'],
  ['Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29'],
  ['Europe/Berlin', '2026-03-29T21:59:59Z', '2026-03-29'],
  ['Europe/Berlin', '2026-03-29T22:00:00Z', '2026-03-30'],
  ['Europe/Berlin', '2026-10-25T22:30:00Z', '2026-10-25'],
  ['Europe/Berlin', '2026-10-25T23:00:00Z', '2026-10-26'],
  ['America/New_York', '2026-01-01T04:59:59Z', '2025-12-31'],
  ['America/New_York', '2026-01-01T05:00:00Z', '2026-01-01'],
  ['UTC', '2026-01-01T00:00:00Z', '2026-01-01'],
])('in %s, %s is on %s', (zone, at, day) => {
  const calendar: Calendar = calendarOf(zone);
  expect(calendar(Date.parse(at))).toBe(day);
  expect(calendar(Date.parse(at))).toBe(day);
});

const good = (days: number, backup?: string) => {
  const snapshot = vaultCopy(daysAgo(days), backup === undefined ? {} : { backup });
  return { snapshot, at: daysAgo(days).getTime() };
};

test('copies that came at one time are in the order of their ARNs', () => {
  const [one, two] = [good(1, 'one'), good(1, 'two')];
  const sorted = [one, two].sort((a, b) => (a.snapshot.arn < b.snapshot.arn ? -1 : 1));
  for (const all of [
    [one, two],
    [two, one],
  ])
    expect([...all].sort(byImport)).toEqual(sorted);
  expect([one, good(2)].sort(byImport)[1]).toBe(one);
});

test('of several classes the longest term counts, whichever it is', () => {
  const calendar = calendarOf('UTC');
  const classes = (more: Parameters<typeof daily>[1]) =>
    termsOf([good(2), good(1.9), good(1)], daily(5, more), calendar).map(({ copyClass }) => copyClass);
  expect(classes({})).toEqual(['daily', 'daily', 'daily']);
  expect(classes({ weeklyWeeks: 50, monthlyMonths: 2 })).toEqual(['weekly', 'daily', 'daily']);
  expect(classes({ weeklyWeeks: 2, monthlyMonths: 2 })).toEqual(['monthly', 'daily', 'daily']);
  expect(classes({ weeklyWeeks: 2, monthlyMonths: 2, yearlyYears: 1 })).toEqual(['yearly', 'daily', 'daily']);
});

test('the time is trusted at the time of the last run, and for all of the day after a decision', () => {
  expect(distrustOf({ now: NOW, awsTime: NOW, lastRun: NOW })).toBeUndefined();
  expect(distrustOf({ now: NOW, awsTime: NOW, lastRun: daysAgo(90), confirmed: daysAgo(1) })).toBeUndefined();
});

describe('a database is gone', () => {
  const row = (status: CoverageRow['status'], days: number): CoverageRow => ({
    account: accountId('222200001111'),
    database: databaseArn(ORDERS),
    status,
    since: daysAgo(days).toISOString(),
    wanted: false,
  });
  const left: Decision = { kind: 'left', subject: '222200001111', by: 'operator', at: NOW.toISOString() };
  const gone = (age: number, ...databases: readonly CoverageRow[]) => [
    ...deletedSources({ at: daysAgo(age).toISOString(), databases }, [left], NOW).values(),
  ];

  test('by a report of two days, and since the last of several of its name, in whatever order', () => {
    expect(gone(2, row('source-deleted', 9))).toEqual([daysAgo(9)]);
    expect(gone(0.5, row('source-deleted', 3), row('source-deleted', 100))).toEqual([daysAgo(3)]);
    expect(gone(0.5, row('source-deleted', 100), row('source-deleted', 3))).toEqual([daysAgo(3)]);
  });

  test('not while it is there, although a decision says that its account left', () => {
    expect(gone(0, row('protected', 9))).toEqual([]);
  });
});

describe('a sweep', () => {
  const of = (account: string, count: number) =>
    Array.from({ length: count }, (_, at) =>
      vaultCopy(daysAgo(at), { database: `arn:aws:rds:eu-central-1:${account}:db:x` }),
    );

  test('is none while no more than the share is due', () => {
    const all = of('222200001111', 40);
    expect(massDeletionOf(all.slice(0, 10), all, { maxDeletedPercentPerRun: 25 })).toBeUndefined();
    expect(massDeletionOf(all.slice(0, 5), all.slice(0, 5), { maxDeletedPercentPerRun: 25 })).toBeUndefined();
  });

  test('holds back accounts that are over alike in the order of their ids', () => {
    for (const ids of [
      ['222200001111', '222200002222'],
      ['222200002222', '222200001111'],
    ]) {
      const all = ids.flatMap((id) => of(id, 20));
      const accounts = massDeletionOf(all, all, { maxDeletedPercentPerRun: 25 })?.accounts.map(
        ({ account }) => account,
      );
      expect(accounts).toEqual(['222200001111', '222200002222']);
    }
  });
});

describe('an import that came to nothing', () => {
  const shared = (copy: ReturnType<typeof vaultCopy>) => new Set([copy.tags.get(TAGS.exportCopy) ?? '']);
  const isSpent = (copy: ReturnType<typeof vaultCopy>, isShared = true) =>
    spentAttempts([copy], isShared ? shared(copy) : new Set(), NOW).length === 1;

  test.each(['failed', 'cancelled', 'canceled', 'Cancelled'])(
    '%s, goes once its export copy is shared no more',
    (status) => {
      expect(isSpent(vaultCopy(daysAgo(1), { status }), false)).toBe(true);
      expect(isSpent(vaultCopy(daysAgo(1), { status }))).toBe(false);
    },
  );

  test('goes after more than 30 days, by the day of the import where RDS gives none', () => {
    expect(isSpent(vaultCopy(daysAgo(30), { status: 'failed' }))).toBe(false);
    expect(isSpent(vaultCopy(daysAgo(30.1), { status: 'failed' }))).toBe(true);
    expect(isSpent(vaultCopy(daysAgo(30.1), { status: 'failed', createdAt: undefined }))).toBe(true);
    expect(isSpent(vaultCopy(daysAgo(31), { status: 'failed', createdAt: daysAgo(29) }))).toBe(false);
  });

  test('and may have been good once, goes after more than 30 days in which it was seen', () => {
    const seen = (days: number) => ({ status: 'error', tags: { [TAGS.failedAt]: daysAgo(days).toISOString() } });
    expect(isSpent(vaultCopy(daysAgo(90), seen(30)))).toBe(false);
    expect(isSpent(vaultCopy(daysAgo(90), seen(30.1)))).toBe(true);
  });
});

test('copies that are overdue alike go in the order of their ARNs', () => {
  const copies = ['b', 'a', 'c'].flatMap((name) => {
    const database = `arn:aws:rds:eu-central-1:222200001111:db:${name}`;
    return [vaultCopy(daysAgo(50), { database }), vaultCopy(daysAgo(1), { database })];
  });
  const { actions } = planPruning({ own: copies, shared: new Set(), retention: daily(35), now: NOW });
  const arns = actions.map(({ snapshot }) => snapshot.arn);
  expect(arns).toHaveLength(3);
  expect(arns).toEqual([...arns].sort());
});
