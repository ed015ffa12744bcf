import fc from 'fast-check';
import { isAvailable } from '../../../../lambda/_kit/copies';
import type { Database } from '../../../../lambda/_kit/ports/databases';
import type { Snapshot } from '../../../../lambda/_kit/ports/snapshots';
import { dataTime } from '../../../../lambda/_kit/vault-copies';
import type {
  AccountObservation,
  CoverageFacts,
  ObservedAccount,
} from '../../../../lambda/vault/report-coverage/facts';
import { plan } from '../../../../lambda/vault/report-coverage/plan';
import { type CoverageEvidence, PROTECTION_STATUSES, readEvidence } from '../../../../src/contract/coverage';
import { accountId } from '../../../../src/contract/ids';
import { TAGS } from '../../../../src/contract/names';
import { formatHold, VERDICTS, type VerdictCode } from '../../../../src/contract/verdicts';
import { aCopy, aDatabase, factsOf, hoursAgo, inSource, openAccount } from '../../../support/coverage-world';
import { holds } from '../../../support/holds';

const ACCOUNTS = ['222200001111', '222200002222', '222200003333'].map(accountId);
const CODES = Object.keys(VERDICTS) as VerdictCode[];

const aDb = fc.record({
  account: fc.constantFrom(...ACCOUNTS),
  name: fc.constantFrom('a', 'b', 'c'),
  kind: fc.constantFrom('instance' as const, 'cluster' as const),
  engine: fc.constantFrom('postgres', 'aurora-mysql', 'docdb', 'custom-oracle-ee'),
  encrypted: fc.boolean(),
  isTagged: fc.constantFrom(true, true, true, false),
  ageHours: fc.integer({ min: 0, max: 100 }),
  copies: fc.array(
    fc.record({
      age: fc.integer({ min: 1, max: 60 }),
      status: fc.constantFrom('available', 'available', 'creating', 'failed'),
    }),
    { maxLength: 4 },
  ),
  hold: fc.option(fc.record({ code: fc.constantFrom(...CODES), hours: fc.integer({ min: 0, max: 90 }) }), {
    nil: undefined,
  }),
  exists: fc.constantFrom(true, true, true, false),
});

interface History {
  readonly databases: readonly (typeof aDb extends fc.Arbitrary<infer T> ? T : never)[];
  readonly accessRoles: readonly ('granted' | 'denied' | 'left')[];
}

const history: fc.Arbitrary<History> = fc.record({
  databases: fc.uniqueArray(aDb, {
    minLength: 2,
    maxLength: 8,
    selector: ({ account, name, kind }) => `${account} ${name} ${kind}`,
  }),
  accessRoles: fc.array(fc.constantFrom('granted' as const, 'granted' as const, 'denied' as const, 'left' as const), {
    minLength: 3,
    maxLength: 3,
  }),
});

interface Made {
  readonly facts: CoverageFacts;
  readonly existing: readonly Database[];
}

function make({ databases, accessRoles }: History, before?: CoverageEvidence): Made {
  const made = databases.map((one) => ({
    ...one,
    database: aDatabase(
      one.name,
      {
        kind: one.kind,
        engine: one.engine,
        encrypted: one.encrypted,
        resourceId: `${one.kind}-${one.account}-${one.name}`,
        createdAt: hoursAgo(one.ageHours),
        tags: new Map(one.isTagged ? [['environment', 'production']] : []),
      },
      one.account,
    ),
  }));
  const own = made.flatMap(({ database, copies }) =>
    copies.map(({ age, status }, at) => {
      const copy = aCopy(database, age, { status });
      return { ...copy, arn: `${copy.arn}-${at}` as Snapshot['arn'], name: `${copy.name}-${at}` };
    }),
  );
  const accounts = ACCOUNTS.map((account, at): ObservedAccount => {
    const mine = made.filter((one) => one.account === account);
    const snapshots = mine.flatMap(({ database, hold }) =>
      hold
        ? [
            inSource(database, {
              encryption_key: 'k',
              [TAGS.held]: formatHold({ code: hold.code, count: 1, at: hoursAgo(hold.hours) }),
            }),
          ]
        : [],
    );
    const observed: AccountObservation =
      accessRoles[at] === 'denied'
        ? { access: 'denied', because: 'no' }
        : accessRoles[at] === 'left'
          ? { access: 'not-requested' }
          : {
              access: 'granted',
              databases: mine.flatMap(({ database, exists }) => (exists ? [database] : [])),
              snapshots,
              failedJobs: [],
              optedOut: [],
              held: new Map(),
              unread: [],
            };
    return openAccount({}, { account, state: accessRoles[at] === 'left' ? 'left' : 'enrolled', observed });
  });
  const existing = accounts.flatMap(({ observed }) => (observed.access === 'granted' ? observed.databases : []));
  return { facts: factsOf(accounts, own, before), existing };
}

