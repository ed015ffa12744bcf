import { readCron } from './schedule';

const A_DAY_MS = 86_400_000;
/** Every date of a leap year falls within these days, and every weekday of it. */
const DAYS = Array.from({ length: 8 * 366 }, (_, at) => new Date(Date.UTC(2026, 0, 1) + at * A_DAY_MS));

/** How often a schedule starts in so many days on end, where it starts most; 0 for what is no schedule. */
export function maxStarts(schedule: string, days: number): number {
  const cron = readCron(schedule);
  if (!cron) return 0;
  const until = [0];
  for (const day of DAYS) until.push((until.at(-1) ?? 0) + (cron.isOn(day) ? cron.starts.length : 0));
  const span = Math.min(days, DAYS.length);
  // Terms longer than these years are counted on at the same pace.
  const pace = days / span;
  const most = until.slice(span).reduce((so, count, at) => Math.max(so, count - (until[at] ?? 0)), -Infinity);
  return Math.ceil(most * pace);
}
