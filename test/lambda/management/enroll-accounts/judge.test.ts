import { type AccountFacts, isMassExit, judge } from '../../../../lambda/management/enroll-accounts/judge';
import type { EnrollmentSettings } from '../../../../src/contract/enrollment-settings';
import { HERE, MANAGEMENT, SETTINGS, SOURCE, UNITS, VAULT } from '../../../support/enrollment';

const NOW = new Date('2026-03-01T12:00:00Z');
const DAYS_AGO = (days: number) => new Date(NOW.getTime() - days * 24 * 3600 * 1000).toISOString();
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
const GONE = { member: undefined };
const exempt = (until: string) => ({ exemptions: [{ account: SOURCE, reason: 'being moved', until }] });
const anyCase = { tag: { ...SETTINGS.tag, match: 'case-insensitive' as const } };

const ROWS: readonly (readonly [string, Change, Partial<EnrollmentSettings>, string, string])[] = [
  ['tagged, at any depth', {}, {}, 'enroll', 'tagged environment=production'],
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
    'near miss',
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
  ['not yet active', inState('PENDING_ACTIVATION'), {}, 'skip', 'its state is PENDING_ACTIVATION'],
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
  [
    'case 62: the management account itself',
    { account: MANAGEMENT },
    {},
    'skip',
    'the management account: StackSets never deploy there, so protect its databases separately',
  ],
  ['the vault', { account: VAULT }, {}, 'skip', 'the vault'],
  ['exempt to the end of today', {}, exempt('2026-03-01'), 'skip', 'exempt until 2026-03-01: being moved'],
  ['no longer exempt', {}, exempt('2026-02-28'), 'enroll', 'tagged environment=production'],
  ['never a member', GONE, {}, 'skip', 'no longer in the organization'],
  ['enrolled and tagged', { instances: [HERE] }, {}, 'keep', 'tagged environment=production'],
  [
    'enrolled, a Region missing',
    { instances: [], held: { state: 'enrolled', since: DAYS_AGO(1) } },
    {},
    'enroll',
    'tagged environment=production',
  ],
  ['a Region missing that is closed', { closed: [HERE] }, {}, 'keep', 'tagged environment=production'],
  [
    'back within the grace',
    { instances: [HERE], held: { state: 'leaving', since: DAYS_AGO(13) } },
    {},
    'keep',
    'tagged environment=production',
  ],
  [
    'back after it was withdrawn',
    { held: { state: 'left', since: DAYS_AGO(30) } },
    {},
    'enroll',
    'tagged environment=production',
  ],
];

test.each(ROWS)('%s', (_, change, more, verdict, reason) => {
  expect(judge(facts(change), { ...SETTINGS, ...more }, NOW)).toEqual({
    account: SOURCE,
    ...(change.account && { account: change.account }),
    verdict,
    reason,
  });
});

const has = { instances: [HERE], tags: {} };
const LEAVING: readonly (readonly [string, Change, object])[] = [
  ['starts its grace', has, { verdict: 'leaving', due: '2026-03-15' }],
  [
    'starts it without an instance, if the registry has it',
    { tags: {}, held: { state: 'enrolled', since: DAYS_AGO(90) } },
    { verdict: 'leaving', due: '2026-03-15' },
  ],
  [
    'is within its grace on the last day',
    { ...has, held: { state: 'leaving', since: DAYS_AGO(13.99) } },
    { verdict: 'leaving', due: '2026-03-01' },
  ],
  [
    'is withdrawn when it is over',
    { ...has, held: { state: 'leaving', since: DAYS_AGO(14) } },
    { verdict: 'withdraw', retain: false },
  ],
  [
    'suspended, is withdrawn with its stacks left',
    { ...has, ...inState('SUSPENDED'), held: { state: 'leaving', since: DAYS_AGO(14) } },
    { verdict: 'withdraw', retain: true },
  ],
  ['suspended, has the same grace', { ...has, ...inState('SUSPENDED') }, { verdict: 'leaving', due: '2026-03-15' }],
  [
    'departed, has the same grace',
    { ...has, ...GONE, held: { state: 'left', departed: true, since: DAYS_AGO(13) } },
    { verdict: 'leaving' },
  ],
  [
    'departed, is then dropped with its stacks left',
    { ...has, ...GONE, held: { state: 'left', departed: true, since: DAYS_AGO(14) } },
    { verdict: 'withdraw', retain: true },
  ],
  [
    'left over by a failed deletion, is withdrawn again at once',
    { ...has, held: { state: 'left', since: DAYS_AGO(0) } },
    { verdict: 'withdraw', retain: false },
  ],
  [
    'nearly tagged, leaves all the same',
    { ...has, tags: { environment: 'Production' } },
    { verdict: 'leaving', reason: 'tagged environment=Production, not environment=production' },
  ],
];
test.each(LEAVING)('an account with the tooling that is not wanted any more %s', (_, change, expected) => {
  expect(judge(facts(change), SETTINGS, NOW)).toMatchObject(expected);
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
])('%d due of %d enrolled: a mass exit is %s', (due, enrolled, mass) => {
  expect(isMassExit(due, enrolled, SETTINGS.massExit)).toBe(mass);
});
