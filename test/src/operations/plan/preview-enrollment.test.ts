import fc from 'fast-check';
import type { EnrollmentSettings } from '../../../../src/contract/enrollment-settings';
import { accountId, region } from '../../../../src/contract/ids';
import { type ObservedAccount, previewEnrollment } from '../../../../src/operations/plan/preview-enrollment';
import { HERE, MANAGEMENT, numbered, SETTINGS, SOURCE, UNITS, VAULT } from '../../../support/enrollment';

const NOW = new Date('2026-03-01T12:00:00Z');
const since = (days: number) => new Date(NOW.getTime() - days * 24 * 3600 * 1000).toISOString();
const TAGGED = new Map([['environment', 'production']]);
const THERE = region('eu-west-1');
const MEMBER = { state: 'ACTIVE', units: UNITS };

const seen = (change: Partial<ObservedAccount> = {}): ObservedAccount => ({
  account: SOURCE,
  member: MEMBER,
  tags: new Map(),
  instances: [],
  ...change,
});
const enrolledSince = (days: number) => ({ state: 'enrolled', since: since(days) }) as const;
const leavingSince = (days: number) => ({ state: 'leaving', since: since(days) }) as const;
const gone = (days: number) => ({ state: 'left', since: since(days), departed: true }) as const;
const STANDS = { instances: [HERE] };
const exempt = { exemptions: [{ account: SOURCE, reason: 'being moved', until: '2026-03-05' }] };

/** What is so, by which settings; verdict, reason, and the instances that stand afterwards. */
const ROWS: readonly (readonly [
  string,
  Partial<ObservedAccount>,
  Partial<EnrollmentSettings>,
  string,
  string,
  number,
])[] = [
  [
    'a new account',
    { tags: TAGGED },
    {},
    'enroll',
    'tagged environment=production; the tooling would be deployed in eu-central-1',
    1,
  ],
  [
    'a Region is new, another one closed',
    { tags: TAGGED, ...STANDS, closed: [region('us-west-2')] },
    { regions: [HERE, THERE, region('us-west-2')] },
    'enroll',
    'tagged environment=production; the tooling would be deployed in eu-west-1; nothing is tried in us-west-2 for now',
    2,
  ],
  [
    'enrolled',
    { tags: TAGGED, ...STANDS },
    {},
    'keep',
    'tagged environment=production; the tooling stands where it should',
    1,
  ],
  [
    'quarantined in its only Region',
    { tags: TAGGED, closed: [HERE] },
    {},
    'keep',
    'tagged environment=production; nothing is tried in eu-central-1 for now',
    0,
  ],
  [
    'the tag was taken away today',
    { ...STANDS, held: enrolledSince(100) },
    {},
    'leaving',
    'not tagged environment=production; nothing changes until 2026-03-15, then it is withdrawn',
    1,
  ],
  [
    'departed',
    { member: undefined, ...STANDS, held: enrolledSince(100) },
    {},
    'leaving',
    'no longer in the organization; the vault takes nothing new from it, and its instances are dropped after 2026-03-15',
    1,
  ],
  [
    'departed while it was leaving: its grace begins anew',
    { member: undefined, ...STANDS, held: leavingSince(5) },
    {},
    'leaving',
    'no longer in the organization; the vault takes nothing new from it, and its instances are dropped after 2026-03-15',
    1,
  ],
  [
    'the grace is over',
    { ...STANDS, held: leavingSince(15) },
    {},
    'withdraw',
    'not tagged environment=production; its grace is over: the tooling in eu-central-1 would be removed',
    0,
  ],
  [
    'suspended, the grace is over',
    { member: { ...MEMBER, state: 'SUSPENDED' }, ...STANDS, held: leavingSince(15) },
    {},
    'withdraw',
    'its state is SUSPENDED; its grace is over: the tooling in eu-central-1 would be dropped, and its stacks stay: nothing can reach into the account',
    0,
  ],
  [
    'the grace is over, nothing stands',
    { held: leavingSince(15) },
    {},
    'withdraw',
    'not tagged environment=production; its grace is over, and nothing of it stands any more',
    0,
  ],
  [
    'nearly tagged',
    { tags: new Map([['Environment', 'production']]) },
    {},
    'near miss',
    'tagged Environment=production, not environment=production; nothing is guessed: correct the tag if it is meant',
    0,
  ],
  ['not tagged', {}, {}, 'skip', 'not tagged environment=production', 0],
  ['exempt', { tags: TAGGED }, exempt, 'skip', 'exempt until 2026-03-05: being moved', 0],
  [
    'outside',
    { tags: TAGGED, member: { state: 'ACTIVE', units: ['r-ex01'] } },
    {},
    'skip',
    'outside the target units',
    0,
  ],
  ['the vault', { account: VAULT, tags: TAGGED }, {}, 'skip', 'the vault', 0],
  [
    'the management account',
    { account: MANAGEMENT, tags: TAGGED },
    {},
    'skip',
    'the management account: StackSets never deploy there, so protect its databases separately',
    0,
  ],
];

