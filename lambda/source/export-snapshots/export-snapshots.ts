import type { Log } from '../../_kit/ports/log';
import { eachAction } from '../../_kit/runtime/each';
import { act, type ExportPorts } from './act';
import { type ExportSettings, observe } from './observe';
import { type Passed, plan } from './plan';

/** How many snapshots were passed over, by reason. */
export function countReasons(passed: readonly Passed[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { because } of passed) counts[because] = (counts[because] ?? 0) + 1;
  return counts;
}

/** One run of the step: look, decide, do. Safe to run at any time, twice, or after a run that was cut off. */
export async function exportSnapshots(ports: ExportPorts, settings: ExportSettings, now: Date, log: Log) {
  const { actions, passed } = plan(await observe(ports.snapshots, settings, now));
  log('snapshots.observed', { actions: actions.length, passed: countReasons(passed) });
  return eachAction('export-snapshots', actions, (action) => act(action, ports), log);
}
