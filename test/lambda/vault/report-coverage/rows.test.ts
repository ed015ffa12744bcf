// Longer than most: what each row says, and which rows there are, is one table each.
import type { CoverageFacts, ObservedAccount } from '../../../../lambda/vault/report-coverage/facts';
import { REASONS } from '../../../../lambda/vault/report-coverage/reasons';
import { rowsOf } from '../../../../lambda/vault/report-coverage/rows';
import type { CoverageEvidence, CoverageRow } from '../../../../src/contract/coverage';
import type { Decision } from '../../../../src/contract/decisions';
import { TAGS } from '../../../../src/contract/names';
import { aCopy, aDatabase, factsOf, hoursAgo, NOW, openAccount } from '../../../support/coverage-world';
import { OTHER, SOURCE } from '../../../support/pipeline';

const orders = aDatabase('orders');
const at = (hours: number) => hoursAgo(hours).toISOString();
const OPEN = openAccount();
const SHUT: ObservedAccount = { ...OPEN, observed: { access: 'denied', because: 'No' } };
const GONE: ObservedAccount = { ...OPEN, state: 'left', since: hoursAgo(9), observed: { access: 'not-requested' } };
const showing = (...databases: readonly ReturnType<typeof aDatabase>[]) => openAccount({ databases });

const record = (change: Partial<CoverageRow> = {}): CoverageRow => ({
  account: SOURCE,
  database: orders.arn,
  resourceId: orders.resourceId,
  engine: 'postgres',
  status: 'late',
  since: at(90),
  wanted: true,
  expected: true,
  rpoHours: 26,
  ...change,
});
const copyOf = (hours: number) => ({ arn: aCopy(orders, hours).arn, dataTime: at(hours) }) as CoverageRow['newestCopy'];
const rows = (
  account: ObservedAccount,
  own: CoverageFacts['own'] = [],
  before: readonly CoverageRow[] = [],
  decisions: readonly Decision[] = [],
) => rowsOf({ ...factsOf([account], own), before: { databases: before } as CoverageEvidence, decisions });
const decided = (kind: Decision['kind'], hours: number, subject: Decision['subject'] = SOURCE): Decision => ({
  kind,
  subject,
  by: 'operator',
  at: at(hours),
});

test('without a report before, each database and each copy has a row', () => {
  expect(rowsOf(factsOf([showing(orders)], [aCopy(aDatabase('gone'), 5)])).map(({ status }) => status)).toEqual([
    'never',
    'source-deleted',
  ]);
});

test('rows are in the order of their statuses, then of their databases', () => {
  const names = ['c', 'a', 'd', 'b'];
  const copies = [aCopy(aDatabase('a'), 3), aCopy(aDatabase('c'), 3)];
  const all = rows(showing(...names.map((name) => aDatabase(name))), copies);
  expect(all.map(({ database, status }) => `${database.at(-1)} ${status}`)).toEqual([
    'b never',
    'd never',
    'a protected',
    'c protected',
  ]);
});

describe('the newest copy of a database', () => {
  const nameless = (hours: number) => {
    const copy = aCopy(orders, hours);
    const tags = new Map([...copy.tags].filter(([key]) => key !== TAGS.resourceId));
    return { ...copy, tags, arn: `${copy.arn}-nameless` as never };
  };

  test.each([
    ['of two', [aCopy(orders, 9), aCopy(orders, 5)], 5],
    ['that does not say the stable id', [aCopy(orders, 9), nameless(5)], 5],
    ['that says it, beside an older one that does not', [aCopy(orders, 5), nameless(9)], 5],
  ] as const)('%s', (_, own, hours) => {
    const [row, ...more] = rows(showing(orders), own);
    expect(more).toEqual([]);
    expect(row?.newestCopy?.dataTime).toBe(at(hours));
  });

  test('of two of one time, the name decides, in whatever order they are listed', () => {
    const [one, two] = [aCopy(orders, 5), nameless(5)];
    for (const own of [
      [one, two],
      [two, one],
    ]) {
      expect(rows(showing(orders), own)[0]?.newestCopy?.arn).toBe(two.arn);
    }
  });
});

