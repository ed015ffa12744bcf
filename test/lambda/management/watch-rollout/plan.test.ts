import type { RegionRollout, RegistryEntry } from '../../../../lambda/_kit/ports/registry';
import type { StackInstance } from '../../../../lambda/_kit/ports/stack-instances';
import { plan, type RolloutFacts } from '../../../../lambda/management/watch-rollout/plan';
import { type AccountId, region } from '../../../../src/contract/ids';
import { HERE, numbered, OTHER, SOURCE } from '../../../support/enrollment';

const NOW = new Date('2026-03-01T12:00:00Z');
const AT = NOW.toISOString();
const LONG_AGO = '2026-01-01T12:00:00.000Z';
const IN_A_WEEK = '2026-03-08T12:00:00.000Z';
const THERE = region('eu-west-1');
const STANDS: RegionRollout = { state: 'current', at: LONG_AGO, version: 'aaaa', failed: [], repairs: 0 };

const entryOf = (account: AccountId, more: Partial<RegistryEntry> = {}): RegistryEntry => ({
  account,
  state: 'enrolled',
  regions: [HERE],
  since: LONG_AGO,
  reason: 'tagged',
  rollout: { [HERE]: STANDS, [THERE]: STANDS },
  revision: 4,
  ...more,
});
const planned = (seen: readonly StackInstance[], entries: readonly RegistryEntry[], more: Partial<RolloutFacts> = {}) =>
  plan({
    seen,
    entries: new Map(entries.map((entry) => [entry.account, entry])),
    version: 'aaaa',
    repairing: true,
    rollingOut: false,
    now: NOW,
    ...more,
  });
const instance = (standing: StackInstance['standing'], more: Partial<StackInstance> = {}): StackInstance => ({
  account: SOURCE,
  region: HERE,
  standing,
  ...more,
});

test.each([
  ['left', 'left'],
  ['is not in the registry', undefined],
] as const)('an account that %s is nobody’s business, whatever stands there', (_, state) => {
  const entries = state ? [entryOf(SOURCE, { state })] : [];
  expect(planned([instance('failed'), instance('inoperable', { region: THERE })], entries)).toEqual([]);
});

test('an account that is leaving is watched until its tooling is gone', () => {
  const entry = entryOf(SOURCE, { state: 'leaving' });
  expect(planned([instance('outdated')], [entry])).toMatchObject([{ do: 'repair', regions: [HERE] }]);
});

test('nothing is done about what is as the registry has it', () =>
  expect(planned([instance('current')], [entryOf(SOURCE)])).toEqual([]));

test('what stands for the first time is recorded, with the version of its template in the history', () => {
  const entry = entryOf(SOURCE, { rollout: undefined });
  expect(planned([instance('current')], [entry])).toEqual([
    {
      do: 'record',
      entries: [
        {
          ...entry,
          rollout: { [HERE]: { ...STANDS, at: AT } },
          history: [{ at: AT, by: 'watch-rollout', what: 'eu-central-1: current', why: 'template aaaa' }],
        },
      ],
    },
  ]);
});

test('a new version where the state stays is recorded without a line in the history', () => {
  const before = { at: LONG_AGO, by: 'enroll-accounts', what: 'enrolled', why: 'tagged' };
  const [action] = planned([instance('current')], [entryOf(SOURCE, { history: [before] })], { version: 'bbbb' });
  expect(action).toMatchObject({
    do: 'record',
    entries: [{ rollout: { [HERE]: { version: 'bbbb' }, [THERE]: STANDS }, history: [before] }],
  });
});

test('the history has the last twenty changes, the newest first, with CloudFormation’s reason', () => {
  const history = Array.from({ length: 20 }, (_, at) => ({ at: LONG_AGO, by: 'x', what: `change ${at}`, why: 'y' }));
  const seen = [instance('current', { drifted: true })];
  const [action] = planned(seen, [entryOf(SOURCE, { history })]);
  const why = 'its stack is not as the template says';
  expect(action).toMatchObject({
    do: 'record',
    entries: [{ history: [{ at: AT, what: 'eu-central-1: drifted', why }, ...history.slice(0, 19)] }],
  });
});

