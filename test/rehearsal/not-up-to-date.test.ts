import {
  CloudFormationClient,
  DetectStackSetDriftCommand,
  paginateListStackInstances,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { config } from '../../src/checkvalve.config';
import { subjectOf } from '../../src/contract/management-alerts';
import { NAMES } from '../../src/contract/names';
import { examine } from '../../src/operations/doctor/examine';
import { EXAMPLE } from '../../src/rehearsal/world';
import { MANAGEMENT } from '../src/emulator/emulator-world';
import { DeployedLandingZone } from '../support/deployed-landing-zone';

const HOUR = 3600;
const StackSetName = NAMES.stackSet;
const { first } = EXAMPLE;
let zone: DeployedLandingZone;
beforeAll(async () => {
  zone = await DeployedLandingZone.deployed();
}, 180_000);
beforeEach(() => zone.calm());
afterAll(() => zone.stop());

const settings = () => zone.emulator.client(MANAGEMENT, 'us-east-1');
const plant = (status: string, detailed: string, reason = '') =>
  zone.emulator.setStackInstance({ account: first, region: zone.region, status, detailed, reason });

/** Status and detailed status of the first account's instance. */
async function standing(): Promise<string> {
  const client = new CloudFormationClient(settings());
  for await (const { Summaries = [] } of paginateListStackInstances({ client }, { StackSetName })) {
    const found = Summaries.find(({ Account }) => Account === first);
    if (found) return `${found.Status} ${found.StackInstanceStatus?.DetailedStatus}`;
  }
  return 'none';
}

/** What the registry has written down of it. */
async function rollout(): Promise<{ readonly state?: string; readonly repairs?: number; readonly failed?: string[] }> {
  const get = new GetItemCommand({ TableName: NAMES.registryTable, Key: { account: { S: first } } });
  const { Item } = await new DynamoDBClient(settings()).send(get);
  return JSON.parse(Item?.rollout?.S ?? '{}')[zone.region] ?? {};
}

/** Lets hours pass, each with the sweep of watch-rollout at its end and what comes of it. */
async function hours(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    await zone.stage.pump.pass(HOUR);
    await zone.stage.pump.fire('checkvalve-watch-rollout');
    await zone.stage.pump.pass(120);
  }
}

async function subjects(): Promise<readonly string[]> {
  const all = await zone.emulator.notifications();
  return all
    .filter(({ topicArn }) => topicArn.endsWith(`${MANAGEMENT}:${NAMES.alertsTopic}`))
    .map(({ subject }) => String(subject));
}

// Case 110.
test('an account that is active again is repaired within a day', async () => {
  await hours(1);
  await zone.emulator.setAccountState(first, 'SUSPENDED');
  await zone.stage.pump.fire('checkvalve-enroll-accounts');
  await zone.stage.pump.pass(900);
  await plant('OUTDATED', 'SKIPPED_SUSPENDED_ACCOUNT');
  await hours(3);
  expect(await standing()).toBe('OUTDATED SKIPPED_SUSPENDED_ACCOUNT');
  expect(await rollout()).toMatchObject({ state: 'suspended', repairs: 0 });
  await zone.emulator.setAccountState(first, 'ACTIVE');
  await zone.stage.pump.fire('checkvalve-enroll-accounts');
  await zone.stage.pump.pass(900);
  await hours(1);
  expect(await standing()).toBe('CURRENT SUCCEEDED');
  expect(await rollout()).toMatchObject({ state: 'current', repairs: 0 });
}, 120_000);

// Case 111.
test.each(['PENDING', 'RUNNING', 'A_NEW_WORD', 'CANCELLED'])(
  '%s without an operation is repaired within two sweeps, and the doctor finds it',
  async (detailed) => {
    await plant('OUTDATED', detailed);
    const management = (region: string) => zone.emulator.client(MANAGEMENT, region);
    const { findings } = await examine(config, { management }, new Date(await zone.emulator.now()));
    const where = `${first}, ${zone.region}`;
    expect(findings.filter((one) => one.where === where)).toMatchObject([{ check: 'stack-instances' }]);
    await hours(2);
    expect(await standing()).toBe('CURRENT SUCCEEDED');
    expect(await rollout()).toMatchObject({ state: 'current', repairs: 0 });
  },
  120_000,
);

// Case 112.
test('a repair that AWS refuses for five hours is not counted, causes no alert about the account, and succeeds once it is allowed', async () => {
  await hours(1);
  const sent = await subjects();
  await plant('OUTDATED', 'CANCELLED');
  await zone.emulator.plantFaults([
    { action: 'UpdateStackInstances', code: 'StaleRequestException', status: 409, times: 1000 },
  ]);
  await hours(5);
  expect(await zone.calls('UpdateStackInstances', MANAGEMENT)).toBeGreaterThanOrEqual(5);
  expect(await rollout()).toMatchObject({ state: 'current', repairs: 0 });
  expect((await subjects()).slice(sent.length)).toEqual([subjectOf('stack-set-call-refused')]);
  await zone.emulator.clearFaults();
  await hours(1);
  expect(await standing()).toBe('CURRENT SUCCEEDED');
}, 120_000);

// Case 113.
test('two detections of drift, one of them failed, have no effect', async () => {
  await hours(1);
  const [sent, before] = [await subjects(), await rollout()];
  const client = new CloudFormationClient(settings());
  const failing: readonly Readonly<Record<string, string>>[] = [{ [first]: 'no credentials' }, {}];
  for (const failAccounts of failing) {
    await zone.emulator.setStackSets({ failAccounts });
    await client.send(new DetectStackSetDriftCommand({ StackSetName }));
    await hours(2);
  }
  expect(await rollout()).toEqual(before);
  expect(await subjects()).toEqual(sent);
  expect(await standing()).toBe('CURRENT SUCCEEDED');
  expect(await zone.emulator.problems()).toEqual([]);
}, 120_000);
