// Longer than most: a table for each kind of account.
import type { RegistryEntry } from '../../../../lambda/_kit/ports/registry';
import { batches, changed } from '../../../../lambda/management/enroll-accounts/judged';
import type { ObservedAccount } from '../../../../lambda/management/enroll-accounts/observe';
import { type EnrollmentFacts, plan } from '../../../../lambda/management/enroll-accounts/plan';
import { type AccountId, region } from '../../../../src/contract/ids';
import { HERE, numbered, OTHER, SETTINGS, SOURCE, UNITS } from '../../../support/enrollment';

const NOW = new Date('2026-03-01T12:00:00Z');
const AT = NOW.toISOString();
const THERE = region('eu-west-1');
const BOTH = { ...SETTINGS, regions: [HERE, THERE] };
const ago = (days: number) => new Date(NOW.getTime() - days * 24 * 3600 * 1000).toISOString();
const ACTIVE = { state: 'ACTIVE', units: UNITS };
const PRODUCTION = new Map([['environment', 'production']]);

const entryOf = (account: AccountId, change: Partial<RegistryEntry> = {}): RegistryEntry => ({
  account,
  state: 'enrolled',
  regions: SETTINGS.regions,
  since: ago(100),
  reason: 'tagged environment=production',
  revision: 3,
  ...change,
});
/** An account that is tagged for production, has the tooling and stands in the registry; change what matters. */
function account(id: AccountId, change: Partial<ObservedAccount> = {}): ObservedAccount {
  const entry = 'entry' in change ? change.entry : entryOf(id);
  return { account: id, member: ACTIVE, tags: PRODUCTION, instances: [HERE], ...change, entry, held: entry };
}
const MISSING_TAG = { tags: new Map<string, string>() };
const NOT_TAGGED = 'not tagged environment=production';
const planned = (accounts: readonly ObservedAccount[], facts: Partial<EnrollmentFacts> = {}) =>
  plan({ settings: SETTINGS, accounts, withdrawals: 'all', by: 'the sweep', now: NOW, ...facts });
const actions = (accounts: readonly ObservedAccount[], facts: Partial<EnrollmentFacts> = {}) =>
  planned(accounts, facts).actions;

test('verdicts come in the order of the accounts, whatever order they were seen in', () => {
  const seen = [2, 0, 3, 1].map((at) => account(numbered(at)));
  const before = [...seen];
  expect(planned(seen).verdicts.map((one) => one.account)).toEqual([0, 1, 2, 3].map(numbered));
  expect(seen).toEqual(before);
});

describe('accounts that are wanted', () => {
  test('with the tooling and their entry: nothing is to be done', () =>
    expect(actions([account(SOURCE), account(OTHER)])).toEqual([]));

  test('without: they get it where it is missing, and their entries', () => {
    const history = [{ at: AT, by: 'the sweep', what: 'enrolled', why: 'tagged environment=production' }];
    expect(actions([account(SOURCE, { instances: [], entry: undefined })])).toEqual([
      {
        do: 'create-instances',
        accounts: [SOURCE],
        regions: [HERE],
        entries: [
          {
            account: SOURCE,
            state: 'enrolled',
            regions: [HERE],
            since: AT,
            reason: 'tagged environment=production',
            departed: undefined,
            history,
          },
        ],
      },
    ]);
  });

  test('that lack the same Regions share an operation; a Region that is closed is left out, and known entries stay', () => {
    const entry = (id: AccountId) => entryOf(id, { regions: BOTH.regions });
    const [first, second, third, fourth, fifth] = [1, 2, 3, 4, 5].map(numbered) as [
      AccountId,
      AccountId,
      AccountId,
      AccountId,
      AccountId,
    ];
    const seen = [
      account(first, { instances: [THERE], entry: entry(first) }),
      account(second, { instances: [], entry: entry(second) }),
      account(third, { instances: [], closed: [THERE], entry: entry(third) }),
      account(fourth, { instances: [HERE], closed: [THERE], entry: entry(fourth) }),
      account(fifth, { instances: [], entry: entry(fifth) }),
    ];
    expect(actions(seen, { settings: BOTH })).toEqual([
      { do: 'create-instances', accounts: [first, third], regions: [HERE], entries: [] },
      { do: 'create-instances', accounts: [second, fifth], regions: [HERE, THERE], entries: [] },
    ]);
  });

  test('with the tooling but another entry: the entry follows', () => {
    const seen = [
      account(numbered(1), { entry: undefined }),
      account(numbered(2), { entry: entryOf(numbered(2), { state: 'leaving' }) }),
      account(numbered(3), { entry: entryOf(numbered(3), { regions: [THERE] }) }),
      account(numbered(4), { entry: entryOf(numbered(4), { state: 'left', departed: true }) }),
    ];
    const [action, ...more] = actions(seen);
    expect(more).toEqual([]);
    expect(action).toMatchObject({
      do: 'register',
      entries: [
        { account: numbered(1), history: [{ what: 'enrolled' }] },
        { account: numbered(2), state: 'enrolled', since: AT, history: [{ what: 'leaving → enrolled' }] },
        { account: numbered(3), regions: [HERE], since: ago(100), history: [{ what: 'enrolled' }] },
        { account: numbered(4), departed: undefined, history: [{ what: 'left → enrolled' }] },
      ],
    });
    expect(action).not.toHaveProperty('alert');
  });
});

