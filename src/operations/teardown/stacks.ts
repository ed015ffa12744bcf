import {
  type CloudFormationClient,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { NAMES } from '../../contract/names';
import type { Wait } from './withdraw-all';

/** A stack of ours as it stands. */
export interface CheckvalveStack {
  readonly id: string;
  readonly template: string;
  readonly protected: boolean;
  /** Type and physical id, by logical id. */
  readonly resources: ReadonlyMap<string, { readonly type: string; readonly id: string }>;
}

/** What CloudFormation found under a name: nothing, a stack of ours, or somebody else's. */
export type Found =
  | { readonly kind: 'none' }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'ours'; readonly stack: CheckvalveStack };

/** One of these stands in each of our stacks, and in no other: a stack's name alone is anybody's. */
const MARKS: readonly string[] = [NAMES.registryTable, NAMES.sourcesTable, `${NAMES.stackSet}:`];
const PAUSE_SECONDS = 15;
const MOST_PAUSES = 480;

/** Looks for a stack by its name. */
export async function findStack(client: CloudFormationClient, StackName: string): Promise<Found> {
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    if (!stack?.StackId || stack.StackStatus === 'DELETE_COMPLETE') return { kind: 'none' };
    const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
    const resources = new Map(
      StackResources.map(({ LogicalResourceId = '', ResourceType: type = '', PhysicalResourceId: id = '' }) => {
        return [LogicalResourceId, { type, id }] as const;
      }),
    );
    const ours = [...resources.values()].some(({ id }) =>
      MARKS.some((mark) => (mark.endsWith(':') ? id.startsWith(mark) : id === mark)),
    );
    if (!ours) return { kind: 'foreign' };
    const { TemplateBody = '{}' } = await client.send(new GetTemplateCommand({ StackName }));
    const shown = { id: stack.StackId, template: TemplateBody, resources };
    return { kind: 'ours', stack: { ...shown, protected: stack.EnableTerminationProtection === true } };
  } catch (error) {
    if (isMissing(error)) return { kind: 'none' };
    throw error;
  }
}

/** Deletes a stack and waits; resolves to CloudFormation's reason when it could not be deleted. */
export async function destroyStack(client: CloudFormationClient, id: string, wait: Wait): Promise<string | undefined> {
  await client.send(new DeleteStackCommand({ StackName: id }));
  for (let pause = 0; pause < MOST_PAUSES; pause += 1) {
    try {
      const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: id }));
      if (!stack || stack.StackStatus === 'DELETE_COMPLETE') return undefined;
      if (stack.StackStatus === 'DELETE_FAILED') return stack.StackStatusReason ?? 'CloudFormation gives no reason';
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    await wait(PAUSE_SECONDS);
  }
  return 'CloudFormation has not ended its deletion for two hours';
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationError' && /does not exist/i.test(error.message);
