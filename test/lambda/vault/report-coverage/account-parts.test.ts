import fc from 'fast-check';
import type { Database } from '../../../../lambda/_kit/ports/databases';
import {
  type AccountParts,
  accountsWithFindings,
  essentials,
  readParts,
  restOf,
  writeParts,
} from '../../../../lambda/vault/report-coverage/account-parts';
import { observe } from '../../../../lambda/vault/report-coverage/observe';
import { plan } from '../../../../lambda/vault/report-coverage/plan';
import { HOUR } from '../../../../src/contract/durations';
import { type AccountId, accountId } from '../../../../src/contract/ids';
import { ACCOUNT_PARTS, PREFIX, TAGS } from '../../../../src/contract/names';
import { formatHold, VERDICTS, type VerdictCode } from '../../../../src/contract/verdicts';
import { InMemoryEvidence } from '../../../../src/simulation/evidence-in-memory';
import { aCopy, aDatabase, factsOf, hoursAgo, inSource, NOW, openAccount } from '../../../support/coverage-world';
import { holds } from '../../../support/holds';
import { enrolled, FakeRegistry, HERE } from '../../../support/pipeline';

const CODES = Object.keys(VERDICTS) as VerdictCode[];

const aSnapshot = fc.record({
  database: fc.constantFrom('a', 'b'),
  name: fc.constantFrom(
    `${PREFIX}-a-1`,
    `${PREFIX}-b-2`,
    'awsbackup:job-1',
    'awsbackup:job-2',
    'awsbackup:job-3',
    'own',
  ),
  isOfBackup: fc.boolean(),
  isExport: fc.boolean(),
  isImported: fc.boolean(),
  isKeyTagged: fc.boolean(),
  hours: fc.integer({ min: 0, max: 90 }),
  hold: fc.option(fc.constantFrom(...CODES), { nil: undefined }),
  isHoldInTable: fc.boolean(),
});

test('what an account shows is reduced without any change of the report', () =>
  holds(
    fc.property(fc.array(aSnapshot, { maxLength: 12 }), fc.integer({ min: 1, max: 60 }), (made, copyAge) => {
      const databases = ['a', 'b'].map((name) => aDatabase(name));
      const held = new Map();
      const snapshots = made.map(({ name, database, isOfBackup, hours, hold, ...is }) => {
        const text = hold && formatHold({ code: hold, at: hoursAgo(hours), count: 1 } as never);
        const tags = {
          ...(is.isExport && { [TAGS.role]: 'export', [TAGS.sharedAt]: hoursAgo(hours).toISOString() }),
          ...(is.isImported && { [TAGS.importedAt]: hoursAgo(1).toISOString() }),
          ...(is.isKeyTagged && { encryption_key: 'key' }),
          ...(text && !is.isHoldInTable && { [TAGS.held]: text }),
          team: 'orders',
        };
        const one = inSource(aDatabase(database), tags, { name, type: isOfBackup ? 'awsbackup' : 'manual' });
        if (hold && is.isHoldInTable) held.set(one.arn, { code: hold, at: hoursAgo(hours), count: 1 });
        return one;
      });
      const account = openAccount({ databases, snapshots, held });
      if (account.observed.access !== 'granted') throw new Error('the account of the test denies access');
      const own = [aCopy(aDatabase('a'), copyAge)];
      const reduced = { ...account, observed: { access: 'granted' as const, ...essentials(account.observed) } };
      expect(plan(factsOf([reduced], own))).toEqual(plan(factsOf([account], own)));
    }),
  ));

test('a thousand snapshots of an account that says nothing about them leave one of each database', () => {
  const snapshots = Array.from({ length: 1000 }, (_, at) =>
    inSource(aDatabase('a'), { encryption_key: 'key' }, { name: `awsbackup:job-${at}` }),
  );
  const account = openAccount({ databases: [aDatabase('a')], snapshots });
  if (account.observed.access !== 'granted') throw new Error('the account of the test denies access');
  expect(essentials(account.observed).snapshots).toHaveLength(1);
});

