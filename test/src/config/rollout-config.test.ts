import { config } from '../../../src/checkvalve.config';
import type { RolloutConfig } from '../../../src/config/checkvalve-config';
import { readConfig } from '../../../src/config/read-config';
import { warningsOf } from '../../../src/config/warnings';
import { type FailureTolerance, failureTolerance } from '../../../src/management/failure-tolerance';
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
])('the fault of %j is reported', (rollout, fault) => expect(faultsOf(rollout)).toContain(fault));

test('each field reaches the StackSet alone, and the other keeps its default', () => {
  const preferences = (rollout: object) =>
    Object.values(resourcesOf(templatesOf({ ...config, rollout }).tooling)).find(
      ({ Type }) => Type === 'AWS::CloudFormation::StackSet',
    )?.Properties.OperationPreferences;
  const soft = { RegionConcurrencyType: 'PARALLEL', ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE' };
  const tolerating = (MaxConcurrentPercentage: number, tolerance: object) => ({
    ...soft,
    MaxConcurrentPercentage,
    ...tolerance,
  });
  expect(preferences({})).toEqual(tolerating(10, { FailureToleranceCount: 1 }));
  expect(preferences({ maxConcurrentPercent: 50 })).toEqual(tolerating(50, { FailureToleranceCount: 1 }));
  expect(preferences({ failureTolerancePercent: 0 })).toEqual(tolerating(10, { FailureTolerancePercentage: 0 }));
  expect(preferences({ accounts: 40 })).toEqual(tolerating(10, { FailureToleranceCount: 1 }));
});

test.each<[RolloutConfig, FailureTolerance]>([
  [{}, { failureToleranceCount: 1 }],
  [{ accounts: 1 }, { failureToleranceCount: 1 }],
  [{ accounts: 49 }, { failureToleranceCount: 1 }],
  [{ accounts: 100 }, { failureToleranceCount: 2 }],
  [{ accounts: 3000 }, { failureToleranceCount: 60 }],
  [{ accounts: 49, failureTolerancePercent: 10 }, { failureToleranceCount: 4 }],
  [{ accounts: 49, failureTolerancePercent: 0 }, { failureToleranceCount: 0 }],
  [{ failureTolerancePercent: 10 }, { failureTolerancePercentage: 10 }],
])('%j tolerates %j', (rollout, tolerance) => expect(failureTolerance(rollout)).toEqual(tolerance));

test('a percentage without rollout.accounts gives a warning with the arithmetic', () => {
  const warnings = (rollout: RolloutConfig) => warningsOf({ ...config, rollout }, new Date('2026-11-25T12:00:00Z'));
  expect(warnings({ failureTolerancePercent: 2 })).toEqual([
    expect.stringContaining('2 % of fewer than 50 accounts is none, and one broken account stops an upgrade'),
  ]);
  for (const well of [{}, { accounts: 10, failureTolerancePercent: 2 }, { failureTolerancePercent: 0 }])
    expect(warnings(well)).toEqual([]);
});
