import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateDBInstanceCommand, CreateDBSnapshotCommand, RDSClient } from '@aws-sdk/client-rds';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { accountId, region, snapshotArn } from '../../../../src/contract/ids';
import { evidenceBucket, LATEST_PRUNING, NAMES, TAGS, vaultCopyName } from '../../../../src/contract/names';
import type { Emulator } from '../../../../src/emulator/emulator';
import type { PrunePreview } from '../../../../src/operations/prune/prune-preview';
import { checkvalve } from '../../../support/run-command';
import { emulatorOfWorker } from '../../../support/worker';

const VAULT = '333300002222';
const REGION = 'eu-central-1';
const ORDERS = `arn:aws:rds:${REGION}:222200001111:db:orders`;
const DAY = 86_400_000;
// Starting the command takes seconds on a busy machine.
jest.setTimeout(120_000);
let emulator: Emulator;
let rds: RDSClient;

const exportCopyOf = (copy: string) =>
  snapshotArn(`arn:aws:rds:${REGION}:222200001111:snapshot:checkvalve-orders-${copy}`);
const nameOf = (copy: string): string => vaultCopyName('orders', exportCopyOf(copy));

/** Creates a vault copy of this export copy with an age in days. */
async function copy(of: string, days: number, tags: Record<string, string> = {}, name = nameOf(of)): Promise<void> {
  const at = new Date(Date.now() - days * DAY).toISOString();
  const all = {
    [TAGS.role]: 'vault',
    [TAGS.database]: ORDERS,
    [TAGS.exportCopy]: exportCopyOf(of),
    [TAGS.importStartedAt]: at,
    ...tags,
  };
  await rds.send(
    new CreateDBSnapshotCommand({
      DBInstanceIdentifier: 'orders',
      DBSnapshotIdentifier: name,
      Tags: Object.entries(all).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  await emulator.setSnapshot({ account: VAULT, region: REGION, id: name, set: { created: at, status: 'available' } });
}

/** Creates the table of sources, and the bucket with the record that prune-copies ran six hours ago. */
async function vaultOfToday(settings: ReturnType<Emulator['client']>): Promise<void> {
  await new DynamoDBClient(settings).send(
    new CreateTableCommand({
      TableName: NAMES.sourcesTable,
      AttributeDefinitions: [{ AttributeName: 'account', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'account', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const s3 = new S3Client(settings);
  const Bucket = evidenceBucket(accountId(VAULT), region(REGION));
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }));
  const Body = JSON.stringify({ at: new Date(Date.now() - DAY / 4).toISOString() });
  await s3.send(new PutObjectCommand({ Bucket, Key: LATEST_PRUNING, Body }));
}

beforeAll(async () => {
  emulator = await emulatorOfWorker();
  rds = new RDSClient(emulator.client(VAULT, REGION));
  const size = { DBInstanceClass: 'db.t4g.medium', AllocatedStorage: 20, Engine: 'postgres', StorageEncrypted: true };
  const login = { MasterUsername: 'owner', MasterUserPassword: 'not-a-secret' };
  await rds.send(new CreateDBInstanceCommand({ DBInstanceIdentifier: 'orders', ...size, ...login }));
  await vaultOfToday(emulator.client(VAULT, REGION));
  await copy('1', 3000);
  await copy('2', 2900, { [TAGS.legalHold]: 'case 7' });
  await copy('3', 0);
  await copy('4', 3000, { [TAGS.role]: 'none' }, 'by-hand');
}, 240_000);

/** Runs the command against the emulator. */
const prune = (args: readonly string[], account = VAULT) =>
  checkvalve(['prune', ...args], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: emulator.endpoint,
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: 'emulated',
    },
  });

test('prune shows what would be deleted and what would stay with the reasons, and changes nothing', () => {
  const { status, stdout, stderr } = prune(['--dry-run', '--json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const [preview, ...more] = JSON.parse(stdout) as PrunePreview[];
  expect(more).toEqual([]);
  expect(preview).toMatchObject({
    region: REGION,
    deletions: [
      {
        snapshot: `arn:aws:rds:${REGION}:${VAULT}:snapshot:${nameOf('1')}`,
        database: ORDERS,
        because: 'past-term',
        copyClass: 'yearly',
        termDays: 1830,
        ageDays: expect.any(Number),
      },
    ],
    kept: { 'foreign-snapshot': 1, 'legal-hold': 1, 'within-term': 1 },
    remarkable: [{ because: 'legal-hold', database: ORDERS }],
  });
  expect(JSON.parse(prune(['--dry-run', '--json']).stdout)).toHaveLength(1);
  const printed = prune(['--dry-run']).stdout.replace(/\s+/g, ' ');
  expect(printed).toContain('1 of 4 manual snapshots would be deleted.');
  for (const word of [nameOf('1'), 'past-term', 'yearly', '1830 d', 'legal-hold', 'foreign-snapshot']) {
    expect(printed).toContain(word);
  }
});

test('prune rejects credentials of another account', () => {
  const { status, stdout, stderr } = prune(['--dry-run'], '222200001111');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('The credentials belong to account 222200001111, and the vault is 333300002222');
});

test('prune without --dry-run is an error that names the step that deletes', () => {
  for (const args of [[], ['--rehearsal'], ['--json']]) {
    const { status, stdout, stderr } = prune(args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('This command deletes nothing; the step prune-copies deletes, in the vault');
  }
});

test('prune --help lists the permissions and what is never deleted', () => {
  const { stdout, status } = prune(['--help']);
  expect(status).toBe(0);
  for (const word of ['--dry-run', '--rehearsal', '--json', 'rds:DescribeDBSnapshots', 'legal-hold', 'Examples:']) {
    expect(stdout).toContain(word);
  }
});
