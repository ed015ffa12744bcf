import { config } from '../../../src/checkvalve.config';
import type { CheckvalveConfig } from '../../../src/config/checkvalve-config';
import { plansOf } from '../../../src/config/plans-of';
import { lateWindows } from '../../../src/operations/probe/databases';
import { clearWindows, type InstanceWindows, isInWindow } from '../../../src/rehearsal/clear-windows';

const HOUR = 3_600_000;
const NAMES = ['orders', 'ledger', 'payroll', 'invoices', 'stock', 'ratings'];
const FIRST = Date.parse('2026-11-23T00:00:00Z');
/** A week with each hour's every fifth minute. */
const WEEK = Array.from({ length: (7 * 24 * 60) / 5 }, (_, at) => new Date(FIRST + at * 300_000));

const plan = (schedule: string, timeZone: string) => ({ schedule, timeZone, retentionDays: 35 });
const planned = (daily: string, monthly: string, timeZone: string): CheckvalveConfig => ({
  ...config,
  backup: { daily: plan(daily, timeZone), monthly: plan(monthly, timeZone) },
});

/** The hours and minutes, in UTC, at which a backup would meet a window. */
const blocked = (windows: InstanceWindows) =>
  new Set(WEEK.filter((at) => isInWindow(at, windows)).map((at) => at.toISOString().slice(11, 16)));

const reaching = (from: string, minutes: number) =>
  Array.from({ length: minutes / 5 }, (_, at) => new Date(Date.parse(`2026-11-23T${from}:00Z`) + at * 300_000)).map(
    (at) => at.toISOString().slice(11, 16),
  );

// The daily plan starts at 00:00 UTC, in summer at 23:00, and the monthly one four hours later.
test.each(NAMES)(
  'no job of the example’s plans starts in a window of %s, as long as its start window lasts',
  (name) => {
    expect(plansOf(config)?.startWindowMinutes).toBe(240);
    const met = blocked(clearWindows(config, name));
    expect(met.size).toBeGreaterThan(0);
    expect(reaching('23:00', 9 * 60).filter((time) => met.has(time))).toEqual([]);
  },
);

test('the windows of a database are always the same, and those of others differ', () => {
  expect(clearWindows(config, 'orders')).toEqual(clearWindows(config, 'orders'));
  expect(new Set(NAMES.map((name) => JSON.stringify(clearWindows(config, name)))).size).toBe(NAMES.length);
});

test.each([
  ['in the half-hour time zone of India', planned('cron(0 12 * * ? *)', 'cron(0 18 1 * ? *)', 'Asia/Kolkata'), '06:30'],
  ['behind UTC', planned('cron(0 1 * * ? *)', 'cron(0 5 1 * ? *)', 'America/Denver'), '08:00'],
  ['of a team', { ...config, backup: { plans: 'off' as const } }, '02:30'],
])('a plan %s is kept clear', (_, of, start) => {
  for (const name of NAMES) {
    const met = blocked(clearWindows(of, name));
    expect(reaching(start, 60).filter((time) => met.has(time))).toEqual([]);
  }
});

test('where plans start each hour, the backup window lies between two starts', () => {
  const hourly = planned('cron(0 * * * ? *)', 'cron(0 5 1 * ? *)', 'UTC');
  for (const name of NAMES) expect(clearWindows(hourly, name).PreferredBackupWindow).toMatch(/^\d\d:30-\d\d:00$/);
});

test('no window of a probe’s instance begins within twenty hours', () => {
  for (const start of [0, 1, 25, 91].map((hours) => FIRST + hours * HOUR + 41 * 60_000)) {
    const windows = lateWindows(start);
    const met = Array.from({ length: 20 * 12 }, (_, at) => new Date(start + at * 300_000));
    expect(met.filter((at) => isInWindow(at, windows))).toEqual([]);
  }
});
