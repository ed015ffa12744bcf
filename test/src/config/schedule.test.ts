import * as fc from 'fast-check';
import { isRate, readCron, startsFrom } from '../../../src/config/schedule';
import { startsMeet, startWindowOf } from '../../../src/config/start-windows';
import { holds } from '../../support/holds';

test.each([
  ['cron(0 1 * * ? *)', true],
  ['cron(0/15 8-18 ? * MON-FRI *)', true],
  ['cron(0 5 L * ? *)', true],
  ['cron(0 5 LW * ? *)', true],
  ['cron(0 5 15W * ? *)', true],
  ['cron(0 5 ? * FRI#2 *)', true],
  ['cron(0 5 ? * 6L *)', true],
  ['cron(0 5 1 JAN,apr,7 ? 2026-2030)', true],
  ['rate(1 day)', false],
  ['rate(12 hours)', false],
  ['rate(1 days)', false],
  ['rate(12 hour)', false],
  ['rate(0 hours)', false],
  ['rate(-1 hours)', false],
  ['cron(0 1 * * * *)', false],
  ['cron(0 1 ? * ? *)', false],
  ['cron(60 1 * * ? *)', false],
  ['cron(0 24 * * ? *)', false],
  ['cron(0 1 * * ?)', false],
  ['cron(0 1 * * ? * *)', false],
  ['cron(0 1 0 * ? *)', false],
  ['cron(0 1 32 * ? *)', false],
  ['cron(0 1 45W * ? *)', false],
  ['cron(0 1 W * ? *)', false],
  ['cron(0 1 * 13 ? *)', false],
  ['cron(0 1 ? * 8 *)', false],
  ['cron(0 1 ? * ABC#1 *)', false],
  ['cron(0 1 ? * FRI#6 *)', false],
  ['cron(0 1 ? * 9L *)', false],
  ['cron(0 1 * * ? 1969)', false],
  ['cron(0 5-1 * * ? *)', false],
  ['cron(0 1-2-3 * * ? *)', false],
  ['cron(0/0 1 * * ? *)', false],
  ['cron(? 1 * * ? *)', false],
  ['cron()', false],
  ['0 1 * * *', false],
  ['', false],
])('whether %s is a valid schedule: %s', (schedule, good) => {
  expect(readCron(schedule) !== undefined).toBe(good);
});

test.each([
  ['cron(0 1 30 2 ? *)', '2026-01-01', false],
  ['cron(0 1 29 2 ? *)', '2096-03-01', true],
  ['cron(0 1 ? 2 MON#5 *)', '2026-01-01', true],
  ['cron(0 1 ? 2 MON#5 2027-2030)', '2026-01-01', false],
  ['cron(0 1 * * ? 2199)', '2026-01-01', true],
  ['cron(0 1 31 12 ? 2026)', '2026-12-31', true],
  ['cron(0 1 31 12 ? 2026)', '2027-01-01', false],
  ['every night', '2026-01-01', false],
])('whether %s starts on %s or later: %s', (schedule, day, starts) => {
  expect(startsFrom(schedule, new Date(day))).toBe(starts);
});

test.each([
  ['rate(1 day)', true],
  ['rate(12 hour)', true],
  [' RATE (1 day)', true],
  ['cron(0 1 * * ? *)', false],
  ['every day at this rate', false],
])('whether %s is a rate expression: %s', (schedule, rate) => {
  expect(isRate(schedule)).toBe(rate);
});

test('readCron throws for no text', () => {
  const piece = fc.constantFrom('*', '?', 'L', 'W', '1', '31', 'FRI', '#', '-', ',', '/', ' ', '0');
  const field = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
  holds(
    fc.property(fc.array(field, { minLength: 5, maxLength: 7 }), (fields) => {
      expect(() => readCron(`cron(${fields.join(' ')})`)).not.toThrow();
    }),
  );
});

