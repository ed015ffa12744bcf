import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DeleteStackInstancesCommand,
  DescribeStackResourcesCommand,
  DescribeStackSetCommand,
  ListStackSetOperationResultsCommand,
  UpdateStackInstancesCommand,
  UpdateStackSetCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { config } from '../../src/checkvalve.config';
import { NAMES } from '../../src/contract/names';
import { type ExecutionRole, executionRoleOf } from '../../src/management/execution-role/execution-role';
import { stacksOf } from '../../src/rehearsal/checks/evidence';
import { Deployment } from '../../src/rehearsal/host/deploy';
import { eachStack } from '../../src/rehearsal/host/each-stack';
import { LandingZone } from '../../src/rehearsal/host/landing-zone';

import { rehearseTeardown } from '../../src/rehearsal/phases/rehearse-teardown';
import { buildWorld, EXAMPLE } from '../../src/rehearsal/world';
import { MANAGEMENT, REGION, START } from '../src/emulator/emulator-world';
import type { Changeable } from '../support/landing-zone';
import { testByDay, testSample } from '../support/sample';
import { resourcesOf, templatesOf } from '../support/synthesized';
import { emulatorOfWorker } from '../support/worker';

const { first } = EXAMPLE;
const GENERATED = { ...config, rollout: { executionRole: 'generated' as const } };
const role = executionRoleOf(resourcesOf(templatesOf().source));
const without = (action: string): ExecutionRole['document'] => ({
  ...role.document,
  Statement: role.document.Statement.map((one) => ({ ...one, Action: one.Action.filter((name) => name !== action) })),
});

/** A landing zone whose first account did not get the tooling, because the role lacks every permission. */
async function refused(of = config) {
  const zone = await LandingZone.start(of, () => {}, { now: START, emulator: await emulatorOfWorker() });
  await zone.deploy();
  return zone;
}

const StackSetName = NAMES.stackSet;
const IN_FIRST = {
  StackSetName,
  Regions: [REGION],
  DeploymentTargets: {
    OrganizationalUnitIds: [config.organization.rootId],
    AccountFilterType: 'INTERSECTION' as const,
    Accounts: [first],
  },
};
const stackSets = ({ emulator }: LandingZone) => new CloudFormationClient(emulator.client(MANAGEMENT, 'us-east-1'));

/** What became of an operation in the first account. */
async function resultOf(zone: LandingZone, OperationId: string | undefined): Promise<string> {
  const client = stackSets(zone);
  await zone.stage.pump.pass(120);
  const { Summaries = [] } = await client.send(new ListStackSetOperationResultsCommand({ StackSetName, OperationId }));
  const [{ Status, StatusReason } = {}] = Summaries;
  return [Status, StatusReason].filter(Boolean).join(': ');
}

/** Lets StackSets try once more. */
const tryAgain = async (zone: LandingZone): Promise<string> =>
  resultOf(zone, (await stackSets(zone).send(new UpdateStackInstancesCommand(IN_FIRST))).OperationId);

/** Lets StackSets remove the tooling. */
async function remove(zone: LandingZone): Promise<string> {
  const order = new DeleteStackInstancesCommand({ ...IN_FIRST, RetainStacks: false });
  return resultOf(zone, (await stackSets(zone).send(order)).OperationId);
}

/** Rolls out another template of the tooling: resources of a type are changed in it. */
async function rollOut(
  zone: LandingZone,
  type: string,
  change: (properties: Record<string, unknown>) => void,
): Promise<string> {
  const client = stackSets(zone);
  const { StackSet } = await client.send(new DescribeStackSetCommand({ StackSetName }));
  const template = JSON.parse(StackSet?.TemplateBody ?? '') as Changeable;
  for (const { Type, Properties } of Object.values(template.Resources)) if (Type === type) change(Properties);
  const s3 = new S3Client(zone.emulator.client(MANAGEMENT, 'us-east-1'));
  const [Bucket, Key] = ['changed-templates', 'tooling.json'];
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(template) }));
  const TemplateURL = `https://${Bucket}.s3.us-east-1.amazonaws.com/${Key}`;
  const order = { StackSetName, TemplateURL, Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
  return resultOf(zone, (await client.send(new UpdateStackSetCommand(order))).OperationId);
}

