import { spawnSync } from 'node:child_process';
import { attackReport } from '../../../src/cli/attack-seeds';
import type { AdversaryRow } from '../../../src/simulation/adversary/nightly';

const row: AdversaryRow = {
  seed: 1,
  player: 'accounts',
  accounts: 8,
  owned: 1,
  databases: 16,
  quota: 72,
  tried: 40,
  attacks: { flood: 12, untag: 3 },
  worstSlipHours: 2,
  maxPlacesUsed: 12,
  breaking: 0,
  broken: [],
  seconds: 60,
};

test('for people: a row for each world, the attacks that were tried, the worst slip, and whether all held', () => {
  const text = attackReport([row, { ...row, seed: 3, player: 'management', owned: 0, worstSlipHours: 5 }]);
  expect(text).toMatch(/flood\s+│ 24/);
  expect(text).toContain('management');
  expect(text).toContain("Every invariant held against 80 strategies. Worst slip of another account's RPO: 5 h.");
});

test('for people: what was broken', () => {
  const broken = ['due-copies-pruned', 'good-copies-kept'];
  expect(attackReport([row, { ...row, breaking: 2, broken }])).toContain(
    '2 strategies broke an invariant (due-copies-pruned; good-copies-kept).',
  );
});

test.each([
  [['--strategies', '3'], '--strategies says nothing without --adversaries'],
  [['--adversaries', '2', '--days', '9'], '--adversaries goes with --strategies and --json alone'],
  [['--adversaries', '0'], '--adversaries "0" is not a whole number'],
])('%j is refused', (args, because) => {
  const { status, stderr } = spawnSync('node', ['src/cli/checkvalve.js', 'rehearse', ...args], { encoding: 'utf8' });
  expect(stderr).toContain(because);
  expect(status).not.toBe(0);
});
