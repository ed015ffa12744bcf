// Longer than most: one table of all that can be said of a database, and the cases beside it.
import type { Database } from '../../../../lambda/_kit/ports/databases';
import type { Snapshot } from '../../../../lambda/_kit/ports/snapshots';
import type { AccountContents, ObservedAccount } from '../../../../lambda/vault/report-coverage/facts';
import { plan } from '../../../../lambda/vault/report-coverage/plan';
import { REASONS } from '../../../../lambda/vault/report-coverage/reasons';
import type { CoverageEvidence } from '../../../../src/contract/coverage';
import type { SnapshotArn } from '../../../../src/contract/ids';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../../src/contract/names';
import { formatHold } from '../../../../src/contract/verdicts';
import { aCopy, aDatabase, factsOf, hoursAgo, inSource, NOW, openAccount } from '../../../support/coverage-world';
import { OTHER, SOURCE } from '../../../support/pipeline';

const orders = aDatabase('orders');
const shut: ObservedAccount['observed'] = {
  access: 'denied',
  because: 'AccessDenied: not authorized to perform sts:AssumeRole',
};
const left: Partial<ObservedAccount> = { state: 'left', observed: { access: 'not-requested' } };

/** What is said of the databases of one account, worst first. */
const said = (accounts: readonly ObservedAccount[], own: readonly Snapshot[] = [], before?: CoverageEvidence) =>
  plan(factsOf(accounts, own, before)).evidence.databases;
const statuses = (accounts: readonly ObservedAccount[], own: readonly Snapshot[] = [], before?: CoverageEvidence) =>
  said(accounts, own, before).map(({ status, code }) => (code ? `${status}: ${code}` : status));
/** What an earlier report said of the same. */
const earlier = (accounts: readonly ObservedAccount[], own: readonly Snapshot[], hours: number) =>
  plan(factsOf(accounts, own, undefined, hoursAgo(hours))).evidence;

const held = (code: Parameters<typeof formatHold>[0]['code'], hours: number) => ({
  [RECOVERY_POINT_TAGS.exportKey]: 'key',
  [TAGS.held]: formatHold({ code, count: 1, at: hoursAgo(hours) }),
});

test.each<[string, string, Database, readonly Snapshot[], Partial<AccountContents>?]>([
  ['a copy within the RPO', 'protected', orders, [aCopy(orders, 25)]],
  ['a copy exactly as old as the RPO', 'protected', orders, [aCopy(orders, 26)]],
  ['a copy older than the RPO', 'late', orders, [aCopy(orders, 26.1)]],
  ['an old copy and a new one', 'protected', orders, [aCopy(orders, 300), aCopy(orders, 3)]],
  ['no copy', 'never', orders, []],
  ['no copy, made within the RPO', 'new', aDatabase('orders', { createdAt: hoursAgo(25) }), []],
  ['no copy, being made', 'new', aDatabase('orders', { createdAt: undefined }), []],
  ['a copy that failed', 'never', orders, [aCopy(orders, 3, { status: 'failed' })]],
  ['a copy in flight', 'never', orders, [aCopy(orders, 3, { status: 'creating' })]],
  ['a copy made by hand', 'never', orders, [aCopy(orders, 3, { tags: new Map([[TAGS.database, orders.arn]]) })]],
  ['no tag', 'missing-tag', aDatabase('orders', { tags: new Map() }), []],
  [
    'another value of the tag',
    'missing-tag',
    aDatabase('orders', { tags: new Map([['environment', 'Production']]) }),
    [],
  ],
  ['no tag any more, and a fresh copy', 'protected', aDatabase('orders', { tags: new Map() }), [aCopy(orders, 3)]],
  ['no tag any more, and an old copy', 'late', aDatabase('orders', { tags: new Map() }), [aCopy(orders, 30)]],
  [
    'backups of another plan, without our tag',
    'never: missing-tag',
    orders,
    [],
    { snapshots: [inSource(orders, { plan: 'of the team' })] },
  ],
  [
    'a Multi-AZ DB cluster',
    'unsupported: multi-az-cluster',
    aDatabase('orders', { kind: 'cluster', engine: 'postgres', createdAt: hoursAgo(1) }),
    [],
  ],
  ['RDS Custom', 'unsupported: rds-custom', aDatabase('orders', { engine: 'custom-oracle-ee' }), []],
  [
    'an unencrypted cluster',
    'unsupported: unencrypted-cluster',
    aDatabase('orders', { kind: 'cluster', encrypted: false }),
    [],
  ],
  [
    '49 tags',
    'never: too-many-tags',
    aDatabase('orders', {
      tags: new Map([['environment', 'production'], ...Array.from({ length: 48 }, (_, at) => [`t${at}`, ''] as const)]),
    }),
    [],
  ],
  [
    // Case 137.
    '49 tags, encryption_key among them, which the plan overwrites',
    'never',
    aDatabase('orders', {
      tags: new Map([
        ['environment', 'production'],
        ['encryption_key', 'x'],
        ...Array.from({ length: 47 }, (_, at) => [`t${at}`, ''] as const),
      ]),
    }),
    [],
  ],
  [
    '48 tags, and those of AWS beside them',
    'never',
    aDatabase('orders', {
      tags: new Map([
        ['environment', 'production'],
        ...Array.from({ length: 47 }, (_, at) => [`t${at}`, ''] as const),
        ['aws:cloudformation:stack-name', 's'],
      ]),
    }),
    [],
  ],
  [
    'a share that RDS refuses',
    'late: unshareable',
    orders,
    [aCopy(orders, 90)],
    { snapshots: [inSource(orders, held('unshareable', 20))] },
  ],
  [
    'a share that RDS refused before the newest copy',
    'late',
    orders,
    [aCopy(orders, 40)],
    { snapshots: [inSource(orders, held('unshareable', 60))] },
  ],
  [
    'a key that cannot be used',
    'never: key-not-accessible',
    orders,
    [],
    { snapshots: [inSource(orders, held('key-not-accessible', 2))] },
  ],
  [
    'a copy that is stuck, while an older one is good',
    'protected',
    orders,
    [aCopy(orders, 20)],
    { snapshots: [inSource(orders, held('stuck', 2))] },
  ],
])('%s: %s', (_, status, database, own, contents = {}) => {
  expect(statuses([openAccount({ databases: [database], ...contents })], own)).toEqual([status]);
});

