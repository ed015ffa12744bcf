// Longer than most: a table for each kind of account.
import type { RegistryEntry } from '../../../../lambda/_kit/ports/registry';
import { settledCell } from '../../../../lambda/management/enroll-accounts/cells';
import { batchesBy, changedEntry } from '../../../../lambda/management/enroll-accounts/decided-accounts';
import type { EnrollmentAccount, EnrollmentFacts } from '../../../../lambda/management/enroll-accounts/facts';
import { plan } from '../../../../lambda/management/enroll-accounts/plan';
import { DAY } from '../../../../src/contract/durations';
import { type AccountId, region } from '../../../../src/contract/ids';
import { HERE, numbered, OTHER, SETTINGS, SOURCE, UNITS } from '../../../support/enrollment';

const NOW = new Date('2026-03-01T12:00:00Z');
const AT = NOW.toISOString();
const THERE = region('eu-west-1');
const BOTH = { ...SETTINGS, regions: [HERE, THERE] };
const daysAgo = (days: number) => new Date(NOW.getTime() - days * DAY).toISOString();
const ACTIVE = { state: 'ACTIVE', units: UNITS };
const PRODUCTION = new Map([['environment', 'production']]);

const WHY = 'least loaded: 0 of 1000 accounts';
/** The cell that an account is assigned to. */
const MAIN = { cell: 'main', cellReason: WHY };

const entryOf = (account: AccountId, change: Partial<RegistryEntry> = {}): RegistryEntry => ({
  account,
  state: 'enrolled',
  regions: SETTINGS.regions,
  since: daysAgo(100),
  reason: 'tagged environment=production',
  cell: 'main',
  cellReason: WHY,
  revision: 3,
  ...change,
});
/** A production account that has the tooling and a registry entry, with changes. */
function account(id: AccountId, change: Partial<EnrollmentAccount> = {}): EnrollmentAccount {
  const entry = 'entry' in change ? change.entry : entryOf(id);
  const cell = settledCell(entry, SETTINGS.cells);
  const observed = { account: id, member: ACTIVE, tags: PRODUCTION, instances: [HERE], ...change };
  return { ...observed, ...(cell && { cell }), entry, held: entry };
}
const MISSING_TAG = { tags: new Map<string, string>() };
const NOT_TAGGED = 'not tagged environment=production';
const planned = (accounts: readonly EnrollmentAccount[], facts: Partial<EnrollmentFacts> = {}) =>
  plan({ settings: SETTINGS, accounts, withdrawals: 'all', by: 'the sweep', now: NOW, ...facts });
const actions = (accounts: readonly EnrollmentAccount[], facts: Partial<EnrollmentFacts> = {}) =>
  planned(accounts, facts).actions;

test('decisions are sorted by account, and the facts keep their order', () => {
  const observed = [2, 0, 3, 1].map((at) => account(numbered(at)));
  const before = [...observed];
  expect(planned(observed).decisions.map((one) => one.account)).toEqual([0, 1, 2, 3].map(numbered));
  expect(observed).toEqual(before);
});

describe('accounts that match', () => {
  test('with the tooling and their entry need no action', () =>
    expect(actions([account(SOURCE), account(OTHER)])).toEqual([]));

  test('without the tooling get it where it is missing, and an entry', () => {
    const history = [{ at: AT, by: 'the sweep', what: 'enrolled', why: 'tagged environment=production' }];
    expect(actions([account(SOURCE, { instances: [], entry: undefined })])).toEqual([
      {
        do: 'create-instances',
        cell: 'main',
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
            ...MAIN,
            history,
          },
        ],
      },
    ]);
  });

  test('that lack the same Regions share an operation; closed Regions are left out, and unchanged entries are not written', () => {
    const entry = (id: AccountId) => entryOf(id, { regions: BOTH.regions });
    const [first, second, third, fourth, fifth] = [1, 2, 3, 4, 5].map(numbered) as [
      AccountId,
      AccountId,
      AccountId,
      AccountId,
      AccountId,
    ];
    const observed = [
      account(first, { instances: [THERE], entry: entry(first) }),
      account(second, { instances: [], entry: entry(second) }),
      account(third, { instances: [], closed: [THERE], entry: entry(third) }),
      account(fourth, { instances: [HERE], closed: [THERE], entry: entry(fourth) }),
      account(fifth, { instances: [], entry: entry(fifth) }),
    ];
    expect(actions(observed, { settings: BOTH })).toEqual([
      { do: 'create-instances', cell: 'main', accounts: [first, third], regions: [HERE], entries: [] },
      { do: 'create-instances', cell: 'main', accounts: [second, fifth], regions: [HERE, THERE], entries: [] },
    ]);
  });

  test('with the tooling and another entry get a changed entry', () => {
    const observed = [
      account(numbered(1), { entry: undefined }),
      account(numbered(2), { entry: entryOf(numbered(2), { state: 'leaving' }) }),
      account(numbered(3), { entry: entryOf(numbered(3), { regions: [THERE] }) }),
      account(numbered(4), { entry: entryOf(numbered(4), { state: 'left', departed: true }) }),
    ];
    const [action, ...more] = actions(observed);
    expect(more).toEqual([]);
    expect(action).toMatchObject({
      do: 'record',
      entries: [
        { account: numbered(1), history: [{ what: 'enrolled' }] },
        { account: numbered(2), state: 'enrolled', since: AT, history: [{ what: 'leaving → enrolled' }] },
        { account: numbered(3), regions: [HERE], since: daysAgo(100), history: [{ what: 'enrolled' }] },
        { account: numbered(4), departed: undefined, history: [{ what: 'left → enrolled' }] },
      ],
    });
    expect(action).not.toHaveProperty('alert');
  });
});

