import {
  type CloudFormationClient,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { NAMES } from '../../contract/names';
import type { Wait } from './withdraw-all';

/** A deployed stack of Checkvalve. */
export interface CheckvalveStack {
  readonly id: string;
  readonly template: string;
  readonly protected: boolean;
  /** Type and physical id, by logical id. */
  readonly resources: ReadonlyMap<string, { readonly type: string; readonly id: string }>;
}

/** The stack with a name: none, one of Checkvalve, or another one. */
export type FoundStack =
  | { readonly kind: 'none' }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'ours'; readonly stack: CheckvalveStack };

/** Physical ids of which each stack of Checkvalve contains one, and no other stack: a stack name alone is not proof. */
const OWN_IDS: readonly RegExp[] = [
  new RegExp(`^${NAMES.registryTable}$`),
  new RegExp(`^${NAMES.sourcesTable}$`),
  // The StackSet of the only cell, or of one of several.
  new RegExp(`^${NAMES.stackSet}(-[a-z0-9-]+)?:`),
];
const PAUSE_SECONDS = 15;
const MAX_PAUSES = 480;

/** Finds a stack by its name. */
export async function findStack(client: CloudFormationClient, StackName: string): Promise<FoundStack> {
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    if (!stack?.StackId || stack.StackStatus === 'DELETE_COMPLETE') return { kind: 'none' };
    const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
    const resources = new Map(
      StackResources.map(({ LogicalResourceId = '', ResourceType: type = '', PhysicalResourceId: id = '' }) => {
        return [LogicalResourceId, { type, id }] as const;
      }),
    );
    const ours = [...resources.values()].some(({ id }) => OWN_IDS.some((own) => own.test(id)));
    if (!ours) return { kind: 'foreign' };
    const { TemplateBody = '{}' } = await client.send(new GetTemplateCommand({ StackName }));
    const facts = { id: stack.StackId, template: TemplateBody, resources };
    return { kind: 'ours', stack: { ...facts, protected: stack.EnableTerminationProtection === true } };
  } catch (error) {
    if (isMissing(error)) return { kind: 'none' };
    throw error;
  }
}

/** Deletes a stack and waits; returns CloudFormation's reason if the deletion fails. */
export async function destroyStack(client: CloudFormationClient, id: string, wait: Wait): Promise<string | undefined> {
  await client.send(new DeleteStackCommand({ StackName: id }));
  for (let pause = 0; pause < MAX_PAUSES; pause += 1) {
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
  return 'CloudFormation has not finished the deletion within two hours';
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationError' && /does not exist/i.test(error.message);
