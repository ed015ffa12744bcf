// Longer than most: why a shared snapshot waits, what is done about it and which order counts is one table each.
import type { Snapshot } from '../../../../lambda/_kit/ports/snapshots';
import type { ImportFacts } from '../../../../lambda/vault/import-copies/facts';
import { plan } from '../../../../lambda/vault/import-copies/plan';
import { accountId, type Kind } from '../../../../src/contract/ids';
import { INTERVALS } from '../../../../src/contract/intervals';
import { TAGS } from '../../../../src/contract/names';
import { formatHold, type VerdictCode } from '../../../../src/contract/verdicts';
import { copyOf, decided, exportCopy, hoursAgo, importFacts, NOW } from '../../../support/import-world';
import { IMPORT_KEY, OTHER, SOURCE } from '../../../support/pipeline';

const ORDERS = exportCopy();
const NAME = ORDERS.name;
const LATER = exportCopy({ id: 'fedcba9876543210', change: { takenAt: hoursAgo(1) } });
const STRANGER = accountId('444400003333');
/** A hold as an earlier run wrote it. */
const held = (code: VerdictCode, hours: number, alertedHours?: number, count = 1) => ({
  [TAGS.held]: formatHold({
    code,
    count,
    at: hoursAgo(hours),
    ...(alertedHours !== undefined && { alertedAt: hoursAgo(alertedHours) }),
  }),
});
const failed = (attempt: number, tags = {}) =>
  copyOf(ORDERS, { status: 'failed' }, { [TAGS.failedAt]: hoursAgo(1).toISOString(), ...tags }, attempt);

test.each<[what: string, copy: Snapshot, more: Parameters<typeof importFacts>[1], because: string | undefined]>([
  ['an export copy', ORDERS, {}, undefined],
  ['of an account that is not accepted', exportCopy({ account: STRANGER }), {}, 'account-not-accepted'],
  [
    'with another name',
    exportCopy({ change: { arn: ORDERS.arn.replace('checkvalve-', 'nightly-') as never } }),
    {},
    'foreign-name',
  ],
  [
    'with a name that merely holds ours',
    exportCopy({ change: { arn: ORDERS.arn.replace('checkvalve-', 'a-checkvalve-') as never } }),
    {},
    'foreign-name',
  ],
  ['that the vault holds', ORDERS, { own: [copyOf(ORDERS)] }, 'already-imported'],
  ['that the vault is copying', ORDERS, { own: [copyOf(ORDERS, { status: 'creating' })] }, 'already-imported'],
  [
    'that the vault holds beside a failed copy',
    ORDERS,
    { own: [failed(1), copyOf(ORDERS, {}, {}, 2)] },
    'already-imported',
  ],
  ['of which a copy failed', ORDERS, { own: [failed(1)] }, undefined],
  ['of which two copies failed', ORDERS, { own: [failed(1), failed(2)] }, undefined],
  ['of which three copies failed', ORDERS, { own: [failed(3)] }, 'failed-too-often'],
  [
    'that a snapshot with our name, but without our mark, is a copy of',
    ORDERS,
    { own: [copyOf(ORDERS, {}, { [TAGS.role]: undefined })] },
    undefined,
  ],
  ['that its account does not show', ORDERS, { throughAccessRoles: new Map() }, 'not-visible-through-access-role'],
  [
    'whose account could not be asked',
    ORDERS,
    { throughAccessRoles: new Map(), unreached: new Set([SOURCE]) },
    'account-not-reached',
  ],
  [
    'that its account does not show, while another could not be asked',
    ORDERS,
    { throughAccessRoles: new Map(), unreached: new Set([OTHER]) },
    'not-visible-through-access-role',
  ],
  ['without the role of an export copy', exportCopy({ tags: { [TAGS.role]: undefined } }), {}, 'not-export-copy'],
  ['with another role', exportCopy({ tags: { [TAGS.role]: 'vault' } }), {}, 'not-export-copy'],
  [
    'that is marked as imported',
    exportCopy({ tags: { [TAGS.importedAt]: hoursAgo(1).toISOString() } }),
    {},
    'already-imported',
  ],
  ['that was refused five minutes ago', exportCopy({ tags: held('copy-refused', 1 / 12, 1 / 12) }), {}, 'copy-refused'],
  ['that was refused ten minutes ago', exportCopy({ tags: held('copy-refused', 1 / 6, 1 / 6) }), {}, undefined],
  ['with a verdict that no retry depends on', exportCopy({ tags: held('snapshot-deleted', 1 / 12) }), {}, undefined],
  ['with a hold that cannot be read', exportCopy({ tags: { [TAGS.held]: 'x' } }), {}, undefined],
  ['with a status that AWS does not document', exportCopy({ change: { status: 'odd' } }), {}, 'unknown-status'],
  ['that is not finished', exportCopy({ change: { status: 'creating' } }), {}, 'not-available-yet'],
  [
    'while an earlier one of its database is being copied',
    LATER,
    { own: [copyOf(ORDERS, { status: 'creating' })] },
    'earlier-copy-in-flight',
  ],
  [
    'while one of another database is being copied',
    ORDERS,
    { own: [copyOf(exportCopy({ of: 'stock' }), { status: 'creating' })] },
    undefined,
  ],
  ['while no slot is free', ORDERS, { limits: { maxInstanceCopiesInFlight: 0 } }, 'no-free-slot'],
  [
    'of a database for which the vault has no room',
    ORDERS,
    { limits: { manualSnapshotQuota: 3 } },
    'new-database-no-room',
  ],
])('an export copy %s', (_, copy, more, because) => {
  const { actions, passed } = plan(importFacts([copy], more));
  expect(passed.map((one) => one.because)).toEqual(because === undefined ? [] : [because]);
  expect(actions.filter((action) => action.do === 'import')).toHaveLength(because === undefined ? 1 : 0);
});

