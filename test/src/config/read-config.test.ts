import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { config } from '../../../src/checkvalve.config';
import { loadConfig } from '../../../src/config/load-config';
import { readConfig } from '../../../src/config/read-config';
import { CheckvalveError } from '../../../src/contract/errors';
import { checkvalve } from '../../support/run-command';

/** The example with one change; `undefined` removes the field. */
function changed(path: string, value: unknown): unknown {
  const copy = structuredClone(config) as unknown as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const owner = keys.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, copy);
  if (value === undefined) delete owner[last];
  else owner[last] = value;
  return copy;
}

function faults(raw: unknown): readonly string[] {
  try {
    readConfig(raw);
    return [];
  } catch (error) {
    if (!(error instanceof CheckvalveError)) throw error;
    return error.message.split('\n').slice(1);
  }
}

test('the example configuration is valid', () => {
  expect(readConfig(config)).toEqual(config);
});

test('powers over a vault inside the organization can be accepted, each once', () => {
  const [one, other] = (['AssumeRoot', 'stacksets-exec'] as const).map((allow) => ({ allow, reason: 'known' }));
  const inside = (accepted: readonly unknown[]) => ({
    ...config,
    vault: { ...config.vault, placement: 'inside' },
    trust: { accepted },
  });
  expect(readConfig(inside([one, other])).trust?.accepted).toEqual([one, other]);
  expect(faults(inside([one, other, one]))).toEqual(['- trust.accepted[2].allow: "AssumeRoot": remove the repetition']);
  expect(faults(inside([{ allow: 'everything', reason: ' ' }]))).toEqual([
    expect.stringContaining(
      'trust.accepted[0].allow: "everything": give one of OrganizationAccountAccessRole, stacksets',
    ),
    '- trust.accepted[0].reason: " ": give the reason for accepting it as text',
  ]);
  expect(faults({ ...config, trust: { acepted: [] } }).join()).toContain(
    'there is no such field; did you mean accepted?',
  );
});

const exemption = (more: object) => [{ account: '222200001111', reason: 'being moved', until: '2027-01-31', ...more }];

