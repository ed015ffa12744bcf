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

test('a verdict survives its tag, in the characters that RDS allows', () => {
  fc.assert(
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
  'unheard-of 1 2026-01-01T00:00:00.000Z',
  'stuck 1 2026-13-45',
  'stuck 1 2026-01-01T00:00:00.000Z never',
  'stuck 1 2026-01-01T00:00:00.000Z 2026-01-01T00:00:00.000Z more',
  'toString 1 2026-01-01T00:00:00.000Z',
])('%j is no verdict, whoever wrote it', (text) => expect(parseHold(text)).toBeUndefined());

test('what is held is tried again ever more rarely, and at least once a day; what lasts is not', () => {
  const at = new Date('2026-01-01T00:00:00Z');
  const after = (minutes: number) => new Date(at.getTime() + minutes * 60_000);
  const hold = { code: 'key-not-accessible' as const, at };
  expect([9, 10].map((minutes) => isDueAgain({ ...hold, count: 1 }, after(minutes)))).toEqual([false, true]);
  expect([39, 40].map((minutes) => isDueAgain({ ...hold, count: 3 }, after(minutes)))).toEqual([false, true]);
  expect([1439, 1440].map((minutes) => isDueAgain({ ...hold, count: 500 }, after(minutes)))).toEqual([false, true]);
  expect(isDueAgain({ code: 'multi-az-cluster', count: 1, at }, after(100_000))).toBe(false);
  const told = { ...hold, count: 1, alertedAt: at };
  expect([1439, 1440].map((minutes) => wasAlertedToday(told, after(minutes)))).toEqual([true, false]);
  expect(wasAlertedToday({ ...hold, count: 1 }, at)).toBe(false);
});

test('what is refused again and again is told once a day, and telling does not put off the next try', () => {
  const start = Date.parse('2026-01-01T00:00:00Z');
  const told: number[] = [];
  let tag: string | undefined;
  for (let minute = 0; minute <= 4 * 1440; minute += 5) {
    const now = new Date(start + minute * 60_000);
    const hold = parseHold(tag);
    const fresh = hold !== undefined && wasAlertedToday(hold, now);
    if (hold && !isDueAgain(hold, now)) {
      if (!fresh) tag = alertedAgain(tag, hold.code, now);
      expect(parseHold(tag)).toMatchObject({ count: hold.count, at: hold.at });
    } else tag = holdAfterRefusal(tag, 'quota-full', now, !fresh);
    if (!fresh) told.push(minute / 1440);
  }
  expect(told).toEqual([0, 1, 2, 3, 4]);
  expect(parseHold(tag)?.count).toBeLessThan(14);
});

test('the same verdict counts on, another begins anew', () => {
  const at = new Date('2026-01-01T00:00:00Z');
  const first = holdAfterRefusal(undefined, 'stuck', at);
  expect(parseHold(first)?.count).toBe(1);
  expect(parseHold(holdAfterRefusal(first, 'stuck', at))?.count).toBe(2);
  expect(parseHold(holdAfterRefusal(first, 'quota-full', at))?.count).toBe(1);
});

test('what lasts is counted once, however often a run that is cut off comes back to it', () => {
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
