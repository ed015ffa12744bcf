import { MINUTES_PER_DAY } from './durations';

/** The windows of an instance in UTC, as RDS writes them. */
export interface Windows {
  /** Daily, `03:00-03:30`. */
  readonly backupWindow?: string;
  /** Weekly, `sun:05:00-sun:06:00`. */
  readonly maintenanceWindow?: string;
}

const WEEK = 7 * MINUTES_PER_DAY;
/** Days of the week as RDS and `Date` order them, Sunday first. */
export const WEEKDAYS: readonly string[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** Minutes before the maintenance window in which no backup can start. */
const BEFORE_MAINTENANCE = 60;

/** A weekly time in minutes since Sunday 00:00, or a daily time since midnight. NaN for any other text. */
function minutes(text: string | undefined): number {
  const [, day, hour, minute] = /^(?:([a-z]{3}):)?(\d\d):(\d\d)$/.exec(text?.trim().toLowerCase() ?? '') ?? [];
  const ofWeek = day === undefined ? 0 : WEEKDAYS.indexOf(day);
  return hour === undefined || ofWeek < 0 ? Number.NaN : ofWeek * MINUTES_PER_DAY + Number(hour) * 60 + Number(minute);
}

function isWithin(at: number, window: string | undefined, period: number, before = 0): boolean {
  const [from, to] = (window ?? '').split('-').map(minutes);
  if (from === undefined || to === undefined || Number.isNaN(from + to)) return false;
  const length = (to - from + period) % period;
  return (at - from + before + 2 * period) % period < length + before;
}

/**
 * The window that keeps AWS Backup from starting a backup of an instance at that time; undefined for none. No backup starts in
 * the hour before the maintenance window, during it, or during the backup window of RDS. This does not apply to Aurora.
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
