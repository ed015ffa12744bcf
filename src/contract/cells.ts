import type { AccountId } from './ids';
import { NAMES } from './names';

/** A vault account and the sources that belong to it. */
export interface Cell {
  readonly name: string;
  readonly vaultAccount: AccountId;
  /** The StackSet that deploys the tooling into its sources. */
  readonly stackSet: string;
  /** Databases that the cell is planned for, of all kinds. */
  readonly maxDatabases: number;
  /** Accounts that may be enrolled in it. */
  readonly maxAccounts: number;
}

/** Accounts that every step of a vault was measured with. */
export const MAX_ACCOUNTS_PER_CELL = 1000;

/** The tag of an account that names its cell. It is read once, when the account is enrolled. */
export const CELL_TAG = 'checkvalve:cell';

/** The one cell of a configuration with `vault`. */
export const MAIN_CELL = 'main';

/** Name of the StackSet of a cell of a configuration with `vaults`. */
export const stackSetOfCell = (cell: string): string => `${NAMES.stackSet}-${cell}`;

/** Name of the cell of a StackSet. */
export const cellOfStackSet = (stackSet: string): string =>
  stackSet === NAMES.stackSet ? MAIN_CELL : stackSet.slice(NAMES.stackSet.length + 1);
