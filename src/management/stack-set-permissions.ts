import { Aws } from 'aws-cdk-lib';
import type { Allowance } from '../constructs/permissions';
import { NAMES } from '../contract/names';

const ID_UNKNOWN = 'The id in the ARN of a StackSet is known only after the StackSet is created.';

const stackSetArn = (account: string): string =>
  `arn:aws:cloudformation:${Aws.REGION}:${account}:stackset/${NAMES.stackSet}:*`;

/** Permission to read the StackSet of the tooling. */
export const readStackSet = (account: string, actions: readonly string[]): Allowance => ({
  sid: 'ReadStackSet',
  actions,
  resources: [stackSetArn(account)],
  because: ID_UNKNOWN,
});

/** Permission to start operations. CloudFormation authorizes them on the StackSet, on its targets and on resource types.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html */
export const changeInstances = (account: string, actions: readonly string[]): Allowance => ({
  sid: 'ChangeInstances',
  actions,
  resources: [
    stackSetArn(account),
    `arn:aws:cloudformation:*:${account}:stackset-target/${NAMES.stackSet}:*/*`,
    `arn:aws:cloudformation:${Aws.REGION}::type/resource/*`,
  ],
  because: `${ID_UNKNOWN} CloudFormation also authorizes resource types.`,
});
