import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Cells, type ConfiguredCell, cellsOf } from '../../config/cells';
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

/** Observes each account for which there are settings, and checks the facts: of the cell whose vault the configuration has. */
export async function examine(
  config: CheckvalveConfig,
  settings: Readonly<Partial<Record<AccountKind, SettingsIn>>>,
  now: Date,
): Promise<Examination> {
  const { organization, vault, regions } = config;
  const { management: ofManagement, vault: ofVault } = settings;
  const facts: Facts = {
    ...(ofManagement && {
      management: await observeManagement(
        ofManagement,
        organization.rootId,
        servicesOf(vault.placement),
        cellOf(config),
      ),
    }),
    ...(ofVault && { vault: await observeVault(ofVault, accountId(vault.account), regions.map(region), config.cell) }),
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
export async function examineLive(cells: Cells): Promise<Examination> {
  const [{ config }] = cells;
  const { organization } = config;
  const account = await callerOf(cells);
  const settings: SettingsIn = (at) => ({ region: at });
  const now = new Date();
  if (account === organization.managementAccount) {
    return examineCells(cells, ({ config: view }) => examine(view, { management: settings }, now));
  }
  const own = cells.find(({ cell }) => cell.vaultAccount === account);
  if (own) return examine(own.config, { vault: settings }, now);
  throw new CheckvalveError(
    'UNSAFE_OPERATION',
    `The credentials belong to account ${account}, which is neither the management account nor ${cells.length === 1 ? 'the vault' : 'a vault'}`,
    `Use credentials of ${organization.managementAccount} or ${vaultsOf(cells)} with ReadOnlyAccess.`,
  );
}

const cellOf = (config: CheckvalveConfig) => cellsOf({ ...config, vaults: undefined })[0].cell;

const vaultsOf = (cells: Cells): string => cells.map(({ cell }) => cell.vaultAccount).join(' or ');

/** The findings of every cell. What is about the management account itself, each cell finds, and it is reported once. */
export async function examineCells(
  cells: Cells,
  examineOne: (cell: ConfiguredCell) => Promise<Examination>,
): Promise<Examination> {
  const [first, ...others] = await Promise.all(cells.map(examineOne));
  const all = [first, ...others].flatMap((one) => one?.findings ?? []);
  const findings = [...new Map(all.map((finding) => [JSON.stringify(finding), finding])).values()];
  return { accounts: first?.accounts ?? [], findings };
}

function callerOf(cells: Cells): Promise<string> {
  const [{ config }] = cells;
  const { organization, regions } = config;
  const call = {
    failed: 'Nothing was examined',
    whose: `the management account ${organization.managementAccount} or the vault account ${vaultsOf(cells)}`,
    otherwise: 'Or use --rehearsal, which needs no AWS account.',
  };
  return callAws(call, async () => {
    const sts = new STSClient({ region: regions[0] ?? MANAGEMENT_REGION });
    const { Account = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return Account;
  });
}
