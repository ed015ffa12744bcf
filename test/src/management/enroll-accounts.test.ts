import { cellsOf } from '../../../src/config/cells';
import { cellsFaults } from '../../../src/management/enroll-accounts';
import { TWO_CELLS } from '../../support/two-cells';

/** So many cells, whose names are as long as names may be. */
function cells(count: number) {
  const [first] = TWO_CELLS.vaults ?? [];
  if (!first) throw new Error('the example has no cells');
  const vaults = Array.from({ length: count }, (_, at) => ({ ...first, name: `cell-number${at % 10}` }));
  return cellsOf({ ...TWO_CELLS, vaults }).map(({ cell }) => cell);
}

test('ten cells, and twenty, fit into the environment of the function', () =>
  expect([10, 20].flatMap((count) => cellsFaults(cells(count)))).toEqual([]));

test('cells that do not fit are a fault of the synthesis, not of the deployment', () =>
  expect(cellsFaults(cells(50))).toEqual([
    expect.stringMatching(/^The 50 cells have \d+ bytes in the settings of enroll-accounts, .* has room for 2800: /),
  ]));
