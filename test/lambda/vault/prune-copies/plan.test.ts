import type { Snapshot } from '../../../../lambda/_kit/ports/snapshots';
import type { PruneFacts } from '../../../../lambda/vault/prune-copies/facts';
import type { KeptReason } from '../../../../lambda/vault/prune-copies/kept-reasons';
import { DAY } from '../../../../src/contract/durations';
import { TAGS } from '../../../../src/contract/names';
import type { Retention } from '../../../../src/contract/retention';
import { planPruning as plan } from '../../../support/plan-pruning';
import { daily, daysAgo, NOW, ORDERS, RETENTION, vaultCopy } from '../../../support/vault-copies';

const STOCK = 'arn:aws:rds:eu-central-1:222200002222:db:stock';
/** Something arrived in the vault today: RDS's clock stands where ours does. */
const ARRIVED = vaultCopy(NOW, { database: STOCK });
const nothingShared: ReadonlySet<string> = new Set();

const prune = (own: readonly Snapshot[], retention: Retention = RETENTION, more: Partial<PruneFacts> = {}) =>
  plan({ own: [...own, ARRIVED], shared: nothingShared, retention, now: NOW, ...more });
const deleted = ({ actions }: ReturnType<typeof plan>) => actions.map(({ snapshot }) => snapshot.arn);
const why = ({ kept }: ReturnType<typeof plan>, copy: Snapshot): KeptReason | undefined =>
  kept.find(({ snapshot }) => snapshot === copy)?.because;
const exportCopyOf = (copy: Snapshot): string => copy.tags.get(TAGS.exportCopy) ?? '';

// Case 49.
test('a 35-day rule, orders deleted 60 days ago, its only vault copies 60 and more days old: the newest copy is kept and flagged "last copy"', () => {
  const copies = [60, 61, 62, 63].map((days) => vaultCopy(daysAgo(days)));
  const result = prune(copies, daily(35));
  expect(deleted(result)).toEqual([...copies.slice(1)].reverse().map(({ arn }) => arn));
  expect(why(result, copies[0] as Snapshot)).toBe('last-copy');
});

// Case 49.
test('of a database that is gone, both the copy that came last and the one with the newest data stay', () => {
  // A refusal held the older data back until after the younger had come.
  const taken = (days: number) => ({ tags: { [TAGS.sourceTime]: daysAgo(days).toISOString() } });
  const [first, younger, older] = [
    vaultCopy(daysAgo(63), taken(63)),
    vaultCopy(daysAgo(61), taken(61.5)),
    vaultCopy(daysAgo(60), taken(62.5)),
  ].map((copy, at) => ({ ...copy, takenAt: daysAgo([63, 61.5, 62.5][at] ?? 0) }));
  const result = prune([first, younger, older] as Snapshot[], daily(35));
  expect(deleted(result)).toEqual([first?.arn]);
  expect([younger, older].map((copy) => why(result, copy as Snapshot))).toEqual(['last-copy', 'last-copy']);
});

