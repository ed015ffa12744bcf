import * as fc from 'fast-check';
import {
  alertedAgain,
  formatHold,
  holdAfterRefusal,
  isDueAgain,
  parseHold,
  VERDICTS,
  type VerdictCode,
  wasAlertedToday,
} from '../../../src/contract/verdicts';
import { holds } from '../../support/holds';

const codes = Object.keys(VERDICTS) as VerdictCode[];
const anyTime = fc.date({ min: new Date('2020-01-01'), max: new Date('2099-01-01'), noInvalidDate: true });
const anyHold = fc.record(
  {
    code: fc.constantFrom(...codes),
    count: fc.integer({ min: 1, max: 9999 }),
    at: anyTime,
    alertedAt: anyTime,
  },
  { requiredKeys: ['code', 'count', 'at'] },
);

test('a verdict is read as it was written, in the characters that RDS allows', () => {
  holds(
    fc.property(anyHold, (hold) => {
      expect(parseHold(formatHold(hold))).toEqual(hold);
      expect(formatHold(hold)).toMatch(/^[A-Za-z0-9 _.:/=+\-@]{1,256}$/);
    }),
  );
});

test.each([
  undefined,
  '',
  'nonsense',
  'stuck',
  'stuck 1',
  'stuck x 2026-01-01',
  'no-such-verdict 1 2026-01-01T00:00:00.000Z',
  'stuck 1 2026-13-45',
  'stuck 1 2026-01-01T00:00:00.000Z never',
  'stuck 1 2026-01-01T00:00:00.000Z 2026-01-01T00:00:00.000Z more',
  'toString 1 2026-01-01T00:00:00.000Z',
])('%j is not the value of a verdict tag', (text) => expect(parseHold(text)).toBeUndefined());

test('a held snapshot is tried again less and less often, and at least once a day; a lasting verdict is not tried again', () => {
  const at = new Date('2026-01-01T00:00:00Z');
  const after = (minutes: number) => new Date(at.getTime() + minutes * 60_000);
  const hold = { code: 'key-not-accessible' as const, at };
  expect([9, 10].map((minutes) => isDueAgain({ ...hold, count: 1 }, after(minutes)))).toEqual([false, true]);
  expect([39, 40].map((minutes) => isDueAgain({ ...hold, count: 3 }, after(minutes)))).toEqual([false, true]);
  expect([1439, 1440].map((minutes) => isDueAgain({ ...hold, count: 500 }, after(minutes)))).toEqual([false, true]);
  expect(isDueAgain({ code: 'multi-az-cluster', count: 1, at }, after(100_000))).toBe(false);
  const alerted = { ...hold, count: 1, alertedAt: at };
  expect([1439, 1440].map((minutes) => wasAlertedToday(alerted, after(minutes)))).toEqual([true, false]);
  expect(wasAlertedToday({ ...hold, count: 1 }, at)).toBe(false);
});

test('operators are alerted once a day of a refusal that persists, and an alert does not delay the next attempt', () => {
  const start = Date.parse('2026-01-01T00:00:00Z');
  const alertedOn: number[] = [];
  let tag: string | undefined;
  for (let minute = 0; minute <= 4 * 1440; minute += 5) {
    const now = new Date(start + minute * 60_000);
    const hold = parseHold(tag);
    const isAlerted = hold !== undefined && wasAlertedToday(hold, now);
    if (hold && !isDueAgain(hold, now)) {
      if (!isAlerted) tag = alertedAgain(tag, hold.code, now);
      expect(parseHold(tag)).toMatchObject({ count: hold.count, at: hold.at });
    } else tag = holdAfterRefusal(tag, 'quota-full', now, !isAlerted);
    if (!isAlerted) alertedOn.push(minute / 1440);
  }
  expect(alertedOn).toEqual([0, 1, 2, 3, 4]);
  expect(parseHold(tag)?.count).toBeLessThan(14);
});

test('the same verdict counts on, another verdict counts from 1', () => {
  const at = new Date('2026-01-01T00:00:00Z');
  const first = holdAfterRefusal(undefined, 'stuck', at);
  expect(parseHold(first)?.count).toBe(1);
  expect(parseHold(holdAfterRefusal(first, 'stuck', at))?.count).toBe(2);
  expect(parseHold(holdAfterRefusal(first, 'quota-full', at))?.count).toBe(1);
});

test('a lasting verdict is counted once, however often a run is cut off', () => {
  const [at, later] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-01-01T00:15:00Z')];
  const first = holdAfterRefusal(undefined, 'unshareable', at);
  expect(parseHold(holdAfterRefusal(first, 'unshareable', later, false))).toEqual({
    code: 'unshareable',
    count: 1,
    at: later,
    alertedAt: at,
  });
});

test.each(codes)('%s has a reason and a remedy', (code) => {
  expect(VERDICTS[code].reason.length).toBeGreaterThan(10);
  expect(VERDICTS[code].remedy.length).toBeGreaterThan(10);
});
