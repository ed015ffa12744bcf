import { minutesToNextRun, NO_SLOT } from '../../../lambda/_kit/copies';
import { INTERVALS } from '../../../src/contract/intervals';

const passed = (kind: 'instance' | 'cluster', because: string) => ({ snapshot: { kind }, because });

test.each([
  ['nothing waits', [], INTERVALS.reminderMinutes],
  [
    'an instance waits for a slot: an event reports a free one',
    [passed('instance', NO_SLOT)],
    INTERVALS.reminderMinutes,
  ],
  ['a cluster waits for something else', [passed('cluster', 'already-imported')], INTERVALS.reminderMinutes],
  ['a cluster waits for a slot', [passed('cluster', NO_SLOT)], INTERVALS.crowdedReminderMinutes],
])('%s', (_, all, minutes) => expect(minutesToNextRun(all)).toBe(minutes));

test('SQS delays a message by at most fifteen minutes', () => {
  expect(Math.max(INTERVALS.reminderMinutes, INTERVALS.crowdedReminderMinutes)).toBeLessThanOrEqual(15);
});