// Case 50.
describe('the pipeline paused 40 days, then restarted with delete on', () => {
  const databases = Array.from({ length: 10 }, (_, at) => `arn:aws:rds:eu-central-1:222200001111:db:db-${at}`);
  const before = databases.flatMap((database) =>
    Array.from({ length: 35 }, (_, at) => vaultCopy(daysAgo(40 + at), { database })),
  );
  const restarted = databases.map((database) => vaultCopy(daysAgo(0.1), { database }));

  test('a standstill of imports stops no deletion: what is past its term goes, down to the minimum count', () => {
    const facts = { own: before, shared: nothingShared, retention: daily(35, { minCopiesPerDatabase: 2 }), now: NOW };
    expect(plan(facts).actions).toHaveLength(10 * 33);
    expect(new Set(plan(facts).kept.map(({ because }) => because))).toEqual(
      new Set(['last-copy', 'among-newest-copies']),
    );
  });

  test('no mass delete: when more than a share is due at once, nothing is deleted until an operator accepts it', () => {
    const result = prune([...before, ...restarted], daily(35, { maxDeletedPercentPerRun: 25 }));
    expect(result.actions).toEqual([]);
    expect(result.stopped).toEqual({
      ...{ due: 350, good: 361, maxDeletedPercentPerRun: 25 },
      accounts: [{ account: '222200001111', due: 350, good: 360 }],
    });
    expect(why(result, before[0] as Snapshot)).toBe('account-stopped');
  });

  test('the minimum count per database is honored', () => {
    const result = prune([...before, ...restarted], daily(35, { minCopiesPerDatabase: 3 }));
    for (const database of databases) {
      const gone = new Set(deleted(result));
      const left = [...before, ...restarted].filter(
        (copy) => copy.tags.get(TAGS.database) === database && !gone.has(copy.arn),
      );
      expect(left).toHaveLength(3);
    }
  });

  test('there is a cap per run: the longest overdue go first, the others wait for the next run', () => {
    const result = prune([...before, ...restarted], daily(35, { maxDeletionsPerRun: 7 }));
    expect(result.actions).toHaveLength(7);
    const ages = result.actions.map(({ term }) => term?.ageDays);
    expect(ages).toEqual([74, 74, 74, 74, 74, 74, 74]);
    expect(result.kept.filter(({ because }) => because === 'waits-for-next-run')).toHaveLength(343);
  });
});

// Case 52.
describe('a copy made 2026-03-29T02:30+02:00 (the night of daylight saving time), retention 1 d, the Lambda’s clock in UTC', () => {
  const made = new Date('2026-03-29T02:30:00+02:00');
  const copy = vaultCopy(made);
  const at = (time: string) => {
    const now = new Date(time);
    const younger = vaultCopy(new Date(now.getTime() - 60_000));
    return deleted(
      plan({ own: [copy, younger], shared: nothingShared, retention: daily(1), now: new Date(now.getTime()) }),
    );
  };

  test('retention counts from the vault’s own clock at import: a day is 24 hours, in that night too', () => {
    expect(at('2026-03-30T00:29:59Z')).toEqual([]);
    expect(at('2026-03-30T00:30:00Z')).toEqual([copy.arn]);
  });

  test.each(['1999-01-01T00:00:00.000Z', '2099-01-01T00:00:00.000Z', '2026-03-29T02:30', 'yesterday'])(
    'the source time %s makes no copy older',
    (sourceTime) => {
      const said = vaultCopy(made, { tags: { [TAGS.sourceTime]: sourceTime } });
      const own = [said, vaultCopy(new Date('2026-03-30T00:30:58Z'))];
      const facts = { own, shared: nothingShared, retention: daily(1), now: new Date('2026-03-30T00:30:59Z') };
      expect(plan(facts).actions).toHaveLength(1);
      expect(plan({ ...facts, now: new Date('2026-03-30T00:29:00Z') }).actions).toHaveLength(0);
    },
  );

  test('no double and no zero run: of the copies of both nights of the year each is judged once, by its own 24 hours', () => {
    for (const night of ['2026-03-29', '2026-10-25']) {
      const start = Date.parse(`${night}T00:00:00Z`);
      const copies = Array.from({ length: 24 }, (_, hour) => vaultCopy(new Date(start + hour * 3_600_000)));
      const seen = new Map<string, number>();
      for (let hour = 24; hour < 48; hour += 1) {
        const now = new Date(start + hour * 3_600_000);
        const own = [...copies.filter(({ arn }) => !seen.has(arn)), vaultCopy(now)];
        for (const arn of deleted(plan({ own, shared: nothingShared, retention: daily(1), now }))) {
          expect(seen.has(arn)).toBe(false);
          seen.set(arn, hour);
        }
      }
      expect([...seen.values()]).toEqual(Array.from({ length: 24 }, (_, at) => 24 + at));
    }
  });
});

