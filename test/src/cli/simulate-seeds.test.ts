import { simulateSeeds } from '../../../src/cli/simulate-seeds';
import { FAULTS } from '../../../src/simulation/faults';
import { checkvalve } from '../../support/run-command';

const FIELDS = ['ok', 'seed', 'days', 'snapshots', 'copied', 'faults', 'violations'];

async function printed(request: { days: number; seed?: number; seeds?: number; json: boolean }): Promise<string> {
  const lines: string[] = [];
  await simulateSeeds({ ...request, progress: () => {}, print: (text) => void lines.push(text) });
  return lines.join('\n');
}

test('one simulation as JSON has these fields only, and the count of every kind of fault', async () => {
  const document = JSON.parse(await printed({ days: 1, seed: 7, json: true }));
  expect(Object.keys(document)).toEqual(FIELDS);
  expect(document).toMatchObject({ ok: true, seed: 7, days: 1, copied: document.snapshots, violations: [] });
  expect(Object.keys(document.faults).sort()).toEqual(Object.keys(FAULTS).sort());
});

test('several simulations as JSON have the fields and the time of each seed', async () => {
  const document = JSON.parse(await printed({ days: 1, seeds: 2, json: true }));
  expect(Object.keys(document)).toEqual(['ok', 'days', 'seeds']);
  expect(document.seeds.map(({ seed }: { seed: number }) => seed)).toEqual([1, 2]);
  for (const one of document.seeds) expect(Object.keys(one)).toEqual([...FIELDS, 'seconds']);
});

test('several simulations as text have a row for each seed, and the sums of the faults', async () => {
  const text = await printed({ days: 1, seeds: 2, json: false });
  expect(text).toContain('Every invariant held: 2 worlds of 1 days.');
  for (const kind of Object.keys(FAULTS)) expect(text).toContain(kind);
});

test.each([
  [['--seed', '1', '--seeds', '2', '--days', '1'], '--seed and --seeds exclude each other'],
  [['--seeds', '2'], '--seeds has no effect without --days'],
  [['--days', '1', '--seeds', '0'], '--seeds "0" is not a whole number'],
])('rehearse rejects %j', (args, because) => {
  const { status, stdout, stderr } = checkvalve(['rehearse', ...args]);
  expect(stderr).toContain(because);
  expect(stdout).toBe('');
  expect(status).not.toBe(0);
});
