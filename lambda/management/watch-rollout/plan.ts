import type { AccountId, Region } from '../../../src/contract/ids';
import type { AlertKind } from '../../../src/contract/management-alerts';
import type { RegionRollout, RegistryEntry } from '../../_kit/ports/registry';
import type { StackInstance } from '../../_kit/ports/stack-instances';
import { judgeRegion, type RegionVerdict } from './judge-region';

/** What watch-rollout decides from: a part of a listing, and what is known of the accounts in it. */
export interface RolloutFacts {
  readonly seen: readonly StackInstance[];
  readonly entries: ReadonlyMap<AccountId, RegistryEntry>;
  /** Version of the template that the StackSet has now. */
  readonly version: string;
  /** Whether what failed may be tried again now: on the schedule, so that an hour lies between two tries. */
  readonly repairing: boolean;
  /** Whether an operation that makes, changes or removes stacks runs or is queued. */
  readonly rollingOut: boolean;
  readonly now: Date;
}

/**
 * One thing to do. The entries of a repair or a drop are written once StackSets has let the operation in: a call that AWS
 * refuses is no try, so that of its accounts nothing is written, and nobody is alerted about them.
 */
export type RolloutAction =
  | { readonly do: 'record'; readonly entries: readonly RegistryEntry[] }
  | { readonly do: 'repair' | 'drop'; readonly entries: readonly RegistryEntry[]; readonly regions: readonly Region[] }
  | { readonly do: 'tell'; readonly kind: AlertKind; readonly about: readonly Told[] };

/** One line of an alert, and the account it is about. */
export interface Told {
  readonly account: AccountId;
  readonly line: string;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStackInstances.html */
const MOST_ACCOUNTS = 50;
const MOST_CHANGES = 20;

interface Judged {
  readonly instance: StackInstance;
  readonly verdict: RegionVerdict;
}

/** Decides what to do about the instances of accounts that are to have the tooling; of others it says nothing. Pure. */
export function plan(facts: RolloutFacts): readonly RolloutAction[] {
  const ours = facts.seen.filter(({ account }) => (facts.entries.get(account)?.state ?? 'left') !== 'left');
  const judged = ours.flatMap((instance): readonly Judged[] => {
    const entry = facts.entries.get(instance.account);
    const verdict = entry && judgeRegion(instance, entry, facts);
    return verdict ? [{ instance, verdict }] : [];
  });
  const byAccount = new Map<AccountId, Judged[]>();
  for (const one of judged) byAccount.set(one.instance.account, [...(byAccount.get(one.instance.account) ?? []), one]);

  const groups = new Map<
    string,
    { readonly action: RolloutAction['do']; readonly regions: Region[]; entries: RegistryEntry[] }
  >();
  for (const [account, ones] of byAccount) {
    const entry = facts.entries.get(account);
    if (!entry) continue;
    // An account is changed once. Where Regions need different things, the others wait for the next run.
    const action = ones.find(({ verdict }) => verdict.remedy)?.verdict.remedy ?? 'record';
    const together =
      action === 'record' ? ones : ones.filter(({ verdict }) => !verdict.remedy || verdict.remedy === action);
    const regions =
      action === 'record'
        ? []
        : together.filter(({ verdict }) => verdict.remedy === action).map(({ instance }) => instance.region);
    const key = `${action} ${regions.join()}`;
    const group = groups.get(key) ?? { action, regions, entries: [] };
    groups.set(key, { ...group, entries: [...group.entries, withRollout(entry, together, facts.now)] });
  }
  return [...[...groups.values()].flatMap(inBatches), ...alertsOf(judged)];
}

function inBatches({
  action,
  regions,
  entries,
}: {
  action: RolloutAction['do'];
  regions: readonly Region[];
  entries: readonly RegistryEntry[];
}): readonly RolloutAction[] {
  const count = Math.ceil(entries.length / MOST_ACCOUNTS);
  return Array.from({ length: count }, (_, at): RolloutAction => {
    const batch = entries.slice(at * MOST_ACCOUNTS, (at + 1) * MOST_ACCOUNTS);
    return action === 'repair' || action === 'drop'
      ? { do: action, entries: batch, regions }
      : { do: 'record', entries: batch };
  });
}

/** The entry with what was seen in its Regions; what changed is in its history. */
function withRollout(entry: RegistryEntry, ones: readonly Judged[], now: Date): RegistryEntry {
  const rollout: Partial<Record<Region, RegionRollout>> = { ...entry.rollout };
  for (const { instance, verdict } of ones) rollout[instance.region] = verdict.next;
  const changes = ones
    .filter(({ instance, verdict }) => entry.rollout?.[instance.region]?.state !== verdict.next.state)
    .map(({ instance: { region }, verdict: { next } }) => ({
      at: now.toISOString(),
      by: 'watch-rollout',
      what: `${region}: ${next.state}`,
      why: next.reason ?? `template ${next.version}`,
    }));
  return { ...entry, rollout, history: [...changes, ...(entry.history ?? [])].slice(0, MOST_CHANGES) };
}

/** One alert of a kind, whatever the number of accounts. */
function alertsOf(judged: readonly Judged[]): readonly RolloutAction[] {
  const kinds = new Set(judged.flatMap(({ verdict }) => (verdict.alert ? [verdict.alert] : [])));
  return [...kinds].map((kind: AlertKind) => {
    const alerting = judged.filter(({ verdict }) => verdict.alert === kind);
    const about = alerting.map(({ instance: { account, region }, verdict: { next } }): Told => {
      const tries = next.failed.length > 1 ? ` (failed ${next.failed.length} times)` : '';
      return { account, line: `${account} in ${region}: ${next.reason ?? next.state}${tries}` };
    });
    return { do: 'tell', kind, about };
  });
}