test('the order names the export copy, the import key, and the attempt after the failed ones', () => {
  const orderOf = (own: readonly Snapshot[]) =>
    plan(importFacts([ORDERS], { own })).actions.flatMap((action) => (action.do === 'import' ? [action] : []));
  expect(orderOf([])).toMatchObject([
    {
      exportCopy: ORDERS,
      dropped: [],
      order: {
        source: ORDERS.arn,
        kind: 'instance',
        key: IMPORT_KEY,
        tags: {
          [TAGS.role]: 'vault',
          [TAGS.database]: ORDERS.database,
          [TAGS.exportCopy]: ORDERS.arn,
          [TAGS.importStartedAt]: NOW.toISOString(),
        },
      },
    },
  ]);
  const names = [[], [failed(1)], [failed(1), failed(2)], [failed(2)]].map((own) => orderOf(own)[0]?.order.name);
  const [first, second, third, alsoThird] = names;
  expect([second, third, alsoThird]).toEqual([`${first}-2`, `${first}-3`, `${first}-3`]);
  expect(first).toBe(copyOf(ORDERS).name);
});

describe('of several export copies', () => {
  const due = (of: string, change: Partial<Snapshot>, more = {}) => exportCopy({ of, change, ...more });
  const imported = (copies: readonly Snapshot[], more: Parameters<typeof importFacts>[1] = {}) =>
    decided(importFacts(copies, more)).done.map((line) => line.split('-')[1]);

  test.each<[what: string, copies: readonly Snapshot[], order: readonly string[]]>([
    [
      'the one with the oldest data comes first',
      [due('young', { takenAt: hoursAgo(1) }), due('old', { takenAt: hoursAgo(9) })],
      ['old', 'young'],
    ],
    [
      'without a time of the data, the time of the snapshot counts',
      [due('young', { takenAt: hoursAgo(3) }), due('old', { takenAt: undefined, createdAt: hoursAgo(9) })],
      ['old', 'young'],
    ],
    [
      'the time of the data counts before the time of the snapshot',
      [
        due('young', { takenAt: hoursAgo(3), createdAt: hoursAgo(9) }),
        due('old', { takenAt: hoursAgo(5), createdAt: hoursAgo(1) }),
      ],
      ['old', 'young'],
    ],
    [
      'one without any time comes first',
      [due('old', {}), due('unknown', { takenAt: undefined, createdAt: undefined })],
      ['unknown', 'old'],
    ],
    ['of one time, the order of the ARNs counts', [due('b', {}), due('a', {}), due('c', {})], ['a', 'b', 'c']],
    [
      'instances come before clusters',
      [due('ledger', { takenAt: hoursAgo(90) }, { kind: 'cluster' }), due('orders', {})],
      ['orders', 'ledger'],
    ],
  ])('%s', (_, copies, order) => expect(imported(copies)).toEqual(order));

  /** Export copies of one database, and what the vault has of it, by the age of their data in hours. */
  const backlogOf = (waiting: readonly number[], held: readonly number[], quota = 100) => {
    const aged = (hours: number) => {
      const times = { takenAt: hoursAgo(hours), createdAt: hoursAgo(hours) };
      return exportCopy({ id: `age-${hours}`, change: times });
    };
    const sourceTime = (hours: number) => ({ [TAGS.sourceTime]: hoursAgo(hours).toISOString() });
    const own = held.map((hours) => copyOf(aged(hours), {}, sourceTime(hours)));
    return decided(importFacts(waiting.map(aged), { own, limits: { manualSnapshotQuota: quota } }));
  };

  test.each<[what: string, waiting: readonly number[], held: readonly number[], quota: number, first: string[]]>([
    ['a database within two days of its newest copy', [40, 20], [49], 100, ['age-40']],
    ['a database that is behind: the newest goes first', [60, 20, 40], [70], 100, ['age-20']],
    ['older than what the vault has', [60], [20], 100, ['age-60']],
    ['older than what the vault has, and newer', [60, 1], [20], 100, ['age-1']],
    ['older, in a vault without room to spare', [60], [20], 4, []],
    ['newer, in a vault without room to spare', [60, 1], [20], 4, ['age-1']],
  ])('a backlog of %s', (_, waiting, held, quota, first) => {
    const { done } = backlogOf(waiting, held, quota);
    const imports = done.filter((one) => one.startsWith('import '));
    expect(imports).toEqual(first.map((id) => `import checkvalve-orders-${id}`));
  });

  test('how old an export copy is, its source says where RDS does not contradict it', () => {
    const tags = { [TAGS.sourceTime]: hoursAgo(60).toISOString() };
    const copy = exportCopy({ tags });
    const own = [copyOf(exportCopy({ id: 'newer' }), {}, { [TAGS.sourceTime]: hoursAgo(20).toISOString() })];
    const { waits } = decided(importFacts([copy], { own, limits: { manualSnapshotQuota: 4 } }));
    expect(waits).toEqual([`${NAME}: older-copy-no-room`]);
  });

  test('an older copy that waits for room to spare alerts no operator, however long', () => {
    const { done, waits } = backlogOf([60], [20], 4);
    expect(waits).toEqual(['checkvalve-orders-age-60: older-copy-no-room']);
    expect(done.filter((one) => one.startsWith('alert'))).toEqual([]);
  });

  test('of one database, the oldest is imported and the others wait for it', () => {
    const { done, waits } = decided(importFacts([LATER, ORDERS]));
    expect(done).toEqual([`import ${NAME}`]);
    expect(waits).toEqual([`${LATER.name}: earlier-copy-in-flight`]);
  });

  test.each<[what: string, own: readonly Snapshot[], of: readonly string[]]>([
    ['none in flight: two instances, one cluster', [], ['a', 'b', 'x']],
    ['an instance in flight', [copyOf(exportCopy({ of: 'z' }), { status: 'creating' })], ['a', 'x']],
    [
      'an instance that a person is copying',
      [exportCopy({ of: 'z', change: { status: 'copying' }, tags: { [TAGS.role]: undefined } })],
      ['a', 'x'],
    ],
    ['a cluster in flight', [copyOf(exportCopy({ of: 'z', kind: 'cluster' }), { status: 'creating' })], ['a', 'b']],
    [
      'copies that ended',
      [copyOf(exportCopy({ of: 'z' })), copyOf(exportCopy({ of: 'z' }), { status: 'failed' })],
      ['a', 'b', 'x'],
    ],
  ])('as many are imported as slots are free: %s', (_, own, of) => {
    const copies = [
      ...['a', 'b', 'c'].map((name) => exportCopy({ of: name })),
      ...['x', 'y'].map((name) => exportCopy({ of: name, kind: 'cluster' })),
    ];
    const limits = { maxInstanceCopiesInFlight: 2, maxClusterCopiesInFlight: 1 };
    const facts = importFacts(copies, { own, limits, accepted: new Set([SOURCE]) });
    const { actions } = plan(facts);
    const names = actions.flatMap((action) => (action.do === 'import' ? [action.exportCopy.name.split('-')[1]] : []));
    expect(names).toEqual(of);
  });

  test('one account does not get the last slots while others are followed; its copies of the other kind do not count', () => {
    const flying = Array.from({ length: 4 }, (_, at) => copyOf(exportCopy({ of: `f${at}` }), { status: 'creating' }));
    const facts = (own: readonly Snapshot[]) =>
      importFacts([exportCopy({ of: 'a' })], { own, limits: { maxInstanceCopiesInFlight: 5 } });
    expect(decided(facts(flying)).waits[0]).toMatch(/slots-kept-for-other-accounts$/);
    const clusters = flying.map((_, at) =>
      copyOf(exportCopy({ of: `f${at}`, kind: 'cluster' }), { status: 'creating' }),
    );
    expect(decided(facts(clusters)).waits).toEqual([]);
    expect(decided(facts(flying.map((copy) => ({ ...copy, status: 'available' })))).waits).toEqual([]);
  });
});

