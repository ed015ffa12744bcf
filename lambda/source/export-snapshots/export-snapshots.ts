import { VERDICTS } from '../../../src/contract/verdicts';
import { countReasons, nearlyFull } from '../../_kit/copies';
import type { Log } from '../../_kit/ports/log';
import type { SnapshotSearch } from '../../_kit/ports/snapshots';
import type { Wakeups } from '../../_kit/ports/wakeups';
import { eachAction } from '../../_kit/runtime/each';
import { act, type ExportPorts, exportRun } from './act';
import { exportReported, lookAgain } from './export-reported';
import type { ExportSettings } from './facts';
import { observe } from './observe';
import { isReminder, type ParsedEvent, parseEvents, reportedSnapshots } from './parse-events';
import { isWaiting, plan } from './plan';
import type { RunNotes } from './run-notes';

/**
 * One run of the step: observes, plans, acts. Safe to run at any time, twice, or after a run that was cut off. Its events are logged
 * and decide how much of the account the run observes. Where they report single snapshots and nothing stands in the way, the run
 * processes these alone (see export-reported.ts); sweeps find what no event reported.
 * @param notes what the function remembers between its runs; without them, every run observes all snapshots
 */
export async function exportSnapshots(
  event: unknown,
  ports: ExportPorts & {
    readonly wakeups: Wakeups;
    readonly snapshots: ExportPorts['snapshots'] & Partial<SnapshotSearch>;
  },
  settings: ExportSettings,
  now: Date,
  log: Log,
  notes?: RunNotes,
) {
  const events = parseEvents(event);
  logEvents(events, log);
  if (events.length > 0 && events.every(({ kind }) => kind === 'ignored' || kind === 'missed')) return [];
  if (notes && canSearch(ports)) {
    const single = reportedSnapshots(event);
    if (single && (await exportReported(single, ports, settings, notes, now, log))) return [];
    if (isReminder(event) && (await lookAgain(ports, settings, notes, now, log))) return [];
  }
  const reported = new Set(events.flatMap((one) => ('snapshots' in one ? one.snapshots : [])));
  const facts = await observe(ports, settings, reported, now);
  const { actions, passed, nextRunInMinutes, alerted } = plan(facts);
  if (notes) notes.hasWaiting = passed.some(isWaiting);
  // Before any action: a run that is cut off is followed by another one.
  if (nextRunInMinutes) await ports.wakeups.wakeIn(nextRunInMinutes);
  const copies = actions.flatMap((action) => (action.do === 'copy' ? [action.snapshot] : []));
  // Snapshots in no event of this run: an event was lost, or there is capacity for them now.
  const reconciled = reported.size === 0 ? copies.length : 0;
  log('snapshots.observed', { actions: actions.length, reconciled, passed: countReasons(passed) });
  for (const part of nearlyFull(facts.snapshots, settings.limits)) log('quota.nearly-full', { ...part });
  const run = exportRun(ports, now, log, alerted);
  return eachAction('export-snapshots', actions, (action) => act(action, run), log);
}

const canSearch = <Ports extends { readonly snapshots: Partial<SnapshotSearch> }>(
  ports: Ports,
): ports is Ports & { readonly snapshots: Ports['snapshots'] & SnapshotSearch } =>
  ports.snapshots.find !== undefined && ports.snapshots.withBackups !== undefined;

/** Logs what the events report and the run cannot observe. */
function logEvents(events: readonly ParsedEvent[], log: Log): void {
  const ignored = events.filter((one) => one.kind === 'ignored');
  if (ignored.length > 0) log('events.ignored', { count: ignored.length, because: countReasons(ignored) });
  for (const one of events) {
    if (one.kind === 'missed') log('backup.missed', { verdict: 'missed-backup', ...VERDICTS['missed-backup'], ...one });
    if (one.kind === 'warned') log('backup.warned', { ...one });
  }
}
