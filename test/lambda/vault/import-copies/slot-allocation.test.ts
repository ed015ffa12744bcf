import * as fc from 'fast-check';
import { NO_SLOT } from '../../../../lambda/_kit/copies';
import type { Snapshot } from '../../../../lambda/_kit/ports/snapshots';
import { AccountBackoff } from '../../../../lambda/vault/import-copies/account-backoff';
import type { DueSnapshot } from '../../../../lambda/vault/import-copies/due-snapshot';
import { reserveInTurn } from '../../../../lambda/vault/import-copies/slot-allocation';
import { maxSlotsOfTwo, maxSlotsPerAccount, Slots } from '../../../../lambda/vault/import-copies/slots';
import { VaultCapacity } from '../../../../lambda/vault/import-copies/vault-capacity';
import { Admission, DEFAULT_ADMISSION } from '../../../../src/contract/admission';
import { type AccountId, accountId, databaseArn, snapshotArn } from '../../../../src/contract/ids';
import { holds } from '../../../support/holds';
import { HERE } from '../../../support/pipeline';

const SLOTS = 20;
const FLOODER = accountId('222200009999');
const others = (count: number) => Array.from({ length: count }, (_, at) => accountId(`2222${String(10_000_000 + at)}`));

/** What an account has due. */
const due = (account: AccountId, count: number): DueSnapshot[] =>
  Array.from({ length: count }, (_, at): DueSnapshot => {
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

/** Room for all copies: these tests are about slots. */
const roomy = (accounts: number): Admission => {
  const rules = { ...DEFAULT_ADMISSION, copiesPerDatabase: 1, maxNewDatabasesPerAccountPerDay: 1000 };
  const followed = new Set([FLOODER, ...others(accounts - 1)]);
  return new Admission({ rules, quota: 10_000, held: [], foreign: { instance: 0, cluster: 0 }, followed, now: 0 });
};

const capacity = (inFlight: readonly string[], accounts: number, all = SLOTS): VaultCapacity =>
  new VaultCapacity(
    roomy(accounts),
    new AccountBackoff([], new Date(0)),
    new Slots({ free: all - inFlight.length, all, inFlight, accounts }),
  );
const owners = (reserved: readonly Snapshot[]) => reserved.map(({ arn }) => arn.split(':')[4]);

test('a flood of 500 shares gets four fifths of the slots; the others are kept for other accounts', () => {
  const [victim] = others(1);
  if (!victim) throw new Error('no victim');
  // All of the flood is more urgent: it comes first.
  const wanted = [...due(FLOODER, 500), ...due(victim, 1)];
  const first = reserveInTurn(due(FLOODER, 500), capacity([], 2));
  expect(owners(first.reserved)).toEqual(Array(16).fill(FLOODER));
  expect(new Set(first.waiting.map(({ because }) => because))).toEqual(new Set(['slots-kept-for-other-accounts']));
  const later = reserveInTurn(wanted, capacity(Array(16).fill(FLOODER), 2));
  expect(owners(later.reserved)).toEqual([victim]);
  const full = reserveInTurn(wanted, capacity(Array(SLOTS).fill(FLOODER), 2));
  expect(full.reserved).toEqual([]);
  expect(new Set(full.waiting.map(({ because }) => because))).toEqual(new Set([NO_SLOT]));
  const oneFree = reserveInTurn(wanted, capacity(Array(SLOTS - 1).fill(FLOODER), 2));
  expect(owners(oneFree.reserved)).toEqual([victim]);
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
])('of %i slots one account may use, while the vault follows %i, %i', (allSlots, accounts, most) => {
  const { reserved } = reserveInTurn(due(FLOODER, 30), capacity([], accounts, allSlots));
  expect(reserved).toHaveLength(most);
  expect(maxSlotsPerAccount(allSlots, accounts)).toBe(most);
});

test.each([
  [20, 3, 18],
  [20, 2, 20],
  [5, 3, 4],
  [3, 3, 2],
])('of %i slots two accounts may use together, while the vault follows %i, %i', (allSlots, accounts, max) => {
  const [accomplice, victim] = others(2);
  if (!accomplice || !victim) throw new Error('two accounts are missing');
  const wanted = [...due(FLOODER, 30), ...due(accomplice, 30)];
  const { reserved } = reserveInTurn(wanted, capacity([], accounts, allSlots));
  expect(reserved).toHaveLength(max);
  expect(maxSlotsOfTwo(allSlots, accounts)).toBe(max);
  if (accounts === 2) return;
  // A third account gets a slot at once, also while the two want all that become free.
  const later = reserveInTurn(
    [...wanted, ...due(victim, 1)],
    capacity(owners(reserved).map(String), accounts, allSlots),
  );
  expect(owners(later.reserved)).toEqual([victim]);
});

test('an account with a flood gets no slot beyond its part while other accounts have less', () => {
  holds(
    fc.property(
      fc.integer({ min: 20, max: 500 }),
      fc.integer({ min: 1, max: 19 }),
      fc.integer({ min: 1, max: SLOTS }),
      (flood, waiting, free) => {
        const accounts = others(waiting);
        const inFlight = Array(SLOTS - free).fill(FLOODER);
        const { reserved } = reserveInTurn(
          [...due(FLOODER, flood), ...accounts.flatMap((account) => due(account, 1))],
          capacity(inFlight, waiting + 1),
        );
        const given = owners(reserved);
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

test('a copy that waits for room or for an operator uses no slot', () => {
  const [victim] = others(1);
  if (!victim) throw new Error('no victim');
  const large = due(FLOODER, SLOTS).map((one) => ({ ...one, snapshot: { ...one.snapshot, sizeGiB: 100_000 } }));
  const { reserved, waiting } = reserveInTurn([...large, ...due(victim, 1)], capacity([], 2));
  expect(owners(reserved)).toEqual([victim]);
  expect(new Set(waiting.map(({ because }) => because))).toEqual(new Set(['copy-too-large']));
});
