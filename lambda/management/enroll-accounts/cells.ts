import { CELL_TAG, type Cell, MAIN_CELL } from '../../../src/contract/cells';
import type { RegistryEntry } from '../../_kit/ports/registry';

/** The cell of an account, and why it belongs to it. */
export interface CellChoice {
  readonly cell: string;
  readonly reason: string;
  /** The tag of the account could not be followed: why, as a part of a sentence. */
  readonly tagFault?: string;
}

/** Accounts with the tooling, for each cell of the configuration by its name. */
export type CellLoad = ReadonlyMap<string, number>;

/** Whether the configuration has a cell of this name. */
export const isConfigured = (cell: string, cells: readonly Cell[]): boolean => cells.some(({ name }) => name === cell);

/** The cell of entries from before there were cells: the main one, else the first. */
const earlierCell = (cells: readonly [Cell, ...Cell[]]): string =>
  isConfigured(MAIN_CELL, cells) ? MAIN_CELL : cells[0].name;

/** The name of the cell that an account entered when it was enrolled. */
export const cellOf = ({ cell }: Pick<RegistryEntry, 'cell'>, cells: readonly [Cell, ...Cell[]]): string =>
  cell ?? earlierCell(cells);

/**
 * The cell of an account that the registry knows. Neither tags, load nor the order of the cells change it. An account that was
 * withdrawn and returns keeps its cell if the configuration still has it.
 */
export function settledCell(
  entry: Pick<RegistryEntry, 'state' | 'departed' | 'cell' | 'cellReason'> | undefined,
  cells: readonly [Cell, ...Cell[]],
): CellChoice | undefined {
  if (!entry) return undefined;
  const cell = cellOf(entry, cells);
  const isWithdrawn = entry.state === 'left' && !entry.departed;
  if (isWithdrawn && !isConfigured(cell, cells)) return undefined;
  return { cell, reason: entry.cellReason ?? 'enrolled before there were cells' };
}

/** Whether an account has the tooling of a cell that is no longer in the configuration: then nothing is changed. */
export const isStranded = (
  entry: Pick<RegistryEntry, 'state' | 'departed' | 'cell'> | undefined,
  cells: readonly [Cell, ...Cell[]],
): boolean =>
  entry !== undefined &&
  (entry.state !== 'left' || entry.departed === true) &&
  !isConfigured(cellOf(entry, cells), cells);

/** The load of each configured cell, from the counts of the registry. */
export function loadOf(counts: ReadonlyMap<string | undefined, number>, cells: readonly [Cell, ...Cell[]]): CellLoad {
  const of = (name: string) =>
    (counts.get(name) ?? 0) + (name === earlierCell(cells) ? (counts.get(undefined) ?? 0) : 0);
  return new Map(cells.map(({ name }) => [name, of(name)]));
}

/**
 * The cell of an account that is enrolled for the first time: the one that its tag names, else the one with the fewest accounts
 * of those that it may have; of equal ones the first in the configuration. A full cell is skipped, and so is the cell of a pilot. Undefined: all are full. Pure.
 */
export function chooseCell(
  tags: ReadonlyMap<string, string>,
  cells: readonly Cell[],
  load: CellLoad,
): CellChoice | undefined {
  const loadOfCell = ({ name }: Cell) => load.get(name) ?? 0;
  const hasRoom = (cell: Cell) => loadOfCell(cell) < cell.maxAccounts;
  const tag = tags.get(CELL_TAG);
  const named = tag === undefined ? undefined : cells.find(({ name }) => name === tag);
  if (named && hasRoom(named)) return { cell: named.name, reason: `tagged ${CELL_TAG}=${tag}` };
  const isLess = (a: Cell, b: Cell) => loadOfCell(a) * b.maxAccounts < loadOfCell(b) * a.maxAccounts;
  const open = cells.filter((cell) => hasRoom(cell) && !cell.onlyTagged);
  const least = open.reduce<Cell | undefined>((a, b) => (a && !isLess(b, a) ? a : b), undefined);
  if (!least) return undefined;
  const reason = `least loaded: ${loadOfCell(least)} of ${least.maxAccounts} accounts`;
  if (tag === undefined) return { cell: least.name, reason };
  const tagFault = `tagged ${CELL_TAG}=${tag}, ${named ? 'a cell that is full' : 'which names no cell'}`;
  return { cell: least.name, reason: `${reason}; ${tagFault}`, tagFault };
}

/** Assigns accounts to cells one after the other, so that each counts for the next. */
export class CellAssignment {
  private readonly load: Map<string, number>;

  constructor(
    private readonly cells: readonly Cell[],
    load: CellLoad,
  ) {
    this.load = new Map(load);
  }

  /** The cell of one more account; undefined when all are full. */
  assign(tags: ReadonlyMap<string, string> = new Map()): CellChoice | undefined {
    const choice = chooseCell(tags, this.cells, this.load);
    if (choice) this.add(choice.cell);
    return choice;
  }

  /** Counts an account that has its cell already. */
  add(cell: string): void {
    this.load.set(cell, (this.load.get(cell) ?? 0) + 1);
  }

  /** The load with all that were assigned. */
  get loaded(): CellLoad {
    return this.load;
  }
}
