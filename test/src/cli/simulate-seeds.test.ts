import { spawnSync } from 'node:child_process';
import { simulateSeeds } from '../../../src/cli/simulate-seeds';
import { FAULTS } from '../../../src/simulation/faults';

const FIELDS = ['ok', 'seed', 'days', 'snapshots', 'copied', 'faults', 'violations'];

async function printed(order: { days: number; seed?: number; seeds?: number; json: boolean }): Promise<string> {
  const lines: string[] = [];
  await simulateSeeds({ ...order, progress: () => {}, print: (text) => void lines.push(text) });
  return lines.join('\n');
}

test('one world as JSON: these fields and no others, every kind of fault with its number', async () => {
  const document = JSON.parse(await printed({ days: 1, seed: 7, json: true }));
  expect(Object.keys(document)).toEqual(FIELDS);
  expect(document).toMatchObject({ ok: true, seed: 7, days: 1, copied: document.snapshots, violations: [] });
  expect(Object.keys(document.faults).sort()).toEqual(Object.keys(FAULTS).sort());
});

test('several worlds as JSON: each seed with its own fields and its time', async () => {
  const document = JSON.parse(await printed({ days: 1, seeds: 2, json: true }));
  expect(Object.keys(document)).toEqual(['ok', 'days', 'seeds']);
  expect(document.seeds.map(({ seed }: { seed: number }) => seed)).toEqual([1, 2]);
  for (const one of document.seeds) expect(Object.keys(one)).toEqual([...FIELDS, 'seconds']);
});

test('several worlds for people: a row for each, and the sums of the faults', async () => {
  const text = await printed({ days: 1, seeds: 2, json: false });
  expect(text).toContain('Every invariant held: 2 worlds of 1 days.');
  for (const kind of Object.keys(FAULTS)) expect(text).toContain(kind);
});

test.each([
  [['--seed', '1', '--seeds', '2', '--days', '1'], '--seed and --seeds contradict each other'],
  [['--seeds', '2'], '--seeds says nothing without --days'],
  [['--days', '1', '--seeds', '0'], '--seeds "0" is not a whole number'],
])('%j is refused', (args, because) => {
  const command = ['src/cli/checkvalve.js', 'rehearse', ...args];
  const { status, stdout, stderr } = spawnSync('node', command, { encoding: 'utf8' });
  expect(stderr).toContain(because);
  expect(stdout).toBe('');
  expect(status).not.toBe(0);
});
