import { type AdmissionRules, DEFAULT_ADMISSION } from '../contract/admission';
import type { CheckvalveConfig } from './checkvalve-config';
import { maxStarts } from './max-starts';

/** A configuration, and how often its backups start. */
export interface ScheduledConfig extends CheckvalveConfig {
  readonly starts: {
    readonly daily: string;
    readonly monthly: string;
    /** Said before the arithmetic where the schedules are not known but assumed. */
    readonly assumed: string;
  };
}

/** Checkvalve does not know how often your own plans start: a backup a day is assumed, and the warning says so. */
export const ASSUMED_SCHEDULES: ScheduledConfig['starts'] = {
  daily: 'cron(0 0 * * ? *)',
  monthly: '',
  assumed: "backup.plans is 'off', so one backup of each database a day is assumed: ",
};

/** The schedules of the configured plans, or what is assumed of others. */
export function withSchedules(config: CheckvalveConfig): ScheduledConfig {
  const { daily, monthly } = config.backup;
  if (!daily || !monthly) return { ...config, starts: ASSUMED_SCHEDULES };
  return { ...config, starts: { daily: daily.schedule, monthly: monthly.schedule, assumed: '' } };
}

/**
 * The most copies of one database that the vault holds at a time, and how that comes about. An upper bound: a copy that
 * is monthly is counted as a daily one too, and there is a day more, since pruning runs a few times a day. What waited
 * out a fault of the vault comes in at once beside it: a quota needs room for the days that a fault may last.
 */
export function maxCopiesPerDatabase(config: ScheduledConfig): { readonly copies: number; readonly breakdown: string } {
  const { dailyDays, weeklyWeeks, monthlyMonths, yearlyYears, minCopiesPerDatabase } = config.vault.retention;
  const parts: readonly (readonly [number, string])[] = [
    [maxStarts(config.starts.daily, dailyDays + 1), `daily in ${dailyDays} days and one`],
    [maxStarts(config.starts.monthly, dailyDays + 1), 'of the monthly plan in that time'],
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

/** What the importer admits with this configuration. */
export const admissionRules = (config: CheckvalveConfig): AdmissionRules => ({
  ...DEFAULT_ADMISSION,
  ...config.vault.admission,
  copiesPerDatabase: maxCopiesPerDatabase(withSchedules(config)).copies,
});

/** Manual snapshots that the vault may have in a Region, of each kind. */
export const vaultQuota = ({ vault, limits }: CheckvalveConfig): number =>
  vault.manualSnapshotQuota ?? limits.manualSnapshotQuota;