test.each([
  ['organization.id', 'org-1', 'organization.id: "org-1": give the id of the organization'],
  ['organization.rootId', 'root', 'organization.rootId: "root": give the id of the root'],
  ['organization.managementAccount', '12', 'organization.managementAccount: "12": give an account id'],
  ['organization.managementAccount', 444400003333, 'organization.managementAccount: 444400003333: give an account id'],
  ['organization.targetUnits', [], 'organization.targetUnits: []: give at least one'],
  [
    'organization.targetUnits',
    ['ou-zz99-abcdefgh'],
    'organization.targetUnits[0]: "ou-zz99-abcdefgh": give a unit under r-ex01',
  ],
  ['organization.targetUnits', ['r-ex01', 'r-ex01'], 'organization.targetUnits[1]: "r-ex01": remove the repetition'],
  ['vault.account', '444400003333', 'vault.account: "444400003333": give another account'],
  ['vault.placement', 'beside', "vault.placement: \"beside\": give 'outside' or 'inside'"],
  ['vault', undefined, 'vault: missing: give an object'],
  ['trust', { accepted: 'all' }, 'trust.accepted: "all": give a list of accepted powers'],
  [
    'trust',
    { accepted: [{ allow: 'AssumeRoot', reason: 'it is off' }] },
    'trust.accepted[0].allow: "AssumeRoot": remove it: no principal has this power over a vault outside',
  ],
  ['regions', ['us-gov-west-1'], 'regions[0]: "us-gov-west-1": give a Region of the aws partition'],
  ['regions', ['eu-central-9'], 'regions[0]: "eu-central-9": give a Region of the aws partition'],
  ['regions', 'eu-central-1', 'regions: "eu-central-1": give a list of Regions'],
  ['accountTag.key', 'aws:tag', 'accountTag.key: "aws:tag": give a tag key'],
  ['accountTag.value', '', 'accountTag.value: "": give a tag value'],
  ['accountTag.value', 'aws:production', 'accountTag.value: "aws:production": give a tag value'],
  ['databaseTag.key', 'a'.repeat(129), 'databaseTag.key'],
  ['databaseTag.value', 'a'.repeat(257), 'databaseTag.value'],
  ['guardrails', { units: [], exemptRoles: [] }, 'guardrails.units: []: give at least one of the units'],
  [
    'guardrails',
    { units: ['ou-zz99-abcdefgh'], exemptRoles: [] },
    'guardrails.units[0]: "ou-zz99-abcdefgh": give a unit',
  ],
  ['guardrails', { units: ['r-ex01'] }, 'guardrails.exemptRoles: missing: give a list of role names'],
  ['guardrails', { units: ['r-ex01'], exemptRoles: ['*'] }, 'guardrails.exemptRoles[0]: "*": give the name of a role'],
  [
    'guardrails',
    { units: ['r-ex01'], exemptRoles: ['a', 'a'] },
    'guardrails.exemptRoles[1]: "a": remove the repetition',
  ],
  ['exemptions', undefined, 'exemptions: missing: give a list of exemptions'],
  ['exemptions', exemption({ until: '2027-02-30' }), 'exemptions[0].until: "2027-02-30": give the last day'],
  ['exemptions', exemption({ until: 'soon' }), 'exemptions[0].until: "soon"'],
  ['exemptions', exemption({ reason: ' ' }), 'exemptions[0].reason: " ": give the reason'],
  ['exemptions', exemption({ account: '333300002222' }), 'exemptions[0].account: "333300002222": remove it: the vault'],
  ['exemptions', [...exemption({}), ...exemption({})], 'exemptions[1].account: "222200001111": remove the repetition'],
  ['backup.daily.schedule', 'every night', 'backup.daily.schedule: "every night": give a cron expression'],
  ['backup.daily.schedule', 'cron(0 25 * * ? *)', 'backup.daily.schedule: "cron(0 25 * * ? *)"'],
  [
    'backup.daily.timeZone',
    'Europe/Berln',
    'backup.daily.timeZone: "Europe/Berln": give the name of an IANA time zone',
  ],
  ['backup.daily.retentionDays', 0, 'backup.daily.retentionDays: 0: give a whole number of days'],
  ['backup.daily.retentionDays', 1.5, 'backup.daily.retentionDays: 1.5: give a whole number of days'],
  ['backup.monthly.retentionDays', 5, 'backup.monthly.retentionDays: 5: keep monthly backups at least as long'],
  [
    'backup.monthly.schedule',
    'cron(30 1 1 * ? *)',
    'backup.monthly.schedule: "cron(30 1 1 * ? *)": start it at least an hour',
  ],
  [
    'backup.daily.schedule',
    'cron(0/30 1 * * ? *)',
    'backup.daily.schedule: "cron(0/30 1 * * ? *)": leave at least an hour',
  ],
  [
    'backup.daily.schedule',
    'rate(1 day)',
    'backup.daily.schedule: "rate(1 day)": AWS Backup does not support rate expressions; give a cron',
  ],
  ['backup.daily', undefined, 'backup.daily: missing: give an object'],
  ['backup.monthly', undefined, 'backup.monthly: missing: give an object'],
  [
    'backup.daily.retentionDay',
    35,
    'backup.daily.retentionDay: 35: there is no such field; did you mean retentionDays?',
  ],
  ['backup.plans', 'none', "backup.plans: \"none\": give 'on' or 'off'"],
  ['backup.serviceOptIn', 'yes', "backup.serviceOptIn: \"yes\": give 'report' or 'set'"],
  [
    'backup.crossRegionCopy',
    { region: 'eu-west-1' },
    'backup.crossRegionCopy.region: "eu-west-1": give one of regions',
  ],
  [
    'backup.crossRegionCopy',
    { region: 'eu-central-1' },
    'backup.crossRegionCopy.region: "eu-central-1": add another Region to regions: a copy to the same Region',
  ],
  ['backup.crossRegionCopy', { region: 'us-gov-west-1' }, 'backup.crossRegionCopy.region: "us-gov-west-1"', 2],
  ['backup.crossRegionCopy', {}, 'backup.crossRegionCopy.region: missing: give a Region'],
  [
    'limits.maxInstanceCopiesInFlight',
    1001,
    'limits.maxInstanceCopiesInFlight: 1001: give a whole number of copies from 1 to 1000',
  ],
  ['limits.maxNewAccountsPerDay', '50', 'limits.maxNewAccountsPerDay: "50": give a whole number of accounts'],
  [
    'vault.admission',
    { maxNewDatabasesPerAccountPerDay: 0 },
    'vault.admission.maxNewDatabasesPerAccountPerDay: 0: give a whole number of databases from 1 to 1000',
  ],
  ['vault.admission', { maxCopyGiB: 1.5 }, 'vault.admission.maxCopyGiB: 1.5: give a whole number of GiB'],
  [
    'vault.admission',
    { maxCopyGib: 5 },
    'vault.admission.maxCopyGib: 5: there is no such field; did you mean maxCopyGiB?',
  ],
  [
    'vault.admission',
    { maxCopyGiB: 100_000 },
    'vault.admission.maxGiBPerAccountPerDay: 65536: allow at least one copy of maxCopyGiB (100000 GiB) a day',
  ],
  [
    'vault.admission',
    { maxGiBPerAccountPerDay: 16_383 },
    'vault.admission.maxGiBPerAccountPerDay: 16383: allow at least one copy of maxCopyGiB (16384 GiB) a day',
  ],
  ['vault.account', 333300002222n, 'vault.account: 333300002222n: give an account id'],
  ['vault.account', () => '333300002222', 'vault.account: [Function'],
  ['regions', ['eu-central-1', 'cn-north-1'], 'regions[1]: "cn-north-1": give a Region of the aws partition'],
  ['regions', ['eu-central-1', 'eu-central-1'], 'regions[1]: "eu-central-1": remove the repetition'],
  [
    'exemptions',
    exemption({ account: '444400003333' }),
    'exemptions[0].account: "444400003333": remove it: the management account',
  ],
  [
    'exemptions',
    exemption({ untill: '2027-01-31' }),
    'exemptions[0].untill: "2027-01-31": there is no such field; did you mean until?',
  ],
  ['limits.maxInstanceCopiesInFlight', -1, 'limits.maxInstanceCopiesInFlight: -1: give a whole number of copies'],
  [
    'limits.maxClusterCopyInFlight',
    5,
    'limits.maxClusterCopyInFlight: 5: there is no such field; did you mean maxClusterCopiesInFlight?',
  ],
  ['notes', 'hello', 'notes: "hello": there is no such field; the fields are'],
])('%s = %j is a fault with its path, its value and its remedy', (path, value, expected, count = 1) => {
  const found = faults(changed(path, value));
  expect(found).toHaveLength(count);
  expect(found[0]).toContain(`- ${expected}`);
});

