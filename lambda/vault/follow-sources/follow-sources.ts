import { METRICS } from '../../../src/contract/metrics';
import type { Log } from '../../_kit/ports/log';
import { type Measure, UNMEASURED } from '../../_kit/ports/metrics';
import { eachAction } from '../../_kit/runtime/each';
import { act } from './act';
import { type FollowPorts, type FollowSettings, observe } from './observe';
import { plan } from './plan';

/** One run of the step: look, decide, do. Safe to run at any time, twice, or after a run that was cut off. */
export async function followSources(
  ports: FollowPorts,
  settings: FollowSettings,
  now: Date,
  log: Log,
  measure: Measure = UNMEASURED,
) {
  const facts = await observe(ports, settings, now);
  const { actions, waiting } = plan(facts);
  log('registry.read', { entries: facts.registry.length, accepted: facts.accepted.length, waiting });
  if (facts.registry.length > 0) measure({ [METRICS.followSources.registryRead]: 1 });
  return eachAction('follow-sources', actions, (action) => act(action, ports), log);
}
