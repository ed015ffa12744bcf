import * as fc from 'fast-check';
import { inTurn, isOlder, type Waiting } from '../../../lambda/_kit/backlog';
import { holds } from '../../support/holds';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-06-15T12:00:00Z');
const ago = (hours: number) => NOW - hours * HOUR;

test.each<[what: string, hours: number, newest: number | undefined, older: boolean]>([
  ['of a database without a copy', 90, undefined, false],
  ['newer than the newest copy', 1, 25, false],
  ['twelve hours older: a daily and a monthly backup', 24, 12, false],
  ['more than twelve hours older', 24.1, 12, true],
  ['twelve hours older, when the newest copy is 50 hours old', 62, 50, false],
  ['an hour older, when it is older than that', 52, 51, true],
])('data is older than what the vault has: %s', (_, hours, newest, older) => {
  expect(isOlder(ago(hours), newest === undefined ? undefined : ago(newest), NOW)).toBe(older);
});

/** Waiting snapshots, each as its database and its age in hours, the oldest first. */
const turns = (waiting: readonly (readonly [string, number])[], newest: Readonly<Record<string, number>> = {}) =>
  inTurn(
    waiting.map(([database, hours]) => ({ database, time: ago(hours) })),
    new Map(Object.entries(newest).map(([database, hours]) => [database, ago(hours)])),
    NOW,
  ).map(({ database, time }) => `${database} ${(NOW - time) / HOUR}`);

test.each<
  [what: string, waiting: readonly (readonly [string, number])[], newest: Record<string, number>, order: string[]]
>([
  [
    'the oldest first',
    [
      ['a', 60],
      ['b', 40],
      ['a', 20],
    ],
    {},
    ['a 60', 'b 40', 'a 20'],
  ],
  [
    'also 50 hours behind',
    [
      ['a', 40],
      ['a', 20],
    ],
    { a: 50 },
    ['a 40', 'a 20'],
  ],
  [
    'further behind, the newest in the turn of the oldest, and the others in order',
    [
      ['c', 99],
      ['a', 80],
      ['b', 70],
      ['a', 60],
      ['a', 20],
    ],
    { a: 100 },
    ['c 99', 'a 20', 'a 80', 'b 70', 'a 60'],
  ],
  [
    'behind, with one that waits',
    [
      ['a', 80],
      ['b', 70],
    ],
    { a: 100, b: 100 },
    ['a 80', 'b 70'],
  ],
  [
    'what is older than what the vault has, last',
    [
      ['a', 80],
      ['b', 70],
      ['a', 60],
      ['b', 10],
    ],
    { a: 10 },
    ['b 70', 'b 10', 'a 80', 'a 60'],
  ],
])('turns: %s', (_, waiting, newest, order) => expect(turns(waiting, newest)).toEqual(order));

test('whatever waits, each snapshot gets one turn, and of a database that is behind the newest comes first', () => {
  const database = fc.constantFrom('a', 'b', 'c');
  const waiting = fc.array(fc.record({ database, hours: fc.integer({ min: 0, max: 300 }) }), { maxLength: 30 });
  const newest = fc.dictionary(database, fc.integer({ min: 0, max: 300 }));
  holds(
    fc.property(waiting, newest, (all, ages) => {
      const oldestFirst = all.map(({ database: of, hours }) => ({ database: of, time: ago(hours) }));
      oldestFirst.sort((a, b) => a.time - b.time);
      const has = new Map(Object.entries(ages).map(([of, hours]) => [of, ago(hours)]));
      const order = inTurn(oldestFirst, has, NOW);
      const sorted = (list: readonly Waiting[]) => list.map(({ database: of, time }) => `${of} ${time}`).sort();
      expect(sorted(order)).toEqual(sorted(oldestFirst));
      for (const [of, at] of has) {
        const own = order.filter((one) => one.database === of);
        const latest = Math.max(...own.map(({ time }) => time));
        if (at < ago(50) && latest >= at) expect(own[0]?.time).toBe(latest);
      }
    }),
  );
});
