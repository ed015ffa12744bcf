import type { Snapshot } from '../../../../lambda/_kit/ports/snapshots';
import { AccountBackoff } from '../../../../lambda/vault/import-copies/account-backoff';
import { HOUR } from '../../../../src/contract/durations';
import { TAGS } from '../../../../src/contract/names';
import { copyOf, exportCopy, hoursAgo, NOW } from '../../../support/import-world';
import { SOURCE } from '../../../support/pipeline';

let copies = 0;
/** A copy that was started so many hours ago; a failed one was noticed so many hours ago. */
function copy(started: number, noticed?: number): Snapshot {
  copies += 1;
  const failed = noticed === undefined ? {} : { [TAGS.failedAt]: hoursAgo(noticed).toISOString() };
  const status = noticed === undefined ? 'available' : 'failed';
  return copyOf(
    exportCopy({ of: `db${copies}` }),
    { status },
    { [TAGS.importStartedAt]: hoursAgo(started).toISOString(), ...failed },
  );
}
const many = (count: number, started: number, noticed?: number) =>
  Array.from({ length: count }, () => copy(started, noticed));
const of = (...all: readonly (readonly Snapshot[])[]) => {
  const backoff = new AccountBackoff(all.flat(), NOW);
  const { failures, until, maxInFlight } = backoff.all.get(SOURCE) ?? {};
  return {
    failures,
    pause: until && (until - NOW.getTime()) / HOUR,
    maxInFlight,
    refusal: backoff.refusal(SOURCE),
  };
};
const FREE = { failures: undefined, pause: undefined, maxInFlight: undefined, refusal: undefined };

test('a failure counts for less than 24 hours', () => {
  expect(of(many(3, 30, 23.9))).toEqual({ failures: 3, pause: -22.9, maxInFlight: 1, refusal: undefined });
  expect(of(many(3, 30, 24))).toEqual(FREE);
  expect(of(many(3, 30, 25), many(2, 2, 1))).toEqual(FREE);
});

test('a good copy of exactly 24 hours ago does not outweigh failures', () => {
  expect(of(many(3, 1, 0.5), many(3, 24))).toMatchObject({ failures: 3, refusal: 'account-backoff' });
  expect(of(many(3, 1, 0.5), many(3, 23.9))).toEqual(FREE);
});

test('a copy that was started as the failures before were noticed is of their round', () => {
  expect(of(many(3, 2, 1), many(1, 1, 0.5))).toMatchObject({ failures: 4, pause: 0.5 });
  expect(of(many(3, 2, 1), many(1, 0.9, 0.5))).toMatchObject({ failures: 4, pause: 1.5 });
});

test('a copy that was started as the last failure was noticed, and became good, ends the pause', () => {
  expect(of(many(4, 2, 1), many(1, 1))).toMatchObject({ maxInFlight: 2, refusal: undefined });
  expect(of(many(4, 2, 0.5), many(1, 1))).toMatchObject({ maxInFlight: 1, refusal: 'account-backoff' });
});

test('the pause is over to the minute', () => {
  expect(of(many(3, 2, 1)).refusal).toBeUndefined();
  expect(of(many(3, 2, 59 / 60)).refusal).toBe('account-backoff');
});
