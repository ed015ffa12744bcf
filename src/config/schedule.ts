import { DAY } from '../contract/durations';
import { type DayTest, specialDate, specialWeekday } from './schedule-days';

interface Field {
  readonly from: number;
  readonly to: number;
  readonly words: readonly string[];
}

/** Bounds of the fields of an AWS cron expression.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based */
const FIELDS = {
  minutes: { from: 0, to: 59, words: [] },
  hours: { from: 0, to: 23, words: [] },
  date: { from: 1, to: 31, words: [] },
  month: { from: 1, to: 12, words: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ') },
  weekday: { from: 1, to: 7, words: 'SUN MON TUE WED THU FRI SAT'.split(' ') },
  year: { from: 1970, to: 2199, words: [] },
} as const satisfies Record<string, Field>;

const END = Date.UTC(FIELDS.year.to + 1, 0, 1);

function numberIn(text: string, { from, to, words }: Field): number | undefined {
  const at = words.indexOf(text.toUpperCase());
  const value = at >= 0 ? at + from : /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= from && value <= to ? value : undefined;
}

/** The values of one field; undefined when it is invalid. */
function valuesOf(text: string, field: Field): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    const [first = '', last, ...more] = range.split('-');
    const from = range === '*' ? field.from : numberIn(first, field);
    const to = last === undefined ? (step || range === '*' ? field.to : from) : numberIn(last, field);
    if (from === undefined || to === undefined || from > to || more.length > 0 || Number(step ?? 1) === 0) {
      return undefined;
    }
    for (let value = from; value <= to; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

/** A parsed cron expression. */
export interface CronSchedule {
  /** Minutes since midnight at which it starts. */
  readonly starts: readonly number[];
  readonly isOn: DayTest;
}

/** Parses a `cron(…)` expression of AWS; undefined when it is invalid. Exactly one of the two day fields must be `?`. Our own
 * parser, because no library reads AWS's dialect: docs/adr/0045-own-cron-reader.md. */
export function readCron(schedule: string): CronSchedule | undefined {
  const texts = /^cron\((.+)\)$/.exec(schedule)?.[1]?.trim().split(/\s+/) ?? [];
  const [minute = '', hour = '', date = '', month = '', weekday = '', year = ''] = texts;
  if (texts.length !== 6 || (date === '?') === (weekday === '?')) return undefined;
  const [minutes, hours] = [valuesOf(minute, FIELDS.minutes), valuesOf(hour, FIELDS.hours)];
  const [months, years] = [valuesOf(month, FIELDS.month), valuesOf(year, FIELDS.year)];
  const dates = valuesOf(date, FIELDS.date);
  const isDate = dates
    ? (day: Date) => dates.has(day.getUTCDate())
    : specialDate(date.toUpperCase(), (text) => numberIn(text, FIELDS.date));
  const weekdays = valuesOf(weekday, FIELDS.weekday);
  const isWeekday = weekdays
    ? (day: Date) => weekdays.has(day.getUTCDay() + 1)
    : specialWeekday(weekday.toUpperCase(), (text) => numberIn(text, FIELDS.weekday));
  if (!minutes || !hours || !months || !years || !isDate || !isWeekday) return undefined;
  return {
    starts: [...hours].flatMap((h) => [...minutes].map((m) => h * 60 + m)),
    isOn: (day) =>
      years.has(day.getUTCFullYear()) && months.has(day.getUTCMonth() + 1) && isDate(day) && isWeekday(day),
  };
}

/** Whether a schedule starts on a day or later, until 2199; false for an invalid schedule. */
export function startsFrom(schedule: string, day: Date): boolean {
  const cron = readCron(schedule);
  if (!cron) return false;
  for (let at = day.getTime(); at < END; at += DAY) if (cron.isOn(new Date(at))) return true;
  return false;
}

/** Whether `schedule` is a rate expression, which EventBridge supports and AWS Backup does not.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html */
export const isRate = (schedule: string): boolean => /^\s*rate\b/i.test(schedule);
