import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeBackupJobCommand, UpdateRegionSettingsCommand } from '@aws-sdk/client-backup';
import { CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { AddTagsToResourceCommand, CreateDBClusterCommand, DescribeDBSnapshotsCommand } from '@aws-sdk/client-rds';
import { config } from '../../src/checkvalve.config';
import { VERDICTS } from '../../src/contract/verdicts';
import { clearWindows } from '../../src/rehearsal/clear-windows';
import { rehearseBackup } from '../../src/rehearsal/phases/rehearse-backup';
import { buildWorld, worldOf } from '../../src/rehearsal/world';
import { clients, SOURCE, useEmulator, VAULT } from '../src/emulator/emulator-world';
import { testByDay } from '../support/sample';
import { templatesOf } from '../support/synthesized';

// The command as an operator runs it, with the SDK's usual credentials, against the emulator over HTTP.
const emulator = useEmulator();
jest.setTimeout(240_000);
const folder = mkdtempSync(join(tmpdir(), 'checkvalve-backup-'));
afterAll(() => rmSync(folder, { recursive: true }));
let [ours, own] = ['', ''];
const PLANS_OFF = join(folder, 'plans-off.json');
beforeAll(() => {
  const off = { ...config, backup: { plans: 'off' as const } };
  writeFileSync(PLANS_OFF, JSON.stringify(off));
  [ours, own] = [templatesOf(config).source, templatesOf(off).source];
});
beforeEach(() => buildWorld(emulator(), worldOf(config), config));

const source = () => clients(emulator(), SOURCE);
const deploy = (TemplateBody: string) =>
  source().cloudformation.send(
    new CreateStackCommand({
      StackName: 'StackSet-source-tooling-tried',
      TemplateBody,
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    }),
  );

function run(...args: readonly string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn('node', ['src/cli/checkvalve.js', ...args], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: emulator().endpoint,
      AWS_ACCESS_KEY_ID: SOURCE,
      AWS_SECRET_ACCESS_KEY: 'emulated',
      AWS_CONFIG_FILE: '/nonexistent/config',
      AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    output.stdout += text;
  });
  child.stderr.on('data', (text) => {
    output.stderr += text;
  });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, ...output })));
}

test('the command starts a job in the tooling’s vault, under its role, with the two tags and the retention of the daily plan', async () => {
  await deploy(ours);
  const { status, stdout, stderr } = await run('backup', 'orders', '--json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const started = JSON.parse(stdout);
  expect(started).toMatchObject({
    database: `arn:aws:rds:eu-central-1:${SOURCE}:db:orders`,
    kind: 'instance',
    retentionDays: 35,
    tags: { encryption_key: expect.stringMatching(/^[0-9a-f-]{36}$/), 'checkvalve:plan': 'on-demand' },
  });
  const job = await source().backup.send(new DescribeBackupJobCommand({ BackupJobId: started.jobId }));
  expect(job).toMatchObject({ BackupVaultName: started.vault, IamRoleArn: started.role });
  expect(started.vault).toMatch(/^checkvalve-[0-9a-f]{12}$/);
  const found = new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: `awsbackup:job-${started.jobId}` });
  const { DBSnapshots: [snapshot] = [] } = await source().rds.send(found);
  const tags = new Map((snapshot?.TagList ?? []).map(({ Key, Value }) => [Key, Value]));
  for (const [key, value] of Object.entries(started.tags)) expect(tags.get(key)).toBe(value);
});

