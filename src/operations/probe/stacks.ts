import {
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import type { AccountClients, Side } from './clients';
import type { Scope } from './probe';

/** Resources of a CloudFormation template, by logical id. */
export type Resources = Readonly<Record<string, { readonly Type: string; readonly [key: string]: unknown }>>;

/** The outcome of a stack. */
export interface StackEnd {
  readonly status: string;
  /** Its outputs, by key. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The reasons of failed resources. */
  readonly reasons: readonly string[];
}

const MAX_MINUTES = 20;

/**
 * Creates resources without a name in a stack, which can be found by its name, and resolves to its outcome. A failed stack
 * stays, rolled back, until the clean-up.
 */
export async function stackEnd(
  scope: Scope,
  side: Side,
  what: string,
  resources: Resources,
  outputs: Readonly<Record<string, unknown>> = {},
): Promise<StackEnd> {
  const StackName = scope.name(what);
  const Outputs = Object.fromEntries(Object.entries(outputs).map(([key, Value]) => [key, { Value }]));
  const TemplateBody = JSON.stringify({ Resources: resources, ...(Object.keys(outputs).length > 0 && { Outputs }) });
  const cloudformation = await scope.create(side, 'stack', StackName, async (account) => {
    const Capabilities = ['CAPABILITY_NAMED_IAM' as const];
    await account.cloudformation.send(
      new CreateStackCommand({ StackName, TemplateBody, Capabilities, Tags: scope.tags }),
    );
    return account.cloudformation;
  });
  const ended = await scope.within(MAX_MINUTES, async () => {
    const { Stacks: [stack] = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
    return /_IN_PROGRESS$/.test(stack?.StackStatus ?? '_IN_PROGRESS') ? undefined : stack;
  });
  const { StackEvents = [] } = await cloudformation.send(new DescribeStackEventsCommand({ StackName }));
  const failed = StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'));
  return {
    status: ended?.StackStatus ?? `unfinished after ${MAX_MINUTES} minutes`,
    outputs: outputsOf(ended),
    reasons: failed.flatMap(({ ResourceStatusReason }) => ResourceStatusReason ?? []),
  };
}

/** The outputs of a stack that must be created. */
export async function stack(...of: Parameters<typeof stackEnd>): Promise<StackEnd['outputs']> {
  const { status, outputs, reasons } = await stackEnd(...of);
  if (status !== 'CREATE_COMPLETE')
    throw new Error(`The stack ${of[0].name(of[2])} ended with ${status}: ${reasons.join('; ')}`);
  return outputs;
}

const outputsOf = (ended: Stack | undefined): StackEnd['outputs'] =>
  Object.fromEntries((ended?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));

/** A KMS key for a template: its account administers it, and further statements follow. */
export const keyResource = (account: string, ...more: readonly object[]) => ({
  Type: 'AWS::KMS::Key',
  Properties: {
    Description: 'checkvalve-probe: may be deleted',
    PendingWindowInDays: 7,
    KeyPolicy: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' },
        ...more,
      ],
    },
  },
});

/** A role for a template, with one inline policy. */
export const roleResource = (
  RoleName: string,
  Principal: object,
  statements: readonly object[],
  more: object = {},
) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName,
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
    },
    ...(statements.length > 0 && {
      Policies: [{ PolicyName: 'probe', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
    }),
    ...more,
  },
});

/** The statement of a key policy by which another account may copy snapshots under the key. */
export const mayUse = (account: string, condition?: object) => ({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: [
    'kms:CreateGrant',
    'kms:Decrypt',
    'kms:DescribeKey',
    'kms:Encrypt',
    'kms:GenerateDataKey*',
    'kms:ReEncrypt*',
  ],
  Resource: '*',
  ...(condition && { Condition: condition }),
});

/** A session of a new role: IAM takes some time until a role can be assumed and its policy applies. */
export async function sessionOf(scope: Scope, account: AccountClients, roleArn: string): Promise<AccountClients> {
  const session = await scope.within(2, () => account.as(roleArn).catch(() => undefined));
  if (!session) throw new Error(`The role ${roleArn} cannot be assumed`);
  await scope.pause(20);
  return session;
}
