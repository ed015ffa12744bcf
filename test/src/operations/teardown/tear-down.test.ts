import {
  CloudFormationClient,
  DeleteStackCommand,
  DeleteStackInstancesCommand,
  DescribeStackResourcesCommand,
  DescribeStackSetCommand,
  DescribeStackSetOperationCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackInstancesCommand,
} from '@aws-sdk/client-cloudformation';
import { DisableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { config } from '../../../../src/checkvalve.config';
import { teardownReport } from '../../../../src/cli/print-teardown';
import { NAMES } from '../../../../src/contract/names';
import { clientsWith } from '../../../../src/operations/teardown/clients';
import { tearDown } from '../../../../src/operations/teardown/tear-down';

const { managementAccount } = config.organization;
const SOURCE = '222200001111';
const [cloudformation, events, sts] = [
  mockClient(CloudFormationClient),
  mockClient(EventBridgeClient),
  mockClient(STSClient),
];
const retained = (id: string, Type: string) =>
  JSON.stringify({ Resources: { [id]: { Type, DeletionPolicy: 'Retain' } } });
const failing = (name: string, more: object = {}) => Object.assign(new Error(`no ${name}`), { name, ...more });
const missing = failing('ValidationError');
missing.message = 'Stack with id x does not exist';
const created = (StackName: string) => ({
  Stacks: [
    { StackName, StackId: `id-of-${StackName}`, CreationTime: new Date(0), StackStatus: 'CREATE_COMPLETE' as const },
  ],
});

beforeEach(() => {
  for (const mock of [cloudformation, events, sts]) mock.reset();
  sts.on(GetCallerIdentityCommand).resolves({ Account: managementAccount });
  const Summaries = [{ Account: SOURCE, Region: 'eu-central-1', Status: 'CURRENT' as const }];
  cloudformation
    .on(ListStackInstancesCommand)
    .resolvesOnce({ Summaries })
    .resolvesOnce({ Summaries })
    .resolves({ Summaries: [] })
    .on(DescribeStackSetCommand)
    .resolves({ StackSet: { TemplateBody: retained('ExportKey', 'AWS::KMS::Key') } })
    .on(DeleteStackInstancesCommand)
    .resolves({ OperationId: 'operation-1' })
    .on(DescribeStackSetOperationCommand)
    .resolves({ StackSetOperation: { Status: 'SUCCEEDED', Action: 'DELETE' } })
    .on(DescribeStacksCommand, { StackName: 'Tooling' })
    .rejects(missing)
    .on(DescribeStacksCommand, { StackName: 'Management' })
    .resolves(created('Management'))
    .on(DescribeStackResourcesCommand)
    .resolves({
      StackResources: [
        {
          LogicalResourceId: 'Registry',
          ResourceType: 'AWS::DynamoDB::Table',
          PhysicalResourceId: NAMES.registryTable,
          ResourceStatus: 'CREATE_COMPLETE',
          Timestamp: new Date(0),
        },
        {
          LogicalResourceId: 'Rule',
          ResourceType: 'AWS::Events::Rule',
          PhysicalResourceId: 'checkvalve-enroll',
          ResourceStatus: 'CREATE_COMPLETE',
          Timestamp: new Date(0),
        },
      ],
    })
    .on(GetTemplateCommand)
    .resolves({ TemplateBody: retained('Registry', 'AWS::DynamoDB::Table') });
});

const run = (yes = true) =>
  tearDown({
    config,
    clientsOf: (region) => clientsWith({ region }),
    yes,
    wait: async () => {},
    progress: () => {},
  });
const outcomes = (report: Awaited<ReturnType<typeof run>>) => report.steps.map(({ outcome }) => outcome);

test('the report after a call that fails at the end has every part and the retained resources', async () => {
  cloudformation.on(DeleteStackCommand).rejects(failing('AccessDenied'));
  const report = await run();
  expect(report.ok).toBe(false);
  expect(outcomes(report)).toEqual(['done', 'done', 'nothing-to-do', 'stopped']);
  expect(report.steps.at(-1)).toMatchObject({
    what: 'delete Management in us-east-1',
    because: expect.stringContaining('AWS denies access: no AccessDenied'),
  });
  const printed = teardownReport(report);
  expect(printed).toContain(`- ExportKey (logical id of its template), in ${SOURCE}`);
  expect(printed).toMatch(new RegExp(`- ${NAMES.registryTable}$`, 'm'));
  expect(report.next[0]).toMatch(/^Use credentials of the account/);
  expect(printed).toContain('Resolve what stopped it, then: checkvalve teardown --yes');
});

test('a call that fails at the start stops the teardown, and later parts are not started', async () => {
  events.on(DisableRuleCommand).rejects(failing('Error', { code: 'ECONNRESET' }));
  const report = await run();
  expect(report.steps.map(({ what, outcome }) => `${what}: ${outcome}`)).toEqual([
    'disable the rules and queues of enrollment: stopped',
    'delete Tooling in us-east-1: not-started',
    'delete Management in us-east-1: not-started',
  ]);
  expect(report.ok).toBe(false);
  expect(cloudformation.commandCalls(DeleteStackInstancesCommand)).toHaveLength(0);
});

test('the report of an interrupted withdrawal lists the remaining instances', async () => {
  const Summaries = [{ Account: SOURCE, Region: 'eu-central-1', Status: 'CURRENT' as const }];
  cloudformation.on(ListStackInstancesCommand).resolves({ Summaries });
  cloudformation.on(DescribeStackSetOperationCommand).rejects(failing('Error', { code: 'ETIMEDOUT' }));
  const { steps } = await run();
  expect(steps[1]).toMatchObject({
    what: 'withdraw the tooling from 1 accounts (1 instances)',
    outcome: 'stopped',
    because: expect.stringContaining(`1 of 1 instances remain: ${SOURCE} in eu-central-1`),
  });
});

test('without credentials nothing is removed', async () => {
  sts.on(GetCallerIdentityCommand).rejects(failing('CredentialsProviderError'));
  await expect(run()).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
    message: expect.stringContaining('Nothing was removed'),
  });
  expect(cloudformation.calls()).toHaveLength(0);
});
