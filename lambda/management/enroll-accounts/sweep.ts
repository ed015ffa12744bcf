import type { EnrollmentSettings } from '../../../src/contract/enrollment-settings';
import type { AccountId } from '../../../src/contract/ids';
import type { Log } from '../../_kit/ports/log';
import type { RegistryEntry, SweepState } from '../../_kit/ports/registry';
import { act } from './act';
import { isMassExit } from './judge';
import { look } from './look';
import type { EnrollmentPorts, Sight } from './observe';

/** A sweep of which nothing was heard for so long has died, and makes room for another. */
const DEAD_AFTER_MS = 6 * 3600 * 1000;
/** Parts of the listing of accounts, of twenty each, that one step looks at: about ten seconds of tags. */
const PARTS_A_STEP = 5;
const DAY_MS = 24 * 3600 * 1000;
const BY = 'the sweep';

interface Step {
  readonly ports: EnrollmentPorts;
  readonly settings: EnrollmentSettings;
  readonly now: Date;
  readonly log: Log;
}

const send = ({ queue }: EnrollmentPorts, { id, seq }: SweepState) =>
  queue.send({ do: 'sweep', id, seq }, 'sweep', `sweep-${id.replace(/[^0-9A-Za-z]/g, '')}-${seq}`);

/** Asks for a look at everything. While a sweep runs, one more is noted, however often it is asked for. */
export async function askForSweep({ ports, now, log }: Step): Promise<void> {
  const running = await ports.registry.sweep();
  const alive = running && running.phase !== 'done' && now.getTime() - Date.parse(running.touchedAt) < DEAD_AFTER_MS;
  if (alive) {
    if (!running.again) await ports.registry.moveSweep(running, { ...running, again: true });
    log('sweep.noted', { running: running.id });
    return;
  }
  await begin(running, ports, now, log);
}

async function begin(seen: SweepState | undefined, ports: EnrollmentPorts, now: Date, log: Log): Promise<void> {
  const at = now.toISOString();
  const counts = { members: 0, enrolled: 0, due: 0 };
  const state: SweepState = { id: at, seq: 0, phase: 'accounts', counts, again: false, touchedAt: at };
  // Another run was faster: its sweep is as good as ours.
  if (!(await ports.registry.moveSweep(seen, state))) return;
  log('sweep.began', { sweep: at });
  await send(ports, state);
}

/**
 * Goes one step further: a bounded part of one listing. The state is written before the next step is sent, and only over
 * the state that was read, so that a message that comes twice, or late, does nothing.
 */
export async function sweepOn(message: { readonly id: string; readonly seq: number }, step: Step): Promise<void> {
  const { ports, now, log } = step;
  const state = await ports.registry.sweep();
  if (!state || state.id !== message.id || state.phase === 'done') return;
  if (state.seq !== message.seq) {
    // The step was done, and the run ended before it could send the next.
    if (state.seq === message.seq + 1) await send(ports, state);
    return;
  }
  const next = { ...(await PHASES[state.phase](state, step)), seq: state.seq + 1, touchedAt: now.toISOString() };
  if (!(await moved(state, next, ports))) return;
  log('sweep.went-on', { sweep: next.id, phase: next.phase, ...next.counts });
  if (next.phase !== 'done') return send(ports, next);
  const last = await ports.registry.sweep();
  if (last?.again && last.id === next.id) await begin(last, ports, now, log);
}

/** Writes the state; `again` may have been noted since it was read. */
async function moved(seen: SweepState, next: SweepState, { registry }: EnrollmentPorts): Promise<boolean> {
  if (await registry.moveSweep(seen, next)) return true;
  const noted = { ...seen, again: true };
  return !seen.again && registry.moveSweep(noted, { ...next, again: true });
}

type Phase = (state: SweepState, step: Step) => Promise<SweepState>;

