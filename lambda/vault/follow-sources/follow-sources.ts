import * as METRICS from '../../../src/contract/metrics';
import type { Log } from '../../_kit/ports/log';
import { type Measure, UNMEASURED } from '../../_kit/ports/metrics';
import { eachAction } from '../../_kit/runtime/each';
import { act } from './act';
import { type FollowPorts, type FollowSettings, observe } from './observe';
import { plan } from './plan';

const HOUR_MS = 3_600_000;

/** One run of the step: look, decide, do. Safe to run at any time, twice, or after a run that was cut off. */
export async function followSources(
  ports: FollowPorts,
  settings: FollowSettings,
  now: Date,
  log: Log,
  measure: Measure = UNMEASURED,
) {
  const { facts, lastRead, sweptAt, unreadable } = await observe(ports, settings, now);
  const { actions, waiting, staying } = plan(facts);
  const { registry, accepted } = facts;
  const seen = { entries: registry.length, accepted: accepted.length };
  log('registry.read', { ...seen, waiting, staying, unreadable, lastRead, sweptAt });
  // An empty registry is no reading: how old the last good one is must be seen.
  if (registry.length > 0) {
    measure({
      [METRICS.followSources.registryRead]: 1,
      [METRICS.followSources.exitsWaiting]: staying.length + unreadable.length,
      ...(sweptAt && { [METRICS.followSources.registryAge]: (now.getTime() - sweptAt.getTime()) / HOUR_MS }),
    });
    await ports.sources.noteReading(now, registry.length);
  }
  return eachAction('follow-sources', actions, (action) => act(action, ports), log);
}
