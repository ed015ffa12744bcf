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

/** The accounts that can be examined. */
export type AccountKind = 'management' | 'vault';

/** The result of an examination. */
export interface Examination {
  /** The examined accounts. What only another account can read was not checked. */
  readonly accounts: ReadonlyArray<{ readonly kind: AccountKind; readonly account: string }>;
  readonly findings: readonly Finding[];
}

/** Observes each account for which there are settings, and checks the facts. */
export async function examine(
  config: CheckvalveConfig,
  settings: Readonly<Partial<Record<AccountKind, SettingsIn>>>,
  now: Date,
): Promise<Examination> {
  const { organization, vault, regions } = config;
  const { management: ofManagement, vault: ofVault } = settings;
  const facts: Facts = {
    ...(ofManagement && {
      management: await observeManagement(ofManagement, organization.rootId, servicesOf(vault.placement)),
    }),
    ...(ofVault && { vault: await observeVault(ofVault, accountId(vault.account), regions.map(region)) }),
  };
  return {
    accounts: [
      ...(ofManagement ? [{ kind: 'management' as const, account: organization.managementAccount }] : []),
      ...(ofVault ? [{ kind: 'vault' as const, account: vault.account }] : []),
    ],
    findings: checkFacts(facts, config, now),
  };
}

/**
 * Examines the account of the credentials that the AWS SDK finds.
 * @throws CheckvalveError `UNSAFE_OPERATION` for credentials of another account, and what {@link callAws} throws
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
    `The credentials belong to account ${account}, which is neither the management account nor the vault`,
    `Use credentials of ${organization.managementAccount} or ${vault.account} with ReadOnlyAccess.`,
  );
}

function callerOf({ organization, vault, regions }: CheckvalveConfig): Promise<string> {
  const call = {
    failed: 'Nothing was examined',
    whose: `the management account ${organization.managementAccount} or the vault account ${vault.account}`,
    otherwise: 'Or use --rehearsal, which needs no AWS account.',
  };
  return callAws(call, async () => {
    const sts = new STSClient({ region: regions[0] ?? MANAGEMENT_REGION });
    const { Account = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return Account;
  });
}