/** Enrolls the first account. */
async function enroll(zone: LandingZone): Promise<void> {
  await zone.stage.pump.fire('checkvalve-enroll-accounts');
  await zone.stage.pump.pass(300);
}

/** What is taken away again when the tooling leaves. */
const deleted = [...new Set(Object.values(role.handlers).flatMap((one) => one.delete.map(({ action }) => action)))];
const created = Object.values(role.handlers).flatMap(({ create }) => create.map(({ action }) => action));

test('without one of its permissions the tooling cannot be deployed, and CloudFormation names the permission', async () => {
  const zone = await refused();
  try {
    await zone.emulator.setExecutionRole({ document: { ...role.document, Statement: [] } });
    await enroll(zone);
    // An account that fails again and again would be quarantined, and its instance deleted.
    const busy = { action: 'DeleteStackInstances', code: 'OperationInProgressException', status: 409, times: 10_000 };
    await zone.emulator.plantFaults([busy]);
    for (const action of new Set(created)) {
      await zone.emulator.setExecutionRole({ document: without(action) });
      const result = await tryAgain(zone);
      expect(result).toMatch(/^FAILED: /);
      expect(result).toContain(`is not authorized to perform: ${action} on resource: `);
    }
    await zone.emulator.setExecutionRole(role);
    expect(await tryAgain(zone)).toBe('SUCCEEDED');
  } finally {
    await zone.stop();
  }
}, 300_000);

describe('removal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'checkvalve-removal-'));
  const world = join(folder, 'enrolled');
  let zone: LandingZone;
  beforeAll(async () => {
    zone = await refused();
    await zone.emulator.setExecutionRole(role);
    await enroll(zone);
    await zone.emulator.save(world);
  }, 120_000);
  beforeEach(() => zone.emulator.restore(world));
  afterAll(async () => {
    await zone.stop();
    rmSync(folder, { recursive: true });
  });

  testSample(
    'permissions to remove the tooling',
    deleted,
    6,
  )('needs %s, and CloudFormation says so', async (action) => {
    await zone.emulator.setExecutionRole({ document: without(action) });
    expect(await remove(zone)).toMatch(new RegExp(`^FAILED: .*is not authorized to perform: ${action} on resource: `));
    expect(await stacksOf(zone.emulator, first, REGION)).toHaveLength(1);
    await zone.emulator.setExecutionRole(role);
    expect(await remove(zone)).toBe('SUCCEEDED');
    expect(await stacksOf(zone.emulator, first, REGION)).toEqual([]);
  });

  test('everything may be removed that the tooling does not retain', () => {
    const kept = ['AWS::Backup::BackupVault', 'AWS::KMS::Key'];
    const never = Object.keys(role.handlers).filter((type) => role.handlers[type]?.delete.length === 0);
    expect(never.sort()).toEqual(kept);
    expect(deleted.length).toBeGreaterThan(20);
  });
});

/** Changes for which CloudFormation replaces a resource: its type, the property, and another value. */
const REPLACED: ReadonlyArray<readonly [type: string, property: string, (value: unknown) => unknown]> = [
  ['AWS::SQS::Queue', 'QueueName', (name) => `${String(name)}-2`],
  ['AWS::SNS::Topic', 'TopicName', (name) => `${String(name)}-2`],
  ['AWS::Lambda::Function', 'FunctionName', (name) => `${String(name)}-2`],
  ['AWS::Backup::BackupSelection', 'BackupSelection', (value) => ({ ...Object(value), SelectionName: 'another' })],
];

