import type { RegistryEntry } from '../../../../lambda/_kit/ports/registry';
import { followSources } from '../../../../lambda/vault/follow-sources/follow-sources';
import { plan } from '../../../../lambda/vault/follow-sources/plan';
import type { Decision } from '../../../../src/contract/decisions';
import { type AccountId, accountId, region } from '../../../../src/contract/ids';
import { enrolled, FakeRegistry, HERE, OTHER, SOURCE } from '../../../support/pipeline';

const NOW = new Date('2026-03-01T12:00:00Z');
/** The registry has ended it for more than a day. */
const pending = (entry: RegistryEntry) => ({ ...entry, leavingSince: '2026-02-28T11:00:00.000Z' });
const accepted = (subject: AccountId) => ({
  kind: 'accepted' as const,
  subject,
  by: 'operator',
  at: NOW.toISOString(),
});
const follow = (
  registry: readonly RegistryEntry[],
  accepted: readonly RegistryEntry[] = [],
  maxNewAccountsPerDay = 50,
) => plan({ registry, accepted, maxNewAccountsPerDay, region: HERE, now: NOW });
const story = (registry: readonly RegistryEntry[], accepted?: readonly RegistryEntry[], bound?: number) =>
  follow(registry, accepted, bound).actions.map((action) =>
    action.do === 'subscribe'
      ? `subscribe ${action.account}`
      : `${action.do} ${action.entry.account} ${action.entry.state}`,
  );

test('a new account is accepted, and the inbox subscribes to its topic', () => {
  expect(story([enrolled(SOURCE)])).toEqual([`accept ${SOURCE} enrolled`, `subscribe ${SOURCE}`]);
});

test('each run subscribes to the topic of a known account again, which repairs a topic that was created again', () => {
  expect(story([enrolled(SOURCE)], [enrolled(SOURCE)])).toEqual([`subscribe ${SOURCE}`]);
});

test.each([
  ['an empty registry', []],
  ['a registry from which an account vanished', [enrolled(OTHER)]],
])('%s removes nothing', (_, registry) => {
  expect(story(registry, [enrolled(SOURCE), enrolled(OTHER)]).filter((done) => done.includes(SOURCE))).toEqual([
    `subscribe ${SOURCE}`,
  ]);
});

test('removal is a state, with the day on which the vault read it', () => {
  const left = { ...enrolled(SOURCE), state: 'left' as const };
  const { actions, leaving } = follow([left], [pending(enrolled(SOURCE))]);
  const becomes = { ...left, since: NOW.toISOString(), followedSince: enrolled(SOURCE).since };
  expect(actions).toEqual([{ do: 'update', entry: becomes }]);
  expect(leaving).toEqual([SOURCE]);
});

describe('an exit', () => {
  const left = { ...enrolled(SOURCE), state: 'left' as const };

  test('is reported a day before: the vault still follows the account, and records when the exit was first read', () => {
    const first = follow([left], [enrolled(SOURCE)]);
    expect(first.leaving).toEqual([SOURCE]);
    const seen = { ...enrolled(SOURCE), leavingSince: NOW.toISOString() };
    expect(first.actions).toEqual([
      { do: 'update', entry: seen },
      { do: 'subscribe', account: SOURCE, region: HERE },
    ]);
    const recent = { ...seen, leavingSince: new Date(NOW.getTime() - 23 * 3_600_000).toISOString() };
    expect(follow([left], [recent]).actions).toEqual([{ do: 'subscribe', account: SOURCE, region: HERE }]);
  });

  test('that the registry takes back within the day is forgotten', () => {
    const [action] = follow([enrolled(SOURCE)], [pending(enrolled(SOURCE))]).actions;
    expect(action).toEqual({ do: 'update', entry: enrolled(SOURCE) });
  });

  test('is unconfirmed until an operator confirms it, also after an earlier exit was confirmed', () => {
    const gone = { ...left, since: '2026-02-20T00:00:00.000Z' };
    const unconfirmed = (decisions: readonly Decision[]) =>
      plan({ registry: [left], accepted: [gone], decisions, maxNewAccountsPerDay: 50, region: HERE, now: NOW })
        .unconfirmed;
    const decided = (kind: Decision['kind'], at: string): Decision => ({ kind, subject: SOURCE, by: 'operator', at });
    expect(unconfirmed([])).toEqual([SOURCE]);
    expect(unconfirmed([decided('left', '2026-02-21T00:00:00.000Z')])).toEqual([]);
    expect(unconfirmed([decided('left', '2026-01-21T00:00:00.000Z')])).toEqual([SOURCE]);
    expect(unconfirmed([decided('evicted', '2026-01-21T00:00:00.000Z')])).toEqual([]);
  });
});

