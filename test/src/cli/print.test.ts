import { rehearsalReport } from '../../../src/cli/print';
import { printFault } from '../../../src/cli/print-fault';
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

test('a rehearsal prints its phases, then the copies in the vault, then the accounts without tooling', () => {
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

test('the coverage report, the alarms and the messages come last, in lines that fit', () => {
  const alarms = ['an account does not let the vault look in', 'a database has never been copied', 'a copy is late'];
  const messages = ['Checkvalve: 4 of 5 databases not protected (eu-central-1)'];
  const attack = {
    proved: [
      { name: 'everyone, on the vault', resources: 2, actions: 3, principals: 4, evaluated: 24_000, allowed: 0 },
    ],
    actions: [{ attacker: 'a stranger', action: 'shares', outcome: 'not imported', isAsExpected: true }],
    refusals: 200,
  };
  const report = rehearsalReport({ ...good, attack, alarms, messages }, ['the report of coverage']);
  expect(report.split('\n\n').slice(-4)).toEqual([
    'the report of coverage',
    'Alarms raised: an account does not let the vault look in; a database has never\n  been copied; a copy is late.',
    'Messages to operators: Checkvalve: 4 of 5 databases not protected\n  (eu-central-1).',
    'The rehearsal succeeded.',
  ]);
  expect(report).toMatch(/everyone, on the vault\s+│ 2 × 3 × 4\s+│ 24,000\s+│ none/);
  expect(report).toMatch(/a stranger\s+│ shares\s+│ not imported/);
  expect(report).toContain('During the attack 200 calls of the vault were refused');
  expect(rehearsalReport(good)).not.toMatch(/Alarms raised|Messages to operators/);
});

test('one that fails names its phase and the cause', () => {
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

describe('what goes wrong', () => {
  const printed = (error: unknown, debug = ''): string => {
    process.env.CHECKVALVE_DEBUG = debug;
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    printFault(error);
    const text = write.mock.calls.map(([line]) => line).join('');
    write.mockRestore();
    delete process.env.CHECKVALVE_DEBUG;
    return text;
  };
  const ours = new CheckvalveError('INVALID_CASE', 'case.json is torn', 'Mend it.');

  test('is a message and a remedy', () => expect(printed(ours)).toBe('case.json is torn\nMend it.\n'));
  test('shows where it happened to whoever asks', () => expect(printed(ours, '1')).toMatch(/Mend it\.\n.+\n\s+at /));
  test('is said to be ours when nobody foresaw it', () => {
    expect(printed(new TypeError('x is undefined'))).toMatch(
      /fault of Checkvalve itself:\nTypeError: x is undefined\n\s+at /,
    );
    expect(printed('a text that was thrown')).toContain('a text that was thrown');
  });
});
