import { type ExpectationFacts, expectationOf, rpoOf } from '../../../../lambda/vault/report-coverage/expectation';
import type { CoverageRow } from '../../../../src/contract/coverage';
import { aDatabase, hoursAgo, NOW } from '../../../support/coverage-world';
import { SOURCE } from '../../../support/pipeline';

const at = (hours: number) => hoursAgo(hours).toISOString();
const orders = aDatabase('orders', { createdAt: hoursAgo(1000) });
const row = (change: Partial<CoverageRow> = {}): CoverageRow => ({
  account: SOURCE,
  database: orders.arn,
  status: 'never',
  since: at(50),
  wanted: true,
  expected: true,
  ...change,
});
const expectation = (change: Partial<ExpectationFacts> = {}) =>
  expectationOf({
    database: orders,
    wanted: true,
    hasCopies: false,
    accountSince: hoursAgo(2000),
    now: NOW,
    ...change,
  });
const NOT_EXPECTED = row({ status: 'missing-tag', wanted: false, expected: false });
const decision = (hours: number) => ({ kind: 'excluded', subject: orders.arn, by: 'operator', at: at(hours) }) as const;

describe('whether copies are expected', () => {
  test.each<[string, Partial<ExpectationFacts>, boolean]>([
    ['tagged', {}, true],
    ['not tagged', { wanted: false }, false],
    ['not tagged, with copies', { wanted: false, hasCopies: true }, true],
    ['not tagged, expected before', { wanted: false, record: row() }, true],
    ['not tagged, and not expected before', { wanted: false, record: NOT_EXPECTED }, false],
    ['not tagged, where a database of its name was expected', { wanted: false, namesake: row() }, true],
    ['not tagged, where a database of its name was not', { wanted: false, namesake: NOT_EXPECTED }, false],
    ['excluded', { exclusion: decision(5) }, false],
    ['excluded when it was made', { exclusion: decision(1000) }, false],
    ['of a name that was excluded before it was made', { exclusion: decision(1001) }, true],
    [
      'created at an unknown time: now',
      { database: aDatabase('a', { createdAt: undefined }), exclusion: decision(5) },
      true,
    ],
    ['excluded after its tag came', { record: row({ wantedSince: at(6) }), exclusion: decision(5) }, false],
    ['excluded as its tag came', { record: row({ wantedSince: at(5) }), exclusion: decision(5) }, false],
    ['tagged again after it was excluded', { record: row({ wantedSince: at(4) }), exclusion: decision(5) }, true],
  ])('%s: %s', (_, change, expected) => {
    const isExcluded = change.exclusion !== undefined && !expected;
    expect(expectation(change)).toMatchObject({ expected, isExcluded });
  });
});

describe('from when on a first copy is awaited', () => {
  test.each<[string, Partial<ExpectationFacts>, number]>([
    ['its creation', {}, 1000],
    ['now, when its creation is unknown', { database: aDatabase('a', { createdAt: undefined }) }, 0],
    ['the acceptance of its account, where that came later', { accountSince: hoursAgo(10) }, 10],
    ['its tag, where that came later', { record: row({ wanted: true, expected: false, wantedSince: at(7) }) }, 7],
    ['now, where its tag came now', { record: NOT_EXPECTED }, 0],
    ['what was awaited before', { record: row({ waitsSince: at(3000) }) }, 3000],
    ['its creation, where it was awaited from later on', { record: row({ waitsSince: at(3) }) }, 1000],
    ['its creation, where what was awaited is no time', { record: row({ waitsSince: 'soon' }) }, 1000],
    [
      'its creation, where it was not expected before',
      { record: { ...NOT_EXPECTED, wanted: true, waitsSince: at(3000) } },
      1000,
    ],
    ['what the database of its name waited for', { namesake: row({ waitsSince: at(3000) }) }, 3000],
    ['the same, where that one was late', { namesake: row({ status: 'late', waitsSince: at(3000) }) }, 3000],
    ['the same, where that one was new', { namesake: row({ status: 'new', waitsSince: at(3000) }) }, 3000],
    ['the same, where that one was out of sight', { namesake: row({ status: 'unknown', waitsSince: at(3000) }) }, 3000],
    [
      'its creation, where that one was protected',
      { namesake: row({ status: 'protected', waitsSince: at(3000) }) },
      1000,
    ],
  ])('%s', (_, change, hours) => expect(expectation(change).waitsSince).toBe(at(hours)));
});