test.each(ROWS)('%s', (_, change, settings, verdict, reason, afterwards) => {
  const one = seen(change);
  const { accounts, instances } = previewEnrollment([one], { ...SETTINGS, ...settings }, NOW);
  expect(accounts).toEqual([{ id: one.account, verdict, reason }]);
  expect(instances).toEqual({ now: one.instances.length, afterwards });
});

test('whoever keeps a departed account cleans up where the tooling stands, or stood by the registry', () => {
  const departed = [
    seen({ account: numbered(3), member: undefined, ...STANDS, registered: [THERE], held: gone(2) }),
    seen({ account: numbered(2), member: undefined, registered: [THERE], held: gone(20) }),
    seen({ account: numbered(1), member: undefined, held: { state: 'left', since: since(50) } }),
    seen({ account: numbered(4), ...STANDS, held: leavingSince(1) }),
  ];
  expect(previewEnrollment(departed, SETTINGS, NOW).departed).toEqual([
    { id: numbered(2), regions: [THERE] },
    { id: numbered(3), regions: [HERE, THERE] },
  ]);
});

describe('a mass exit', () => {
  const due = (at: number) => seen({ account: numbered(at), ...STANDS, held: leavingSince(20) });
  const kept = (at: number) => seen({ account: numbered(at), tags: TAGGED, ...STANDS, held: enrolledSince(90) });
  const six = [1, 2, 3, 4, 5, 6].map(due);
  const many = Array.from({ length: 100 }, (_, at) => kept(at + 100));
  const of = (accounts: readonly ObservedAccount[], acknowledged: readonly string[] = []) =>
    previewEnrollment(accounts, { ...SETTINGS, massExit: { ...SETTINGS.massExit, acknowledged } }, NOW);

  test('stops, says why, and takes nothing', () => {
    const { massExit, instances, accounts } = of([...six, ...many]);
    expect(massExit).toEqual({ due: 6, enrolled: 106 });
    expect(instances).toEqual({ now: 106, afterwards: 106 });
    expect(accounts[0]).toEqual({
      id: numbered(1),
      verdict: 'withdraw',
      reason: 'not tagged environment=production; its grace is over, but so many at once wait for a person',
    });
  });

  test('those that a person confirmed go, and no longer count', () => {
    expect(of([...six, ...many], [numbered(1)])).toMatchObject({ instances: { now: 106, afterwards: 100 } });
    const still = of([...six, due(7), ...many], [numbered(1)]);
    expect(still).toMatchObject({ massExit: { due: 6, enrolled: 107 }, instances: { now: 107, afterwards: 106 } });
  });

  test('a withdrawal that failed before goes on without asking, and does not count', () => {
    const again = seen({ account: numbered(7), ...STANDS, held: { state: 'left', since: since(3) } });
    expect(of([...six.slice(1), again, ...many])).not.toHaveProperty('massExit');
    expect(of([...six, again, ...many]).instances).toEqual({ now: 107, afterwards: 106 });
  });

  test('is also more than a tenth, but never one account alone', () => {
    expect(of([due(1), due(2), ...many.slice(0, 17)])).toHaveProperty('massExit', { due: 2, enrolled: 19 });
    expect(of([due(1), due(2), ...many.slice(0, 18)])).not.toHaveProperty('massExit');
    expect(of([due(1)])).not.toHaveProperty('massExit');
  });
});

test('the order in which accounts are listed says nothing', () => {
  const rows = ROWS.map(([, change], at) => seen({ ...change, account: accountId(numbered(at)) }));
  const wanted = JSON.stringify(previewEnrollment(rows, SETTINGS, NOW));
  fc.assert(
    fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
      expect(JSON.stringify(previewEnrollment(shuffled, SETTINGS, NOW))).toBe(wanted);
    }),
  );
});
