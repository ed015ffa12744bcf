import { config } from '../../../src/checkvalve.config';
import { cellsOf } from '../../../src/config/cells';
import { failuresOf, type RehearsedCell } from '../../../src/rehearsal/phases/rehearse-cells';
import { withCells } from '../../../src/rehearsal/with-cells';
import { TWO_CELLS } from '../../support/two-cells';

const [ORDERS, LEDGER] = ['222200001111', '222200002222'] as const;
const MOVED = { account: ORDERS, from: 'north', to: 'south' };
const proof = { evaluated: 10, allowed: [] };

/** The cells after a move without a failure, with one change. */
function cells(north: Partial<RehearsedCell> = {}, south: Partial<RehearsedCell> = {}): readonly RehearsedCell[] {
  return [
    {
      name: 'north',
      vault: '333300002222',
      accounts: { before: [ORDERS], after: [] },
      copies: { before: { [ORDERS]: 1 }, after: { [ORDERS]: 1 } },
      proof,
      ...north,
    },
    {
      name: 'south',
      vault: '333300004444',
      accounts: { before: [LEDGER], after: [ORDERS, LEDGER] },
      copies: { before: { [LEDGER]: 1 }, after: { [ORDERS]: 1, [LEDGER]: 2 } },
      proof,
      ...south,
    },
  ];
}

test.each<[what: string, played: readonly RehearsedCell[], failures: readonly string[]]>([
  ['a move without a failure', cells(), []],
  [
    'an account with the tooling of both cells',
    cells({ accounts: { before: [ORDERS], after: [ORDERS] } }),
    [`after the move ${ORDERS} has the tooling of 2 cells: north, south`],
  ],
  [
    'an account without tooling',
    cells({}, { accounts: { before: [LEDGER], after: [LEDGER] } }),
    [`after the move ${ORDERS} has the tooling of 0 cells: `, `${ORDERS} does not have the tooling of south`],
  ],
  [
    'a lost copy',
    cells({ copies: { before: { [ORDERS]: 1 }, after: {} } }),
    [
      `the vault of north lost copies of ${ORDERS}`,
      `the vault of north has other copies of ${ORDERS} than before it moved`,
    ],
  ],
  [
    'no copy in the new vault',
    cells({}, { copies: { before: { [LEDGER]: 1 }, after: { [LEDGER]: 2 } } }),
    [`the vault of south has no copy of ${ORDERS}, which moved there`],
  ],
  [
    'a new copy in the old vault',
    cells({ copies: { before: { [ORDERS]: 1 }, after: { [ORDERS]: 2 } } }),
    [`the vault of north has other copies of ${ORDERS} than before it moved`],
  ],
  [
    'a copy in the vault of another cell',
    cells({}, { copies: { before: { [ORDERS]: 1, [LEDGER]: 1 }, after: { [ORDERS]: 1, [LEDGER]: 2 } } }),
    [`the vault of south has copies of ${ORDERS}, which belongs to another cell`],
  ],
  [
    'a cell that was not proved',
    cells({ proof: { evaluated: 0, allowed: [] } }),
    ['in the cell north, nothing was proved'],
  ],
  [
    'an access that is allowed',
    cells({}, { proof: { evaluated: 1, allowed: ['a stranger may sts:AssumeRole'] } }),
    ['in the cell south, a stranger may sts:AssumeRole'],
  ],
])('%s', (_, played, failures) => expect(failuresOf(played, MOVED, [ORDERS, LEDGER])).toEqual(failures));

test('a configuration with one vault is played with further cells, and one with cells as it is', () => {
  const played = cellsOf(withCells(config, 3)).map(({ cell }) => [cell.name, cell.vaultAccount]);
  expect(played[0]).toEqual(['cell-1', config.vault.account]);
  expect(new Set(played.map(([, vault]) => vault)).size).toBe(3);
  expect(withCells(TWO_CELLS, 3)).toBe(TWO_CELLS);
});