describe('accounts that no longer match', () => {
  test('are alerted and recorded as leaving, once', () => {
    const observed = [
      account(SOURCE, MISSING_TAG),
      account(OTHER, { ...MISSING_TAG, entry: entryOf(OTHER, { state: 'leaving', since: daysAgo(3) }) }),
      account(numbered(1), { ...MISSING_TAG, entry: undefined }),
    ];
    const [action, ...more] = actions(observed);
    expect(more).toEqual([]);
    expect(action).toMatchObject({
      do: 'record',
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

  const over = (id: AccountId, change: Partial<EnrollmentAccount> = {}) =>
    account(id, {
      ...MISSING_TAG,
      entry: entryOf(id, { state: 'leaving', since: daysAgo(14), rollout: {} }),
      ...change,
    });

  test('are withdrawn when their grace period is over, one operation for each set of Regions', () => {
    const observed = [
      over(numbered(1)),
      over(numbered(2), { instances: [THERE] }),
      over(numbered(3), { member: { ...ACTIVE, state: 'SUSPENDED' } }),
      over(numbered(4)),
      over(numbered(5), { instances: [] }),
    ];
    const done = actions(observed);
    expect(done).toMatchObject([
      { do: 'withdraw-instances', accounts: [numbered(1), numbered(4)], regions: [HERE], retain: false },
      { do: 'withdraw-instances', accounts: [numbered(2)], regions: [THERE], retain: false },
      { do: 'withdraw-instances', accounts: [numbered(3)], regions: [HERE], retain: true },
      { do: 'record', entries: [{ account: numbered(5), state: 'left' }] },
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

  test('that left the organization when their grace was over are withdrawn, and not alerted a second time', () => {
    const done = actions([over(SOURCE, { member: undefined })]);
    expect(done.map((action) => action.do)).toEqual(['withdraw-instances']);
    expect(done).toMatchObject([{ accounts: [SOURCE], retain: true, alert: { kind: 'account-withdrawn' } }]);
  });

  test.each<[EnrollmentFacts['withdrawals'], readonly AccountId[]]>([
    ['none', []],
    ['confirmed', [OTHER, numbered(1)]],
    ['all', [OTHER, SOURCE, numbered(1)]],
  ])(
    'where %s may be withdrawn, the plan withdraws these, and repeats a removal that failed',
    (withdrawals, expected) => {
      const settings = { ...SETTINGS, massExit: { ...SETTINGS.massExit, acknowledged: [OTHER] } };
      const failed = over(numbered(1), { entry: entryOf(numbered(1), { state: 'left', since: daysAgo(2) }) });
      const done = actions([over(SOURCE), over(OTHER), failed], { settings, withdrawals });
      const accounts = done.flatMap((action) => (action.do === 'withdraw-instances' ? action.accounts : []));
      expect([...accounts].sort()).toEqual([...expected].sort());
    },
  );

  test('are deleted again where instances are left, with an alert after a day', () => {
    const left = (id: AccountId, days: number, more: Partial<RegistryEntry> = {}) =>
      over(id, { entry: entryOf(id, { state: 'left', since: daysAgo(days), ...more }) });
    const minute = 1 / (24 * 60);
    const observed = [left(numbered(1), 1 - minute), left(numbered(2), 1), left(numbered(3), 20)];
    expect(actions(observed)).toEqual([
      {
        do: 'withdraw-instances',
        cell: 'main',
        accounts: [numbered(1), numbered(2), numbered(3)],
        regions: [HERE],
        retain: false,
        entries: [],
        alert: {
          kind: 'tooling-not-removed',
          accounts: [numbered(2), numbered(3)],
          lines: [
            `${numbered(2)} was withdrawn on 2026-02-28, and the StackSet still has instances in eu-central-1. They are deleted again.`,
            `${numbered(3)} was withdrawn on 2026-02-09, and the StackSet still has instances in eu-central-1. They are deleted again.`,
          ],
        },
      },
    ]);
    const [young] = actions([left(numbered(1), 0.5)]);
    expect(young).not.toHaveProperty('alert');
    expect(actions([over(SOURCE, { ...left(SOURCE, 3), instances: [HERE, THERE] })])).toMatchObject([
      { alert: { lines: [expect.stringContaining('still has instances in eu-central-1, eu-west-1.')] } },
    ]);
    // The account left the organization and joined it again: its withdrawal is the first.
    expect(actions([left(SOURCE, 20, { departed: true })])).toMatchObject([{ alert: { kind: 'account-withdrawn' } }]);
  });
});

test('accounts that left the organization are recorded and alerted once, with the Regions in which the tooling stays', () => {
  const noMember = { member: undefined };
  const observed = [
    account(numbered(1), { ...noMember, instances: [HERE, THERE] }),
    account(numbered(2), { ...noMember, instances: [] }),
    account(numbered(3), { ...noMember, entry: undefined }),
    account(numbered(4), {
      ...noMember,
      entry: entryOf(numbered(4), { state: 'left', since: daysAgo(3), departed: true }),
    }),
  ];
  const line = (id: AccountId, where: string) =>
    `${id} is no longer in the organization. The tooling stays in ${where} until an administrator of the account deletes its stack.`;
  const [action, ...more] = actions(observed);
  expect(more).toEqual([]);
  expect(action).toMatchObject({
    do: 'record',
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

test('a tag that is only similar is alerted once, for each account', () => {
  const near = { tags: new Map([['Environment', 'Production']]), instances: [], entry: undefined };
  expect(actions([account(SOURCE, near), account(OTHER, { ...MISSING_TAG, instances: [], entry: undefined })])).toEqual(
    [
      {
        do: 'alert-once',
        key: `near-miss ${SOURCE}`,
        alert: {
          kind: 'tag-near-miss',
          accounts: [SOURCE],
          lines: [`${SOURCE} is not enrolled: it is tagged Environment=Production, not environment=production.`],
        },
      },
    ],
  );
});

test('a batch has up to 50 items with the same key, in their order', () => {
  const items = Array.from({ length: 101 }, (_, at) => at);
  expect(batchesBy(items, () => 'same').map((one) => one.length)).toEqual([50, 50, 1]);
  expect(batchesBy(items.slice(0, 50), () => 'same')).toEqual([items.slice(0, 50)]);
  expect(batchesBy([1, 2, 3, 4, 5], (one) => (one % 2 ? 'odd' : 'even'))).toEqual([
    [1, 3, 5],
    [2, 4],
  ]);
  expect(batchesBy([], () => 'same')).toEqual([]);
});

describe('a changed entry', () => {
  const facts: EnrollmentFacts = { settings: SETTINGS, accounts: [], withdrawals: 'all', by: 'the sweep', now: NOW };
  const decision = { account: SOURCE, decision: 'keep', reason: 'tagged' } as const;
  const written = (entry: RegistryEntry | undefined, change: Partial<RegistryEntry>) =>
    changedEntry({ observed: account(SOURCE, { entry }), decision }, facts, change);

  test('keeps its state and since when, where only something else changes', () => {
    const entry = entryOf(SOURCE, { state: 'leaving', since: daysAgo(5), regions: [THERE] });
    expect(written(entry, { departed: true })).toEqual({
      ...entry,
      departed: true,
      reason: 'tagged',
      history: [{ at: AT, by: 'the sweep', what: 'leaving', why: 'tagged' }],
    });
    expect(written(undefined, {})).toMatchObject({ state: 'enrolled', since: AT, regions: [HERE] });
  });

  test('keeps its last 20 changes, the newest first', () => {
    const history = Array.from({ length: 20 }, (_, at) => ({
      at: daysAgo(at),
      by: 'x',
      what: `change ${at}`,
      why: 'y',
    }));
    expect(written(entryOf(SOURCE, { history }), { state: 'left' }).history).toEqual([
      { at: AT, by: 'the sweep', what: 'enrolled → left', why: 'tagged' },
      ...history.slice(0, 19),
    ]);
  });
});
