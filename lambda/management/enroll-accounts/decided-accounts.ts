import type { EnrollmentSettings } from '../../../src/contract/enrollment-settings';
import type { Region } from '../../../src/contract/ids';
import { accountBatches } from '../../_kit/account-batches';
import { groupBy } from '../../_kit/copies';
import type { RegistryEntry } from '../../_kit/ports/registry';
import { historyWith } from '../../_kit/registry-writes';
import type { CellChoice } from './cells';
import type { AccountDecision } from './decide-account';
import type { AccountFacts, EnrollmentAccount, EnrollmentFacts } from './facts';

/** An account and the decision on it. */
export interface DecidedAccount {
  readonly observed: EnrollmentAccount;
  readonly decision: AccountDecision;
  /** Its cell; undefined for an account that is not to be enrolled and never was. */
  readonly cell?: CellChoice;
}

/** The Regions where the tooling is wanted and missing: not those that are closed to the account. */
export const missingIn = (
  { instances, closed = [] }: Pick<AccountFacts, 'instances' | 'closed'>,
  { regions }: EnrollmentSettings,
): readonly Region[] => regions.filter((at) => !instances.includes(at) && !closed.includes(at));

/** Batches of accounts that have the same key, so that one operation of the StackSet serves the whole batch. */
export const batchesBy = <Item>(items: readonly Item[], key: (item: Item) => string): readonly (readonly Item[])[] =>
  [...groupBy(items, key).values()].flatMap(accountBatches);

/** The registry entry of an account after a change, which is added to its history. */
export function changedEntry(
  { observed, decision, cell }: DecidedAccount,
  facts: EnrollmentFacts,
  change: Partial<RegistryEntry>,
): RegistryEntry {
  const { entry, account } = observed;
  const at = facts.now.toISOString();
  const state = change.state ?? entry?.state ?? 'enrolled';
  const what = entry && entry.state !== state ? `${entry.state} → ${state}` : state;
  return {
    regions: facts.settings.regions,
    ...entry,
    ...(cell && { cell: cell.cell, cellReason: cell.reason }),
    account,
    ...change,
    state,
    since: entry?.state === state ? entry.since : at,
    reason: decision.reason,
    history: historyWith([{ at, by: facts.by, what, why: decision.reason }], entry),
  };
}
