import type { EnrolmentSettings } from '../contract/enrollment-settings';
import { accountId, region } from '../contract/ids';
import type { CheckvalveConfig } from './checkvalve-config';

/** What the configuration says of enrolment, with its defaults filled in. */
export function enrolmentSettings(config: CheckvalveConfig): EnrolmentSettings {
  const { organization, vault, accountTag, regions, exemptions, enrolment = {} } = config;
  return {
    rootId: organization.rootId,
    managementAccount: accountId(organization.managementAccount),
    vaultAccount: accountId(vault.account),
    targetUnits: organization.targetUnits,
    excludedUnits: organization.excludedUnits ?? [],
    tag: {
      key: accountTag.key,
      values: [accountTag.value, ...(accountTag.otherValues ?? [])],
      match: accountTag.match ?? 'exact',
    },
    regions: regions.map(region),
    exemptions,
    graceDays: enrolment.graceDays ?? 14,
    massExit: {
      accounts: enrolment.massExitAccounts ?? 5,
      percent: enrolment.massExitPercent ?? 10,
      acknowledged: enrolment.acknowledgedExits ?? [],
    },
    readsASecond: enrolment.readsASecond ?? 10,
  };
}
