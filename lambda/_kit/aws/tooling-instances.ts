import {
  type CloudFormationClient,
  CreateStackInstancesCommand,
  DeleteStackInstancesCommand,
  DescribeStackSetCommand,
  DescribeStackSetOperationCommand,
  ListStackInstancesCommand,
  ListStackSetOperationResultsCommand,
  ListStackSetOperationsCommand,
  paginateListStackInstances,
  type StackInstanceSummary,
  UpdateStackInstancesCommand,
} from '@aws-sdk/client-cloudformation';
import { CheckvalveError } from '../../../src/contract/errors';
import { type AccountId, accountId, type Region, region } from '../../../src/contract/ids';
import { templateVersionOf } from '../../../src/contract/names';
import { ENDED_OPERATION } from '../../../src/contract/stack-set-operations';
import type { Page } from '../ports/organization';
import type {
  OperationResult,
  Rollout,
  RolloutOperation,
  StackInstance,
  StackInstances,
  Standing,
} from '../ports/stack-instances';

/** One account's failure is no reason to leave the others out. */
const PREFERENCES = {
  RegionConcurrencyType: 'PARALLEL',
  FailureTolerancePercentage: 100,
  MaxConcurrentPercentage: 100,
} as const;

/** What an operation came to in one account and Region.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSetOperationResultSummary.html */
const RESULTS: Readonly<Record<string, Standing>> = {
  SUCCEEDED: 'current',
  FAILED: 'failed',
  CANCELLED: 'outdated',
};

/** What an instance is that is not up to date, by its detailed status.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackInstanceComprehensiveStatus.html */
const NOT_CURRENT: Readonly<Record<string, Standing>> = {
  SUCCEEDED: 'outdated',
  CANCELLED: 'outdated',
  PENDING: 'pending',
  RUNNING: 'pending',
  FAILED: 'failed',
  FAILED_IMPORT: 'failed',
  SKIPPED_SUSPENDED_ACCOUNT: 'suspended',
};

/** Status decides whether an instance is up to date, and its detailed status why not. A word that is new is `pending`:
 * watch-rollout waits for the operation that may be at it, and repairs the instance when none is. */
function standingOf({ Status, StackInstanceStatus }: StackInstanceSummary): Standing {
  const { DetailedStatus = 'SUCCEEDED' } = StackInstanceStatus ?? {};
  if (Status === 'INOPERABLE' || DetailedStatus === 'INOPERABLE') return 'inoperable';
  if (Status === 'CURRENT') return ['PENDING', 'RUNNING'].includes(DetailedStatus) ? 'running' : 'current';
  return NOT_CURRENT[DetailedStatus] ?? 'pending';
}

const detailOf = ({ Status, StackInstanceStatus }: StackInstanceSummary): string =>
  [Status ?? 'no status', StackInstanceStatus?.DetailedStatus].filter(Boolean).join(', ');

/** Parts of the listing of operations, of a hundred each: the newest come first, and what runs or waits is among them. */
const MAX_PARTS = 5;

const instanceOf = (summary: StackInstanceSummary): StackInstance => ({
  account: accountId(summary.Account),
  region: region(summary.Region),
  standing: standingOf(summary),
  ...(standingOf(summary) !== 'current' && { detail: detailOf(summary) }),
  ...(summary.StatusReason && { reason: summary.StatusReason }),
  ...(summary.LastOperationId && { operation: summary.LastOperationId }),
  ...(summary.DriftStatus === 'DRIFTED' && { drifted: true }),
});

/** {@link StackInstances} and {@link Rollout} of a service-managed StackSet. */
export class ToolingInstances implements StackInstances, Rollout {
  private readonly ours: { readonly StackSetName: string; readonly CallAs: 'SELF' };

  /** @param ancestor the root, or the one unit under which all instances are made and removed: an instance belongs to
   * the unit it was made through, and an account that has moved since must still be found. */
  constructor(
    private readonly client: CloudFormationClient,
    stackSet: string,
    private readonly ancestor: string,
  ) {
    this.ours = { StackSetName: stackSet, CallAs: 'SELF' };
  }

