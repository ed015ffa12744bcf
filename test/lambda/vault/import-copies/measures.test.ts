import { NO_SLOT, SLOTS_KEPT } from '../../../../lambda/_kit/copies';
import type { Snapshot } from '../../../../lambda/_kit/ports/snapshots';
import { measures } from '../../../../lambda/vault/import-copies/measures';
import { type Passed, plan } from '../../../../lambda/vault/import-copies/plan';
import { copyOf, exportCopy, importFacts } from '../../../support/import-world';
import { OTHER, SOURCE } from '../../../support/pipeline';

const waiting = (because: Passed['because'], ...copies: readonly Snapshot[]): Passed[] =>
  copies.map((snapshot) => ({ snapshot, because }));

describe('a run measures', () => {
  const NOTHING = {
    QuotaUsedPercent: 0,
    CopiesWaitingForSlots: 0,
    CopiesOfNewDatabasesWaiting: 0,
    CopiesWaitingForSize: 0,
    CopiesWaitingForRoom: 0,
    PlacesReservedBeyondQuota: 0,
    AccountsInBackoff: 0,
    MessagesRejected: 0,
    NotificationsOfOneAccount: 0,
  };
  const quiet = { rejected: 0, received: new Map() };
  const measured = (
    facts = importFacts([]),
    passed: readonly Passed[] = [],
    listened: Parameters<typeof measures>[2] = quiet,
  ) => measures(facts, { ...plan(facts), passed }, listened);

  test('zero of everything in an empty vault', () => expect(measured()).toEqual(NOTHING));

  test.each<[because: Passed['because'], metric: keyof typeof NOTHING | undefined]>([
    [NO_SLOT, 'CopiesWaitingForSlots'],
    [SLOTS_KEPT, 'CopiesWaitingForSlots'],
    ['new-database-limit', 'CopiesOfNewDatabasesWaiting'],
    ['new-database-no-room', 'CopiesOfNewDatabasesWaiting'],
    ['copy-too-large', 'CopiesWaitingForSize'],
    ['account-gib-per-day', 'CopiesWaitingForSize'],
    ['account-room-used', 'CopiesWaitingForRoom'],
    ['quota-full', 'CopiesWaitingForRoom'],
    ['already-imported', undefined],
    ['account-backoff', undefined],
  ])('%s as %s', (because, metric) => {
    const passed = waiting(because, exportCopy({ of: 'a' }), exportCopy({ of: 'b' }));
    expect(measured(undefined, passed)).toEqual({ ...NOTHING, ...(metric && { [metric]: 2 }) });
  });

  test.each([
    [3, 1, 30],
    [1, 4, 40],
    [0, 0, 0],
  ])('%i instances and %i clusters in a vault of ten as %i %%', (instances, clusters, percent) => {
    const own = [
      ...Array.from({ length: instances }, (_, at) => exportCopy({ of: `i${at}` })),
      ...Array.from({ length: clusters }, (_, at) => exportCopy({ of: `c${at}`, kind: 'cluster' })),
    ];
    const facts = importFacts([], { own, limits: { manualSnapshotQuota: 10 } });
    expect(measured(facts)).toMatchObject({ QuotaUsedPercent: percent });
  });

  test('places beyond the quota of both kinds, and the slowed accounts', () => {
    const own = [
      copyOf(exportCopy({ of: 'a' })),
      ...['x', 'y'].map((of) => copyOf(exportCopy({ of, kind: 'cluster' }))),
      ...[1, 2, 3, 4].map((at) => copyOf(exportCopy({ of: 'a', account: OTHER }), { status: 'failed' }, {}, at)),
    ];
    const facts = importFacts([], { own, limits: { manualSnapshotQuota: 7 } });
    expect(measured(facts)).toMatchObject({ PlacesReservedBeyondQuota: 2, AccountsInBackoff: 1 });
  });

  test('rejected messages, and the notifications of the account that sent most', () => {
    const listened = {
      rejected: 3,
      received: new Map([
        [SOURCE, 2],
        [OTHER, 5],
      ]),
    };
    expect(measured(undefined, [], listened)).toEqual({
      ...NOTHING,
      MessagesRejected: 3,
      NotificationsOfOneAccount: 5,
    });
  });
});
