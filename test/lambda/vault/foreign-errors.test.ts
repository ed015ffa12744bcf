import type { Snapshots } from '../../../lambda/_kit/ports/snapshots';
import { followSources } from '../../../lambda/vault/follow-sources/follow-sources';
import type { AccountId } from '../../../src/contract/ids';
import { TAGS } from '../../../src/contract/names';
import { enrolled, FakeRegistry, HERE, OTHER, Pipeline, SOURCE } from '../../support/pipeline';
import { accountsOf, shareCopy } from '../../support/vault-days';

const named = (name: string, more: object = {}) => Object.assign(new Error('no'), { name, ...more });

/** What AWS, the network or our own code may say of a call into an account. */
const ERRORS: readonly (readonly [string, unknown])[] = [
  ['50 tags on the export copy', named('TagQuotaPerResourceExceeded')],
  ['the same under another name', named('InvalidParameterValue')],
  ['throttling', named('Throttling')],
  ['a fault of AWS', named('InternalFailure')],
  ['a time-out', named('TimeoutError')],
  ['an unknown name', named('Ünknown error <of> tomorrow')],
  ['no name at all', named('')],
  ['a broken connection', named('Error', { code: 'ECONNRESET' })],
  ['a malformed answer', new TypeError('cannot read properties of undefined')],
  ['an access role without a trust policy', named('AccessDenied')],
  ['something that is no error', 'no'],
];

/** Makes some calls through the access role of one account fail. */
function failing(pipeline: Pipeline, account: AccountId, calls: Partial<Record<keyof Snapshots, unknown>>): void {
  const failures = Object.fromEntries(
    Object.entries(calls).map(([name, error]) => [name, () => Promise.reject(error)]),
  );
  pipeline.accessRole = (of) => ({ ...pipeline.rds.as(of), ...(of === account && failures) });
}

const takenOf = (pipeline: Pipeline, account: AccountId) =>
  pipeline.rds.all(account).filter(({ tags }) => tags.has(TAGS.importedAt)).length;
const originsOf = (pipeline: Pipeline) => pipeline.vaultCopies().map(({ database: of }) => of.split(':')[4]);
const eventsOf = (pipeline: Pipeline, account: AccountId, event: string) =>
  pipeline.logged.filter((one) => one.event === event && one.fields?.account === account);

describe.each(ERRORS)('%s is the answer of the account that gives it:', (_, error) => {
  test('its copies wait, those of others are imported, and no run fails', async () => {
    const pipeline = new Pipeline();
    shareCopy(pipeline, OTHER, 'theirs');
    shareCopy(pipeline, SOURCE, 'orders');
    failing(pipeline, OTHER, { manual: error });
    await pipeline.import();
    pipeline.rds.advance(30);
    await pipeline.import();
    expect(originsOf(pipeline)).toEqual([SOURCE]);
    const logged = ['account.not-reached', 'access-role.denied'].flatMap((event) => eventsOf(pipeline, OTHER, event));
    expect(logged).toHaveLength(2);
  });

  test('a mark that cannot be written stops no other account’s, and no run fails', async () => {
    const pipeline = new Pipeline();
    for (const account of [OTHER, SOURCE]) shareCopy(pipeline, account, 'orders');
    failing(pipeline, OTHER, { tag: error });
    await pipeline.import();
    pipeline.rds.advance(30);
    await pipeline.import();
    expect([takenOf(pipeline, OTHER), takenOf(pipeline, SOURCE)]).toEqual([0, 1]);
    expect(eventsOf(pipeline, OTHER, 'access-role.refused')).toHaveLength(1);
  });

  test('a shared copy that cannot be copied stops no other, and no run fails', async () => {
    const pipeline = new Pipeline();
    for (const account of [OTHER, SOURCE]) shareCopy(pipeline, account, 'orders');
    pipeline.copyError = ({ source }) => (source.includes(OTHER) ? error : undefined);
    await pipeline.import();
    pipeline.rds.advance(30);
    await pipeline.import();
    expect(originsOf(pipeline)).toEqual([SOURCE]);
    expect(pipeline.logged.some(({ event }) => event === 'import.not-started')).toBe(true);
  });

  test('a topic that cannot be subscribed to stops no other, and no run fails', async () => {
    const seen: AccountId[] = [];
    const subscriptions = {
      subscribe: async (account: AccountId) => {
        if (account === OTHER) throw error;
        seen.push(account);
      },
    };
    const registry = new FakeRegistry([enrolled(OTHER), enrolled(SOURCE)]);
    const ports = { registry, sources: new FakeRegistry(), subscriptions };
    await followSources(ports, { maxNewAccountsPerDay: 9, region: HERE }, new Date('2026-03-01T12:00:00Z'), () => {});
    expect(seen).toEqual([SOURCE]);
  });
});

test('20 days with an export copy that has as many tags as it may: no run fails', async () => {
  const pipeline = new Pipeline();
  const full = shareCopy(pipeline, OTHER, 'full');
  shareCopy(pipeline, OTHER, 'orders');
  const inside = pipeline.rds.as(OTHER);
  pipeline.accessRole = (account) => ({
    ...pipeline.rds.as(account),
    tag: (arn, tags) => (arn === full ? Promise.reject(named('TagQuotaPerResourceExceeded')) : inside.tag(arn, tags)),
  });
  let [failed, runs] = [0, 0];
  for (let minutes = 0; minutes < 20 * 1440; minutes += 15) {
    runs += 1;
    await pipeline.import().catch(() => {
      failed += 1;
    });
    pipeline.rds.advance(15);
  }
  process.stdout.write(`failed runs in 20 days: ${failed} of ${runs}\n`);
  expect(failed).toBe(0);
  // What cannot be marked says nothing of the others of the account.
  expect(takenOf(pipeline, OTHER)).toBe(1);
}, 60_000);

