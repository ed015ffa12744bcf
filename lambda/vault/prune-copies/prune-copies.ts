import { CheckvalveError } from '../../../src/contract/errors';
import * as METRICS from '../../../src/contract/metrics';
import { LATEST_PRUNING } from '../../../src/contract/names';
import { DISTRUST, type Distrust } from '../../../src/contract/pruning';
import { countReasons } from '../../_kit/copies';
import type { Evidence } from '../../_kit/ports/evidence';
import type { Log } from '../../_kit/ports/log';
import { type Measure, UNMEASURED } from '../../_kit/ports/metrics';
import { eachAction } from '../../_kit/runtime/each';
import { act } from './act';
import type { PruneSettings } from './facts';
import { isRoutine, KEPT_REASONS } from './kept-reasons';
import type { MassDeletion } from './mass-deletion';
import { observe, type PruneReadPorts } from './observe';
import { type Kept, plan } from './plan';

/** What prune-copies reads and writes. */
export interface PrunePorts extends PruneReadPorts {
  readonly evidence: Pick<Evidence, 'read' | 'replace'>;
}

/** Deletions in progress at the same time. One after the other, at about 0.3 seconds each, a run would delete fewer copies than
 * arrive. RDS throttles the calls of an account, and the SDK retries. */
const MAX_AT_A_TIME = 10;

/**
 * One run of the step: observes, plans, acts. Safe to run at any time, to run twice, and to run after a run that was cut off.
 * @throws CheckvalveError `TIME_NOT_TRUSTED` when the run deleted nothing because its clock jumped; `RETENTION_STOPPED`, with
 * the accounts that it stopped, when more was due at once than a run may delete; `STEP_FAILED` when a deletion failed
 */
export async function pruneCopies(
  ports: PrunePorts,
  settings: PruneSettings,
  now: Date,
  log: Log,
  measure: Measure = UNMEASURED,
) {
  const { actions, kept, stopped, distrust } = plan(await observe(ports, settings, now, log));
  log('copies.observed', { actions: actions.length, kept: countReasons(kept), stopped, distrust });
  logKept(kept, log);
  // Before any deletion: without this note, the next run could not notice that its clock jumped.
  if (!distrust || distrust === 'first-run') {
    await ports.evidence.replace(LATEST_PRUNING, `${JSON.stringify({ at: now.toISOString() })}\n`);
  }
  const deletions = eachAction('prune-copies', actions, (action) => act(action, ports.snapshots), log, MAX_AT_A_TIME);
  const done = await deletions.finally(() => {
    // Failed deletions and stopped accounts have alarms of their own: this metric says that a run got this far.
    measure({ [METRICS.pruneCopies.done]: 1 });
  });
  if (distrust && distrust !== 'first-run') throw notTrusted(distrust, now);
  if (stopped) throw tooMuchAtOnce(stopped);
  return done;
}

function logKept(kept: readonly Kept[], log: Log): void {
  for (const { snapshot, because, database } of kept) {
    if (isRoutine(because)) continue;
    log('snapshot.kept', { snapshot: snapshot.arn, because, reason: KEPT_REASONS[because].reason, database });
  }
}

const notTrusted = (distrust: Distrust, now: Date) =>
  new CheckvalveError(
    'TIME_NOT_TRUSTED',
    `prune-copies deleted no copy: ${DISTRUST[distrust]} (${distrust}; the clock of the step says ${now.toISOString()})`,
    'If that time is right, confirm it in the vault account with `checkvalve accept --clock`.',
  );

function tooMuchAtOnce({ due, good, maxDeletedPercentPerRun, accounts }: MassDeletion) {
  const named = accounts.map((one) => `${one.account} (${one.due} of ${one.good})`).join(', ');
  return new CheckvalveError(
    'RETENTION_STOPPED',
    `prune-copies deleted no copy of ${named}: ${due} of ${good} good copies are past their term at once, more than ${maxDeletedPercentPerRun} %`,
    'Look at the copies with `checkvalve prune --dry-run`. If they may be deleted, raise vault.retention.maxDeletedPercentPerRun until they are deleted.',
  );
}
