import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { NAMES, RECOVERY_POINT_TAGS, TAGS } from '../../src/contract/names';
import { formatHold, VERDICTS } from '../../src/contract/verdicts';
import { coverageReports } from '../../src/rehearsal/checks/evidence';
import { EXAMPLE } from '../../src/rehearsal/world';
import { type CreatedDatabase, DeployedLandingZone } from '../support/deployed-landing-zone';

const SOURCE = EXAMPLE.first;
const DAY = 24 * 60;

jest.setTimeout(300_000);

let zone: DeployedLandingZone;
let sealed: CreatedDatabase;
beforeAll(async () => {
  zone = await DeployedLandingZone.deployed();
  await zone.emulator.setSwitches({ refuseBackupSnapshotTags: true });
  sealed = await zone.database({ id: 'sealed', key: 'own' });
  await zone.backUp(sealed);
  await zone.untilImported([sealed]);
  await zone.pass(DAY, 120);
  await zone.backUp(sealed);
  const kms = new KMSClient(zone.emulator.client(SOURCE, zone.region));
  await kms.send(new DisableKeyCommand({ KeyId: sealed.key }));
  await zone.pass(DAY, 120);
}, 300_000);
afterAll(async () => {
  await zone.emulator.setSwitches({ refuseBackupSnapshotTags: false });
  await zone.stop();
});

/** What the newest report says of the database, and of its account. */
async function reasonInReport() {
  await zone.stage.pump.fire('checkvalve-report-coverage');
  const [report] = await coverageReports(zone.stage);
  const row = report?.databases.find(({ database }) => database === sealed.arn);
  const account = report?.accounts.find((one) => one.account === SOURCE);
  return { status: row?.status, code: row?.code, remedy: row?.remedy, unread: account?.unread };
}

const REASON = {
  status: 'late',
  code: 'key-not-accessible',
  remedy: VERDICTS['key-not-accessible'].remedy,
  unread: [],
};

test('where AWS refuses tags on its snapshots, report-coverage reads the reason from the table of the source', async () => {
  const backups = await zone.backups(sealed);
  expect(backups.length).toBeGreaterThan(0);
  expect(backups.filter(({ tags }) => tags.has(TAGS.held))).toEqual([]);
  expect(zone.logged.some(({ event }) => event === 'hint.refused')).toBe(true);
  expect(await reasonInReport()).toEqual(REASON);
});

test('items that export-snapshots would not have written are ignored, and cause no failure', async () => {
  const held = formatHold({ code: 'unshareable', count: 1, at: new Date('2030-01-01T00:00:00Z') });
  const [backup] = (await zone.backups(sealed)).slice(-1);
  const odd = (name: string) => ({ S: `arn:aws:rds:${zone.region}:${SOURCE}:snapshot:awsbackup:job-${name}` });
  const items = [
    { snapshot: { S: '#a note' }, held: { S: held } },
    { snapshot: odd('number'), held: { N: '7' } },
    { snapshot: odd('map'), held: { M: { code: { S: 'unshareable' } } } },
    { snapshot: odd('long'), held: { S: `${held}${'9'.repeat(200_000)}` } },
    { snapshot: odd('of-nothing'), held: { S: held } },
    { snapshot: { S: `${backup?.arn}-x` }, held: { S: held } },
  ];
  const dynamo = new DynamoDBClient(zone.emulator.client(SOURCE, zone.region));
  const put = items.map((Item) => ({ PutRequest: { Item } }));
  await dynamo.send(new BatchWriteItemCommand({ RequestItems: { [NAMES.exportMemoryTable]: put } }));
  expect(await reasonInReport()).toEqual(REASON);
});

test('the report is written without reasons of an account whose table cannot be read, and says so', async () => {
  const denied = { action: 'Scan', account: SOURCE, code: 'AccessDeniedException', status: 400, message: 'not you' };
  await zone.emulator.plantFaults([denied]);
  const seen = await reasonInReport();
  await zone.emulator.clearFaults();
  expect(seen).toMatchObject({ status: 'late', unread: ['export memory: AccessDeniedException: not you'] });
  expect(seen.code).toBeUndefined();
  expect(zone.failures).toEqual([]);
});

test.each([
  ['of a team', (other: CreatedDatabase) => other.key.split('/')[1] ?? ''],
  ['that there is not', () => '00000000-0000-4000-8000-0000000000ff'],
])('a snapshot that names a key %s leads to a refusal, and no key but the export key is read', async (what, keyIn) => {
  const other = await zone.database({ id: `odd-${what.length}`, account: EXAMPLE.second, key: 'own' });
  await zone.backUp(other);
  const [backup] = await zone.backups(other);
  const keyId = keyIn(other);
  const tags = { ...Object.fromEntries(backup?.tags ?? []), [RECOVERY_POINT_TAGS.exportKey]: keyId };
  const place = { account: EXAMPLE.second, region: zone.region };
  await zone.emulator.setSnapshot({ ...place, id: backup?.arn ?? '', set: { tags } });
  await zone.stage.pump.fire('checkvalve-report-coverage');
  const [report] = await coverageReports(zone.stage);
  const account = report?.accounts.find((one) => one.account === EXAMPLE.second);
  expect(account?.unread).toEqual([expect.stringContaining('export key: AccessDeniedException')]);
  expect(account?.exportKey).toBeUndefined();
  expect(zone.failures).toEqual([]);
});