describe('since when it is tagged', () => {
  test.each<[string, Partial<ExpectationFacts>, string | undefined]>([
    ['without a record', {}, undefined],
    ['now', { record: NOT_EXPECTED }, at(0)],
    ['as before', { record: row({ wantedSince: at(9) }) }, at(9)],
    [
      'as before, where its tag was gone while copies were expected',
      { record: row({ wanted: false, wantedSince: at(9) }) },
      at(9),
    ],
    ['not at all', { wanted: false, record: row({ wantedSince: at(9) }) }, undefined],
  ])('%s', (_, change, wantedSince) => {
    expect(expectation(change).wantedSince).toBe(wantedSince);
    expect('wantedSince' in expectation(change)).toBe(wantedSince !== undefined);
  });
});

describe('since when its tag is gone', () => {
  test.each<[string, Partial<ExpectationFacts>, string | undefined]>([
    ['now', { wanted: false, record: row() }, at(0)],
    ['as before', { wanted: false, record: row({ wanted: false, tagRemovedSince: at(8) }) }, at(8)],
    ['now, of a database that took a name', { wanted: false, namesake: row() }, at(0)],
    ['no report says', { wanted: false, hasCopies: true }, undefined],
    ['it is there', { record: row({ wanted: false, tagRemovedSince: at(8) }) }, undefined],
    ['an operator excluded it', { wanted: false, record: row(), exclusion: decision(5) }, undefined],
  ])('%s', (_, change, tagRemovedSince) => {
    expect(expectation(change).tagRemovedSince).toBe(tagRemovedSince);
    expect('tagRemovedSince' in expectation(change)).toBe(tagRemovedSince !== undefined);
  });
});

describe('the RPO', () => {
  const byTag = [
    { key: 'tier', value: 'gold', hours: 6 },
    { key: 'tier', value: 'lead', hours: 48 },
    { key: 'size', value: 'huge', hours: 72 },
  ];
  const asked = (
    tags: Readonly<Record<string, string>>,
    before?: number,
    isWithin?: (hours: number) => boolean,
  ): number =>
    rpoOf(
      new Map(Object.entries(tags)),
      { hours: 26, byTag },
      before === undefined ? undefined : { status: 'late', rpoHours: before },
      isWithin,
    );

  test.each<[string, Readonly<Record<string, string>>, number | undefined, boolean | undefined, number]>([
    ['that of all', {}, undefined, undefined, 26],
    ['that of its tag', { tier: 'lead' }, undefined, undefined, 48],
    ['the strictest of its tags', { size: 'huge', tier: 'lead' }, undefined, undefined, 48],
    ['a stricter one at once', { tier: 'gold' }, 26, false, 6],
    ['a longer one not while no copy is within the one before', { tier: 'lead' }, 26, false, 26],
    ['not a longer one while the age of a copy is unknown', { tier: 'lead' }, 6, undefined, 6],
    ['a longer one when a copy is within the one before', { tier: 'lead' }, 26, true, 48],
    ['a longer one where the stack no longer offers the one before', { tier: 'lead' }, 12, false, 48],
    ['the same again', { tier: 'lead' }, 48, false, 48],
  ])('%s', (_, tags, before, within, hours) =>
    expect(asked(tags, before, within === undefined ? undefined : () => within)).toBe(hours),
  );

  test('asks whether a copy is within the one before', () => {
    const isWithin = jest.fn(() => false);
    asked({ tier: 'lead' }, 6, isWithin);
    expect(isWithin.mock.calls).toEqual([[6]]);
  });
});
