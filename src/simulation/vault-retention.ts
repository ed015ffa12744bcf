import { type AdmissionRules, DEFAULT_ADMISSION } from '../contract/admission';
import type { Retention } from '../contract/retention';

/** How long the vault keeps copies here: short, so that much falls due in days, and so that it fits the quota. */
export const VAULT_RETENTION: Retention = {
  timeZone: 'UTC',
  dailyDays: 4,
  weeklyWeeks: 0,
  monthlyMonths: 1,
  yearlyYears: 0,
  minCopiesPerDatabase: 1,
  maxDeletionsPerRun: 200,
  maxDeletedPercentPerRun: 40,
};

/** What the importer admits here: the daily backups of four days and one, one of the monthly plan, one kept as monthly. */
export const VAULT_ADMISSION: AdmissionRules = { ...DEFAULT_ADMISSION, copiesPerDatabase: 7 };
