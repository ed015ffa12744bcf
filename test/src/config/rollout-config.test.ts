import { config } from '../../../src/checkvalve.config';
import { readConfig } from '../../../src/config/read-config';
import { resourcesOf, templatesOf } from '../../support/synthesized';

const faultsOf = (rollout: unknown): string => {
  try {
    readConfig({ ...config, rollout });
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

test.each<[unknown, string]>([
  [{ maxConcurrentPercent: 0 }, 'rollout.maxConcurrentPercent: 0: give a whole number of percent from 1 to 100'],
  [
    { failureTolerancePercent: 101 },
    'rollout.failureTolerancePercent: 101: give a whole number of percent from 0 to 100',
  ],
  [{ failureTolerancePercent: 1.5 }, 'rollout.failureTolerancePercent: 1.5: give a whole number of percent'],
  [{ failureTolerance: 1 }, 'there is no such field'],
  [{}, 'none'],
  [{ maxConcurrentPercent: 100, failureTolerancePercent: 0 }, 'none'],
])('%j is judged', (rollout, fault) => expect(faultsOf(rollout)).toContain(fault));

test('each field by itself reaches the StackSet, and the other keeps its default', () => {
  const preferences = (rollout: object) =>
    Object.values(resourcesOf(templatesOf({ ...config, rollout }).tooling)).find(
      ({ Type }) => Type === 'AWS::CloudFormation::StackSet',
    )?.Properties.OperationPreferences;
  const soft = { RegionConcurrencyType: 'PARALLEL', ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE' };
  const withShares = (most: number, tolerance: number) => ({
    ...soft,
    MaxConcurrentPercentage: most,
    FailureTolerancePercentage: tolerance,
  });
  expect(preferences({})).toEqual(withShares(10, 2));
  expect(preferences({ maxConcurrentPercent: 50 })).toEqual(withShares(50, 2));
  expect(preferences({ failureTolerancePercent: 0 })).toEqual(withShares(10, 0));
});
