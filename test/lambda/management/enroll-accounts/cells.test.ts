import * as fc from 'fast-check';
import type { RegistryEntry } from '../../../../lambda/_kit/ports/registry';
import {
  CellAssignment,
  chooseCell,
  isStranded,
  loadOf,
  settledCell,
} from '../../../../lambda/management/enroll-accounts/cells';
import { CELL_TAG, type Cell, cellOfStackSet, MAIN_CELL, stackSetOfCell } from '../../../../src/contract/cells';
import { accountId } from '../../../../src/contract/ids';
import { subjectOf } from '../../../../src/contract/management-alerts';
import { NAMES } from '../../../../src/contract/names';
import {
  cellNamed,
  HERE,
  ManagementWorld,
  numbered,
  OTHER_VAULT,
  SETTINGS,
  SOURCE,
  TAGGED,
  tagSet,
  VAULT,
} from '../../../support/enrollment';
import { holds } from '../../../support/holds';

const [NORTH, SOUTH] = [cellNamed('north', VAULT), cellNamed('south', OTHER_VAULT)];
const CELLS: [Cell, ...Cell[]] = [NORTH, SOUTH];
const tagged = (cell: string) => new Map([[CELL_TAG, cell]]);
const load = (north: number, south: number) =>
  new Map([
    ['north', north],
    ['south', south],
  ]);

/** A management account with two cells and so many production accounts. */
function world(accounts = 0, cells: [Cell, ...Cell[]] = CELLS): ManagementWorld {
  const made = new ManagementWorld();
  made.settings = { ...SETTINGS, cells };
  for (let at = 0; at < accounts; at += 1) made.organization.set(numbered(at));
  return made;
}
const cellsOf = ({ registry }: ManagementWorld) =>
  Object.fromEntries([...registry.held.values()].map(({ account, cell }) => [account, cell]));

describe('the cell of a new account', () => {
  const small = { ...SOUTH, maxAccounts: 10 };
  const PILOT = { ...NORTH, onlyTagged: true };
  test.each<[string, Map<string, string>, readonly Cell[], Map<string, number>, string | undefined, string]>([
    ['no tag and no accounts', new Map(), CELLS, load(0, 0), 'north', 'least loaded: 0 of 1000 accounts'],
    ['one has fewer accounts', new Map(), CELLS, load(3, 2), 'south', 'least loaded: 2 of 1000 accounts'],
    ['one has fewer of those it may have', new Map(), [NORTH, small], load(300, 2), 'south', 'least loaded: 2 of 10'],
    [
      'one has more of those it may have',
      new Map(),
      [NORTH, small],
      load(300, 4),
      'north',
      'least loaded: 300 of 1000',
    ],
    ['both have the same part', new Map(), [NORTH, small], load(100, 1), 'north', 'least loaded: 100 of 1000'],
    ['the tag names one', tagged('south'), CELLS, load(0, 999), 'south', 'tagged checkvalve:cell=south'],
    ['the tag names none', tagged('South'), CELLS, load(9, 0), 'south', 'checkvalve:cell=South, which names no cell'],
    ['the tag names a full one', tagged('south'), CELLS, load(9, 1000), 'north', '=south, a cell that is full'],
    ['one is full', new Map(), [NORTH, small], load(999, 10), 'north', 'least loaded: 999 of 1000 accounts'],
    ['one is of a pilot', new Map(), [PILOT, SOUTH], load(0, 9), 'south', 'least loaded: 9 of 1000 accounts'],
    [
      'the tag names the one of a pilot',
      tagged('north'),
      [PILOT, SOUTH],
      load(0, 9),
      'north',
      'tagged checkvalve:cell=north',
    ],
    ['only the one of a pilot has room', new Map(), [PILOT, small], load(0, 10), undefined, ''],
    ['all are full', new Map(), [NORTH, small], load(1000, 10), undefined, ''],
    ['all are full, and the tag names one', tagged('north'), CELLS, load(1000, 1001), undefined, ''],
  ])('%s', (_, tags, cells, counts, cell, reason) => {
    const choice = chooseCell(tags, cells, counts);
    expect(choice?.cell).toBe(cell);
    expect(choice?.reason ?? '').toContain(reason);
    const isFollowed = cell === undefined || cell === tags.get(CELL_TAG) || !tags.has(CELL_TAG);
    expect(choice?.tagFault === undefined).toBe(isFollowed);
  });

  test('accounts that are assigned one after the other spread over the cells by what each may have', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });
    holds(
      fc.property(sizes, fc.integer({ min: 0, max: 250 }), (rooms, accounts) => {
        const cells = rooms.map((maxAccounts, at) => ({ ...cellNamed(`c${at}`, VAULT), maxAccounts }));
        const assignment = new CellAssignment(cells, new Map());
        const placed = Array.from({ length: accounts }, () => assignment.assign()).filter(Boolean).length;
        const room = rooms.reduce((sum, one) => sum + one, 0);
        expect(placed).toBe(Math.min(accounts, room));
        for (const { name, maxAccounts } of cells) {
          const loaded = assignment.loaded.get(name) ?? 0;
          expect(loaded).toBeLessThanOrEqual(maxAccounts);
          // No cell is more than one account away from its share.
          expect(Math.abs(loaded - (placed * maxAccounts) / room)).toBeLessThanOrEqual(cells.length);
        }
      }),
    );
  });
});

