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
import { NAMES } from '../contract/names';
import { type DeployedResource, executionRoleOf, executionRoleTemplate } from './execution-role/execution-role';
import { failureTolerance } from './failure-tolerance';

/** What is carried, and how fast. */
export interface ToolingStackSetProps {
  readonly tooling: StackSetStack;
  readonly rollout?: RolloutConfig;
  /** Whose StackSets deploy it. */
  readonly managementAccount: string;
}

/** The StackSet that carries the tooling into production accounts. It has no instances of its own: enrollment makes them. */
export class ToolingStackSet extends Construct {
  constructor(scope: Construct, id: string, { tooling, rollout, managementAccount }: ToolingStackSetProps) {
    super(scope, id);
    const { maxConcurrentPercent, executionRole, outputBucket } = {
      ...{ ...DEFAULT_ROLLOUT, outputBucket: undefined },
      ...rollout,
    };
    const stackSet = new StackSet(this, 'Tooling', {
      stackSetName: NAMES.stackSet,
      description: 'Checkvalve: the export tooling of every production account',
      template: StackSetTemplate.fromStackSetStack(tooling),
      capabilities: [Capability.NAMED_IAM],
      // Automatic deployment knows neither tags nor account filters: switched on, every account that joins a unit would
      // get the tooling. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html
      deploymentType: DeploymentType.serviceManaged({ autoDeployEnabled: false, delegatedAdmin: false }),
      managedExecution: true,
      operationPreferences: {
        regionConcurrencyType: RegionConcurrencyType.PARALLEL,
        maxConcurrentPercentage: maxConcurrentPercent,
        ...failureTolerance(rollout ?? {}),
      },
    });
    // An empty list would say that there shall be no instances; no list says that they are somebody else's business.
    const resource = stackSet.node.findAll().find((one): one is CfnStackSet => 'cfnResourceType' in one);
    resource?.addPropertyDeletionOverride('StackInstancesGroup');
    // Otherwise no more accounts are worked on at once than may fail, and one: with a small tolerance nearly one by one.
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/concurrency-mode.html
    resource?.addPropertyOverride('OperationPreferences.ConcurrencyMode', 'SOFT_FAILURE_TOLERANCE');
    // In either mode: what the rehearsal authorizes the deployment by is written down for every resource.
    this.node.addValidation({ validate: () => unwritten(tooling) });
    if (executionRole !== 'generated') return;
    // The CDK does not have these properties yet.
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-custom-execution-role.html
    const role = () => JSON.stringify(executionRoleTemplate(executionRoleOf(resourcesOf(tooling)), managementAccount));
    resource?.addPropertyOverride('ExecutionRoleTemplateBody', Lazy.string({ produce: role }));
    if (outputBucket) resource?.addPropertyOverride('StackSetOutputBucket', outputBucket);
  }
}

/** The resources of a stack as they will stand in its template. */
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

function unwritten(tooling: StackSetStack): string[] {
  try {
    executionRoleOf(resourcesOf(tooling));
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
