import type { Retention } from '../../contract/retention';

/** How long the vault keeps copies here: short, so that much falls due in days, and so that it fits the quota. */
export const VAULT_RETENTION: Retention = {
  timeZone: 'UTC',
  dailyDays: 4,
  weeklyWeeks: 0,
  monthlyMonths: 1,
  yearlyYears: 0,
  minimumCopies: 1,
  mostDeletionsARun: 200,
  mostSharePercent: 40,
};
