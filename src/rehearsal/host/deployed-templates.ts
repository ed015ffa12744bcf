import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  GetTemplateCommand,
  paginateDescribeStacks,
} from '@aws-sdk/client-cloudformation';
import type { Emulator } from '../../emulator/emulator';
import { resolveTemplate } from '../../trust/templates/resolve-template';
import type { TemplateVariant } from '../../trust/templates/template';

/** Every stack of an account and Region as it was deployed: its template with the names that its resources really got. */
export async function deployedTemplates(
  emulator: Emulator,
  account: string,
  region: string,
): Promise<TemplateVariant[]> {
  const client = new CloudFormationClient(emulator.client(account, region));
  const found: TemplateVariant[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {})) {
    for (const { StackName = '', StackId = '', Parameters = [] } of Stacks) {
      const { TemplateBody = '{}' } = await client.send(new GetTemplateCommand({ StackName }));
      const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
      const physicalIds = StackResources.flatMap(({ LogicalResourceId, PhysicalResourceId }) =>
        LogicalResourceId && PhysicalResourceId ? [[LogicalResourceId, PhysicalResourceId] as const] : [],
      );
      const parameters = Parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]);
      const { variants } = resolveTemplate(JSON.parse(TemplateBody), {
        account,
        region,
        stackName: StackName,
        stackId: StackId,
        physicalIds: Object.fromEntries(physicalIds),
        parameters: Object.fromEntries(parameters),
      });
      for (const one of variants.slice(0, 1)) found.push(one);
    }
  }
  return found;
}