const rowsOf = (made: Made) => plan(made.facts).evidence.databases;

test('what is called protected really is: a good copy whose data is within the RPO', () => {
  let seen = 0;
  holds(
    fc.property(history, (given) => {
      const made = make(given);
      for (const row of rowsOf(made)) {
        const copy = made.facts.own.find(({ arn }) => arn === row.newestCopy?.arn);
        const isGood =
          copy && isAvailable(copy) && made.facts.now.getTime() - dataTime(copy).getTime() <= 26 * 3_600_000;
        if (row.status === 'protected') {
          seen += 1;
          expect(isGood).toBe(true);
        }
        // And the other way: an existing database that is wanted and has such a copy is called nothing else.
        const database = made.existing.find(({ arn }) => arn === row.database);
        if (database && row.wanted && isGood) expect(row.status).toBe('protected');
      }
    }),
    { numRuns: 400 },
  );
  expect(seen).toBeGreaterThan(100);
});

test('every database that exists, and every one that the vault has good copies of, has exactly one row', () => {
  holds(
    fc.property(history, (given) => {
      const made = make(given);
      const rows = rowsOf(made).map(({ database }) => database as string);
      const good = made.facts.own.filter(isAvailable).map(({ tags }) => tags.get(TAGS.database) ?? '');
      expect(new Set(rows).size).toBe(rows.length);
      expect(new Set(rows)).toEqual(new Set([...made.existing.map(({ arn }) => arn as string), ...good]));
    }),
    { numRuns: 300 },
  );
});

test('the order of the facts, and facts that come twice, change nothing', () => {
  holds(
    fc.property(history, fc.boolean(), (given, twice) => {
      const { facts } = make(given);
      const turned = {
        ...facts,
        own: [...facts.own, ...(twice ? facts.own : [])].reverse(),
        accounts: [...facts.accounts].reverse(),
      };
      expect(plan(turned).evidence).toEqual(plan(facts).evidence);
      expect(plan(turned).measures).toEqual(plan(facts).measures);
    }),
    { numRuns: 200 },
  );
});

test('counts are the rows, the report can be read again, and a second look at once finds no loss and nothing new', () => {
  holds(
    fc.property(history, (given) => {
      const first = plan(make(given).facts);
      const { evidence } = first;
      for (const status of PROTECTION_STATUSES) {
        expect(evidence.counts[status]).toBe(evidence.databases.filter((row) => row.status === status).length);
      }
      expect(readEvidence(JSON.stringify(evidence))).toEqual(JSON.parse(JSON.stringify(evidence)));
      const again = plan(make(given, evidence).facts);
      expect(again.evidence.databases).toEqual(evidence.databases);
      expect(again.measures.NewlyUnsupported).toBe(0);
    }),
    { numRuns: 200 },
  );
});

test('a newest copy that goes is lost, whichever it is and wherever its database is, but behind a shut access role it is no less lost', () => {
  let lost = 0;
  holds(
    fc.property(history, fc.nat(), (given, pick) => {
      const before = plan(make(given).facts).evidence;
      const held = before.databases.filter(({ newestCopy }) => newestCopy);
      const victim = held[pick % Math.max(1, held.length)];
      if (!victim?.newestCopy) return;
      const { facts } = make(given, before);
      const own = facts.own.filter(({ arn }) => arn !== victim.newestCopy?.arn);
      const after = plan({ ...facts, own }).evidence.databases;
      const row = after.find(({ database }) => database === victim.database);
      // Two copies of the same instant stand for one another.
      const twin = own.some(
        (one) =>
          one.tags.get(TAGS.database) === victim.database &&
          isAvailable(one) &&
          dataTime(one).toISOString() === victim.newestCopy?.dataTime,
      );
      expect(row?.status).toBe(twin ? victim.status : 'lost');
      lost += twin ? 0 : 1;
      // No other database changes.
      const others = (rows: typeof after) => rows.filter(({ database }) => database !== victim.database);
      expect(others(after)).toEqual(others(before.databases));
    }),
    { numRuns: 300 },
  );
  expect(lost).toBeGreaterThan(100);
});
