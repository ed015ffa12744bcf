import type { RegistryEntry } from '../../../../lambda/_kit/ports/registry';
import type { FollowFacts } from '../../../../lambda/vault/follow-sources/facts';
import { isEstablished, maxExitsPerDay, plan } from '../../../../lambda/vault/follow-sources/plan';
import type { Decision } from '../../../../src/contract/decisions';
import { type AccountId, accountId, region } from '../../../../src/contract/ids';
import { enrolled, HERE, OTHER, SOURCE } from '../../../support/pipeline';

const NOW = new Date('2026-03-01T12:00:00Z');
const ELSEWHERE = region('eu-west-1');
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000).toISOString();
const entry = (more: Partial<RegistryEntry> = {}): RegistryEntry => ({ ...enrolled(SOURCE), ...more });
const decided = (kind: Decision['kind'], at = NOW.toISOString(), subject: AccountId = SOURCE): Decision => ({
  kind,
  subject,
  by: 'operator',
  at,
});
const follow = (facts: Partial<FollowFacts>) =>
  plan({ registry: [], accepted: [], maxNewAccountsPerDay: 50, region: HERE, now: NOW, ...facts });
/** What is written. */
const written = (facts: Partial<FollowFacts>) =>
  follow(facts).actions.flatMap((action) => (action.do === 'subscribe' ? [] : [action]));
const subscribed = (facts: Partial<FollowFacts>) =>
  follow(facts).actions.flatMap((action) => (action.do === 'subscribe' ? [action] : []));
const gone = (more: Partial<RegistryEntry> = {}) => entry({ state: 'left', since: hoursAgo(100), ...more });

test.each([
  [0, 1],
  [1, 1],
  [2, 1],
  [3, 1],
  [4, 2],
  [9, 4],
  [10, 5],
  [11, 5],
  [59, 5],
  [60, 6],
  [209, 20],
])('of %i established accounts %i may leave in a day', (count, max) => expect(maxExitsPerDay(count)).toBe(max));

const DAYS = 24;
test.each<[what: string, more: Partial<RegistryEntry>, established: boolean]>([
  ['followed for 28 days', { since: hoursAgo(28 * DAYS) }, true],
  ['followed for a minute less', { since: hoursAgo(28 * DAYS - 1 / 60) }, false],
  ['leaving after a year', { state: 'leaving', since: hoursAgo(365 * DAYS) }, true],
  ['followed since a time that no one can read', { since: 'long ago' }, false],
  ['gone, after 28 days', { state: 'left', since: hoursAgo(1), followedSince: hoursAgo(28 * DAYS) }, true],
  ['gone, after fewer', { state: 'left', since: hoursAgo(1), followedSince: hoursAgo(27 * DAYS) }, false],
  ['gone, and an earlier release did not write since when it was followed', { state: 'left' }, false],
])('an account %s counts for the bound of exits: %j %p', (_, more, established) => {
  expect(isEstablished(entry(more), NOW)).toBe(established);
});