describe('what all accounts answer alike is a failure of the run, once all else is done:', () => {
  const both = () => {
    const pipeline = new Pipeline();
    for (const account of [OTHER, SOURCE]) shareCopy(pipeline, account, 'orders');
    return pipeline;
  };
  const failed = (what: string) =>
    expect.objectContaining({
      code: 'STEP_FAILED',
      message: expect.stringContaining(`${what} failed alike for all 2`),
    });
  const tired = named('Error', { code: 'EMFILE' });

  test('nothing can be listed', async () => {
    const pipeline = both();
    pipeline.accessRole = (account) => ({ ...pipeline.rds.as(account), manual: () => Promise.reject(tired) });
    await expect(pipeline.import()).rejects.toEqual(failed('Listing the snapshots'));
    expect(pipeline.reminders).toBe(1);
  });

  test.each(['InternalFailure', 'AccessDenied'])('nothing can be copied: %s', async (name) => {
    const pipeline = both();
    pipeline.copyError = () => named(name);
    await expect(pipeline.import()).rejects.toEqual(failed('Copying a shared copy'));
  });

  test('nothing can be marked', async () => {
    const pipeline = both();
    await pipeline.import();
    pipeline.rds.advance(30);
    pipeline.accessRole = (account) => ({ ...pipeline.rds.as(account), tag: () => Promise.reject(tired) });
    await expect(pipeline.import()).rejects.toEqual(failed('Tagging an export copy'));
  });

  test('a run does not fail when every account denies access', async () => {
    const pipeline = both();
    const denied = named('AccessDenied');
    pipeline.accessRole = (account) => ({ ...pipeline.rds.as(account), manual: () => Promise.reject(denied) });
    await expect(pipeline.import()).resolves.toBeDefined();
    expect(pipeline.fieldsOf('access-role.denied')).toHaveLength(2);
  });
});

describe('an account that never answers', () => {
  const never = () => new Promise<never>(() => {});
  const accounts = accountsOf(45);

  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** Seconds that a run takes by the clock of its timers. */
  async function seconds(run: Promise<unknown>): Promise<number> {
    let isOver = false;
    const over = run.finally(() => {
      isOver = true;
    });
    over.catch(() => {});
    let passed = 0;
    for (; !isOver && passed < 600; passed += 1) await jest.advanceTimersByTimeAsync(1000);
    await over;
    return passed;
  }

  function silent(slow: readonly AccountId[], call: 'manual' | 'tag') {
    const pipeline = new Pipeline();
    for (const account of [...slow, SOURCE]) {
      pipeline.sources.held.set(account, enrolled(account));
      shareCopy(pipeline, account, 'orders');
      if (call === 'tag') shareCopy(pipeline, account, 'users');
    }
    pipeline.accessRole = (of) => ({ ...pipeline.rds.as(of), ...(slow.includes(of) && { [call]: never }) });
    return pipeline;
  }

  test.each([
    [1, 30],
    [9, 30],
    [45, 100],
  ])('%i of them delay the others by at most %i seconds, and their copies wait', async (count, most) => {
    const pipeline = silent(accounts.slice(0, count), 'manual');
    expect(await seconds(pipeline.import())).toBeLessThanOrEqual(most);
    pipeline.rds.advance(30);
    await seconds(pipeline.import());
    if (count < 10) expect(originsOf(pipeline)).toEqual([SOURCE]);
    expect(eventsOf(pipeline, accounts[0] as AccountId, 'account.not-reached').length).toBeGreaterThan(0);
  });

  test('so many that a run cannot ask all of them: others come first in another run', async () => {
    const pipeline = silent(accounts, 'manual');
    for (let run = 0; run < 8; run += 1) {
      await seconds(pipeline.import());
      pipeline.rds.advance(15);
    }
    expect(originsOf(pipeline)).toEqual([SOURCE]);
  });

  test('cannot be marked: that takes ten seconds of the run, whatever it shares, and stops no other’s marks', async () => {
    const pipeline = silent(accounts.slice(0, 5), 'tag');
    await seconds(pipeline.import());
    pipeline.rds.advance(30);
    expect(await seconds(pipeline.import())).toBeLessThanOrEqual(11);
    expect(takenOf(pipeline, SOURCE)).toBe(2);
  });

  test('a topic that never answers takes ten seconds beside the others', async () => {
    const seen: AccountId[] = [];
    const subscriptions = {
      subscribe: async (account: AccountId) => (account === OTHER ? never() : void seen.push(account)),
    };
    const registry = new FakeRegistry([enrolled(OTHER), enrolled(SOURCE)]);
    const ports = { registry, sources: new FakeRegistry(), subscriptions };
    const run = followSources(
      ports,
      { maxNewAccountsPerDay: 9, region: HERE },
      new Date('2026-03-01T12:00:00Z'),
      () => {},
    );
    expect(await seconds(run)).toBeLessThanOrEqual(11);
    expect(seen).toEqual([SOURCE]);
  });
});
