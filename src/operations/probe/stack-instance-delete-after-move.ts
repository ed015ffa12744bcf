import {
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DeleteStackInstancesCommand,
  DescribeStackSetOperationCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateOrganizationalUnitCommand } from '@aws-sdk/client-organizations';
import { type AccountClients, clientsOf } from './clients';
import { instancesOf, move, parentOf, rootOf } from './organization';
import type { Probe, Scope } from './probe';
import { refusalOf } from './refusals';

/** A template whose resource has no cost and no effect. */
const TEMPLATE = { Resources: { Nothing: { Type: 'AWS::CloudFormation::WaitConditionHandle' } } };

/** Does StackSets delete the instance of an account that has moved, when the targets are the root and the account? */
export const stackInstanceDeleteAfterMove: Probe = {
  id: 'stack-instance-delete-after-move',
  assumptions: ['stack-instances-of-moved-accounts-are-found-through-the-root'],
  needsManagement: true,
  creates: 'an OU and a StackSet; moves the source sandbox into the OU, and back',
  maxCostUsd: 0,
  assumed: 'deleted',
  ask: async (clients, scope) => {
    const management = clientsOf(clients, 'management');
    const { account, region } = clients.source;
    const [root, home] = [await rootOf(management), await parentOf(management, account)];
    const unit = await scope.create('management', 'unit', scope.name('unit'), async ({ organizations }) => {
      const order = new CreateOrganizationalUnitCommand({ Name: scope.name('unit'), ParentId: root, Tags: scope.tags });
      return (await organizations.send(order)).OrganizationalUnit?.Id ?? '';
    });
    const StackSetName = scope.name('moved');
    const AccountFilterType = 'INTERSECTION' as const;
    const DeploymentTargets = { OrganizationalUnitIds: [root], Accounts: [account], AccountFilterType };
    const order = { StackSetName, Regions: [region], DeploymentTargets };
    await scope.create('management', 'stack-set', StackSetName, ({ cloudformation }) =>
      cloudformation.send(
        new CreateStackSetCommand({
          StackSetName,
          TemplateBody: JSON.stringify(TEMPLATE),
          PermissionModel: 'SERVICE_MANAGED',
          AutoDeployment: { Enabled: false },
          Tags: scope.tags,
        }),
      ),
    );
    const created = await management.cloudformation.send(new CreateStackInstancesCommand(order));
    const end = await operationEnd(scope, management, StackSetName, created.OperationId);
    if (end !== 'SUCCEEDED') throw new Error(`The StackSet ${StackSetName} cannot create an instance: ${end}`);
    // The clean-up moves the account back first, so that StackSets finds the instance in any case.
    await scope.create('management', 'account-home', `${account}:${home}`, () => move(management, account, unit));
    const refusal = await refusalOf(async () => {
      const deletion = new DeleteStackInstancesCommand({ ...order, RetainStacks: false });
      const { OperationId } = await management.cloudformation.send(deletion);
      await operationEnd(scope, management, StackSetName, OperationId);
    });
    if (refusal) return 'refused';
    return (await instancesOf(management, StackSetName)).length > 0 ? 'left' : 'deleted';
  },
};

/** The final status of a StackSet operation. */
const operationEnd = (
  scope: Scope,
  { cloudformation }: AccountClients,
  StackSetName: string,
  OperationId: string | undefined,
): Promise<string | undefined> =>
  scope.within(30, async () => {
    const found = await cloudformation.send(new DescribeStackSetOperationCommand({ StackSetName, OperationId }));
    const { Status = 'RUNNING' } = found.StackSetOperation ?? {};
    return /^(RUNNING|QUEUED|STOPPING)$/.test(Status) ? undefined : Status;
  });