describe('an operator’s decision', () => {
  test.each<[what: string, decision: Decision, status: string]>([
    ['that the database is excluded', decided('excluded', 5, orders.arn), 'excluded'],
    ['that another one is excluded', decided('excluded', 5, aDatabase('stock').arn), 'late'],
    ['that is another one', decided('database', 5, orders.arn), 'late'],
  ])('%s', (_, decision, status) => {
    expect(rows(showing(orders), [aCopy(orders, 90)], [], [decision])[0]?.status).toBe(status);
  });

  test.each<[what: string, decisions: readonly Decision[], status: string]>([
    ['none', [], 'late'],
    ['the exit is confirmed', [decided('left', 8)], 'account-left'],
    ['the exit is confirmed in its instant', [decided('left', 9)], 'account-left'],
    ['an earlier exit was confirmed', [decided('left', 10)], 'late'],
    ['the exit of another account is confirmed', [decided('left', 8, OTHER)], 'late'],
    ['the account is accepted', [decided('accepted', 8)], 'late'],
    ['the account is evicted', [decided('evicted', 8)], 'account-left'],
  ])('of an account that left: %s', (_, decisions, status) => {
    expect(rows(GONE, [aCopy(orders, 90)], [], decisions)[0]?.status).toBe(status);
  });

  test('of an account that the vault does not know any more, any confirmation counts', () => {
    const facts = { ...factsOf([], [aCopy(orders, 90)]), decisions: [decided('left', 9000)] };
    expect(rowsOf(facts)[0]?.status).toBe('account-left');
  });
});

describe('a database of an account that left', () => {
  test.each<[what: string, hours: number, status: string]>([
    ['as old as the RPO', 26, 'account-left'],
    ['older', 26.1, 'late'],
  ])('whose newest copy is %s', (_, hours, status) => {
    expect(rows(GONE, [aCopy(orders, hours)])[0]?.status).toBe(status);
  });

  test.each<[what: string, change: Partial<CoverageRow>, status: string | undefined]>([
    ['that waited for longer than the RPO', { waitsSince: at(27) }, 'never'],
    ['that waited for less', { waitsSince: at(25) }, 'account-left'],
    ['that waited, from an unknown time', {}, 'account-left'],
    ['of which no copies were expected', { status: 'missing-tag', wanted: false, expected: false }, undefined],
  ])('without a copy, %s', (_, change, status) => {
    expect(rows(GONE, [], [record(change)])[0]?.status).toBe(status);
  });

  test.each<[decision: Decision['kind']]>([['left'], ['evicted']])('without a copy, has no row after %s', (kind) => {
    expect(rows(GONE, [], [record({ waitsSince: at(27) })], [decided(kind, 1)])).toEqual([]);
  });
});

describe('a copy that vanished', () => {
  test.each<[what: string, own: CoverageFacts['own'], status: string]>([
    ['and none is there', [], 'lost'],
    ['and an older one is there', [aCopy(orders, 30)], 'lost'],
    [
      'and one of the same time is there',
      [{ ...aCopy(orders, 5), arn: `${aCopy(orders, 5).arn}-b` as never }],
      'protected',
    ],
    ['and a newer one is there', [aCopy(orders, 4)], 'protected'],
    ['or not', [aCopy(orders, 5)], 'protected'],
  ])('of a database that exists, %s', (_, own, status) => {
    const [row] = rows(showing(orders), own, [record({ newestCopy: copyOf(5) })]);
    expect(row?.status).toBe(status);
    if (status === 'lost') expect(row?.newestCopy).toEqual(copyOf(5));
  });

  test.each<[what: string, own: CoverageFacts['own'], dataTime: string]>([
    ['beside an older one', [aCopy(orders, 30)], at(5)],
    ['with none beside it', [], at(5)],
  ])('of a database that is gone, %s', (_, own, dataTime) => {
    const all = rows(OPEN, own, [record({ newestCopy: copyOf(5) })]);
    expect(all).toMatchObject([{ status: 'lost', newestCopy: { dataTime }, since: NOW.toISOString() }]);
  });

  test.each([
    ['90 days', 90 * 24, 1],
    ['a minute more', 90 * 24 + 1 / 60, 0],
  ])('is reported for %s', (_, hours, count) => {
    const before = [record({ status: 'lost', since: at(hours), newestCopy: copyOf(5) })];
    expect(rows(OPEN, [], before)).toHaveLength(count);
  });

  test('is still reported, whatever its earlier status was', () => {
    expect(rows(OPEN, [], [record({ since: at(9000), newestCopy: copyOf(5) })])).toMatchObject([{ status: 'lost' }]);
  });
});

