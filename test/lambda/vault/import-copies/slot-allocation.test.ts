import * as fc from 'fast-check';
import { NO_SLOT } from '../../../../lambda/_kit/copies';
import type { Snapshot } from '../../../../lambda/_kit/ports/snapshots';
import { AccountBackoff } from '../../../../lambda/vault/import-copies/account-backoff';
import {
  type Due,
  FairTurns,
  maxSlotsOfTwo,
  maxSlotsPerAccount,
  type Supply,
} from '../../../../lambda/vault/import-copies/fair-turns';
import { Admission, DEFAULT_ADMISSION } from '../../../../src/contract/admission';
import { type AccountId, accountId, databaseArn, snapshotArn } from '../../../../src/contract/ids';
import { HERE } from '../../../support/pipeline';

const SLOTS = 20;
const FLOODER = accountId('222200009999');
const others = (count: number) => Array.from({ length: count }, (_, at) => accountId(`2222${String(10_000_000 + at)}`));

/** What an account has due. */
const due = (account: AccountId, count: number): Due[] =>
  Array.from({ length: count }, (_, at): Due => {
    const name = `checkvalve-db-${at}`;
    const snapshot: Snapshot = {
      arn: snapshotArn(`arn:aws:rds:${HERE}:${account}:snapshot:${name}`),
      kind: 'instance',
      name,
      status: 'available',
      type: 'shared',
      database: databaseArn(`arn:aws:rds:${HERE}:${account}:db:db-${at}`),
      engine: 'postgres',
      encrypted: true,
      sizeGiB: 20,
      tags: new Map(),
    };
    return { account, snapshot };
  });

/** Room for all of it: what is tested here is slots. */
const roomy = (accounts: number): Admission => {
  const rules = { ...DEFAULT_ADMISSION, copiesPerDatabase: 1, maxNewDatabasesPerAccountPerDay: 1000 };
  const followed = new Set([FLOODER, ...others(accounts - 1)]);
  return new Admission({ rules, quota: 10_000, held: [], foreign: { instance: 0, cluster: 0 }, followed, now: 0 });
};

const supply = (inFlight: readonly string[], accounts: number, allSlots = SLOTS): Supply => ({
  slots: allSlots - inFlight.length,
  allSlots,
  inFlight,
  accounts,
  admission: roomy(accounts),
  slowed: new AccountBackoff([], new Date(0)),
});
const owners = (chosen: readonly Snapshot[]) => chosen.map(({ arn }) => arn.split(':')[4]);

test('a flood of 500 shares has four fifths of the slots; the others are kept for other accounts', () => {
  const [victim] = others(1);
  if (!victim) throw new Error('no victim');
  // All of the flood is more urgent: it comes first.
  const wanted = [...due(FLOODER, 500), ...due(victim, 1)];
  const first = new FairTurns(supply([], 2)).choose(due(FLOODER, 500));
  expect(owners(first.chosen)).toEqual(Array(16).fill(FLOODER));
  expect(new Set(first.left.map(({ because }) => because))).toEqual(new Set(['slots-kept-for-other-accounts']));
  const later = new FairTurns(supply(Array(16).fill(FLOODER), 2)).choose(wanted);
  expect(owners(later.chosen)).toEqual([victim]);
  const full = new FairTurns(supply(Array(SLOTS).fill(FLOODER), 2)).choose(wanted);
  expect(full.chosen).toEqual([]);
  expect(new Set(full.left.map(({ because }) => because))).toEqual(new Set([NO_SLOT]));
  const oneFree = new FairTurns(supply(Array(SLOTS - 1).fill(FLOODER), 2)).choose(wanted);
  expect(owners(oneFree.chosen)).toEqual([victim]);
});

test.each([
  [20, 2, 16],
  [20, 1, 20],
  [20, 100, 16],
  [5, 2, 4],
  [5, 3, 3],
  [3, 3, 1],
  [5, 1, 5],
  [2, 2, 1],
  [1, 2, 1],
])('of %i slots one account may hold, while %i are followed, %i', (allSlots, accounts, most) => {
  const { chosen } = new FairTurns(supply([], accounts, allSlots)).choose(due(FLOODER, 30));
  expect(chosen).toHaveLength(most);
  expect(maxSlotsPerAccount(allSlots, accounts)).toBe(most);
});

test.each([
  [20, 3, 18],
  [20, 2, 20],
  [5, 3, 4],
  [3, 3, 2],
])('of %i slots two accounts may hold together, while %i are followed, %i', (allSlots, accounts, max) => {
  const [accomplice, victim] = others(2);
  if (!accomplice || !victim) throw new Error('there are two');
  const wanted = [...due(FLOODER, 30), ...due(accomplice, 30)];
  const { chosen } = new FairTurns(supply([], accounts, allSlots)).choose(wanted);
  expect(chosen).toHaveLength(max);
  expect(maxSlotsOfTwo(allSlots, accounts)).toBe(max);
  if (accounts === 2) return;
  // A third account gets a slot at once, also while the two want all that become free.
  const later = new FairTurns(supply(owners(chosen).map(String), accounts, allSlots));
  expect(owners(later.choose([...wanted, ...due(victim, 1)]).chosen)).toEqual([victim]);
});

test('however large the flood and whoever else waits, no slot goes to it while it has its part and others have less', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 20, max: 500 }),
      fc.integer({ min: 1, max: 19 }),
      fc.integer({ min: 1, max: SLOTS }),
      (flood, waiting, free) => {
        const accounts = others(waiting);
        const inFlight = Array(SLOTS - free).fill(FLOODER);
        const { chosen } = new FairTurns(supply(inFlight, waiting + 1)).choose([
          ...due(FLOODER, flood),
          ...accounts.flatMap((account) => due(account, 1)),
        ]);
        const given = owners(chosen);
        // A fifth of the slots stays free when the flood alone has work left.
        const kept = Math.max(0, 16 - inFlight.length) + Math.min(free, waiting);
        expect(given).toHaveLength(Math.min(free, kept));
        const part = Math.floor(SLOTS / (waiting + 1));
        const flooders = given.filter((account) => account === FLOODER).length;
        const rest = free - Math.min(free, waiting);
        // Others first; what they leave is the flooder's, up to its part before they are served and all of it after.
        expect(flooders).toBeLessThanOrEqual(Math.max(rest, part - inFlight.length));
      },
    ),
    { seed: 4, numRuns: 1000 },
  );
});

test('a copy that waits for room or for a person takes no slot from one that need not', () => {
  const [victim] = others(1);
  if (!victim) throw new Error('no victim');
  const large = due(FLOODER, SLOTS).map((one) => ({ ...one, snapshot: { ...one.snapshot, sizeGiB: 100_000 } }));
  const { chosen, left } = new FairTurns(supply([], 2)).choose([...large, ...due(victim, 1)]);
  expect(owners(chosen)).toEqual([victim]);
  expect(new Set(left.map(({ because }) => because))).toEqual(new Set(['copy-too-large']));
});
