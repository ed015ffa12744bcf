import {
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  ListStackInstancesCommand,
  ListStackSetOperationResultsCommand,
  type StackSetOperationPreferences,
  UpdateStackSetCommand,
} from '@aws-sdk/client-cloudformation';
import { config } from '../../src/checkvalve.config';
import type { RolloutConfig } from '../../src/config/checkvalve-config';
import { clients, MANAGEMENT, ORGANIZATION, REGION, useEmulator } from '../src/emulator/emulator-world';
import { resourcesOf, templatesOf } from '../support/synthesized';

const emulator = useEmulator();
const StackSetName = 'source-tooling';
const ALL = { FailureTolerancePercentage: 100, MaxConcurrentPercentage: 100 };

/** The operation preferences of the tooling's StackSet. */
function preferencesOf(rollout?: RolloutConfig): StackSetOperationPreferences {
  const { tooling } = templatesOf({ ...config, rollout });
  const stackSet = Object.values(resourcesOf(tooling)).find(({ Type }) => Type === 'AWS::CloudFormation::StackSet');
  return stackSet?.Properties.OperationPreferences as StackSetOperationPreferences;
}
const usual = preferencesOf();
const counted = preferencesOf({ accounts: 100 });
const patient = preferencesOf({ maxConcurrentPercent: 25, failureTolerancePercent: 10 });

const template = (VisibilityTimeout: number) =>
  JSON.stringify({ Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout } } } });

/** The result of an upgrade of so many accounts, where the accounts at these indexes fail: the number in each state. */
async function upgrade(
  count: number,
  fails: (at: number) => boolean,
  OperationPreferences: StackSetOperationPreferences,
) {
  const ids = Array.from({ length: count }, (_, at) => String(222300000000 + at));
  const accounts = ids.map((id) => ({ id, name: `source-${id}`, ou: 'Prod' }));
  await emulator().buildOrganization({ ...ORGANIZATION, accounts: [...ORGANIZATION.accounts, ...accounts] });
  const { cloudformation } = clients(emulator(), MANAGEMENT);
  const set = { StackSetName, TemplateBody: template(30) };
  await cloudformation.send(
    new CreateStackSetCommand({ ...set, PermissionModel: 'SERVICE_MANAGED', AutoDeployment: { Enabled: false } }),
  );
  const DeploymentTargets = {
    OrganizationalUnitIds: [ORGANIZATION.rootId],
    AccountFilterType: 'INTERSECTION' as const,
    Accounts: ids,
  };
  const targets = { StackSetName, DeploymentTargets, Regions: [REGION], OperationPreferences: ALL };
  await cloudformation.send(new CreateStackInstancesCommand(targets));
  await emulator().advance(60);
  const { Summaries = [] } = await cloudformation.send(new ListStackInstancesCommand({ StackSetName }));
  expect(Summaries.filter(({ Status }) => Status === 'CURRENT')).toHaveLength(count);

  const failing = ids.filter((_, at) => fails(at)).map((id) => [id, 'its role is taken']);
  await emulator().setStackSets({ failAccounts: Object.fromEntries(failing) });
  const change = { StackSetName, TemplateBody: template(77), OperationPreferences };
  const { OperationId } = await cloudformation.send(new UpdateStackSetCommand(change));
  await emulator().advance(60);
  const results = await cloudformation.send(new ListStackSetOperationResultsCommand({ StackSetName, OperationId }));
  const states = (results.Summaries ?? []).map(({ Status = 'none' }) => Status);
  return Object.fromEntries([...new Set(states)].map((one) => [one, states.filter((state) => state === one).length]));
}

test('a template that no account can deploy fails in the first tenth of the accounts, and in no more', async () => {
  expect(await upgrade(40, () => true, usual)).toEqual({ FAILED: 4, CANCELLED: 36 });
}, 60_000);

test('one broken account stops no upgrade, also among fewer than fifty', async () => {
  expect(await upgrade(20, (at) => at === 1, usual)).toEqual({ FAILED: 1, SUCCEEDED: 19 });
}, 60_000);

test('an upgrade continues with as many failed accounts as are tolerated: two percent of the configured number', async () => {
  expect(await upgrade(60, (at) => at < 2, counted)).toEqual({ FAILED: 2, SUCCEEDED: 58 });
}, 60_000);

test('one more failed account stops the upgrade', async () => {
  expect(await upgrade(60, (at) => at < 2, usual)).toEqual({ FAILED: 2, SUCCEEDED: 4, CANCELLED: 54 });
}, 60_000);

test('both bounds come from the configuration', async () => {
  expect(await upgrade(40, (at) => at < 4, patient)).toEqual({ FAILED: 4, SUCCEEDED: 36 });
}, 60_000);
