import { Aws } from 'aws-cdk-lib';
import type { Allowance } from '../constructs/permissions';
import { NAMES } from '../contract/names';

const ID_UNKNOWN = 'The id in the ARN of a StackSet is known only once it is made.';

const stackSetArn = (account: string): string =>
  `arn:aws:cloudformation:${Aws.REGION}:${account}:stackset/${NAMES.stackSet}:*`;

/** Lets a step read the tooling's StackSet. */
export const readStackSet = (account: string, actions: readonly string[]): Allowance => ({
  sid: 'ReadStackSet',
  actions,
  resources: [stackSetArn(account)],
  because: ID_UNKNOWN,
});

/** Lets a step start operations: besides the StackSet, CloudFormation asks for the target and the types of an operation.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html */
export const changeInstances = (account: string, actions: readonly string[]): Allowance => ({
  sid: 'ChangeInstances',
  actions,
  resources: [
    stackSetArn(account),
    `arn:aws:cloudformation:*:${account}:stackset-target/${NAMES.stackSet}:*/*`,
    `arn:aws:cloudformation:${Aws.REGION}::type/resource/*`,
  ],
  because: `${ID_UNKNOWN} CloudFormation asks for its resource types as well.`,
});