// Case 54.
test('a manual snapshot in the vault not made by us, and a `final-…` snapshot, are never touched: our own marker tag is needed', () => {
  const foreign = [
    vaultCopy(daysAgo(900), { name: 'orders-by-hand', tags: { [TAGS.role]: undefined } }),
    vaultCopy(daysAgo(900), { name: 'final-orders', tags: { [TAGS.role]: undefined } }),
    vaultCopy(daysAgo(900), { name: 'final-orders-2' }),
    vaultCopy(daysAgo(900), { name: 'checkvalve-by-hand', tags: { [TAGS.role]: undefined } }),
    vaultCopy(daysAgo(900), { name: 'checkvalve-export', tags: { [TAGS.role]: 'export' } }),
    vaultCopy(daysAgo(900), { name: 'handback-orders', tags: { [TAGS.role]: 'handback' } }),
    vaultCopy(daysAgo(900), { name: 'checkvalve-failed', status: 'failed', tags: { [TAGS.role]: undefined } }),
    vaultCopy(daysAgo(900), { name: 'checkvalve-automated', type: 'automated' }),
  ];
  const result = prune([...foreign, vaultCopy(daysAgo(1))], daily(1));
  expect(result.actions).toEqual([]);
  for (const copy of foreign) expect(why(result, copy)).toBe('foreign-snapshot');
});

// Case 31.
test('the vault is full (“Cannot create more than 100 manual snapshots”): nothing is deleted automatically beyond policy', () => {
  const full = Array.from({ length: 99 }, (_, at) => vaultCopy(daysAgo(at / 3)));
  expect(prune(full, daily(35))).toMatchObject({ actions: [] });
});

// Case 55.
describe('of the source’s intermediates the vault’s own copies do not depend', () => {
  const old = [50, 49, 48].map((days) => vaultCopy(daysAgo(days))) as [Snapshot, Snapshot, Snapshot];

  test('a copy whose export copy is still shared is kept: import-copies would import it again', () => {
    const result = prune(old, daily(35), { shared: new Set([exportCopyOf(old[1])]) });
    expect(deleted(result)).toEqual([old[0].arn]);
    expect(why(result, old[1])).toBe('export-copy-shared');
  });

  test('a source that shares it on can delay that by 30 days, and no longer', () => {
    const [oldest, older] = [vaultCopy(daysAgo(66)), vaultCopy(daysAgo(65))];
    const shared = new Set([oldest, older].map(exportCopyOf));
    expect(deleted(prune([oldest, older, ...old], daily(35), { shared }))).toContain(oldest.arn);
    expect(deleted(prune([oldest, older, ...old], daily(35), { shared }))).not.toContain(older.arn);
  });

  test('a source that is gone keeps nothing: what it shared is shared no longer', () => {
    expect(deleted(prune(old, daily(35)))).toEqual([old[0].arn, old[1].arn]);
  });
});