test('an obstacle is printed with a remedy, exit code 1 and no stack trace', async () => {
  const refused = async (args: readonly string[], ...texts: readonly string[]) => {
    const { status, stdout, stderr } = await run(...args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    for (const text of texts) expect(stderr).toContain(text);
    expect(stderr).not.toMatch(/^\s+at /m);
  };
  await refused(['backup', 'orders'], 'The tooling is not deployed in account 222200001111', 'Tag the account');
  await deploy(ours);
  await refused(['backup', 'oders'], 'There is no database oders', 'Did you mean orders?');
  await refused(['backup', 'orders', '--vault', 'nowhere'], 'nowhere does not exist', '--vault');
  await refused(['backup', 'orders', '--role', `arn:aws:iam::${SOURCE}:role/missing`], 'cannot be assumed', '--role');
  await refused(['backup', 'orders', '--retention-days', '0'], 'is not a whole number from 1');
  await emulator().plantFaults([{ action: 'DescribeDBInstances', code: 'AccessDenied', status: 403, times: 9 }]);
  await refused(['backup', 'orders'], 'rds:DescribeDBInstances', 'iam:PassRole');
  await emulator().clearFaults();
  const login = { MasterUsername: 'owner', MasterUserPassword: 'not-a-secret', StorageEncrypted: true };
  const of = { DBClusterIdentifier: 'ledger', Engine: 'aurora-postgresql', ...login };
  await source().rds.send(new CreateDBClusterCommand(of));
  const off = { RDS: false, Aurora: false };
  await source().backup.send(new UpdateRegionSettingsCommand({ ResourceTypeOptInPreference: off }));
  await refused(['backup', 'ledger'], 'not-opted-in', 'Service opt-in');
  const Tags = Array.from({ length: 48 }, (_, at) => ({ Key: `team:${at}`, Value: 'x' }));
  const ResourceName = `arn:aws:rds:eu-central-1:${SOURCE}:db:orders`;
  await source().rds.send(new AddTagsToResourceCommand({ ResourceName, Tags }));
  await refused(['backup', 'orders'], 'too-many-tags', VERDICTS['too-many-tags'].remedy);
});

test('without backup plans of the tooling the command requires vault, role and retention', async () => {
  await deploy(own);
  const { status, stderr } = await run('--config', PLANS_OFF, 'backup', 'orders');
  expect(status).toBe(1);
  expect(stderr).toContain('--vault NAME --role ARN');
  const given = ['--vault', 'team-vault', '--role', `arn:aws:iam::${SOURCE}:role/team`];
  const without = await run('--config', PLANS_OFF, 'backup', 'orders', ...given);
  expect(without.stderr).toContain('Add --retention-days.');
});

test('the help lists the permissions and gives examples', async () => {
  const { status, stdout } = await run('backup', '--help');
  expect(status).toBe(0);
  for (const text of ['Examples:', 'backup:StartBackupJob', '--rehearsal', '--retention-days'])
    expect(stdout).toContain(text);
});

/** An hour before the maintenance window of the instance begins: no backup starts until it has ended. */
function beforeMaintenance(): string {
  const [day = '', hour, minute] = clearWindows(config, 'orders').PreferredMaintenanceWindow.split(/[:-]/);
  const date = 23 + ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].indexOf(day);
  return new Date(Date.parse(`2026-11-${date}T${hour}:${minute}:00Z`) - 3_600_000).toISOString();
}

testByDay('an on-demand backup waits until no window is open, and is copied to the vault', async () => {
  const order = { database: 'orders', regions: config.regions, retentionDays: 35 };
  const result = await rehearseBackup(order, { config, now: beforeMaintenance(), progress: () => {} });
  expect(result.failure).toBeUndefined();
  expect(result).toMatchObject({ ok: true, refusals: 0, started: { tags: { 'checkvalve:plan': 'on-demand' } } });
  expect(result.vaultCopies.map(({ arn }) => arn)).toEqual([
    expect.stringMatching(new RegExp(`^arn:aws:rds:eu-central-1:${VAULT}:snapshot:checkvalve-${SOURCE}-orders-`)),
  ]);
});

test('in the rehearsal’s world a misspelled name is printed with the most similar one', async () => {
  const order = { database: 'ledgr', regions: config.regions, retentionDays: 35 };
  await expect(rehearseBackup(order, { config, progress: () => {} })).rejects.toMatchObject({
    code: 'DATABASE_NOT_FOUND',
    remedy: 'Did you mean ledger?',
  });
});