test('a backup that was to start in a window of RDS: the report names the window, with a remedy', () => {
  const windows = { backupWindow: '01:00-01:30', maintenanceWindow: 'sun:05:00-sun:06:00' };
  const job = (begunAt: string) => ({
    resource: orders.arn,
    state: 'FAILED',
    message: 'no',
    at: new Date(),
    begunAt: new Date(begunAt),
  });
  const rowOf = (begunAt: string) =>
    said([openAccount({ databases: [{ ...orders, windows }], failedJobs: [job(begunAt)] })])[0];
  expect(rowOf('2026-11-25T01:10:00Z')).toMatchObject({
    reason: expect.stringContaining('backup window 01:00-01:30'),
    remedy: expect.stringContaining('Move that window'),
  });
  expect(rowOf('2026-11-29T04:10:00Z')?.reason).toContain('maintenance window sun:05:00-sun:06:00');
  expect(rowOf('2026-11-25T03:00:00Z')?.reason).toBe('the backup failed: no');
});

describe('a service that AWS Backup is not opted in to', () => {
  // Case 68.
  test.each([
    ['Aurora', aDatabase('ledger', { kind: 'cluster' })],
    ['DocumentDB', aDatabase('carts', { kind: 'cluster', engine: 'docdb' })],
    ['Neptune', aDatabase('friends', { kind: 'cluster', engine: 'neptune' })],
    // Case 68.
  ])('%s off in a member leaves its databases without a copy, and says how to opt in', (service, database) => {
    const [row] = said([openAccount({ databases: [database], optedOut: [service] })]);
    expect(row).toMatchObject({ status: 'never', code: 'not-opted-in', codeFrom: 'aws' });
    expect(row?.remedy).toContain('Opt in');
  });

  test('an instance of RDS is selected by its ARN, whatever the opt-in says', () => {
    expect(statuses([openAccount({ databases: [orders], optedOut: ['RDS'] })])).toEqual(['never']);
  });

  // Case 68.
  test('another service’s opt-in is no matter, and the report names the account', () => {
    const { evidence } = plan(factsOf([openAccount({ databases: [orders], optedOut: ['Neptune'] })]));
    expect(evidence.databases[0]?.status).toBe('never');
    expect(evidence.accounts[0]?.optedOut).toEqual(['Neptune']);
  });
});

