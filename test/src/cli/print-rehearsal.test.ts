import { printFault } from '../../../src/cli/print-fault';
import { rehearsalReport } from '../../../src/cli/print-rehearsal';
import { CheckvalveError } from '../../../src/contract/errors';
import type { RehearsalResult } from '../../../src/rehearsal/result';

const good: RehearsalResult = {
  ok: true,
  phases: [
    { step: 'export-snapshots', account: '222200001111', outcome: 'ok', calls: 12, ms: 1234 },
    { step: 'import-copies', account: '333300002222', outcome: 'ok', calls: 30, ms: 50 },
  ],
  vaultCopies: [
    {
      arn: 'arn:aws:rds:eu-central-1:333300002222:snapshot:checkvalve-222200001111-orders-0011223344556677',
      sourceArn: 'arn:aws:rds:eu-central-1:222200001111:snapshot:checkvalve-orders-0011223344556677',
      kmsKeyArn: 'arn:aws:kms:eu-central-1:333300002222:key/00000000-0000-4000-8000-000000000001',
      status: 'available',
    },
  ],
  coverage: [],
  untouched: ['222200009999'],
  permissions: 99,
  refusals: 0,
};

test('rehearsalReport has the phases, then the copies in the vault, then the accounts without tooling', () => {
  const lines = rehearsalReport(good).split('\n');
  const rows = lines.map((line) => line.split('│').map((cell) => cell.trim())).filter((cells) => cells.length > 2);
  expect(rows[0]).toEqual(['', 'phase', 'account', 'outcome', 'calls', 'time', '']);
  expect(rows[1]).toEqual(['', 'export-snapshots', '222200001111', 'ok', '12', '1.2 s', '']);
  const places = [
    'import-copies',
    'snapshot:checkvalve-222200001111-orders',
    'Accounts without tooling: 222200009999',
    '42 calls, 99',
  ];
  const at = places.map((place) => lines.findIndex((line) => line.includes(place)));
  expect(at).toEqual([...at].sort((a, b) => a - b));
  expect(at[0]).toBeGreaterThan(0);
  expect(lines.at(-1)).toBe('The rehearsal succeeded.');
});

test('rehearsalReport ends with coverage, alarms and messages in lines that fit', () => {
  const alarms = ['coverage-access-denied', 'database-never-copied', 'rpo-exceeded', 'database-newly-unsupported'];
  const messages = ['Checkvalve: 4 of 5 databases not protected (eu-central-1)'];
  const report = rehearsalReport({ ...good, alarms, messages }, ['the coverage report']);
  expect(report.split('\n\n').slice(-4)).toEqual([
    'the coverage report',
    'Alarms raised: coverage-access-denied; database-never-copied; rpo-exceeded;\n  database-newly-unsupported.',
    'Messages to operators: Checkvalve: 4 of 5 databases not protected\n  (eu-central-1).',
    'The rehearsal succeeded.',
  ]);
  expect(rehearsalReport(good)).not.toMatch(/Alarms raised|Messages to operators/);
});

test('rehearsalReport counts the accesses of the attack, and names each action with its outcome', () => {
  const line = { name: 'outside principals', resources: 40, actions: 300, principals: 12, evaluated: 144_000 };
  const actions = [
    { attacker: '222200001111', action: 'deletes the export key', outcome: 'the key is deleted', isAsExpected: true },
    { attacker: '444400003333', action: 'floods the inbox', outcome: 'not slowed', isAsExpected: false },
  ];
  const attack = {
    proved: [
      { ...line, allowed: 0 },
      { ...line, name: 'the vault', allowed: 2 },
    ],
    actions,
    refusals: 7,
  };
  const report = rehearsalReport({ ...good, attack }, ['the coverage report']);
  const rows = report.split('\n').map((row) => row.split('│').map((cell) => cell.trim()));
  for (const row of [
    ['', 'outside principals', '40 × 300 × 12', '144,000', 'none', ''],
    ['', 'the vault', '40 × 300 × 12', '144,000', '2', ''],
    ['', '222200001111', 'deletes the export key', 'the key is deleted', ''],
    ['', '444400003333', 'floods the inbox', 'not slowed', ''],
  ]) {
    expect(rows).toContainEqual(row);
  }
  const [refusals, coverage] = report.split('\n\n').slice(-3);
  expect(refusals).toMatch(/^During the attack 7 calls of the vault were refused: /);
  expect(coverage).toBe('the coverage report');
});

test('rehearsalReport names the failed phase and the cause', () => {
  const cause = 'kms:CreateGrant is not allowed';
  const report = rehearsalReport({
    ...good,
    ok: false,
    phases: [{ step: 'import-copies', account: '333300002222', outcome: 'failed', calls: 3, ms: 10 }],
    vaultCopies: [],
    untouched: [],
    failure: { step: 'import-copies', cause },
  });
  expect(report).toMatch(/import-copies\s+│ 333300002222 │ failed/);
  expect(report).toContain(`import-copies failed: ${cause}`);
  expect(report).not.toContain('Accounts without tooling');
  expect(report.endsWith('The rehearsal failed.')).toBe(true);
});

describe('printFault', () => {
  const printed = (error: unknown, debug = ''): string => {
    process.env.CHECKVALVE_DEBUG = debug;
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    printFault(error);
    const text = write.mock.calls.map(([line]) => line).join('');
    write.mockRestore();
    delete process.env.CHECKVALVE_DEBUG;
    return text;
  };
  const ours = new CheckvalveError('INVALID_CASE', 'case.json is incomplete', 'Restore it.');

  test('prints the message and the remedy', () => expect(printed(ours)).toBe('case.json is incomplete\nRestore it.\n'));
  test('prints the stack trace with CHECKVALVE_DEBUG', () =>
    expect(printed(ours, '1')).toMatch(/Restore it\.\n.+\n\s+at /));
  test('reports an unexpected error as a bug', () => {
    expect(printed(new TypeError('x is undefined'))).toMatch(/bug in Checkvalve:\nTypeError: x is undefined\n\s+at /);
    expect(printed('a text that was thrown')).toContain('a text that was thrown');
  });
});
