import {
  type CloudFormationClient,
  CreateStackInstancesCommand,
  paginateListStackInstances,
} from '@aws-sdk/client-cloudformation';
import { CheckvalveError } from '../../../src/contract/errors';
import { type AccountId, accountId, type Region, region } from '../../../src/contract/ids';
import type { StackInstance, StackInstances } from '../ports/stack-instances';

/** {@link StackInstances} of a service-managed StackSet. */
export class ToolingInstances implements StackInstances {
  /** @param ancestor the root, or the one unit under which all instances are made and removed: an instance belongs to
   * the unit it was made through, and an account that has moved since must still be found. */
  constructor(
    private readonly client: CloudFormationClient,
    private readonly stackSet: string,
    private readonly ancestor: string,
  ) {}

  async all(): Promise<readonly StackInstance[]> {
    const found: StackInstance[] = [];
    const pages = paginateListStackInstances({ client: this.client }, { StackSetName: this.stackSet, CallAs: 'SELF' });
    for await (const page of pages) {
      for (const { Account, Region } of page.Summaries ?? []) {
        found.push({ account: accountId(Account), region: region(Region) });
      }
    }
    return found;
  }

  async create(accounts: readonly AccountId[], regions: readonly Region[]): Promise<string> {
    const { OperationId } = await this.client.send(
      new CreateStackInstancesCommand({
        StackSetName: this.stackSet,
        CallAs: 'SELF',
        DeploymentTargets: this.exactly(accounts),
        Regions: [...regions],
        OperationPreferences: {
          RegionConcurrencyType: 'PARALLEL',
          FailureTolerancePercentage: 100,
          MaxConcurrentPercentage: 100,
        },
      }),
    );
    return OperationId ?? '';
  }

  /** INTERSECTION with a list that is not empty: anything else would reach every account under the ancestor.
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html */
  private exactly(accounts: readonly AccountId[]) {
    if (accounts.length > 0) {
      return {
        OrganizationalUnitIds: [this.ancestor],
        Accounts: [...accounts],
        AccountFilterType: 'INTERSECTION' as const,
      };
    }
    throw new CheckvalveError(
      'UNSAFE_OPERATION',
      `An operation on ${this.stackSet} without accounts would reach all of ${this.ancestor}`,
      'This is a fault of Checkvalve: nothing was changed.',
    );
  }
}
