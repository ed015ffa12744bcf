import {
  DeleteStackInstancesCommand,
  DeleteStackSetCommand,
  DescribeStackSetCommand,
  ListStackInstancesCommand,
  type StackInstanceSummary,
} from '@aws-sdk/client-cloudformation';
import {
  DeleteOrganizationalUnitCommand,
  ListParentsCommand,
  ListRootsCommand,
  MoveAccountCommand,
  paginateListOrganizationalUnitsForParent,
} from '@aws-sdk/client-organizations';
import type { AccountClients } from './clients';

/** The root of the organization. */
export async function rootOf({ organizations }: AccountClients): Promise<string> {
  const { Roots: [root] = [] } = await organizations.send(new ListRootsCommand({}));
  if (!root?.Id) throw new Error('ListRoots returns no root');
  return root.Id;
}

/** The OU or root that an account is in. */
export async function parentOf({ organizations }: AccountClients, ChildId: string): Promise<string> {
  const { Parents: [parent] = [] } = await organizations.send(new ListParentsCommand({ ChildId }));
  if (!parent?.Id) throw new Error(`The account ${ChildId} has no parent`);
  return parent.Id;
}

/** Moves an account to another parent. */
export async function move(management: AccountClients, AccountId: string, DestinationParentId: string): Promise<void> {
  const SourceParentId = await parentOf(management, AccountId);
  if (SourceParentId === DestinationParentId) return;
  await management.organizations.send(new MoveAccountCommand({ AccountId, SourceParentId, DestinationParentId }));
}

/** Moves an account back to its first parent. */
export async function moveBack(management: AccountClients, id: string): Promise<void> {
  const [account = '', parent = ''] = id.split(':');
  await move(management, account, parent);
}

async function unitNamed(management: AccountClients, name: string): Promise<string | undefined> {
  const root = { ParentId: await rootOf(management) };
  for await (const page of paginateListOrganizationalUnitsForParent({ client: management.organizations }, root)) {
    const found = page.OrganizationalUnits?.find(({ Name }) => Name === name);
    if (found) return found.Id;
  }
  return undefined;
}

export async function removeUnit(management: AccountClients, name: string): Promise<void> {
  const OrganizationalUnitId = await unitNamed(management, name);
  if (OrganizationalUnitId)
    await management.organizations.send(new DeleteOrganizationalUnitCommand({ OrganizationalUnitId }));
}

export const unitExists = async (management: AccountClients, name: string): Promise<boolean> =>
  (await unitNamed(management, name)) !== undefined;

/** The stack instances of a StackSet. */
export async function instancesOf(
  { cloudformation }: AccountClients,
  StackSetName: string,
): Promise<readonly StackInstanceSummary[]> {
  return (await cloudformation.send(new ListStackInstancesCommand({ StackSetName }))).Summaries ?? [];
}

/** Deletes a StackSet, after its remaining instances, each by the OU that it was created through. */
export async function removeStackSet(management: AccountClients, StackSetName: string): Promise<void> {
  const { cloudformation } = management;
  for (const { Account = '', Region = '', OrganizationalUnitId = '' } of await instancesOf(management, StackSetName)) {
    const OrganizationalUnitIds = [OrganizationalUnitId];
    const targets = { OrganizationalUnitIds, Accounts: [Account], AccountFilterType: 'INTERSECTION' as const };
    const order = { StackSetName, Regions: [Region], DeploymentTargets: targets, RetainStacks: false };
    await cloudformation.send(new DeleteStackInstancesCommand(order));
  }
  await cloudformation.send(new DeleteStackSetCommand({ StackSetName }));
}

export async function stackSetExists({ cloudformation }: AccountClients, StackSetName: string): Promise<boolean> {
  const { StackSet } = await cloudformation.send(new DescribeStackSetCommand({ StackSetName }));
  return StackSet?.Status === 'ACTIVE';
}
