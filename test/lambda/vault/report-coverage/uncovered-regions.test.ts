import type { SourceView } from '../../../../lambda/_kit/ports/coverage-access';
import type { CoverageFacts, UncoveredRegionFacts } from '../../../../lambda/vault/report-coverage/facts';
import {
  observeUncoveredRegions,
  regionsOfRun,
  uncoveredRegionsOf,
} from '../../../../lambda/vault/report-coverage/uncovered-regions';
import type { CoverageAccount, CoverageElsewhere } from '../../../../src/contract/coverage';
import { databaseArn, region } from '../../../../src/contract/ids';
import { aDatabase, factsOf, hoursAgo, NOW, openAccount } from '../../../support/coverage-world';
import { SOURCE } from '../../../support/pipeline';

const REGIONS = Array.from({ length: 49 }, (_, at) =>
  region(
    `${at < 9 ? 'eu-west' : at < 18 ? 'eu-north' : at < 27 ? 'eu-south' : at < 36 ? 'us-west' : at < 45 ? 'us-east' : 'ca-west'}-${(at % 9) + 1}`,
  ),
);
const [FIRST, SECOND, THIRD, FOURTH, FIFTH] = REGIONS as [
  (typeof REGIONS)[0],
  (typeof REGIONS)[0],
  (typeof REGIONS)[0],
  (typeof REGIONS)[0],
  (typeof REGIONS)[0],
];
const there = (name: string, where = FIRST, tags?: ReadonlyMap<string, string>) =>
  aDatabase(name, { arn: databaseArn(`arn:aws:rds:${where}:${SOURCE}:db:${name}`), ...(tags && { tags }) });

test.each([
  [0, 0],
  [1, 1],
  [24, 1],
  [25, 2],
  [48, 2],
  [49, 3],
])('of %d Regions each run looks at %d at most, and in a day at all, of many at each once', (count, perRun) => {
  const all = REGIONS.slice(0, count);
  const runs = Array.from({ length: 24 }, (_, hour) => regionsOfRun(all, hoursAgo(-hour)));
  expect(Math.max(...runs.map(({ length }) => length))).toBe(perRun);
  expect(Math.min(...runs.map(({ length }) => length))).toBeGreaterThanOrEqual(Math.min(1, count));
  if (count > 24) expect(runs.flat()).toHaveLength(count);
  expect(new Set(runs.flat())).toEqual(new Set(all));
  // The minute does not matter.
  expect(regionsOfRun(all, new Date(NOW.getTime() + 59 * 60_000))).toEqual(regionsOfRun(all, NOW));
});

test('an observation has the databases of each Region, none where it is not enabled, and why it could not be read', async () => {
  const asked: string[] = [];
  const databasesIn = async (where: typeof FIRST) => {
    asked.push(where);
    if (where === SECOND) throw Object.assign(new Error('Rate exceeded'), { name: 'Throttling' });
    return where === FIRST ? [there('hidden')] : undefined;
  };
  const view = { databasesIn } as unknown as SourceView;
  expect(await observeUncoveredRegions(view, [FIRST, SECOND, THIRD])).toEqual([
    { region: FIRST, databases: [there('hidden')] },
    { region: SECOND, databases: [], because: 'Throttling: Rate exceeded' },
    { region: THIRD, databases: [] },
  ]);
  expect(asked).toEqual([FIRST, SECOND, THIRD]);
});

describe('what is known of an account in Regions without a vault', () => {
  const at = NOW.toISOString();
  const YESTERDAY = hoursAgo(24).toISOString();
  const known = (where: typeof FIRST, change: Partial<CoverageElsewhere> = {}): CoverageElsewhere => ({
    region: where,
    at: YESTERDAY,
    databases: [there('known', where).arn],
    count: 1,
    ...change,
  });
  const reportOf = (...elsewhere: readonly CoverageElsewhere[]): CoverageAccount => ({
    ...{ account: SOURCE, state: 'enrolled', access: 'granted', optedOut: [], notImported: [], unread: [] },
    elsewhere,
  });
  const found = (
    looks: readonly UncoveredRegionFacts[] | undefined,
    record?: CoverageAccount,
    facts: Partial<CoverageFacts> = {},
  ) => {
    const base = factsOf([]);
    const rules = { ...base.rules, uncoveredRegions: REGIONS.slice(0, 10) };
    return uncoveredRegionsOf(openAccount({ elsewhere: looks }), record, { ...base, rules, ...facts });
  };

  test('nothing, where nothing is', () => {
    expect(found(undefined)).toBeUndefined();
    expect(found([{ region: FIRST, databases: [] }])).toBeUndefined();
    expect(found([{ region: FIRST, databases: [there('a', FIRST, new Map())] }])).toBeUndefined();
  });

  test('production databases, but those that an operator excluded', () => {
    const [hidden, play, excluded, evicted] = [
      there('hidden'),
      there('play', FIRST, new Map([['environment', 'test']])),
      there('excluded'),
      there('evicted'),
    ];
    const decisions = [
      { kind: 'excluded', subject: excluded.arn, by: 'operator', at },
      { kind: 'database', subject: evicted.arn, by: 'operator', at },
    ] as const;
    expect(found([{ region: FIRST, databases: [hidden, play, excluded, evicted] }], undefined, { decisions })).toEqual([
      { region: FIRST, at, databases: [hidden.arn, evicted.arn], count: 2 },
    ]);
  });

  test('fifty by name, and all by number', () => {
    const databases = Array.from({ length: 51 }, (_, one) => there(`db-${one}`));
    const [row] = found([{ region: FIRST, databases }]) ?? [];
    expect(row?.count).toBe(51);
    expect(row?.databases).toEqual(databases.slice(0, 50).map(({ arn }) => arn));
  });

  test('what was seen before of Regions that this run did not look at, as long as no vault covers them', () => {
    const record = reportOf(known(FIRST), known(SECOND), known(REGIONS[20] ?? FIRST), known(THIRD, { count: 0 }));
    expect(found([{ region: FIRST, databases: [] }], record)).toEqual([known(SECOND)]);
    expect(found([], record)).toEqual([known(FIRST), known(SECOND)]);
    expect(found([], record, { rules: factsOf([]).rules })).toBeUndefined();
    const shut = openAccount({}, { observed: { access: 'denied', because: 'no' } });
    const rules = { ...factsOf([]).rules, uncoveredRegions: [FIRST] };
    expect(uncoveredRegionsOf(shut, record, { ...factsOf([]), rules })).toEqual([known(FIRST)]);
  });

  test('of a Region that could not be looked at, what was seen before and why', () => {
    const looks = [FIRST, SECOND].map((one) => ({ region: one, databases: [], because: 'no\nanswer' }));
    expect(found(looks, reportOf(known(FIRST, { count: 7 })))).toEqual([
      {
        region: FIRST,
        at,
        databases: known(FIRST).databases,
        count: 7,
        because: expect.stringMatching(/^no.+answer$/),
      },
      { region: SECOND, at, databases: [], count: 0, because: expect.stringMatching(/^no.+answer$/) },
    ]);
  });

  test('three Regions that could not be looked at, beside all that could', () => {
    const no = [FIRST, SECOND, THIRD, FOURTH].map((one) => ({ region: one, databases: [], because: 'no' }));
    const looks = [...no, { region: FIFTH, databases: [there('a', FIFTH)] }];
    expect(found(looks)?.map((one) => one.region)).toEqual([FIRST, SECOND, THIRD, FIFTH]);
  });
});
