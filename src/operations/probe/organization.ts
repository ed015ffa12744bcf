import {
  DeleteStackInstancesCommand,
  DeleteStackSetCommand,
  DescribeStackSetCommand,
  DescribeStackSetOperationCommand,
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
import type { Scope } from './probe';

/** The root of the organization. */
export async function rootOf({ organizations }: AccountClients): Promise<string> {
  const { Roots: [root] = [] } = await organizations.send(new ListRootsCommand({}));
  if (!root?.Id) throw new Error('The organization shows no root');
  return root.Id;
}

/** The unit or root that an account is in. */
export async function parentOf({ organizations }: AccountClients, ChildId: string): Promise<string> {
  const { Parents: [parent] = [] } = await organizations.send(new ListParentsCommand({ ChildId }));
  if (!parent?.Id) throw new Error(`The account ${ChildId} has no parent`);
  return parent.Id;
}

/** Moves an account from where it is. */
export async function move(management: AccountClients, AccountId: string, DestinationParentId: string): Promise<void> {
  const SourceParentId = await parentOf(management, AccountId);
  if (SourceParentId === DestinationParentId) return;
  await management.organizations.send(new MoveAccountCommand({ AccountId, SourceParentId, DestinationParentId }));
}

/** Undoes the moves of an account. */
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

export const unitStands = async (management: AccountClients, name: string): Promise<boolean> =>
  (await unitNamed(management, name)) !== undefined;

/** The instances of a stack set. */
export async function instancesOf(
  { cloudformation }: AccountClients,
  StackSetName: string,
): Promise<readonly StackInstanceSummary[]> {
  return (await cloudformation.send(new ListStackInstancesCommand({ StackSetName }))).Summaries ?? [];
}

/** Deletes a stack set; instances that are left are let go of first, each through the unit that it was made through. */
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

export async function stackSetStands({ cloudformation }: AccountClients, StackSetName: string): Promise<boolean> {
  const { StackSet } = await cloudformation.send(new DescribeStackSetCommand({ StackSetName }));
  return StackSet?.Status === 'ACTIVE';
}

/** The status with which an operation of a stack set ends. */
export const operationEnd = (
  scope: Scope,
  { cloudformation }: AccountClients,
  StackSetName: string,
  OperationId: string | undefined,
): Promise<string | undefined> =>
  scope.within(30, async () => {
    const seen = await cloudformation.send(new DescribeStackSetOperationCommand({ StackSetName, OperationId }));
    const { Status = 'RUNNING' } = seen.StackSetOperation ?? {};
    return /^(RUNNING|QUEUED|STOPPING)$/.test(Status) ? undefined : Status;
  });
