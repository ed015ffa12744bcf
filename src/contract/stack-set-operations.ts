/** The states in which an operation of a StackSet has ended.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSetOperationSummary.html */
export const ENDED_OPERATION: readonly string[] = ['SUCCEEDED', 'FAILED', 'STOPPED'];

/** Accounts that one operation can name.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStackInstances.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html */
export const MAX_ACCOUNTS_PER_OPERATION = 50;
