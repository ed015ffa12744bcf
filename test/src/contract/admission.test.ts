import * as fc from 'fast-check';
import {
  ACTIVE_DAYS,
  Admission,
  type AdmissionFacts,
  type AdmissionRules,
  DEFAULT_ADMISSION,
  databasesThatFit,
  type HeldCopy,
  type WantedCopy,
} from '../../../src/contract/admission';
import { holds as holdsAlways } from '../../support/holds';

const DAY = 86_400_000;
const NOW = Date.parse('2026-03-01T12:00:00Z');
const [MINE, OTHER, THIRD] = ['222200001111', '222200002222', '222200003333'];
const RULES: AdmissionRules = { ...DEFAULT_ADMISSION, copiesPerDatabase: 5, maxNewDatabasesPerAccountPerDay: 3 };

const of = (account: string, name: string): string => `arn:aws:rds:eu-central-1:${account}:db:${name}`;
const wants = (account: string, name: string, more: Partial<WantedCopy> = {}): WantedCopy => ({
  kind: 'instance',
  account,
  database: of(account, name),
  exportCopy: `arn:aws:rds:eu-central-1:${account}:snapshot:checkvalve-${name}`,
  sizeGiB: 20,
  ...more,
});
/** Copies of a database, one for each day. */
const holds = (account: string, name: string, copies: number, newest = 1, more: Partial<HeldCopy> = {}): HeldCopy[] =>
  Array.from({ length: copies }, (_, at) => ({
    kind: 'instance',
    account,
    database: of(account, name),
    importedAt: NOW - (newest + at) * DAY - 1,
    sizeGiB: 20,
    ...more,
  }));
const admission = (more: Partial<AdmissionFacts> = {}): Admission =>
  new Admission({
    rules: RULES,
    quota: 100,
    held: [],
    foreign: { instance: 0, cluster: 0 },
    followed: new Set([MINE, OTHER]),
    now: NOW,
    ...more,
  });

/** Asks for each in turn and reserves what may be made: the result of each. */
const ask = (room: Admission, all: readonly WantedCopy[]): readonly string[] =>
  all.map((one) => {
    const because = room.refusal(one);
    if (!because) room.reserve(one);
    return because ?? 'made';
  });

const ORDERS = wants(MINE, 'orders');
const NEW = wants(MINE, 'new');
const OLDER = wants(MINE, 'orders', { isOlder: true });

