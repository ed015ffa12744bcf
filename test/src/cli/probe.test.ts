import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BackupClient, ListBackupPlansCommand, ListBackupVaultsCommand } from '@aws-sdk/client-backup';
import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import {
  CreateDBClusterSnapshotCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import type { Emulator } from '../../../src/emulator/emulator';
import { AS_ASSUMED } from '../../../src/rehearsal/phases/rehearse-probes';
import { checkvalve, WITHOUT_AWS } from '../../support/run-command';
import { emulatorOfWorker } from '../../support/worker';

// Starting the command takes seconds on a busy machine.
jest.setTimeout(180_000);

const [SOURCE, VAULT, REGION] = ['222200001111', '111122223333', 'eu-central-1'];
const JOURNAL = `.checkvalve/probes/${SOURCE}-${VAULT}-${REGION}.json`;
const PROFILES = ['--source-profile', 'source', '--vault-profile', 'vault'];

let emulator: Emulator;
let folder: string;
let env: Record<string, string | undefined>;

beforeEach(async () => {
  emulator = await emulatorOfWorker();
  await emulator.setSwitches(AS_ASSUMED);
  folder = mkdtempSync(join(tmpdir(), 'checkvalve-probe-'));
  const profile = (name: string, account: string) =>
    `[${name}]\naws_access_key_id = ${account}\naws_secret_access_key = emulated\n`;
  // The vault of the configuration is no sandbox.
  const credentials = [profile('source', SOURCE), profile('vault', VAULT), profile('real', '333300002222')].join('\n');
  writeFileSync(join(folder, 'credentials'), credentials);
  env = {
    ...WITHOUT_AWS,
    AWS_CONFIG_FILE: join(folder, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: emulator.endpoint,
    COLUMNS: '200',
  };
  rmSync(JOURNAL, { force: true });
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(JOURNAL, { force: true });
});

const probe = (args: readonly string[]) => checkvalve(['probe', ...args], { env });

/** Runs the command concurrently with this test, which moves the emulator's clock. */
function start(args: readonly string[]): {
  child: ChildProcess;
  ended: Promise<{ code: number | null; out: string; err: string }>;
} {
  const child = spawn('node', ['src/cli/checkvalve.js', 'probe', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout?.on('data', (data) => {
    out += data;
  });
  child.stderr?.on('data', (data) => {
    err += data;
  });
  return { child, ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err }))) };
}

/** Moves the clock until a promise settles. */
async function whileTimePasses<Ended>(ended: Promise<Ended>): Promise<Ended> {
  let over = false;
  const done = ended.finally(() => {
    over = true;
  });
  while (!over) {
    await emulator.advance(60);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return done;
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** Every resource in both accounts that a probe may have left. */
async function left(): Promise<readonly string[]> {
  const found = await Promise.all(
    [SOURCE, VAULT].map(async (account) => {
      const settings = emulator.client(account, REGION);
      const [rds, backup] = [new RDSClient(settings), new BackupClient(settings)];
      const stacks = await new CloudFormationClient(settings).send(new ListStacksCommand({}));
      const standing = stacks.StackSummaries?.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
      return [
        ...(standing ?? []).map(({ StackName }) => StackName),
        ...((await rds.send(new DescribeDBInstancesCommand({}))).DBInstances ?? []).map(
          (one) => one.DBInstanceIdentifier,
        ),
        ...((await rds.send(new DescribeDBClustersCommand({}))).DBClusters ?? []).map((one) => one.DBClusterIdentifier),
        ...((await rds.send(new DescribeDBSnapshotsCommand({}))).DBSnapshots ?? []).map(
          (one) => one.DBSnapshotIdentifier,
        ),
        ...((await rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: 'awsbackup' }))).DBSnapshots ?? []).map(
          (one) => one.DBSnapshotIdentifier,
        ),
        ...((await rds.send(new DescribeDBClusterSnapshotsCommand({}))).DBClusterSnapshots ?? []).map(
          (one) => one.DBClusterSnapshotIdentifier,
        ),
        ...((await new IAMClient(settings).send(new ListRolesCommand({}))).Roles ?? []).map((one) => one.RoleName),
        ...((await backup.send(new ListBackupVaultsCommand({}))).BackupVaultList ?? []).map(
          (one) => one.BackupVaultName,
        ),
        ...((await backup.send(new ListBackupPlansCommand({}))).BackupPlansList ?? []).map((one) => one.BackupPlanName),
      ];
    }),
  );
  return found.flat().map(String);
}