testSample(
  'replacements in the tooling',
  REPLACED.map(([type]) => type),
  1,
)('a replacement of %s needs what creates and what deletes it', async (type) => {
  const [, property = '', change = (value: unknown) => value] = REPLACED.find(([one]) => one === type) ?? [];
  const zone = await refused();
  try {
    await zone.emulator.setExecutionRole(role);
    await enroll(zone);
    const replace = () =>
      rollOut(zone, type, (properties) => {
        properties[property] = change(properties[property]);
      });
    for (const handler of ['create', 'delete'] as const) {
      const action = role.handlers[type]?.[handler][0]?.action ?? '';
      await zone.emulator.setExecutionRole({ document: without(action) });
      expect(await replace()).toContain(`is not authorized to perform: ${action} on resource: `);
    }
    await zone.emulator.setExecutionRole(role);
    expect(await replace()).toBe('SUCCEEDED');
  } finally {
    await zone.stop();
  }
});

test('a resource whose name the role does not cover is refused by name', async () => {
  const zone = await refused();
  try {
    const narrow = role.document.Statement.map((one) => ({
      ...one,
      Resource: one.Resource.map((arn) => arn.replace('role/checkvalve-*', 'role/another-*')),
    }));
    await zone.emulator.setExecutionRole({ document: { ...role.document, Statement: narrow } });
    await enroll(zone);
    expect(await tryAgain(zone)).toContain(
      `perform: iam:CreateRole on resource: arn:aws:iam::${first}:role/checkvalve-`,
    );
  } finally {
    await zone.stop();
  }
}, 120_000);

test('generated: the role in the StackSet deploys, changes and removes the tooling', async () => {
  const zone = await refused(GENERATED);
  try {
    // The role that the test sets in the emulator has no effect: the StackSet has its own role.
    await zone.emulator.setExecutionRole({ document: { ...role.document, Statement: [] } });
    await zone.fire('enroll-accounts');
    await zone.pass(300);
    const [stack] = await stacksOf(zone.emulator, first, REGION);
    const client = new CloudFormationClient(zone.emulator.client(first, REGION));
    const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: stack }));
    expect(StackResources.length).toBeGreaterThan(20);
    await zone.upgrade((templates) => {
      for (const [name, { Resources }] of Object.entries(templates)) {
        if (!name.endsWith('.stackset')) continue;
        for (const { Type, Properties = {} } of Object.values(Resources)) {
          if (Type === 'AWS::Lambda::Function') Properties.MemorySize = 1024;
          if (Type === 'AWS::Logs::LogGroup') Properties.RetentionInDays = 731;
          if (Type === 'AWS::SQS::Queue') Properties.QueueName = `${String(Properties.QueueName)}-2`;
        }
      }
    });
    expect(await tryAgain(zone)).toBe('SUCCEEDED');
    expect(await remove(zone)).toBe('SUCCEEDED');
    expect(await stacksOf(zone.emulator, first, REGION)).toEqual([]);
    expect(await zone.emulator.problems()).toEqual([]);
  } finally {
    await zone.stop();
  }
}, 120_000);

testByDay('generated: teardown removes all that the role has deployed', async () => {
  const { faults, stacks } = await rehearseTeardown(GENERATED, () => {}, {
    now: START,
    emulator: await emulatorOfWorker(),
  });
  expect({ faults, stacks }).toEqual({ faults: [], stacks: [] });
});

test('generated, and AWS refuses the property: the stack fails with its name, and no account gets anything', async () => {
  const zone = await LandingZone.start(GENERATED, () => {}, { now: START, emulator: await emulatorOfWorker() });
  try {
    const deployment = new Deployment(zone.emulator, 'refused');
    await expect(
      eachStack(GENERATED, undefined, async (stack) => {
        if (stack.stackName === 'Management') await buildWorld(zone.emulator, zone.world, GENERATED);
        if (stack.stackName !== 'Vault') await deployment.deploy(stack);
      }),
    ).rejects.toThrow('Encountered unsupported property ExecutionRoleTemplateBody');
    expect(await stacksOf(zone.emulator, first, REGION)).toEqual([]);
  } finally {
    await zone.stop();
  }
}, 120_000);