test.each<[what: string, held: RegistryEntry, said: RegistryEntry, becomes: RegistryEntry | undefined]>([
  ['nothing changed', entry(), entry(), undefined],
  ['another reason is no change', entry(), entry({ reason: 'other' }), undefined],
  ['a Region was added', entry(), entry({ regions: [HERE, ELSEWHERE] }), entry({ regions: [HERE, ELSEWHERE] })],
  ['another Region was taken', entry({ regions: [HERE, ELSEWHERE] }), entry(), entry()],
  ['one Region, and another state', entry(), entry({ state: 'leaving' }), entry({ state: 'leaving' })],
  [
    'another day is no change of the day that the vault counts',
    entry({ since: hoursAgo(9) }),
    entry({ state: 'leaving' }),
    entry({ state: 'leaving', since: hoursAgo(9) }),
  ],
  ['the exit that was seen is forgotten', entry({ leavingSince: hoursAgo(30) }), entry(), entry()],
  ['the exit is seen', entry(), gone(), entry({ leavingSince: NOW.toISOString() })],
  ['the exit was seen a minute less than a day ago', entry({ leavingSince: hoursAgo(24 - 1 / 60) }), gone(), undefined],
  [
    'the exit was seen a day ago',
    entry({ leavingSince: hoursAgo(24) }),
    gone(),
    gone({ since: NOW.toISOString(), followedSince: enrolled(SOURCE).since }),
  ],
  [
    'the Region was taken a day ago',
    entry({ leavingSince: hoursAgo(24) }),
    entry({ regions: [ELSEWHERE] }),
    entry({ state: 'left', regions: [ELSEWHERE], since: NOW.toISOString(), followedSince: enrolled(SOURCE).since }),
  ],
  ['it left, and is still away', gone(), gone(), undefined],
  [
    'it left, and its Region is away',
    gone(),
    entry({ regions: [ELSEWHERE] }),
    entry({ state: 'left', regions: [ELSEWHERE], since: hoursAgo(100) }),
  ],
  [
    'it left today, and its Region is away',
    gone({ followedSince: hoursAgo(999) }),
    entry({ regions: [ELSEWHERE] }),
    entry({ state: 'left', regions: [ELSEWHERE], since: hoursAgo(100), followedSince: hoursAgo(999) }),
  ],
  [
    'it is back',
    gone({ followedSince: hoursAgo(999) }),
    entry(),
    entry({ since: NOW.toISOString(), lastExit: hoursAgo(100) }),
  ],
  [
    'it was back, and is leaving',
    entry({ lastExit: hoursAgo(5) }),
    entry({ state: 'leaving' }),
    entry({ state: 'leaving', lastExit: hoursAgo(5) }),
  ],
  ['it never had this Region', entry({ regions: [ELSEWHERE] }), entry({ regions: [ELSEWHERE] }), undefined],
])('of a known account: %s', (_, held, said, becomes) => {
  expect(written({ registry: [said], accepted: [held] })).toEqual(becomes ? [{ do: 'update', entry: becomes }] : []);
});

test.each<[what: string, held: RegistryEntry, isSubscribed: boolean]>([
  ['is followed', entry(), true],
  ['is leaving', entry({ state: 'leaving' }), true],
  ['left', gone(), false],
  ['is in another Region', entry({ regions: [ELSEWHERE] }), false],
  ['is in this Region and another', entry({ regions: [ELSEWHERE, HERE] }), true],
])('the topic of an account that %s is subscribed to: %p', (_, held, isSubscribed) => {
  const expected = isSubscribed ? [{ do: 'subscribe', account: SOURCE, region: HERE }] : [];
  expect(subscribed({ accepted: [held] })).toEqual(expected);
});

describe('accounts that come in a day', () => {
  const NEW = enrolled(OTHER);
  const isIn = (facts: Partial<FollowFacts>) =>
    follow({ registry: [NEW], maxNewAccountsPerDay: 1, ...facts }).waiting.length === 0;

  test.each<[what: string, facts: Partial<FollowFacts>, isIn: boolean]>([
    ['the first', {}, true],
    ['where none may', { maxNewAccountsPerDay: 0 }, false],
    ['after one of today', { accepted: [entry({ since: hoursAgo(23.9) })] }, false],
    ['after one of a day ago', { accepted: [entry({ since: hoursAgo(24) })] }, true],
    ['after one that left today', { accepted: [gone({ since: hoursAgo(1) })] }, true],
    [
      'after one of today that a person accepted',
      { accepted: [entry({ since: hoursAgo(1) })], decisions: [decided('accepted')] },
      true,
    ],
    [
      'after one of today of which a person decided something else',
      { accepted: [entry({ since: hoursAgo(1) })], decisions: [decided('left')] },
      false,
    ],
    [
      'accepted by a person, where none may',
      { maxNewAccountsPerDay: 0, decisions: [decided('accepted', hoursAgo(999), OTHER)] },
      true,
    ],
    [
      'back, by a decision of after its exit',
      {
        maxNewAccountsPerDay: 0,
        accepted: [{ ...NEW, state: 'left', since: hoursAgo(5) }],
        decisions: [decided('accepted', hoursAgo(4), OTHER)],
      },
      true,
    ],
    [
      'back, by a decision of the time of its exit',
      {
        maxNewAccountsPerDay: 0,
        accepted: [{ ...NEW, state: 'left', since: hoursAgo(5) }],
        decisions: [decided('accepted', hoursAgo(5), OTHER)],
      },
      false,
    ],
  ])('%s: %j', (_, facts, expected) => expect(isIn(facts)).toBe(expected));

  test('come in the order of their ids, and the rest waits', () => {
    const ids = ['222200000003', '222200000001', '222200000002'].map((id) => accountId(id));
    const { actions, waiting } = follow({ registry: ids.map(enrolled), maxNewAccountsPerDay: 2 });
    expect(actions.map((action) => action.do)).toEqual(['accept', 'accept', 'subscribe', 'subscribe']);
    expect(waiting).toEqual([ids[0]]);
  });
});