test('--rehearsal answers as assumed, as one JSON document', () => {
  const { status, stdout, stderr } = probe(['--rehearsal', '--json', '--only', 'second-analyzer']);
  expect(JSON.parse(stdout)).toEqual({
    ok: true,
    probes: [{ id: 'second-analyzer', assumed: 'refused', answered: 'refused', differs: false }],
  });
  expect(stderr).toBe(
    'second-analyzer: creates two analyzers of IAM Access Analyzer in the vault\nsecond-analyzer: refused\nDeletes the created resources.\n',
  );
  expect(status).toBe(0);
});

test('--rehearsal prints a table, where the emulator is stricter by default, and the cost in AWS', () => {
  const { status, stdout, stderr } = probe(['--rehearsal', '--only', 'tag-selection-role,cluster-backup-type']);
  expect(stdout).toMatch(/probe +│ assumed, or assumed \/ answered/);
  expect(stdout).toMatch(/cluster-backup-type +│ manual +│/);
  expect(stdout).toContain('The emulator answers as assumed.');
  expect(stdout).toContain('tag-selection-role: AWS Backup selects no database with a role without');
  expect(stderr).toMatch(/In AWS these probes cost at most \d+\.\d\d USD/);
  expect(status).toBe(0);
});

test('--rehearsal --json has where the emulator is stricter by default', () => {
  const { stdout } = probe(['--rehearsal', '--json', '--only', 'tag-selection-role']);
  const stricterByDefault = expect.stringContaining('selects no database');
  expect(JSON.parse(stdout)).toMatchObject({ probes: [{ answered: 'selected', stricterByDefault }] });
});

