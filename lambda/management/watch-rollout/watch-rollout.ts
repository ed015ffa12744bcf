import type { AccountId } from '../../../src/contract/ids';
import type { Log } from '../../_kit/ports/log';
import type { StackInstance } from '../../_kit/ports/stack-instances';
import { eachAction } from '../../_kit/runtime/each';
import { eachMessage, queueMessages } from '../../_kit/runtime/queue-event';
import { act, type RolloutRun } from './act';
import type { ListingPart } from './facts';
import { observe, type RolloutPorts } from './observe';
import { parseEvent } from './parse-event';
import { plan } from './plan';

/**
 * One run of the step, for an operation that ended, the hourly schedule, or a message of its own queue. It processes one part of
 * a listing and sends the next part to the queue, so that the duration of a run does not grow with the organization.
 */
export async function watchRollout(event: unknown, ports: RolloutPorts, now: Date, log: Log) {
  const messages = queueMessages(event);
  if (messages) {
    return eachMessage(messages, ports.queue, log, (body) => processPart(body as ListingPart, ports, now, log));
  }
  const part = parseEvent(event, now);
  if (part) await processPart(part, ports, now, log);
  return { batchItemFailures: [] };
}

async function processPart(part: ListingPart, ports: RolloutPorts, now: Date, log: Log): Promise<void> {
  const { facts, notRemoved, next } = await observe(part, ports, now);
  if (next) {
    const following = { ...part, part: part.part + 1, from: next };
    const once = `${part.run.replace(/[^0-9A-Za-z-]/g, '')}-${following.part}`;
    await ports.queue.send({ ...following }, 'rollout', once);
  }
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
