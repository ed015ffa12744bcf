import type { RegistryEntry } from '../../../../lambda/_kit/ports/registry';
import { loadOf } from '../../../../lambda/management/enroll-accounts/cells';
import { planMoves, recordMoves } from '../../../../src/operations/move/order-move';
import { type MoveRequest, planMove } from '../../../../src/operations/move/plan-move';
import {
  cellNamed,
  FakeEnrollment,
  HERE,
  numbered,
  OTHER,
  OTHER_VAULT,
  SOURCE,
  VAULT,
} from '../../../support/enrollment';

const CELLS = [cellNamed('north', VAULT), { ...cellNamed('south', OTHER_VAULT), maxAccounts: 2 }] as const;
const AT = '2026-03-01T12:00:00Z';
const BY = 'arn:aws:iam::444400003333:user/op';
const entryOf = (change: Partial<RegistryEntry> = {}): RegistryEntry => ({
  account: SOURCE,
  state: 'enrolled',
  regions: [HERE],
  since: '2026-01-01T00:00:00Z',
  reason: 'tagged environment=production',
  cell: 'north',
  revision: 4,
  ...change,
});
const MOVING = { to: 'south', since: AT, by: BY, reason: 'north is full' };
const planned = (entry: RegistryEntry | undefined, change: Partial<MoveRequest> = {}, south = 0) =>
  planMove(
    entry,
    { account: SOURCE, to: 'south', reason: 'north is full', by: BY, at: AT, ...change },
    { cells: [...CELLS], load: loadOf(new Map([['south', south]]), [...CELLS]) },
  );

test('a move is an order in the entry, with its author and reason; the cell stays until the tooling is gone', () => {
  const what = 'move from the cell north to south ordered';
  expect(planned(entryOf())).toEqual({
    account: SOURCE,
    from: 'north',
    to: 'south',
    outcome: 'ordered',
    entry: entryOf({ moving: MOVING, history: [{ at: AT, by: BY, what, why: 'north is full' }] }),
  });
});

test('an entry of the last release moves from the first cell, which is written with the order', () =>
  expect(planned(entryOf({ cell: undefined })).entry).toMatchObject({ cell: 'north', moving: MOVING }));

test.each<[what: string, entry: RegistryEntry, change: Partial<MoveRequest>]>([
  ['an account that is in the cell', entryOf({ cell: 'south' }), {}],
  ['an account that moves there already', entryOf({ moving: MOVING }), {}],
  ['the end of a move that is not ordered', entryOf(), { to: undefined }],
])('%s needs no change', (_, entry, change) => expect(planned(entry, change)).toMatchObject({ outcome: 'unchanged' }));

test('a move can be canceled, and then it is not in the entry', () => {
  const { outcome, entry } = planned(entryOf({ moving: MOVING }), { to: undefined, reason: 'a mistake' });
  expect([outcome, entry?.moving, entry?.history?.[0]?.what]).toEqual([
    'canceled',
    undefined,
    'move to the cell south canceled',
  ]);
});

test.each<
  [what: string, entry: RegistryEntry | undefined, change: Partial<MoveRequest>, south: number, message: string]
>([
  ['an unknown account', undefined, {}, 0, 'is not in the registry'],
  ['an unknown cell', entryOf(), { to: 'east' }, 0, 'The configuration has no cell "east"'],
  ['an account that is leaving', entryOf({ state: 'leaving' }), {}, 0, 'is not enrolled: its state is leaving'],
  ['an account that left', entryOf({ state: 'left' }), {}, 0, 'is not enrolled: its state is left'],
  [
    'an account that moves elsewhere',
    entryOf({ moving: MOVING }),
    { to: 'north' },
    0,
    'already moves to the cell south',
  ],
  ['an account of a cell that is gone', entryOf({ cell: 'west' }), {}, 0, 'belongs to the cell west'],
  ['a full cell', entryOf(), {}, 2, 'The cell south is full: 2 of 2 accounts'],
])('%s is refused', (_, entry, change, south, message) => expect(() => planned(entry, change, south)).toThrow(message));

test('accounts that move at once fill the cell one after the other, and nothing is recorded when one has no room', async () => {
  const registry = new FakeEnrollment();
  const accounts = [SOURCE, OTHER, numbered(3)];
  for (const account of accounts) registry.held.set(account, entryOf({ account, revision: 1 }));
  const requests = accounts.map((account) => ({ account, to: 'south', reason: 'x' }));
  const where = { registry, cells: [...CELLS] as [(typeof CELLS)[0], ...(typeof CELLS)[1][]] };
  await expect(planMoves(requests, { by: BY, at: AT }, where)).rejects.toThrow('The cell south is full');
  const moves = await planMoves(requests.slice(0, 2), { by: BY, at: AT }, where);
  await recordMoves(moves, registry);
  expect([...registry.held.values()].map(({ moving }) => moving?.to)).toEqual(['south', 'south', undefined]);
});

test('an entry that another run changed meanwhile is not written', async () => {
  const registry = new FakeEnrollment();
  registry.held.set(SOURCE, entryOf());
  const where = { registry, cells: [...CELLS] as [(typeof CELLS)[0], ...(typeof CELLS)[1][]] };
  const moves = await planMoves([{ account: SOURCE, to: 'south', reason: 'x' }], { by: BY, at: AT }, where);
  registry.held.set(SOURCE, entryOf({ state: 'leaving', revision: 5 }));
  await expect(recordMoves(moves, registry)).rejects.toThrow('changed meanwhile');
  expect(registry.held.get(SOURCE)?.moving).toBeUndefined();
});
