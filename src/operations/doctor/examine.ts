import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { CheckvalveError } from '../../contract/errors';
import { accountId, region } from '../../contract/ids';
import { MANAGEMENT_REGION } from '../../contract/names';
import { callAws } from '../call-aws';
import { checkFacts } from './check';
import { servicesOf } from './delegated-powers';
import type { Facts } from './facts';
import type { Finding } from './finding';
import type { SettingsIn } from './observe';
import { observeManagement } from './observe-management';
import { observeVault } from './observe-vault';

/** An account that can be looked around in. */
export type AccountKind = 'management' | 'vault';

/** What an examination came to. */
export interface Examination {
  /** Where one stood: what is to be seen from elsewhere was not looked at. */
  readonly from: ReadonlyArray<{ readonly kind: AccountKind; readonly account: string }>;
  readonly findings: readonly Finding[];
}

/** Looks around from each kind that there are settings for, and judges what was seen. */
export async function examine(
  config: CheckvalveConfig,
  accounts: Readonly<Partial<Record<AccountKind, SettingsIn>>>,
  now: Date,
): Promise<Examination> {
  const { organization, vault, regions } = config;
  const { management: there, vault: here } = accounts;
  const facts: Facts = {
    ...(there && { management: await observeManagement(there, organization.rootId, servicesOf(vault.placement)) }),
    ...(here && { vault: await observeVault(here, accountId(vault.account), regions.map(region)) }),
  };
  return {
    from: [
      ...(there ? [{ kind: 'management' as const, account: organization.managementAccount }] : []),
      ...(here ? [{ kind: 'vault' as const, account: vault.account }] : []),
    ],
    findings: checkFacts(facts, config, now),
  };
}

/**
 * Looks around with the credentials that the AWS SDK finds.
 * @throws CheckvalveError `UNSAFE_OPERATION` when they are of neither account, and what {@link callAws} throws
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
  return callAws(asked, async () => {
    const sts = new STSClient({ region: regions[0] ?? MANAGEMENT_REGION });
    const { Account = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return Account;
  });
}
