import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { config } from '../../../src/checkvalve.config';
import type { CheckvalveConfig } from '../../../src/config/checkvalve-config';
import { maxStarts } from '../../../src/config/most-starts';
import { readConfig } from '../../../src/config/read-config';
import { warningsOf as warningsAt } from '../../../src/config/warnings';
import { INHERITED_POWERS } from '../../../src/contract/inherited-powers';
import type { Retention } from '../../../src/contract/retention';

const NOW = new Date('2026-11-25T12:00:00Z');
const warningsOf = (of: CheckvalveConfig) => warningsAt(of, NOW);

const having = (databases: Partial<CheckvalveConfig['vault']['databases']>, retention: Partial<Retention> = {}) => ({
  ...config,
  vault: {
    ...config.vault,
    retention: { ...config.vault.retention, ...retention },
    databases: { ...config.vault.databases, ...databases },
  },
});

test('the example fits its quota', () => {
  expect(warningsOf(config)).toEqual([]);
});

test('retention × databases beyond the quota is a warning with the arithmetic, for each kind', () => {
  const [warning, ...more] = warningsOf(having({ instances: 4 }));
  expect(warning).toContain(
    '36 daily in 35 days and one + 2 of the monthly plan in that time + 12 kept as monthly + 5 kept as yearly = 55 copies of a database; 55 × 4 instances = 220 manual snapshots in a Region, and the vault may have 100: it reserves room for 1 of them, and 3 would never be copied. Have its quota raised and set vault.manualSnapshotQuota to it',
  );
  expect(more).toEqual([]);
  expect(warningsOf(having({ instances: 4, clusters: 2 }))).toHaveLength(2);
  expect(warningsOf({ ...having({ instances: 4 }), limits: { ...config.limits, manualSnapshotQuota: 220 } })).toEqual(
    [],
  );
  expect(
    warningsOf({ ...having({ instances: 4 }), limits: { ...config.limits, manualSnapshotQuota: 219 } }),
  ).toHaveLength(1);
});

test('copies that minCopiesPerDatabase keeps count, where they are more than retention alone keeps', () => {
  expect(warningsOf(having({ instances: 1 }, { minCopiesPerDatabase: 101 }))).toEqual(
    ['instances', 'clusters'].map((kind) =>
      expect.stringContaining(`101 kept as minCopiesPerDatabase = 101 copies of a database; 101 × 1 ${kind} = 101`),
    ),
  );
  expect(warningsOf(having({ instances: 1 }, { minCopiesPerDatabase: 100 }))).toEqual([]);
});

describe('copies in flight', () => {
  const lagging = (databases: Partial<CheckvalveConfig['vault']['databases']>, limits = {}) =>
    warningsOf({ ...having(databases), limits: { ...config.limits, ...limits } }).filter((one) =>
      one.startsWith('limits.'),
    );

  test.each([
    [{ instances: 960 }, []],
    [
      { instances: 961 },
      [
        'limits.maxInstanceCopiesInFlight: 1 × 961 instances = 961 copies come in each day (1922 on the busiest); 20 in flight at',
      ],
    ],
    [{ clusters: 240 }, []],
    [
      { clusters: 241 },
      [
        'limits.maxClusterCopiesInFlight: 1 × 241 clusters = 241 copies come in each day (482 on the busiest); 5 in flight at',
      ],
    ],
  ])('%j: copies come in faster than RDS lets the vault make them, or not', (databases, warnings) => {
    expect(lagging(databases)).toEqual(warnings.map((begins) => expect.stringContaining(begins)));
  });

  test('the warning says how many are possible and what to do, and goes with a higher limit', () => {
    expect(lagging({ instances: 1000 })[0]).toContain('are 960 a day');
    expect(lagging({ instances: 1000 })[0]).toContain('set limits.maxInstanceCopiesInFlight to it');
    expect(lagging({ instances: 1000 }, { maxInstanceCopiesInFlight: 21 })).toEqual([]);
  });
});

