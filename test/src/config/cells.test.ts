import { config } from '../../../src/checkvalve.config';
import { cellsOf, otherCellsOf, vaultAccounts } from '../../../src/config/cells';
import { enrollmentSettings } from '../../../src/config/enrollment-settings';
import { readConfig } from '../../../src/config/read-config';
import { MAX_ACCOUNTS_PER_CELL, registryAccessOf } from '../../../src/contract/cells';
import { CheckvalveError } from '../../../src/contract/errors';
import { NORTH, SOUTH, TWO_CELLS, TWO_CELLS_FILE } from '../../support/two-cells';

function faults(raw: unknown): readonly string[] {
  try {
    readConfig(raw);
    return [];
  } catch (error) {
    if (!(error instanceof CheckvalveError)) throw error;
    return error.message.split('\n').slice(1);
  }
}

const [north, south] = TWO_CELLS_FILE.vaults ?? [];

test('a configuration with one vault has one cell, whose view is the configuration itself', () => {
  const maxAccounts = MAX_ACCOUNTS_PER_CELL;
  const main = { name: 'main', vaultAccount: NORTH, stackSet: 'source-tooling', maxDatabases: 2, maxAccounts };
  expect(cellsOf(config)).toEqual([{ cell: main, config }]);
  expect(enrollmentSettings(config).cells).toEqual([main]);
});

test('each of several vaults is a cell, and its view has one vault', () => {
  const cells = cellsOf(TWO_CELLS);
  expect(cells.map(({ cell }) => [cell.name, cell.vaultAccount, cell.stackSet])).toEqual([
    ['north', NORTH, 'source-tooling-north'],
    ['south', SOUTH, 'source-tooling-south'],
  ]);
  expect(cells.map(({ config: view }) => [view.cell, view.vault.account, view.vaults])).toEqual([
    ['north', NORTH, undefined],
    ['south', SOUTH, undefined],
  ]);
  const [first] = cells;
  expect(otherCellsOf(TWO_CELLS, first)).toEqual([{ name: 'south', vault: SOUTH }]);
  expect(vaultAccounts(TWO_CELLS)).toEqual([NORTH, SOUTH]);
  // A view is a configuration of one cell, of the same name.
  expect(cellsOf(first.config)).toEqual([first]);
});

test.each<[what: string, raw: unknown, faults: readonly unknown[]]>([
  ['none', TWO_CELLS_FILE, []],
  [
    'no vault',
    { ...TWO_CELLS_FILE, vaults: undefined },
    ['- vault: missing: give an object, or vaults for an organization with several cells'],
  ],
  [
    'vault and vaults',
    { ...TWO_CELLS_FILE, vault: config.vault },
    [
      expect.stringMatching(/^- vaults: .*: remove it or vault: a configuration has one vault, or a list of vaults$/),
      // The first vault of the list has the account of the other.
      expect.stringMatching(/^- vaults\[0\]\.account/),
    ],
  ],
  [
    'the same account twice',
    { ...TWO_CELLS_FILE, vaults: [north, { ...south, account: NORTH }] },
    [`- vaults[1].account: "${NORTH}": give each cell a vault account of its own`],
  ],
  [
    'the same name twice',
    { ...TWO_CELLS_FILE, vaults: [north, { ...south, name: 'north' }] },
    ['- vaults[1].name: "north": give each cell a name of its own'],
  ],
  [
    'the management account',
    { ...TWO_CELLS_FILE, vaults: [north, { ...south, account: '444400003333' }] },
    [
      expect.stringContaining(
        'vaults[1].account: "444400003333": give another account: an administrator of the management',
      ),
    ],
  ],
  [
    'a vault that is exempt',
    { ...TWO_CELLS_FILE, exemptions: [{ account: SOUTH, reason: 'why', until: '2027-01-31' }] },
    [`- exemptions[0].account: "${SOUTH}": remove it: the vault is never enrolled`],
  ],
  ['an empty list', { ...TWO_CELLS_FILE, vaults: [] }, ['- vaults: []: give at least one of the vaults']],
  [
    'bounds that let no copy in',
    { ...TWO_CELLS_FILE, vaults: [north, { ...south, admission: { maxCopyGiB: 100, maxGiBPerAccountPerDay: 50 } }] },
    ['- vaults[1].admission.maxGiBPerAccountPerDay: 50: allow at least one copy of maxCopyGiB (100 GiB) a day'],
  ],
])('faults of vaults: %s', (_, raw, expected) => {
  expect(faults(JSON.parse(JSON.stringify(raw)))).toEqual(expected);
});

test.each(['North', '1st', 'a-name-that-is-long', '', 'a_b', 7])('%p is no name of a cell', (name) => {
  expect(faults({ ...TWO_CELLS_FILE, vaults: [north, { ...south, name }] })).toEqual([
    expect.stringContaining('give the cell a name of at most 12 lower case letters'),
  ]);
});

test('all faults of all vaults are reported at once', () => {
  const vaults = [
    { ...north, account: '1' },
    { ...south, placement: 'here', retention: { ...south?.retention, dailyDays: 0 } },
  ];
  expect(faults({ ...TWO_CELLS_FILE, vaults }).map((line) => line.split(':')[0])).toEqual([
    '- vaults[0].account',
    '- vaults[1].placement',
    '- vaults[1].retention.dailyDays',
  ]);
});

test('a landing zone with one vault gets a second, and the names of the first stay', () => {
  const { vault: first, ...shared } = config;
  const grown = readConfig({ ...shared, vaults: [south, { name: 'main', ...first }] });
  const [{ cell: before }] = cellsOf(config);
  const [other, main] = cellsOf(grown);
  expect([other?.cell.stackSet, main?.cell]).toEqual(['source-tooling-south', before]);
  expect(registryAccessOf(main?.config.cell)).toBe(registryAccessOf(undefined));
});
