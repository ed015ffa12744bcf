import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type Environment, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { type Bundles, bundleHandlers } from './bundle';
import { acceptedPowers, adoptedAnalyzer } from './config/accepted-powers';
import { vaultQuota } from './config/admission-rules';
import { cellsOf, otherCellsOf } from './config/cells';
import type { CheckvalveConfig } from './config/checkvalve-config';
import { plansOf } from './config/plans-of';
import { unreachableQueues } from './constructs/unreachable-queues';
import { cellSuffix } from './contract/cells';
import { accountId, region } from './contract/ids';
import { MANAGEMENT_REGION, NAMES } from './contract/names';
import { ManagementStack } from './management/management-stack';
import { ToolingStack, type ToolingStackProps } from './management/tooling-stack';
import { OneWayTrustPack } from './trust/one-way-trust-pack';
import { VaultStack } from './vault/vault-stack';

/** The feature flags of cdk.json, which only the command line of the CDK passes to an app. */
function featureFlags(): Record<string, unknown> {
  const file = join(__dirname, '..', 'cdk.json');
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { context: Record<string, unknown> }).context
    : {};
}

/** The limits that `export-snapshots` plans with, in every source. */
const sourceLimits = ({ limits: { maxNewAccountsPerDay, ...limits } }: CheckvalveConfig) => limits;

/** The limits that the steps of the vault plan with: the vault has its own quota. */
const vaultLimits = (config: CheckvalveConfig) => ({
  ...sourceLimits(config),
  manualSnapshotQuota: vaultQuota(config),
});

/** The backup plans of the tooling, if the configuration has them. */
function plansFor(config: CheckvalveConfig): ToolingStackProps['tooling']['plans'] {
  const plans = plansOf(config);
  return plans && { ...plans, copyTo: plans.copyTo === undefined ? undefined : region(plans.copyTo) };
}

/** The landing zone as an app, for callers other than the command line of the CDK. */
export const buildApp = (config: CheckvalveConfig, options: { readonly outdir?: string } = {}): App =>
  addLandingZone(new App({ ...options, context: featureFlags(), analyticsReporting: false }), config);

/** The landing zone, in the order in which it is deployed: the vaults, the management account, the tooling. */
export function addLandingZone(app: App, config: CheckvalveConfig): App {
  const code = bundleHandlers();
  const management = { account: config.organization.managementAccount, region: MANAGEMENT_REGION };
  const cells = cellsOf(config).map(({ config: view }) => view);

  for (const view of cells) addVaults(app, view, code);
  new ManagementStack(app, 'Management', {
    env: management,
    config,
    code: { enrollAccounts: code['management/enroll-accounts'], watchRollout: code['management/watch-rollout'] },
  });
  for (const view of cells) addTooling(app, view, management, code);

  addValidations(app, config);
  return app;
}

/** The vault of a cell, in each Region. */
function addVaults(app: App, config: CheckvalveConfig, code: Bundles): void {
  for (const at of config.regions) {
    new VaultStack(app, `Vault${cellSuffix(config.cell)}-${at}`, {
      env: { account: config.vault.account, region: at },
      config,
      limits: vaultLimits(config),
      code: {
        followSources: code['vault/follow-sources'],
        importCopies: code['vault/import-copies'],
        pruneCopies: code['vault/prune-copies'],
        reportCoverage: code['vault/report-coverage'],
      },
    });
  }
}

/** The StackSet of a cell, in a stack of its own: upgrades go cell by cell. */
function addTooling(app: App, config: CheckvalveConfig, env: Environment, code: Bundles): void {
  new ToolingStack(app, `Tooling${cellSuffix(config.cell)}`, {
    env,
    stackSet: `${NAMES.stackSet}${cellSuffix(config.cell)}`,
    tooling: {
      vaultAccount: accountId(config.vault.account),
      code: { enableBackup: code['source/enable-backup'], exportSnapshots: code['source/export-snapshots'] },
      plans: plansFor(config),
      serviceOptIn: config.backup.serviceOptIn ?? 'report',
      databaseTag: config.databaseTag,
      limits: sourceLimits(config),
    },
    rollout: config.rollout,
  });
}

/** Checks at synthesis: queues, the rules of one-way trust, and the AWS Solutions checks. */
function addValidations(app: App, config: CheckvalveConfig): void {
  app.node.addValidation({ validate: () => unreachableQueues(app) });
  const packs = cellsOf(config).map((one) => {
    const { config: view } = one;
    return new OneWayTrustPack({
      vault: view.vault.account,
      management: view.organization.managementAccount,
      organization: view.organization.id,
      accepted: acceptedPowers(view),
      adoptedAnalyzer: adoptedAnalyzer(view),
      cell: view.cell,
      otherCells: otherCellsOf(config, one),
    });
  });
  for (const pack of [...packs, new AwsSolutionsChecks(app)]) Validations.of(app).addPlugins(pack);
}
