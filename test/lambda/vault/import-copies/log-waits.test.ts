import { NO_SLOT, SLOTS_KEPT } from '../../../../lambda/_kit/copies';
import type { Snapshot } from '../../../../lambda/_kit/ports/snapshots';
import { logWaits } from '../../../../lambda/vault/import-copies/log-waits';
import { type Passed, plan } from '../../../../lambda/vault/import-copies/plan';
import { ADMISSION_WAITS, type AdmissionWait } from '../../../../src/contract/admission';
import { TAGS } from '../../../../src/contract/names';
import { copyOf, exportCopy, hoursAgo, importFacts, NOW } from '../../../support/import-world';
import { OTHER, SOURCE } from '../../../support/pipeline';

const ROOMY = plan(importFacts([]));
const waiting = (because: Passed['because'], ...copies: readonly Snapshot[]): Passed[] =>
  copies.map((snapshot) => ({ snapshot, because }));

/** What is logged of a run in which these wait. */
function logged(passed: readonly Passed[], { admission, backoff } = ROOMY) {
  const lines: { readonly event: string; readonly fields: unknown }[] = [];
  logWaits({ passed, admission, backoff }, (event, fields) => void lines.push({ event, fields }), NOW);
  return lines;
}
const fieldsOf = (lines: ReturnType<typeof logged>) => lines.map(({ fields }) => fields as Record<string, unknown>);

describe('what waits for room or for an operator is logged', () => {
  const [a, b] = [exportCopy({ of: 'a', change: { sizeGiB: 1000 } }), exportCopy({ of: 'b' })];

  test('by account and reason: with the databases, the copies, and what a copy costs', () => {
    expect(logged(waiting('copy-too-large', a, b))).toEqual([
      {
        event: 'account.waits',
        fields: {
          account: SOURCE,
          because: 'copy-too-large',
          reason: ADMISSION_WAITS['copy-too-large'],
          remedy: 'Run “checkvalve accept” for the export copy, or raise vault.admission.maxCopyGiB.',
          databases: 2,
          examples: [a.database, b.database],
          copies: [
            { exportCopy: a.arn, sizeGiB: 1000, storageUsdPerMonth: 95 },
            { exportCopy: b.arn, sizeGiB: 20, storageUsdPerMonth: 2 },
          ],
        },
      },
    ]);
  });

  test('in a line for each account and reason', () => {
    const foreign = exportCopy({ account: OTHER });
    const passed = [...waiting('quota-full', a, foreign), ...waiting('new-database-limit', b)];
    expect(fieldsOf(logged(passed)).map(({ account, because }) => [account, because])).toEqual([
      [SOURCE, 'quota-full'],
      [OTHER, 'quota-full'],
      [SOURCE, 'new-database-limit'],
    ]);
  });

  test('with at most ten examples, and each database once', () => {
    const many = Array.from({ length: 12 }, (_, at) => exportCopy({ of: `db${at}` }));
    const [flood] = fieldsOf(logged(waiting('new-database-limit', ...many)));
    expect(flood).toMatchObject({ databases: 12, examples: many.slice(0, 10).map(({ database }) => database) });
    expect(flood?.copies).toMatchObject(many.slice(0, 10).map(({ arn }) => ({ exportCopy: arn })));
    const again = exportCopy({ of: 'a', id: 'fedcba9876543210' });
    expect(fieldsOf(logged(waiting('quota-full', a, again)))).toMatchObject([{ databases: 1, examples: [a.database] }]);
  });

  test.each<[because: AdmissionWait, remedy: RegExp]>([
    ['new-database-limit', /^Wait a day, or run “checkvalve accept” for each database/],
    ['new-database-no-room', /vault\.manualSnapshotQuota.*“checkvalve accept” for the database/],
    ['copy-too-large', /“checkvalve accept” for the export copy.*vault\.admission\.maxCopyGiB/],
    ['account-gib-per-day', /“checkvalve accept” for the export copy.*vault\.admission\.maxGiBPerAccountPerDay/],
    ['account-room-used', /more copies than its backup plan/],
    ['older-copy-no-room', /^Raise vault\.manualSnapshotQuota/],
    ['quota-full', /higher quota of manual snapshots and set vault\.manualSnapshotQuota/],
  ])('%s with its reason and what to do', (because, remedy) => {
    const reason = ADMISSION_WAITS[because];
    expect(fieldsOf(logged(waiting(because, a)))).toMatchObject([{ reason, remedy: expect.stringMatching(remedy) }]);
  });

  test('and nothing of other waits', () => {
    const others = [
      'already-imported',
      'not-available-yet',
      NO_SLOT,
      SLOTS_KEPT,
      'account-backoff',
      'copy-refused',
    ] as const;
    expect(logged(others.flatMap((because) => waiting(because, a)))).toEqual([]);
  });
});

