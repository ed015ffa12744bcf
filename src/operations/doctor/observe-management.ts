import {
  CloudFormationClient,
  DescribeOrganizationsAccessCommand,
  DescribeStackSetCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  OrganizationsClient,
  paginateListAccounts,
  paginateListDelegatedAdministrators,
} from '@aws-sdk/client-organizations';
import { DynamoRegistry } from '../../../lambda/_kit/aws/dynamo-registry';
import { ToolingInstances } from '../../../lambda/_kit/aws/tooling-instances';
import type { StackInstance } from '../../../lambda/_kit/ports/stack-instances';
import { type Cell, MAIN_CELL } from '../../contract/cells';
import { MANAGEMENT_REGION, NAMES } from '../../contract/names';
import { trailsOf } from './cloud-trail';
import type { DelegatedAdministrator, ManagementFacts, StackSetFacts } from './facts';
import { observe, type SettingsIn } from './observe';

/** Reads the facts of the management account. */
export async function observeManagement(
  settingsIn: SettingsIn,
  rootId: string,
  /** Services whose delegated administrators are listed. */
  services: readonly string[],
  /** The cell whose StackSet and accounts are examined. */
  { name: cell, stackSet: stackSetName }: Pick<Cell, 'name' | 'stackSet'>,
): Promise<ManagementFacts> {
  const settings = settingsIn(MANAGEMENT_REGION);
  const cloudFormation = new CloudFormationClient(settings);
  const organizations = new OrganizationsClient(settings);
  const registry = new DynamoRegistry(
    new DynamoDBClient(settings),
    NAMES.registryTable,
    // The tooling of an account that moves is on its way.
    (entry) => (entry.cell ?? MAIN_CELL) === cell && !entry.moving,
  );
  const tooling = new ToolingInstances(cloudFormation, stackSetName, rootId);
  const [stackSetsAccess, delegated, trails, stackSet, instances, operations, entries, members] = await Promise.all([
    observe(async () => {
      const { Status } = await cloudFormation.send(new DescribeOrganizationsAccessCommand({ CallAs: 'SELF' }));
      return String(Status);
    }),
    observe(async () => (await Promise.all(services.map((one) => delegatedTo(organizations, one)))).flat()),
    observe(() => trailsOf(settings)),
    observe(() => stackSetOf(cloudFormation, stackSetName)),
    observe(() => allOf(tooling)),
    observe(() => tooling.recentOperations()),
    observe(() => registry.entries()),
    observe(() => membersOf(organizations)),
  ]);
  return { stackSetsAccess, delegated, trails, stackSet, instances, operations, registry: entries, members };
}

async function stackSetOf(client: CloudFormationClient, name: string): Promise<StackSetFacts> {
  const { StackSet } = await client.send(new DescribeStackSetCommand({ StackSetName: name }));
  return {
    ...(name !== NAMES.stackSet && { name }),
    status: String(StackSet?.Status),
    autoDeployment: StackSet?.AutoDeployment?.Enabled === true,
    managedExecution: StackSet?.ManagedExecution?.Active === true,
  };
}

async function delegatedTo(client: OrganizationsClient, service: string): Promise<readonly DelegatedAdministrator[]> {
  const found: DelegatedAdministrator[] = [];
  for await (const page of paginateListDelegatedAdministrators({ client }, { ServicePrincipal: service })) {
    for (const { Id = '' } of page.DelegatedAdministrators ?? []) found.push({ account: Id, service });
  }
  return found;
}

async function membersOf(client: OrganizationsClient): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const page of paginateListAccounts({ client }, {})) {
    for (const { Id = '' } of page.Accounts ?? []) found.push(Id);
  }
  return found;
}

async function allOf(tooling: ToolingInstances): Promise<readonly StackInstance[]> {
  const found: StackInstance[] = [];
  let from: string | undefined;
  do {
    const { items, next } = await tooling.instances(from);
    for (const one of items) found.push(one);
    from = next;
  } while (from);
  return found;
}