describe('what is gone', () => {
  // Case 49.
  test('the last copy of a database that was deleted 60 days ago is kept in sight, as last copy', () => {
    const [row, ...more] = said([openAccount()], [aCopy(orders, 62 * 24), aCopy(orders, 60 * 24)]);
    expect(more).toEqual([]);
    expect(row).toMatchObject({ status: 'source-deleted', ageHours: 60 * 24, database: orders.arn });
  });

  // Case 59.
  test('of an account that left, nothing is demanded once it is confirmed: its copies have the status account-left', () => {
    const old = aCopy(orders, 20 * 24);
    expect(statuses([openAccount({}, left)], [old])).toEqual(['late']);
    // In no table at all: the vault still says whose copies it holds.
    expect(statuses([], [old])).toEqual(['late']);
    const decisions = [{ kind: 'left', subject: SOURCE, by: 'operator', at: NOW.toISOString() }] as const;
    const facts = { ...factsOf([openAccount({}, left)], [old]), decisions };
    expect(plan({ ...facts, accounts: [] }).evidence.databases.map(({ status }) => status)).toEqual(['account-left']);
    expect(plan(facts).measures).toMatchObject({
      DatabasesAccountLeft: 1,
      DatabasesLate: 0,
      DatabasesUnknown: 0,
      UnknownAccounts: 0,
    });
  });

  test('an account that is leaving is judged as long as it has the tooling', () => {
    expect(statuses([openAccount({ databases: [orders] }, { state: 'leaving' })])).toEqual(['never']);
  });

  test('a database that was created again under its old name has no copy yet; the copies of the old one are its last', () => {
    const recreated = aDatabase('orders', { resourceId: 'db-another', createdAt: hoursAgo(2) });
    const rows = said([openAccount({ databases: [recreated] })], [aCopy(orders, 5)]);
    expect(rows.map(({ status }) => status)).toEqual(['new', 'source-deleted']);
    expect(rows[1]?.reason).toBe(REASONS['name-reused']().reason);
  });

  test('a copy without the id of its database is not replaced: its account decides', () => {
    const tags = new Map([...aCopy(orders, 5).tags].filter(([key]) => key !== TAGS.resourceId));
    const old = aCopy(orders, 5, { tags });
    const shut: Partial<ObservedAccount> = { observed: { access: 'denied', because: 'no' } };
    expect(statuses([openAccount({}, left)], [old])).toEqual(['account-left']);
    expect(statuses([openAccount({}, shut)], [old])).toEqual(['unknown']);
    expect(said([openAccount()], [old])[0]?.reason).toBe(REASONS['database-deleted']().reason);
  });

  test('a copy that does not say which database it is of counts for none, and hides no other', () => {
    const bare = (said: string) =>
      aCopy(orders, 1, { tags: new Map([...aCopy(orders, 1).tags, [TAGS.database, said]]) });
    const own = [bare(''), bare('orders'), aCopy(orders, 5)].map((one, at) => ({
      ...one,
      arn: `${one.arn}-${at}` as SnapshotArn,
    }));
    expect(said([openAccount({ databases: [orders] })], own).map(({ ageHours }) => ageHours)).toEqual([5]);
  });

  test('a renamed database keeps its copies', () => {
    const renamed = aDatabase('orders-2', { resourceId: orders.resourceId });
    expect(statuses([openAccount({ databases: [renamed] })], [aCopy(orders, 5)])).toEqual(['protected']);
  });

  test('copies that do not say the stable id belong to the database that has the name', () => {
    const { tags } = aCopy(orders, 5);
    const nameless = aCopy(orders, 5, { tags: new Map([...tags].filter(([key]) => key !== TAGS.resourceId)) });
    expect(statuses([openAccount({ databases: [orders] })], [nameless])).toEqual(['protected']);
  });

  test('copies without the resource id are as unknown as their account while no other database has the name', () => {
    const { tags } = aCopy(orders, 5);
    const nameless = aCopy(orders, 5, { tags: new Map([...tags].filter(([key]) => key !== TAGS.resourceId)) });
    expect(statuses([openAccount({}, { observed: shut })], [nameless])).toEqual(['unknown']);
    expect(statuses([openAccount({}, left)], [nameless])).toEqual(['account-left']);
    const reasons = said([openAccount()], [nameless, aCopy(orders, 9)]).map(({ reason }) => reason);
    expect(reasons).toEqual(Array(2).fill(REASONS['database-deleted']().reason));
  });

  test('a copy of another account never counts, whatever stable id its source claims', () => {
    const foreign = aDatabase('orders', { resourceId: orders.resourceId }, OTHER);
    const accounts = [openAccount({ databases: [orders] }), openAccount({}, { account: OTHER })];
    expect(statuses(accounts, [aCopy(foreign, 3)])).toEqual(['never', 'source-deleted']);
  });
});

