/** How long the vault keeps copies, and how much of it one run may let go. */
export interface Retention {
  /** IANA time zone of the vault's calendar: it says which copy is the first of a week, a month or a year. */
  readonly timeZone: string;
  /** Days for which every copy is kept. */
  readonly dailyDays: number;
  /** Weeks for which the first good copy of a week is kept; 0 for no such class. Weeks begin on Monday. */
  readonly weeklyWeeks: number;
  /** Months for which the first good copy of a month is kept; 0 for no such class. */
  readonly monthlyMonths: number;
  /** Years for which the first good copy of a year is kept; 0 for no such class. */
  readonly yearlyYears: number;
  /** Good copies of each database that stay however old they are, at least 1. */
  readonly minCopiesPerDatabase: number;
  /**
   * Days for which the last copies of a database stay after coverage first said that the database is gone. By default as
   * long as the longest class, and 90 at least.
   */
  readonly sourceDeletedDays?: number;
  /** Good copies that one run deletes at the most; the others wait for the next run. */
  readonly maxDeletionsPerRun: number;
  /** Failed imports that one run deletes at the most, beside the good copies. By default 100. */
  readonly maxFailedDeletionsPerRun?: number;
  /**
   * When more than this part of the good copies is due at once, the run deletes none of the accounts that make it so much,
   * and asks for a person.
   */
  readonly maxDeletedPercentPerRun: number;
}

/** What a copy counts as: the longest of the classes that it belongs to. */
export type CopyClass = 'daily' | 'weekly' | 'monthly' | 'yearly';

/** Days for which a copy of a class is kept. A month counts as 31 days and a year as 366, so that no term ends early. */
export const termDays = (
  { dailyDays, weeklyWeeks, monthlyMonths, yearlyYears }: Retention,
  copyClass: CopyClass,
): number =>
  ({ daily: dailyDays, weekly: weeklyWeeks * 7, monthly: monthlyMonths * 31, yearly: yearlyYears * 366 })[copyClass];

/** Shorter than this the last copy of a deleted database is not kept by default: a deletion must be noticed in that time. */
const MIN_SOURCE_DELETED_DAYS = 90;

/** Days for which the last copies of a database stay after it is gone. */
export const sourceDeletedDaysOf = (retention: Retention): number =>
  retention.sourceDeletedDays ??
  (['daily', 'weekly', 'monthly', 'yearly'] as const).reduce(
    (longest, copyClass) => Math.max(longest, termDays(retention, copyClass)),
    MIN_SOURCE_DELETED_DAYS,
  );

/** Failed imports that one run of prune-copies deletes where the configuration does not say it. */
export const MAX_FAILED_DELETIONS_PER_RUN = 100;

/** Copies that one run of prune-copies may be allowed to delete at the most: as many as it gets through in its time, ten side
 * by side. There are several runs a day: see INTERVALS. */
export const MAX_DELETIONS_PER_RUN = 1000;
