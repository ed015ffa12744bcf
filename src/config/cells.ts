import { type Cell, MAIN_CELL, MAX_ACCOUNTS_PER_CELL, stackSetOfCell } from '../contract/cells';
import { accountId } from '../contract/ids';
import type { CheckvalveConfig } from './checkvalve-config';

/** A cell, and the configuration as its vault and its sources have it: with one vault. */
export interface ConfiguredCell {
  readonly cell: Cell;
  readonly config: CheckvalveConfig;
}

/** All cells of a configuration. */
export type Cells = readonly [ConfiguredCell, ...ConfiguredCell[]];

/** The cells of a configuration, in its order: one named `main` for a configuration with `vault`. */
export function cellsOf(config: CheckvalveConfig): Cells {
  const { vaults = [], ...rest } = config;
  const [first, ...others] = vaults.map(({ name, onlyTagged, ...vault }): ConfiguredCell => {
    const view = { ...rest, vault, cell: name };
    return { cell: { ...cellOf(view), ...(onlyTagged && { onlyTagged }) }, config: view };
  });
  return first ? [first, ...others] : [{ cell: cellOf(config), config }];
}

/** The accounts of all vaults. */
export const vaultAccounts = (config: CheckvalveConfig): readonly string[] =>
  cellsOf(config).map(({ cell }) => cell.vaultAccount);

const cellOf = ({ vault, cell }: CheckvalveConfig): Cell => ({
  name: cell ?? MAIN_CELL,
  vaultAccount: accountId(vault.account),
  stackSet: stackSetOfCell(cell ?? MAIN_CELL),
  maxDatabases: vault.databases.instances + vault.databases.clusters,
  maxAccounts: MAX_ACCOUNTS_PER_CELL,
});

/** The other cells of a landing zone: their vaults are outside this one. */
export const otherCellsOf = (config: CheckvalveConfig, { cell }: ConfiguredCell) =>
  cellsOf(config)
    .filter((other) => other.cell.name !== cell.name)
    .map(({ cell: { name, vaultAccount } }) => ({ name, vault: vaultAccount as string }));