describe('classes', () => {
  /** Which of the copies are still there on a day long after, as ISO days. */
  const left = (times: readonly string[], retention: Retention, now: string) => {
    const copies = times.map((time) => vaultCopy(new Date(time)));
    const own = [...copies, vaultCopy(new Date(now))];
    const gone = new Set(deleted(plan({ own, shared: nothingShared, retention, now: new Date(now) })));
    return times.filter((_, at) => !gone.has((copies[at] as Snapshot).arn));
  };
  const everyDay = (from: string, days: number) =>
    Array.from({ length: days }, (_, at) => new Date(Date.parse(from) + at * DAY).toISOString());

  test('the first good copy of a month is monthly, the first of a year yearly', () => {
    const times = everyDay('2025-12-20T03:00:00Z', 75);
    const days = left(times, { ...RETENTION, monthlyMonths: 3 }, '2026-04-20T12:00:00Z').map((time) =>
      time.slice(0, 10),
    );
    // 93 days for a month: 1 February is 78 days past, 1 January is the first of the year, 20 December of its own.
    expect(days).toEqual(['2025-12-20', '2026-01-01', '2026-02-01', '2026-03-01']);
  });

  test('the first of a week is weekly, and weeks begin on Monday', () => {
    const times = everyDay('2026-01-01T03:00:00Z', 21);
    const weekly = daily(2, { weeklyWeeks: 20 });
    expect(left(times, weekly, '2026-03-01T12:00:00Z').map((time) => time.slice(0, 10))).toEqual([
      '2026-01-01',
      '2026-01-05',
      '2026-01-12',
      '2026-01-19',
    ]);
  });

  test('the month is that of the vault’s time zone', () => {
    // 23:30 in UTC on 31 January is February in Berlin already.
    const times = ['2026-01-02T00:00:00.000Z', '2026-01-31T23:30:00.000Z', '2026-02-01T05:00:00.000Z'];
    const monthly = daily(2, { monthlyMonths: 12 });
    expect(left(times, monthly, '2026-05-01T00:00:00Z')).toEqual([times[0], times[1]]);
    expect(left(times, { ...monthly, timeZone: 'UTC' }, '2026-05-01T00:00:00Z')).toEqual([times[0], times[2]]);
  });

  test('a failed copy and one in flight are no first of anything', () => {
    const monthly = daily(2, { monthlyMonths: 12 });
    const failed = vaultCopy(new Date('2026-04-01T00:00:00Z'), { status: 'failed' });
    const flying = vaultCopy(new Date('2026-04-01T01:00:00Z'), { status: 'creating' });
    const good = vaultCopy(new Date('2026-04-02T00:00:00Z'));
    const second = vaultCopy(new Date('2026-04-03T00:00:00Z'));
    const newest = vaultCopy(daysAgo(0));
    const result = prune([failed, flying, good, second, newest], monthly);
    expect(deleted(result)).toEqual([failed.arn, second.arn]);
    expect(why(result, good)).toBe('within-term');
  });

  test('an instance and a cluster of one name, and one name in two accounts, are databases of their own', () => {
    const others = [
      'arn:aws:rds:eu-central-1:222200001111:cluster:orders',
      'arn:aws:rds:eu-central-1:222200002222:db:orders',
    ];
    const copies = [ORDERS, ...others].map((database) => vaultCopy(daysAgo(90), { database }));
    expect(prune(copies, daily(1)).actions).toEqual([]);
  });
});

