import {
  CloudFormationClient,
  DeleteStackInstancesCommand,
  GetTemplateCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { DisableKeyCommand, KMSClient, ListKeysCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import {
  DisableAWSServiceAccessCommand,
  OrganizationsClient,
  RegisterDelegatedAdministratorCommand,
} from '@aws-sdk/client-organizations';
import { ListSubscriptionsCommand, SNSClient, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { config } from '../../src/checkvalve.config';
import { region } from '../../src/contract/ids';
import { PREFIX } from '../../src/contract/names';
import { askCloudTrail } from '../../src/inspect/doctor/cloud-trail';
import { judge } from '../../src/inspect/doctor/judge';
import { stackKeys } from '../../src/rehearsal/evidence';
import { examineScene } from '../../src/rehearsal/examine-rehearsal';
import { PlayedLandingZone } from '../../src/rehearsal/played-landing-zone';
import { EXAMPLE } from '../../src/rehearsal/world';

const HERE = region('eu-central-1');
const STACKSETS = 'member.org.stacksets.cloudformation.amazonaws.com';

let zone: PlayedLandingZone;
beforeAll(async () => {
  zone = await PlayedLandingZone.start(config, undefined, '2026-11-25T00:00:00Z');
  await zone.deploy();
  await zone.fire('enroll-accounts');
  await zone.pass(900);
  for (const step of ['follow-sources', 'tell-coverage']) await zone.fire(step);
}, 120_000);
afterAll(() => zone.stop());

const management = (at = 'us-east-1') => zone.emulator.client(zone.world.management, at);
const vault = (at: string = HERE) => zone.emulator.client(zone.world.vault, at);
const checks = async () => (await examineScene(zone.stage, config)).findings;

/** What somebody does to the landing zone, and what the doctor then finds beside all that was found before. */
const FAULTS: ReadonlyArray<readonly [string, string, () => Promise<unknown>]> = [
  ['an export key is disabled', 'critical export-keys', disableExportKey],
  ['the key of a database is disabled', 'critical database-keys', disableDatabaseKey],
  [
    'trusted access is taken away',
    'critical trusted-access',
    () =>
      new OrganizationsClient(management()).send(new DisableAWSServiceAccessCommand({ ServicePrincipal: STACKSETS })),
  ],
  [
    'a member may deploy StackSets',
    'warning delegated-administrators',
    () =>
      new OrganizationsClient(management()).send(
        new RegisterDelegatedAdministratorCommand({ AccountId: '222200009999', ServicePrincipal: STACKSETS }),
      ),
  ],
  [
    'the trail is stopped',
    'critical cloudtrail',
    () => askCloudTrail(management(), 'StopLogging', { Name: 'organization' }),
  ],
  [
    'the role of the organization appears in the vault',
    'critical ambient-roles',
    () => {
      const Statement = [
        { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${zone.world.management}:root` }, Action: 'sts:AssumeRole' },
      ];
      const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
      const named = { RoleName: 'OrganizationAccountAccessRole', AssumeRolePolicyDocument };
      return new IAMClient(vault()).send(new CreateRoleCommand(named));
    },
  ],
  ['the import key is to be deleted', 'critical import-key', deleteKeys],
  [
    'the quota is used up',
    'critical quotas',
    () => zone.emulator.setRdsLimits({ account: zone.world.vault, region: HERE, manualSnapshots: 0 }),
  ],
  ['a source is no longer heard', 'warning subscriptions', unsubscribe],
  ['the analyzer is taken out of the stack', 'warning analyzer', removeAnalyzer],
];

const DAY_AND_MORE = 28;

/** AWS Backup takes a snapshot, which the source then has hours to export. */
async function backUp(id: string, meanwhile: () => Promise<unknown>): Promise<void> {
  const found = zone.world.databases.find((one) => one.id === id);
  if (!found) throw new Error(`no database ${id}`);
  const { account, arn } = found;
  const planName = `${PREFIX}-daily`;
  await zone.emulator.runBackup({ account, region: HERE, planName, databases: [arn], durationSeconds: 60 });
  await zone.emulator.advance(61);
  await meanwhile();
  await zone.fire('export-snapshots');
}

async function disableExportKey(): Promise<void> {
  const [KeyId] = await stackKeys(zone.emulator, EXAMPLE.first, HERE);
  const kms = new KMSClient(zone.emulator.client(EXAMPLE.first, HERE));
  await kms.send(new DisableKeyCommand({ KeyId }));
  await backUp('orders', async () => undefined);
  await zone.fire('tell-coverage');
  // A report names what stands in the way once the database is late.
  expect(await checks()).toEqual([]);
  await zone.pass(DAY_AND_MORE * 3600);
  await zone.fire('tell-coverage');
}

async function disableDatabaseKey(): Promise<void> {
  const kms = new KMSClient(zone.emulator.client(EXAMPLE.second, HERE));
  const ours = await stackKeys(zone.emulator, EXAMPLE.second, HERE);
  const { Keys = [] } = await kms.send(new ListKeysCommand({}));
  const [theirs] = Keys.filter(({ KeyArn = '' }) => !ours.includes(KeyArn));
  await backUp('ledger', () => kms.send(new DisableKeyCommand({ KeyId: theirs?.KeyId })));
  await zone.fire('tell-coverage');
}

async function deleteKeys(): Promise<void> {
  const kms = new KMSClient(vault());
  const { Keys = [] } = await kms.send(new ListKeysCommand({}));
  for (const { KeyId } of Keys) await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
}

async function unsubscribe(): Promise<void> {
  const sns = new SNSClient(vault());
  const { Subscriptions = [] } = await sns.send(new ListSubscriptionsCommand({}));
  const [one] = Subscriptions.filter(({ TopicArn = '' }) => TopicArn.includes('222200001111'));
  await sns.send(new UnsubscribeCommand({ SubscriptionArn: one?.SubscriptionArn }));
}

async function removeAnalyzer(): Promise<void> {
  const cloudFormation = new CloudFormationClient(vault());
  const StackName = `Vault-${HERE}`;
  const { TemplateBody = '' } = await cloudFormation.send(new GetTemplateCommand({ StackName }));
  const template = JSON.parse(TemplateBody) as { Resources: Record<string, { Type: string }> };
  for (const [id, { Type }] of Object.entries(template.Resources)) {
    if (Type === 'AWS::AccessAnalyzer::Analyzer') delete template.Resources[id];
  }
  await cloudFormation.send(new UpdateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }));
}

test('nothing when all is well', async () => {
  expect(await checks()).toEqual([]);
});

test('what may not be seen is unknown, and the rest is seen', async () => {
  await zone.emulator.plantFaults([{ action: 'ListRoles', code: 'AccessDenied', status: 403, message: 'not you' }]);
  expect(await checks()).toEqual([
    expect.objectContaining({ severity: 'unknown', check: 'ambient-roles', what: expect.stringContaining('not you') }),
  ]);
});

test('a vault that stands elsewhere than configured is found from both accounts', async () => {
  const inside = { ...config, vault: { ...config.vault, placement: 'inside' as const } };
  const { findings } = await examineScene(zone.stage, inside);
  expect(findings.map(({ severity, check }) => `${severity} ${check}`)).toEqual([
    'critical placement',
    'critical placement',
  ]);
  expect(judge({}, inside)).toEqual([]);
});

test('faults planted one after the other are each found, and nothing else is', async () => {
  const expected: string[] = [];
  for (const [, finding, plant] of FAULTS) {
    await plant();
    expected.push(finding);
    const found = (await checks()).map(({ severity, check }) => `${severity} ${check}`);
    expect([...found].sort()).toEqual([...expected].sort());
  }
}, 60_000);

test('an enrolled account without the tooling is found', async () => {
  const cloudFormation = new CloudFormationClient(management());
  const DeploymentTargets = { OrganizationalUnitIds: [config.organization.rootId], Accounts: ['222200001111'] };
  await cloudFormation.send(
    new DeleteStackInstancesCommand({
      ...{
        StackSetName: 'source-tooling',
        DeploymentTargets: { ...DeploymentTargets, AccountFilterType: 'INTERSECTION' },
      },
      ...{ Regions: [HERE], RetainStacks: true },
    }),
  );
  await zone.emulator.advance(900);
  expect(await checks()).toContainEqual(
    expect.objectContaining({ severity: 'critical', check: 'stack-instances', where: `222200001111, ${HERE}` }),
  );
});
