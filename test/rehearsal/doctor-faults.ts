import { BackupClient, UpdateRegionSettingsCommand } from '@aws-sdk/client-backup';
import {
  CloudFormationClient,
  CreateStackCommand,
  GetTemplateCommand,
  UpdateStackCommand,
  UpdateStackSetCommand,
} from '@aws-sdk/client-cloudformation';
import { CloudTrailClient, StopLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  DisableKeyCommand,
  GetKeyPolicyCommand,
  KMSClient,
  ListKeysCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  DisableAWSServiceAccessCommand,
  OrganizationsClient,
  RegisterDelegatedAdministratorCommand,
} from '@aws-sdk/client-organizations';
import { ListSubscriptionsCommand, SNSClient, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { region } from '../../src/contract/ids';
import { MANAGEMENT_REGION, NAMES, PREFIX } from '../../src/contract/names';
import type { AwsClientSettings } from '../../src/operations/doctor/observe';
import { stackKeys, stacksOf } from '../../src/rehearsal/checks/evidence';
import type { LandingZone } from '../../src/rehearsal/host/landing-zone';
import { EXAMPLE } from '../../src/rehearsal/world';

const HERE = region('eu-central-1');
const STACKSETS = 'member.org.stacksets.cloudformation.amazonaws.com';

type Zone = LandingZone;
const management = ({ emulator, world }: Zone) => emulator.client(world.management, MANAGEMENT_REGION);
const vault = ({ emulator, world }: Zone) => emulator.client(world.vault, HERE);

/** A fault of the landing zone, the finding that the doctor then adds, and the finding that it can no longer make. */
export const FAULTS: ReadonlyArray<readonly [string, string, (zone: Zone) => Promise<unknown>, string?]> = [
  ['an export key is disabled', 'critical export-keys', disableExportKey],
  ['an export key is shared through RAM', 'critical key-policies', shareExportKey],
  ['an export key has a deny statement', 'warning export-keys', addDenyInSource],
  ['the key of a database is disabled', 'critical database-keys', disableDatabaseKey],
  ['AWS Backup is opted out somewhere', 'critical opt-ins', optOut],
  // Without the access role the doctor cannot find other faults of the account.
  ['an access role is deleted', 'critical access-roles', removeAccessRole, 'critical database-keys'],
  ['the StackSet does one thing at a time', 'warning stack-set', endManagedExecution],
  [
    'trusted access is disabled',
    'critical trusted-access',
    (zone) =>
      new OrganizationsClient(management(zone)).send(
        new DisableAWSServiceAccessCommand({ ServicePrincipal: STACKSETS }),
      ),
  ],
  [
    'a member may deploy StackSets',
    'warning delegated-administrators',
    (zone) =>
      new OrganizationsClient(management(zone)).send(
        new RegisterDelegatedAdministratorCommand({ AccountId: '222200009999', ServicePrincipal: STACKSETS }),
      ),
  ],
  [
    'the trail is stopped',
    'critical cloudtrail',
    (zone) => new CloudTrailClient(management(zone)).send(new StopLoggingCommand({ Name: 'organization' })),
  ],
  [
    'the role of the organization appears in the vault',
    'critical ambient-roles',
    (zone) => {
      const Statement = [
        { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${zone.world.management}:root` }, Action: 'sts:AssumeRole' },
      ];
      const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
      const named = { RoleName: 'OrganizationAccountAccessRole', AssumeRolePolicyDocument };
      return new IAMClient(vault(zone)).send(new CreateRoleCommand(named));
    },
  ],
  ['the import key has a deny statement', 'warning import-key', (zone) => denyIn(zone, zone.world.vault)],
  ['the import key is to be deleted', 'critical import-key', deleteKeys],
  ['the import key is shared through RAM', 'critical key-policies', (zone) => shareKey(zone, zone.world.vault)],
  [
    'the quota is used up',
    'critical quotas',
    (zone) => zone.emulator.setRdsLimits({ account: zone.world.vault, region: HERE, manualSnapshotQuota: 0 }),
  ],
  ['the inbox is no longer subscribed to a source', 'warning subscriptions', unsubscribe],
  ['an archive rule of the analyzer hides what is not accepted', 'critical analyzer', teachAnalyzer],
  ['the analyzer is deleted', 'warning analyzer', removeAnalyzer, 'critical analyzer'],
  ['an operator creates another analyzer', 'critical analyzer', makeAnalyzer],
  ['report-coverage no longer runs', 'warning coverage', (zone) => zone.emulator.advance(4 * 3600)],
];

/** AWS Backup takes a snapshot, which the source then has hours to export. */
async function backUp(zone: Zone, id: string, meanwhile: () => Promise<unknown>): Promise<void> {
  const found = zone.world.databases.find((one) => one.id === id);
  if (!found) throw new Error(`no database ${id}`);
  const { account, arn } = found;
  const planName = `${PREFIX}-daily`;
  await zone.emulator.runBackup({ account, region: HERE, planName, databases: [arn], durationSeconds: 60 });
  await zone.emulator.advance(61);
  await meanwhile();
  await zone.fire('export-snapshots');
}

async function disableExportKey(zone: Zone): Promise<void> {
  const [KeyId] = await stackKeys(zone.emulator, EXAMPLE.first, HERE);
  const kms = new KMSClient(zone.emulator.client(EXAMPLE.first, HERE));
  await kms.send(new DisableKeyCommand({ KeyId }));
  await backUp(zone, 'orders', async () => undefined);
  await zone.fire('report-coverage');
}

async function disableDatabaseKey(zone: Zone): Promise<void> {
  const kms = new KMSClient(zone.emulator.client(EXAMPLE.second, HERE));
  const ours = await stackKeys(zone.emulator, EXAMPLE.second, HERE);
  const { Keys = [] } = await kms.send(new ListKeysCommand({}));
  const [theirs] = Keys.filter(({ KeyArn = '' }) => !ours.includes(KeyArn));
  await backUp(zone, 'ledger', () => kms.send(new DisableKeyCommand({ KeyId: theirs?.KeyId })));
  await zone.fire('report-coverage');
}

async function optOut(zone: Zone): Promise<void> {
  const backup = new BackupClient(zone.emulator.client(EXAMPLE.first, HERE));
  await backup.send(new UpdateRegionSettingsCommand({ ResourceTypeOptInPreference: { Aurora: false } }));
  await zone.fire('report-coverage');
}

async function removeAccessRole(zone: Zone): Promise<void> {
  const [StackName = ''] = await stacksOf(zone.emulator, EXAMPLE.second, HERE);
  const client = zone.emulator.client(EXAMPLE.second, HERE);
  await takeOut(client, StackName, (resource) => JSON.stringify(resource).includes('checkvalve-coverage-access'));
  await zone.fire('report-coverage');
}

async function endManagedExecution(zone: Zone): Promise<void> {
  const changed = { StackSetName: NAMES.stackSet, ManagedExecution: { Active: false } };
  const same = { UsePreviousTemplate: true, Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
  await new CloudFormationClient(management(zone)).send(new UpdateStackSetCommand({ ...changed, ...same }));
  await zone.emulator.advance(900);
}

async function addDenyInSource(zone: Zone): Promise<void> {
  await denyIn(zone, EXAMPLE.first);
  await lookAtKeys(zone);
}

/** Coverage reads the names of a key's policies in one run, and the default policy in the next. */
async function lookAtKeys(zone: Zone): Promise<void> {
  for (let run = 0; run < 2; run += 1) await zone.fire('report-coverage');
}

async function denyIn({ emulator }: Zone, account: string): Promise<void> {
  const [KeyId = ''] = await stackKeys(emulator, account, HERE);
  const kms = new KMSClient(emulator.client(account, HERE));
  const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
  const { Statement, ...rest } = JSON.parse(Policy) as { Statement: object[] };
  const denial = { Effect: 'Deny', Principal: '*', Action: 'kms:CreateGrant', Resource: '*' };
  const changed = JSON.stringify({ ...rest, Statement: [...Statement, denial] });
  await kms.send(new PutKeyPolicyCommand({ KeyId, PolicyName: 'default', Policy: changed }));
}

async function deleteKeys(zone: Zone): Promise<void> {
  const kms = new KMSClient(vault(zone));
  const { Keys = [] } = await kms.send(new ListKeysCommand({}));
  for (const { KeyId } of Keys) await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
}

async function shareExportKey(zone: Zone): Promise<void> {
  await shareKey(zone, EXAMPLE.first);
  await lookAtKeys(zone);
}

async function shareKey({ emulator }: Zone, account: string): Promise<void> {
  const [key = ''] = await stackKeys(emulator, account, HERE);
  await emulator.plantKeyPolicy({ account, region: HERE, key, policy: '{}' });
}

async function unsubscribe(zone: Zone): Promise<void> {
  const sns = new SNSClient(vault(zone));
  const { Subscriptions = [] } = await sns.send(new ListSubscriptionsCommand({}));
  const [one] = Subscriptions.filter(({ TopicArn = '' }) => TopicArn.includes('222200001111'));
  await sns.send(new UnsubscribeCommand({ SubscriptionArn: one?.SubscriptionArn }));
}

async function removeAnalyzer(zone: Zone): Promise<void> {
  await takeOut(vault(zone), `Vault-${HERE}`, ({ Type }) => Type === 'AWS::AccessAnalyzer::Analyzer');
}

/** On another page than the rules that are accepted. */
async function teachAnalyzer({ emulator, world }: Zone): Promise<void> {
  const analyzer = `arn:aws:access-analyzer:${HERE}:${world.vault}:analyzer/${NAMES.analyzer}`;
  const narrow = { 'condition.aws:SourceArn': { eq: ['arn:aws:sns:*:*:checkvalve-copies'] } };
  const inbox = { resource: { eq: [`arn:aws:sqs:${HERE}:${world.vault}:${NAMES.inbox}`] } };
  const filter = { ...inbox, resourceType: { eq: ['AWS::SQS::Queue'] }, ...narrow };
  await emulator.plantArchiveRule(analyzer, { ruleName: 'narrow', filter });
  await emulator.plantArchiveRule(analyzer, { ruleName: 'wide', filter: { resourceType: { eq: ['AWS::IAM::Role'] } } });
}

async function makeAnalyzer(zone: Zone): Promise<void> {
  const Analyzer = { Type: 'AWS::AccessAnalyzer::Analyzer', Properties: { AnalyzerName: 'theirs', Type: 'ACCOUNT' } };
  const TemplateBody = JSON.stringify({ Resources: { Analyzer } });
  await new CloudFormationClient(vault(zone)).send(new CreateStackCommand({ StackName: 'theirs', TemplateBody }));
}

interface Resource {
  readonly Type: string;
  readonly Properties: object;
}

/** Takes resources out of a stack, and what names them with them. */
async function takeOut(
  settings: AwsClientSettings,
  StackName: string,
  isImported: (one: Resource) => boolean,
): Promise<void> {
  const cloudFormation = new CloudFormationClient(settings);
  const { TemplateBody = '' } = await cloudFormation.send(new GetTemplateCommand({ StackName }));
  const template = JSON.parse(TemplateBody) as { Resources: Record<string, Resource> };
  const taken = Object.entries(template.Resources).flatMap(([id, one]) => (isImported(one) ? [id] : []));
  expect(taken).not.toEqual([]);
  for (const [id, one] of Object.entries(template.Resources)) {
    const names = taken.some((gone) => JSON.stringify(one).includes(`"${gone}"`));
    if (taken.includes(id) || names) delete template.Resources[id];
    // The rehearsal reads the deployed policies again when a function has changed.
    else if (one.Type === 'AWS::Lambda::Function') Object.assign(one.Properties, { Timeout: 59 });
  }
  const same = { StackName, Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
  await cloudFormation.send(new UpdateStackCommand({ ...same, TemplateBody: JSON.stringify(template) }));
}
