import type { AccountId } from '../../../src/contract/ids';
import { alertText } from '../../../src/contract/management-alerts';
import { alertRefusedCall } from '../../_kit/refused-call';
import { writeEntries } from '../../_kit/registry-writes';
import { failure } from '../../_kit/runtime/each';
import type { RolloutPorts } from './observe';
import type { RolloutAction } from './plan';

/** Ports and clock of one run, and the accounts that wait for the next one. */
export interface RolloutRun {
  readonly ports: RolloutPorts;
  readonly now: Date;
  /** Accounts for which AWS refused the call, or whose entry another run has changed: this run alerts nothing about them. */
  readonly postponed: Set<AccountId>;
}

/** Performs one action. Safe to repeat. */
export async function act(action: RolloutAction, run: RolloutRun): Promise<{ outcome: string; because?: string }> {
  if (action.do === 'alert') return sendAlert(action, run);
  if (action.do === 'record') {
    await writeEntries(action.entries, run.ports.registry);
    return { outcome: 'done' };
  }
  return operate(action, run);
}

async function sendAlert({ kind, lines }: Extract<RolloutAction, { do: 'alert' }>, { ports, postponed }: RolloutRun) {
  const due = lines.filter(({ account }) => !postponed.has(account));
  if (due.length === 0) return { outcome: 'postponed' };
  const accounts = [...new Set(due.map(({ account }) => account))];
  const { subject, message, article } = alertText({ kind, accounts, lines: due.map(({ line }) => line) });
  await ports.alerts.publish(subject, message, article);
  return { outcome: 'done' };
}

/**
 * Starts the operation, and writes the entries, which count the try, only after StackSets has accepted it. An entry that another
 * run has changed since it was read is left out: its account may be leaving by now.
 */
async function operate(action: Extract<RolloutAction, { do: 'repair' | 'drop' }>, run: RolloutRun) {
  const { rollout, registry } = run.ports;
  const current = await registry.of(action.entries.map(({ account }) => account));
  const entries = action.entries.filter(({ account, revision }) => current.get(account)?.revision === revision);
  for (const { account } of action.entries) run.postponed.add(account);
  const accounts = entries.map(({ account }) => account);
  if (accounts.length === 0) return { outcome: 'postponed', because: 'another run has changed the entries' };
  try {
    if (action.do === 'repair') await rollout.repair(accounts, action.regions);
    // With RetainStacks: the stacks in the accounts stay as they are.
    else await rollout.withdraw(accounts, action.regions, true);
  } catch (error) {
    const call = action.do === 'repair' ? 'UpdateStackInstances' : 'DeleteStackInstances';
    await alertRefusedCall({ call, because: failure(error), accounts }, run.ports, run.now);
    return { outcome: 'refused', because: failure(error) };
  }
  for (const account of accounts) run.postponed.delete(account);
  await writeEntries(entries, registry);
  return { outcome: 'started' };
}
