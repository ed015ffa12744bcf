import { countReasons } from '../../_kit/copies';
import type { Log } from '../../_kit/ports/log';
import { eachAction } from '../../_kit/runtime/each';
import { ExportActor, type ExportPorts } from './act';
import { type ExportSettings, observe } from './observe';
import { plan } from './plan';

/** One run of the step: look, decide, do. Safe to run at any time, twice, or after a run that was cut off. */
export async function exportSnapshots(ports: ExportPorts, settings: ExportSettings, now: Date, log: Log) {
  const { actions, passed } = plan(await observe(ports.snapshots, settings, now));
  log('snapshots.observed', { actions: actions.length, passed: countReasons(passed) });
  const actor = new ExportActor(ports, now, log);
  return eachAction('export-snapshots', actions, (action) => actor.act(action), log);
}
