/** Whether a schedule starts on a day, given as its midnight in UTC. */
export type DayTest = (day: Date) => boolean;

const ON_ANY_DAY: DayTest = () => true;

const daysInMonth = (day: Date): number =>
  new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
/** 1 is Sunday and 7 Saturday, as in AWS's expressions. */
const weekdayOf = (day: Date): number => day.getUTCDay() + 1;

/** The weekday from Monday to Friday that is nearest to a date, in the same month. */
function nearestWorkday(day: Date, date: number): number | undefined {
  const last = daysInMonth(day);
  if (date > last) return undefined;
  const weekday = weekdayOf(new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), date)));
  if (weekday === 7) return date === 1 ? 3 : date - 1;
  if (weekday === 1) return date === last ? date - 2 : date + 1;
  return date;
}

/** `?`, `L`, `LW` and `15W` of the day of month; undefined for anything else. */
export function specialDate(text: string, dateIn: (text: string) => number | undefined): DayTest | undefined {
  if (text === '?') return ON_ANY_DAY;
  if (text === 'L') return (day) => day.getUTCDate() === daysInMonth(day);
  if (text === 'LW') return (day) => day.getUTCDate() === nearestWorkday(day, daysInMonth(day));
  const date = text.endsWith('W') ? dateIn(text.slice(0, -1)) : undefined;
  return date === undefined ? undefined : (day) => day.getUTCDate() === nearestWorkday(day, date);
}

/** `?`, `L` (Saturday), `FRIL` (the last Friday of the month) and `FRI#2` (its second); undefined for anything else. */
export function specialWeekday(text: string, weekdayIn: (text: string) => number | undefined): DayTest | undefined {
  if (text === '?') return ON_ANY_DAY;
  if (text === 'L') return (day) => weekdayOf(day) === 7;
  const [, name = '', nth] = /^(\w+?)(?:L|#([1-5]))$/.exec(text) ?? [];
  const weekday = weekdayIn(name);
  if (weekday === undefined) return undefined;
  return (day) =>
    weekdayOf(day) === weekday &&
    (nth ? Math.ceil(day.getUTCDate() / 7) === Number(nth) : day.getUTCDate() + 7 > daysInMonth(day));
}
