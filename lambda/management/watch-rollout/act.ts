import type { AccountId } from '../../../src/contract/ids';
import { alertText } from '../../../src/contract/management-alerts';
import type { RegistryEntry } from '../../_kit/ports/registry';
import { refusalAlert, refusalNews } from '../../_kit/refused-call';
import { failure } from '../../_kit/runtime/each';
import type { RolloutPorts } from './observe';
import type { RolloutAction } from './plan';

/** What the actions of one run share. */
export interface Acting {
  readonly ports: RolloutPorts;
  readonly now: Date;
  /** Accounts for which AWS refused the call, or whose entry was changed meanwhile: the next run looks at them again. */
  readonly postponed: Set<AccountId>;
}

/** Does one action; each may be repeated. */
export async function act(action: RolloutAction, acting: Acting): Promise<{ outcome: string; because?: string }> {
  if (action.do === 'tell') return tell(action, acting);
  if (action.do === 'record') {
    await write(action.entries, acting.ports);
    return { outcome: 'done' };
  }
  return operate(action, acting);
}

async function tell({ kind, about }: Extract<RolloutAction, { do: 'tell' }>, { ports, postponed }: Acting) {
  const told = about.filter(({ account }) => !postponed.has(account));
  if (told.length === 0) return { outcome: 'postponed' };
  const accounts = [...new Set(told.map(({ account }) => account))];
  const { subject, message, article } = alertText({ kind, accounts, lines: told.map(({ line }) => line) });
  await ports.alerts.publish(subject, message, article);
  return { outcome: 'done' };
}

/**
 * Starts the operation, and writes the entries only then: they count the try. An entry that another run has changed since
 * it was read is left out, because the account may no longer be wanted.
 */
async function operate(action: Extract<RolloutAction, { do: 'repair' | 'drop' }>, acting: Acting) {
  const { rollout, registry } = acting.ports;
  const now = await registry.of(action.entries.map(({ account }) => account));
  const entries = action.entries.filter(({ account, revision }) => now.get(account)?.revision === revision);
  for (const { account } of action.entries) acting.postponed.add(account);
  const accounts = entries.map(({ account }) => account);
  if (accounts.length === 0) return { outcome: 'postponed', because: 'another run has changed the entries' };
  try {
    if (action.do === 'repair') await rollout.repair(accounts, action.regions);
    // With RetainStacks: nothing in the account is touched.
    else await rollout.withdraw(accounts, action.regions, true);
  } catch (error) {
    const call = action.do === 'repair' ? 'UpdateStackInstances' : 'DeleteStackInstances';
    await tellRefusal(call, accounts, failure(error), acting);
    return { outcome: 'refused', because: failure(error) };
  }
  for (const account of accounts) acting.postponed.delete(account);
  await write(entries, acting.ports);
  return { outcome: 'started' };
}

async function tellRefusal(
  call: string,
  accounts: readonly AccountId[],
  because: string,
  { ports: { registry, alerts }, now }: Acting,
) {
  const since = await registry.refusedSince(call, now);
  const [about, text] = refusalNews(call, now);
  const alert = refusalAlert({ call, because, since, accounts }, now);
  if (!alert || !(await registry.isNews(about, text))) return;
  const { subject, message, article } = alertText(alert);
  await alerts.publish(subject, message, article);
}

/** Writes each entry, whatever becomes of the others. */
async function write(entries: readonly RegistryEntry[], { registry }: RolloutPorts) {
  let failed: unknown;
  for (const entry of entries) {
    try {
      await registry.change(entry);
    } catch (error) {
      failed ??= error;
    }
  }
  if (failed) throw failed;
}