describe('accounts that are no longer wanted', () => {
  test('are told of and written down as leaving, once', () => {
    const seen = [
      account(SOURCE, MISSING_TAG),
      account(OTHER, { ...MISSING_TAG, entry: entryOf(OTHER, { state: 'leaving', since: ago(3) }) }),
      account(numbered(1), { ...MISSING_TAG, entry: undefined }),
    ];
    const [action, ...more] = actions(seen);
    expect(more).toEqual([]);
    expect(action).toMatchObject({
      do: 'register',
      entries: [
        { account: numbered(1), state: 'leaving' },
        { account: SOURCE, state: 'leaving', since: AT, reason: NOT_TAGGED },
      ],
      alert: {
        kind: 'account-leaving',
        accounts: [numbered(1), SOURCE],
        lines: [
          `${numbered(1)} will be withdrawn after 2026-03-15: ${NOT_TAGGED}. Until then nothing changes.`,
          `${SOURCE} will be withdrawn after 2026-03-15: ${NOT_TAGGED}. Until then nothing changes.`,
        ],
      },
    });
  });

  const over = (id: AccountId, change: Partial<ObservedAccount> = {}) =>
    account(id, { ...MISSING_TAG, entry: entryOf(id, { state: 'leaving', since: ago(14), rollout: {} }), ...change });

  test('lose the tooling when their grace is over, those alike in one operation', () => {
    const seen = [
      over(numbered(1)),
      over(numbered(2), { instances: [THERE] }),
      over(numbered(3), { member: { ...ACTIVE, state: 'SUSPENDED' } }),
      over(numbered(4)),
      over(numbered(5), { instances: [] }),
    ];
    const done = actions(seen);
    expect(done).toMatchObject([
      { do: 'withdraw-instances', accounts: [numbered(1), numbered(4)], regions: [HERE], retain: false },
      { do: 'withdraw-instances', accounts: [numbered(2)], regions: [THERE], retain: false },
      { do: 'withdraw-instances', accounts: [numbered(3)], regions: [HERE], retain: true },
      { do: 'register', entries: [{ account: numbered(5), state: 'left' }] },
    ]);
    expect(done[0]).toMatchObject({
      entries: [
        { account: numbered(1), state: 'left', since: AT, reason: NOT_TAGGED, rollout: undefined, departed: undefined },
        { account: numbered(4) },
      ],
      alert: {
        kind: 'account-withdrawn',
        accounts: [numbered(1), numbered(4)],
        lines: [numbered(1), numbered(4)].map((id) => `${id} was withdrawn: ${NOT_TAGGED}.`),
      },
    });
    expect(done[3]).toMatchObject({ alert: { kind: 'account-withdrawn', accounts: [numbered(5)] } });
  });

  test.each<[EnrollmentFacts['withdrawals'], readonly AccountId[]]>([
    ['none', []],
    ['confirmed', [OTHER, numbered(1)]],
    ['all', [OTHER, SOURCE, numbered(1)]],
  ])('where %s may be withdrawn, those go whom a person confirmed or whose removal failed', (withdrawals, expected) => {
    const settings = { ...SETTINGS, massExit: { ...SETTINGS.massExit, acknowledged: [OTHER] } };
    const failed = over(numbered(1), { entry: entryOf(numbered(1), { state: 'left', since: ago(2) }) });
    const done = actions([over(SOURCE), over(OTHER), failed], { settings, withdrawals });
    const accounts = done.flatMap((action) => (action.do === 'withdraw-instances' ? action.accounts : []));
    expect([...accounts].sort()).toEqual([...expected].sort());
  });

  test('are deleted again where the tooling still stands, and told of after a day', () => {
    const left = (id: AccountId, days: number, more: Partial<RegistryEntry> = {}) =>
      over(id, { entry: entryOf(id, { state: 'left', since: ago(days), ...more }) });
    const minute = 1 / (24 * 60);
    const seen = [left(numbered(1), 1 - minute), left(numbered(2), 1), left(numbered(3), 20)];
    expect(actions(seen)).toEqual([
      {
        do: 'withdraw-instances',
        accounts: [numbered(1), numbered(2), numbered(3)],
        regions: [HERE],
        retain: false,
        entries: [],
        alert: {
          kind: 'tooling-not-removed',
          accounts: [numbered(2), numbered(3)],
          lines: [
            `${numbered(2)} was withdrawn on 2026-02-28, and its tooling still stands in eu-central-1. It is deleted again.`,
            `${numbered(3)} was withdrawn on 2026-02-09, and its tooling still stands in eu-central-1. It is deleted again.`,
          ],
        },
      },
    ]);
    const [young] = actions([left(numbered(1), 0.5)]);
    expect(young).not.toHaveProperty('alert');
    expect(actions([over(SOURCE, { ...left(SOURCE, 3), instances: [HERE, THERE] })])).toMatchObject([
      { alert: { lines: [expect.stringContaining('still stands in eu-central-1, eu-west-1.')] } },
    ]);
    // It left the organization before, and came back: that is a withdrawal like any other.
    expect(actions([left(SOURCE, 20, { departed: true })])).toMatchObject([{ alert: { kind: 'account-withdrawn' } }]);
  });
});