test.each<[what: string, facts: Partial<AdmissionFacts>, wanted: WantedCopy, because: string]>([
  ['a new database with room for all of its copies', { quota: 5 }, NEW, 'made'],
  ['a new database with one place too few', { quota: 4 }, NEW, 'new-database-no-room'],
  ['places of foreign snapshots', { quota: 6, foreign: { instance: 2, cluster: 0 } }, NEW, 'new-database-no-room'],
  ['those of the other kind', { quota: 5, foreign: { instance: 0, cluster: 5 } }, NEW, 'made'],
  ['room reserved for another', { quota: 9, held: holds(OTHER, 'stock', 1) }, NEW, 'new-database-no-room'],
  ['room beside what is reserved for another', { quota: 10, held: holds(OTHER, 'stock', 1) }, NEW, 'made'],
  ['a clusters’ database of another', { quota: 5, held: holds(OTHER, 's', 5, 1, { kind: 'cluster' }) }, NEW, 'made'],
  [
    'a database with no copy for long reserves what it holds',
    { quota: 6, held: holds(OTHER, 'gone', 1, ACTIVE_DAYS + 1) },
    NEW,
    'made',
  ],
  [
    'a database with an old copy and a new one reserves all of it',
    { quota: 9, held: [...holds(OTHER, 'stock', 1, ACTIVE_DAYS + 1), ...holds(OTHER, 'stock', 1)] },
    NEW,
    'new-database-no-room',
  ],
  [
    'a day before it reserves all of it',
    { quota: 6, held: holds(OTHER, 'gone', 1, ACTIVE_DAYS - 1) },
    NEW,
    'new-database-no-room',
  ],
  [
    'a database of an account that is not followed reserves what it holds',
    { quota: 6, held: holds(THIRD, 'left', 1) },
    NEW,
    'made',
  ],
  [
    'a fourth new database in a day',
    { held: ['a', 'b', 'c'].flatMap((n) => holds(MINE, n, 1, 0)) },
    NEW,
    'new-database-limit',
  ],
  [
    'the new databases of another account',
    { held: ['a', 'b', 'c'].flatMap((n) => holds(OTHER, n, 1, 0)) },
    NEW,
    'made',
  ],
  ['new databases of the day before', { held: ['a', 'b', 'c'].flatMap((n) => holds(MINE, n, 1, 1)) }, NEW, 'made'],
  ['old databases with a new copy', { held: ['a', 'b', 'c'].flatMap((n) => holds(MINE, n, 2, 0)) }, NEW, 'made'],
  [
    'new databases of the other kind',
    { held: ['a', 'b', 'c'].flatMap((n) => holds(MINE, n, 1, 0, { kind: 'cluster' })) },
    NEW,
    'new-database-limit',
  ],
  [
    'a new database that an operator accepted, beyond the day’s',
    { held: ['a', 'b', 'c'].flatMap((n) => holds(MINE, n, 1, 0)), accepted: new Set([NEW.database]) },
    NEW,
    'made',
  ],
  [
    'a new database that an operator accepted, without room to reserve',
    { quota: 6, held: holds(OTHER, 'stock', 5), accepted: new Set([NEW.database]) },
    NEW,
    'made',
  ],
  [
    'a new database that an operator accepted, in a full vault',
    { quota: 5, held: holds(OTHER, 'stock', 5), accepted: new Set([NEW.database]) },
    NEW,
    'quota-full',
  ],
  ['an older copy, without room to spare', { quota: 5, held: holds(MINE, 'orders', 2) }, OLDER, 'older-copy-no-room'],
  ['an older copy in a full vault', { quota: 2, held: holds(MINE, 'orders', 2) }, OLDER, 'older-copy-no-room'],
  ['an older copy, out of an equal part of what is free', { quota: 8, held: holds(MINE, 'orders', 2) }, OLDER, 'made'],
  [
    'an older copy, beside room reserved for another',
    { quota: 13, held: [...holds(MINE, 'orders', 2), ...holds(OTHER, 'stock', 8)] },
    OLDER,
    'older-copy-no-room',
  ],
  [
    'older copies beyond the part of the account',
    { quota: 8, held: [...holds(MINE, 'orders', 2), ...holds(MINE, 'orders', 1, 1, { isOlder: true })] },
    OLDER,
    'older-copy-no-room',
  ],
  [
    'a newer copy, in the place that an older one does not use',
    { quota: 6, held: [...holds(MINE, 'orders', 4), ...holds(MINE, 'orders', 1, 1, { isOlder: true })] },
    ORDERS,
    'made',
  ],
  ['a database below its reservation', { quota: 5, held: holds(MINE, 'orders', 4) }, ORDERS, 'made'],
  [
    'a database that holds all it may in a full vault',
    { quota: 5, held: holds(MINE, 'orders', 5) },
    ORDERS,
    'quota-full',
  ],
  [
    'a database that holds all it may, beside room reserved for another',
    { quota: 10, held: [...holds(MINE, 'orders', 5), ...holds(OTHER, 'stock', 1)] },
    ORDERS,
    'account-room-used',
  ],
  ['one copy more, out of an equal part of what is free', { quota: 8, held: holds(MINE, 'orders', 5) }, ORDERS, 'made'],
  ['one part stays for databases to come', { quota: 7, held: holds(MINE, 'orders', 5) }, ORDERS, 'account-room-used'],
  [
    'what another account holds beyond its reservation is taken',
    { quota: 18, held: [...holds(MINE, 'orders', 5), ...holds(OTHER, 'stock', 8), ...holds(OTHER, 'users', 1)] },
    ORDERS,
    'account-room-used',
  ],
  ['that part is used up', { quota: 8, held: holds(MINE, 'orders', 6) }, ORDERS, 'account-room-used'],
  [
    'a legal hold takes no place of the copies to come',
    { quota: 7, held: [...holds(MINE, 'orders', 4, 3), ...holds(MINE, 'orders', 2, 1, { onHold: true })] },
    ORDERS,
    'made',
  ],
  [
    'a database that comes back after long, with room',
    { quota: 5, held: holds(MINE, 'orders', 1, ACTIVE_DAYS + 1) },
    ORDERS,
    'made',
  ],
  [
    'a database that comes back after long, without room',
    { quota: 9, held: [...holds(MINE, 'orders', 1, ACTIVE_DAYS + 1), ...holds(OTHER, 'stock', 1)] },
    ORDERS,
    'new-database-no-room',
  ],
  [
    'a new database that no person accepted, in a full vault',
    { quota: 5, held: holds(OTHER, 'stock', 5) },
    NEW,
    'new-database-no-room',
  ],
  [
    'a database with an old and a recent copy reserves all of it',
    { quota: 6, held: [...holds(OTHER, 'stock', 1), ...holds(OTHER, 'stock', 1, ACTIVE_DAYS + 9)] },
    NEW,
    'new-database-no-room',
  ],
  [
    'to the very end of its days it reserves all of it',
    { quota: 6, held: holds(OTHER, 'gone', 1, 0, { importedAt: NOW - ACTIVE_DAYS * DAY }) },
    NEW,
    'new-database-no-room',
  ],
  [
    'new databases of exactly a day before',
    { held: ['a', 'b', 'c'].flatMap((n) => holds(MINE, n, 1, 0, { importedAt: NOW - DAY })) },
    NEW,
    'made',
  ],
  [
    'GiB of exactly a day before',
    { held: holds(MINE, 'orders', 1, 0, { importedAt: NOW - DAY, sizeGiB: 60_000 }) },
    { ...NEW, sizeGiB: 16_000 },
    'made',
  ],
  ['a copy as large as it may be', {}, { ...NEW, sizeGiB: 16_384 }, 'made'],
  ['a larger copy', {}, { ...NEW, sizeGiB: 16_385 }, 'copy-too-large'],
  [
    'a larger copy that an operator accepted',
    { sizes: new Set([NEW.exportCopy]) },
    { ...NEW, sizeGiB: 60_000 },
    'made',
  ],
  [
    'more than an account may in a day',
    { held: holds(MINE, 'orders', 1, 0, { sizeGiB: 60_000 }) },
    { ...NEW, sizeGiB: 5537 },
    'account-gib-per-day',
  ],
  ['as much as it may', { held: holds(MINE, 'orders', 1, 0, { sizeGiB: 60_000 }) }, { ...NEW, sizeGiB: 5536 }, 'made'],
  [
    'copies of the day before, and of another account',
    {
      held: [...holds(MINE, 'orders', 1, 1, { sizeGiB: 60_000 }), ...holds(OTHER, 'stock', 1, 0, { sizeGiB: 60_000 })],
    },
    { ...NEW, sizeGiB: 16_000 },
    'made',
  ],
])('%s', (_, facts, wanted, because) => {
  expect(ask(admission(facts), [wanted])).toEqual([because]);
});

