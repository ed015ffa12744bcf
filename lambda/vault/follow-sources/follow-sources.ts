import { HOUR } from '../../../src/contract/durations';
import * as METRICS from '../../../src/contract/metrics';
import { AccountAnswers, throwCommonFault } from '../../_kit/account-answers';
import type { Log } from '../../_kit/ports/log';
import { type Measure, UNMEASURED } from '../../_kit/ports/metrics';
import { eachAction } from '../../_kit/runtime/each';
import { TimeBudget } from '../../_kit/runtime/time-budget';
import { act, type FollowRun } from './act';
import type { FollowSettings } from './facts';
import { type FollowPorts, observe } from './observe';
import { plan } from './plan';

/** Topics that are subscribed to at the same time, and how long all may take: a run has five minutes. */
const MAX_AT_A_TIME = 10;
const MAX_TOPICS_MS = 180_000;

/**
 * One run of the step: observes, plans, acts. Safe to run at any time, to run twice, and to run after a run that was cut off.
 * @throws the reason why the registry could not be read, after all other work; CheckvalveError `STEP_FAILED` when a write failed,
 * or when every topic gave the same error
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
  const counts = { entries: registry.length, accepted: accepted.length };
  log('registry.read', { ...counts, waiting, leaving, staying, unconfirmed, unreadable, lastRead, sweptAt });
  const names = METRICS.followSources;
  // An empty registry does not count as read: the age of the last good reading must show.
  if (registry.length > 0) {
    measure({
      [names.registryRead]: 1,
      [names.exitsWaiting]: staying.length + unreadable.length,
      [names.exitsPending]: leaving.length,
      [names.accountsWaiting]: waiting.length,
      ...(sweptAt && { [names.registryAge]: (now.getTime() - sweptAt.getTime()) / HOUR }),
    });
    await ports.sources.noteReading(now, registry.length);
  }
  const topics = new AccountAnswers('Subscribing to the topic');
  const run: FollowRun = { ports, topics, time: new TimeBudget(MAX_TOPICS_MS) };
  const done = await eachAction('follow-sources', actions, (action) => act(action, run), log, MAX_AT_A_TIME);
  const refused = done.filter(({ outcome }) => outcome === 'refused').length;
  measure({ [names.exitsUnconfirmed]: unconfirmed.length, [names.subscriptionsRefused]: refused });
  if (unread) throw unread;
  throwCommonFault(topics);
  return done;
}