test.each([
  ...['cron(0 1 30 2 ? *)', 'cron(0 1 31 APR,JUN,9,11 ? *)', 'cron(0 1 * * ? 2020)', 'cron(0 1 29 2 ? 2027)'].map(
    (never) => ['backup.monthly.schedule', never, 'it never starts'] as const,
  ),
  // Node 22 and 24 accept offsets, Node 20 does not. Node accepts the last four, which IANA's database does not have.
  ...['+01:00', '+01', '-0330', '−01:00', 'UTC+1', '', 'PST', 'BST', 'US/Pacific-New', 'SystemV/AST4'].map(
    (zone) => ['backup.daily.timeZone', zone, 'give the name of an IANA time zone'] as const,
  ),
  ['vault.retention.timeZone', '+01:00', 'give the name of an IANA time zone'] as const,
  ['backup.daily.schedule', 'cron(0 1 1 * MON *)', 'give a cron expression in six fields'] as const,
])('%s = %j is one fault', (path, value, remedy) => {
  expect(faults(changed(path, value))).toEqual([
    expect.stringContaining(`- ${path}: ${JSON.stringify(value)}: ${remedy}`),
  ]);
});

test.each(['UTC', 'GMT', 'EST5EDT', 'Etc/GMT+1', 'Europe/Kyiv', 'America/Argentina/Buenos_Aires'])(
  '%s is a time zone',
  (zone) => expect(readConfig(changed('vault.retention.timeZone', zone))).toBeDefined(),
);

