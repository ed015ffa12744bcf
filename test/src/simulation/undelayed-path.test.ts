import { play } from '../../../src/simulation/simulate';
import { UndelayedPath } from '../../../src/simulation/undelayed-path';
import { thinned } from './thinned';

const HOUR = 60;
const DAY = 24 * HOUR;

/** Snapshots of one database as [born, hours of each copy], and the hours after birth at which the vault can have each. */
test.each([
  ['alone, it takes two copies', [[0, 10]], [20]],
  ['forty hours in the source, and forty more in the vault', [[0, 40]], [80]],
  [
    'the next day’s waits for it in the source, and then in the vault',
    [
      [0, 40],
      [1, 8],
    ],
    [80, 64],
  ],
  [
    'the third waits until the first is in the vault, and no longer',
    [
      [0, 40],
      [1, 8],
      [2, 8],
      [3, 8],
    ],
    [80, 64, 48, 32],
  ],
  [
    'a database that keeps up is never behind',
    [
      [0, 6],
      [1, 6],
      [2, 6],
    ],
    [12, 12, 12],
  ],
  [
    'two plans in one night',
    [
      [0, 4],
      [0, 4],
    ],
    [8, 12],
  ],
] as [string, [number, number][], number[]][])('%s', (_, snapshots, hours) => {
  const way = new UndelayedPath();
  const took = snapshots.map(([day, copy]) => (way.arrivalOf(day * DAY, copy * HOUR) - day * DAY) / HOUR);
  expect(took).toEqual(hours);
});

test('a failed copy delays all later ones', () => {
  const way = new UndelayedPath();
  way.arrivalOf(0, 10 * HOUR);
  way.again(10 * HOUR);
  expect(way.arrivalOf(0, HOUR)).toBe(31 * HOUR);
});

test('without faults no snapshot takes an hour longer than RDS’s own copying', async () => {
  const world = thinned(5, 20, 4);
  const { violations, longestCalmHours, copied, snapshots } = await play({ ...world, faults: [] });
  expect(violations).toEqual([]);
  expect(copied).toBe(snapshots);
  expect(longestCalmHours).toBeLessThan(1);
});
