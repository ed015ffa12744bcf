import type { AccountId, Region } from '../../../src/contract/ids';
import type { AlertKind } from '../../../src/contract/management-alerts';
import { accountBatches } from '../../_kit/account-batches';
import { groupBy } from '../../_kit/copies';
import type { RegionRollout, RegistryEntry } from '../../_kit/ports/registry';
import type { StackInstance } from '../../_kit/ports/stack-instances';
import { historyWith } from '../../_kit/registry-writes';
import { decideRegion, type RegionDecision } from './decide-region';
import type { RolloutFacts } from './facts';

/**
 * One action of watch-rollout. The entries of a repair or a drop are written after StackSets has accepted the operation: a call
 * that AWS refuses is no try, so that nothing is written and no alert is sent about its accounts.
 */
export type RolloutAction =
  | { readonly do: 'record'; readonly entries: readonly RegistryEntry[] }
  | { readonly do: 'repair' | 'drop'; readonly entries: readonly RegistryEntry[]; readonly regions: readonly Region[] }
  | { readonly do: 'alert'; readonly kind: AlertKind; readonly lines: readonly AlertLine[] };

/** One line of an alert, and the account that it is about. */
export interface AlertLine {
  readonly account: AccountId;
  readonly line: string;
}

interface DecidedRegion {
  readonly instance: StackInstance;
  readonly decision: RegionDecision;
}

/** What is done for one account: it is changed once in a run. */
interface AccountChange {
  readonly action: Exclude<RolloutAction['do'], 'alert'>;
  readonly regions: readonly Region[];
  readonly entry: RegistryEntry;
}

/** Decides on the instances of accounts that are enrolled or leaving; instances of other accounts are left as they are. Pure. */
export function plan(facts: RolloutFacts): readonly RolloutAction[] {
  const decided = facts.instances.flatMap((instance): readonly DecidedRegion[] => {
    const entry = facts.entries.get(instance.account);
    const decision = entry && entry.state !== 'left' ? decideRegion(instance, entry, facts) : undefined;
    return decision ? [{ instance, decision }] : [];
  });
  const changes = [...groupBy(decided, ({ instance }) => instance.account)].flatMap(([account, regions]) => {
    const entry = facts.entries.get(account as AccountId);
    return entry ? [changeOf(entry, regions, facts.now)] : [];
  });
  const alike = groupBy(changes, ({ action, regions }) => `${action} ${regions.join()}`);
  return [...[...alike.values()].flatMap(operationsOf), ...alertsOf(decided)];
}

/** Where Regions of an account need different actions, the first decides, and the others wait for the next run. */
function changeOf(entry: RegistryEntry, decided: readonly DecidedRegion[], now: Date): AccountChange {
  const remedy = decided.find(({ decision }) => decision.remedy)?.decision.remedy;
  if (!remedy) return { action: 'record', regions: [], entry: withRollout(entry, decided, now) };
  const together = decided.filter(({ decision }) => !decision.remedy || decision.remedy === remedy);
  const regions = together.filter(({ decision }) => decision.remedy).map(({ instance }) => instance.region);
  return { action: remedy, regions, entry: withRollout(entry, together, now) };
}

/** The actions for accounts that need the same one in the same Regions. */
const operationsOf = (changes: readonly AccountChange[]): readonly RolloutAction[] =>
  accountBatches(changes).flatMap((batch): readonly RolloutAction[] => {
    const [first] = batch;
    const entries = batch.map(({ entry }) => entry);
    if (!first) return [];
    const { action, regions } = first;
    return [action === 'record' ? { do: action, entries } : { do: action, entries, regions }];
  });

/** The entry with the new state of its Regions; each change of state is added to its history. */
function withRollout(entry: RegistryEntry, decided: readonly DecidedRegion[], now: Date): RegistryEntry {
  const rollout: Partial<Record<Region, RegionRollout>> = { ...entry.rollout };
  for (const { instance, decision } of decided) rollout[instance.region] = decision.next;
  const changes = decided
    .filter(({ instance, decision }) => entry.rollout?.[instance.region]?.state !== decision.next.state)
    .map(({ instance: { region }, decision: { next } }) => ({
      at: now.toISOString(),
      by: 'watch-rollout',
      what: `${region}: ${next.state}`,
      why: next.reason ?? `template ${next.version}`,
    }));
  return { ...entry, rollout, history: historyWith(changes, entry) };
}

/** One alert of each kind, for any number of accounts. */
function alertsOf(decided: readonly DecidedRegion[]): readonly RolloutAction[] {
  const kinds = new Set(decided.flatMap(({ decision }) => (decision.alert ? [decision.alert] : [])));
  return [...kinds].map((kind: AlertKind) => {
    const concerned = decided.filter(({ decision }) => decision.alert === kind);
    const lines = concerned.map(({ instance: { account, region }, decision: { next } }): AlertLine => {
      const failures = next.failed.length > 1 ? ` (failed ${next.failed.length} times)` : '';
      return { account, line: `${account} in ${region}: ${next.reason ?? next.state}${failures}` };
    });
    return { do: 'alert', kind, lines };
  });
}