describe('an account that comes back', () => {
  const ids = Array.from({ length: 8 }, (_, at) => accountId(`22220000111${at}`));
  const gone = ids.map((id) => ({ ...enrolled(id), state: 'left' as const, since: '2026-01-01T00:00:00.000Z' }));
  const back = ids.map((id) => enrolled(id));

  test('is bounded like a new one, and counted as of today', () => {
    const { actions, waiting } = follow(back, gone, 3);
    const written = actions.flatMap((action) => (action.do === 'update' ? [action.entry] : []));
    expect(written.map(({ account, state, since }) => [account, state, since])).toEqual(
      ids.slice(0, 3).map((id) => [id, 'enrolled', NOW.toISOString()]),
    );
    expect(waiting).toEqual(ids.slice(3));
    const held = gone.map((entry) => written.find(({ account }) => account === entry.account) ?? entry);
    expect(follow(back, held, 3).waiting).toEqual(ids.slice(3));
  });

  test('is accepted again by a decision after its exit, and not by one before it', () => {
    const comesBack = (at: string) => {
      const decisions = [{ ...accepted(ids[0] as AccountId), at }];
      return plan({ registry: back, accepted: gone, decisions, maxNewAccountsPerDay: 0, region: HERE, now: NOW })
        .waiting;
    };
    expect(comesBack('2026-02-01T00:00:00.000Z')).toEqual(ids.slice(1));
    expect(comesBack('2025-12-01T00:00:00.000Z')).toEqual(ids);
  });
});

describe('an account that is evicted', () => {
  const evicted = { ...accepted(SOURCE), kind: 'evicted' as const };
  const decisions = [evicted, accepted(SOURCE)];
  const facts = { registry: [enrolled(SOURCE)], decisions, maxNewAccountsPerDay: 50, region: HERE, now: NOW };

  test('leaves at once, beyond every bound, and is not subscribed to', () => {
    const { actions } = plan({ ...facts, accepted: [enrolled(SOURCE)] });
    expect(actions).toMatchObject([{ do: 'update', entry: { account: SOURCE, state: 'left' } }]);
    expect(actions).toHaveLength(1);
  });

  test('is evicted also by a decision without a time, written by hand', () => {
    const byHand = [{ ...evicted, at: '' }];
    expect(plan({ ...facts, decisions: byHand, accepted: [] }).actions).toEqual([]);
  });

  test('is never followed again, whatever the registry says', () => {
    expect(plan({ ...facts, accepted: [{ ...enrolled(SOURCE), state: 'left' }] }).actions).toEqual([]);
    expect(plan({ ...facts, accepted: [] }).actions).toEqual([]);
  });
});

