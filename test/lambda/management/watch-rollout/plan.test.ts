import type { RegionRollout, RegistryEntry } from '../../../../lambda/_kit/ports/registry';
import type { StackInstance } from '../../../../lambda/_kit/ports/stack-instances';
import type { RolloutFacts } from '../../../../lambda/management/watch-rollout/facts';
import { plan } from '../../../../lambda/management/watch-rollout/plan';
import { type AccountId, region } from '../../../../src/contract/ids';
import { HERE, numbered, OTHER, SOURCE } from '../../../support/enrollment';
import { instance, registryEntry } from '../../../support/rollout';

const NOW = new Date('2026-03-01T12:00:00Z');
const AT = NOW.toISOString();
const LONG_AGO = '2026-01-01T12:00:00.000Z';
const IN_A_WEEK = '2026-03-08T12:00:00.000Z';
const THERE = region('eu-west-1');
const CURRENT: RegionRollout = { state: 'current', at: LONG_AGO, version: 'aaaa', failed: [], repairs: 0 };

const entryOf = (account: AccountId, more: Partial<RegistryEntry> = {}) =>
  registryEntry(account, { rollout: { [HERE]: CURRENT, [THERE]: CURRENT }, ...more });
const planned = (
  instances: readonly StackInstance[],
  entries: readonly RegistryEntry[],
  more: Partial<RolloutFacts> = {},
) =>
  plan({
    instances,
    entries: new Map(entries.map((entry) => [entry.account, entry])),
    version: 'aaaa',
    mayRepair: true,
    isRollingOut: false,
    now: NOW,
    ...more,
  });
test.each([
  ['left', 'left'],
  ['is not in the registry', undefined],
] as const)('no instance of an account that %s gets an action', (_, state) => {
  const entries = state ? [entryOf(SOURCE, { state })] : [];
  expect(planned([instance('failed'), instance('inoperable', { region: THERE })], entries)).toEqual([]);
});

test('the instances of an account that is leaving are still repaired', () => {
  const entry = entryOf(SOURCE, { state: 'leaving' });
  expect(planned([instance('outdated')], [entry])).toMatchObject([{ do: 'repair', regions: [HERE] }]);
});

test('an instance whose recorded state is unchanged gets no action', () =>
  expect(planned([instance('current')], [entryOf(SOURCE)])).toEqual([]));

test('the first state of a Region is recorded, with the version of its template in the history', () => {
  const entry = entryOf(SOURCE, { rollout: undefined });
  expect(planned([instance('current')], [entry])).toEqual([
    {
      do: 'record',
      entries: [
        {
          ...entry,
          rollout: { [HERE]: { ...CURRENT, at: AT } },
          history: [{ at: AT, by: 'watch-rollout', what: 'eu-central-1: current', why: 'template aaaa' }],
        },
      ],
    },
  ]);
});

test('a new version with the same state is recorded without a change in the history', () => {
  const before = { at: LONG_AGO, by: 'enroll-accounts', what: 'enrolled', why: 'tagged' };
  const [action] = planned([instance('current')], [entryOf(SOURCE, { history: [before] })], { version: 'bbbb' });
  expect(action).toMatchObject({
    do: 'record',
    entries: [{ rollout: { [HERE]: { version: 'bbbb' }, [THERE]: CURRENT }, history: [before] }],
  });
});

test('the history has the last 20 changes, the newest first, with their reasons', () => {
  const history = Array.from({ length: 20 }, (_, at) => ({ at: LONG_AGO, by: 'x', what: `change ${at}`, why: 'y' }));
  const instances = [instance('current', { drifted: true })];
  const [action] = planned(instances, [entryOf(SOURCE, { history })]);
  const why = 'its stack differs from the template';
  expect(action).toMatchObject({
    do: 'record',
    entries: [{ history: [{ at: AT, what: 'eu-central-1: drifted', why }, ...history.slice(0, 19)] }],
  });
});