test('a schedule whose years are over is a warning from the day after its last start', () => {
  const { daily, monthly } = config.backup;
  if (!daily || !monthly) throw new Error('the example has both plans');
  const until = (schedule: string) => ({ ...config, backup: { ...config.backup, daily: { ...daily, schedule } } });
  expect(warningsAt(until('cron(0 1 25 11 ? 2026)'), NOW)).not.toContainEqual(expect.stringContaining('has no start'));
  expect(warningsAt(until('cron(0 1 24 11 ? 2026)'), NOW)).toContainEqual(
    'backup.daily.schedule: cron(0 1 24 11 ? 2026) has no start on 2026-11-25 or later: AWS Backup makes no daily backups. Give later years, or * for every year.',
  );
});

describe('with plans of one’s own', () => {
  const off = (of: CheckvalveConfig): CheckvalveConfig => ({ ...of, backup: { plans: 'off' } });
  const ASSUMED = "backup.plans is 'off', so one backup of each database a day is assumed: ";

  test('one backup a day is assumed, and the warning says so before its arithmetic', () => {
    expect(warningsOf(off(having({ instances: 4 })))).toEqual([
      expect.stringContaining(
        `vault.retention: ${ASSUMED}36 daily in 35 days and one + 12 kept as monthly + 5 kept as yearly = 53 copies of a database; 53 × 4 instances = 212 manual snapshots`,
      ),
    ]);
    const crowded = having({ instances: 200, clusters: 20 });
    const roomy = off({ ...crowded, vault: { ...crowded.vault, manualSnapshotQuota: 50_000 } });
    expect(warningsOf(roomy)).toEqual([
      expect.stringContaining(`vault.retention.maxDeletionsPerRun: ${ASSUMED}1 × 220 databases = 220 copies`),
    ]);
    expect(warningsOf(off(having({}, { dailyDays: 2 })))).toEqual([
      expect.stringContaining(`vault.retention.maxDeletedPercentPerRun: ${ASSUMED}with dailyDays 2`),
    ]);
  });

  test('what fits is not warned about, nor an RPO of less than the day that was assumed', () => {
    expect(warningsOf(off(config))).toEqual([]);
    const rpo = { hours: 6, byTag: [] };
    expect(warningsOf(off({ ...config, vault: { ...config.vault, rpo } }))).toEqual([]);
  });
});

test('the quota of the vault is its own: raising it leaves the sources’ alone', () => {
  const raised = having({ instances: 4 });
  expect(warningsOf({ ...raised, vault: { ...raised.vault, manualSnapshotQuota: 220 } })).toEqual([]);
  expect(warningsOf({ ...raised, vault: { ...raised.vault, manualSnapshotQuota: 219 } })).toEqual([
    expect.stringContaining('and the vault may have 219'),
  ]);
});

test('inside the organization, each way into the vault that nobody accepted is named', () => {
  const inside: CheckvalveConfig = { ...config, vault: { ...config.vault, placement: 'inside' } };
  const [warning, ...more] = warningsOf(inside);
  expect(warning).toMatch(
    /^vault.placement: .* open to OrganizationAccountAccessRole, stacksets-exec, .*trust.accepted/,
  );
  expect(more).toEqual([]);
  const accepted = INHERITED_POWERS.map((allow) => ({ allow, reason: 'for now' }));
  expect(warningsOf({ ...inside, trust: { accepted } })).toEqual([]);
});

test('an exemption that ended is warned about from the day after', () => {
  const until = (day: string) => ({
    ...config,
    exemptions: [{ account: '222200003333', reason: 'being rebuilt', until: day }],
  });
  expect(warningsOf(until('2026-11-25'))).toEqual([]);
  expect(warningsOf(until('2026-11-24'))).toEqual([
    expect.stringContaining('exemptions[0]: that of 222200003333 ended on 2026-11-24'),
  ]);
});