test('a reservation counts for the next copy: places, new databases, GiB', () => {
  const newcomers = ['a', 'b', 'c', 'd'].map((name) => wants(MINE, name));
  expect(ask(admission({ quota: 10 }), newcomers)).toEqual([
    'made',
    'made',
    'new-database-no-room',
    'new-database-no-room',
  ]);
  expect(ask(admission(), newcomers)).toEqual(['made', 'made', 'made', 'new-database-limit']);
  const again = [ORDERS, ORDERS, ORDERS, ORDERS, wants(MINE, 'a')];
  expect(ask(admission({ held: holds(MINE, 'orders', 1, 2) }), again)).toEqual(Array(5).fill('made'));
  const large = ['a', 'b'].map((name) => wants(MINE, name, { sizeGiB: 40_000 }));
  const rules = { ...RULES, maxCopyGiB: 50_000 };
  expect(ask(admission({ rules }), large)).toEqual(['made', 'account-gib-per-day']);
});

test('copies use the reservation of their database first, then what its account may use beyond', () => {
  const room = admission({ quota: 8, held: holds(MINE, 'orders', 4) });
  expect(ask(room, [ORDERS, ORDERS, ORDERS])).toEqual(['made', 'made', 'account-room-used']);
});

test('an older copy reserves a place of its own: the copies to come find theirs, and others what is left', () => {
  const room = admission({ quota: 12, held: holds(MINE, 'orders', 2) });
  expect(ask(room, [OLDER, OLDER, OLDER])).toEqual(['made', 'made', 'older-copy-no-room']);
  expect(room.accounts('instance')).toEqual([{ account: MINE, databases: 1, held: 4, reserved: 7 }]);
  expect(ask(room, [NEW, ORDERS, ORDERS, ORDERS])).toEqual(['made', 'made', 'made', 'made']);
});

