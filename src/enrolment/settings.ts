import type { CheckvalveConfig } from '../config/checkvalve-config';
import { type AccountId, accountId, type Region, region } from '../contract/ids';

/** The rules of enrolment, as the configuration has them. */
export interface EnrolmentSettings {
  /** The root: the one ancestor under which instances are made and removed. */
  readonly rootId: string;
  readonly managementAccount: AccountId;
  readonly vaultAccount: AccountId;
  /** Units whose members, at any depth, may be enrolled. */
  readonly targetUnits: readonly string[];
  /** Units whose members, at any depth, are left out though a target unit stands above them. */
  readonly excludedUnits: readonly string[];
  readonly tag: { readonly key: string; readonly values: readonly string[]; readonly match: 'exact' | 'any case' };
  readonly regions: readonly Region[];
  readonly exemptions: readonly { readonly account: string; readonly reason: string; readonly until: string }[];
  /** Days between an account's leaving and its withdrawal. */
  readonly graceDays: number;
  readonly massExit: {
    /** More accounts than these, to be withdrawn at once, wait for a person. */
    readonly accounts: number;
    /** So does a greater share of all enrolled accounts, in percent. */
    readonly percent: number;
    /** Accounts whose withdrawal a person has confirmed. */
    readonly acknowledged: readonly string[];
  };
  /** Tags, and instances, that are read in a second. */
  readonly readsASecond: number;
}

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