test('parts are read as they were written', async () => {
  const evidence = new InMemoryEvidence();
  const contents = openAccount({ databases: [aDatabase('a')], snapshots: [inSource(aDatabase('a'), { x: '1' })] });
  const parts: AccountParts = new Map([[contents.account, { at: NOW, wholeAt: NOW, observed: contents.observed }]]);
  await writeParts(evidence, parts);
  expect(await readParts(evidence, () => {})).toEqual(parts);
});

test.each(['{', '{"version":0,"parts":{"$map":[]}}', '[]', 'null', '{"version":1,"parts":[]}'])(
  'parts that a run cannot use are none: %s',
  async (text) => {
    const evidence = new InMemoryEvidence();
    await evidence.replace(ACCOUNT_PARTS, text);
    expect(await readParts(evidence, () => {})).toEqual(new Map());
  },
);

/** Runs in a cell: time passes with each account that is read, and a run ends at its limit or where it is killed. */
class Runs {
  readonly accounts: readonly AccountId[];
  readonly evidence = new InMemoryEvidence();
  readonly asked: AccountId[] = [];
  databases: readonly Database[] = [];
  /** Accounts that were read whole. */
  whole = 0;
  private readonly sources: FakeRegistry;
  private clock = 0;

  constructor(
    count: number,
    private readonly secondsPerAccount: number,
  ) {
    this.accounts = Array.from({ length: count }, (_, at) => accountId(String(222200000000 + at)));
    this.sources = new FakeRegistry(this.accounts.map((account) => enrolled(account)));
  }

  /** One run. `killedAt`: at this checkpoint. */
  async run(now: Date, killedAt?: number) {
    jest.spyOn(performance, 'now').mockImplementation(() => this.clock);
    let checkpoints = 0;
    const ports = {
      registry: { entries: async () => [] },
      sources: this.sources,
      snapshots: { own: async () => [], manual: async () => [], shared: async () => [] },
      accessRoles: { of: (account: AccountId) => this.open(account) },
      evidence: this.evidence,
    };
    return observe(
      ports,
      { rules: factsOf([]).rules, region: HERE },
      now,
      () => {},
      async (parts) => {
        await writeParts(this.evidence, parts);
        checkpoints += 1;
        if (checkpoints === killedAt) throw new Error('killed');
      },
    );
  }

  private open(account: AccountId): never {
    this.asked.push(account);
    // Twenty accounts share the time.
    this.clock += (this.secondsPerAccount * 1000) / 20;
    const none = async () => [];
    return {
      databases: { all: async () => this.databases },
      databasesIn: none,
      snapshots: { own: none },
      backups: {
        failedSince: none,
        optedOut: async () => {
          this.whole += 1;
          return [];
        },
      },
      queueDepthOf: async () => 0,
      held: async () => ({ holds: new Map(), isWhole: true }),
      keyPolicies: {},
    } as never;
  }
}

const at = (hour: number) => new Date(NOW.getTime() + hour * HOUR);
afterEach(() => void jest.restoreAllMocks());

test('accounts that a run has no time for are reported as they were seen, then as not read since then, and are read first', async () => {
  const runs = new Runs(300, 60);
  const first = await runs.run(at(0));
  const asked = new Set(runs.asked.splice(0));
  const granted = first.facts.accounts.filter(({ observed }) => observed.access === 'granted');
  const unread = first.facts.accounts.filter(({ observed }) => observed.access === 'unknown');
  const read = new Set(granted.map(({ account }) => account));
  expect(read.size).toBeGreaterThan(100);
  expect(unread.length + read.size).toBe(300);
  expect(granted.every(({ account }) => asked.has(account))).toBe(true);
  const second = await runs.run(at(1));
  expect(runs.asked.slice(0, unread.length).every((account) => !read.has(account))).toBe(true);
  const seen = second.facts.accounts.filter(({ seenAt }) => seenAt !== undefined);
  expect(seen.length).toBeGreaterThan(0);
  expect(
    seen.every(({ observed, seenAt }) => observed.access === 'granted' && seenAt?.getTime() === NOW.getTime()),
  ).toBe(true);
  // Nothing is asked for four hours: what was seen is too old to be used.
  const later = await runs.run(at(5.5));
  const old = later.facts.accounts.find(({ seenAt }) => seenAt !== undefined);
  expect(old?.observed).toMatchObject({
    access: 'unknown',
    isPostponed: true,
    because: `not read since ${old?.seenAt?.toISOString()}`,
  });
});

