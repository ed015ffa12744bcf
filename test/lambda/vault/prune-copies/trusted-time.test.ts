import * as fc from 'fast-check';
import { distrustOf } from '../../../../lambda/vault/prune-copies/trusted-time';
import { HOUR } from '../../../../src/contract/durations';
import type { Distrust } from '../../../../src/contract/pruning';
import { holds } from '../../../support/holds';

const NOW = new Date('2026-06-15T12:00:00Z');
const hours = (count: number) => new Date(NOW.getTime() + count * HOUR);
const minutes = (count: number) => hours(count / 60);

test.each<[string, Parameters<typeof distrustOf>[0], Distrust | undefined]>([
  ['six hours after the last run', { now: NOW, awsTime: NOW, lastRun: hours(-6) }, undefined],
  ['two days after the last run', { now: NOW, awsTime: NOW, lastRun: hours(-48) }, undefined],
  ['more than two days after it', { now: NOW, awsTime: NOW, lastRun: hours(-48.01) }, 'jumped-ahead'],
  ['before the last run', { now: NOW, awsTime: NOW, lastRun: minutes(1) }, 'went-back'],
  ['without a run before', { now: NOW, awsTime: NOW }, 'first-run'],
  ['AWS gives no time', { now: NOW, lastRun: hours(-6) }, 'no-time-from-aws'],
  ['a quarter of an hour from AWS', { now: NOW, awsTime: minutes(15), lastRun: hours(-6) }, undefined],
  ['ahead of AWS', { now: NOW, awsTime: minutes(-15.1), lastRun: hours(-6) }, 'differs-from-aws'],
  ['behind AWS', { now: NOW, awsTime: minutes(15.1), lastRun: hours(-6) }, 'differs-from-aws'],
  [
    'long after the last run, confirmed',
    { now: NOW, awsTime: NOW, lastRun: hours(-900), confirmed: hours(-23) },
    undefined,
  ],
  [
    'confirmed before the clock jumped',
    { now: NOW, awsTime: NOW, lastRun: hours(-900), confirmed: hours(-25) },
    'jumped-ahead',
  ],
  [
    'confirmed with another clock',
    { now: NOW, awsTime: NOW, lastRun: hours(-900), confirmed: hours(25) },
    'jumped-ahead',
  ],
  ['confirmed, against AWS', { now: NOW, awsTime: hours(-1), confirmed: NOW }, 'differs-from-aws'],
  ['the first run, confirmed', { now: NOW, awsTime: NOW, confirmed: NOW }, undefined],
])('%s', (_, facts, expected) => {
  expect(distrustOf(facts)).toBe(expected);
});

test('no jump of more than two days makes anything older, whatever was confirmed before it', () => {
  const jump = fc.double({ min: 48.1, max: 100_000, noNaN: true });
  holds(
    fc.property(jump, fc.double({ min: -6, max: 0, noNaN: true }), (ahead, confirmed) => {
      const facts = { lastRun: NOW, confirmed: hours(confirmed), now: hours(ahead), awsTime: hours(ahead) };
      expect(distrustOf(facts)).toBe('jumped-ahead');
    }),
  );
});