test('an entry without a cell belongs to the first, and a cell that is not configured holds what has its tooling', () => {
  const entry = { account: SOURCE, state: 'enrolled', regions: [HERE], since: '', reason: '' } as const;
  expect(settledCell(undefined, CELLS)).toBeUndefined();
  expect(settledCell(entry, CELLS)).toEqual({ cell: 'north', reason: 'enrolled before there were cells' });
  expect(settledCell({ ...entry, cell: 'south', cellReason: 'x' }, CELLS)).toEqual({ cell: 'south', reason: 'x' });
  expect(settledCell({ ...entry, state: 'left', cell: 'gone' }, CELLS)).toBeUndefined();
  const gone = { ...entry, cell: 'gone' };
  expect([entry, gone, { ...gone, state: 'leaving' as const }].map((one) => isStranded(one, CELLS))).toEqual([
    false,
    true,
    true,
  ]);
  expect(isStranded({ ...gone, state: 'left' }, CELLS)).toBe(false);
  expect(isStranded({ ...gone, state: 'left', departed: true }, CELLS)).toBe(true);
  expect(
    loadOf(
      new Map([
        [undefined, 3],
        ['north', 2],
        ['gone', 7],
      ]),
      CELLS,
    ),
  ).toEqual(load(5, 0));
});

test('the name of a StackSet names its cell, and that of the short configuration the only cell', () => {
  expect(cellOfStackSet(NAMES.stackSet)).toBe(MAIN_CELL);
  expect(cellOfStackSet(stackSetOfCell('north'))).toBe('north');
});

test('a sweep spreads new accounts over the cells, and the StackSet of each cell deploys into its own', async () => {
  const management = world(45);
  for (let at = 0; at < 5; at += 1)
    management.organization.set(numbered(at), { tags: { ...TAGGED, [CELL_TAG]: 'south' } });
  await management.sweep();
  const cells = Object.values(cellsOf(management));
  expect([cells.filter((one) => one === 'north').length, cells.filter((one) => one === 'south').length]).toEqual([
    23, 22,
  ]);
  const { held } = management.registry;
  expect(held.get(numbered(0))).toMatchObject({ cell: 'south', cellReason: 'tagged checkvalve:cell=south' });
  for (const [account, { cell }] of held) {
    expect(management.stackSetOf('north').enrolled.includes(account)).toBe(cell === 'north');
    expect(management.stackSetOf('south').enrolled.includes(account)).toBe(cell === 'south');
  }
  // The registry is counted only where an account needs a cell.
  const counted: string[] = [];
  management.registry.before = (call) => void counted.push(call);
  await management.sweep();
  expect(counted).not.toContain('cellLoad');
  expect(management.alerts).toEqual([]);
});

test('a tag that names no cell is alerted once, and the account is enrolled in the least loaded cell', async () => {
  const management = world();
  management.organization.set(SOURCE, { tags: { ...TAGGED, [CELL_TAG]: 'nord' } });
  await management.enroll(tagSet(SOURCE));
  await management.sweep();
  expect(cellsOf(management)).toEqual({ [SOURCE]: 'north' });
  expect(management.subjects).toEqual([`${subjectOf('tag-near-miss')}: ${SOURCE}`]);
  expect(management.alerts[0]?.message).toContain(
    `${SOURCE} is enrolled in the cell north: it is tagged checkvalve:cell=nord, which names no cell.`,
  );
});

test('when every cell is full, a new account is not enrolled and an alert says why; with room it is enrolled', async () => {
  const full = CELLS.map((cell) => ({ ...cell, maxAccounts: 1 })) as [Cell, ...Cell[]];
  const management = world(3, full);
  await management.sweep();
  await management.sweep();
  expect(cellsOf(management)).toEqual({ [numbered(0)]: 'north', [numbered(1)]: 'south' });
  expect(management.subjects).toEqual([`${subjectOf('cells-full')}: ${numbered(2)}`]);
  expect(management.alerts[0]?.message).toContain(
    'is not enrolled: it is tagged environment=production, but every cell is full: north (1 accounts), south (1 accounts).',
  );
  management.settings = { ...management.settings, cells: CELLS };
  await management.sweep();
  expect(cellsOf(management)[numbered(2)]).toBe('north');
});