describe('the vault’s own copies', () => {
  test.each<[what: string, seen: Snapshot | undefined, own: Snapshot, done: readonly string[]]>([
    ['a finished copy is marked on its export copy', ORDERS, copyOf(ORDERS), [`mark-imported ${NAME}`]],
    [
      'one that is marked already is not marked again',
      exportCopy({ tags: { [TAGS.importedAt]: 'x' } }),
      copyOf(ORDERS),
      [],
    ],
    [
      'what no longer says that it is an export copy is not marked',
      exportCopy({ tags: { [TAGS.role]: 'x' } }),
      copyOf(ORDERS),
      [],
    ],
    ['an export copy that is gone cannot be marked', undefined, copyOf(ORDERS), []],
    ['a copy in flight is not marked', ORDERS, copyOf(ORDERS, { status: 'creating' }), []],
    ['a copy that is being deleted is not marked', ORDERS, copyOf(ORDERS, { status: 'deleting' }), []],
    [
      'a failed copy is marked as failed',
      undefined,
      copyOf(ORDERS, { status: 'failed' }),
      [`mark-failed ${copyOf(ORDERS).name}`],
    ],
    ['a failed copy is marked once', undefined, failed(1), []],
    [
      'a copy without our mark is left alone',
      ORDERS,
      copyOf(ORDERS, { status: 'failed' }, { [TAGS.role]: undefined }),
      [],
    ],
  ])('%s', (_, seen, own, done) => {
    const throughAccessRoles = new Map(seen ? [[seen.arn as string, seen]] : []);
    expect(decided(importFacts([], { own: [own], throughAccessRoles })).done).toEqual(done);
  });

  test('of copies that may start, those that were refused before come last, the longest ago first', () => {
    const [first, second] = [
      exportCopy({ of: 'first', tags: held('quota-full', 30) }),
      exportCopy({ of: 'second', tags: held('quota-full', 26) }),
    ];
    const never = exportCopy({ of: 'third' });
    const { done } = decided(importFacts([second, first, never]));
    const order = done
      .filter((line) => line.startsWith('import '))
      .map((line) => /(first|second|third)/.exec(line)?.[0]);
    expect(order).toEqual(['third', 'first', 'second']);
  });

  test('marks come first, then copies, then alerts', () => {
    const stock = exportCopy({ of: 'stock' });
    const odd = exportCopy({ of: 'odd', change: { status: 'odd' } });
    const { done } = decided(importFacts([odd, ORDERS, stock], { own: [copyOf(stock)] }));
    expect(done).toEqual([`mark-imported ${stock.name}`, `import ${NAME}`, `alert ${odd.name} unknown-status`]);
  });
});

