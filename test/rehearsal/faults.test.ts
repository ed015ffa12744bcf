import { DisableKeyCommand, EnableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { config } from '../../src/checkvalve.config';
import { region } from '../../src/contract/ids';
import { copiesTopicArn, NAMES } from '../../src/contract/names';
import { VERDICTS, type VerdictCode } from '../../src/contract/verdicts';
import type { PlantedFault } from '../../src/emulator/answers';
import { EXAMPLE } from '../../src/rehearsal/world';
import { type CreatedDatabase, type DeployedLandingZone, good } from '../support/deployed-landing-zone';
import { inRoomyZone } from '../support/roomy-zone';

const { first: SOURCE } = EXAMPLE;

let zone: DeployedLandingZone;
let exportKey: string;

inRoomyZone((found) => {
  ({ zone, exportKey } = found);
});

const verdicts = (of: CreatedDatabase) => zone.verdicts(of);
const remedyOf = (code: VerdictCode): string => VERDICTS[code].remedy;

describe('faults over HTTP', () => {
  // Roles were asked for all the inputs: here it is the faults that count.
  beforeAll(() => {
    zone.authorizes = false;
  });

  const fault = (action: string, code: string, more: Partial<PlantedFault> = {}): PlantedFault => ({
    action,
    code,
    ...more,
  });

  test.each([
    // Twice: a run that meets a failure goes on with a run over all snapshots.
    ['refused', 'InvalidParameterValue', 400, 2],
    // Three tries of the SDK are one call of ours.
    ['an error of AWS', 'InternalFailure', 500, 6],
  ])('(e) one of ten shares fails, %s: nine go on, and the tenth follows', async (_, code, status, times) => {
    const ten = await zone.several(`share-${times}-`, 10);
    await zone.emulator.plantFaults([
      fault('ModifyDBSnapshotAttribute', code, { status, times, match: `checkvalve-share-${times}-4` }),
    ]);
    await zone.backUp(...ten);
    await zone.untilImported(ten);
    expect(zone.failures).toHaveLength(1);
    // The events of a run that failed come again, and what it shared is shared again.
    const shares = await zone.calls('ModifyDBSnapshotAttribute', SOURCE, 200);
    expect([10, 20]).toContain(shares);
    expect(await zone.calls('CopyDBSnapshot')).toBe(20);
  });

  // Case 34.
  test.each([
    [2, 'in the same run'],
    [6, 'in a later run'],
  ])('after %i throttled listings every copy is made, %s', async (times) => {
    const of = await zone.database({ id: `throttled-${times}` });
    await zone.backUp(of);
    await zone.emulator.plantFaults(
      [SOURCE, zone.vault].map((account) =>
        fault('DescribeDBSnapshots', 'Throttling', { message: 'Rate exceeded', times, account }),
      ),
    );
    // The faults are for the handlers: a call of the test would use them up.
    await zone.pass(90);
    await zone.untilImported([of]);
    expect(zone.failures.length > 0).toBe(times > 2);
    expect(await zone.calls('CopyDBSnapshot')).toBe(2);
    expect(await zone.calls('ListTagsForResource')).toBe(0);
  });

  // Case 32.
  test('more copies than RDS allows in flight wait, without an alarm and with few calls, and all are made', async () => {
    const six = await zone.several('wait', 6);
    await zone.emulator.setRdsLimits({ account: zone.vault, maxInstanceCopiesInFlight: 2 });
    await zone.backUp(...six);
    await zone.untilImported(six);
    await zone.emulator.setRdsLimits({ account: zone.vault, maxInstanceCopiesInFlight: 20 });
    expect(six.flatMap(verdicts)).toEqual([]);
    expect(zone.failures).toEqual([]);
    expect(await zone.calls('CopyDBSnapshot', zone.vault, 200)).toBe(6);
    // A run asks once more than it is given, and then no more.
    expect(await zone.calls('CopyDBSnapshot', zone.vault, 400)).toBeLessThan(20);
  });

  // Case 26.
  test('while the export key is disabled one alert is sent and no copy is made; all are copied once it is enabled', async () => {
    const three = await zone.several('shut', 3);
    const kms = new KMSClient(zone.emulator.client(SOURCE, zone.region));
    await kms.send(new DisableKeyCommand({ KeyId: exportKey }));
    await zone.backUp(...three);
    await zone.pass(120);
    expect(three.flatMap(verdicts)).toEqual(['checkvalve-key-not-accessible']);
    expect(await zone.calls('CopyDBSnapshot', SOURCE, 200)).toBe(0);
    expect(await zone.calls('CopyDBSnapshot', SOURCE, 400)).toBeLessThanOrEqual(5);
    await kms.send(new EnableKeyCommand({ KeyId: exportKey }));
    await zone.untilImported(three);
  });

  test('a copy that RDS reports as missing although it exists, or under a key that it reports as disabled, is retried later', async () => {
    const [gone, shut] = await zone.several('blink', 2);
    if (!gone || !shut) throw new Error('no databases');
    await zone.emulator.plantFaults([
      fault('CopyDBSnapshot', 'DBSnapshotNotFound', { status: 404, account: zone.vault, match: 'blink0' }),
      // Twice: a run that meets a refusal goes on with a run over all snapshots.
      fault('CopyDBSnapshot', 'KMSKeyNotAccessibleFault', { account: SOURCE, match: 'blink1', times: 2 }),
    ]);
    await zone.backUp(gone, shut);
    await zone.untilImported([gone, shut]);
    expect(zone.failures).toEqual([]);
    expect([verdicts(gone), verdicts(shut)]).toEqual([[], ['key-not-accessible']]);
    expect(await zone.calls('CopyDBSnapshot', undefined, 200)).toBe(4);
  });

  const CALLS = {
    [SOURCE]: [
      ...['DescribeDBSnapshots', 'DescribeDBClusterSnapshots', 'CopyDBSnapshot', 'CopyDBClusterSnapshot'],
      ...['ModifyDBSnapshotAttribute', 'ModifyDBClusterSnapshotAttribute', 'AddTagsToResource', 'Publish'],
      ...['GetQueueAttributes', 'SendMessage', 'DeleteDBSnapshot', 'DeleteDBClusterSnapshot'],
    ],
    [config.vault.account]: [
      ...['DescribeDBSnapshots', 'DescribeDBClusterSnapshots', 'CopyDBSnapshot', 'CopyDBClusterSnapshot', 'Scan'],
      ...['AssumeRole', 'GetQueueAttributes', 'SendMessage'],
    ],
  };

  test('after errors of AWS on every call, each snapshot is copied once and nothing is left over', async () => {
    const [db, cluster] = [
      await zone.database({ id: 'shaken' }),
      await zone.database({ id: 'shaken-cluster', kind: 'cluster', key: 'own' }),
    ];
    // Three tries of the SDK are one call of ours.
    const planted = Object.entries(CALLS).flatMap(([account, actions]) =>
      actions.map((action) => fault(action, 'InternalFailure', { status: 500, times: 3, account })),
    );
    await zone.emulator.plantFaults(planted);
    for (const night of [1, 2]) {
      await zone.backUp(db, cluster);
      // A look of the test's own would use up the faults of listings.
      if (night === 1) await zone.pass(30);
      await zone.untilImported([db, cluster], night);
    }
    await zone.until(async () => (await zone.exportCopies(cluster)).length === 0);
    await zone.until(async () => (await zone.exportCopies(db)).length === 1);
    for (const { action, account } of planted) {
      expect(`${action} ${await zone.calls(action, account, 500)}`).toBe(`${action} 3`);
    }
    expect(zone.failures.length).toBeGreaterThan(3);
    expect(await zone.exportCopies(db)).toHaveLength(1);
    expect(await zone.calls('CopyDBSnapshot', undefined, 200)).toBe(4);
    expect(await zone.calls('CopyDBClusterSnapshot', undefined, 200)).toBe(4);
    expect([db, cluster].flatMap(verdicts)).toEqual([]);
  });

  // Case 45.
  test('a message that no step can parse is received five times, and then is in the dead-letter queue', async () => {
    const sns = new SNSClient(zone.emulator.client(SOURCE, zone.region));
    const TopicArn = copiesTopicArn(EXAMPLE.first as never, region(zone.region));
    await sns.send(new PublishCommand({ TopicArn, Message: JSON.stringify({ version: 99 }) }));
    for (let receive = 0; receive < 6; receive += 1) await zone.stage.pump.pass(31 * 60);
    const sqs = new SQSClient(zone.emulator.client(zone.vault, zone.region));
    const QueueUrl = `${zone.emulator.endpoint}/${zone.vault}/${NAMES.inbox}-dead-letters`;
    const question = { QueueUrl, AttributeNames: ['ApproximateNumberOfMessages' as const] };
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand(question));
    expect(Attributes?.ApproximateNumberOfMessages).toBe('1');
    const alerts = zone.logged.filter(({ event }) => event === 'message.not-understood');
    expect(new Set(alerts.map(({ facts }) => facts.messageId)).size).toBe(1);
    expect(alerts).toHaveLength(5);
  });
});

