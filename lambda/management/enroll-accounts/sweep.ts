import { DAY, HOUR } from '../../../src/contract/durations';
import { CheckvalveError } from '../../../src/contract/errors';
import type { AccountId } from '../../../src/contract/ids';
import type { Log } from '../../_kit/ports/log';
import type { RegistryEntry, SweepState } from '../../_kit/ports/registry';
import { act } from './act';
import { cellOf } from './cells';
import { isMassExit } from './decide-account';
import type { AccountToObserve } from './facts';
import type { EnrollmentPorts } from './observe';
import { type EnrollmentRun, processAccounts } from './process-accounts';

/** A sweep that made no progress for so long has stopped: another may begin. */
const STOPPED_AFTER = 6 * HOUR;
/** Pages of the listing of accounts, of 20 accounts each, in one message: reading their tags takes about ten seconds. */
const PAGES_PER_MESSAGE = 5;
const BY = 'the sweep';

const sendNext = ({ queue }: EnrollmentPorts, { id, seq }: SweepState) =>
  queue.send({ do: 'sweep', id, seq }, 'sweep', `sweep-${id.replace(/[^0-9A-Za-z]/g, '')}-${seq}`);

/** Requests a sweep over all accounts. Any number of requests during a sweep cause one more sweep after it. */
export async function requestSweep({ ports, now, log }: EnrollmentRun): Promise<void> {
  const latest = await ports.registry.sweep();
  const isRunning = latest && latest.phase !== 'done' && now.getTime() - Date.parse(latest.touchedAt) < STOPPED_AFTER;
  if (isRunning) {
    if (!latest.again) await ports.registry.replaceSweep(latest, { ...latest, again: true });
    log('sweep.requested-again', { running: latest.id });
    return;
  }
  await begin(latest, ports, now, log);
}

async function begin(latest: SweepState | undefined, ports: EnrollmentPorts, now: Date, log: Log): Promise<void> {
  const at = now.toISOString();
  const counts = { members: 0, enrolled: 0, due: 0 };
  const state: SweepState = { id: at, seq: 0, phase: 'accounts', counts, again: false, touchedAt: at };
  // Another run began a sweep meanwhile, and one is enough.
  if (!(await ports.registry.replaceSweep(latest, state))) return;
  log('sweep.began', { sweep: at });
  await sendNext(ports, state);
}

/**
 * Continues the sweep with a bounded part of one listing. The state is written before the next message is sent, and only over the
 * state that was read: a message that is delivered twice or late does nothing.
 */
export async function continueSweep(
  message: { readonly id: string; readonly seq: number },
  run: EnrollmentRun,
): Promise<void> {
  const { ports, now, log } = run;
  const state = await ports.registry.sweep();
  if (!state || state.id !== message.id || state.phase === 'done') return;
  if (state.seq !== message.seq) {
    // The run before wrote its state and ended before it sent the next message.
    if (state.seq === message.seq + 1) await sendNext(ports, state);
    return;
  }
  const next = { ...(await PHASES[state.phase](state, run)), seq: state.seq + 1, touchedAt: now.toISOString() };
  if (!(await replaceState(state, next, ports))) return;
  log('sweep.continued', { sweep: next.id, phase: next.phase, ...next.counts });
  if (next.phase !== 'done') return sendNext(ports, next);
  const last = await ports.registry.sweep();
  if (last?.again && last.id === next.id) await begin(last, ports, now, log);
}

/** Writes the state. Since it was read, another run may have set `again` in it. */
async function replaceState(read: SweepState, next: SweepState, { registry }: EnrollmentPorts): Promise<boolean> {
  if (await registry.replaceSweep(read, next)) return true;
  const requested = { ...read, again: true };
  return !read.again && registry.replaceSweep(requested, { ...next, again: true });
}

type Phase = (state: SweepState, run: EnrollmentRun) => Promise<SweepState>;