test('a database counts once, with its reservation, however many copies of it are made', () => {
  const room = admission();
  expect(ask(room, [NEW, NEW])).toEqual(['made', 'made']);
  expect(room.accounts('instance')).toEqual([{ account: MINE, databases: 1, held: 2, reserved: 5 }]);
});

test.each([
  [100, 5, undefined, 20],
  [104, 5, undefined, 20],
  [104, 5, 5, 19],
  [3, 5, undefined, 0],
  [3, 5, 9, 0],
])(
  'of a quota of %i, with %i copies a database and %s foreign snapshots, %i databases fit',
  (quota, copies, foreign, fit) => {
    expect(databasesThatFit(quota, copies, foreign)).toBe(fit);
  },
);

describe('where more is reserved than the quota allows', () => {
  const held = [...holds(MINE, 'orders', 4), ...holds(OTHER, 'stock', 1), ...holds(OTHER, 'users', 1)];

  test('the account that uses the smallest part of its reservation comes first; the order of one account stays', () => {
    const room = admission({ quota: 10, held });
    expect(room.beyondQuota('instance')).toBe(5);
    const due = [ORDERS, wants(OTHER, 'stock'), wants(OTHER, 'users')];
    expect(room.inOrder(due)).toEqual([due[1], due[2], due[0]]);
  });

  test('the part counts, not the number of copies', () => {
    const [large, small] = [[...holds(MINE, 'a', 2), ...holds(MINE, 'b', 2)], holds(OTHER, 'stock', 3)];
    const room = admission({ quota: 9, held: [...large, ...small] });
    const due = [wants(OTHER, 'stock'), wants(MINE, 'a')];
    expect(room.inOrder(due)).toEqual([due[1], due[0]]);
  });

  test('each copy of an account counts for its next one', () => {
    const room = admission({ quota: 9, held: [...holds(MINE, 'orders', 1), ...holds(OTHER, 'stock', 1)] });
    const [second, other] = [{ ...ORDERS, exportCopy: 'second' }, wants(OTHER, 'stock')];
    expect(room.inOrder([ORDERS, second, other])).toEqual([ORDERS, other, second]);
  });

  test('where all reservations fit, the order stays', () => {
    const room = admission({ quota: 15, held });
    expect(room.beyondQuota('instance')).toBe(0);
    expect(room.inOrder([ORDERS, wants(OTHER, 'stock')])).toEqual([ORDERS, wants(OTHER, 'stock')]);
  });

  test('the reservations are listed by account', () => {
    expect(admission({ quota: 10, held }).accounts('instance')).toEqual([
      { account: MINE, databases: 1, held: 4, reserved: 5 },
      { account: OTHER, databases: 2, held: 2, reserved: 10 },
    ]);
  });
});

