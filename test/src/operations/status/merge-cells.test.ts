import {
  type CoverageEvidence,
  type CoverageRow,
  PROTECTION_STATUSES,
  type ProtectionStatus,
} from '../../../../src/contract/coverage';
import type { DatabaseArn, SnapshotArn } from '../../../../src/contract/ids';
import { mergeCells } from '../../../../src/operations/status/merge-cells';
import { HERE, numbered, OTHER, SOURCE } from '../../../support/enrollment';

const AT = '2026-03-10T12:00:00Z';
const database = (name: string, account = SOURCE) => `arn:aws:rds:${HERE}:${account}:db:${name}` as DatabaseArn;
const row = (status: ProtectionStatus, day?: number, change: Partial<CoverageRow> = {}): CoverageRow => ({
  account: SOURCE,
  database: database('orders'),
  status,
  since: AT,
  wanted: true,
  rpoHours: 36,
  ...(day !== undefined && {
    ageHours: (10 - day) * 24 + 12,
    newestCopy: {
      arn: `copy-${day}` as SnapshotArn,
      dataTime: `2026-03-${String(day).padStart(2, '0')}T00:00:00Z`,
      importedAt: AT,
    },
  }),
  ...change,
});
const report = (state: 'enrolled' | 'leaving' | 'left', rows: readonly CoverageRow[]): CoverageEvidence => ({
  version: 1,
  at: AT,
  region: HERE,
  databases: rows,
  accounts: [...new Set(rows.map(({ account }) => account))].map((account) => ({
    account,
    state,
    access: 'granted',
    optedOut: [],
    notImported: [],
    unread: [],
  })),
  missedBackups: [],
  counts: Object.fromEntries(
    PROTECTION_STATUSES.map((status) => [status, rows.filter((one) => one.status === status).length]),
  ) as CoverageEvidence['counts'],
});
/** An account that moved from north to south. */
const merged = (old: readonly CoverageRow[], now: readonly CoverageRow[]) =>
  mergeCells([
    { cell: 'north', report: report('left', old) },
    { cell: 'south', report: report('enrolled', now) },
  ]);

test('a database of one cell stays as it is', () => {
  const rows = [row('late', 3, { database: database('a') }), row('protected', 10, { database: database('b') })];
  const other = report('enrolled', [row('never', undefined, { account: OTHER, database: database('a', OTHER) })]);
  const all = [
    { cell: 'north', report: report('enrolled', rows) },
    { cell: 'south', report: other },
  ];
  expect(mergeCells(all)).toEqual(all);
});

test.each<
  [
    what: string,
    old: CoverageRow,
    now: CoverageRow,
    status: ProtectionStatus,
    copy: number | undefined,
    copyIn: string | undefined,
  ]
>([
  ['has no copy in the new cell yet', row('account-left', 10), row('never'), 'protected', 10, 'north'],
  ['has no copy in the new cell yet, and is new there', row('account-left', 9), row('new'), 'protected', 9, 'north'],
  ['has only an old copy in the old cell', row('account-left', 3), row('never'), 'late', 3, 'north'],
  ['has a newer copy in the new cell', row('account-left', 8), row('protected', 10), 'protected', 10, undefined],
  [
    'has a late copy in the new cell, and a later one in the old',
    row('account-left', 9),
    row('late', 5),
    'protected',
    9,
    'north',
  ],
  ['has no copy at all', row('account-left'), row('never'), 'never', undefined, undefined],
  ['lost its copy in the new cell', row('account-left', 3), row('lost'), 'lost', 3, 'north'],
  ['is not selected for backup', row('account-left', 10), row('missing-tag'), 'missing-tag', 10, 'north'],
])('a database of an account that moved %s: %#', (_, old, now, status, copy, copyIn) => {
  const [north, south] = merged([old], [now]);
  expect([north?.report.databases, north?.report.counts['account-left']]).toEqual([[], 0]);
  const [found] = south?.report.databases ?? [];
  expect([found?.status, found?.newestCopy?.arn, found?.copyIn]).toEqual([status, copy && `copy-${copy}`, copyIn]);
  expect(south?.report.counts[status]).toBe(1);
});

test('a database that is protected by another cell has no remedy any more', () => {
  const [, south] = merged([row('account-left', 10)], [row('never', undefined, { reason: 'no copy', remedy: 'wait' })]);
  expect(south?.report.databases[0]).not.toHaveProperty('reason');
  expect(south?.report.databases[0]).not.toHaveProperty('remedy');
});

test('when no vault follows the account any more, the newest copy decides', () => {
  const left = (rows: readonly CoverageRow[]) => report('left', rows);
  const [north, south] = mergeCells([
    { cell: 'north', report: left([row('account-left', 4)]) },
    {
      cell: 'south',
      report: left([
        row('account-left', 7),
        row('protected', 9, { account: numbered(1), database: database('x', numbered(1)) }),
      ]),
    },
  ]);
  expect([north?.report.databases.length, south?.report.databases.length]).toEqual([0, 2]);
  expect(south?.report.databases[0]?.newestCopy?.arn).toBe('copy-7');
});