describe('an operator is alerted', () => {
  const alerts = (facts: ImportFacts) => decided(facts).done.filter((line) => line.startsWith('alert '));
  const OVERDUE = exportCopy({ change: { createdAt: hoursAgo(25) } });
  const FLYING = copyOf(exportCopy({ of: 'busy' }), { status: 'creating' });

  test.each<[what: string, copy: Snapshot, more: Parameters<typeof importFacts>[1], codes: readonly string[]]>([
    ['of a verdict', exportCopy({ change: { status: 'odd' } }), {}, ['unknown-status']],
    ['of a verdict without an alert', exportCopy({ tags: held('copy-refused', 0) }), {}, ['copy-refused']],
    [
      'of a verdict with an alert 25 hours ago',
      exportCopy({ tags: held('copy-refused', 0, 25) }),
      {},
      ['copy-refused'],
    ],
    ['not of one with an alert 23 hours ago', exportCopy({ tags: held('copy-refused', 0, 23) }), {}, []],
    ['not of a wait for a slot', ORDERS, { limits: { maxInstanceCopiesInFlight: 0 } }, []],
    ['of a wait for a slot after the deadline', OVERDUE, { limits: { maxInstanceCopiesInFlight: 0 } }, ['overdue']],
    [
      'of slots that are kept for others after the deadline',
      OVERDUE,
      { limits: { maxInstanceCopiesInFlight: 2 }, own: [FLYING] },
      ['overdue'],
    ],
    [
      'of a wait for an earlier copy after the deadline',
      exportCopy({ id: 'fedcba9876543210', change: { createdAt: hoursAgo(25) } }),
      { own: [copyOf(ORDERS, { status: 'creating' })] },
      ['overdue'],
    ],
    [
      'of a slowed account after the deadline',
      OVERDUE,
      {
        own: [1, 2, 3].map((at) =>
          copyOf(exportCopy({ of: `f${at}` }), { status: 'failed' }, { [TAGS.failedAt]: NOW.toISOString() }),
        ),
      },
      ['overdue'],
    ],
    [
      'not of a slowed account before it',
      ORDERS,
      {
        own: [1, 2, 3].map((at) =>
          copyOf(exportCopy({ of: `f${at}` }), { status: 'failed' }, { [TAGS.failedAt]: NOW.toISOString() }),
        ),
      },
      [],
    ],
    ['of a wait for room after the deadline', OVERDUE, { limits: { manualSnapshotQuota: 3 } }, ['overdue']],
    ['not of a wait for room before it', ORDERS, { limits: { manualSnapshotQuota: 3 } }, []],
    [
      'of a full vault at once',
      ORDERS,
      {
        limits: { manualSnapshotQuota: 4 },
        own: [1, 2, 3, 4].map((at) => copyOf(exportCopy({ id: `${at}123456789abcdef` }))),
      },
      ['quota-full'],
    ],
    [
      'of a full vault as such after the deadline too',
      OVERDUE,
      {
        limits: { manualSnapshotQuota: 4 },
        own: [1, 2, 3, 4].map((at) => copyOf(exportCopy({ id: `${at}123456789abcdef` }))),
      },
      ['quota-full'],
    ],
    [
      'not of what does not wait for the vault',
      exportCopy({ change: { status: 'creating', createdAt: hoursAgo(25) } }),
      {},
      [],
    ],
  ])('%s', (_, copy, more, codes) => {
    expect(alerts(importFacts([copy], more))).toEqual(codes.map((code) => `alert ${copy.name} ${code}`));
  });

  test.each([
    [23, []],
    [25, [`alert ${NAME} stuck`]],
  ])('of a copy that has been in flight for %i hours: %j', (hours, lines) => {
    const own = [copyOf(ORDERS, { status: 'creating', createdAt: hoursAgo(hours) })];
    expect(alerts(importFacts([ORDERS], { own }))).toEqual(lines);
  });

  test('not of a late copy that has ended, nor of one whose export copy is gone', () => {
    const late = copyOf(ORDERS, { createdAt: hoursAgo(50) });
    expect(alerts(importFacts([ORDERS], { own: [late] }))).toEqual([]);
    const own = [{ ...late, status: 'creating' }];
    expect(alerts(importFacts([ORDERS], { own, throughAccessRoles: new Map() }))).toEqual([]);
  });

  test('once for each database', () => {
    const [one, two] = ['1123456789abcdef', '2123456789abcdef'].map((id) =>
      exportCopy({ id, change: { status: 'odd' } }),
    );
    const other = exportCopy({ of: 'stock', change: { status: 'odd' } });
    const facts = importFacts([one, two, other] as Snapshot[]);
    expect(alerts(facts)).toEqual([`alert ${one?.name} unknown-status`, `alert ${other.name} unknown-status`]);
  });

  test('not of a database of which another snapshot was alerted today', () => {
    const alerted = exportCopy({ id: '1123456789abcdef', tags: held('copy-refused', 2, 2, 5) });
    const facts = importFacts([alerted, exportCopy({ change: { status: 'odd' } })]);
    expect(alerts(facts)).toEqual([]);
    expect(decided(facts).alerted).toEqual([ORDERS.database]);
    expect(decided(importFacts([exportCopy({ tags: held('copy-refused', 2) })])).alerted).toEqual([]);
  });
});