test('accounts that left the organization are written down and told of once, with where the tooling stays', () => {
  const gone = { member: undefined };
  const seen = [
    account(numbered(1), { ...gone, instances: [HERE, THERE] }),
    account(numbered(2), { ...gone, instances: [] }),
    account(numbered(3), { ...gone, entry: undefined }),
    account(numbered(4), { ...gone, entry: entryOf(numbered(4), { state: 'left', since: ago(3), departed: true }) }),
  ];
  const line = (id: AccountId, where: string) =>
    `${id} is no longer in the organization. The tooling stays in ${where} until somebody in the account deletes its stack.`;
  const [action, ...more] = actions(seen);
  expect(more).toEqual([]);
  expect(action).toMatchObject({
    do: 'register',
    entries: [1, 2, 3].map((at) => ({ account: numbered(at), state: 'left', departed: true, since: AT })),
    alert: {
      kind: 'account-departed',
      accounts: [1, 2, 3].map(numbered),
      lines: [
        line(numbered(1), 'eu-central-1, eu-west-1'),
        line(numbered(2), 'no Region'),
        line(numbered(3), 'eu-central-1'),
      ],
    },
  });
});

test('what merely looks like the tag is told as news, each account for itself', () => {
  const near = { tags: new Map([['Environment', 'Production']]), instances: [], entry: undefined };
  expect(actions([account(SOURCE, near), account(OTHER, { ...MISSING_TAG, instances: [], entry: undefined })])).toEqual(
    [
      {
        do: 'tell-news',
        about: `near miss ${SOURCE}`,
        alert: {
          kind: 'tag-near-miss',
          accounts: [SOURCE],
          lines: [`${SOURCE} is not enrolled: it is tagged Environment=Production, not environment=production.`],
        },
      },
    ],
  );
});

test('batches hold fifty that are alike, in the order in which they came', () => {
  const items = Array.from({ length: 101 }, (_, at) => at);
  expect(batches(items, () => 'alike').map((one) => one.length)).toEqual([50, 50, 1]);
  expect(batches(items.slice(0, 50), () => 'alike')).toEqual([items.slice(0, 50)]);
  expect(batches([1, 2, 3, 4, 5], (one) => (one % 2 ? 'odd' : 'even'))).toEqual([
    [1, 3, 5],
    [2, 4],
  ]);
  expect(batches([], () => 'alike')).toEqual([]);
});

describe('an entry that changes', () => {
  const facts: EnrollmentFacts = { settings: SETTINGS, accounts: [], withdrawals: 'all', by: 'the sweep', now: NOW };
  const verdict = { account: SOURCE, verdict: 'keep', reason: 'tagged' } as const;
  const written = (entry: RegistryEntry | undefined, change: Partial<RegistryEntry>) =>
    changed({ seen: account(SOURCE, { entry }), verdict }, facts, change);

  test('keeps its state and the time of it where only something else changes', () => {
    const entry = entryOf(SOURCE, { state: 'leaving', since: ago(5), regions: [THERE] });
    expect(written(entry, { departed: true })).toEqual({
      ...entry,
      departed: true,
      reason: 'tagged',
      history: [{ at: AT, by: 'the sweep', what: 'leaving', why: 'tagged' }],
    });
    expect(written(undefined, {})).toMatchObject({ state: 'enrolled', since: AT, regions: [HERE] });
  });

  test('remembers its last twenty changes, the newest first', () => {
    const history = Array.from({ length: 20 }, (_, at) => ({ at: ago(at), by: 'x', what: `change ${at}`, why: 'y' }));
    expect(written(entryOf(SOURCE, { history }), { state: 'left' }).history).toEqual([
      { at: AT, by: 'the sweep', what: 'enrolled → left', why: 'tagged' },
      ...history.slice(0, 19),
    ]);
  });
});
