import type { RegistryEntry } from '../../../lambda/_kit/ports/registry';
import { historyWith } from '../../../lambda/_kit/registry-writes';
import { type CellLoad, cellOf, isConfigured } from '../../../lambda/management/enroll-accounts/cells';
import type { Cell } from '../../contract/cells';
import { CheckvalveError } from '../../contract/errors';
import type { AccountId } from '../../contract/ids';

/** What an operator orders: a move to another cell, or, without `to`, the end of one that is not complete. */
export interface MoveRequest {
  readonly account: AccountId;
  /** Name of the cell. */
  readonly to?: string;
  readonly reason: string;
  /** The operator. */
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

/** What is recorded. `unchanged`: the order is in the registry already, or the account is in that cell. */
export interface PlannedMove {
  readonly account: AccountId;
  /** The cell whose tooling the account has. */
  readonly from: string;
  readonly to: string;
  readonly outcome: 'ordered' | 'canceled' | 'unchanged';
  /** The entry to write; missing with `unchanged`. */
  readonly entry?: RegistryEntry;
}

/**
 * The entry that orders a move. Pure.
 * @throws CheckvalveError `INVALID_INPUT` for an account or a cell that cannot be moved, or moved to
 */
export function planMove(
  entry: RegistryEntry | undefined,
  request: MoveRequest,
  { cells, load }: { readonly cells: readonly [Cell, ...Cell[]]; readonly load: CellLoad },
): PlannedMove {
  const { account, to, reason, by, at } = request;
  if (!entry) throw fault(`${account} is not in the registry`, 'Enroll it: its tag and load decide on its cell.');
  const from = cellOf(entry, cells);
  const planned = (outcome: PlannedMove['outcome'], target: string, change?: Partial<RegistryEntry>): PlannedMove => ({
    account,
    from,
    to: target,
    outcome,
    ...(change && { entry: { ...entry, ...change } }),
  });
  const noted = (what: string) => historyWith([{ at, by, what, why: reason }], entry);
  if (to === undefined) {
    if (!entry.moving) return planned('unchanged', from);
    const what = `move to the cell ${entry.moving.to} canceled`;
    return planned('canceled', from, { moving: undefined, history: noted(what) });
  }
  if (entry.moving?.to === to || (from === to && !entry.moving && isConfigured(to, cells)))
    return planned('unchanged', to);
  refuse(entry, to, { cells, load });
  const moving = { to, since: at, by, reason };
  // The cell of an entry from before there were cells is written with the order: the order of the cells may change meanwhile.
  return planned('ordered', to, { cell: from, moving, history: noted(`move from the cell ${from} to ${to} ordered`) });
}

/** @throws CheckvalveError `INVALID_INPUT` with the reason why the account cannot be moved to the cell */
function refuse(
  entry: RegistryEntry,
  to: string,
  { cells, load }: { readonly cells: readonly [Cell, ...Cell[]]; readonly load: CellLoad },
): void {
  const { account, state, moving } = entry;
  const from = cellOf(entry, cells);
  const target = cells.find(({ name }) => name === to);
  if (!target) {
    const names = cells.map(({ name }) => name).join(', ');
    throw fault(`The configuration has no cell ${JSON.stringify(to)}`, `It has ${names}.`);
  }
  if (moving) {
    const remedy = `Cancel it first: checkvalve move ${account} --cancel --because REASON.`;
    throw fault(`${account} already moves to the cell ${moving.to}`, remedy);
  }
  if (state !== 'enrolled') {
    throw fault(`${account} is not enrolled: its state is ${state}`, 'Only enrolled accounts move.');
  }
  if (!isConfigured(from, cells)) {
    const remedy = `Restore the cell ${from} in the configuration until its accounts are moved.`;
    throw fault(`${account} belongs to the cell ${from}, which the configuration does not have`, remedy);
  }
  if ((load.get(to) ?? 0) >= target.maxAccounts) {
    throw fault(`The cell ${to} is full: ${load.get(to)} of ${target.maxAccounts} accounts`, 'Choose another cell.');
  }
}

const fault = (message: string, remedy: string) =>
  new CheckvalveError('INVALID_INPUT', message, `${remedy} Nothing was changed.`);
