import { snapshotParts } from '../../../src/contract/ids';
import * as METRICS from '../../../src/contract/metrics';
import { throwCommonFault } from '../../_kit/account-answers';
import { countReasons, groupBy, nearlyFull } from '../../_kit/copies';
import type { Log } from '../../_kit/ports/log';
import { type Measure, UNMEASURED } from '../../_kit/ports/metrics';
import { eachAction } from '../../_kit/runtime/each';
import { rotated } from '../../_kit/runtime/rotated';
import { act, importRun } from './act';
import type { ImportSettings } from './facts';
import { logWaits } from './log-waits';
import { measures } from './measures';
import { followedAccounts } from './observe';
import type { RunEffects } from './own-index';
import {
  type BatchAnswer,
  needsListing,
  observeAgain,
  observeOwn,
  recordRun,
  type StepPorts,
  tryShortRun,
} from './own-runs';
import { parseNotifications } from './parse-notifications';
import { type ImportAction, plan } from './plan';

/** Actions that are performed at the same time. */
const MAX_AT_A_TIME = 10;

/**
 * One run of the step: observes, plans, acts. Safe to run at any time, to run twice, and to run after a run that was cut off. A run
 * that notifications or finished copies started processes these alone, where nothing stands in the way.
 * Longer than most: the order of the parts is the step.
 * @throws CheckvalveError `STEP_FAILED` when something of the vault's own failed, or when every account gave the same error
 */
export async function importCopies(
  event: unknown,
  ports: StepPorts,
  settings: ImportSettings,
  now: Date,
  log: Log,
  measure: Measure = UNMEASURED,
): Promise<BatchAnswer> {
  const short = await tryShortRun(event, ports, settings, now, log, measure);
  if (short.ended) return short.ended;
  const accounts = await followedAccounts(ports.sources);
  const notifications = short.notifications ?? parseNotifications(event, accounts.accepted, log);
  if (notifications.isRejected) {
    // No message is from an account that the vault follows: other accounts must not cost the calls of an observation.
    measure({ [METRICS.importCopies.messagesRejected]: notifications.rejected });
    return { batchItemFailures: [] };
  }
  const all = { ...settings, ...accounts };
  let observed = await observeOwn(event, ports, all, now, log, short.mustList);
  let planned = plan(observed.facts);
  if (needsListing(observed, planned.passed, now)) {
    observed = await observeAgain(observed, ports, all, now, log);
    planned = plan(observed.facts);
  }
  const { facts, answers } = observed;
  const { actions, passed, nextRunInMinutes, alerted } = planned;
  // Before the first action: the next run starts even if this one is cut off.
  if (nextRunInMinutes) await ports.wakeups.wakeIn(nextRunInMinutes);
  log('copies.observed', { actions: actions.length, passed: countReasons(passed) });
  for (const part of nearlyFull(facts.own, settings.limits)) log('quota.nearly-full', { ...part });
  logWaits(planned, log, now);
  measure(measures(facts, planned, notifications));
  const run = importRun(ports, now, log, alerted, accounts.accepted.size);
  const ended: { action: ImportAction; outcome: string }[] = [];
  const perform = async (action: ImportAction) => {
    const { outcome, ...more } = await act(action, run);
    ended.push({ action, outcome });
    return { outcome, ...more };
  };
  const effects: RunEffects = {
    ended,
    throughAccessRoles: facts.throughAccessRoles,
    importKey: settings.importKey,
    now,
  };
  try {
    await eachAction('import-copies', inOrder(actions, now), perform, log, MAX_AT_A_TIME, queueOf);
  } finally {
    await recordRun(observed, effects, passed, ports, log);
  }
  if (run.deleted.length > 0) measure({ [METRICS.importCopies.deletedBeforeCopied]: run.deleted.length });
  throwCommonFault(answers, run.copyAnswers, run.tagAnswers);
  return { batchItemFailures: notifications.returned.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** Actions of one queue are performed one after the other. Each account has a queue for its tags, beside that of the copies: an
 * account that answers slowly delays neither. */
const queueOf = (action: ImportAction): string =>
  action.do === 'mark-imported' ? snapshotParts(action.exportCopy.arn).account : 'copies';

/** The queue of the copies begins first; of the accounts, another one begins first in each run. */
const inOrder = (actions: readonly ImportAction[], now: Date): readonly ImportAction[] => {
  const queues = groupBy(actions, queueOf);
  const copies = queues.get('copies') ?? [];
  queues.delete('copies');
  return [copies, ...rotated([...queues.values()], now)].flat();
};