test('two Regions of an account that need a repair get one; Regions that are only recorded go along', () => {
  const [RECORDED, RUNNING] = [region('eu-west-2'), region('eu-west-3')];
  const entry = entryOf(SOURCE);
  const instances = [
    instance('current', { region: RECORDED }),
    instance('outdated'),
    instance('outdated', { region: THERE }),
    instance('running', { region: RUNNING }),
  ];
  const repaired = { ...CURRENT, repairs: 1, waiting: AT, reason: undefined };
  expect(planned(instances, [entry])).toEqual([
    {
      do: 'repair',
      regions: [HERE, THERE],
      entries: [
        {
          ...entry,
          rollout: { [HERE]: repaired, [THERE]: repaired, [RECORDED]: { ...CURRENT, at: AT } },
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
  'of Regions of an account that are %s and %s, only the first gets its action, a %s',
  (first, second, done) => {
    const instances = [instance(first), instance(second, { region: THERE })];
    const [action] = planned(instances, [entryOf(SOURCE)]);
    expect(action).toMatchObject({ do: done, regions: [HERE], entries: [{ rollout: { [THERE]: CURRENT } }] });
  },
);

test('accounts that need the same action in the same Regions share one operation', () => {
  const [first, second, third, fourth] = [SOURCE, OTHER, numbered(1), numbered(2)];
  const instances = [
    instance('outdated', { account: first }),
    instance('outdated', { account: second, region: THERE }),
    instance('outdated', { account: third }),
    instance('inoperable', { account: fourth }),
  ];
  const actions = planned(
    instances,
    [first, second, third, fourth].map((account) => entryOf(account)),
  );
  expect(
    actions.map((action) =>
      action.do === 'alert' ? action.kind : { do: action.do, accounts: action.entries.map(({ account }) => account) },
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
] as const)('120 accounts that are %s are split into batches of 50, each a %s', (standing, done, more) => {
  const accounts = Array.from({ length: 120 }, (_, at) => numbered(at));
  const entries = accounts.map((account) => entryOf(account));
  const instances = accounts.map((account) => instance(standing, { account }));
  const actions = planned(instances, entries).flatMap((action) => (action.do === 'alert' ? [] : [action]));
  expect(actions.map(({ entries: some }) => some.length)).toEqual([50, 50, 20]);
  expect(actions.flatMap(({ entries: some }) => some.map(({ account }) => account))).toEqual(accounts);
  for (const { entries: _, ...action } of actions) expect(action).toEqual({ do: done, ...more });
});

test('each kind of alert is planned once, with a line for each account, its reason and its number of failures', () => {
  const once = { ...CURRENT, version: undefined, state: 'failed' as const, failed: ['op-1'] };
  const entries = [
    entryOf(SOURCE),
    entryOf(OTHER),
    entryOf(numbered(1), { rollout: { [HERE]: once } }),
    entryOf(numbered(2)),
  ];
  const instances = [
    instance('failed', { operation: 'op-2', reason: 'a role exists' }),
    instance('inoperable', { account: OTHER }),
    instance('failed', { account: numbered(1), operation: 'op-2' }),
    instance('failed', { account: numbered(2), operation: 'op-2', region: THERE }),
  ];
  expect(planned(instances, entries).filter((action) => action.do === 'alert')).toEqual([
    {
      do: 'alert',
      kind: 'rollout-failed',
      lines: [
        { account: SOURCE, line: `${SOURCE} in eu-central-1: a role exists` },
        { account: numbered(2), line: `${numbered(2)} in eu-west-1: no reason given` },
      ],
    },
    {
      do: 'alert',
      kind: 'stack-left-behind',
      lines: [{ account: OTHER, line: `${OTHER} in eu-central-1: inoperable` }],
    },
    {
      do: 'alert',
      kind: 'account-quarantined',
      lines: [
        {
          account: numbered(1),
          line: `${numbered(1)} in eu-central-1: no reason given (failed 2 times)`,
        },
      ],
    },
  ]);
  expect(planned(instances, entries)).toContainEqual(
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
