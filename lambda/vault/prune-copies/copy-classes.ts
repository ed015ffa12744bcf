import { DAY } from '../../../src/contract/durations';
import { type CopyClass, type Retention, termDays } from '../../../src/contract/retention';
import type { Snapshot } from '../../_kit/ports/snapshots';

/** A good copy, and since when it is in the vault, in milliseconds since the epoch. */
export interface Good {
  readonly snapshot: Snapshot;
  readonly at: number;
}

/** What a copy counts as, and how many days it is kept for that. */
export interface Term {
  readonly copyClass: CopyClass;
  readonly days: number;
}

/** The day of an instant in the vault's calendar, as `YYYY-MM-DD`. */
export type Calendar = (at: number) => string;

/** The calendar of a time zone. @throws RangeError for a zone that nobody knows */
export function calendarOf(timeZone: string): Calendar {
  const two = '2-digit';
  // The Swedish way to write a time is nearly ISO's.
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    ...{ year: 'numeric', month: two, day: two, hour: two, minute: two, second: two },
  });
  const local = (at: number) => Date.parse(`${format.format(at).replace(' ', 'T')}Z`);
  const aheadAt = new Map<number, number>();
  /** By how much the zone is ahead of UTC when a UTC day begins; asked once for each day, since formatting is slow. */
  const ahead = (day: number): number => {
    const known = aheadAt.get(day) ?? local(day * DAY) - day * DAY;
    aheadAt.set(day, known);
    return known;
  };
  return (at) => {
    const day = Math.floor(at / DAY);
    const isAsBefore = ahead(day) === ahead(day + 1);
    return new Date(isAsBefore ? at + ahead(day) : local(at)).toISOString().slice(0, 10);
  };
}

/** Names of the spans that a day lies in. 1 January 1970 was a Thursday; weeks begin on Monday. */
const SPANS: Readonly<Record<Exclude<CopyClass, 'daily'>, (day: string) => string>> = {
  weekly: (day) => `week ${Math.floor((Date.parse(`${day}T00:00:00Z`) / DAY + 3) / 7)}`,
  monthly: (day) => day.slice(0, 7),
  yearly: (day) => day.slice(0, 4),
};

/** The order in which copies came into the vault. */
export const inOrder = (a: Good, b: Good): number => a.at - b.at || (a.snapshot.arn < b.snapshot.arn ? -1 : 1);

/**
 * The term of each good copy of one database, given in the order in which they came: the first of a week, a month or a
 * year counts as that, the longest counts. What comes later can therefore never take a class away.
 */
export function termsOf(inOrderOfImport: readonly Good[], retention: Retention, calendar: Calendar): readonly Term[] {
  const daily: Term = { copyClass: 'daily', days: termDays(retention, 'daily') };
  const others = (['weekly', 'monthly', 'yearly'] as const)
    .map((copyClass) => ({ copyClass, days: termDays(retention, copyClass), spanOf: SPANS[copyClass], last: '' }))
    .filter(({ days }) => days > daily.days);
  return inOrderOfImport.map(({ at }) => {
    const day = calendar(at);
    let term = daily;
    for (const other of others) {
      const span = other.spanOf(day);
      // In the order in which they came, the copies of a span stand side by side.
      if (span === other.last) continue;
      other.last = span;
      if (other.days > term.days) term = { copyClass: other.copyClass, days: other.days };
    }
    return term;
  });
}