test('two Regions of an account that need the same are repaired together; what is only to be noted goes along', () => {
  const [NOTED, FINE] = [region('eu-west-2'), region('eu-west-3')];
  const entry = entryOf(SOURCE);
  const seen = [
    instance('current', { region: NOTED }),
    instance('outdated'),
    instance('outdated', { region: THERE }),
    instance('running', { region: FINE }),
  ];
  const repaired = { ...STANDS, repairs: 1, waiting: AT, reason: undefined };
  expect(planned(seen, [entry])).toEqual([
    {
      do: 'repair',
      regions: [HERE, THERE],
      entries: [
        {
          ...entry,
          rollout: { [HERE]: repaired, [THERE]: repaired, [NOTED]: { ...STANDS, at: AT } },
          history: [{ at: AT, by: 'watch-rollout', what: 'eu-west-2: current', why: 'template aaaa' }],
        },
      ],
    },
  ]);
});

test.each([
  ['outdated', 'inoperable', 'repair'],
  ['inoperable', 'outdated', 'drop'],
] as const)(
  'Regions of an account that are %s and %s: only the first is dealt with, by a %s',
  (first, second, done) => {
    const seen = [instance(first), instance(second, { region: THERE })];
    const [action] = planned(seen, [entryOf(SOURCE)]);
    expect(action).toMatchObject({ do: done, regions: [HERE], entries: [{ rollout: { [THERE]: STANDS } }] });
  },
);

test('accounts that need the same in the same Regions share one operation; others have their own', () => {
  const [first, second, third, fourth] = [SOURCE, OTHER, numbered(1), numbered(2)];
  const seen = [
    instance('outdated', { account: first }),
    instance('outdated', { account: second, region: THERE }),
    instance('outdated', { account: third }),
    instance('inoperable', { account: fourth }),
  ];
  const actions = planned(
    seen,
    [first, second, third, fourth].map((account) => entryOf(account)),
  );
  expect(
    actions.map((action) =>
      action.do === 'tell' ? action.kind : { do: action.do, accounts: action.entries.map(({ account }) => account) },
    ),
  ).toEqual([
    { do: 'repair', accounts: [first, third] },
    { do: 'repair', accounts: [second] },
    { do: 'drop', accounts: [fourth] },
    'stack-left-behind',
  ]);
});

test.each([
  ['outdated', 'repair', { regions: [HERE] }],
  ['inoperable', 'drop', { regions: [HERE] }],
  ['pending', 'record', {}],
] as const)('120 accounts that are %s are dealt with by fifty', (standing, done, more) => {
  const accounts = Array.from({ length: 120 }, (_, at) => numbered(at));
  const entries = accounts.map((account) => entryOf(account));
  const seen = accounts.map((account) => instance(standing, { account }));
  const actions = planned(seen, entries).flatMap((action) => (action.do === 'tell' ? [] : [action]));
  expect(actions.map(({ entries: some }) => some.length)).toEqual([50, 50, 20]);
  expect(actions.flatMap(({ entries: some }) => some.map(({ account }) => account))).toEqual(accounts);
  for (const { entries: _, ...action } of actions) expect(action).toEqual({ do: done, ...more });
});

test('one alert of a kind, with a line for each account, its reason and how often it failed', () => {
  const once = { ...STANDS, version: undefined, state: 'failed' as const, failed: ['op-1'] };
  const entries = [
    entryOf(SOURCE),
    entryOf(OTHER),
    entryOf(numbered(1), { rollout: { [HERE]: once } }),
    entryOf(numbered(2)),
  ];
  const seen = [
    instance('failed', { operation: 'op-2', reason: 'a role exists' }),
    instance('inoperable', { account: OTHER }),
    instance('failed', { account: numbered(1), operation: 'op-2' }),
    instance('failed', { account: numbered(2), operation: 'op-2', region: THERE }),
  ];
  expect(planned(seen, entries).filter((action) => action.do === 'tell')).toEqual([
    {
      do: 'tell',
      kind: 'rollout-failed',
      about: [
        { account: SOURCE, line: `${SOURCE} in eu-central-1: a role exists` },
        { account: numbered(2), line: `${numbered(2)} in eu-west-1: no reason given` },
      ],
    },
    {
      do: 'tell',
      kind: 'stack-left-behind',
      about: [{ account: OTHER, line: `${OTHER} in eu-central-1: inoperable` }],
    },
    {
      do: 'tell',
      kind: 'account-quarantined',
      about: [
        {
          account: numbered(1),
          line: `${numbered(1)} in eu-central-1: no reason given (failed 2 times)`,
        },
      ],
    },
  ]);
  expect(planned(seen, entries)).toContainEqual(
    expect.objectContaining({
      do: 'drop',
      entries: expect.arrayContaining([
        expect.objectContaining({
          account: numbered(1),
          rollout: { [HERE]: expect.objectContaining({ state: 'quarantined', until: IN_A_WEEK }) },
        }),
      ]),
    }),
  );
});