test.each([[undefined], [null], [[]], ['text'], [42]])('%j is not a configuration', (raw) => {
  expect(faults(raw).length).toBeGreaterThan(0);
});

test('no field of a plan is allowed beside backup.plans off', () => {
  const { daily, monthly } = config.backup;
  const own = (more: object) => ({
    ...config,
    regions: ['eu-central-1', 'eu-west-1'],
    backup: { plans: 'off', ...more },
  });
  expect(faults(own({}))).toEqual([]);
  expect(faults(own({ serviceOptIn: 'set' }))).toEqual([]);
  const all = faults(own({ daily, monthly, crossRegionCopy: { region: 'eu-west-1' } }));
  expect(all).toHaveLength(3);
  for (const fault of all) expect(fault).toContain("remove it: backup.plans is 'off'");
});

test('crossRegionCopy must be one of regions', () => {
  const two = { ...config, regions: ['eu-central-1', 'eu-west-1'] };
  const backup = { ...config.backup, plans: 'on', crossRegionCopy: { region: 'eu-west-1' } };
  expect(faults({ ...two, backup })).toEqual([]);
  expect(faults({ ...two, backup: { ...backup, crossRegionCopy: { region: 'eu-north-1' } } })).toHaveLength(1);
});

const FIVE = {
  ...config,
  organization: { ...config.organization, id: 'org-1' },
  vault: { ...config.vault, account: config.organization.managementAccount, placement: 'beside' },
  regions: ['us-gov-west-1'],
  limits: { ...config.limits, maxInstanceCopiesInFlight: 0 },
};

test('five faults are five lines, including a fault between fields', () => {
  expect(faults(FIVE)).toHaveLength(5);
});

describe('from a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'checkvalve-config-'));
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  afterAll(() => rmSync(folder, { recursive: true }));

  test('loadConfig reads JSON, and throws for a file that is missing or not JSON', () => {
    expect(loadConfig(file('good.json', JSON.stringify(config)))).toEqual(config);
    expect(() => loadConfig(file('bad.json', '{'))).toThrow(/bad.json cannot be read/);
    expect(() => loadConfig(join(folder, 'nowhere.json'))).toThrow(/nowhere.json cannot be read/);
  });

  test('loadConfig reads the export `config` of a module', () => {
    const text = `module.exports = { config: ${JSON.stringify(config)} };`;
    expect(loadConfig(file('good.config.js', text))).toEqual(config);
    expect(() => loadConfig(file('none.config.js', 'module.exports = {};'))).toThrow(/it exports no `config`/);
    expect(() => loadConfig(file('incomplete.config.js', 'module.exports = {'))).toThrow(
      /incomplete.config.js cannot be read/,
    );
  });

  test('loadConfig reads src/checkvalve.config.ts by default', () => {
    expect(loadConfig()).toEqual(config);
  });

  test('the command reads TypeScript', () => {
    const path = file('other.config.ts', `export const config: unknown = ${JSON.stringify(config)};`);
    const { status, stdout, stderr } = checkvalve(['config', 'check', '--config', path]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('The configuration is valid.');
  });

  const command = (path: string) => ['src/cli/checkvalve.js', '--config', path];
  const FAULTY = file('five.json', JSON.stringify(FIVE));
  test.each<[string, readonly string[], NodeJS.ProcessEnv]>([
    ['config check', [...command(FAULTY), 'config', 'check'], {}],
    ['trust', [...command(FAULTY), 'trust'], {}],
    ['synth', ['--import', 'tsx', 'src/main.ts'], { CDK_CONTEXT_JSON: JSON.stringify({ config: FAULTY }) }],
  ])('%s names the file, prints all five faults, no stack trace, and ends with exit code 1', (_, args, env) => {
    const { status, stdout, stderr } = spawnSync('node', args, { encoding: 'utf8', env: { ...process.env, ...env } });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(`The configuration ${FAULTY} has 5 faults:`);
    expect(stderr).toContain(`Correct ${FAULTY};`);
    expect(stderr.split('\n').filter((line) => line.startsWith('- '))).toHaveLength(5);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('by default the message names src/checkvalve.config.ts', () => {
    expect(() => readConfig(FIVE)).toThrow('The configuration src/checkvalve.config.ts has 5 faults:');
  });
});
