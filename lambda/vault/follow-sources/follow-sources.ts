import { HOUR } from '../../../src/contract/durations';
import * as METRICS from '../../../src/contract/metrics';
import { AccountAnswers, throwCommonFault } from '../../_kit/account-answers';
import type { Log } from '../../_kit/ports/log';
import { type Measure, UNMEASURED } from '../../_kit/ports/metrics';
import { eachAction } from '../../_kit/runtime/each';
import { TimeBudget } from '../../_kit/runtime/time-budget';
import { act } from './act';
import { type FollowPorts, type FollowSettings, observe } from './observe';
import { type FollowAction, plan } from './plan';

/** Topics that are subscribed to at the same time, and how long all may take: a run has five minutes. */
const AT_A_TIME = 10;
const TOPICS_WITHIN_MS = 180_000;

/**
 * One run of the step: look, decide, do. Safe to run at any time, twice, or after a run that was cut off.
 * @throws whatever the registry could not be read for, in the end: the accepted accounts are followed on before;
 * CheckvalveError `STEP_FAILED` when a write failed, or when every topic gave the same error
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
      ...(sweptAt && { [names.registryAge]: (now.getTime() - sweptAt.getTime()) / HOUR }),
    });
    await ports.sources.noteReading(now, registry.length);
  }
  const topics = new AccountAnswers('Subscribing to the topic');
  const time = new TimeBudget(TOPICS_WITHIN_MS);
  let refused = 0;
  const tell = async (action: FollowAction) => {
    const ending = await act(action, ports, topics, time);
    if (ending.outcome === 'refused') refused += 1;
    return ending;
  };
  const done = await eachAction('follow-sources', actions, tell, log, AT_A_TIME);
  measure({ [names.exitsUnconfirmed]: unconfirmed.length, [names.subscriptionsRefused]: refused });
  if (unread) throw unread;
  throwCommonFault(topics);
  return done;
}