// July 2026 begins on a Wednesday and ends on a Friday; August begins on a Saturday, May ends on a Sunday.
test.each([
  ['cron(0 1 ? * WED *)', '2026-07-01', true],
  ['cron(0 1 ? * WED *)', '2026-07-02', false],
  ['cron(0 1 L * ? *)', '2026-07-31', true],
  ['cron(0 1 L * ? *)', '2026-07-30', false],
  ['cron(0 1 LW * ? *)', '2026-05-29', true],
  ['cron(0 1 LW * ? *)', '2026-05-31', false],
  ['cron(0 1 1W * ? *)', '2026-08-03', true],
  ['cron(0 1 4W * ? *)', '2026-07-03', true],
  ['cron(0 1 5W * ? *)', '2026-07-06', true],
  ['cron(0 1 31W * ? *)', '2026-06-30', false],
  ['cron(0 1 ? * WED#1 *)', '2026-07-01', true],
  ['cron(0 1 ? * WED#2 *)', '2026-07-08', true],
  ['cron(0 1 ? * WED#2 *)', '2026-07-15', false],
  ['cron(0 1 ? * FRIL *)', '2026-07-31', true],
  ['cron(0 1 ? * FRIL *)', '2026-07-24', false],
  ['cron(0 1 ? * L *)', '2026-08-01', true],
  ['cron(0 1 1 AUG ? *)', '2026-07-01', false],
  ['cron(0 1 1 * ? 2027)', '2026-07-01', false],
])('whether %s starts on %s: %s', (schedule, day, starts) => {
  expect(readCron(schedule)?.isOn(new Date(day))).toBe(starts);
});

test('readCron returns the minutes of the starts', () => {
  expect(readCron('cron(30 1,13 * * ? *)')?.starts).toEqual([90, 810]);
});

const plan = (schedule: string, timeZone = 'Europe/Berlin') => ({ schedule, timeZone });

test.each([
  ['an hour apart', plan('cron(0 1 * * ? *)'), plan('cron(0 2 1 * ? *)'), false],
  ['59 minutes apart', plan('cron(0 1 * * ? *)'), plan('cron(59 1 1 * ? *)'), true],
  ['at the same time', plan('cron(0 1 * * ? *)'), plan('cron(0 1 1 * ? *)'), true],
  ['about midnight', plan('cron(30 23 * * ? *)'), plan('cron(15 0 1 * ? *)'), true],
  ['about midnight, on days that do not follow', plan('cron(30 23 ? * MON *)'), plan('cron(15 0 ? * MON *)'), false],
  ['at the same time on other weekdays', plan('cron(0 1 ? * MON-SAT *)'), plan('cron(0 1 ? * SUN#1 *)'), false],
  ['in other months', plan('cron(0 1 * JAN-JUN ? *)'), plan('cron(0 1 1 JUL-DEC ? *)'), false],
  [
    'on a date that is such a weekday only now and then',
    plan('cron(0 1 ? * MON *)'),
    plan('cron(0 1 29 FEB ? *)'),
    true,
  ],
  ['at one moment in two zones', plan('cron(0 1 * * ? *)'), plan('cron(0 0 1 * ? *)', 'UTC'), true],
  ['at one hour in two zones', plan('cron(0 1 * * ? *)'), plan('cron(0 1 1 * ? *)', 'Asia/Tokyo'), false],
  ['only in summer', plan('cron(0 1 * * ? *)'), plan('cron(0 23 L JUL ? *)', 'UTC'), true],
  [
    'in zones more than a day apart',
    plan('cron(0 1 * * ? *)', 'Pacific/Kiritimati'),
    plan('cron(0 0 1 * ? *)', 'Pacific/Niue'),
    true,
  ],
  ['in an unknown zone', plan('cron(0 1 * * ? *)'), plan('cron(0 1 1 * ? *)', 'Europe/Berln'), false],
  ['of which one is no schedule', plan('rate(1 day)'), plan('cron(0 1 1 * ? *)'), false],
  // Clocks are put forward from 2 to 3 on the last Sunday of March, and back from 3 to 2 on that of October.
  ['close on the night in which an hour is left out', plan('cron(30 1 * * ? *)'), plan('cron(0 3 L * ? *)'), true],
  ['as far apart on every other night', plan('cron(30 1 * * ? *)'), plan('cron(0 3 15 * ? *)'), false],
  ['at a time that one night does not have', plan('cron(30 2 * * ? *)'), plan('cron(45 3 L MAR ? *)'), true],
  ['at a time that one night has twice', plan('cron(30 2 * * ? *)'), plan('cron(30 1 L OCT ? *)', 'UTC'), true],
  [
    'on a night like that in the one zone',
    plan('cron(30 2 L OCT ? *)'),
    plan('cron(30 1 * * ? *)', 'Asia/Tokyo'),
    false,
  ],
  [
    'where clocks change on another day',
    plan('cron(0 21 * * ? *)', 'America/New_York'),
    plan('cron(0 2 15 MAR ? *)', 'Europe/London'),
    false,
  ],
  [
    'where clocks have changed in one zone and not yet in the other',
    plan('cron(0 21 * * ? *)', 'America/New_York'),
    plan('cron(0 1 15 MAR ? *)', 'Europe/London'),
    true,
  ],
])('whether two plans meet: %s', (_, daily, monthly, meet) => {
  expect(startsMeet(daily, monthly)).toBe(meet);
  expect(startsMeet(monthly, daily)).toBe(meet);
});