describe('an account in backoff is logged', () => {
  const failures = (minutes: number) =>
    [1, 2, 3].map((at) => {
      const failedAt = hoursAgo(minutes / 60).toISOString();
      const tags = { [TAGS.failedAt]: failedAt, [TAGS.importStartedAt]: hoursAgo(3).toISOString() };
      return copyOf(exportCopy({ of: `f${at}` }), { status: 'failed' }, tags);
    });
  const inBackoff = (minutes: number) => logged([], plan(importFacts([], { own: failures(minutes) })));

  test.each([
    [0, '2026-06-15T13:00:00.000Z'],
    [59, '2026-06-15T12:01:00.000Z'],
    [60, undefined],
    [90, undefined],
  ])('%i minutes after its failures it pauses until %s', (minutes, pausedUntil) => {
    const fields = { account: SOURCE, failures: 3, pausedUntil, maxInFlight: 1 };
    expect(inBackoff(minutes)).toEqual([{ event: 'account.backoff', fields }]);
  });
});

describe('places that are reserved beyond the quota are logged', () => {
  const holding = (counts: Readonly<Record<string, number>>, kind: 'instance' | 'cluster' = 'instance') =>
    Object.entries(counts).flatMap(([account, count]) =>
      Array.from({ length: count }, (_, at) => copyOf(exportCopy({ account: account as never, of: `db${at}`, kind }))),
    );
  const accountOf = (at: number) => `2222000011${10 + at}`;
  const run = (own: readonly Snapshot[], manualSnapshotQuota: number) => {
    const accepted = new Set(own.map(({ tags }) => tags.get(TAGS.database)?.split(':')[4])) as never;
    return logged([], plan(importFacts([], { own, accepted, limits: { manualSnapshotQuota } })));
  };

  test('with the accounts that have most of them, the largest first', () => {
    const own = holding({ [accountOf(0)]: 1, [accountOf(1)]: 3, [accountOf(2)]: 2 });
    expect(run(own, 20)).toEqual([
      {
        event: 'quota.reserved-beyond',
        fields: {
          kind: 'instance',
          places: 4,
          largest: [
            { account: accountOf(1), databases: 3, held: 3, reserved: 12 },
            { account: accountOf(2), databases: 2, held: 2, reserved: 8 },
            { account: accountOf(0), databases: 1, held: 1, reserved: 4 },
          ],
        },
      },
    ]);
  });

  test('at most ten accounts; and not where all that is reserved fits', () => {
    const own = holding(Object.fromEntries(Array.from({ length: 12 }, (_, at) => [accountOf(at), 1])));
    expect(fieldsOf(run(own, 47)).map(({ largest }) => (largest as unknown[]).length)).toEqual([10]);
    expect(run(own, 48)).toEqual([]);
  });

  test('by kind', () => {
    const own = [...holding({ [accountOf(0)]: 1 }), ...holding({ [accountOf(0)]: 2 }, 'cluster')];
    expect(fieldsOf(run(own, 4)).map(({ kind, places }) => [kind, places])).toEqual([['cluster', 4]]);
    expect(fieldsOf(run(own, 3)).map(({ kind, places }) => [kind, places])).toEqual([
      ['instance', 1],
      ['cluster', 5],
    ]);
  });
});