describe('accounts that leave in a day', () => {
  const all = Array.from({ length: 10 }, (_, at) => accountId(`22220000000${at}`));
  const left = (account: AccountId): RegistryEntry => ({
    ...enrolled(account),
    state: 'left',
    since: hoursAgo(1),
    followedSince: hoursAgo(999),
  });
  const registry = all.map(left);
  const leaving = all.map((account) => ({ ...enrolled(account), leavingSince: hoursAgo(25) }));

  /** The first accounts were there long before; the others were added so many days ago. */
  const raised = (old: number, days: number): readonly RegistryEntry[] =>
    leaving.map((one, at) => (at < old ? one : { ...one, since: hoursAgo(days * DAYS) }));

  test.each<[what: string, accepted: readonly RegistryEntry[], ended: number]>([
    ['of ten, five', leaving, 5],
    ['of ten, of which three left today, two more', [...all.slice(0, 3).map(left), ...leaving.slice(3)], 2],
    [
      'those that left a day ago count no more',
      [...all.slice(0, 3).map((one) => ({ ...left(one), since: hoursAgo(24) })), ...leaving.slice(3)],
      3,
    ],
    ['those that came today are no exits, and do not count', leaving.map((one) => ({ ...one, since: hoursAgo(1) })), 1],
    [
      'those that left today and came back used up exits',
      [...all.slice(0, 3).map((one) => ({ ...enrolled(one), lastExit: hoursAgo(23) })), ...leaving.slice(3)],
      2,
    ],
    ['of six that the vault has followed for four weeks, and four that came since, three', raised(6, 27), 3],
    ['the same, of ten that came four weeks ago', raised(6, 28), 5],
    ['of accounts that all came within four weeks, one', raised(0, 27), 1],
    [
      'accounts that came within four weeks and left today do not count, but their exits do',
      [...all.slice(0, 2).map((one) => ({ ...left(one), followedSince: hoursAgo(99) })), ...raised(8, 0).slice(2)],
      1,
    ],
  ])('%s', (_, accepted, ended) => {
    const facts = { registry, accepted };
    expect(written(facts).filter(({ entry: one }) => one.state === 'left')).toHaveLength(ended);
    const reported = new Set(accepted.filter(({ leavingSince }) => leavingSince).map(({ account }) => account));
    const { leaving: going, staying } = follow(facts);
    expect(staying).toEqual(going.filter((account) => reported.has(account)).slice(ended));
  });
});

describe('an account that is evicted', () => {
  const decisions = [decided('evicted')];

  test('leaves at once, and the entry says why', () => {
    const reason = 'evicted by an operator of the vault';
    const becomes = entry({ state: 'left', since: NOW.toISOString(), reason, followedSince: entry().since });
    const facts = { registry: [entry()], accepted: [entry({ leavingSince: hoursAgo(1) })], decisions };
    expect(follow(facts)).toEqual({
      actions: [{ do: 'update', entry: becomes }],
      waiting: [],
      leaving: [],
      staying: [],
      unconfirmed: [],
    });
  });

  test('is not written again, and no other account is', () => {
    expect(follow({ accepted: [gone(), enrolled(OTHER)], decisions }).actions).toEqual([
      { do: 'subscribe', account: OTHER, region: HERE },
    ]);
  });
});

test.each<[what: string, decisions: readonly Decision[], unconfirmed: boolean]>([
  ['no decision', [], true],
  ['one of the time of the exit', [decided('left', hoursAgo(100))], false],
  ['one of before it', [decided('left', hoursAgo(101))], true],
  ['one about another account', [decided('left', undefined, OTHER)], true],
  ['another one', [decided('accepted')], true],
  ['an eviction', [decided('evicted', hoursAgo(200))], false],
])('an exit is unconfirmed with %s: %j', (_, decisions, unconfirmed) => {
  expect(follow({ accepted: [gone(), enrolled(OTHER)], decisions }).unconfirmed).toEqual(unconfirmed ? [SOURCE] : []);
});
