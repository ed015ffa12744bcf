import { adoptedAnalyzer } from '../../config/accepted-powers';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { accountId } from '../../contract/ids';
import { checkManagement } from './check-management';
import { checkVault } from './check-vault';
import type { Expected, Facts } from './facts';
import type { Finding } from './finding';

const RANK: Readonly<Record<Finding['severity'], number>> = { critical: 0, warning: 1, unknown: 2 };

/** Every finding, the most severe first. */
export function checkFacts(facts: Facts, config: CheckvalveConfig, now: Date): readonly Finding[] {
  const { organization, vault, trust } = config;
  const expected: Expected = {
    now,
    vault: accountId(vault.account),
    management: organization.managementAccount,
    regions: config.regions,
    organization: organization.id,
    placement: vault.placement,
    adoptedAnalyzer: adoptedAnalyzer(config),
    accepted: (trust?.accepted ?? []).map(({ allow }) => allow),
  };
  const found = [
    ...(facts.management ? checkManagement(facts.management, organization.managementAccount, expected) : []),
    ...(facts.vault ? checkVault(facts.vault, expected) : []),
  ];
  return found.sort((a, b) => RANK[a.severity] - RANK[b.severity]);
}
