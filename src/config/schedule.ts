/** Bounds of the fields of an AWS cron expression, in their order.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based */
const FIELDS = [
  { name: 'minutes', from: 0, to: 59, words: [] },
  { name: 'hours', from: 0, to: 23, words: [] },
  { name: 'day of month', from: 1, to: 31, words: [] },
  { name: 'month', from: 1, to: 12, words: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ') },
  { name: 'day of week', from: 1, to: 7, words: 'SUN MON TUE WED THU FRI SAT'.split(' ') },
  { name: 'year', from: 1970, to: 2199, words: [] },
] as const;

type Field = (typeof FIELDS)[number];

function numberIn(text: string, { from, to, words }: Field): number | undefined {
  const at = (words as readonly string[]).indexOf(text.toUpperCase());
  const value = at >= 0 ? at + from : /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= from && value <= to ? value : undefined;
}

/** The values that one field stands for; undefined when it is no such field. `?`, `L`, `W` and `#` stand for any day. */
function valuesOf(text: string, field: Field): ReadonlySet<number> | undefined {
  const all = Array.from({ length: field.to - field.from + 1 }, (_, at) => field.from + at);
  const isDay = field.name.startsWith('day');
  if (text === '*' || (isDay && (text === '?' || /^(L|LW|\d{1,2}W|[A-Z0-9]{1,3}(L|#[1-5]))$/i.test(text))))
    return new Set(all);
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    const [first = '', last] = range.split('-');
    const from = range === '*' ? field.from : numberIn(first, field);
    const to = last === undefined ? (step || range === '*' ? field.to : from) : numberIn(last, field);
    if (from === undefined || to === undefined || from > to || step === '0') return undefined;
    for (let value = from; value <= to; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

/** A cron expression taken apart, or undefined when it is none. Exactly one of the two days must be `?`. */
function fieldsOf(schedule: string): readonly ReadonlySet<number>[] | undefined {
  const texts = /^cron\((.+)\)$/.exec(schedule)?.[1]?.trim().split(/\s+/) ?? [];
  if (texts.length !== FIELDS.length || (texts[2] === '?') === (texts[4] === '?')) return undefined;
  const values = FIELDS.map((field, at) => valuesOf(texts[at] ?? '', field));
  return values.every((one) => one !== undefined) ? values : undefined;
}

/** Whether AWS Backup takes this as a schedule. */
export const isSchedule = (schedule: string): boolean =>
  /^rate\((1 (minute|hour|day)|[2-9]\d* (minutes|hours|days)|1\d+ (minutes|hours|days))\)$/.test(schedule) ||
  fieldsOf(schedule) !== undefined;

/** Minutes since midnight at which a schedule starts; undefined where a rate or a broken expression does not say. */
export function startsOf(schedule: string): readonly number[] | undefined {
  const [minutes, hours] = fieldsOf(schedule) ?? [];
  if (!minutes || !hours) return undefined;
  return [...hours].flatMap((hour) => [...minutes].map((minute) => hour * 60 + minute));
}
