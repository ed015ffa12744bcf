/** How long the vault keeps copies, and how many of them one run may delete. */
export interface Retention {
  /** IANA time zone that decides which copy is the first of a week, a month or a year. */
  readonly timeZone: string;
  /** Days for which every copy is kept. */
  readonly dailyDays: number;
  /** Weeks for which the first good copy of each week is kept; 0 for none. Weeks begin on Monday. */
  readonly weeklyWeeks: number;
  /** Months for which the first good copy of each month is kept; 0 for none. */
  readonly monthlyMonths: number;
  /** Years for which the first good copy of each year is kept; 0 for none. */
  readonly yearlyYears: number;
  /** Good copies of each database that stay regardless of their age, at least 1. */
  readonly minCopiesPerDatabase: number;
  /**
   * Days for which the last copies of a database stay after coverage first reports that the database is deleted. By default
   * as long as the longest class, and at least 90.
   */
  readonly sourceDeletedDays?: number;
  /** Good copies that one run deletes at most; the others wait for the next run. */
  readonly maxDeletionsPerRun: number;
  /** Failed imports that one run deletes at most, besides the good copies. By default 100. */
  readonly maxFailedDeletionsPerRun?: number;
  /**
   * When a greater part of the good copies is due at once, the run deletes no copies of the accounts that cause it, and an
   * operator decides.
   */
  readonly maxDeletedPercentPerRun: number;
}

/** The longest class that a copy belongs to. */
export type CopyClass = 'daily' | 'weekly' | 'monthly' | 'yearly';

/** Days for which a copy of a class is kept. A month counts as 31 days and a year as 366, so that no term ends early. */
export const termDays = (
  { dailyDays, weeklyWeeks, monthlyMonths, yearlyYears }: Retention,
  copyClass: CopyClass,
): number =>
  ({ daily: dailyDays, weekly: weeklyWeeks * 7, monthly: monthlyMonths * 31, yearly: yearlyYears * 366 })[copyClass];

/** Days for which the last copy of a deleted database is kept at least: operators must notice a deletion in that time. */
const MIN_SOURCE_DELETED_DAYS = 90;

/** Days for which the last copies of a database stay after it is deleted. */
export const sourceDeletedDaysOf = (retention: Retention): number =>
  retention.sourceDeletedDays ??
  (['daily', 'weekly', 'monthly', 'yearly'] as const).reduce(
    (longest, copyClass) => Math.max(longest, termDays(retention, copyClass)),
    MIN_SOURCE_DELETED_DAYS,
  );

/** Failed imports that one run of `prune-copies` deletes by default. */
export const MAX_FAILED_DELETIONS_PER_RUN = 100;

/** Largest number of copies that one run of `prune-copies` can be allowed to delete: as many as it deletes within its timeout,
 * ten at a time. There are several runs a day: see INTERVALS. */
export const MAX_DELETIONS_PER_RUN = 1000;
