import { lookAgainIn, NO_SLOT } from '../../../lambda/_kit/copies';
import { INTERVALS } from '../../../src/contract/intervals';

const passed = (kind: 'instance' | 'cluster', because: string) => ({ snapshot: { kind }, because });

test.each([
  ['nothing waits', [], INTERVALS.reminderMinutes],
  [
    'an instance waits for a slot: an event tells when one is free',
    [passed('instance', NO_SLOT)],
    INTERVALS.reminderMinutes,
  ],
  ['a cluster waits for something else', [passed('cluster', 'imported already')], INTERVALS.reminderMinutes],
  ['a cluster waits for a slot', [passed('cluster', NO_SLOT)], INTERVALS.crowdedReminderMinutes],
])('%s', (_, all, minutes) => expect(lookAgainIn(all)).toBe(minutes));

test('SQS delays a message by fifteen minutes at the most', () => {
  expect(Math.max(INTERVALS.reminderMinutes, INTERVALS.crowdedReminderMinutes)).toBeLessThanOrEqual(15);
});
