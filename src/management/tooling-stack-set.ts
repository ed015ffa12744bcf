import { CfnResource, type CfnStackSet, Lazy } from 'aws-cdk-lib';
import {
  Capability,
  DeploymentType,
  RegionConcurrencyType,
  StackSet,
  type StackSetStack,
  StackSetTemplate,
} from 'cdk-stacksets';
import { Construct } from 'constructs';
import { DEFAULT_ROLLOUT, type RolloutConfig } from '../config/checkvalve-config';
import { type DeployedResource, executionRoleOf, executionRoleTemplate } from './execution-role/execution-role';
import { failureTolerance } from './failure-tolerance';

/** What the StackSet deploys, and how fast. */
export interface ToolingStackSetProps {
  readonly name: string;
  readonly tooling: StackSetStack;
  readonly rollout?: RolloutConfig;
  /** The account whose StackSets deploy it. */
  readonly managementAccount: string;
}

/** The StackSet that deploys the tooling into production accounts. Its template has no instances: `enroll-accounts` creates them. */
export class ToolingStackSet extends Construct {
  constructor(scope: Construct, id: string, { name, tooling, rollout, managementAccount }: ToolingStackSetProps) {
    super(scope, id);
    const { maxConcurrentPercent, executionRole, outputBucket } = {
      ...DEFAULT_ROLLOUT,
      outputBucket: undefined,
      ...rollout,
    };
    const stackSet = new StackSet(this, 'Tooling', {
      stackSetName: name,
      description: 'Checkvalve: exports snapshots in every production account',
      template: StackSetTemplate.fromStackSetStack(tooling),
      capabilities: [Capability.NAMED_IAM],
      // Automatic deployment supports neither tags nor account filters: every account that joins a unit would get the tooling. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html
      deploymentType: DeploymentType.serviceManaged({ autoDeployEnabled: false, delegatedAdmin: false }),
      managedExecution: true,
      operationPreferences: {
        regionConcurrencyType: RegionConcurrencyType.PARALLEL,
        maxConcurrentPercentage: maxConcurrentPercent,
        ...failureTolerance(rollout ?? {}),
      },
    });
    // An empty list would delete all instances; without a list, CloudFormation leaves the instances alone.
    const resource = stackSet.node.findAll().find((one): one is CfnStackSet => 'cfnResourceType' in one);
    resource?.addPropertyDeletionOverride('StackInstancesGroup');
    // In strict mode, at most one account more than may fail is deployed to at a time: with a small tolerance nearly one by one.
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/concurrency-mode.html
    resource?.addPropertyOverride('OperationPreferences.ConcurrencyMode', 'SOFT_FAILURE_TOLERANCE');
    // With either execution role: the rehearsal authorizes the deployment by these permissions, so that no resource may lack them.
    this.node.addValidation({ validate: () => missingPermissions(tooling) });
    if (executionRole !== 'generated') return;
    // The CDK does not support these properties yet.
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-custom-execution-role.html
    const role = () => JSON.stringify(executionRoleTemplate(executionRoleOf(resourcesOf(tooling)), managementAccount));
    resource?.addPropertyOverride('ExecutionRoleTemplateBody', Lazy.string({ produce: role }));
    if (outputBucket) resource?.addPropertyOverride('StackSetOutputBucket', outputBucket);
  }
}

/** The resources of a stack as in its template. */
function resourcesOf(stack: StackSetStack): Readonly<Record<string, DeployedResource>> {
  const rendered = stack.node
    .findAll()
    .filter((one): one is CfnResource => CfnResource.isCfnResource(one))
    .map((one) => {
      const { _toCloudFormation } = one as unknown as { _toCloudFormation(): object };
      return stack.resolve(_toCloudFormation.call(one)) as { Resources: Record<string, DeployedResource> };
    });
  return Object.fromEntries(rendered.flatMap(({ Resources }) => Object.entries(Resources)));
}

function missingPermissions(tooling: StackSetStack): string[] {
  try {
    executionRoleOf(resourcesOf(tooling));
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
