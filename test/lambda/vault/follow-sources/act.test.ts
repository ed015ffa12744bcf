import { AccountAnswers } from '../../../../lambda/_kit/account-answers';
import { TimeBudget } from '../../../../lambda/_kit/runtime/time-budget';
import { act } from '../../../../lambda/vault/follow-sources/act';
import type { AccountId } from '../../../../src/contract/ids';
import { enrolled, FakeRegistry, HERE, OTHER, SOURCE } from '../../../support/pipeline';

const error = (name: string) => Object.assign(new Error(`it says ${name}`), { name });

/** A run whose topics answer so. */
function runWith(subscribe: (account: AccountId) => Promise<void> = async () => {}) {
  const asked: string[] = [];
  const sources = new FakeRegistry();
  const subscriptions = {
    subscribe: async (account: AccountId, region: string) => {
      asked.push(`${account} ${region}`);
      await subscribe(account);
    },
  };
  const topics = new AccountAnswers('Subscribing to the topic');
  const run = { ports: { sources, subscriptions }, topics, time: new TimeBudget(60_000) };
  const subscribeTo = (account: AccountId) => act({ do: 'subscribe', account, region: HERE }, run);
  return { asked, sources, topics, run, subscribeTo };
}

test.each(['accept', 'update'] as const)('%s writes the entry, and calls no topic', async (what) => {
  const { asked, sources, run } = runWith();
  expect(await act({ do: what, entry: enrolled(SOURCE) }, run)).toEqual({ outcome: 'done' });
  expect([...sources.held.values()]).toEqual([enrolled(SOURCE)]);
  expect(asked).toEqual([]);
});

test('subscribing calls the topic in the Region, and writes nothing', async () => {
  const { asked, sources, subscribeTo } = runWith();
  expect(await subscribeTo(SOURCE)).toEqual({ outcome: 'done' });
  expect(asked).toEqual([`${SOURCE} ${HERE}`]);
  expect(sources.held.size).toBe(0);
});

test('a refusal says how the topic answered', async () => {
  const { topics, subscribeTo } = runWith(() => Promise.reject(error('NotFound')));
  expect(await subscribeTo(SOURCE)).toEqual({
    outcome: 'refused',
    code: 'NotFound',
    because: expect.stringContaining('it says NotFound'),
  });
  expect(topics.fault).toBeUndefined();
  await subscribeTo(OTHER);
  expect(topics.fault?.message).toMatch(/^Subscribing to the topic failed alike for all 2 accounts/);
});

test('a topic that the run had no time for is postponed: nothing is said about its account', async () => {
  const { asked, topics, run } = runWith();
  const spent = { ...run, time: new TimeBudget(0) };
  for (const account of [SOURCE, OTHER]) {
    expect(await act({ do: 'subscribe', account, region: HERE }, spent)).toEqual({ outcome: 'postponed' });
  }
  expect(asked).toEqual([]);
  expect(topics.fault).toBeUndefined();
});

test('one topic that answers shows that the failures are those of the other accounts', async () => {
  const third = '222200003333' as AccountId;
  const { topics, subscribeTo } = runWith((account) =>
    account === third ? Promise.resolve() : Promise.reject(error('NotFound')),
  );
  for (const account of [SOURCE, OTHER, third]) await subscribeTo(account);
  expect(topics.fault).toBeUndefined();
});