describe('the step looks again', () => {
  const creating = (hours: number, kind: Kind = 'cluster') => [
    copyOf(exportCopy({ of: 'stock', kind }), { status: 'creating', createdAt: hoursAgo(hours) }),
  ];
  const LEDGER = exportCopy({ of: 'ledger', kind: 'cluster' });

  test.each<
    [what: string, copies: readonly Snapshot[], more: Parameters<typeof importFacts>[1], minutes: number | undefined]
  >([
    ['not while nothing is under way', [], {}, undefined],
    ['not while what is shared is not imported', [exportCopy({ change: { status: 'odd' } })], {}, undefined],
    ['not after copies have ended', [], { own: [copyOf(ORDERS)] }, undefined],
    ['after it has started a copy of a cluster', [LEDGER], {}, INTERVALS.reminderMinutes],
    ['while a copy of a cluster is in flight', [], { own: creating(1) }, INTERVALS.reminderMinutes],
    ['not after it has started a copy of an instance, whose end has an event', [ORDERS], {}, undefined],
    ['not while a copy of an instance is in flight', [], { own: creating(1, 'instance') }, undefined],
    ['not for a copy past its deadline', [], { own: creating(25) }, undefined],
    [
      'for a copy in flight beside one past its deadline',
      [],
      { own: [...creating(25), ...creating(1)] },
      INTERVALS.reminderMinutes,
    ],
    [
      'after an account could not be asked',
      [ORDERS],
      { throughAccessRoles: new Map(), unreached: new Set([SOURCE]) },
      INTERVALS.reminderMinutes,
    ],
    [
      'sooner while clusters wait for slots',
      ['a', 'b', 'c'].map((of) => exportCopy({ of, kind: 'cluster' })),
      { limits: { maxClusterCopiesInFlight: 1 } },
      INTERVALS.crowdedReminderMinutes,
    ],
  ])('%s', (_, copies, more, minutes) => {
    const planned = plan(importFacts(copies, more));
    expect(planned.nextRunInMinutes).toBe(minutes);
    expect('nextRunInMinutes' in planned).toBe(minutes !== undefined);
  });
});
