import { type AdmissionRules, DEFAULT_ADMISSION } from '../contract/admission';
import type { CheckvalveConfig } from './checkvalve-config';
import { maxStarts } from './max-starts';

/** A configuration with the schedules of its backups. */
export interface ScheduledConfig extends CheckvalveConfig {
  readonly starts: {
    readonly daily: string;
    readonly monthly: string;
    /** Precedes the arithmetic of a warning where the schedules are assumed. */
    readonly assumed: string;
  };
}

/** Checkvalve does not know the schedules of your own backup plans. It assumes one backup a day, and each warning says so. */
export const ASSUMED_SCHEDULES: ScheduledConfig['starts'] = {
  daily: 'cron(0 0 * * ? *)',
  monthly: '',
  assumed: "backup.plans is 'off', so one backup of each database a day is assumed: ",
};

/** Adds the schedules of the configured plans, or the assumed ones. */
export function withSchedules(config: CheckvalveConfig): ScheduledConfig {
  const { daily, monthly } = config.backup;
  if (!daily || !monthly) return { ...config, starts: ASSUMED_SCHEDULES };
  return { ...config, starts: { daily: daily.schedule, monthly: monthly.schedule, assumed: '' } };
}

/**
 * The maximum number of copies of one database that the vault holds at a time, and its breakdown. It is an upper bound: a
 * monthly copy is counted as a daily one as well, and one more day is counted because `prune-copies` runs a few times a day.
 * Copies that wait out a fault of the vault arrive at once afterwards: a quota needs room for the days that a fault lasts.
 */
export function maxCopiesPerDatabase(config: ScheduledConfig): { readonly copies: number; readonly breakdown: string } {
  const { dailyDays, weeklyWeeks, monthlyMonths, yearlyYears, minCopiesPerDatabase } = config.vault.retention;
  const parts: readonly (readonly [number, string])[] = [
    [maxStarts(config.starts.daily, dailyDays + 1), `daily in ${dailyDays} + 1 days`],
    [maxStarts(config.starts.monthly, dailyDays + 1), 'monthly in the same days'],
    [weeklyWeeks, 'kept as weekly'],
    [monthlyMonths, 'kept as monthly'],
    [yearlyYears, 'kept as yearly'],
  ];
  const sum = parts.reduce((all, [number]) => all + number, 0);
  if (sum < minCopiesPerDatabase)
    return { copies: minCopiesPerDatabase, breakdown: `${minCopiesPerDatabase} kept as minCopiesPerDatabase` };
  const breakdown = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return { copies: sum, breakdown: breakdown.join(' + ') };
}

/** What `import-copies` admits with this configuration. */
export const admissionRules = (config: CheckvalveConfig): AdmissionRules => ({
  ...DEFAULT_ADMISSION,
  ...config.vault.admission,
  copiesPerDatabase: maxCopiesPerDatabase(withSchedules(config)).copies,
});

/** The quota of manual snapshots of the vault in a Region, for each kind. */
export const vaultQuota = ({ vault, limits }: CheckvalveConfig): number =>
  vault.manualSnapshotQuota ?? limits.manualSnapshotQuota;
