import { CheckvalveError } from '../../../src/contract/errors';
import * as METRICS from '../../../src/contract/metrics';
import { countReasons } from '../../_kit/copies';
import type { Log } from '../../_kit/ports/log';
import { type Measure, UNMEASURED } from '../../_kit/ports/metrics';
import type { Snapshots } from '../../_kit/ports/snapshots';
import { eachAction } from '../../_kit/runtime/each';
import { act } from './act';
import { observe, type PruneSettings } from './observe';
import { type KeptBecause, plan } from './plan';

/** Why a copy stays that nobody needs to hear of each day; every other reason is logged with the copy. */
export const ORDINARY: readonly KeptBecause[] = [
  'not ours',
  'within its term',
  'not available yet',
  'it is being deleted',
  'among the newest of its database',
  'it waits for the next run',
  'too much of its account is due at once',
];

/** Deletions that are under way at the same time. One after the other, at about 0.3 seconds each, a run gets through no more than
 * arrives. RDS throttles the calls of an account, and the SDK tries again. */
const MAX_AT_A_TIME = 10;

/**
 * One run of the step: look, decide, do. Safe to run at any time, twice, or after a run that was cut off.
 * @throws CheckvalveError `RETENTION_STOPPED`, which names the accounts that were held back, when more was due at once than
 * may go without a person; `STEP_FAILED` when a deletion failed
 */
export async function pruneCopies(
  snapshots: Snapshots,
  settings: PruneSettings,
  now: Date,
  log: Log,
  measure: Measure = UNMEASURED,
) {
  const { actions, kept, stopped } = plan(await observe(snapshots, settings, now));
  log('copies.observed', { actions: actions.length, kept: countReasons(kept), stopped });
  for (const { snapshot, because, database } of kept) {
    if (!ORDINARY.includes(because)) log('snapshot.kept', { snapshot: snapshot.arn, because, database });
  }
  const done = await eachAction(
    'prune-copies',
    actions,
    (action) => act(action, snapshots),
    log,
    MAX_AT_A_TIME,
  ).finally(() => {
    // A deletion that failed, or a stop, has an alarm of its own: this one is for a run that never came so far.
    measure({ [METRICS.pruneCopies.done]: 1 });
  });
  if (!stopped) return done;
  const { due, good, mostSharePercent, accounts } = stopped;
  const named = accounts.map((one) => `${one.account} (${one.due} of ${one.good})`).join(', ');
  throw new CheckvalveError(
    'RETENTION_STOPPED',
    `${due} of ${good} good copies are past their term at once, more than ${mostSharePercent} %: none was deleted of ${named}`,
    'Look at them with `checkvalve prune --dry-run`. If they may go, raise vault.retention.mostSharePercent for a while.',
  );
}
