import { readFileSync } from 'node:fs';
import { columnWidths, paragraph, table } from '../../../src/cli/layout';
import { planReport } from '../../../src/cli/print-plan';
import { previewReport } from '../../../src/cli/print-prune-preview';
import { readOrganizationFile } from '../../../src/operations/plan/organization-file';
import { previewEnrollment } from '../../../src/operations/plan/preview-enrollment';
import { numbered, SETTINGS } from '../../support/enrollment';
import { checkvalve } from '../../support/run-command';
import { TAKES_ALL } from '../../support/sample';

jest.setTimeout(120_000);

/** A terminal of so many columns. */
function on<T>(columns: number, act: () => T): T {
  const before = process.stdout.columns;
  process.stdout.columns = columns;
  try {
    return act();
  } finally {
    process.stdout.columns = before;
  }
}
const tooWide = (text: string, max = 80) => text.split('\n').filter((line) => line.length > max);

const REASON = 'tagged environment=production; the tooling would be deployed in eu-central-1 and in eu-west-1';

test('a table is as wide as its content, or wraps the column of sentences', () => {
  const rows = [['222200001111', REASON]];
  expect(on(200, () => table(['account', 'why'], rows))).toContain(`│ 222200001111 │ ${REASON} │`);
  const narrow = on(60, () => table(['account', 'why'], rows));
  expect(tooWide(narrow, 60)).toEqual([]);
  const cells = narrow.split('\n').map((line) => line.split('│')[2]?.trim());
  expect(cells.slice(2).join(' ').trim()).toBe(REASON);
});

test.each([
  ['moves the cursor', 'a\u001b[2Jb\u001b[1;1Hc', 'a\ufffd[2Jb\ufffd[1;1Hc'],
  ['renames the window', '\u001b]0;root\u0007', '\ufffd]0;root\ufffd'],
  ['overwrites its line', 'denied\rallowed', 'denied\ufffdallowed'],
  ['is in color', '\u001b[31mlate\u001b[0m', '\u001b[31mlate\u001b[0m'],
])('a text of another account that %s does not control the terminal', (_, text, shown) => {
  expect(on(80, () => paragraph(text))).toBe(shown);
  expect(on(80, () => table(['why'], [[text]]))).toContain(shown);
});

test('a name is never broken, even in a narrow terminal, so that it can be copied', () => {
  const name = 'checkvalve-222200001111-orders-7666dba407e9d614';
  expect(on(20, () => table(['name', 'why'], [[name, 'past its term']]))).toContain(`│ ${name} │ past `);
  expect(columnWidths([[name, 'a b c']], 20)).toEqual([name.length, 1]);
});

test('colors do not count as width', () => {
  expect(columnWidths([['\u001b[31mlate\u001b[0m', 'x']], 80)).toEqual([4, 1]);
});

test('a paragraph wraps under its start', () => {
  const printed = on(50, () => paragraph(REASON, '  ', '  '));
  expect(tooWide(printed, 50)).toEqual([]);
  expect(printed).toMatch(/^ {2}tagged .*\n {4}\S/);
});

test('plan and prune fit into 80 columns, except commands to be copied', () => {
  const { at = new Date(0), accounts } = readOrganizationFile(
    JSON.parse(readFileSync('docs/example-organization.json', 'utf8')),
  );
  const plan = on(80, () => planReport(previewEnrollment(accounts, SETTINGS, at)));
  expect(tooWide(plan).filter((line) => !/aws cloudformation|--query/.test(line))).toEqual([]);
  const [snapshot, database] = [
    'arn:aws:rds:eu-central-1:333300002222:cluster-snapshot:checkvalve-222200002222-ledger-8bf44c5696ebd56a',
    'arn:aws:rds:eu-central-1:222200002222:cluster:ledger',
  ];
  const preview = previewReport.bind(undefined, {
    region: 'eu-central-1',
    at: '2032-12-03T18:13:40.044Z',
    deletions: [{ snapshot, database, because: 'past its term', copyClass: 'yearly', termDays: 1830, ageDays: 2196 }],
    kept: { 'last copy': 1 },
    remarkable: [{ snapshot, database, because: 'last copy' }],
    stopped: {
      due: 9,
      good: 10,
      maxDeletedPercentPerRun: 20,
      accounts: [{ account: '222200001111', due: 9, good: 10 }],
    },
  });
  const printed = on(80, preview);
  expect(tooWide(printed)).toEqual([]);
  expect(printed.replace(/[│\s]+/g, ' ')).toContain('past its term: yearly,');
  expect(printed).toContain('  cluster:ledger in 222200002222');
  expect(on(200, preview)).toContain('│ past its term: yearly, kept 1830 days, in the vault for 2196 days │');
});

test.each(
  ['', 'rehearse', 'status', 'doctor', 'prune', 'plan', 'trust', 'trust explain', 'trust rules', 'backup', 'config']
    .concat(['config check', 'accept', 'evict', 'probe', 'teardown'])
    .map((name) => [name]),
)('checkvalve %s --help fits into 80 columns', (name) => {
  const args = name.split(' ').filter(Boolean);
  const { status, stdout } = checkvalve([...args, '--help']);
  expect(status).toBe(0);
  expect(tooWide(stdout)).toEqual([]);
});

test('a table of many rows has the same rows and borders as a short one', () => {
  const row = (at: number) => [String(at).padStart(4, '0'), 'two words'];
  const lines = table(
    ['no', 'text'],
    Array.from({ length: 1201 }, (_, at) => row(at)),
  ).split('\n');
  const short = table(['no', 'text'], [row(0)]).split('\n');
  expect(lines).toHaveLength(1201 + 3);
  expect([...lines.slice(0, 3), lines.at(-1)]).toEqual(short);
  expect(lines.slice(2, -1)).toEqual(
    Array.from({ length: 1201 }, (_, at) => short[2]?.replace('0000', row(at)[0] ?? '')),
  );
});

// Twenty thousand rows once overflowed the stack, and take seconds.
const COUNT = TAKES_ALL ? 20_000 : 7_000;

// Case 114.
test('the plan of a large organization with long reasons is a table', () => {
  const printed = planReport({
    at: '2026-03-01T12:00:00Z',
    accounts: Array.from({ length: COUNT }, (_, at) => ({
      id: numbered(at),
      verdict: 'skip' as const,
      reason: 'exempt until 2026-12-31: the team moves its databases away',
    })),
    cells: [{ name: 'main', now: 0, afterwards: 0, maxAccounts: 1000 }],
    instances: { now: 0, afterwards: 0 },
    departed: [],
  });
  expect(printed).toContain(`${COUNT} accounts`);
  expect(printed).toContain(numbered(COUNT - 1));
});
