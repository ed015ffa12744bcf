import type { RolloutConfig } from '../config/checkvalve-config';
import { DEFAULT_ROLLOUT } from '../config/checkvalve-config';

/** How many accounts may fail in a Region before an operation of the StackSet stops. */
export type FailureTolerance =
  | { readonly failureToleranceCount: number }
  | { readonly failureTolerancePercentage: number };

/**
 * The tolerance of an upgrade. CloudFormation rounds a percentage down, so that 2 % of fewer than 50 accounts is none and one
 * broken account stops every upgrade. A count of at least one stands in its place wherever the number of accounts is given;
 * without a number, one account is tolerated unless the configuration asks for a percentage. 0 % stays none.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSetOperationPreferences.html
 */
export function failureTolerance({ accounts, failureTolerancePercent }: RolloutConfig): FailureTolerance {
  if (accounts === undefined) {
    return failureTolerancePercent === undefined
      ? { failureToleranceCount: 1 }
      : { failureTolerancePercentage: failureTolerancePercent };
  }
  const percent = failureTolerancePercent ?? DEFAULT_ROLLOUT.failureTolerancePercent;
  return { failureToleranceCount: percent === 0 ? 0 : Math.max(1, Math.floor((accounts * percent) / 100)) };
}
