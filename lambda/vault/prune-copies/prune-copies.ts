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
import { observe, type PruneReadPorts, type PruneSettings } from './observe';
import { type KeptReason, type PrunePlan, plan } from './plan';

/** Why a copy stays that nobody needs to hear of each day; every other reason is logged with the copy. */
export const ORDINARY: readonly KeptReason[] = [
  'foreign-snapshot',
  'within-term',
  'not-available-yet',
  'being-deleted',
  'among-newest-copies',
  'waits-for-next-run',
  'account-stopped',
  'time-not-trusted',
];

/** What prune-copies touches. */
export interface PrunePorts extends PruneReadPorts {
  readonly evidence: Pick<Evidence, 'read' | 'replace'>;
}

/** Deletions that are under way at the same time. One after the other, at about 0.3 seconds each, a run gets through no more than
 * arrives. RDS throttles the calls of an account, and the SDK tries again. */
const MAX_AT_A_TIME = 10;

/**
 * One run of the step: look, decide, do. Safe to run at any time, twice, or after a run that was cut off.
 * @throws CheckvalveError `TIME_NOT_TRUSTED` when nothing was deleted because the clock jumped; `RETENTION_STOPPED`, which
 * names the accounts that were held back, when more was due at once than may go without a person; `STEP_FAILED` when a
 * deletion failed
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
  for (const { snapshot, because, database } of kept) {
    if (!ORDINARY.includes(because)) log('snapshot.kept', { snapshot: snapshot.arn, because, database });
  }
  // Before anything is deleted: what is due by a time that is not written down would be due by any.
  if (!distrust || distrust === 'first-run') {
    await ports.evidence.replace(LATEST_PRUNING, `${JSON.stringify({ at: now.toISOString() })}\n`);
  }
  const done = await eachAction(
    'prune-copies',
    actions,
    (action) => act(action, ports.snapshots),
    log,
    MAX_AT_A_TIME,
  ).finally(() => {
    // A deletion that failed, or a stop, has an alarm of its own: this one is for a run that never came so far.
    measure({ [METRICS.pruneCopies.done]: 1 });
  });
  if (distrust && distrust !== 'first-run') throw notTrusted(distrust, now);
  if (stopped) throw tooMuchAtOnce(stopped);
  return done;
}

const notTrusted = (distrust: Distrust, now: Date) =>
  new CheckvalveError(
    'TIME_NOT_TRUSTED',
    `No copy was deleted: ${DISTRUST[distrust]} (${distrust}; the step’s clock says ${now.toISOString()})`,
    'If that is the right time, confirm it in the vault account with `checkvalve accept --clock`.',
  );

function tooMuchAtOnce({ due, good, maxDeletedPercentPerRun, accounts }: NonNullable<PrunePlan['stopped']>) {
  const named = accounts.map((one) => `${one.account} (${one.due} of ${one.good})`).join(', ');
  return new CheckvalveError(
    'RETENTION_STOPPED',
    `${due} of ${good} good copies are past their term at once, more than ${maxDeletedPercentPerRun} %: none was deleted of ${named}`,
    'Look at them with `checkvalve prune --dry-run`. If they may go, raise vault.retention.maxDeletedPercentPerRun for a while.',
  );
}