/** In this order. Each leaves the next part of its listing to the next step; a listing that fails stops the sweep there. */
const PHASES: Readonly<Record<Exclude<SweepState['phase'], 'done'>, Phase>> = {
  accounts: async (state, step) => {
    const sights: Sight[] = [];
    let from = state.from;
    for (let part = 0; part < PARTS_A_STEP; part += 1) {
      const { items, next } = await step.ports.organization.members(from);
      for (const member of items) sights.push({ account: member.id, member });
      from = next;
      if (!next) break;
    }
    await look(sights, { ...step, by: BY, withdrawals: 'none' });
    const counts = { ...state.counts, members: state.counts.members + sights.length };
    return { ...state, counts, phase: from ? 'accounts' : 'instances', from };
  },

  // Instances of accounts that the registry does not know, or knows to have left.
  instances: async (state, step) => {
    const { items, next } = await step.ports.stackInstances.instances(state.from);
    const accounts = [...new Set(items.map(({ account }) => account))];
    const entries = await step.ports.registry.of(accounts);
    const strangers = accounts.filter((account) => {
      const entry = entries.get(account);
      return !entry || (entry.state === 'left' && !entry.departed);
    });
    if (strangers.length > 0) await look(sightsOf(strangers), { ...step, by: BY, withdrawals: 'confirmed' });
    return { ...state, phase: next ? 'instances' : 'registry', from: next };
  },

  // Who is in the registry and no longer in the organization; and how many would be withdrawn.
  registry: async (state, step) => {
    const { items, next } = await step.ports.registry.page(state.from);
    const active = items.filter(({ state: is }) => is !== 'left').map(({ account }) => account);
    const gone: AccountId[] = [];
    for (const account of active) {
      await step.ports.pace.accounts.turn();
      if (!(await step.ports.organization.member(account))) gone.push(account);
    }
    if (gone.length > 0) await look(sightsOf(gone), { ...step, by: BY, withdrawals: 'none' });
    const due = items.filter((entry) => isDue(entry, step));
    const confirmed = step.settings.massExit.acknowledged;
    const counts = {
      ...state.counts,
      enrolled: state.counts.enrolled + active.length,
      due: state.counts.due + due.filter(({ account }) => !confirmed.includes(account)).length,
    };
    return { ...state, counts, phase: next ? 'registry' : 'withdraw', from: next };
  },

  // Only here does a grace end: every account was listed.
  withdraw: async (state, step) => {
    const { due, enrolled } = state.counts;
    const mass = isMassExit(due, enrolled, step.settings.massExit);
    if (mass && !state.from) await ask(due, enrolled, step);
    const { items, next } = await step.ports.registry.page(state.from);
    const going = items.filter((entry) => isDue(entry, step)).map(({ account }) => account);
    const withdrawals = mass ? 'confirmed' : 'all';
    if (going.length > 0) await look(sightsOf(going), { ...step, by: BY, withdrawals });
    return { ...state, phase: next ? 'withdraw' : 'done', from: next };
  },
};

const sightsOf = (accounts: readonly AccountId[]): readonly Sight[] => accounts.map((account) => ({ account }));

/** Whether an entry's grace is over. Whether the account is still unwanted is judged when it is looked at. */
function isDue({ state, departed, since }: RegistryEntry, { settings, now }: Step): boolean {
  const leaves = state === 'leaving' || (state === 'left' && departed);
  return Boolean(leaves) && now.getTime() - Date.parse(since) >= settings.graceDays * DAY_MS;
}

async function ask(due: number, enrolled: number, { ports, now, log }: Step): Promise<void> {
  log('mass-exit.stopped', { due, enrolled });
  const line = `${due} of ${enrolled} accounts would be withdrawn at once. Nothing is withdrawn until a person confirms them.`;
  const alert = { kind: 'mass-withdrawal-held', accounts: [], lines: [line] } as const;
  await act({ do: 'tell-news', about: 'mass exit', alert }, ports, now);
}
