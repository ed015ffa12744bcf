import { decideAccount, isMassExit } from '../../../../lambda/management/enroll-accounts/decide-account';
import type { AccountFacts } from '../../../../lambda/management/enroll-accounts/facts';
import { DAY } from '../../../../src/contract/durations';
import type { EnrollmentSettings } from '../../../../src/contract/enrollment-settings';
import { HERE, MANAGEMENT, SETTINGS, SOURCE, UNITS, VAULT } from '../../../support/enrollment';

const NOW = new Date('2026-03-01T12:00:00Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * DAY).toISOString();
type Change = Partial<Omit<AccountFacts, 'tags'>> & { readonly tags?: Readonly<Record<string, string>> };

const facts = ({ tags = { environment: 'production' }, ...change }: Change = {}): AccountFacts => ({
  account: SOURCE,
  member: { state: 'ACTIVE', units: [...UNITS, 'ou-ex01-deeper01'] },
  tags: new Map(Object.entries(tags)),
  instances: [],
  ...change,
});
const within = (units: readonly string[]) => ({ member: { state: 'ACTIVE', units: ['r-ex01', ...units] } });
const inState = (state: string) => ({ member: { state, units: UNITS } });
const NO_MEMBER = { member: undefined };
const exempt = (until: string) => ({ exemptions: [{ account: SOURCE, reason: 'being moved', until }] });
const anyCase = { tag: { ...SETTINGS.tag, match: 'case-insensitive' as const } };

const ROWS: readonly (readonly [string, Change, Partial<EnrollmentSettings>, string, string])[] = [
  ['tagged, in a unit at any depth', {}, {}, 'enroll', 'tagged environment=production'],
  [
    'tagged with another of the values',
    { tags: { environment: 'live' } },
    { tag: { ...SETTINGS.tag, values: ['production', 'live'] } },
    'enroll',
    'tagged environment=live',
  ],
  [
    'under another key',
    { tags: { stage: 'live' } },
    { tag: { key: 'stage', values: ['live'], match: 'exact' } },
    'enroll',
    'tagged stage=live',
  ],
  ['not tagged', { tags: {} }, {}, 'skip', 'not tagged environment=production'],
  ['tagged as something else', { tags: { environment: 'test' } }, {}, 'skip', 'not tagged environment=production'],
  [
    'a near miss',
    { tags: { Environment: 'Production ' } },
    {},
    'near-miss',
    'tagged Environment=Production , not environment=production',
  ],
  [
    'case-insensitive, when configured',
    { tags: { Environment: 'Production ' } },
    anyCase,
    'enroll',
    'tagged Environment=Production ',
  ],
  ['suspended', inState('SUSPENDED'), {}, 'skip', 'its state is SUSPENDED'],
  ['closing', inState('PENDING_CLOSURE'), {}, 'skip', 'its state is PENDING_CLOSURE'],
  ['closed', inState('CLOSED'), {}, 'skip', 'its state is CLOSED'],
  ['pending activation', inState('PENDING_ACTIVATION'), {}, 'skip', 'its state is PENDING_ACTIVATION'],
  ['outside the units', within(['ou-ex01-sandbox1']), {}, 'skip', 'outside the target units'],
  [
    'in an excluded unit below',
    within(['ou-ex01-workload', 'ou-ex01-deeper01']),
    { excludedUnits: ['ou-ex01-deeper01'] },
    'skip',
    'in the excluded unit ou-ex01-deeper01',
  ],
  [
    'any member, when the root is the target',
    within([]),
    { targetUnits: ['r-ex01'] },
    'enroll',
    'tagged environment=production',
  ],
  // Case 62.
  [
    'the management account itself',
    { account: MANAGEMENT },
    {},
    'skip',
    'the management account: StackSets never deploy there, so protect its databases separately',
  ],
  ['the vault', { account: VAULT }, {}, 'skip', 'the vault'],
  ['exempt to the end of today', {}, exempt('2026-03-01'), 'skip', 'exempt until 2026-03-01: being moved'],
  ['no longer exempt', {}, exempt('2026-02-28'), 'enroll', 'tagged environment=production'],
  ['never a member', NO_MEMBER, {}, 'skip', 'no longer in the organization'],
  ['enrolled and tagged', { instances: [HERE] }, {}, 'keep', 'tagged environment=production'],
  [
    'enrolled, a Region missing',
    { instances: [], held: { state: 'enrolled', since: daysAgo(1) } },
    {},
    'enroll',
    'tagged environment=production',
  ],
  ['a Region missing that is closed', { closed: [HERE] }, {}, 'keep', 'tagged environment=production'],
  [
    'tagged again within the grace period',
    { instances: [HERE], held: { state: 'leaving', since: daysAgo(13) } },
    {},
    'keep',
    'tagged environment=production',
  ],
  [
    'tagged again after its withdrawal',
    { held: { state: 'left', since: daysAgo(30) } },
    {},
    'enroll',
    'tagged environment=production',
  ],
];

test.each(ROWS)(
  'an account, %s, is decided on by its membership, units and tags',
  (_, change, more, decision, reason) => {
    expect(decideAccount(facts(change), { ...SETTINGS, ...more }, NOW)).toEqual({
      account: SOURCE,
      ...(change.account && { account: change.account }),
      decision,
      reason,
    });
  },
);

const has = { instances: [HERE], tags: {} };
const LEAVING: readonly (readonly [string, Change, object])[] = [
  ['its grace period begins', has, { decision: 'leaving', due: '2026-03-15' }],
  [
    'its grace period begins without an instance, if the registry has it',
    { tags: {}, held: { state: 'enrolled', since: daysAgo(90) } },
    { decision: 'leaving', due: '2026-03-15' },
  ],
  [
    'it is leaving on the last day of its grace period',
    { ...has, held: { state: 'leaving', since: daysAgo(13.99) } },
    { decision: 'leaving', due: '2026-03-01' },
  ],
  [
    'it is withdrawn when its grace period is over',
    { ...has, held: { state: 'leaving', since: daysAgo(14) } },
    { decision: 'withdraw', retain: false },
  ],
  [
    'suspended, it is withdrawn and its stacks are retained',
    { ...has, ...inState('SUSPENDED'), held: { state: 'leaving', since: daysAgo(14) } },
    { decision: 'withdraw', retain: true },
  ],
  [
    'suspended, it has the same grace period',
    { ...has, ...inState('SUSPENDED') },
    { decision: 'leaving', due: '2026-03-15' },
  ],
  [
    'departed, it has the same grace period',
    { ...has, ...NO_MEMBER, held: { state: 'left', departed: true, since: daysAgo(13) } },
    { decision: 'leaving' },
  ],
  [
    'departed, it is withdrawn after that and its stacks are retained',
    { ...has, ...NO_MEMBER, held: { state: 'left', departed: true, since: daysAgo(14) } },
    { decision: 'withdraw', retain: true },
  ],
  [
    'instances left over from a failed deletion are withdrawn at once',
    { ...has, held: { state: 'left', since: daysAgo(0) } },
    { decision: 'withdraw', retain: false },
  ],
  [
    'a similar tag does not stop its grace period',
    { ...has, tags: { environment: 'Production' } },
    { decision: 'leaving', reason: 'tagged environment=Production, not environment=production' },
  ],
];
test.each(LEAVING)('an account with the tooling that no longer matches: %s', (_, change, expected) => {
  expect(decideAccount(facts(change), SETTINGS, NOW)).toMatchObject(expected);
});

test.each([
  [1, 2, false],
  [2, 20, false],
  [2, 19, true],
  [3, 29, true],
  [5, 50, false],
  [5, 1000, false],
  [6, 1000, true],
  [0, 0, false],
])('%d due of %d enrolled accounts are a mass exit: %s', (due, enrolled, expected) => {
  expect(isMassExit(due, enrolled, SETTINGS.massExit)).toBe(expected);
});