describe('a principal that can write the registry', () => {
  const all = Array.from({ length: 80 }, (_, at) => enrolled(accountId(`2222000011${String(at).padStart(2, '0')}`)));
  const ending: readonly (readonly [string, (entry: RegistryEntry) => RegistryEntry])[] = [
    ['ends every account', (entry) => ({ ...entry, state: 'left' })],
    ['takes the Region from every account', (entry) => ({ ...entry, regions: [region('eu-west-1')] })],
    ['takes all Regions from every account', (entry) => ({ ...entry, regions: [] })],
  ];

  test.each(ending)('%s: a tenth of them a day, and the others are followed on', (_, end) => {
    const { actions, staying } = follow(all.map(end), all.map(pending));
    expect(actions.filter((action) => action.do === 'update')).toHaveLength(8);
    expect(staying).toEqual(all.slice(8).map(({ account }) => account));
  });

  test('ends no more in the runs of the same day, and goes on the day after', () => {
    const ended = all.map((entry) => ({ ...entry, state: 'left' as const }));
    let held: readonly RegistryEntry[] = all.map(pending);
    const left = (now: Date) => {
      const { actions } = plan({ registry: ended, accepted: held, maxNewAccountsPerDay: 50, region: HERE, now });
      const changed = new Map(actions.flatMap((one) => (one.do === 'update' ? [[one.entry.account, one.entry]] : [])));
      held = held.map((entry) => changed.get(entry.account) ?? entry);
      return held.filter(({ state }) => state === 'left').length;
    };
    expect([left(NOW), left(new Date(NOW.getTime() + 3_600_000))]).toEqual([8, 8]);
    expect(left(new Date(NOW.getTime() + 25 * 3_600_000))).toBe(15);
  });

  test('takes Regions from no more in the runs of the same day', () => {
    const regionless = all.map((entry) => ({ ...entry, regions: [] }));
    const first = follow(regionless, all.map(pending));
    const changed = new Map(
      first.actions.flatMap((one) => (one.do === 'update' ? [[one.entry.account, one.entry]] : [])),
    );
    const held = all.map((entry) => changed.get(entry.account) ?? pending(entry));
    expect(follow(regionless, held).actions.filter(({ do: what }) => what === 'update')).toEqual([]);
  });

  test.each([
    [1, 0],
    [2, 1],
    [3, 2],
    [5, 3],
    [6, 3],
    [10, 5],
    [50, 45],
    [60, 54],
  ])(
    'of %i accounts %i stay followed, with an alarm: half of few may end in a day, five of more, or a tenth',
    (count, on) => {
      const few = all.slice(0, count);
      const ended = few.map((entry) => ({ ...entry, state: 'left' as const }));
      expect(follow(ended, few.map(pending)).staying).toHaveLength(on);
    },
  );

  test('an account that has its Region again is followed as before', () => {
    const [one] = all as [RegistryEntry];
    const gone = follow([{ ...one, regions: [] }], [pending(one)]).actions;
    const held = gone.flatMap((action) => (action.do === 'update' ? [action.entry] : []));
    expect(held).toMatchObject([{ account: one.account, state: 'left' }]);
    expect(follow([one], held).actions.map((action) => action.do)).toEqual(['update', 'subscribe']);
  });
});

test('an account that left before the vault ever knew it is not accepted', () => {
  expect(story([{ ...enrolled(SOURCE), state: 'left' }])).toEqual([]);
});

test('another Region’s source is known here and not subscribed to', () => {
  expect(story([{ ...enrolled(SOURCE), regions: [region('eu-west-1')] }])).toEqual([`accept ${SOURCE} enrolled`]);
});

test('additions above the daily bound wait for an operator, those of earlier today counted', () => {
  const many = Array.from({ length: 6 }, (_, at) => enrolled(accountId(`22220000111${at}`)));
  const today = { ...enrolled(OTHER), since: '2026-03-01T01:00:00.000Z' };
  const yesterday = { ...enrolled(accountId('222200003333')), since: '2026-02-27T01:00:00.000Z' };
  const { actions, waiting } = follow([...many, today, yesterday], [today, yesterday], 4);
  expect(actions.filter((action) => action.do === 'accept')).toHaveLength(3);
  expect(waiting).toEqual(many.slice(3).map(({ account }) => account));
});