describe('a copy that vanishes from the vault', () => {
  const accounts = [openAccount({ databases: [orders] })];
  const [old, fresh] = [aCopy(orders, 30), aCopy(orders, 6)];
  const before = earlier(accounts, [old, fresh], 1);

  test('is lost, also when an older one is left', () => {
    expect(statuses(accounts, [old], before)).toEqual(['lost']);
    expect(statuses(accounts, [], before)).toEqual(['lost']);
  });

  test('stays lost in the reports after, until a newer copy is there', () => {
    const report = plan(factsOf(accounts, [old], before)).evidence;
    expect(statuses(accounts, [old], report)).toEqual(['lost']);
    expect(statuses(accounts, [old, aCopy(orders, 1)], report)).toEqual(['protected']);
  });

  test('is lost also of a database that is gone, and of an account that left', () => {
    expect(statuses([openAccount()], [], before)).toEqual(['lost']);
    expect(statuses([openAccount({}, left)], [], before)).toEqual(['lost']);
    expect(statuses([openAccount()], [old], before)).toEqual(['lost']);
  });

  test('of a deleted database is reported for 90 days', () => {
    const report = { ...before, databases: verdictsOf(before, 'lost', 89) };
    expect(statuses([openAccount()], [], report)).toEqual(['lost']);
    expect(statuses([openAccount()], [], { ...before, databases: verdictsOf(before, 'lost', 91) })).toEqual([]);
  });

  test('is no loss while it stands there, in whatever status', () => {
    const broken = aCopy(orders, 6, { status: 'error' });
    expect(broken.arn).toBe(fresh.arn);
    expect(statuses(accounts, [old, broken], before)).toEqual(['late']);
    expect(statuses(accounts, [broken], before)).toEqual(['never']);
    expect(statuses([openAccount()], [old, broken], before)).toEqual(['source-deleted']);
  });

  test('an older copy that retention removed is no loss', () => {
    expect(statuses(accounts, [fresh], before)).toEqual(['protected']);
  });

  test('is no loss when the database was created again, and the name has a newer copy: retention counts by name', () => {
    const recreated = aDatabase('orders', { resourceId: 'db-another', createdAt: hoursAgo(900) });
    const both = [openAccount({ databases: [recreated] })];
    const known = earlier(both, [old, aCopy(recreated, 6)], 1);
    expect(statuses(both, [old, aCopy(recreated, 6)], known)).toEqual(['source-deleted', 'protected']);
    expect(statuses(both, [aCopy(recreated, 6)], known)).toEqual(['protected']);
  });
});

const verdictsOf = ({ databases }: CoverageEvidence, status: 'lost', daysAgo: number) =>
  databases.map((row) => ({ ...row, status, since: hoursAgo(daysAgo * 24).toISOString() }));

describe('an account that denies access', () => {
  const open = [openAccount({ databases: [orders] })];
  const before = earlier(open, [aCopy(orders, 6)], 1);
  const closed = [openAccount({}, { observed: shut })];

  test('makes every database of its account unknown, those with copies and those without', () => {
    const never = aDatabase('never');
    const known = earlier([openAccount({ databases: [orders, never] })], [aCopy(orders, 6)], 1);
    expect(statuses(closed, [aCopy(orders, 6)], known)).toEqual(['unknown', 'unknown']);
    expect(statuses(closed, [aCopy(orders, 6)])).toEqual(['unknown']);
  });

  test('is counted and named, and never hides another account', () => {
    const healthy = aDatabase('healthy', {}, OTHER);
    const accounts = [...closed, openAccount({ databases: [healthy] }, { account: OTHER })];
    const { evidence, measures } = plan(factsOf(accounts, [aCopy(orders, 6), aCopy(healthy, 2)], before));
    expect(evidence.databases.map(({ status }) => status)).toEqual(['unknown', 'protected']);
    expect(measures.UnknownAccounts).toBe(1);
    expect(evidence.accounts.find(({ account }) => account === SOURCE)).toMatchObject({
      access: 'denied',
      because: expect.stringContaining('AccessDenied'),
    });
  });

  test('is no fault in the hours in which the tooling is still on its way', () => {
    const young = [openAccount({}, { observed: shut, since: hoursAgo(5) })];
    expect(plan(factsOf(young)).measures.UnknownAccounts).toBe(0);
  });

  test('opens again: what was known before still counts', () => {
    const during = plan(factsOf(closed, [aCopy(orders, 6)], before)).evidence;
    expect(statuses(open, [aCopy(orders, 6)], during)).toEqual(['protected']);
  });
});

