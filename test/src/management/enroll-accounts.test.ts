import { enrollmentSettings } from '../../../src/config/enrollment-settings';
import { settingsFaults } from '../../../src/management/enroll-accounts';
import { TWO_CELLS } from '../../support/two-cells';

/** The settings with so many cells, whose names are as long as names may be. */
function withCells(count: number): string {
  const [first] = TWO_CELLS.vaults ?? [];
  if (!first) throw new Error('the example has no cells');
  const vaults = Array.from({ length: count }, (_, at) => ({ ...first, name: `cell-number${at % 10}` }));
  return JSON.stringify(enrollmentSettings({ ...TWO_CELLS, vaults }));
}

test('ten cells, and twenty, fit into the environment of the function', () =>
  expect([10, 20].flatMap((count) => settingsFaults(withCells(count)))).toEqual([]));

test('settings that do not fit are a fault of the synthesis, not of the deployment', () => {
  const settings = withCells(50);
  expect(settingsFaults(settings)).toEqual([
    expect.stringContaining(`The settings of enroll-accounts have ${settings.length} bytes`),
  ]);
  expect([settingsFaults('x'.repeat(3_500)), settingsFaults('x'.repeat(3_501)).length]).toEqual([[], 1]);
});