describe('failed imports', () => {
  const attempts = (...statuses: string[]) =>
    statuses.map((status, at) => vaultCopy(daysAgo(3 - at), { status, attempt: at + 1, backup: 'one' }));

  test('the newest failed attempt stays while its export copy is shared: its name carries the count of attempts', () => {
    const [first, second] = attempts('failed', 'failed') as [Snapshot, Snapshot];
    const result = prune([first, second], RETENTION, { shared: new Set([exportCopyOf(first)]) });
    expect(deleted(result)).toEqual([first.arn]);
    expect(why(result, second)).toBe('import-may-be-retried');
  });

  test.each([
    ['a later attempt is in flight', attempts('failed', 'creating'), true],
    ['a later attempt is good', attempts('failed', 'available'), true],
    ['its export copy is shared no longer', attempts('failed'), false],
  ])('it goes when %s', (_, copies, isShared) => {
    const [failed] = copies as [Snapshot];
    const shared = new Set(isShared ? [exportCopyOf(failed)] : []);
    expect(deleted(prune(copies, RETENTION, { shared }))).toEqual([failed.arn]);
  });

  test('one that failed too often goes after 30 days: a source cannot fill the vault with what never becomes good', () => {
    const old = vaultCopy(daysAgo(31), { status: 'failed', attempt: 3 });
    const young = vaultCopy(daysAgo(29), { status: 'failed', attempt: 3 });
    const shared = new Set([exportCopyOf(old), exportCopyOf(young)]);
    expect(deleted(prune([old, young], RETENTION, { shared }))).toEqual([old.arn]);
  });

  describe.each(['error', 'incompatible-restore', 'incompatible-parameters'])(
    'a copy in %s, which never ends',
    (status) => {
      const since = (days: number) => ({ status, tags: { [TAGS.failedAt]: daysAgo(days).toISOString() } });

      test('goes as soon as the vault has a good copy of the same export copy', () => {
        const [bad, good] = attempts(status, 'available') as [Snapshot, Snapshot];
        expect(deleted(prune([bad, good]))).toEqual([bad.arn]);
      });

      test('waits 30 days for an operator otherwise, since it may have been good once', () => {
        const [young, old, unmarked] = [
          vaultCopy(daysAgo(400), since(29)),
          vaultCopy(daysAgo(401), since(31)),
          vaultCopy(daysAgo(402), { status }),
        ];
        const result = prune([young, old, unmarked]);
        expect(deleted(result)).toEqual([old.arn]);
        for (const copy of [young, unmarked]) expect(why(result, copy)).toBe('status-needs-operator');
      });

      test('stays on hold', () => {
        const held = vaultCopy(daysAgo(400), {
          status,
          tags: { [TAGS.failedAt]: daysAgo(90).toISOString(), [TAGS.legalHold]: '' },
        });
        expect(prune([held]).actions).toEqual([]);
      });

      test('is no good copy', () => {
        const good = vaultCopy(daysAgo(90));
        expect(why(prune([good, vaultCopy(daysAgo(1), { status })], daily(35)), good)).toBe('last-copy');
      });
    },
  );

  test('one on hold stays', () => {
    const held = vaultCopy(daysAgo(31), { status: 'failed', tags: { [TAGS.legalHold]: '' } });
    const result = prune([held], RETENTION);
    expect(result.actions).toEqual([]);
    expect(why(result, held)).toBe('legal-hold');
  });

  test('a failed copy is no good copy: the last good one stays, however many failed after it', () => {
    const good = vaultCopy(daysAgo(90));
    const failed = [1, 2, 3].map((days) => vaultCopy(daysAgo(days), { status: 'failed' }));
    const result = prune([good, ...failed], daily(35));
    expect(why(result, good)).toBe('last-copy');
    expect(result.actions).toHaveLength(3);
  });
});

test('a copy on legal hold stays, whatever the value of the tag and however old', () => {
  const held = [100, 90, 80].map((days) =>
    vaultCopy(daysAgo(days), { tags: { [TAGS.legalHold]: days > 95 ? '' : 'case 7' } }),
  );
  const result = prune([...held, vaultCopy(daysAgo(70)), vaultCopy(daysAgo(1))], daily(35));
  expect(result.actions).toHaveLength(1);
  for (const copy of held) expect(why(result, copy)).toBe('legal-hold');
});

