import { attackReport } from '../../../src/cli/attack-seeds';
import type { AdversaryRow } from '../../../src/simulation/adversary/nightly';
import { checkvalve } from '../../support/run-command';

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

test('attackReport has a row for each world, the attacks, the worst RPO excess and the verdict', () => {
  const text = attackReport([row, { ...row, seed: 3, player: 'management', owned: 0, worstSlipHours: 5 }]);
  expect(text).toMatch(/flood\s+│ 24/);
  expect(text).toContain('management');
  expect(text).toContain(
    "Every invariant held against 80 strategies. The worst excess over another account's RPO was 5 h.",
  );
});

test('attackReport names the broken invariants', () => {
  const broken = ['due-copies-pruned', 'good-copies-kept'];
  expect(attackReport([row, { ...row, breaking: 2, broken }])).toContain(
    '2 strategies broke an invariant (due-copies-pruned; good-copies-kept).',
  );
});

test.each([
  [['--strategies', '3'], '--strategies has no effect without --adversaries'],
  [['--adversaries', '2', '--days', '9'], '--adversaries can be combined only with --strategies and --json'],
  [['--adversaries', '0'], '--adversaries "0" is not a whole number'],
])('rehearse rejects %j', (args, because) => {
  const { status, stderr } = checkvalve(['rehearse', ...args]);
  expect(stderr).toContain(because);
  expect(status).not.toBe(0);
});