test('accounts of the last release belong to the first cell, and stay in it when the order of the cells changes', async () => {
  const management = world(3, [NORTH]);
  const entry = { state: 'enrolled', regions: [HERE], since: '2026-01-01T00:00:00Z', reason: 'tagged' } as const;
  for (const account of [0, 1, 2].map(numbered)) {
    management.registry.held.set(account, { ...entry, account });
    management.stackSet.put({ account, region: HERE, standing: 'current' });
  }
  await management.sweep();
  const north = { [numbered(0)]: 'north', [numbered(1)]: 'north', [numbered(2)]: 'north' };
  expect(cellsOf(management)).toEqual(north);
  expect(management.registry.held.get(numbered(0))).toMatchObject({ cellReason: 'enrolled before there were cells' });
  management.stackSets.set('north', management.stackSet);
  management.settings = { ...SETTINGS, cells: [SOUTH, NORTH] };
  management.stackSetOf = (cell) => management.stackSets.get(cell) ?? new ManagementWorld().stackSet;
  await management.sweep();
  expect(cellsOf(management)).toEqual(north);
  expect(management.stackSet.operations).toEqual([]);
});

test('an account of a cell that is gone stays as it is, with one alert, and after its withdrawal it may enter another', async () => {
  const management = world(1);
  await management.sweep();
  const south = new ManagementWorld().stackSet;
  management.stackSetOf = () => south;
  management.settings = { ...SETTINGS, cells: [SOUTH] };
  management.organization.set(numbered(0), { tags: {} });
  const before = management.registry.held.get(numbered(0));
  await management.sweep();
  management.pass(30);
  await management.sweep();
  expect(management.registry.held.get(numbered(0))).toEqual(before);
  expect(management.subjects).toEqual([`${subjectOf('cell-not-configured')}: ${numbered(0)}`]);
  management.registry.held.set(numbered(0), { ...(before as RegistryEntry), state: 'left' });
  management.organization.set(numbered(0), { tags: TAGGED });
  await management.sweep();
  expect(cellsOf(management)).toEqual({ [numbered(0)]: 'south' });
});

test('an account whose entry is lost returns to the cell whose tooling it has', async () => {
  const management = world(4);
  await management.sweep();
  const before = cellsOf(management);
  management.registry.held.clear();
  await management.sweep();
  expect(cellsOf(management)).toEqual(before);
});

test('the tooling of a cell in an account of another one is alerted, and not removed', async () => {
  const management = world(1);
  await management.sweep();
  management.stackSetOf('south').put({ account: numbered(0), region: HERE, standing: 'current' });
  await management.sweep();
  await management.sweep();
  expect(management.subjects).toEqual([`${subjectOf('tooling-of-other-cell')}: ${numbered(0)}`]);
  expect(management.stackSetOf('south').enrolled).toEqual([numbered(0)]);
});

test('no vault account of any cell is enrolled', async () => {
  const management = world();
  for (const { vaultAccount } of CELLS) management.organization.set(vaultAccount);
  await management.sweep();
  expect(management.registry.held.size).toBe(0);
});

/** A change after which no account may be in another cell than before. */
type Change = {
  readonly do: 'tag' | 'untag' | 'enroll' | 'leave' | 'return' | 'order' | 'room' | 'sweep';
  readonly at: number;
};

test('whatever happens to tags, load and configuration, an account stays in the cell that it was assigned to', async () => {
  const change = fc.record({
    do: fc.constantFrom('tag', 'untag', 'enroll', 'leave', 'return', 'order', 'room', 'sweep') as fc.Arbitrary<
      Change['do']
    >,
    at: fc.nat(7),
  });
  let assigned = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 5, maxLength: 30 }), async (changes) => {
      const management = world(4);
      const sets = new Map(CELLS.map(({ name }) => [name, new ManagementWorld().stackSet]));
      management.stackSetOf = (cell) => sets.get(cell) ?? management.stackSet;
      const seen = new Map<string, string>();
      for (const { do: what, at } of changes) {
        const account = numbered(at);
        const cell = at % 2 ? 'south' : 'north';
        const { cells } = management.settings;
        const reordered = [...cells].reverse() as [Cell, ...Cell[]];
        const resized = cells.map((one) => ({ ...one, maxAccounts: 1 + at })) as [Cell, ...Cell[]];
        if (what === 'tag') management.organization.set(account, { tags: { ...TAGGED, [CELL_TAG]: cell } });
        if (what === 'untag' || what === 'enroll' || what === 'return')
          management.organization.set(account, { tags: TAGGED });
        if (what === 'leave' && management.organization.accounts.has(account))
          management.organization.set(account, { tags: {} });
        if (what === 'leave') management.pass(8);
        if (what === 'order') management.settings = { ...management.settings, cells: reordered };
        if (what === 'room') management.settings = { ...management.settings, cells: resized };
        await (what === 'sweep' ? management.sweep() : management.enroll(tagSet(account)));
        for (const { account: one, cell: now = '' } of management.registry.held.values()) {
          if (!seen.has(one)) assigned += 1;
          expect(seen.get(one) ?? now).toBe(now);
          expect(['north', 'south']).toContain(now);
          seen.set(one, now);
        }
        const both = sets.get('north')?.enrolled.filter((one) => sets.get('south')?.enrolled.includes(accountId(one)));
        expect(both).toEqual([]);
      }
    }),
    { numRuns: 200 },
  );
  process.stdout.write(`accounts that were assigned to a cell: ${assigned}\n`);
  expect(assigned).toBeGreaterThan(200);
});
