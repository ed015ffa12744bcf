import * as fc from 'fast-check';
import type { Snapshot } from '../../../lambda/_kit/ports/snapshots';
import { type Due, FairTurns } from '../../../lambda/vault/import-copies/fair-turns';
import { type AccountId, accountId, databaseArn, snapshotArn } from '../../../src/contract/ids';
import { HERE } from '../../support/pipeline';

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

const supply = (
  inFlight: readonly string[],
  accounts: number,
  more: Partial<{ quota: number; held: readonly string[] }> = {},
) => {
  const { quota = 10_000, held = inFlight } = more;
  return {
    slots: SLOTS - inFlight.length,
    allSlots: SLOTS,
    room: quota - held.length,
    quota,
    inFlight,
    held,
    accounts,
  };
};
const owners = (chosen: readonly Snapshot[]) => chosen.map(({ arn }) => arn.split(':')[4]);

test('a flood of 500 shares has every slot; the first that is free is another account’s', () => {
  const [victim] = others(1);
  if (!victim) throw new Error('no victim');
  // All of the flood is more urgent: it comes first.
  const wanted = [...due(FLOODER, 500), ...due(victim, 1)];
  const first = new FairTurns(supply([], 2)).choose(due(FLOODER, 500));
  expect(owners(first.chosen)).toEqual(Array(SLOTS).fill(FLOODER));
  const full = new FairTurns(supply(Array(SLOTS).fill(FLOODER), 2)).choose(wanted);
  expect(full.chosen).toEqual([]);
  const oneFree = new FairTurns(supply(Array(SLOTS - 1).fill(FLOODER), 2)).choose(wanted);
  expect(owners(oneFree.chosen)).toEqual([victim]);
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
        expect(given).toHaveLength(free);
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

test.each([
  ['two accounts: half of the quota', 2, 100, 50],
  ['one account alone: all of it', 1, 100, 100],
  ['ten accounts: half all the same', 10, 100, 50],
])('%s', (_, accounts, quota, part) => {
  const held = Array(part - 1).fill(FLOODER);
  const { chosen, left } = new FairTurns({ ...supply([], accounts, { quota, held }), room: 1000 }).choose(
    due(FLOODER, 3),
  );
  expect(chosen).toHaveLength(1);
  expect(new Set(left.map(({ because }) => because))).toEqual(new Set(['its account has used its part of the quota']));
});
