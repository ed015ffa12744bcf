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
  /** Only accounts whose tag names it are assigned to it: the cell of a pilot. */
  readonly onlyTagged?: boolean;
}

/** Accounts that every step of a vault was measured with. */
export const MAX_ACCOUNTS_PER_CELL = 1000;

/** The tag of an account that names its cell. It is read once, when the account is enrolled. */
export const CELL_TAG = 'checkvalve:cell';

/** The one cell of a configuration with `vault`. With `vaults`, a cell of this name keeps the stacks, the StackSet and the roles of that
 * configuration: so a landing zone with one vault gets a second. */
export const MAIN_CELL = 'main';

/** Name of the StackSet of a cell. */
export const stackSetOfCell = (cell: string): string => `${NAMES.stackSet}${cellSuffix(cell)}`;

/** Name of the cell of a StackSet. */
export const cellOfStackSet = (stackSet: string): string =>
  stackSet === NAMES.stackSet ? MAIN_CELL : stackSet.slice(NAMES.stackSet.length + 1);

/** What the name of a cell adds to the names of its stacks, its StackSet and its registry access role: nothing for the main cell. */
export const cellSuffix = (cell: string | undefined): string =>
  cell === undefined || cell === MAIN_CELL ? '' : `-${cell}`;

/** Name of the role in the management account through which the vault of a cell reads the registry. */
export const registryAccessOf = (cell: string | undefined): string => `${NAMES.registryAccess}${cellSuffix(cell)}`;

/** The StackSets of a landing zone as one pattern in ARNs: the id of a StackSet follows the name. */
export const stackSetsPattern = (hasCells: boolean): string => (hasCells ? `${NAMES.stackSet}*` : NAMES.stackSet);
