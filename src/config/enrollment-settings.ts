import type { Cell } from '../contract/cells';
import type { EnrollmentSettings } from '../contract/enrollment-settings';
import { accountId, region } from '../contract/ids';
import { cellsOf } from './cells';
import type { CheckvalveConfig } from './checkvalve-config';

/** The settings of enrollment from the configuration, with their defaults. */
export function enrollmentSettings(config: CheckvalveConfig): EnrollmentSettings {
  const { organization, accountTag, regions, exemptions, enrollment = {} } = config;
  return {
    rootId: organization.rootId,
    managementAccount: accountId(organization.managementAccount),
    cells: cellsOf(config).map(({ cell }) => cell) as [Cell, ...Cell[]],
    targetUnits: organization.targetUnits,
    excludedUnits: organization.excludedUnits ?? [],
    tag: {
      key: accountTag.key,
      values: [accountTag.value, ...(accountTag.otherValues ?? [])],
      match: accountTag.match ?? 'exact',
    },
    regions: regions.map(region),
    exemptions,
    graceDays: enrollment.graceDays ?? 14,
    massExit: {
      accounts: enrollment.maxWithdrawalsAtOnce ?? 5,
      percent: enrollment.maxWithdrawalsPercent ?? 10,
      acknowledged: enrollment.confirmedWithdrawals ?? [],
    },
    readsPerSecond: enrollment.readsPerSecond ?? 10,
  };
}
