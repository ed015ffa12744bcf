import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  ListStackSetOperationResultsCommand,
  UpdateStackInstancesCommand,
} from '@aws-sdk/client-cloudformation';
import { config } from '../../src/checkvalve.config';
import { NAMES } from '../../src/contract/names';
import { type ExecutionRole, executionRoleOf } from '../../src/management/execution-role/execution-role';
import { Deployment } from '../../src/rehearsal/deploy';
import { eachStack } from '../../src/rehearsal/each-stack';
import { stacksOf } from '../../src/rehearsal/evidence';
import { PlayedLandingZone } from '../../src/rehearsal/played-landing-zone';

import { buildWorld, EXAMPLE } from '../../src/rehearsal/world';
import { resourcesOf, templatesOf } from '../support/synthesized';
import { emulatorOfWorker } from '../support/worker';
import { MANAGEMENT, REGION, START } from './emulator-world';

const { first } = EXAMPLE;
const GENERATED = { ...config, rollout: { executionRole: 'generated' as const } };
const role = executionRoleOf(resourcesOf(templatesOf().source));
const without = (action: string): ExecutionRole['document'] => ({
  ...role.document,
  Statement: role.document.Statement.map((one) => ({ ...one, Action: one.Action.filter((name) => name !== action) })),
});

/** A landing zone whose first account could not get the tooling, for want of every permission. */
async function refused(of = config) {
  const zone = await PlayedLandingZone.start(of, () => {}, { now: START, emulator: await emulatorOfWorker() });
  await zone.deploy();
  return zone;
}

/** Lets StackSets try once more; resolves to what became of it in the first account. */
async function tryAgain(zone: PlayedLandingZone): Promise<string> {
  const client = new CloudFormationClient(zone.emulator.client(MANAGEMENT, 'us-east-1'));
  const StackSetName = NAMES.stackSet;
  const { OperationId } = await client.send(
    new UpdateStackInstancesCommand({
      StackSetName,
      Regions: [REGION],
      DeploymentTargets: {
        OrganizationalUnitIds: [config.organization.rootId],
        AccountFilterType: 'INTERSECTION',
        Accounts: [first],
      },
    }),
  );
  await zone.emulator.advance(120);
  const { Summaries = [] } = await client.send(new ListStackSetOperationResultsCommand({ StackSetName, OperationId }));
  const [{ Status, StatusReason } = {}] = Summaries;
  return [Status, StatusReason].filter(Boolean).join(': ');
}

const created = Object.values(role.handlers).flatMap(({ create }) => create.map(({ action }) => action));

test('without any one of its permissions the tooling cannot be deployed, and CloudFormation says which', async () => {
  const zone = await refused();
  try {
    await zone.emulator.setExecutionRole({ document: { ...role.document, Statement: [] } });
    await zone.stage.pump.fire('checkvalve-enroll-accounts');
    await zone.stage.pump.pass(300);
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

test('a resource whose name the role does not cover is refused by name', async () => {
  const zone = await refused();
  try {
    const narrow = role.document.Statement.map((one) => ({
      ...one,
      Resource: one.Resource.map((arn) => arn.replace('role/checkvalve-*', 'role/another-*')),
    }));
    await zone.emulator.setExecutionRole({ document: { ...role.document, Statement: narrow } });
    await zone.stage.pump.fire('checkvalve-enroll-accounts');
    await zone.stage.pump.pass(300);
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
    // What the emulator is told counts for nothing: the StackSet has a role of its own.
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
        }
      }
    });
    expect(await tryAgain(zone)).toBe('SUCCEEDED');
    expect(await zone.emulator.problems()).toEqual([]);
  } finally {
    await zone.stop();
  }
}, 120_000);

test('generated, and AWS refuses the property: the stack fails with its name, and no account gets anything', async () => {
  const zone = await PlayedLandingZone.start(GENERATED, () => {}, { now: START, emulator: await emulatorOfWorker() });
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
