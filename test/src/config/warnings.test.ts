import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { config } from '../../../src/checkvalve.config';
import type { CheckvalveConfig } from '../../../src/config/checkvalve-config';
import { maxStarts } from '../../../src/config/max-starts';
import { readConfig } from '../../../src/config/read-config';
import { warningsOf as warningsAt } from '../../../src/config/warnings';
import { INHERITED_POWERS } from '../../../src/contract/inherited-powers';
import type { Retention } from '../../../src/contract/retention';
import { checkvalve } from '../../support/run-command';

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

test('the example configuration has no warnings', () => {
  expect(warningsOf(config)).toEqual([]);
});

test('retention × databases beyond the quota gives a warning with the arithmetic for each kind', () => {
  const [warning, ...more] = warningsOf(having({ instances: 4 }));
  expect(warning).toContain(
    '36 daily in 35 + 1 days + 2 monthly in the same days + 12 kept as monthly + 5 kept as yearly = 55 copies of a database; 55 × 4 instances = 220 manual snapshots in a Region, and the quota of the vault is 100. The quota is enough for 1 of 4 instances; 3 would never be copied. Ask AWS to raise the quota and set vault.manualSnapshotQuota to it',
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

test('minCopiesPerDatabase counts if it keeps more copies than the retention', () => {
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
        'limits.maxInstanceCopiesInFlight: 1 × 961 instances = 961 copies arrive each day (1922 on the busiest), and 20 in flight at',
      ],
    ],
    [{ clusters: 240 }, []],
    [
      { clusters: 241 },
      [
        'limits.maxClusterCopiesInFlight: 1 × 241 clusters = 241 copies arrive each day (482 on the busiest), and 5 in flight at',
      ],
    ],
  ])('%j: a warning if copies arrive faster than RDS lets the vault make them', (databases, warnings) => {
    expect(lagging(databases)).toEqual(warnings.map((begins) => expect.stringContaining(begins)));
  });

  test('the warning has the possible number and a remedy, and a higher limit removes it', () => {
    expect(lagging({ instances: 1000 })[0]).toContain('are 960 a day');
    expect(lagging({ instances: 1000 })[0]).toContain('set limits.maxInstanceCopiesInFlight to it');
    expect(lagging({ instances: 1000 }, { maxInstanceCopiesInFlight: 21 })).toEqual([]);
  });
});

test('a schedule gives a warning from the day after its last start', () => {
  const { daily, monthly } = config.backup;
  if (!daily || !monthly) throw new Error('the example has both plans');
  const until = (schedule: string) => ({ ...config, backup: { ...config.backup, daily: { ...daily, schedule } } });
  expect(warningsAt(until('cron(0 1 25 11 ? 2026)'), NOW)).not.toContainEqual(expect.stringContaining('has no start'));
  expect(warningsAt(until('cron(0 1 24 11 ? 2026)'), NOW)).toContainEqual(
    'backup.daily.schedule: cron(0 1 24 11 ? 2026) has no start on 2026-11-25 or later, so AWS Backup makes no daily backups. Give later years, or * for every year.',
  );
});

