import { type CronSchedule, readCron, readRate } from './schedule';

/** When a plan starts. */
export interface Timed {
  readonly schedule: string;
  /** IANA time zone in which the schedule is read. */
  readonly timeZone: string;
}

/** Minutes within which a job must start: see stacksets/source-tooling/backup-plans.ts. */
const START_WINDOW = 60;
const A_DAY = 24 * 60;
const A_DAY_MS = A_DAY * 60_000;
/** Dates fall on the same weekdays again after 28 years: what does not meet in these never will. */
const DAYS = Array.from({ length: 28 * 365 + 7 }, (_, at) => new Date(Date.UTC(2026, 0, 1) + at * A_DAY_MS));

/** Minutes by which a zone is ahead of UTC at noon of a day; undefined for a zone that nobody knows. */
function aheadOf(timeZone: string): ((day: Date) => number) | undefined {
  try {
    const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
    return (day) => {
      const [, sign, hours, minutes] =
        /GMT([+-])(\d\d):(\d\d)/.exec(format.format(new Date(day.getTime() + A_DAY_MS / 2))) ?? [];
      return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
    };
  } catch {
    return undefined;
  }
}

/** By how many minutes the midnights of two schedules' days lie apart, each distance once; two days apart at the most. */
function distances(one: CronSchedule, other: CronSchedule, lead: (day: Date) => number): ReadonlySet<number> {
  const found = new Set<number>();
  const others = DAYS.map(other.isOn);
  for (const [at, day] of DAYS.entries()) {
    if (!one.isOn(day)) continue;
    for (const off of [-2, -1, 0, 1, 2]) if (others[at + off]) found.add(off * A_DAY + lead(day));
  }
  return found;
}

/**
 * Whether two plans ever start within the same start window; of one and the same plan: whether two of its starts do.
 * A rate does not say when it starts, so two plans of which one is a rate are let pass, and so is what is no schedule.
 */
export function startsMeet(a: Timed, b: Timed): boolean {
  const same = a === b;
  if (same && (readRate(a.schedule) ?? START_WINDOW) < START_WINDOW) return true;
  const [one, other] = [readCron(a.schedule), readCron(b.schedule)];
  if (!one || !other) return false;
  const [ahead, otherAhead] = [aheadOf(a.timeZone), aheadOf(b.timeZone)];
  let lead = (_day: Date) => 0;
  if (a.timeZone !== b.timeZone) {
    if (!ahead || !otherAhead) return false;
    lead = (day) => ahead(day) - otherAhead(day);
  }
  return [...distances(one, other, lead)].some((distance) =>
    one.starts.some((start) =>
      other.starts.some((next) => {
        const apart = Math.abs(next + distance - start);
        return apart < START_WINDOW && !(same && apart === 0);
      }),
    ),
  );
}