describe('whatever is shared, in whatever order', () => {
  const N = 4;
  const HOSTILE = '222200009999';
  const rules = { ...RULES, copiesPerDatabase: N, maxNewDatabasesPerAccountPerDay: 5 };
  const followed = new Set([MINE, OTHER, HOSTILE]);
  const honest = [MINE, OTHER].flatMap((account) => ['a', 'b', 'c'].map((name) => wants(account, name)));
  const world = fc.record({
    foreign: fc.integer({ min: 0, max: 5 }),
    spare: fc.integer({ min: 0, max: 20 }),
    holding: fc.array(fc.integer({ min: 1, max: N }), { minLength: honest.length, maxLength: honest.length }),
    hostileHolds: fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 3 }),
    asked: fc.array(
      fc.oneof(
        fc.constantFrom(...honest),
        fc.integer({ min: 0, max: 40 }).map((at) => wants(HOSTILE, `flood-${at}`)),
      ),
      { maxLength: 150 },
    ),
  });

  test('no database uses a place that is reserved for another, and none of an admitted database is refused', () => {
    holdsAlways(
      fc.property(world, ({ foreign, spare, holding, hostileHolds, asked }) => {
        const hostile = hostileHolds.flatMap((copies, at) => holds(HOSTILE, `flood-${at}`, copies));
        const reserved = honest.length * N + hostileHolds.reduce((sum, copies) => sum + Math.max(N, copies), 0);
        const facts = {
          rules,
          followed,
          quota: reserved + foreign + spare,
          foreign: { instance: foreign, cluster: 0 },
          held: [
            ...honest.flatMap(({ account, database }, at) =>
              holds(account, database.split(':').at(-1) ?? '', holding[at] ?? 1),
            ),
            ...hostile,
          ],
        };
        const room = admission(facts);
        const made = new Map(honest.map(({ database }, at) => [database, holding[at] ?? 1]));
        let places = facts.held.length + foreign;
        for (const one of asked) {
          const before = made.get(one.database) ?? 0;
          const isHonest = one.account !== HOSTILE;
          const [because] = ask(room, [one]);
          if (isHonest && before < N) expect(because).toBe('made');
          if (because === 'made') {
            places += 1;
            made.set(one.database, before + 1);
          }
          expect(places).toBeLessThanOrEqual(facts.quota);
        }
        // Afterwards each honest database still gets all of its places.
        for (const one of honest) {
          while ((made.get(one.database) ?? 0) < N) {
            expect(ask(room, [one])).toEqual(['made']);
            made.set(one.database, (made.get(one.database) ?? 0) + 1);
          }
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  test('in a day an account adds no more databases than it may', () => {
    holdsAlways(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 100 }), (names) => {
        const room = admission({ rules, followed, quota: 10_000 });
        const made = names.filter((at) => ask(room, [wants(HOSTILE, `flood-${at}`)])[0] === 'made');
        expect(new Set(made).size).toBeLessThanOrEqual(5);
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  test('as many databases are admitted as fit, however accounts share them', () => {
    holdsAlways(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 1, max: 12 }),
        (databases, quota, copiesPerDatabase) => {
          const many = { ...rules, copiesPerDatabase, maxNewDatabasesPerAccountPerDay: 100 };
          const room = admission({ rules: many, quota });
          const all = databases.flatMap((count, account) =>
            Array.from({ length: count }, (_, at) => wants(String(222_200_000_000 + account), `db-${at}`)),
          );
          const made = ask(room, all).filter((one) => one === 'made').length;
          expect(made).toBe(Math.min(all.length, databasesThatFit(quota, copiesPerDatabase)));
        },
      ),
      { seed: 7, numRuns: 300 },
    );
  });
});
