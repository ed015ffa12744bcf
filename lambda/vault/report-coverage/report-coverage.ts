import { throwCommonFault } from '../../_kit/account-answers';
import type { Log } from '../../_kit/ports/log';
import { eachAction } from '../../_kit/runtime/each';
import { writeParts } from './account-parts';
import { act, type CoveragePorts, type CoverageRun } from './act';
import type { CoverageSettings } from './facts';
import { observe } from './observe';
import { plan } from './plan';

/**
 * One run of the step: observes, plans, acts. Safe to run at any time, to run twice, and to run after a run that was cut off.
 * @throws CheckvalveError `STEP_FAILED`, after the report, when every account gave the same error
 */
export async function reportCoverage(ports: CoveragePorts, settings: CoverageSettings, now: Date, log: Log) {
  const { facts, answers } = await observe(ports, settings, now, log, (parts) => writeParts(ports.evidence, parts));
  const { evidence, actions, measures } = plan(facts);
  log('coverage.evaluated', { databases: evidence.databases.length, counts: evidence.counts });
  // Before the first action: the alarms work even when the bucket refuses the report.
  ports.measure(measures);
  const run: CoverageRun = { ports, evidence, done: {} };
  const done = await eachAction('report-coverage', actions, (action) => act(action, run), log);
  throwCommonFault(answers);
  return done;
}
