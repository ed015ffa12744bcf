import { countReasons, nearlyFull } from '../../_kit/copies';
import type { Log } from '../../_kit/ports/log';
import { type Measure, UNMEASURED } from '../../_kit/ports/metrics';
import type { Wakeups } from '../../_kit/ports/wakeups';
import { eachAction } from '../../_kit/runtime/each';
import { ImportActor } from './act';
import { listen } from './listen';
import { measures } from './measures';
import { type ImportPorts, type ImportSettings, observe } from './observe';
import { plan } from './plan';
import { tellWaits } from './tell-waits';

/** What SQS is told: these messages were not dealt with. Ignored when something else woke the step. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** One run of the step: look, decide, do. Safe to run at any time, twice, or after a run that was cut off. */
export async function importCopies(
  event: unknown,
  ports: ImportPorts & { readonly wakeups: Wakeups },
  settings: ImportSettings,
  now: Date,
  log: Log,
  measure: Measure = UNMEASURED,
): Promise<BatchAnswer> {
  const facts = await observe(ports, settings, now, log);
  const { back, rejected } = listen(event, facts.accepted, log);
  const planned = plan(facts);
  const { actions, passed, lookAgain, heard } = planned;
  // Before anything is done: a run that is cut off is followed by another all the same.
  if (lookAgain) await ports.wakeups.again(lookAgain);
  log('copies.observed', { actions: actions.length, passed: countReasons(passed) });
  for (const part of nearlyFull(facts.own, settings.limits)) log('quota.nearly-full', { ...part });
  tellWaits(planned, log, now);
  measure(measures(facts, planned, rejected));
  const actor = new ImportActor(ports, now, log, heard);
  await eachAction('import-copies', actions, (action) => actor.act(action), log);
  return { batchItemFailures: back.map((itemIdentifier) => ({ itemIdentifier })) };
}