test('whatever the number of accounts, their speed and where runs are killed: no account is left out for long', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 900 }),
      fc.integer({ min: 1, max: 120 }),
      fc.array(fc.constantFrom(undefined, 1, 2), { minLength: 0, maxLength: 3 }),
      async (count, seconds, kills) => {
        const runs = new Runs(count, seconds);
        let hour = 0;
        for (const killedAt of kills) {
          await runs.run(at(hour), killedAt).catch(() => undefined);
          hour += 1;
        }
        runs.asked.splice(0);
        // At least 20 accounts are begun, and each run goes on where the others ended.
        const perRun = Math.max(20, Math.floor((600 * 20) / seconds));
        for (let run = 0; run < Math.ceil(count / perRun) + 1; run += 1) {
          const { facts } = await runs.run(at(hour));
          hour += 1;
          expect(facts.accounts).toHaveLength(count);
        }
        expect(new Set(runs.asked).size).toBe(count);
      },
    ),
    { numRuns: 12 },
  );
}, 60_000);

describe('what explains a status is read every third hour', () => {
  const observed = openAccount({ databases: [aDatabase('a')] }).observed;
  const part = (hours: number, more: object = {}) =>
    ({ at: NOW, wholeAt: hoursAgo(hours), observed: { ...observed, ...more } }) as never;

  test.each([
    ['of the run before', part(1), true],
    ['of two runs before', part(2), true],
    ['of three runs before', part(3), false],
    ['with a part that could not be read', part(1, { unread: ['snapshots: no'] }), false],
    [
      'of an account that denied access',
      { ...(part(1) as object), observed: { access: 'denied', because: 'no' } } as never,
      false,
    ],
    ['that is missing', undefined, false],
  ])('a part %s', (_, one, isUsed) => expect(restOf(one, NOW) !== undefined).toBe(isUsed));

  test.each<[what: string, account: object, isFound: boolean]>([
    ['nothing', {}, false],
    ['a copy that is not imported', { notImported: ['arn'] }, true],
    ['a service that is not opted in', { optedOut: ['Aurora'] }, true],
    ['dead letters', { deadLetters: 1 }, true],
    ['an unread part', { unread: ['snapshots'] }, true],
  ])('an account with %s', (_, change, isFound) => {
    const { evidence } = plan(factsOf([openAccount({ databases: [aDatabase('a')] })], [aCopy(aDatabase('a'), 5)]));
    const [row] = evidence.accounts;
    const before = { ...evidence, accounts: [{ ...row, ...change }] } as never;
    expect(accountsWithFindings(before).size).toBe(isFound ? 1 : 0);
  });

  test('a database that is not protected, or has no copy yet, and a missed backup are findings', () => {
    const { evidence } = plan(factsOf([openAccount({ databases: [aDatabase('a')] })]));
    expect(accountsWithFindings(evidence).size).toBe(1);
    const [first] = [evidence.accounts[0]?.account];
    const missed = { ...evidence, databases: [], missedBackups: [{ account: first }] } as never;
    expect(accountsWithFindings(missed)).toEqual(new Set([first]));
    expect(accountsWithFindings(undefined).size).toBe(0);
  });

  test('a quiet account is read whole once in three hours, and at once when it has another database', async () => {
    const runs = new Runs(1, 1);
    const rest: boolean[] = [];
    for (const hour of [0, 1, 2, 3, 4]) {
      const before = runs.whole;
      await runs.run(at(hour));
      rest.push(runs.whole === before);
    }
    expect(rest).toEqual([false, true, true, false, true]);
    runs.databases = [aDatabase('new')];
    const before = runs.whole;
    await runs.run(at(5));
    expect(runs.whole).toBe(before + 1);
  });
});