describe('a database that its account does not show', () => {
  const KEPT = { wantedSince: at(70), waitsSince: at(60), tagRemovedSince: at(50) };

  test('keeps what is known of it, and its RPO', () => {
    const before = record({ status: 'source-deleted', ...KEPT, rpoHours: 99, expected: true });
    const [row] = rows(OPEN, [aCopy(orders, 5)], [before]);
    expect(row).toMatchObject({ ...KEPT, status: 'source-deleted', rpoHours: 99, wanted: false, expected: false });
    expect(row).toMatchObject({ since: at(90), ageHours: 5, engine: 'postgres', newestCopy: { dataTime: at(5) } });
  });

  test('has the RPO of all, where the report before does not know it', () => {
    expect(rows(OPEN, [aCopy(orders, 5)])).toMatchObject([{ status: 'source-deleted', rpoHours: 26, expected: false }]);
  });

  test.each<
    [what: string, account: ObservedAccount, before: readonly CoverageRow[], wanted: boolean, expected: boolean]
  >([
    ['out of sight, and wanted before', SHUT, [record()], true, true],
    ['out of sight, and not wanted before', SHUT, [record({ wanted: false, expected: false })], false, false],
    ['out of sight, and not known before', SHUT, [], true, true],
    ['gone, and wanted before', OPEN, [record()], false, false],
    ['gone, and out of sight before', OPEN, [record({ status: 'unknown' })], true, false],
    ['of an account that left, and wanted before', GONE, [record()], false, true],
  ])('%s', (_, account, before, wanted, expected) => {
    expect(rows(account, [aCopy(orders, 5)], before)).toMatchObject([{ wanted, expected }]);
  });

  test.each<
    [what: string, account: ObservedAccount, before: Partial<CoverageRow>, own: CoverageFacts['own'], count: number]
  >([
    ['gone, without copies', OPEN, {}, [], 0],
    ['out of sight, without copies', SHUT, {}, [], 1],
    ['gone, with a copy in flight', OPEN, { newestCopy: copyOf(5) }, [aCopy(orders, 5, { status: 'creating' })], 1],
    ['of an account that left, and expected', GONE, {}, [], 1],
    ['gone, and of which a copy was lost', OPEN, { newestCopy: copyOf(5) }, [], 1],
  ])('%s, without a good copy has so many rows: %#', (_, account, before, own, count) => {
    expect(rows(account, own, [record(before)])).toHaveLength(count);
  });

  test('whose name another one has now is replaced', () => {
    const recreated = aDatabase('orders', { resourceId: 'db-new' });
    const all = rows(showing(recreated), [aCopy(orders, 5)]);
    expect(all.map(({ resourceId, status }) => `${resourceId} ${status}`)).toContain(
      `${orders.resourceId} source-deleted`,
    );
    expect(all.find(({ resourceId }) => resourceId === orders.resourceId)?.reason).toBe(
      REASONS['name-reused']().reason,
    );
  });
});

test('a database that took a name goes on with its wait, unless its copies alone were left', () => {
  const recreated = aDatabase('orders', { resourceId: 'db-new', createdAt: hoursAgo(2) });
  const waits = (status: CoverageRow['status']) =>
    rows(showing(recreated), [], [record({ status, waitsSince: at(40) })]).find(
      ({ resourceId }) => resourceId === 'db-new',
    )?.waitsSince;
  expect([waits('never'), waits('source-deleted')]).toEqual([at(40), at(2)]);
});
