import * as fc from 'fast-check';
import { originOf } from '../../../../lambda/_kit/vault-copies';
import { massDeletionOf } from '../../../../lambda/vault/prune-copies/mass-deletion';
import { holds } from '../../../support/holds';
import { daysAgo, vaultCopy } from '../../../support/vault-copies';

const accountOf = (at: number): string => `2222000011${String(at).padStart(2, '0')}`;

/** So many good copies of an account, of which the first are due. */
const holding = (at: number, due: number, good: number) => {
  const database = `arn:aws:rds:eu-central-1:${accountOf(at)}:db:orders`;
  const copies = Array.from({ length: Math.max(due, good) }, (_, age) => vaultCopy(daysAgo(age), { database }));
  return { due: copies.slice(0, due), good: copies };
};
const vault = (...holdings: readonly (readonly [due: number, good: number])[]) => {
  const all = holdings.map(([due, good], at) => holding(at, due, good));
  return { due: all.flatMap(({ due }) => due), good: all.flatMap(({ good }) => good) };
};
const sweep = ({ due, good }: ReturnType<typeof vault>, maxDeletedPercentPerRun: number) =>
  massDeletionOf(due, good, { maxDeletedPercentPerRun });

test.each([
  ['nothing is due', [[0, 40]], []],
  ['a few are due, however small the vault', [[5, 5]], []],
  ['no more than the share is due', [[10, 40]], []],
  ['more is due in the only account', [[11, 40]], [0]],
  [
    'more is due in every account, as after a pause',
    [
      [20, 40],
      [30, 60],
    ],
    [1, 0],
  ],
  [
    'one account floods, the others are as on any day',
    [
      [2, 40],
      [90, 100],
      [1, 30],
    ],
    [1],
  ],
  [
    'a small account loses half at once beside a flood: it is within the few',
    [
      [3, 6],
      [90, 100],
    ],
    [1],
  ],
  [
    'a share is passed in one account, and not in the vault',
    [
      [1, 400],
      [30, 60],
    ],
    [],
  ],
] as const)('held back when %s', (_, holdings, held) => {
  const stopped = sweep(vault(...holdings), 25);
  expect(stopped?.accounts.map(({ account }) => account) ?? []).toEqual(held.map(accountOf));
});

test('the report counts the whole vault, and what of each account waits', () => {
  expect(sweep(vault([2, 40], [90, 100]), 25)).toEqual({
    ...{ due: 92, good: 140, maxDeletedPercentPerRun: 25 },
    accounts: [{ account: accountOf(1), due: 90, good: 100 }],
  });
});

const holdings = fc.array(
  fc.tuple(fc.nat(30), fc.nat(60)).map(([due, rest]) => [due, due + rest] as const),
  { minLength: 1, maxLength: 8 },
);

test('what goes on is never a sweep, and an account within its own share is never held back, whatever others let be copied', () => {
  let stops = 0;
  holds(
    fc.property(holdings, fc.constantFrom(1, 10, 25, 50, 100), (all, share) => {
      const world = vault(...all);
      const stopped = sweep(world, share);
      const held = new Set(stopped?.accounts.map(({ account }) => account));
      stops += stopped ? 1 : 0;
      const on = <T extends Parameters<typeof originOf>[0]>(some: readonly T[]) =>
        some.filter((one) => !held.has(originOf(one)));
      const [due, good] = [on(world.due).length, on(world.good).length];
      expect(due <= 5 || due * 100 <= good * share).toBe(true);
      all.forEach(([ofIt, has], at) => {
        if (ofIt * 100 <= has * share) expect(held.has(accountOf(at))).toBe(false);
      });
    }),
    { numRuns: 500 },
  );
  // Where little is ever held back, little is shown.
  expect(stops).toBeGreaterThan(50);
});
