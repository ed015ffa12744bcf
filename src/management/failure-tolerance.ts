import type { RolloutConfig } from '../config/checkvalve-config';
import { DEFAULT_ROLLOUT } from '../config/checkvalve-config';

/** How many accounts may fail in a Region before an operation of the StackSet stops. */
export type FailureTolerance =
  | { readonly failureToleranceCount: number }
  | { readonly failureTolerancePercentage: number };

/**
 * The failure tolerance of an upgrade. CloudFormation rounds a percentage down, so that 2 % of fewer than 50 accounts is 0 and one
 * failing account stops every upgrade. If the configuration has the number of accounts, the tolerance is a count of at least 1;
 * without that number it is 1, unless the configuration has a percentage. 0 % stays 0.
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