describe('two days with a full vault and a disabled key', () => {
  let ten: CreatedDatabase[];
  let locked: CreatedDatabase;
  let open: CreatedDatabase;
  let kms: KMSClient;
  const calls: Record<string, number> = {};

  beforeAll(async () => {
    await zone.emulator.clearFaults();
    ten = await zone.several('full', 10);
    locked = await zone.database({ id: 'locked', key: 'own' });
    open = await zone.database({ id: 'open', kind: 'cluster', key: 'own' });
    kms = new KMSClient(zone.emulator.client(SOURCE, zone.region));
    const there = (await zone.inVault()).filter(({ kind }) => kind === 'instance').length;
    await zone.emulator.setRdsLimits({ account: zone.vault, manualSnapshotQuota: there + 4 });
    await zone.backUp(...ten, locked, open);
    await kms.send(new DisableKeyCommand({ KeyId: locked.key }));
    await zone.emulator.clearLog();
    // A run asks for one copy more than the vault has room for: each of six that wait has its turn within six runs.
    await zone.pass(120, 15);
    await zone.pass(46 * 60, 180);
    calls.refusedBySource = await zone.calls('CopyDBSnapshot', SOURCE, 400);
    calls.ofVault = await zone.calls('CopyDBSnapshot', zone.vault);
    calls.deletions = await zone.calls('DeleteDBSnapshot', zone.vault);
  });

  // Case 31.
  test('six of ten copies find the vault full: one alert a day each, few retries, and nothing is deleted or lost', async () => {
    const all = await zone.inVault();
    const waiting = ten.filter(({ arn }) => good(all, arn).length === 0);
    expect(waiting).toHaveLength(6);
    expect(waiting.map(verdicts)).toEqual(Array(6).fill(['quota-full', 'quota-full']));
    for (const of of waiting) expect(await zone.exportCopies(of)).toMatchObject([{ status: 'available' }]);
    const [alert] = waiting.flatMap((of) => zone.alerts(of));
    expect(alert?.facts.remedy).toBe(remedyOf('quota-full'));
    expect(calls.ofVault).toBeLessThan(10 + 6 * 10);
    expect(calls.deletions).toBe(0);
  });

  // Case 25.
  test('with a key that RDS cannot use, other copies continue; one alert a day names the key and the remedy', async () => {
    expect(await zone.goodCopies(open)).toBe(1);
    const alerts = zone.alerts(locked).map(({ facts: { verdict, remedy, key } }) => ({ verdict, remedy, key }));
    const expected = { verdict: 'key-not-accessible', remedy: remedyOf('key-not-accessible'), key: locked.key };
    expect(alerts).toEqual([expected, expected]);
    expect(calls.refusedBySource).toBeLessThan(12);
  });

  // Case 25.
  test('when the quota is raised and the key is enabled, each snapshot is copied once', async () => {
    await zone.emulator.setRdsLimits({ account: zone.vault, manualSnapshotQuota: 1000 });
    await kms.send(new EnableKeyCommand({ KeyId: locked.key }));
    const wanted = [...ten, locked];
    await zone.until(async () => {
      const all = await zone.inVault();
      return wanted.every(({ arn }) => good(all, arn).length === 1);
    }, 120);
    expect(await zone.calls('CopyDBSnapshot', SOURCE, 200)).toBe(1);
    expect(await zone.calls('CopyDBSnapshot', zone.vault, 200)).toBe(7);
    expect(zone.failures).toEqual([]);
  });
});