describe('with backup.plans off', () => {
  const off = (of: CheckvalveConfig): CheckvalveConfig => ({ ...of, backup: { plans: 'off' } });
  const ASSUMED = "backup.plans is 'off', so one backup of each database a day is assumed: ";

  test('each warning starts with the assumption of one backup a day', () => {
    expect(warningsOf(off(having({ instances: 4 })))).toEqual([
      expect.stringContaining(
        `vault.retention: ${ASSUMED}36 daily in 35 + 1 days + 12 kept as monthly + 5 kept as yearly = 53 copies of a database; 53 × 4 instances = 212 manual snapshots`,
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

  test('an RPO below a day gives no warning', () => {
    expect(warningsOf(off(config))).toEqual([]);
    const rpo = { hours: 6, byTag: [] };
    expect(warningsOf(off({ ...config, vault: { ...config.vault, rpo } }))).toEqual([]);
  });
});

test('vault.manualSnapshotQuota raises the quota of the vault only', () => {
  const raised = having({ instances: 4 });
  expect(warningsOf({ ...raised, vault: { ...raised.vault, manualSnapshotQuota: 220 } })).toEqual([]);
  expect(warningsOf({ ...raised, vault: { ...raised.vault, manualSnapshotQuota: 219 } })).toEqual([
    expect.stringContaining('and the quota of the vault is 219'),
  ]);
});

test('for a vault inside the organization a warning lists the powers that are not accepted', () => {
  const inside: CheckvalveConfig = { ...config, vault: { ...config.vault, placement: 'inside' } };
  const [warning, ...more] = warningsOf(inside);
  expect(warning).toMatch(
    /^vault.placement: .* open to OrganizationAccountAccessRole, stacksets-exec, .*trust.accepted/,
  );
  expect(more).toEqual([]);
  const accepted = INHERITED_POWERS.map((allow) => ({ allow, reason: 'for now' }));
  expect(warningsOf({ ...inside, trust: { accepted } })).toEqual([]);
});

test('an exemption gives a warning from the day after its end', () => {
  const until = (day: string) => ({
    ...config,
    exemptions: [{ account: '222200003333', reason: 'being rebuilt', until: day }],
  });
  expect(warningsOf(until('2026-11-25'))).toEqual([]);
  expect(warningsOf(until('2026-11-24'))).toEqual([
    expect.stringContaining('exemptions[0]: the exemption of 222200003333 ended on 2026-11-24'),
  ]);
});

test('the remedy for too many arrivals is within the maximum of deletions per run', () => {
  const crowded = having({ instances: 1900, clusters: 110 });
  const roomy = { ...crowded, vault: { ...crowded.vault, manualSnapshotQuota: 100_000 } };
  expect(warningsOf(roomy).filter((one) => one.startsWith('vault.retention.maxDeletionsPerRun'))).toEqual([
    expect.stringContaining('More than 1000 per run is not possible'),
  ]);
});

test('an RPO below the time between two backups gives a warning, also for a tag', () => {
  const rpo = { hours: 24, byTag: [{ key: 'tier', value: 'gold', hours: 3 }] };
  expect(warningsOf({ ...config, vault: { ...config.vault, rpo } })).toEqual([
    expect.stringContaining('vault.rpo.hours: the RPO is 24 h, and 24 h pass between two daily backups'),
    expect.stringContaining('vault.rpo.byTag[0].hours: the RPO is 3 h'),
  ]);
});

test('without databases there is no warning', () => {
  expect(warningsOf(having({ instances: 0, clusters: 0 }))).toEqual([]);
});

test('maxDeletionsPerRun below the arrivals of a day gives a warning', () => {
  const roomy = (instances: number, maxDeletionsPerRun = 50) => ({
    ...having({ instances, clusters: 10 }, { maxDeletionsPerRun }),
    limits: { ...config.limits, manualSnapshotQuota: 50_000 },
  });
  expect(warningsOf(roomy(90))).toEqual([]);
  const [warning, ...more] = warningsOf(roomy(91));
  expect(more).toEqual([]);
  expect(warning).toContain(
    'vault.retention.maxDeletionsPerRun: 2 × 101 databases = 202 copies may arrive on one day, and 4 runs a day delete at most 50 each',
  );
  expect(warning).toContain('Raise it to 51 or more.');
  expect(warningsOf(roomy(91, 51))).toEqual([]);
});

test('a retention so short that each run would stop gives a warning', () => {
  expect(warningsOf(having({}, { dailyDays: 2 }))).toEqual([
    expect.stringContaining(
      'vault.retention.maxDeletedPercentPerRun: with dailyDays 2 up to 1 of 3 copies of a database expire each day, 34 %',
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
])('the maximum of starts of %s within %i days is %i', (schedule, days, times) => {
  expect(maxStarts(schedule, days)).toBe(times);
});

describe('on the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'checkvalve-warnings-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('`config check` prints the warning and ends with exit code 0', () => {
    const file = join(folder, 'big.json');
    writeFileSync(file, JSON.stringify(having({ instances: 4 })));
    const { status, stdout, stderr } = checkvalve(['--config', file, 'config', 'check']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('The configuration is valid.');
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
