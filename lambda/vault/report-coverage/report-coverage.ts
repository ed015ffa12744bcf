import { throwCommonFault } from '../../_kit/account-answers';
import type { Log } from '../../_kit/ports/log';
import { eachAction, failure } from '../../_kit/runtime/each';
import { type AccountParts, writeParts } from './account-parts';
import { act, type CoveragePorts, type CoverageRun } from './act';
import type { CoverageSettings } from './facts';
import { observe } from './observe';
import { plan } from './plan';

/**
 * One run of the step: observes, plans, acts. Safe to run at any time, to run twice, and to run after a run that was cut off.
 * @throws CheckvalveError `STEP_FAILED`, after the report, when every account gave the same error
 */
export async function reportCoverage(ports: CoveragePorts, settings: CoverageSettings, now: Date, log: Log) {
  const checkpoint = (parts: AccountParts) =>
    writeParts(ports.evidence, parts).catch((error: unknown) => {
      // The run itself needs no parts: the next one reads the accounts in another order.
      log('parts.not-written', { because: failure(error) });
    });
  const { facts, answers } = await observe(ports, settings, now, log, checkpoint);
  const { evidence, actions, measures } = plan(facts);
  log('coverage.evaluated', { databases: evidence.databases.length, counts: evidence.counts });
  // Before the first action: the alarms work even when the bucket refuses the report.
  ports.measure(measures);
  const run: CoverageRun = { ports, evidence, done: {} };
  const done = await eachAction('report-coverage', actions, (action) => act(action, run), log);
  throwCommonFault(answers);
  return done;
}
