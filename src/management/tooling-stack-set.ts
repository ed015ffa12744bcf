import type { CfnStackSet } from 'aws-cdk-lib';
import {
  Capability,
  DeploymentType,
  RegionConcurrencyType,
  StackSet,
  type StackSetStack,
  StackSetTemplate,
} from 'cdk-stacksets';
import { Construct } from 'constructs';
import { NAMES } from '../contract/names';

/** The StackSet that carries the tooling into production accounts. It has no instances of its own: enrolment makes them. */
export class ToolingStackSet extends Construct {
  constructor(scope: Construct, id: string, { tooling }: { readonly tooling: StackSetStack }) {
    super(scope, id);
    const stackSet = new StackSet(this, 'Tooling', {
      stackSetName: NAMES.stackSet,
      description: 'Checkvalve: the export tooling of every production account',
      template: StackSetTemplate.fromStackSetStack(tooling),
      capabilities: [Capability.NAMED_IAM],
      // Automatic deployment knows neither tags nor account filters: switched on, every account that joins a unit would
      // get the tooling. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html
      deploymentType: DeploymentType.serviceManaged({ autoDeployEnabled: false, delegatedAdmin: false }),
      managedExecution: true,
      // The defaults are one account at a time and a stop at the first failure: an organization of hundreds would time
      // out, and one broken account would keep an upgrade from all others.
      operationPreferences: {
        regionConcurrencyType: RegionConcurrencyType.PARALLEL,
        maxConcurrentPercentage: 25,
        failureTolerancePercentage: 10,
      },
    });
    // An empty list would say that there shall be no instances; no list says that they are somebody else's business.
    const resource = stackSet.node.findAll().find((one): one is CfnStackSet => 'cfnResourceType' in one);
    resource?.addPropertyDeletionOverride('StackInstancesGroup');
  }
}
