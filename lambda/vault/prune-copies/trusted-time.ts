import { HOUR, MINUTE } from '../../../src/contract/durations';
import type { Distrust } from '../../../src/contract/pruning';
import type { TimeFacts } from './facts';

/** How far the step's clock and AWS's may be apart. AWS refuses a request that is signed more than five minutes off anyway. */
const MAX_MINUTES_FROM_AWS = 15;
/** Hours between two runs after which an operator must confirm the time. The schedule starts a run every six hours. */
const MAX_HOURS_BETWEEN_RUNS = 48;
/** For how many hours an operator's confirmation counts. */
const HOURS_OF_CONFIRMATION = 24;

/** Time from the first to the second, in milliseconds. */
const between = (from: Date, to: Date): number => to.getTime() - from.getTime();

/**
 * Why a run does not trust its clock; undefined when it does. No confirmation overrules AWS's time. An operator whose own
 * clock agrees overrules the distance from the last run. How long no copy was imported does not matter. Pure.
 */
export function distrustOf({ now, awsTime, lastRun, confirmed }: TimeFacts): Distrust | undefined {
  if (!awsTime) return 'no-time-from-aws';
  if (Math.abs(between(awsTime, now)) > MAX_MINUTES_FROM_AWS * MINUTE) return 'differs-from-aws';
  if (confirmed && Math.abs(between(confirmed, now)) <= HOURS_OF_CONFIRMATION * HOUR) return undefined;
  if (!lastRun) return 'first-run';
  if (now < lastRun) return 'went-back';
  return between(lastRun, now) > MAX_HOURS_BETWEEN_RUNS * HOUR ? 'jumped-ahead' : undefined;
}