test.each([
  [
    'an unknown probe',
    ['--rehearsal', '--only', 'second-analyser'],
    'There is no probe second-analyser',
    'Did you mean second-analyzer?',
  ],
  [
    'too high a cost',
    ['--rehearsal', '--max-cost', '1'],
    'The probes can cost',
    'Select fewer probes with --only, or give --max-cost 6.',
  ],
  [
    'no amount',
    ['--rehearsal', '--max-cost', 'much'],
    '--max-cost "much" is not an amount',
    'Give an amount such as --max-cost 5.',
  ],
  ['no profiles', [], '--source-profile and --vault-profile are missing', '--rehearsal'],
  ['one profile', ['--source-profile', 'source'], '--vault-profile is missing', '--rehearsal'],
  [
    'a profile that is not there',
    ['--source-profile', 'none', '--vault-profile', 'vault'],
    'no AWS credentials were found in the profile none',
    'Use a profile with credentials of the source sandbox account',
  ],
  ['no Region', ['--rehearsal', '--region', 'mars-1'], '"mars-1" is not a Region', 'such as eu-central-1'],
  [
    'one account twice',
    ['--source-profile', 'source', '--vault-profile', 'source'],
    'The profiles source and source are both of account 222200001111',
    'two different',
  ],
  [
    'the vault itself',
    ['--source-profile', 'source', '--vault-profile', 'real'],
    'is the vault of the configuration',
    'hold nothing else',
  ],
  [
    'no organization',
    [...PROFILES, '--only', 'stack-instance-delete-after-move'],
    'needs the management account of an organization',
    'Add --management-profile',
  ],
  [
    'no confirmation',
    [...PROFILES, '--only', 'second-analyzer'],
    'Nothing was created: the command needs a confirmation',
    'add --yes',
  ],
])('probe with %s prints a fault and a remedy, and ends with exit code 1', async (_, args, fact, remedy) => {
  const { status, stdout, stderr } = probe(args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  const [message = '', hint = ''] = stderr.trimEnd().split('\n').slice(-2);
  expect(message).toContain(fact);
  expect(hint).toContain(remedy);
  expect(await left()).toEqual([]);
});

test('probe prints what it would create and the cost before it creates anything', () => {
  const { stderr } = probe([...PROFILES, '--only', 'second-analyzer,cluster-backup-type']);
  expect(stderr).toContain('In eu-central-1, in the source sandbox 222200001111 and the vault sandbox 111122223333:');
  expect(stderr).toContain('two analyzers of IAM Access Analyzer in the vault');
  expect(stderr).toContain('They cost at most 0.20 USD');
});

test('probe names a run in another Region that left resources', () => {
  const other = JOURNAL.replace(REGION, 'us-west-2');
  mkdirSync(dirname(other), { recursive: true });
  writeFileSync(other, JSON.stringify({ answers: {}, created: [{ side: 'source', kind: 'snapshot', id: 'one' }] }));
  try {
    const { stderr } = probe([...PROFILES, '--only', 'second-analyzer']);
    expect(stderr).toContain(
      'A run in us-west-2, in 222200001111 and 111122223333, stopped: 1 resources remain to be deleted. Run `checkvalve probe`',
    );
  } finally {
    rmSync(other);
  }
});

test('an answer that differs ends with exit code 1', async () => {
  await emulator.setSwitches({ secondAnalyzer: true });
  const { status, stdout } = probe([...PROFILES, '--only', 'second-analyzer', '--yes', '--json']);
  expect(JSON.parse(stdout)).toEqual({
    ok: false,
    probes: [{ id: 'second-analyzer', assumed: 'refused', answered: 'accepted', differs: true }],
  });
  expect(status).toBe(1);
  expect(await left()).toEqual([]);
});

test('a failed probe prints its error and ends with exit code 1', async () => {
  await emulator.plantFaults([{ action: 'CreateStack', code: 'AccessDenied', status: 403, message: 'not here' }]);
  const { status, stdout } = probe([...PROFILES, '--only', 'second-analyzer', '--yes', '--json']);
  expect(JSON.parse(stdout)).toEqual({
    ok: false,
    probes: [
      { id: 'second-analyzer', assumed: 'refused', answered: null, differs: false, error: 'AccessDenied: not here' },
    ],
  });
  expect(status).toBe(1);
  expect(existsSync(JOURNAL)).toBe(false);
});

const TWO = ['--only', 'second-analyzer,in-flight-refusal-wording', '--yes', '--json'];

test('Ctrl-C deletes every resource, and the next run continues', async () => {
  const { child, ended } = start([...PROFILES, ...TWO]);
  await until(async () => (await left()).some((name) => name.endsWith('-snap')));
  child.kill('SIGINT');
  const { code, out, err } = await whileTimePasses(ended);
  expect(err).toContain('Stopping: deleting what was created.');
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    probes: [{ answered: 'refused' }, { answered: null, error: 'stopped before it was answered' }],
  });
  expect(code).toBe(1);
  expect(await left()).toEqual([]);
  const next = await whileTimePasses(start([...PROFILES, ...TWO]).ended);
  expect(next.err).toContain('0 resources to delete, 1 answers kept');
  expect(next.err).not.toContain('second-analyzer: creates');
  expect(JSON.parse(next.out)).toMatchObject({
    ok: true,
    probes: [{ answered: 'refused' }, { answered: 'quota-code-without-manual-snapshots' }],
  });
  expect([await left(), existsSync(JOURNAL)]).toEqual([[], false]);
});

test('the run after a killed one deletes its resources first, and no others', async () => {
  const { child, ended } = start([...PROFILES, ...TWO]);
  await until(async () => (await left()).some((name) => name.endsWith('-snap')));
  child.kill('SIGKILL');
  await ended;
  expect(await left()).toHaveLength(2);
  const rds = new RDSClient(emulator.client(SOURCE, REGION));
  const [cluster = ''] = (await left()).filter((name) => !name.endsWith('-snap'));
  const foreign = { DBClusterIdentifier: cluster, DBClusterSnapshotIdentifier: 'checkvalve-probe-of-an-operator' };
  await rds.send(new CreateDBClusterSnapshotCommand(foreign));
  const next = await whileTimePasses(start([...PROFILES, ...TWO]).ended);
  expect(next.err).toContain('2 resources to delete, 1 answers kept');
  expect([JSON.parse(next.out).ok, next.code]).toEqual([true, 0]);
  expect(await left()).toEqual(['checkvalve-probe-of-an-operator']);
});
