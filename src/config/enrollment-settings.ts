import { MAIN_CELL, MAX_ACCOUNTS_PER_CELL } from '../contract/cells';
import type { EnrollmentSettings } from '../contract/enrollment-settings';
import { accountId, region } from '../contract/ids';
import { NAMES } from '../contract/names';
import type { CheckvalveConfig } from './checkvalve-config';

/** The settings of enrollment from the configuration, with their defaults. */
export function enrollmentSettings(config: CheckvalveConfig): EnrollmentSettings {
  const { organization, vault, accountTag, regions, exemptions, enrollment = {} } = config;
  return {
    rootId: organization.rootId,
    managementAccount: accountId(organization.managementAccount),
    cells: [
      {
        name: MAIN_CELL,
        vaultAccount: accountId(vault.account),
        stackSet: NAMES.stackSet,
        maxDatabases: MAX_ACCOUNTS_PER_CELL,
        maxAccounts: MAX_ACCOUNTS_PER_CELL,
      },
    ],
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
