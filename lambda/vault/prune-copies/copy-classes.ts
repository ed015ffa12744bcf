import { DAY } from '../../../src/contract/durations';
import { type CopyClass, type Retention, termDays } from '../../../src/contract/retention';
import type { Snapshot } from '../../_kit/ports/snapshots';

/** A good copy, and since when it is in the vault, in milliseconds since the epoch. */
export interface GoodCopy {
  readonly snapshot: Snapshot;
  readonly at: number;
}

/** The class of a copy, and for how many days the retention keeps that class. */
export interface Term {
  readonly copyClass: CopyClass;
  readonly days: number;
}

/** The day of an instant in the vault's calendar, as `YYYY-MM-DD`. */
export type Calendar = (at: number) => string;

/** The calendar of a time zone. @throws RangeError for an unknown time zone */
export function calendarOf(timeZone: string): Calendar {
  const two = '2-digit';
  // The Swedish way to write a time is nearly ISO's.
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: two,
    day: two,
    hour: two,
    minute: two,
    second: two,
  });
  const local = (at: number) => Date.parse(`${format.format(at).replace(' ', 'T')}Z`);
  const offsets = new Map<number, number>();
  /** How far the zone is ahead of UTC when a UTC day begins. Computed once for each day, because formatting is slow. */
  const offsetAt = (day: number): number => {
    const known = offsets.get(day) ?? local(day * DAY) - day * DAY;
    offsets.set(day, known);
    return known;
  };
  return (at) => {
    const day = Math.floor(at / DAY);
    const isConstant = offsetAt(day) === offsetAt(day + 1);
    return new Date(isConstant ? at + offsetAt(day) : local(at)).toISOString().slice(0, 10);
  };
}

/** Names of the periods that a day is in. 1 January 1970 was a Thursday; weeks begin on Monday. */
const PERIODS: Readonly<Record<Exclude<CopyClass, 'daily'>, (day: string) => string>> = {
  weekly: (day) => `week ${Math.floor((Date.parse(`${day}T00:00:00Z`) / DAY + 3) / 7)}`,
  monthly: (day) => day.slice(0, 7),
  yearly: (day) => day.slice(0, 4),
};

/** The order in which the vault imported copies. */
export const byImport = (a: GoodCopy, b: GoodCopy): number => a.at - b.at || (a.snapshot.arn < b.snapshot.arn ? -1 : 1);

/**
 * The term of each good copy of one database. The first copy of a week, a month or a year has that class; of several classes
 * the longest counts. A later copy therefore never changes the class of an earlier one.
 *
 * @param ordered the copies in the order of {@link byImport}
 */
export function termsOf(ordered: readonly GoodCopy[], retention: Retention, calendar: Calendar): readonly Term[] {
  const daily: Term = { copyClass: 'daily', days: termDays(retention, 'daily') };
  const others = (['weekly', 'monthly', 'yearly'] as const)
    .map((copyClass) => ({ copyClass, days: termDays(retention, copyClass), periodOf: PERIODS[copyClass], last: '' }))
    .filter(({ days }) => days > daily.days);
  return ordered.map(({ at }) => {
    const day = calendar(at);
    let term = daily;
    for (const other of others) {
      const period = other.periodOf(day);
      // In this order, the copies of one period follow each other.
      if (period === other.last) continue;
      other.last = period;
      if (other.days > term.days) term = { copyClass: other.copyClass, days: other.days };
    }
    return term;
  });
}
