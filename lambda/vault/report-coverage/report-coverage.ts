import { throwCommonFault } from '../../_kit/account-answers';
import type { Log } from '../../_kit/ports/log';
import { eachAction } from '../../_kit/runtime/each';
import { CoverageActor, type CoveragePorts } from './act';
import { type CoverageSettings, observe } from './observe';
import { plan } from './plan';

/**
 * One run of the step: look, decide, do. Safe to run at any time, twice, or after a run that was cut off.
 * @throws CheckvalveError `STEP_FAILED`, after the report, when every account gave the same error
 */
export async function reportCoverage(ports: CoveragePorts, settings: CoverageSettings, now: Date, log: Log) {
  const { looks, ...facts } = await observe(ports, settings, now, log);
  const { evidence, actions, measures } = plan(facts);
  log('coverage.judged', { databases: evidence.databases.length, counts: evidence.counts });
  // Before anything is done: a bucket that cannot be written to must not silence the alarms.
  ports.measure(measures);
  const actor = new CoverageActor(ports, evidence);
  const done = await eachAction('report-coverage', actions, (action) => actor.act(action), log);
  throwCommonFault(looks);
  return done;
}