  async ofAccount(account: AccountId): Promise<readonly StackInstance[]> {
    const found: StackInstance[] = [];
    const asked = { ...this.ours, StackInstanceAccount: account };
    for await (const page of paginateListStackInstances({ client: this.client }, asked)) {
      for (const one of (page.Summaries ?? []).map(instanceOf)) found.push(one);
    }
    return found;
  }

  async instances(from?: string): Promise<Page<StackInstance>> {
    const command = new ListStackInstancesCommand({ ...this.ours, NextToken: from });
    const { Summaries = [], NextToken: next } = await this.client.send(command);
    return { items: Summaries.map(instanceOf), next };
  }

  async create(accounts: readonly AccountId[], regions: readonly Region[]): Promise<string> {
    const { OperationId } = await this.client.send(new CreateStackInstancesCommand(this.exactly(accounts, regions)));
    return OperationId ?? '';
  }

  async repair(accounts: readonly AccountId[], regions: readonly Region[]): Promise<string> {
    const { OperationId } = await this.client.send(new UpdateStackInstancesCommand(this.exactly(accounts, regions)));
    return OperationId ?? '';
  }

  async withdraw(accounts: readonly AccountId[], regions: readonly Region[], retain: boolean): Promise<string> {
    const targets = { ...this.exactly(accounts, regions), RetainStacks: retain };
    const { OperationId } = await this.client.send(new DeleteStackInstancesCommand(targets));
    return OperationId ?? '';
  }

  async recentOperations(): Promise<readonly RolloutOperation[]> {
    const found: RolloutOperation[] = [];
    let from: string | undefined;
    for (let part = 0; part < MAX_PARTS; part += 1) {
      const command = new ListStackSetOperationsCommand({ ...this.ours, NextToken: from });
      const { Summaries = [], NextToken } = await this.client.send(command);
      for (const { OperationId: id = '', Action: action = '', Status = '' } of Summaries) {
        found.push({ id, action, ended: ENDED_OPERATION.includes(Status) });
      }
      from = NextToken;
      if (!from) break;
    }
    return found;
  }

  async operationState(id: string) {
    try {
      const command = new DescribeStackSetOperationCommand({ ...this.ours, OperationId: id });
      const { StackSetOperation: { Action = '', Status = '' } = {} } = await this.client.send(command);
      return { action: Action, ended: !['RUNNING', 'QUEUED', 'STOPPING'].includes(Status) };
    } catch (error) {
      if (error instanceof Error && error.name === 'OperationNotFoundException') return undefined;
      throw error;
    }
  }

  async results(operation: string, from?: string): Promise<Page<OperationResult>> {
    const command = new ListStackSetOperationResultsCommand({ ...this.ours, OperationId: operation, NextToken: from });
    const { Summaries = [], NextToken: next } = await this.client.send(command);
    const items = Summaries.map(({ Account, Region, Status, StatusReason }) => ({
      account: accountId(Account),
      region: region(Region),
      standing: RESULTS[Status ?? ''] ?? ('running' as const),
      operation,
      ...(StatusReason && { reason: StatusReason }),
    }));
    return { items, next };
  }

  async templateVersion(): Promise<string> {
    const { StackSet } = await this.client.send(new DescribeStackSetCommand(this.ours));
    return templateVersionOf(StackSet?.TemplateBody ?? '');
  }

  /** INTERSECTION with a list that is not empty: anything else would reach every account under the ancestor.
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html */
  private exactly(accounts: readonly AccountId[], regions: readonly Region[]) {
    if (accounts.length > 0) {
      return {
        ...this.ours,
        Regions: [...regions],
        OperationPreferences: PREFERENCES,
        DeploymentTargets: {
          OrganizationalUnitIds: [this.ancestor],
          Accounts: [...accounts],
          AccountFilterType: 'INTERSECTION' as const,
        },
      };
    }
    throw new CheckvalveError(
      'UNSAFE_OPERATION',
      `An operation on ${this.ours.StackSetName} without accounts would reach all of ${this.ancestor}`,
      'This is a fault of Checkvalve: nothing was changed.',
    );
  }
}
