import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DetectStackResourceDriftCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient, paginateListRoles } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient, paginateListKeyPolicies } from '@aws-sdk/client-kms';
import { DescribeOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { DescribeAccountAttributesCommand, RDSClient } from '@aws-sdk/client-rds';
import { paginateListSubscriptions, SNSClient } from '@aws-sdk/client-sns';
import { DynamoSources } from '../../../lambda/_kit/aws/dynamo-sources';
import { cellSuffix } from '../../contract/cells';
import type { AccountId, Region } from '../../contract/ids';
import { MANAGEMENT_REGION, NAMES } from '../../contract/names';
import { readCoverage } from '../status/read-coverage';
import { archiveRulesOf, externalAnalyzersOf } from './access-analyzer';
import type { KeyPolicyNames, OutsideRole, Quota, VaultFacts, VaultRegionFacts } from './facts';
import { type AwsClientSettings, observe, type SettingsIn } from './observe';
import { observeKeyPolicies } from './observe-keys';
import { trustedBy } from './trusted-by';

/** Manual snapshots, as RDS names their quotas.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_AccountQuota.html */
const QUOTAS: Readonly<Record<string, string>> = {
  ManualSnapshots: 'manual snapshots of instances',
  ManualClusterSnapshots: 'manual snapshots of clusters',
};

/** Reads the facts of the vault account. */
export async function observeVault(
  settingsIn: SettingsIn,
  vault: AccountId,
  regions: readonly Region[],
  cell?: string,
): Promise<VaultFacts> {
  const settings = settingsIn(regions[0] ?? MANAGEMENT_REGION);
  const [organization, roles, ...inRegions] = await Promise.all([
    observe(() => organizationOf(new OrganizationsClient(settings))),
    observe(() => rolesOf(new IAMClient(settings))),
    ...regions.map((region) => observeRegion(settingsIn(region), vault, region, cell)),
  ]);
  return { organization, roles, regions: inRegions };
}

async function organizationOf(client: OrganizationsClient): Promise<{ readonly id?: string }> {
  try {
    const { Organization } = await client.send(new DescribeOrganizationCommand({}));
    return Organization?.Id ? { id: Organization.Id } : {};
  } catch (error) {
    if (error instanceof Error && error.name === 'AWSOrganizationsNotInUseException') return {};
    throw error;
  }
}

async function rolesOf(client: IAMClient): Promise<readonly OutsideRole[]> {
  const found: OutsideRole[] = [];
  for await (const page of paginateListRoles({ client }, {})) {
    for (const { RoleName: name = '', AssumeRolePolicyDocument = '' } of page.Roles ?? []) {
      found.push({ name, trusts: trustedBy(decodeURIComponent(AssumeRolePolicyDocument)) });
    }
  }
  return found;
}

async function observeRegion(
  settings: AwsClientSettings,
  vault: AccountId,
  region: Region,
  cell?: string,
): Promise<VaultRegionFacts> {
  const stack = new VaultStackResources(new CloudFormationClient(settings), `Vault${cellSuffix(cell)}-${region}`);
  const [analyzer, externalAnalyzers, archiveRules, importKey, ...others] = await Promise.all([
    observe(() => stack.analyzer()),
    observe(() => externalAnalyzersOf(settings)),
    observe(() => archiveRulesOf(settings)),
    observe(async () => {
      const KeyId = await stack.importKey();
      const { KeyMetadata } = await new KMSClient(settings).send(new DescribeKeyCommand({ KeyId }));
      return String(KeyMetadata?.KeyState);
    }),
    observe(async () => keyPoliciesOf(new KMSClient(settings), await stack.keys())),
    observe(async () =>
      observeKeyPolicies(new KMSClient(settings), new RDSClient(settings), String(await stack.importKey())),
    ),
    observe(() => quotasOf(new RDSClient(settings))),
    observe(() => readCoverage(vault, region, settings)),
    observe(async () => (await new DynamoSources(new DynamoDBClient(settings), NAMES.sourcesTable).known()).entries),
    observe(() => topicsOf(new SNSClient(settings), `arn:aws:sqs:${region}:${vault}:${NAMES.inbox}`)),
  ]);
  const [keyPolicies, keyTexts, quotas, coverage, sources, subscriptions] = others;
  return {
    region,
    analyzer,
    externalAnalyzers,
    archiveRules,
    importKey,
    keyPolicies,
    keyTexts,
    quotas,
    coverage,
    sources,
    subscriptions,
  };
}

/** Resources of the vault's stack by type. */
class VaultStackResources {
  constructor(
    private readonly client: CloudFormationClient,
    private readonly name: string,
  ) {}

  /** CloudFormation compares the deployed analyzer with its template.
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DetectStackResourceDrift.html */
  async analyzer(): Promise<string> {
    const found = (await this.all()).find(({ ResourceType }) => ResourceType === 'AWS::AccessAnalyzer::Analyzer');
    if (!found) return 'missing';
    const input = { StackName: this.name, LogicalResourceId: found.LogicalResourceId };
    const { StackResourceDrift } = await this.client.send(new DetectStackResourceDriftCommand(input));
    return String(StackResourceDrift?.StackResourceDriftStatus);
  }

  async importKey(): Promise<string | undefined> {
    return (await this.keyResources()).find(({ LogicalResourceId = '' }) => LogicalResourceId.startsWith('ImportKey'))
      ?.PhysicalResourceId;
  }

  /** Every key of the stack. */
  async keys(): Promise<readonly string[]> {
    return (await this.keyResources()).flatMap(({ PhysicalResourceId }) => PhysicalResourceId ?? []);
  }

  private async keyResources() {
    return (await this.all()).filter(({ ResourceType }) => ResourceType === 'AWS::KMS::Key');
  }

  private async all() {
    const command = new DescribeStackResourcesCommand({ StackName: this.name });
    return (await this.client.send(command)).StackResources ?? [];
  }
}

/** A key has its default policy, and a second one if RAM shares it. No call of KMS writes the second policy.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyPolicies.html
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html */
function keyPoliciesOf(client: KMSClient, keys: readonly string[]): Promise<readonly KeyPolicyNames[]> {
  return Promise.all(
    keys.map(async (key) => {
      const names: string[] = [];
      for await (const page of paginateListKeyPolicies({ client }, { KeyId: key }))
        for (const name of page.PolicyNames ?? []) names.push(name);
      return { key, names };
    }),
  );
}

async function quotasOf(client: RDSClient): Promise<readonly Quota[]> {
  const { AccountQuotas = [] } = await client.send(new DescribeAccountAttributesCommand({}));
  return AccountQuotas.flatMap(({ AccountQuotaName = '', Used = 0, Max = 0 }) => {
    const name = QUOTAS[AccountQuotaName];
    return name ? [{ name, used: Used, max: Max }] : [];
  });
}

async function topicsOf(client: SNSClient, inbox: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const page of paginateListSubscriptions({ client }, {})) {
    for (const { Endpoint, TopicArn = '' } of page.Subscriptions ?? []) if (Endpoint === inbox) found.push(TopicArn);
  }
  return found;
}
