import type { AccountId } from '../../../src/contract/ids';
import type { Log } from '../../_kit/ports/log';
import type { StackInstance } from '../../_kit/ports/stack-instances';
import { eachAction } from '../../_kit/runtime/each';
import { eachMessage, queueMessages } from '../../_kit/runtime/queue-event';
import { type Acting, act } from './act';
import { observe, type Part, type RolloutPorts } from './observe';
import { plan } from './plan';

/** What one run works with. */
interface Run {
  readonly ports: RolloutPorts;
  readonly now: Date;
  readonly log: Log;
}

/**
 * One run of the step, for an operation that ended, the hourly wake-up, or a message of its own queue. It looks at one
 * part of a listing and leaves the next to the queue, so that no run grows with the organization.
 */
export async function watchRollout(event: unknown, ports: RolloutPorts, now: Date, log: Log) {
  const run = { ports, now, log };
  const messages = queueMessages(event);
  if (messages) return eachMessage(messages, ports.queue, log, (body) => watch(body as Part, run));
  const part = partFor(event, now);
  if (part) await watch(part, run);
  return { batchItemFailures: [] };
}

const ENDED = ['SUCCEEDED', 'FAILED', 'STOPPED'];

/** What an event asks for: an operation's results when it names one that ended, nothing while it runs, else everything.
 * https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-cloudformation.html */
export function partFor(event: unknown, now: Date): Part | undefined {
  const all = { run: now.toISOString(), part: 0 };
  const { detail } = (event ?? {}) as { readonly detail?: Readonly<Record<string, unknown>> | null };
  const [, operation] = Object.entries(detail ?? {}).find(([name]) => /operation-?id$/i.test(name)) ?? [];
  if (typeof operation !== 'string') return all;
  const { status } = (detail?.['status-details'] ?? {}) as { readonly status?: unknown };
  return ENDED.includes(String(status)) ? { operation, run: operation, part: 0 } : undefined;
}

async function watch(part: Part, { ports, now, log }: Run): Promise<void> {
  const { facts, notRemoved, next } = await observe(part, ports, now);
  if (next) {
    const following = { ...part, part: part.part + 1, from: next };
    const once = `${part.run.replace(/[^0-9A-Za-z-]/g, '')}-${following.part}`;
    await ports.queue.send({ ...following }, 'rollout', once);
  }
  const acting = { ports, now, postponed: new Set<AccountId>() };
  for (const one of notRemoved) await tellNotRemoved(one, acting);
  const actions = plan(facts);
  log('rollout.seen', { run: part.run, part: part.part, instances: facts.seen.length, actions: actions.length });
  await eachAction('watch-rollout', actions, (action) => act(action, acting), log);
}

/** The sweep of the enrollment tries again; a person hears of it once for each reason. */
async function tellNotRemoved({ account, region, reason = 'no reason given' }: StackInstance, acting: Acting) {
  const line = `The tooling could not be removed from ${account} in ${region}: ${reason}`;
  if (!(await acting.ports.registry.isNews(`not removed ${account} ${region}`, line))) return;
  await act({ do: 'tell', kind: 'stack-left-behind', about: [{ account, line }] }, acting);
}
