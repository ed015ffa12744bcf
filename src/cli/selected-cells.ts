import { Option } from 'commander';
import { type Cells, type ConfiguredCell, cellsOf } from '../config/cells';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { CheckvalveError } from '../contract/errors';

/** The option that selects one cell. */
export const cellOption = (): Option =>
  new Option('--cell <name>', 'only this cell, of a configuration with vaults; default: all');

/**
 * The cells that a command works on: the named one, or all.
 * @throws CheckvalveError `INVALID_INPUT` for a name that the configuration does not have
 */
export function selectedCells(config: CheckvalveConfig, name?: string): Cells {
  const all = cellsOf(config);
  if (name === undefined) return all;
  const found = all.find(({ cell }) => cell.name === name);
  if (found) return [found];
  const names = all.map(({ cell }) => cell.name).join(', ');
  throw new CheckvalveError(
    'INVALID_INPUT',
    `The configuration has no cell ${JSON.stringify(name)}`,
    `Give one of ${names}.`,
  );
}

/**
 * The cell of a command that works on one: the named one, or the only one.
 * @throws CheckvalveError `INVALID_INPUT` without a name, where the configuration has several
 */
export function selectedCell(config: CheckvalveConfig, name?: string): ConfiguredCell {
  const [first, ...others] = selectedCells(config, name);
  if (others.length === 0) return first;
  const names = [first, ...others].map(({ cell }) => cell.name).join(', ');
  throw new CheckvalveError('INVALID_INPUT', 'The configuration has several cells', `Add --cell with one of ${names}.`);
}
