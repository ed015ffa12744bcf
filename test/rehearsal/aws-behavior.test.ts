import { BackupClient, DeleteRecoveryPointCommand, ListBackupVaultsCommand } from '@aws-sdk/client-backup';
import { sentence } from '../../lambda/vault/report-coverage/message-sentences';
import { RECOVERY_POINT_TAGS, TAGS } from '../../src/contract/names';
import { VERDICTS } from '../../src/contract/verdicts';
import { importedOf } from '../../src/rehearsal/checks/evidence';
import { EXAMPLE } from '../../src/rehearsal/world';
import { ADMITS_ALL, type CreatedDatabase, DeployedLandingZone } from '../support/deployed-landing-zone';
import { testByDay, testSample } from '../support/sample';

const SOURCE = EXAMPLE.first;
const COPIES = ['CopyDBSnapshot', 'CopyDBClusterSnapshot'];

let zone: DeployedLandingZone;
beforeAll(async () => {
  zone = await DeployedLandingZone.deployed({ vault: ADMITS_ALL });
});
afterAll(() => zone.stop());
beforeEach(() => zone.calm());

const copyCalls = async (account: string) =>
  (await Promise.all(COPIES.map((name) => zone.calls(name, account)))).reduce((sum, one) => sum + one, 0);
const imported = () => importedOf(zone.emulator, SOURCE, zone.region);

testByDay(
  'AWS refuses every tag on its snapshots: all is copied to the vault once, retired, and only the hint is missing',
  async () => {
    await zone.emulator.setSwitches({ refuseBackupSnapshotTags: true });
    const orders = await zone.database({ id: 'orders' });
    const ledger = await zone.database({ id: 'ledger', kind: 'cluster' });
    const plain = await zone.database({ id: 'plain', kind: 'cluster', key: 'none' });
    await zone.backUp(orders, ledger, plain);
    await zone.untilImported([orders, ledger]);
    await zone.pass(60);
    const names = async (of: CreatedDatabase) => (await zone.exportCopies(of)).length;
    expect([await names(orders), await names(ledger)]).toEqual([1, 0]);
    const [backup] = await zone.backups(ledger);
    expect(backup?.tags.has(TAGS.importedAt)).toBe(false);
    expect([...(await imported()).keys()]).toEqual([backup?.arn]);
    // A second day: the first copy of the instance is retired, too.
    await zone.backUp(orders, ledger);
    await zone.untilImported([orders, ledger], 2);
    await zone.pass(24 * 60, 120);
    expect([await names(orders), await names(ledger)]).toEqual([1, 0]);
    expect((await imported()).size).toBe(3);
    expect([await copyCalls(SOURCE), await copyCalls(zone.vault)]).toEqual([4, 4]);
    // The verdict is recorded all the same: operators are alerted once a day, and RDS refuses one tag each time.
    const alerts = zone.verdicts(plain);
    expect(new Set(alerts)).toEqual(new Set(['unencrypted-cluster']));
    expect(alerts.length).toBeLessThanOrEqual(3);
    expect(await zone.calls('AddTagsToResource', SOURCE, 400)).toBeLessThanOrEqual(alerts.length + 1);
    expect(zone.logged.filter(({ event }) => event === 'hint.refused')).toHaveLength(alerts.length);
    expect(zone.failures).toEqual([]);
    await zone.emulator.setSwitches({ refuseBackupSnapshotTags: false });
  },
);

testByDay(
  'listings come without tags: they are asked for one by one, and all is copied to the vault once',
  async () => {
    await zone.emulator.setSwitches({ hideTagLists: true });
    const bills = await zone.database({ id: 'bills' });
    const books = await zone.database({ id: 'books', kind: 'cluster' });
    await zone.backUp(bills, books);
    await zone.pass(180);
    const asked = await zone.calls('ListTagsForResource', SOURCE, 200);
    const runs = await zone.calls('DescribeDBClusterSnapshots', SOURCE, 200);
    expect([asked > 0, asked <= runs * 10]).toEqual([true, true]);
    await zone.emulator.setSwitches({ hideTagLists: false });
    expect([await zone.goodCopies(bills), await zone.goodCopies(books)]).toEqual([1, 1]);
    expect([await zone.exportCopies(bills), await zone.exportCopies(books)]).toMatchObject([
      [{ kind: 'instance' }],
      [],
    ]);
    expect([await copyCalls(SOURCE), await copyCalls(zone.vault)]).toEqual([2, 2]);
    expect(zone.failures).toEqual([]);
  },
);

