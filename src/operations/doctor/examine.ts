import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { CheckvalveError } from '../../contract/errors';
import { accountId, region } from '../../contract/ids';
import { MANAGEMENT_REGION } from '../../contract/names';
import { askAws } from '../ask-aws';
import { servicesOf } from './delegated-powers';
import type { Facts } from './facts';
import type { Finding } from './finding';
import { judge } from './judge';
import type { SettingsIn } from './look';
import { lookAtManagement } from './look-at-management';
import { lookAtVault } from './look-at-vault';

/** An account that can be looked around in. */
export type Standpoint = 'management' | 'vault';

/** What an examination came to. */
export interface Examination {
  /** Where one stood: what is to be seen from elsewhere was not looked at. */
  readonly from: ReadonlyArray<{ readonly standpoint: Standpoint; readonly account: string }>;
  readonly findings: readonly Finding[];
}

/** Looks around from each standpoint that there are settings for, and judges what was seen. */
export async function examine(
  config: CheckvalveConfig,
  standpoints: Readonly<Partial<Record<Standpoint, SettingsIn>>>,
  now: Date,
): Promise<Examination> {
  const { organization, vault, regions } = config;
  const { management: there, vault: here } = standpoints;
  const facts: Facts = {
    ...(there && { management: await lookAtManagement(there, organization.rootId, servicesOf(vault.placement)) }),
    ...(here && { vault: await lookAtVault(here, accountId(vault.account), regions.map(region)) }),
  };
  return {
    from: [
      ...(there ? [{ standpoint: 'management' as const, account: organization.managementAccount }] : []),
      ...(here ? [{ standpoint: 'vault' as const, account: vault.account }] : []),
    ],
    findings: judge(facts, config, now),
  };
}

/**
 * Looks around with the credentials that the AWS SDK finds.
 * @throws CheckvalveError `UNSAFE_OPERATION` when they are of neither account, and what {@link askAws} throws
 */
export async function examineLive(config: CheckvalveConfig): Promise<Examination> {
  const { organization, vault } = config;
  const account = await callerOf(config);
  const settings: SettingsIn = (at) => ({ region: at });
  const now = new Date();
  if (account === organization.managementAccount) return examine(config, { management: settings }, now);
  if (account === vault.account) return examine(config, { vault: settings }, now);
  throw new CheckvalveError(
    'UNSAFE_OPERATION',
    `These credentials are of account ${account}: neither the management account nor the vault`,
    `Use credentials of ${organization.managementAccount} or ${vault.account} that may read.`,
  );
}

function callerOf({ organization, vault, regions }: CheckvalveConfig): Promise<string> {
  const asked = {
    failed: 'Nothing can be examined',
    whose: `the management account ${organization.managementAccount} or the vault account ${vault.account}`,
    otherwise: 'Or look at a rehearsal with --rehearsal.',
  };
  return askAws(asked, async () => {
    const sts = new STSClient({ region: regions[0] ?? MANAGEMENT_REGION });
    const { Account = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return Account;
  });
}
