import { snapshotParts } from '../../../src/contract/ids';
import * as METRICS from '../../../src/contract/metrics';
import { throwCommonFault } from '../../_kit/account-answers';
import { countReasons, groupBy, nearlyFull } from '../../_kit/copies';
import type { Log } from '../../_kit/ports/log';
import { type Measure, UNMEASURED } from '../../_kit/ports/metrics';
import type { Wakeups } from '../../_kit/ports/wakeups';
import { eachAction } from '../../_kit/runtime/each';
import { rotated } from '../../_kit/runtime/rotated';
import { ImportActor } from './act';
import { listen } from './listen';
import { measures } from './measures';
import { followed, type ImportPorts, type ImportSettings, observe } from './observe';
import { type ImportAction, plan } from './plan';
import { reportWaits } from './report-waits';

/** What SQS is told: these messages were not dealt with. Ignored when something else woke the step. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * One run of the step: look, decide, do. Safe to run at any time, twice, or after a run that was cut off.
 * @throws CheckvalveError `STEP_FAILED` when something of the vault's own failed, or when every account gave the same error
 */
export async function importCopies(
  event: unknown,
  ports: ImportPorts & { readonly wakeups: Wakeups },
  settings: ImportSettings,
  now: Date,
  log: Log,
  measure: Measure = UNMEASURED,
): Promise<BatchAnswer> {
  const accounts = await followed(ports.sources);
  const listened = listen(event, accounts.accepted, log);
  if (listened.isRejected) {
    // Nothing of what woke this run is of an account that the vault follows: a stranger must not cost a look around.
    measure({ [METRICS.importCopies.messagesRejected]: listened.rejected });
    return { batchItemFailures: [] };
  }
  const { facts, looks } = await observe(ports, { ...settings, ...accounts }, now, log);
  const planned = plan(facts);
  const { actions, passed, lookAgain, heard } = planned;
  // Before anything is done: a run that is cut off is followed by another all the same.
  if (lookAgain) await ports.wakeups.again(lookAgain);
  log('copies.observed', { actions: actions.length, passed: countReasons(passed) });
  for (const part of nearlyFull(facts.own, settings.limits)) log('quota.nearly-full', { ...part });
  reportWaits(planned, log, now);
  measure(measures(facts, planned, listened));
  const actor = new ImportActor(ports, now, log, heard, accounts.accepted.size);
  await eachAction('import-copies', inOrder(actions, now), (action) => actor.act(action), log, AT_A_TIME, lineOf);
  if (actor.deleted > 0) measure({ [METRICS.importCopies.deletedBeforeCopied]: actor.deleted });
  throwCommonFault(looks, actor.copies, actor.marks);
  return { batchItemFailures: listened.back.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** Lines of actions that are done side by side. */
const AT_A_TIME = 10;

/** What is written into accounts goes on beside the copies, account by account: a slow one holds up neither. */
const lineOf = (action: ImportAction): string =>
  action.do === 'mark-taken' ? snapshotParts(action.exportCopy.arn).account : 'copies';

/** The line of the copies is the first that begins; of the accounts another one comes first in each run. */
const inOrder = (actions: readonly ImportAction[], now: Date): readonly ImportAction[] => {
  const lines = groupBy(actions, lineOf);
  const copies = lines.get('copies') ?? [];
  lines.delete('copies');
  return [copies, ...rotated([...lines.values()], now)].flat();
};