// Before the tests that leave hundreds of backups: each sweep lists all of them.
testByDay(
  'operators are alerted of a recovery point that is deleted while its copy is made',
  async () => {
    const short = await zone.database({ id: 'short' });
    await zone.backUp(short);
    await zone.until(async () => (await zone.exportCopies(short)).length > 0, 1);
    const [backup] = await zone.backups(short);
    const backups = new BackupClient(zone.emulator.client(SOURCE, zone.region));
    const { BackupVaultList } = await backups.send(new ListBackupVaultsCommand({}));
    const { BackupVaultName } =
      BackupVaultList?.find(({ BackupVaultName: name }) => name?.startsWith('checkvalve-')) ?? {};
    const point = { BackupVaultName, RecoveryPointArn: backup?.arn };
    await backups.send(new DeleteRecoveryPointCommand(point));
    await zone.pass(60);
    expect(zone.verdicts(short)).toEqual(['snapshot-deleted']);
    await zone.stage.pump.fire('checkvalve-report-coverage');
    const alerts = (await zone.emulator.notifications()).filter(({ topicArn }) => topicArn.includes(zone.vault));
    expect(alerts.at(-1)?.message).toContain(`${short.arn}: DELETED. ${sentence(VERDICTS['snapshot-deleted'].reason)}`);
    await zone.pass(3 * 24 * 60, 12 * 60);
    expect(await zone.exportCopies(short)).toEqual([]);
  },
  180_000,
);

testSample(
  'types of cluster backups',
  ['manual', 'awsbackup'] as const,
  1,
)('three clusters with 35 daily backups each, typed %s, count toward no quota', async (clusterBackupsTyped) => {
  await zone.emulator.setSwitches({ clusterBackupsTyped });
  const account = EXAMPLE.second;
  const of = async (at: number) => zone.database({ id: `${clusterBackupsTyped}-${at}`, account, kind: 'cluster' });
  const clusters = [await of(1), await of(2), await of(3)];
  const missingTag = zone.logged.length;
  for (let day = 0; day < 35; day += 1) {
    await zone.backUp(...clusters);
    if (day % 5 === 4) await zone.stage.pump.pass(60);
  }
  expect(await zone.backups(clusters[0] as CreatedDatabase)).toHaveLength(35);
  await zone.until(async () => (await zone.goodCopies(clusters[0] as CreatedDatabase)) > 0, 30);
  const logged = zone.logged.slice(missingTag).map(({ event, facts }) => facts.verdict ?? event);
  expect(logged).not.toEqual(expect.arrayContaining(['quota-full']));
  expect(logged).not.toEqual(expect.arrayContaining(['quota.nearly-full']));
  await zone.emulator.setSwitches({ clusterBackupsTyped: 'manual' });
});

testByDay('a snapshot that an earlier release marked as exported by a tag is not exported again', async () => {
  const stock = await zone.database({ id: 'stock', kind: 'cluster' });
  await zone.backUp(stock);
  const [backup] = await zone.backups(stock);
  expect(backup?.tags.has(RECOVERY_POINT_TAGS.exportKey)).toBe(true);
  const tags = { ...Object.fromEntries(backup?.tags ?? []), [TAGS.importedAt]: '2026-11-20T00:00:00.000Z' };
  await zone.emulator.setSnapshot({ account: SOURCE, region: zone.region, id: backup?.arn ?? '', set: { tags } });
  await zone.pass(60);
  expect(await zone.exportCopies(stock)).toEqual([]);
  expect((await imported()).has(backup?.arn ?? '')).toBe(false);
});
