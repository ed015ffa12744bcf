import { DAY, MINUTE } from '../../../src/contract/durations';
import type { Distrust } from '../../../src/contract/pruning';

/** By how much our clock and AWS's may differ: a request that is signed more than five minutes off is refused anyway. */
const MAX_MINUTES_FROM_AWS = 15;
/** Hours between two runs after which a person must confirm the time. A run comes every six hours. */
const MAX_HOURS_BETWEEN_RUNS = 48;
/** For how many hours a person's word on the time counts. */
const HOURS_OF_DECISION = 24;

/** What is known of the time. */
export interface TimeFacts {
  /** Our own clock. */
  readonly now: Date;
  /** The time by AWS's answers in this run; undefined when no answer gave one. */
  readonly awsTime?: Date;
  /** When the last run was that could trust the time; undefined before the first. */
  readonly lastRun?: Date;
  /** When a person last confirmed the time, by that person's clock. */
  readonly confirmed?: Date;
}

/**
 * Why the time of this run is not to be trusted; undefined when it is. What AWS says is never overruled; the distance from the
 * last run is, by a person whose own clock agrees. How long imports have stood still does not matter. Pure.
 */
export function distrustOf({ now, awsTime, lastRun, confirmed }: TimeFacts): Distrust | undefined {
  if (!awsTime) return 'no-time-from-aws';
  if (Math.abs(now.getTime() - awsTime.getTime()) > MAX_MINUTES_FROM_AWS * MINUTE) return 'differs-from-aws';
  if (confirmed && Math.abs(now.getTime() - confirmed.getTime()) <= (HOURS_OF_DECISION / 24) * DAY) return undefined;
  if (!lastRun) return 'first-run';
  if (now < lastRun) return 'went-back';
  return now.getTime() - lastRun.getTime() > (MAX_HOURS_BETWEEN_RUNS / 24) * DAY ? 'jumped-ahead' : undefined;
}
