import fc from 'fast-check';
import type { EnrollmentSettings } from '../../../../src/contract/enrollment-settings';
import { accountId, region } from '../../../../src/contract/ids';
import { type AccountToPreview, previewEnrollment } from '../../../../src/operations/plan/preview-enrollment';
import { HERE, MANAGEMENT, numbered, SETTINGS, SOURCE, UNITS, VAULT } from '../../../support/enrollment';
import { holds } from '../../../support/holds';

const NOW = new Date('2026-03-01T12:00:00Z');
const since = (days: number) => new Date(NOW.getTime() - days * 24 * 3600 * 1000).toISOString();
const TAGGED = new Map([['environment', 'production']]);
const THERE = region('eu-west-1');
const MEMBER = { state: 'ACTIVE', units: UNITS };

const observed = (change: Partial<AccountToPreview> = {}): AccountToPreview => ({
  account: SOURCE,
  member: MEMBER,
  tags: new Map(),
  instances: [],
  ...change,
});
const enrolledSince = (days: number) => ({ state: 'enrolled', since: since(days) }) as const;
const leavingSince = (days: number) => ({ state: 'leaving', since: since(days) }) as const;
const gone = (days: number) => ({ state: 'left', since: since(days), departed: true }) as const;
const DEPLOYED = { instances: [HERE] };
const exempt = { exemptions: [{ account: SOURCE, reason: 'being moved', until: '2026-03-05' }] };

