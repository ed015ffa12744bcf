import { MAIN_CELL } from '../../../src/contract/cells';
import type { AccountId } from '../../../src/contract/ids';
import type { Log } from '../../_kit/ports/log';
import type { Rollout, StackInstance } from '../../_kit/ports/stack-instances';
import { eachAction } from '../../_kit/runtime/each';
import { eachMessage, queueMessages } from '../../_kit/runtime/queue-event';
import { act, type RolloutRun } from './act';
import type { ListingPart } from './facts';
import { observe, type RolloutPorts } from './observe';
import { parseEvent } from './parse-event';
import { plan } from './plan';

/** The ports of the step, with the StackSet of each cell by the name of the cell; the first has the entries without a cell. */
export interface CellRolloutPorts extends Omit<RolloutPorts, 'rollout' | 'isOfCell'> {
  readonly rollouts: ReadonlyMap<string, Rollout>;
}

/**
 * One run of the step, for an operation that ended, the hourly schedule, or a message of its own queue. It processes one part of
 * a listing and sends the next part to the queue, so that the duration of a run does not grow with the organization.
 */
export async function watchRollout(event: unknown, ports: CellRolloutPorts, now: Date, log: Log) {
  const messages = queueMessages(event);
  if (messages) {
    return eachMessage(messages, ports.queue, log, (body) => processPart(body as ListingPart, ports, now, log));
  }
  const [first, ...others] = parseEvent(event, [...ports.rollouts.keys()], now);
  // The listing of each other cell is a message of its own, so that the duration of a run does not grow with the cells.
  for (const part of others) await send(part, ports);
  if (first) await processPart(first, ports, now, log);
  return { batchItemFailures: [] };
}

/** Sends a part of a listing to the step's queue. The parts of one cell follow one another. */
async function send(part: ListingPart, { queue }: CellRolloutPorts): Promise<void> {
  const once = `${part.run.replace(/[^0-9A-Za-z-]/g, '')}-${part.cell ?? ''}-${part.part}`;
  await queue.send({ ...part }, `rollout-${part.cell ?? ''}`, once);
}

async function processPart(part: ListingPart, all: CellRolloutPorts, now: Date, log: Log): Promise<void> {
  const [listed] = all.rollouts.keys();
  // The cell of entries from before there were cells.
  const first = all.rollouts.has(MAIN_CELL) ? MAIN_CELL : listed;
  const { cell = first } = part;
  const rollout = all.rollouts.get(cell ?? '');
  // A message about a cell that is no longer in the configuration.
  if (!rollout) return log('rollout.cell-unknown', { cell });
  const ports: RolloutPorts = { ...all, rollout, isOfCell: (entry) => (entry.cell ?? first) === cell };
  const { facts, notRemoved, next } = await observe(part, ports, now);
  if (next) await send({ ...part, cell, part: part.part + 1, from: next }, all);
  const run = { ports, now, postponed: new Set<AccountId>() };
  for (const instance of notRemoved) await alertNotRemoved(instance, run);
  const actions = plan(facts);
  const counts = { instances: facts.instances.length, actions: actions.length };
  log('rollout.observed', { run: part.run, part: part.part, ...counts });
  await eachAction('watch-rollout', actions, (action) => act(action, run), log);
}

/** The sweep of enroll-accounts repeats the removal. An alert is sent once for each reason. */
async function alertNotRemoved({ account, region, reason = 'no reason given' }: StackInstance, run: RolloutRun) {
  const line = `The tooling could not be removed from ${account} in ${region}: ${reason}`;
  if (!(await run.ports.registry.recordAlert(`not-removed ${account} ${region}`, line))) return;
  await act({ do: 'alert', kind: 'stack-left-behind', lines: [{ account, line }] }, run);
}
