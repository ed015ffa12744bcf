import { AddTagsToResourceCommand, CreateOptionGroupCommand, ModifyOptionGroupCommand } from '@aws-sdk/client-rds';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { region } from '../../src/contract/ids';
import { notify } from '../../src/contract/message';
import { copiesTopicArn, TAGS } from '../../src/contract/names';
import { VERDICTS, type VerdictCode } from '../../src/contract/verdicts';
import { sharedWith } from '../../src/rehearsal/checks/evidence';
import { EXAMPLE } from '../../src/rehearsal/world';
import type { CreatedDatabase, DeployedLandingZone } from '../support/deployed-landing-zone';
import { inRoomyZone } from '../support/roomy-zone';

const { first: SOURCE, second: OTHER } = EXAMPLE;
const LEGAL = /^(?=.{1,63}$)[A-Za-z](-?[A-Za-z0-9])*$/;

let zone: DeployedLandingZone;
let importKey: string;
let exportKey: string;

inRoomyZone((found) => {
  ({ zone, importKey, exportKey } = found);
});

const verdicts = (of: CreatedDatabase) => zone.verdicts(of);
const remedyOf = (code: VerdictCode): string => VERDICTS[code].remedy;

describe('inputs', () => {
  const LONG = (letter: string) => letter.padEnd(62, 'x').concat('9');
  const many = Object.fromEntries(Array.from({ length: 45 }, (_, at) => [`key-${at}`, `${at}`]));
  let orders: CreatedDatabase;
  let namesake: CreatedDatabase;
  let tagged: CreatedDatabase;
  let long: CreatedDatabase;
  let longCluster: CreatedDatabase;
  let plain: CreatedDatabase;
  let plainCluster: CreatedDatabase;
  let multiAz: CreatedDatabase;
  let secret: CreatedDatabase;
  let clock: CreatedDatabase;

  beforeAll(async () => {
    orders = await zone.database({ id: 'orders' });
    namesake = await zone.database({ id: 'orders', account: OTHER, key: 'own' });
    tagged = await zone.database({ id: 'tagged', tags: { team: 'shop', 'laws:uit': 'yes', ...many } });
    long = await zone.database({ id: LONG('i') });
    longCluster = await zone.database({ id: LONG('c'), kind: 'cluster', key: 'own' });
    plain = await zone.database({ id: 'plain', key: 'none' });
    plainCluster = await zone.database({ id: 'plain-cluster', kind: 'cluster', key: 'none' });
    multiAz = await zone.database({ id: 'ha-shop', kind: 'cluster', engine: 'postgres', key: 'own' });
    secret = await zone.database({ id: 'secret', engine: 'sqlserver-ee' });
    clock = await zone.database({ id: 'clock', engine: 'oracle-ee' });
    const all = [orders, namesake, tagged, long, longCluster, plain, plainCluster, multiAz, secret, clock];
    await zone.backUp(...all);
    const set = async (of: CreatedDatabase, what: Record<string, unknown>) => {
      const [snapshot] = await zone.backups(of);
      await zone.emulator.setSnapshot({ account: of.account, region: of.region, id: snapshot?.arn ?? '', set: what });
    };
    await set(secret, { options: ['TDE'] });
    await set(clock, { options: ['Timezone'], engineVersion: '19.0.0.0.ru-2026-01.rur-2026-01.r1' });
    const [of] = await zone.backups(tagged);
    const stack = { 'aws:cloudformation:stack-name': 'shop', 'aws:cloudformation:logical-id': 'Database' };
    await set(tagged, { tags: { ...Object.fromEntries(of?.tags ?? []), ...stack } });
    await zone.untilImported([orders, namesake, tagged, long, longCluster, plain]);
    await zone.pass(30);
  });

  // Case 24.
  test('a database under aws/rds is copied under the export key and the import key, and its backup is never shared', async () => {
    const [backup] = await zone.backups(orders);
    const [copy] = await zone.inVault(orders);
    const [exported] = await zone.exportCopies(orders);
    expect(copy).toMatchObject({ status: 'available', kmsKeyArn: importKey });
    expect(exported?.kmsKeyArn).toBe(exportKey);
    expect(backup && (await sharedWith(zone.emulator, SOURCE, zone.region, backup))).toEqual([]);
    expect(exported && (await sharedWith(zone.emulator, SOURCE, zone.region, exported))).toEqual([zone.vault]);
  });

  // Case 1.
  test('a snapshot named awsbackup:job-… is copied under a valid name, with its own name in a tag', async () => {
    const [backup] = await zone.backups(orders);
    const [copy] = await zone.inVault(orders);
    expect(backup?.name).toMatch(/^awsbackup:job-[0-9a-f-]{36}$/);
    expect(copy?.name).toMatch(LEGAL);
    expect(copy?.tags.get(TAGS.snapshot)).toBe(backup?.arn);
  });

  // Case 7.
  test('databases of one name in two accounts are two copies', async () => {
    const [one, other] = [await zone.inVault(orders), await zone.inVault(namesake)];
    expect([one.length, other.length, one[0]?.name === other[0]?.name]).toEqual([1, 1, false]);
  });

  // Case 39.
  // Case 40.
  test('tags are copied, those of AWS under other names, at most fifty, and those of Checkvalve unchanged', async () => {
    const [copy] = await zone.inVault(tagged);
    const tags = Object.fromEntries(copy?.tags ?? []);
    expect(tags).toMatchObject({ [TAGS.role]: 'vault', [TAGS.database]: tagged.arn, environment: 'production' });
    expect(Object.keys(tags).length).toBeLessThanOrEqual(50);
    expect(Object.keys(tags).filter((key) => /^(aws|rds):/.test(key))).toEqual([]);
    const imports = zone.logged.filter(({ event }) => event === 'import.started').map(({ facts }) => facts.action);
    const dropped = (imports as { order: { name: string }; dropped: string[] }[]).flatMap((action) =>
      action.order.name === copy?.name ? action.dropped : [],
    );
    expect(dropped.length).toBeGreaterThan(0);
    const [few] = await zone.inVault(long);
    expect(few?.tags.get('origin:aws:backup:source-resource')).toMatch(/^i/);
  });

  // Case 4.
  test.each([
    ['an instance', () => long],
    ['a cluster', () => longCluster],
  ])('%s with an id of 63 characters is copied, under names of at most 63', async (_, of) => {
    const copies = await zone.inVault(of());
    expect(of().id).toHaveLength(63);
    expect(copies).toMatchObject([{ status: 'available' }]);
    expect(copies[0]?.name).toMatch(LEGAL);
  });

  // Case 28.
  // Case 29.
  test('an unencrypted instance is encrypted by the copy, and an unencrypted cluster is a verdict', async () => {
    expect(await zone.inVault(plain)).toMatchObject([{ kmsKeyArn: importKey }]);
    expect([await zone.goodCopies(plainCluster), verdicts(plainCluster)]).toEqual([0, ['unencrypted-cluster']]);
  });

  // Case 9.
  test('a Multi-AZ DB cluster is a verdict, and no step calls for a copy', async () => {
    expect([await zone.goodCopies(multiAz), verdicts(multiAz)]).toEqual([0, ['multi-az-cluster']]);
    expect(await zone.exportCopies(multiAz)).toEqual([]);
  });

  // Case 37.
  test('with TDE, RDS refuses to share: a verdict with a remedy, the export copy is deleted, and no step retries', async () => {
    await zone.pass(60);
    expect(zone.alerts(secret).map(({ facts }) => [facts.verdict, facts.remedy])).toEqual([
      ['unshareable', remedyOf('unshareable')],
    ]);
    expect([await zone.exportCopies(secret), await zone.goodCopies(secret)]).toEqual([[], 0]);
    expect(await zone.calls('CopyDBSnapshot', SOURCE)).toBe(0);
  });

  // Case 38.
  test('Oracle with Timezone waits, with a verdict, for an option group of that name in the vault, and is copied', async () => {
    expect([await zone.goodCopies(clock), verdicts(clock)]).toEqual([0, ['option-group-needed']]);
    const OptionGroupName = 'checkvalve-oracle-ee-19';
    const rds = zone.rds(zone.vault);
    const engine = { EngineName: 'oracle-ee', MajorEngineVersion: '19', OptionGroupDescription: 'for copies' };
    await rds.send(new CreateOptionGroupCommand({ OptionGroupName, ...engine }));
    const OptionsToInclude = [{ OptionName: 'Timezone' }];
    await rds.send(new ModifyOptionGroupCommand({ OptionGroupName, OptionsToInclude, ApplyImmediately: true }));
    await zone.untilImported([clock]);
    expect(verdicts(clock)).toHaveLength(1);
  });

  // Case 6.
  test('an automated snapshot of RDS is copied once an operator has tagged it, and is not shared itself', async () => {
    const arn = await zone.emulator.takeAutomatedSnapshot({ account: SOURCE, region: zone.region, id: 'plain' });
    await zone.pass(15);
    expect(await zone.goodCopies(plain)).toBe(1);
    const Tags = [{ Key: 'encryption_key', Value: exportKey.split('/')[1] ?? '' }];
    await zone.rds().send(new AddTagsToResourceCommand({ ResourceName: arn, Tags }));
    await zone.untilImported([plain], 2);
    expect((await zone.inVault(plain)).map(({ tags }) => tags.get(TAGS.snapshot))).toContain(arn);
    expect(zone.failures).toEqual([]);
  });

  // Case 16.
  test('events and notifications that arrive twice and late cause one copy, and the export copy outlives the import', async () => {
    const of = await zone.database({ id: 'twice' });
    await zone.backUp(of);
    const [backup] = await zone.backups(of);
    const { arn = '', name = '' } = backup ?? {};
    const at = { account: SOURCE, region: zone.region, resources: [arn] };
    const emitEvents = async () => {
      const detail = { EventID: 'RDS-EVENT-0197', SourceIdentifier: name, SourceArn: arn, SourceType: 'SNAPSHOT' };
      await zone.emulator.emit({ ...at, source: 'aws.rds', detailType: 'RDS DB Snapshot Event', detail });
      const job = { state: 'COMPLETED', resourceType: 'RDS', resourceArn: of.arn, percentDone: 100 };
      await zone.emulator.emit({ ...at, source: 'aws.backup', detailType: 'Backup Job State Change', detail: job });
    };
    await emitEvents();
    await zone.stage.pump.pass(40);
    await emitEvents();
    await zone.until(async () => (await zone.inVault(of)).length > 0, 5);
    const [exported] = await zone.exportCopies(of);
    const TopicArn = copiesTopicArn(EXAMPLE.first as never, region(zone.region));
    const Message = notify(exported?.arn as never);
    const sns = new SNSClient(zone.emulator.client(SOURCE, zone.region));
    for (let again = 0; again < 2; again += 1) await sns.send(new PublishCommand({ TopicArn, Message }));
    await zone.stage.pump.pass(60);
    expect((await zone.inVault(of)).map(({ status }) => status)).toEqual(['creating']);
    expect(await zone.exportCopies(of)).toHaveLength(1);
    await zone.untilImported([of]);
    await emitEvents();
    await zone.pass(30);
    expect((await zone.inVault(of)).length).toBe(1);
    expect([await zone.calls('CopyDBSnapshot', SOURCE), await zone.calls('CopyDBSnapshot', zone.vault)]).toEqual([
      1, 1,
    ]);
  });
});