test('a topic that refuses is that account’s answer: no other is hidden, and no run fails', async () => {
  const sources = new FakeRegistry();
  const seen: AccountId[] = [];
  const subscriptions = {
    subscribe: async (account: AccountId) => {
      if (account === SOURCE) throw new Error('NotFound');
      seen.push(account);
    },
  };
  const registry = new FakeRegistry([enrolled(SOURCE), enrolled(OTHER)]);
  const run = followSources(
    { registry, sources, subscriptions },
    { maxNewAccountsPerDay: 9, region: HERE },
    NOW,
    () => {},
  );
  await run;
  expect(seen).toEqual([OTHER]);
  expect([...sources.held.keys()].sort()).toEqual([SOURCE, OTHER]);
});

test('when no topic at all can be subscribed to, and none refuses, the run has failed', async () => {
  const registry = new FakeRegistry([enrolled(SOURCE), enrolled(OTHER)]);
  const subscriptions = { subscribe: () => Promise.reject(new Error('no network')) };
  const ports = { registry, sources: new FakeRegistry(), subscriptions };
  const run = followSources(ports, { maxNewAccountsPerDay: 9, region: HERE }, NOW, () => {});
  await expect(run).rejects.toMatchObject({ code: 'STEP_FAILED', message: expect.stringContaining('all 2 accounts') });
});

test('a registry that cannot be read changes nothing, and the accounts that were accepted are followed on', async () => {
  const sources = new FakeRegistry([enrolled(SOURCE)]);
  const registry = { read: () => Promise.reject(new Error('AccessDenied')) };
  const seen: AccountId[] = [];
  const subscriptions = { subscribe: async (account: AccountId) => void seen.push(account) };
  const run = followSources(
    { registry, sources, subscriptions },
    { maxNewAccountsPerDay: 9, region: HERE },
    NOW,
    () => {},
  );
  await expect(run).rejects.toThrow('AccessDenied');
  expect(seen).toEqual([SOURCE]);
  expect([...sources.held.values()]).toEqual([enrolled(SOURCE)]);
});

const runWith = (registry: FakeRegistry, sources: FakeRegistry, maxNewAccountsPerDay = 1) => {
  const subscriptions = { subscribe: async () => undefined };
  return followSources({ registry, sources, subscriptions }, { maxNewAccountsPerDay, region: HERE }, NOW, () => {});
};

test('an account that an operator accepts is followed beyond the daily limit, and does not count against it', async () => {
  const third = accountId('222200003333');
  const registry = new FakeRegistry([enrolled(SOURCE), enrolled(OTHER), enrolled(third)]);
  const sources = new FakeRegistry();
  await runWith(registry, sources);
  expect([...sources.held.keys()]).toEqual([SOURCE]);
  sources.decisions.push(accepted(OTHER));
  await runWith(registry, sources);
  expect([...sources.held.keys()]).toEqual([SOURCE, OTHER]);
  const another = new FakeRegistry();
  another.decisions.push(accepted(OTHER));
  await runWith(registry, another);
  expect([...another.held.keys()]).toEqual([SOURCE, OTHER]);
});

test('acceptance adds no account that is not in the registry', async () => {
  const sources = new FakeRegistry();
  sources.decisions.push(accepted(OTHER));
  await runWith(new FakeRegistry([enrolled(SOURCE)]), sources, 0);
  expect([...sources.held.keys()]).toEqual([]);
});

test('of an entry the vault keeps what it uses, and not what the management account noted for itself', () => {
  const noted = { ...enrolled(SOURCE), history: [{ at: '', by: 'x', what: 'y', why: 'z' }], revision: 7 };
  const [action] = follow([noted]).actions;
  expect(action).toEqual({ do: 'accept', entry: { ...enrolled(SOURCE), since: NOW.toISOString() } });
});

test('a good reading is remembered; an empty registry is none', async () => {
  const sources = new FakeRegistry();
  await runWith(new FakeRegistry(), sources);
  expect(sources.lastRead).toBeUndefined();
  await runWith(new FakeRegistry([enrolled(SOURCE)]), sources);
  expect(sources.lastRead).toBe(NOW.toISOString());
});
