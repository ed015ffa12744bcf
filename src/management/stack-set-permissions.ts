import { Aws } from 'aws-cdk-lib';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import type { Allowance } from '../constructs/permissions';
import { stackSetsPattern } from '../contract/cells';

const ID_UNKNOWN = 'The id in the ARN of a StackSet is known only after the StackSet is created.';

/** The StackSets of all cells, and the account that administers them. */
interface StackSets {
  readonly account: string;
  /** Pattern of their names: see `stackSetsPattern`. */
  readonly names: string;
}

/** The StackSets of a configuration. */
export const stackSetsOf = ({ organization, vaults }: CheckvalveConfig): StackSets => ({
  account: organization.managementAccount,
  names: stackSetsPattern(vaults !== undefined),
});

const stackSetArn = ({ account, names }: StackSets): string =>
  `arn:aws:cloudformation:${Aws.REGION}:${account}:stackset/${names}:*`;

/** Permission to read the StackSet of the tooling. */
export const readStackSet = (stackSets: StackSets, actions: readonly string[]): Allowance => ({
  sid: 'ReadStackSet',
  actions,
  resources: [stackSetArn(stackSets)],
  because: ID_UNKNOWN,
});

/** Permission to start operations. CloudFormation authorizes them on the StackSet, on its targets and on resource types.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html */
export const changeInstances = (stackSets: StackSets, actions: readonly string[]): Allowance => ({
  sid: 'ChangeInstances',
  actions,
  resources: [
    stackSetArn(stackSets),
    `arn:aws:cloudformation:*:${stackSets.account}:stackset-target/${stackSets.names}:*/*`,
    `arn:aws:cloudformation:${Aws.REGION}::type/resource/*`,
  ],
  because: `${ID_UNKNOWN} CloudFormation also authorizes resource types.`,
});

/** What the ARN of each of these StackSets begins with: an id follows. */
export function stackSetPrefix(config: CheckvalveConfig): string {
  const { account, names } = stackSetsOf(config);
  return names.endsWith('*')
    ? `arn:aws:cloudformation:${Aws.REGION}:${account}:stackset/${names.slice(0, -1)}`
    : `arn:aws:cloudformation:${Aws.REGION}:${account}:stackset/${names}:`;
}
