import { MINUTE, MINUTES_PER_DAY } from '../contract/durations';
import { type CronSchedule, readCron } from './schedule';
import { isTimeZone } from './time-zone';

/** When a plan starts. */
export interface Timed {
  readonly schedule: string;
  /** IANA time zone in which the schedule is read. */
  readonly timeZone: string;
}

/** The shortest start window of AWS Backup, in minutes: two starts of one schedule are at least so far apart.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html */
const START_WINDOW = 60;
/** Start windows in minutes, the longest first. */
const WINDOWS = [240, 180, 120];
/** Dates fall on the same weekdays again after 28 years, and clocks change by weekday: plans that do not meet in these years
 * never do. In minutes since 1970, each day as its midnight in UTC. */
const FIRST = Date.UTC(2026, 0, 1) / MINUTE;
const DAYS = 28 * 365 + 7;

/** By how many minutes a zone is ahead of UTC. */
interface Zone {
  /** At an instant in minutes since 1970. */
  readonly aheadAt: (instant: number) => number;
  /** At the midnights in UTC around each day: one offset if no clock changes during that day in the zone. */
  readonly aheadAbout: (day: number) => readonly number[];
}

const zones = new Map<string, Zone | undefined>();

/** Undefined for an unknown zone. */
function zoneOf(timeZone: string): Zone | undefined {
  if (!zones.has(timeZone)) zones.set(timeZone, readZone(timeZone));
  return zones.get(timeZone);
}

function readZone(timeZone: string): Zone | undefined {
  if (!isTimeZone(timeZone)) return undefined;
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const aheadAt = (instant: number): number => {
    const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(format.format(instant * MINUTE)) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
  };
  const midnights = Array.from({ length: DAYS + 4 }, (_, at) => aheadAt(FIRST + (at - 1) * MINUTES_PER_DAY));
  return { aheadAt, aheadAbout: (day) => [...new Set(midnights.slice(day, day + 4))] };
}

/**
 * The instants at which a clock shows a time. On the night on which the clock goes back there are two. On the night on which
 * it goes forward there may be none; AWS Backup does not document whether a job then starts before or after, so both count.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
 */
function instantsOf(time: number, { aheadAt }: Zone, about: readonly number[]): readonly number[] {
  const all = about.map((ahead) => time - ahead);
  if (all.length === 1) return all;
  const real = all.filter((instant, at) => aheadAt(instant) === about[at]);
  return real.length > 0 ? real : all;
}

/**
 * The starts of a day without those that change nothing: an instant within a window of one of them is also within a window of
 * the start before or after, even on the night on which an hour repeats.
 */
function thinned(starts: readonly number[]): readonly number[] {
  const kept: number[] = [];
  for (const [at, start] of starts.entries()) {
    const [before, next] = [kept.at(-1), starts[at + 1]];
    if (before === undefined || next === undefined || next - before >= START_WINDOW) kept.push(start);
  }
  return kept;
}

/** The instants at which a plan starts, the earliest first; for a time that is not one instant, at most `readings` of it. */
function startsOf({ starts, isOn }: CronSchedule, zone: Zone, readings = Number.POSITIVE_INFINITY): readonly number[] {
  const ofDay = thinned([...starts].sort((a, b) => a - b));
  const found: number[] = [];
  for (let at = 0; at < DAYS; at += 1) {
    const day = FIRST + at * MINUTES_PER_DAY;
    if (!isOn(new Date(day * MINUTE))) continue;
    const about = zone.aheadAbout(at);
    for (const start of ofDay) {
      for (const instant of instantsOf(day + start, zone, about).slice(0, readings)) found.push(instant);
    }
  }
  return found.sort((a, b) => a - b);
}

/** Whether two starts of one plan are within a window. A time that a changing clock shows twice is one start. */
function meetsItself(plan: CronSchedule, zone: Zone): boolean {
  const starts = [...plan.starts].sort((a, b) => a - b);
  const tooDense = starts.some((start, at) => start - (starts[at - 1] ?? Number.NEGATIVE_INFINITY) < START_WINDOW);
  const instants = [...new Set(startsOf(plan, zone, 1))];
  if (tooDense) return instants.length > 0;
  return instants.some((instant, at) => instant - (instants[at - 1] ?? Number.NEGATIVE_INFINITY) < START_WINDOW);
}

/** Whether any of `ones` is within a window of any of `others`. Both are sorted. */
function anyNear(ones: readonly number[], others: readonly number[], window: number): boolean {
  let at = 0;
  return ones.some((one) => {
    while (at < others.length && (others[at] ?? 0) <= one - window) at += 1;
    return at < others.length && (others[at] ?? 0) < one + window;
  });
}

/**
 * The start window of both plans in minutes: as long as the distance between the plans allows. RDS starts no backup in the
 * hour before and during a database's maintenance window, nor during its backup window; a job that can wait starts afterwards.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
 */
export const startWindowOf = (a: Timed, b: Timed): number =>
  WINDOWS.find((window) => !startsMeet(a, b, window)) ?? START_WINDOW;

/**
 * Whether two plans ever start within one start window of so many minutes; for one plan twice, whether two of its starts do.
 * The comparison follows the clocks of both zones on every day, including those on which they change. An invalid schedule or
 * zone meets nothing; the schema reports it.
 */
export function startsMeet(a: Timed, b: Timed, window = START_WINDOW): boolean {
  const [one, other] = [readCron(a.schedule), readCron(b.schedule)];
  const [zone, otherZone] = [zoneOf(a.timeZone), zoneOf(b.timeZone)];
  if (!one || !other || !zone || !otherZone) return false;
  return a === b ? meetsItself(one, zone) : anyNear(startsOf(one, zone), startsOf(other, otherZone), window);
}
