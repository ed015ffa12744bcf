import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { cellsOf } from '../config/cells';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { runbookUrlOf } from '../config/runbook-url';
import { cellSuffix } from '../contract/cells';
import { EnrollAccounts } from './enroll-accounts';
import { Guardrails } from './guardrails';
import { ManagementAlerts } from './management-alerts';
import { RegistryTable } from './registry';
import { RegistryAccessRole } from './registry-access';
import { WatchRollout } from './watch-rollout';

/** What the stack of the management account needs. */
export interface ManagementStackProps extends StackProps {
  readonly config: CheckvalveConfig;
  /** The bundles of its steps. */
  readonly code: { readonly enrollAccounts: string; readonly watchRollout: string };
}

/** The stack of the management account: its steps observe the organization and keep the registry, which the vault may read. */
export class ManagementStack extends Stack {
  constructor(scope: Construct, id: string, { config, code, ...props }: ManagementStackProps) {
    super(scope, id, props);
    const alerts = new ManagementAlerts(this, 'Alerts', { runbookUrl: runbookUrlOf(config) });
    const registry = new RegistryTable(this, 'Registry');
    new EnrollAccounts(this, 'EnrollAccounts', { config, code: code.enrollAccounts, registry, alerts });
    new WatchRollout(this, 'WatchRollout', { config, code: code.watchRollout, registry, alerts });
    if (config.guardrails) new Guardrails(this, 'Guardrails', config.guardrails);
    for (const { config: view } of cellsOf(config)) {
      new RegistryAccessRole(this, `RegistryAccess${cellSuffix(view.cell)}`, { config: view, registry });
    }
  }
}