test.each<[string, Snapshot, KeptReason]>([
  [
    'lost its mark of import',
    vaultCopy(daysAgo(90), { tags: { [TAGS.importStartedAt]: undefined } }),
    'import-time-missing',
  ],
  [
    'says nonsense',
    vaultCopy(daysAgo(90), { tags: { [TAGS.importStartedAt]: 'in spring' } }),
    'import-time-unreadable',
  ],
  [
    'says a date alone',
    vaultCopy(daysAgo(90), { tags: { [TAGS.importStartedAt]: '2026-01-01' } }),
    'import-time-unreadable',
  ],
  [
    'says a day that does not exist',
    vaultCopy(daysAgo(90), { tags: { [TAGS.importStartedAt]: '2026-13-41T00:00:00Z' } }),
    'import-time-unreadable',
  ],
  ['says tomorrow', vaultCopy(daysAgo(-1)), 'import-time-in-future'],
  ['is younger by RDS’s clock', vaultCopy(daysAgo(90), { createdAt: daysAgo(60) }), 'import-and-creation-apart'],
  ['is older by RDS’s clock', vaultCopy(daysAgo(60), { createdAt: daysAgo(90) }), 'import-and-creation-apart'],
  ['has no time of RDS’s', vaultCopy(daysAgo(90), { createdAt: undefined }), 'creation-time-missing'],
  ['lost its database', vaultCopy(daysAgo(90), { tags: { [TAGS.database]: undefined } }), 'database-tag-missing'],
  ...[
    ['of another database', { [TAGS.database]: STOCK }],
    ['of a cluster of its name', { [TAGS.database]: 'arn:aws:rds:eu-central-1:222200001111:cluster:orders' }],
    ['of another export copy', { [TAGS.exportCopy]: exportCopyOf(vaultCopy(daysAgo(1))) }],
    ['of no export copy', { [TAGS.exportCopy]: undefined }],
    ['of no database', { [TAGS.database]: 'orders' }],
  ].map(([of, tags]): [string, Snapshot, KeptReason] => [
    `says that it is ${of}, and its name says else`,
    vaultCopy(daysAgo(90), { tags: tags as Record<string, string | undefined>, name: vaultCopy(daysAgo(90)).name }),
    'name-contradicts-tags',
  ]),
  ['is in a state of error', vaultCopy(daysAgo(90), { status: 'error' }), 'status-needs-operator'],
  ['has an unknown status', vaultCopy(daysAgo(90), { status: 'hibernating' }), 'status-needs-operator'],
  ['is in flight', vaultCopy(daysAgo(90), { status: 'creating' }), 'not-available-yet'],
  ['is being deleted', vaultCopy(daysAgo(90), { status: 'deleting' }), 'being-deleted'],
])('a copy that %s is kept, and why is said', (_, copy, because) => {
  const result = prune([copy, vaultCopy(daysAgo(2)), vaultCopy(daysAgo(1))], daily(35));
  expect(result.actions).toEqual([]);
  expect(why(result, copy)).toBe(because);
});

describe('clocks', () => {
  const copies = Array.from({ length: 40 }, (_, at) => vaultCopy(daysAgo(at)));
  const facts = { own: copies, shared: nothingShared, retention: daily(35) };

  test('our clock jumps a year ahead: nothing is deleted, whatever is due by that', () => {
    const result = plan({ ...facts, now: new Date(NOW.getTime() + 365 * DAY), awsTime: NOW, lastRun: NOW });
    expect(result).toMatchObject({ actions: [], distrust: 'differs-from-aws' });
    expect(result.kept.filter(({ because }) => because === 'time-not-trusted')).toHaveLength(39);
  });

  test('our clock jumps a year back: everything seems to come from the future, and stays', () => {
    const result = plan({ ...facts, now: new Date(NOW.getTime() - 365 * DAY) });
    expect(result.actions).toEqual([]);
    expect(new Set(result.kept.map(({ because }) => because))).toEqual(new Set(['import-time-in-future']));
  });

  test('our clock ran behind by six days at an import: RDS’s own time counts', () => {
    const behind = vaultCopy(daysAgo(40), { createdAt: daysAgo(34) });
    const result = prune([behind, vaultCopy(daysAgo(1))], daily(35));
    expect(why(result, behind)).toBe('within-term');
  });
});

test('a failed deletion of one hour is not undone by a sweep that is small: a few copies are no sweep', () => {
  const copies = [1, 40, 41, 42, 43, 44].map((days) => vaultCopy(daysAgo(days)));
  expect(prune(copies, daily(35, { maxDeletedPercentPerRun: 1 })).actions).toHaveLength(5);
  const more = [...copies, vaultCopy(daysAgo(45))];
  expect(prune(more, daily(35, { maxDeletedPercentPerRun: 1 })).stopped).toMatchObject({ due: 6 });
});

test('a run that was stopped still removes failed imports: they are no copies', () => {
  const copies = [1, 40, 41, 42, 43, 44, 45].map((days) => vaultCopy(daysAgo(days)));
  const failed = vaultCopy(daysAgo(2), { status: 'failed' });
  const result = prune([...copies, failed], daily(35, { maxDeletedPercentPerRun: 1 }));
  expect(deleted(result)).toEqual([failed.arn]);
  expect(result.stopped).toBeDefined();
});
