import { CheckvalveError } from '../../../src/contract/errors';
import * as METRICS from '../../../src/contract/metrics';
import type { Log } from '../../_kit/ports/log';
import { type Measure, UNMEASURED } from '../../_kit/ports/metrics';
import { eachAction } from '../../_kit/runtime/each';
import { act, type Ending } from './act';
import { type FollowPorts, type FollowSettings, observe } from './observe';
import { type FollowAction, plan } from './plan';

const HOUR_MS = 3_600_000;

/**
 * One run of the step: look, decide, do. Safe to run at any time, twice, or after a run that was cut off.
 * @throws whatever the registry could not be read for, in the end: the accepted accounts are followed on before;
 * CheckvalveError `STEP_FAILED` when a write failed, or when no topic at all could be subscribed to
 */
export async function followSources(
  ports: FollowPorts,
  settings: FollowSettings,
  now: Date,
  log: Log,
  measure: Measure = UNMEASURED,
) {
  const { facts, lastRead, sweptAt, unreadable, unread } = await observe(ports, settings, now);
  const { actions, waiting, leaving, staying, unconfirmed } = plan(facts);
  const { registry, accepted } = facts;
  const seen = { entries: registry.length, accepted: accepted.length };
  log('registry.read', { ...seen, waiting, leaving, staying, unconfirmed, unreadable, lastRead, sweptAt });
  const names = METRICS.followSources;
  // An empty registry is no reading: how old the last good one is must be seen.
  if (registry.length > 0) {
    measure({
      [names.registryRead]: 1,
      [names.exitsWaiting]: staying.length + unreadable.length,
      [names.exitsPending]: leaving.length,
      [names.accountsWaiting]: waiting.length,
      ...(sweptAt && { [names.registryAge]: (now.getTime() - sweptAt.getTime()) / HOUR_MS }),
    });
    await ports.sources.noteReading(now, registry.length);
  }
  const subscribed: Ending[] = [];
  const tell = async (action: FollowAction) => {
    const ending = await act(action, ports);
    if (action.do === 'subscribe') subscribed.push(ending);
    return ending;
  };
  const done = await eachAction('follow-sources', actions, tell, log);
  const refused = subscribed.filter(({ outcome }) => outcome === 'refused');
  measure({ [names.exitsUnconfirmed]: unconfirmed.length, [names.subscriptionsRefused]: refused.length });
  if (unread) throw unread;
  if (isOurFault(subscribed)) throw noneSubscribed(subscribed);
  return done;
}

/** What one account answers is that account's. What all of several answer alike, and is no refusal, is a fault of ours. */
function isOurFault(subscribed: readonly Ending[]): boolean {
  const [first] = subscribed;
  return subscribed.length > 1 && first?.error !== undefined && subscribed.every(({ error }) => error === first.error);
}

const noneSubscribed = (subscribed: readonly Ending[]) =>
  new CheckvalveError(
    'STEP_FAILED',
    `None of ${subscribed.length} topics could be subscribed to: ${subscribed[0]?.because}`,
    'The next run tries again; see the log.',
  );
