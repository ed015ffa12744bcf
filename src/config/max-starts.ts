import { DAY } from '../contract/durations';
import { readCron } from './schedule';

/** Days that contain every date of a leap year. */
const DAYS = Array.from({ length: 8 * 366 }, (_, at) => new Date(Date.UTC(2026, 0, 1) + at * DAY));

/** The maximum number of starts of a schedule in so many consecutive days; 0 for an invalid schedule. */
export function maxStarts(schedule: string, days: number): number {
  const cron = readCron(schedule);
  if (!cron) return 0;
  const until = [0];
  for (const day of DAYS) until.push((until.at(-1) ?? 0) + (cron.isOn(day) ? cron.starts.length : 0));
  const span = Math.min(days, DAYS.length);
  // A longer term continues at the same pace.
  const pace = days / span;
  const most = until.slice(span).reduce((so, count, at) => Math.max(so, count - (until[at] ?? 0)), -Infinity);
  return Math.ceil(most * pace);
}