describe('a source from which no copy comes', () => {
  const silent = (hours: number, database = orders) =>
    plan(factsOf([openAccount({ databases: [database] })], hours > 0 ? [aCopy(database, hours)] : []));

  // Case 76.
  test('nothing has happened for 26 h: the vault’s own inventory says late, and counts it', () => {
    const { evidence, measures } = silent(26.5);
    expect(evidence.databases[0]).toMatchObject({ status: 'late', ageHours: 26.5, rpoHours: 26 });
    expect(measures.DatabasesLate).toBe(1);
    expect(silent(26).measures.DatabasesLate).toBe(0);
  });

  // Case 76.
  test('a new database counts from its creation', () => {
    expect(silent(0, aDatabase('new', { createdAt: hoursAgo(26) })).evidence.databases[0]?.status).toBe('new');
    expect(silent(0, aDatabase('new', { createdAt: hoursAgo(26.5) })).evidence.databases[0]?.status).toBe('never');
  });

  test('an old database counts from the day on which the vault accepted its account', () => {
    const account = openAccount({ databases: [orders] }, { since: hoursAgo(10) });
    expect(statuses([account])).toEqual(['new']);
  });

  test('a database that is tagged late counts from then', () => {
    const missingTag = openAccount({ databases: [aDatabase('orders', { tags: new Map() })] });
    const before = earlier([missingTag], [], 1);
    const tagged = plan(factsOf([openAccount({ databases: [orders] })], [], before)).evidence;
    expect(tagged.databases[0]).toMatchObject({ status: 'new', wantedSince: NOW.toISOString() });
    const later = new Date(NOW.getTime() + 27 * 3_600_000);
    expect(
      plan(factsOf([openAccount({ databases: [orders] })], [], tagged, later)).evidence.databases[0],
    ).toMatchObject({
      status: 'never',
      ageHours: 27,
    });
  });
});

describe('the word of a source on when its data was taken', () => {
  const says = (word: string | undefined, kind: 'instance' | 'cluster' = 'cluster') => {
    const database = aDatabase('orders', { kind });
    const { tags } = aCopy(database, 30);
    const given = new Map([...tags].filter(([key]) => key !== TAGS.sourceTime));
    if (word !== undefined) given.set(TAGS.sourceTime, word);
    const [row] = said([openAccount({ databases: [database] })], [aCopy(database, 30, { tags: given })]);
    return row?.ageHours;
  };

  test.each([
    ['a time in the future', hoursAgo(-400).toISOString(), 28],
    ['an hour after the import', hoursAgo(27).toISOString(), 28],
    ['two hours before the import', hoursAgo(30).toISOString(), 30],
    ['a time of last year', '2025-01-01T00:00:00.000Z', 28 + 7 * 24],
    ['no time', 'yesterday', 28 + 7 * 24],
    ['nothing', undefined, 28 + 7 * 24],
  ])('%s is clamped around the import', (_, word, age) => expect(says(word)).toBe(age));

  test('RDS’s own word on an instance’s data stands against a younger one', () => {
    expect(says(hoursAgo(-400).toISOString(), 'instance')).toBe(30);
  });
});

describe('rpo', () => {
  const tiered = (tags: Readonly<Record<string, string>>) => {
    const facts = factsOf([
      openAccount({
        databases: [aDatabase('orders', { tags: new Map(Object.entries({ environment: 'production', ...tags })) })],
      }),
    ]);
    const byTag = [
      { key: 'tier', value: 'gold', hours: 6 },
      { key: 'size', value: 'huge', hours: 48 },
    ];
    const { evidence } = plan({ ...facts, rules: { ...facts.rules, rpo: { hours: 26, byTag } } });
    return evidence.databases[0]?.rpoHours;
  };

  test('a tag can ask for another one; of several the strictest counts', () => {
    expect(tiered({})).toBe(26);
    expect(tiered({ tier: 'gold' })).toBe(6);
    expect(tiered({ size: 'huge' })).toBe(48);
    expect(tiered({ size: 'huge', tier: 'gold' })).toBe(6);
    expect(tiered({ tier: 'silver' })).toBe(26);
  });
});
