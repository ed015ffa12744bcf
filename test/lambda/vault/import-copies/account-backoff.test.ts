import type { Snapshot } from '../../../../lambda/_kit/ports/snapshots';
import { AccountBackoff } from '../../../../lambda/vault/import-copies/account-backoff';
import { HOUR, MINUTE } from '../../../../src/contract/durations';
import { snapshotArn } from '../../../../src/contract/ids';
import { TAGS } from '../../../../src/contract/names';
import { database, HERE, OTHER, SOURCE, VAULT } from '../../../support/pipeline';

const NOW = new Date('2026-03-01T12:00:00Z');
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * MINUTE).toISOString();
let copies = 0;

/** A copy in the vault that was started so many minutes ago; a failed one was noticed ten minutes later. */
function copy(started: number, status = 'failed', account = SOURCE, marked = true): Snapshot {
  copies += 1;
  const name = `checkvalve-copy-${copies}`;
  const of = database(account, 'db', 'orders').arn;
  const failed = status === 'failed' && marked ? [[TAGS.failedAt, minutesAgo(started - 10)] as const] : [];
  return {
    arn: snapshotArn(`arn:aws:rds:${HERE}:${VAULT}:snapshot:${name}`),
    name,
    status,
    kind: 'instance',
    type: 'manual',
    database: of,
    engine: 'postgres',
    encrypted: true,
    sizeGiB: 20,
    tags: new Map([[TAGS.role, 'vault'], [TAGS.database, of], [TAGS.importStartedAt, minutesAgo(started)], ...failed]),
  };
}
const of = (all: readonly Snapshot[]) => new AccountBackoff(all, NOW);
const many = (count: number, started: number, status = 'failed') =>
  Array.from({ length: count }, () => copy(started, status));

test.each<[what: string, copies: readonly Snapshot[], refused: boolean]>([
  ['two failures', many(2, 20), false],
  ['three failures', many(3, 20), true],
  ['three failures of yesterday', many(3, 24 * 60 + 11), false],
  ['as many good copies', [...many(3, 20), ...many(3, 30, 'available')], false],
  ['more failures than good copies', [...many(4, 20), ...many(3, 30, 'available')], true],
  ['good copies of yesterday', [...many(4, 20), ...many(9, 24 * 60 + 1, 'available')], true],
  ['failures that no run has noticed yet', [1, 2, 3].map(() => copy(20, 'failed', SOURCE, false)), true],
  ['copies that take long', many(9, 600, 'creating'), false],
])('%s', (_, all, refused) => {
  expect(of(all).refusal(SOURCE)).toBe(refused ? 'account-backoff' : undefined);
});

test('the backoff is for one account alone', () => {
  const backoff = of([...many(9, 20), copy(20, 'failed', OTHER)]);
  expect([backoff.refusal(SOURCE), backoff.refusal(OTHER)]).toEqual(['account-backoff', undefined]);
  expect([...backoff.all.keys()]).toEqual([SOURCE]);
});

/** Rounds that each failed, the last of them noticed 10 minutes ago; three copies in the first. */
const rounds = (count: number): Snapshot[] => [
  ...many(2, 20 + 30 * (count - 1)),
  ...Array.from({ length: count }, (_, at) => copy(20 + 30 * at)),
];

test.each([
  [1, 1],
  [2, 2],
  [3, 4],
  [4, 8],
  [5, 16],
  [6, 24],
  [9, 24],
])('after %i rounds of failures the account pauses for %i hours', (count, hours) => {
  const { until = 0 } = of(rounds(count)).all.get(SOURCE) ?? {};
  expect(until - NOW.getTime()).toBe(hours * HOUR - 10 * MINUTE);
});

test('copies that fail together are one round, whatever their number', () => {
  expect(of(many(20, 20)).all.get(SOURCE)).toMatchObject({ failures: 20, until: NOW.getTime() + 50 * MINUTE });
});

test('after its pause the account may have one copy in flight; after a good one two, then three', () => {
  const failures = many(9, 200);
  const asked = (all: readonly Snapshot[]): number => {
    const backoff = of(all);
    let started = 0;
    while (!backoff.refusal(SOURCE) && started < 100) {
      backoff.reserve(SOURCE);
      started += 1;
    }
    return started;
  };
  expect(asked(failures)).toBe(1);
  expect(asked([...failures, copy(20, 'creating')])).toBe(0);
  expect(asked([...failures, copy(20, 'available')])).toBe(2);
  expect(asked([...failures, copy(30, 'available'), copy(20, 'available')])).toBe(3);
  // A good copy that was started before the failures were noticed says nothing.
  expect(asked([...failures, copy(195, 'available')])).toBe(1);
  // A good one ends the pause.
  expect(asked([...many(9, 40), copy(20, 'available')])).toBe(2);
});
