import { minutesToNextRun, NO_SLOT } from '../../../lambda/_kit/copies';
import { RHYTHM } from '../../../src/contract/rhythm';

const passed = (kind: 'instance' | 'cluster', because: string) => ({ snapshot: { kind }, because });

test.each([
  ['nothing waits', [], RHYTHM.reminderMinutes],
  ['an instance waits for a slot: an event reports a free one', [passed('instance', NO_SLOT)], RHYTHM.reminderMinutes],
  ['a cluster waits for something else', [passed('cluster', 'already-imported')], RHYTHM.reminderMinutes],
  ['a cluster waits for a slot', [passed('cluster', NO_SLOT)], RHYTHM.crowdedReminderMinutes],
])('%s', (_, all, minutes) => expect(minutesToNextRun(all)).toBe(minutes));

test('SQS delays a message by at most fifteen minutes', () => {
  expect(Math.max(RHYTHM.reminderMinutes, RHYTHM.crowdedReminderMinutes)).toBeLessThanOrEqual(15);
});
