import { createHash } from 'node:crypto';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { plansOf } from '../config/plans-of';
import { readCron } from '../config/schedule';
import { collidingWindow } from '../contract/backup-windows';
import { MINUTES_PER_DAY, MINUTES_PER_HOUR } from '../contract/durations';
import { TEAM_PLAN } from './own-plan';

/** The windows of an instance, with the names of RDS's API. */
export interface InstanceWindows {
  readonly PreferredBackupWindow: string;
  readonly PreferredMaintenanceWindow: string;
}

const HALF_HOUR = 30;
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
/** In winter and in summer a clock may be ahead of UTC by different amounts. */
const SEASONS = [new Date('2026-01-15T12:00:00Z'), new Date('2026-07-15T12:00:00Z')];
/** Half hours that do not pass midnight. */
const SLOTS = Array.from({ length: MINUTES_PER_DAY / HALF_HOUR - 1 }, (_, at) => at * HALF_HOUR);

/** By how many minutes a time zone is ahead of UTC, in winter and in summer. */
function ahead(timeZone: string): readonly number[] {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  return SEASONS.map((season) => {
    const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(format.format(season)) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * MINUTES_PER_HOUR + Number(minutes));
  });
}

/** The minutes of a day, in UTC, at which a job of any plan may start: so many from each start of its schedule. */
function takenBy(config: CheckvalveConfig, longest: number): ReadonlySet<number> {
  const ours = plansOf(config);
  const plans = ours
    ? [ours.daily, ours.monthly].map((plan) => ({ ...plan, startWindowMinutes: ours.startWindowMinutes }))
    : [TEAM_PLAN];
  const taken = new Set<number>();
  for (const { schedule, timeZone, startWindowMinutes } of plans) {
    for (const start of readCron(schedule)?.starts ?? []) {
      for (const offset of ahead(timeZone)) {
        for (let more = 0; more < Math.min(startWindowMinutes, longest); more += 1)
          taken.add((start - offset + more + 2 * MINUTES_PER_DAY) % MINUTES_PER_DAY);
      }
    }
  }
  return taken;
}

const isFree = (taken: ReadonlySet<number>, from: number, to: number): boolean =>
  Array.from({ length: to - from }, (_, at) => (from + at + MINUTES_PER_DAY) % MINUTES_PER_DAY).every(
    (minute) => !taken.has(minute),
  );

const clock = (at: number): string => {
  const [hours, minutes] = [Math.floor(at / MINUTES_PER_HOUR) % 24, at % MINUTES_PER_HOUR].map((part) =>
    `${part}`.padStart(2, '0'),
  );
  return `${hours}:${minutes}`;
};

/** A backup window and a maintenance window that have half an hour between them and meet no start, if there are any. */
function pairOf(taken: ReadonlySet<number>, chosen: number): readonly [number, number] | undefined {
  const backups = SLOTS.filter((slot) => isFree(taken, slot, slot + HALF_HOUR));
  const backup = backups[chosen % backups.length];
  if (backup === undefined) return undefined;
  const maintenances = SLOTS.filter(
    (slot) => Math.abs(slot - backup) > HALF_HOUR && isFree(taken, slot - MINUTES_PER_HOUR, slot + HALF_HOUR),
  );
  const maintenance = maintenances[chosen % maintenances.length];
  return maintenance === undefined ? undefined : [backup, maintenance];
}

/**
 * The windows of an instance that are clear of the backup plans: no job starts in them during its start window. Always the same
 * for the same database. Where plans start too often for that, the start windows are ignored; where that is not enough
 * either, some jobs start in a window, as on AWS.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html
 */
export function clearWindows(config: CheckvalveConfig, database: string): InstanceWindows {
  const chosen = createHash('sha256').update(database).digest().readUInt32BE();
  const [backup, maintenance] = pairOf(takenBy(config, MINUTES_PER_DAY), chosen) ??
    pairOf(takenBy(config, 1), chosen) ?? [HALF_HOUR, 3 * MINUTES_PER_HOUR];
  const day = WEEKDAYS[chosen % WEEKDAYS.length];
  return {
    PreferredBackupWindow: `${clock(backup)}-${clock(backup + HALF_HOUR)}`,
    PreferredMaintenanceWindow: `${day}:${clock(maintenance)}-${day}:${clock(maintenance + HALF_HOUR)}`,
  };
}

/** Whether a backup that starts then would meet one of the windows. */
export const isInWindow = (at: Date, windows: InstanceWindows): boolean =>
  collidingWindow(at, {
    backupWindow: windows.PreferredBackupWindow,
    maintenanceWindow: windows.PreferredMaintenanceWindow,
  }) !== undefined;