test.each([
  ['cron(0 1 * * ? *)', false],
  ['cron(0 * * * ? *)', false],
  ['cron(0,30 1 * * ? *)', true],
  ['cron(* 1 * * ? *)', true],
  ['cron(30 1,3 * * ? *)', false],
  ['cron(30 1,2,3 * * ? *)', false],
  ['cron(30 2 * * ? *)', false],
  ['cron(0,30 1 31 FEB ? *)', false],
  // On the night in which 2 to 3 is left out these two are half an hour apart.
  ['cron(30 1,3 * MAR ? *)', false],
  ['cron(59 1 ? MAR SUN *)', false],
])('whether two starts of %s are within an hour: %s', (schedule, meets) => {
  const one = plan(schedule);
  expect(startsMeet(one, one)).toBe(meets);
});

test('a time that a clock change of half an hour repeats is one start', () => {
  const one = plan('cron(45 1 * * ? *)', 'Australia/Lord_Howe');
  expect(startsMeet(one, one)).toBe(false);
});

const QUARTERS = Array.from({ length: 365 * 24 * 4 }, (_, at) => Date.UTC(2027, 0, 1) + at * 15 * 60_000);
const shown = new Map<string, readonly string[]>();

/** When a zone's clock shows a time, found by looking at it every quarter of an hour of a year. */
function instantsShowing(time: string, timeZone: string): readonly number[] {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  const times = shown.get(timeZone) ?? QUARTERS.map((instant) => clock.format(instant));
  shown.set(timeZone, times);
  return QUARTERS.filter((_, at) => times[at] === time);
}

/** Whether a clock shows a time every day: a night that leaves it out parts two showings by two days. */
const isShownDaily = (instants: readonly number[]): boolean =>
  instants.every((one, at) => one - (instants[at - 1] ?? one) <= 25 * 60 * 60_000);

test('two daily plans meet exactly when their times are within an hour of each other', () => {
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Adelaide');
  const two = (value: number) => String(value).padStart(2, '0');
  const time = fc.record({ hour: fc.nat({ max: 23 }), minute: fc.constantFrom(0, 15, 30, 45), timeZone: zone });
  holds(
    fc.property(time, time, (a, b) => {
      const seen = ({ hour, minute, timeZone }: typeof a) => instantsShowing(`${two(hour)}:${two(minute)}`, timeZone);
      const [ones, others] = [seen(a), seen(b)];
      const among = new Set(others);
      const near = ones.some((one) => [-3, -2, -1, 0, 1, 2, 3].some((off) => among.has(one + off * 15 * 60_000)));
      const daily = ({ hour, minute, timeZone }: typeof a) => plan(`cron(${minute} ${hour} * * ? *)`, timeZone);
      if (near) expect(startsMeet(daily(a), daily(b))).toBe(true);
      // A start that one night leaves out may come sooner or later: there more is refused than the clock shows.
      else if (isShownDaily(ones) && isShownDaily(others)) expect(startsMeet(daily(a), daily(b))).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['cron(0 5 1 * ? *)', 240],
  ['cron(59 4 1 * ? *)', 180],
  ['cron(0 4 1 * ? *)', 180],
  ['cron(0 3 1 * ? *)', 120],
  ['cron(30 2 1 * ? *)', 60],
])('the start window of a daily plan at 1 and a monthly plan %s is %i minutes', (schedule, minutes) => {
  const timeZone = 'Europe/Berlin';
  expect(startWindowOf({ schedule: 'cron(0 1 * * ? *)', timeZone }, { schedule, timeZone })).toBe(minutes);
});
