import { VERDICTS } from '../../../src/contract/verdicts';
import { countReasons, nearlyFull } from '../../_kit/copies';
import type { Log } from '../../_kit/ports/log';
import type { Wakeups } from '../../_kit/ports/wakeups';
import { eachAction } from '../../_kit/runtime/each';
import { ExportActor, type ExportPorts } from './act';
import { heed, type News } from './heed';
import { type ExportSettings, observe } from './observe';
import { plan } from './plan';

/**
 * One run of the step: look, decide, do. Safe to run at any time, twice, or after a run that was cut off. What woke it is
 * told on, and decides whether there is anything to look for; never what is done.
 */
export async function exportSnapshots(
  event: unknown,
  ports: ExportPorts & { readonly wakeups: Wakeups },
  settings: ExportSettings,
  now: Date,
  log: Log,
) {
  const news = heed(event);
  tell(news, log);
  if (news.length > 0 && news.every(({ kind }) => kind === 'ignored' || kind === 'missed')) return [];
  const told = new Set(news.flatMap((one) => ('snapshots' in one ? one.snapshots : [])));
  const facts = await observe(ports, settings, told, now);
  const { actions, passed, nextRunInMinutes, heard } = plan(facts);
  // Before anything is done: a run that is cut off is followed by another all the same.
  if (nextRunInMinutes) await ports.wakeups.wakeIn(nextRunInMinutes);
  const copies = actions.flatMap((action) => (action.do === 'copy' ? [action.snapshot] : []));
  // Snapshots that no event has told of: an event was lost, or their turn has come.
  const reconciled = told.size === 0 ? copies.length : 0;
  log('snapshots.observed', { actions: actions.length, reconciled, passed: countReasons(passed) });
  for (const part of nearlyFull(facts.snapshots, settings.limits)) log('quota.nearly-full', { ...part });
  const actor = new ExportActor(ports, now, log, heard);
  return eachAction('export-snapshots', actions, (action) => actor.act(action), log);
}

/** Says what the events have told that no look around would show. */
function tell(news: readonly News[], log: Log): void {
  const ignored = news.filter((one) => one.kind === 'ignored');
  if (ignored.length > 0) log('events.ignored', { count: ignored.length, because: countReasons(ignored) });
  for (const one of news) {
    if (one.kind === 'missed') log('backup.missed', { verdict: 'missed-backup', ...VERDICTS['missed-backup'], ...one });
    if (one.kind === 'warned') log('backup.warned', { ...one });
  }
}
