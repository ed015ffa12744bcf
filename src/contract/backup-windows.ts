import { MINUTES_PER_DAY } from './durations';
/** When RDS itself works on an instance, in its words and in UTC. */
export interface Windows {
  /** Daily, `03:00-03:30`. */
  readonly backupWindow?: string;
  /** Weekly, `sun:05:00-sun:06:00`. */
  readonly maintenanceWindow?: string;
}

const WEEK = 7 * MINUTES_PER_DAY;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** Minutes before the maintenance window in which no backup can start either. */
const BEFORE_MAINTENANCE = 60;

/** A time in minutes since Sunday 00:00; of a daily one since midnight. NaN for what is none. */
function minutes(text: string | undefined): number {
  const [, day, hour, minute] = /^(?:([a-z]{3}):)?(\d\d):(\d\d)$/.exec(text?.trim().toLowerCase() ?? '') ?? [];
  const ofWeek = day === undefined ? 0 : DAYS.indexOf(day);
  return hour === undefined || ofWeek < 0 ? Number.NaN : ofWeek * MINUTES_PER_DAY + Number(hour) * 60 + Number(minute);
}

function isWithin(at: number, window: string | undefined, period: number, before = 0): boolean {
  const [from, to] = (window ?? '').split('-').map(minutes);
  if (from === undefined || to === undefined || Number.isNaN(from + to)) return false;
  const length = (to - from + period) % period;
  return (at - from + before + 2 * period) % period < length + before;
}

/**
 * The window of an instance in which AWS Backup could not start a backup at that time; undefined when it is in neither. No
 * backup starts in the hour before the maintenance window, during it, or during RDS's own backup window. Aurora is exempt.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html
 */
export function collidingWindow(at: Date, { backupWindow, maintenanceWindow }: Windows): string | undefined {
  const ofDay = at.getUTCHours() * 60 + at.getUTCMinutes();
  if (isWithin(at.getUTCDay() * MINUTES_PER_DAY + ofDay, maintenanceWindow, WEEK, BEFORE_MAINTENANCE)) {
    return `maintenance window ${maintenanceWindow} UTC`;
  }
  return isWithin(ofDay, backupWindow, MINUTES_PER_DAY) ? `backup window ${backupWindow} UTC` : undefined;
}
