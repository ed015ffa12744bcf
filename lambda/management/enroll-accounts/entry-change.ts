import type { Change, RegistryEntry } from '../../_kit/ports/registry';
import type { AccountDecision } from './decide-account';
import type { EnrollmentAccount, EnrollmentFacts } from './facts';

const MAX_CHANGES = 20;

/** An account and the decision on it. */
export interface DecidedAccount {
  readonly observed: EnrollmentAccount;
  readonly decision: AccountDecision;
}

/** The registry entry of an account after a change, which is added to its history. */
export function changedEntry(
  { observed, decision }: DecidedAccount,
  facts: EnrollmentFacts,
  change: Partial<RegistryEntry>,
): RegistryEntry {
  const { entry, account } = observed;
  const at = facts.now.toISOString();
  const state = change.state ?? entry?.state ?? 'enrolled';
  const what = entry && entry.state !== state ? `${entry.state} → ${state}` : state;
  const newest: Change = { at, by: facts.by, what, why: decision.reason };
  return {
    regions: facts.settings.regions,
    ...entry,
    account,
    ...change,
    state,
    since: entry?.state === state ? entry.since : at,
    reason: decision.reason,
    history: [newest, ...(entry?.history ?? [])].slice(0, MAX_CHANGES),
  };
}