test('more deletions a run than there can be are not the remedy', () => {
  const crowded = having({ instances: 1900, clusters: 110 });
  const roomy = { ...crowded, vault: { ...crowded.vault, manualSnapshotQuota: 100_000 } };
  expect(warningsOf(roomy).filter((one) => one.startsWith('vault.retention.maxDeletionsPerRun'))).toEqual([
    expect.stringContaining('More than 1000 is not possible in a run'),
  ]);
});

test('an RPO that lies within the time between two backups is warned about, by tag as well', () => {
  const rpo = { hours: 24, byTag: [{ key: 'tier', value: 'gold', hours: 3 }] };
  expect(warningsOf({ ...config, vault: { ...config.vault, rpo } })).toEqual([
    expect.stringContaining('vault.RPOs.hours: 24 h, and 24 h lie between two daily backups'),
    expect.stringContaining('vault.RPOs.byTag[0].hours: 3 h'),
  ]);
});

test('no databases, no warning', () => {
  expect(warningsOf(having({ instances: 0, clusters: 0 }))).toEqual([]);
});

test('a run that deletes less than comes in on a day is warned about', () => {
  const roomy = (instances: number, maxDeletionsPerRun = 50) => ({
    ...having({ instances, clusters: 10 }, { maxDeletionsPerRun }),
    limits: { ...config.limits, manualSnapshotQuota: 50_000 },
  });
  expect(warningsOf(roomy(90))).toEqual([]);
  const [warning, ...more] = warningsOf(roomy(91));
  expect(more).toEqual([]);
  expect(warning).toContain(
    'vault.retention.maxDeletionsPerRun: 2 × 101 databases = 202 copies may come in on one day, and 4 runs a day delete 50 each',
  );
  expect(warning).toContain('Raise it to 51 or more.');
  expect(warningsOf(roomy(91, 51))).toEqual([]);
});

test('terms so short that each run would stop are warned about', () => {
  expect(warningsOf(having({}, { dailyDays: 2 }))).toEqual([
    expect.stringContaining(
      'vault.retention.maxDeletedPercentPerRun: with dailyDays 2 up to 1 of 3 copies of a database are due each day, 34 %',
    ),
  ]);
  expect(warningsOf(having({}, { dailyDays: 2, maxDeletedPercentPerRun: 34 }))).toEqual([]);
});

test.each([
  ['cron(0 1 * * ? *)', 1, 1],
  ['cron(0 1 * * ? *)', 36, 36],
  ['cron(0 5 1 * ? *)', 1, 1],
  ['cron(0 5 1 * ? *)', 28, 1],
  ['cron(0 5 1 * ? *)', 29, 2],
  ['cron(0 5 1 * ? *)', 32, 2],
  ['cron(0 5 29 2 ? *)', 365, 1],
  ['cron(0 0,12 ? * MON-FRI *)', 7, 10],
  ['cron(0 1 * * ? *)', 36500, 36500],
  ['nonsense', 10, 0],
])('%s starts within %i days %i times at the most', (schedule, days, times) => {
  expect(maxStarts(schedule, days)).toBe(times);
});

describe('on the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'checkvalve-warnings-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('`config check` prints it and ends with exit code 0', () => {
    const file = join(folder, 'big.json');
    writeFileSync(file, JSON.stringify(having({ instances: 4 })));
    const args = ['src/cli/checkvalve.js', '--config', file, 'config', 'check'];
    const { status, stdout, stderr } = spawnSync('node', args, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('The configuration is good.');
    expect(stdout).toContain('Warning: vault.retention: 36 daily');
  });
});

test.each<[Partial<Retention>]>([
  [{ dailyDays: 0 }],
  [{ minCopiesPerDatabase: 0 }],
  [{ weeklyWeeks: -1 }],
  [{ monthlyMonths: 1.5 }],
  [{ yearlyYears: 101 }],
  [{ maxDeletedPercentPerRun: 101 }],
  [{ maxDeletionsPerRun: 0 }],
  [{ timeZone: 'Middle/Earth' }],
])('%j is a fault of the configuration', (retention) => {
  const [field = ''] = Object.keys(retention);
  expect(() => readConfig(having({}, retention))).toThrow(`- vault.retention.${field}: `);
});
