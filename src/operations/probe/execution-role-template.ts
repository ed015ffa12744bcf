import { clientsOf } from './clients';
import type { Probe } from './probe';
import { roleResource, stackEnd } from './stacks';

/** CloudFormation’s messages for a property that a resource type does not have. */
const NO_SUCH_PROPERTY = /unsupported property|extraneous key|not permitted/i;

/** Does AWS::CloudFormation::StackSet accept the template of its execution role? */
export const executionRoleTemplate: Probe = {
  id: 'execution-role-template',
  assumptions: ['stack-sets-take-an-execution-role-template'],
  needsManagement: true,
  creates: 'a StackSet without instances, by a stack of the management account',
  maxCostUsd: 0,
  assumed: 'taken',
  ask: async (clients, scope) => {
    const { account } = clientsOf(clients, 'management');
    const nothing = { Resources: { Nothing: { Type: 'AWS::CloudFormation::WaitConditionHandle' } } };
    const role = { Resources: { Role: roleResource(scope.name('execution'), { AWS: account }, []) } };
    const { status, reasons } = await stackEnd(scope, 'management', 'role-template', {
      StackSet: {
        Type: 'AWS::CloudFormation::StackSet',
        Properties: {
          StackSetName: scope.name('role-template'),
          PermissionModel: 'SERVICE_MANAGED',
          AutoDeployment: { Enabled: false },
          TemplateBody: JSON.stringify(nothing),
          ExecutionRoleTemplateBody: JSON.stringify(role),
        },
      },
    });
    if (status === 'CREATE_COMPLETE') return 'taken';
    if (!reasons.some((reason) => NO_SUCH_PROPERTY.test(reason))) throw new Error(reasons.join('; ') || status);
    return 'refused';
  },
};