/** Case, facts, settings, verdict, reason, and the number of instances afterwards. */
const ROWS: readonly (readonly [
  string,
  Partial<AccountToPreview>,
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
    { tags: TAGGED, ...DEPLOYED, closed: [region('us-west-2')] },
    { regions: [HERE, THERE, region('us-west-2')] },
    'enroll',
    'tagged environment=production; the tooling would be deployed in eu-west-1; us-west-2 is skipped for now',
    2,
  ],
  ['enrolled', { tags: TAGGED, ...DEPLOYED }, {}, 'keep', 'tagged environment=production; the tooling is deployed', 1],
  [
    'quarantined in its only Region',
    { tags: TAGGED, closed: [HERE] },
    {},
    'keep',
    'tagged environment=production; eu-central-1 is skipped for now',
    0,
  ],
  [
    'the tag was taken away today',
    { ...DEPLOYED, held: enrolledSince(100) },
    {},
    'leaving',
    'not tagged environment=production; the tooling is withdrawn after 2026-03-15',
    1,
  ],
  [
    'departed',
    { member: undefined, ...DEPLOYED, held: enrolledSince(100) },
    {},
    'leaving',
    'no longer in the organization; the vault imports nothing new from it, and its stack instances are removed after 2026-03-15',
    1,
  ],
  [
    'departed while it was leaving: it has a new grace period',
    { member: undefined, ...DEPLOYED, held: leavingSince(5) },
    {},
    'leaving',
    'no longer in the organization; the vault imports nothing new from it, and its stack instances are removed after 2026-03-15',
    1,
  ],
  [
    'the grace is over',
    { ...DEPLOYED, held: leavingSince(15) },
    {},
    'withdraw',
    'not tagged environment=production; its grace period is over, and the tooling in eu-central-1 would be removed',
    0,
  ],
  [
    'suspended, the grace is over',
    { member: { ...MEMBER, state: 'SUSPENDED' }, ...DEPLOYED, held: leavingSince(15) },
    {},
    'withdraw',
    'its state is SUSPENDED; its grace period is over, and the tooling in eu-central-1 would be removed from the StackSet, and its stacks stay because the account is out of reach',
    0,
  ],
  [
    'the grace period is over, and no stack instance exists',
    { held: leavingSince(15) },
    {},
    'withdraw',
    'not tagged environment=production; its grace period is over, and it has no stack instances',
    0,
  ],
  [
    'nearly tagged',
    { tags: new Map([['Environment', 'production']]) },
    {},
    'near-miss',
    'tagged Environment=production, not environment=production; correct the tag if the account should be enrolled',
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

test.each(ROWS)('the verdict on an account: %s', (_, change, settings, verdict, reason, afterwards) => {
  const one = observed(change);
  const { accounts, instances } = previewEnrollment([one], { ...SETTINGS, ...settings }, NOW);
  expect(accounts).toEqual([{ id: one.account, verdict, reason }]);
  expect(instances).toEqual({ now: one.instances.length, afterwards });
});

test('a departed account is listed with the Regions of its stack instances and of the registry', () => {
  const departed = [
    observed({ account: numbered(3), member: undefined, ...DEPLOYED, registered: [THERE], held: gone(2) }),
    observed({ account: numbered(2), member: undefined, registered: [THERE], held: gone(20) }),
    observed({ account: numbered(1), member: undefined, held: { state: 'left', since: since(50) } }),
    observed({ account: numbered(4), ...DEPLOYED, held: leavingSince(1) }),
  ];
  expect(previewEnrollment(departed, SETTINGS, NOW).departed).toEqual([
    { id: numbered(2), regions: [THERE] },
    { id: numbered(3), regions: [HERE, THERE] },
  ]);
});

describe('a mass exit', () => {
  const due = (at: number) => observed({ account: numbered(at), ...DEPLOYED, held: leavingSince(20) });
  const kept = (at: number) => observed({ account: numbered(at), tags: TAGGED, ...DEPLOYED, held: enrolledSince(90) });
  const six = [1, 2, 3, 4, 5, 6].map(due);
  const many = Array.from({ length: 100 }, (_, at) => kept(at + 100));
  const of = (accounts: readonly AccountToPreview[], acknowledged: readonly string[] = []) =>
    previewEnrollment(accounts, { ...SETTINGS, massExit: { ...SETTINGS.massExit, acknowledged } }, NOW);

  test('stops with the reason, and withdraws nothing', () => {
    const { massExit, instances, accounts } = of([...six, ...many]);
    expect(massExit).toEqual({ due: 6, enrolled: 106 });
    expect(instances).toEqual({ now: 106, afterwards: 106 });
    expect(accounts[0]).toEqual({
      id: numbered(1),
      verdict: 'withdraw',
      reason:
        'not tagged environment=production; its grace period is over, and so many withdrawals at once wait for an operator',
    });
  });

  test('withdraws confirmed accounts, and does not count them', () => {
    expect(of([...six, ...many], [numbered(1)])).toMatchObject({ instances: { now: 106, afterwards: 100 } });
    const still = of([...six, due(7), ...many], [numbered(1)]);
    expect(still).toMatchObject({ massExit: { due: 6, enrolled: 107 }, instances: { now: 107, afterwards: 106 } });
  });

  test('continues a failed withdrawal, and does not count it', () => {
    const again = observed({ account: numbered(7), ...DEPLOYED, held: { state: 'left', since: since(3) } });
    expect(of([...six.slice(1), again, ...many])).not.toHaveProperty('massExit');
    expect(of([...six, again, ...many]).instances).toEqual({ now: 107, afterwards: 106 });
  });

  test('is also more than a tenth, and never one account alone', () => {
    expect(of([due(1), due(2), ...many.slice(0, 17)])).toHaveProperty('massExit', { due: 2, enrolled: 19 });
    expect(of([due(1), due(2), ...many.slice(0, 18)])).not.toHaveProperty('massExit');
    expect(of([due(1)])).not.toHaveProperty('massExit');
  });
});

test('the order of the accounts does not change the preview', () => {
  const rows = ROWS.map(([, change], at) => observed({ ...change, account: accountId(numbered(at)) }));
  const wanted = JSON.stringify(previewEnrollment(rows, SETTINGS, NOW));
  holds(
    fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
      expect(JSON.stringify(previewEnrollment(shuffled, SETTINGS, NOW))).toBe(wanted);
    }),
  );
});