/** The phases, in this order. Each message works on one part of a listing; a listing that fails stops the sweep there. */
const PHASES: Readonly<Record<Exclude<SweepState['phase'], 'done'>, Phase>> = {
  accounts: async (state, run) => {
    const members: AccountToObserve[] = [];
    let from = state.from;
    for (let page = 0; page < PAGES_PER_MESSAGE; page += 1) {
      const { items, next } = await run.ports.organization.members(from);
      for (const member of items) members.push({ account: member.id, member });
      from = next;
      if (!next) break;
    }
    await processAccounts(members, run, { by: BY, withdrawals: 'none' });
    const counts = { ...state.counts, members: state.counts.members + members.length };
    return { ...state, counts, phase: from ? 'accounts' : 'instances', from };
  },

  // Accounts that have instances, and that the registry does not have or has as left.
  instances: async (state, run) => {
    const { cells } = run.settings;
    // The state names the cell whose StackSet is listed; none is the first, as in a state of an earlier release.
    const cell = state.cell ?? cells[0].name;
    const at = cells.findIndex(({ name }) => name === cell);
    const { items, next } = at < 0 ? { items: [] } : await run.ports.stackInstances(cell).instances(state.from);
    const accounts = [...new Set(items.map(({ account }) => account))];
    const entries = await run.ports.registry.of(accounts);
    const unregistered = accounts.filter((account) => {
      const entry = entries.get(account);
      return !entry || (entry.state === 'left' && !entry.departed);
    });
    for (const [account, entry] of entries) {
      if (!unregistered.includes(account) && cellOf(entry, cells) !== cell) await alertOtherCell(entry, cell, run);
    }
    const mandate = { by: BY, withdrawals: 'confirmed' } as const;
    if (unregistered.length > 0) await processAccounts(withoutFacts(unregistered), run, mandate);
    if (next) return { ...state, cell, from: next };
    const following = cells[at + 1];
    const { cell: _, ...listed } = state;
    if (following) return { ...listed, cell: following.name, from: undefined };
    return { ...listed, phase: 'registry', from: undefined };
  },

  // Accounts that are in the registry and no longer in the organization; and the number of withdrawals that are due.
  registry: async (state, run) => {
    const { items, next } = await run.ports.registry.page(state.from);
    const active = items.filter((entry) => entry.state !== 'left').map(({ account }) => account);
    const departed: AccountId[] = [];
    for (const account of active) {
      await run.ports.pace.accounts.turn();
      if (!(await run.ports.organization.member(account))) departed.push(account);
    }
    const mandate = { by: BY, withdrawals: 'none' } as const;
    if (departed.length > 0) await processAccounts(withoutFacts(departed), run, mandate);
    for (const entry of items) if (entry.moving) await sendMove(entry, state, run);
    const due = items.filter((entry) => isDue(entry, run));
    const confirmed = run.settings.massExit.acknowledged;
    const counts = {
      ...state.counts,
      enrolled: state.counts.enrolled + active.length,
      due: state.counts.due + due.filter(({ account }) => !confirmed.includes(account)).length,
    };
    return { ...state, counts, phase: next ? 'registry' : 'withdraw', from: next };
  },

  // The only phase that ends grace periods: every account was listed before.
  withdraw: async (state, run) => {
    const { due, enrolled } = state.counts;
    const isStopped = isMassExit(due, enrolled, run.settings.massExit);
    if (isStopped && !state.from) await alertMassExit(due, enrolled, run);
    const { items, next } = await run.ports.registry.page(state.from);
    const accounts = items.filter((entry) => isDue(entry, run)).map(({ account }) => account);
    const mandate = { by: BY, withdrawals: isStopped ? 'confirmed' : 'all' } as const;
    if (accounts.length > 0) await processAccounts(withoutFacts(accounts), run, mandate);
    return { ...state, phase: next ? 'withdraw' : 'done', from: next };
  },
};

const withoutFacts = (accounts: readonly AccountId[]): readonly AccountToObserve[] =>
  accounts.map((account) => ({ account }));

/** Whether the grace period of an entry is over. Whether its account is still to be withdrawn is decided when it is observed. */
function isDue({ state, departed, since }: RegistryEntry, { settings, now }: EnrollmentRun): boolean {
  const isLeaving = state === 'leaving' || (state === 'left' && departed);
  return Boolean(isLeaving) && now.getTime() - Date.parse(since) >= settings.graceDays * DAY;
}

async function alertMassExit(due: number, enrolled: number, { ports, now, log }: EnrollmentRun): Promise<void> {
  log('mass-exit.stopped', { due, enrolled });
  const line = `${due} of ${enrolled} accounts would be withdrawn at once. None of them is withdrawn until an operator confirms it.`;
  const alert = { kind: 'mass-withdrawal-held', accounts: [], lines: [line] } as const;
  await act({ do: 'alert-once', key: 'mass-exit', alert }, ports, now);
}

/** The move of each account is a message of its own: waiting for StackSets stops no other. */
const sendMove = ({ account }: RegistryEntry, { id }: SweepState, { ports }: EnrollmentRun): Promise<void> =>
  ports.queue.send({ do: 'continue-move', account }, account, `move-${account}-${id.replace(/[^0-9A-Za-z]/g, '')}`);

/**
 * Continues the move of an account to another cell until it has the tooling of the new one. The tooling has a queue, and a queue of
 * the same name cannot be created for a minute after its deletion: the new tooling is deployed when the message returns.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html
 * @throws CheckvalveError `STEP_FAILED` while the old StackSet has instances in the account, and once after that: the queue tries again
 */
export async function continueMove(account: AccountId, run: EnrollmentRun): Promise<void> {
  const entry = async () => (await run.ports.registry.of([account])).get(account);
  const isMoving = (await entry())?.moving !== undefined;
  await processAccounts(withoutFacts([account]), run, { by: BY, withdrawals: 'none', moves: true });
  const after = await entry();
  if (!isMoving || after?.state !== 'enrolled') return;
  const cell = cellOf(after, run.settings.cells);
  const message = after.moving
    ? `${account} still has the tooling of the cell ${cell}`
    : `${account} gets the tooling of the cell ${cell} when a queue of the same name can be created`;
  throw new CheckvalveError('STEP_FAILED', message, 'The queue tries again, and so does the next sweep.');
}

/** A StackSet deploys nothing into an account of another cell. An operator has to find out which of the two is right. */
async function alertOtherCell(entry: RegistryEntry, cell: string, { ports, settings, now }: EnrollmentRun) {
  const { account } = entry;
  const line = `${account} belongs to the cell ${cellOf(entry, settings.cells)}, and the StackSet of the cell ${cell} has instances in it.`;
  const alert = { kind: 'tooling-of-other-cell', accounts: [account], lines: [line] } as const;
  await act({ do: 'alert-once', key: `other-cell ${account}`, alert }, ports, now);
}
