import type { Estate } from '../templates/judged-templates';
import type { Finding } from '../templates/rule-finding';
import { accessRolesTrustNamedVaultRoles } from './access-roles-trust-named-vault-roles';
import { keysStayWithTheirAccounts } from './keys-stay-with-their-accounts';
import { managementHoldsNothingOfTheVault } from './management-holds-nothing-of-the-vault';
import { nothingPushedNamesTheVault } from './nothing-pushed-names-the-vault';
import { onlyPruneCopiesDeletes } from './only-prune-copies-deletes';
import type { Rule } from './rule';
import { vaultCopiesAreNeverShared } from './vault-copies-are-never-shared';
import { vaultResourcesTrustOnlyTheVault } from './vault-resources-trust-only-the-vault';
import { vaultRolesAreTakenOnlyInside } from './vault-roles-are-assumed-only-inside';
import { writingOnlyAdds } from './writing-only-adds';

/** The nine promises, in their order. */
export const RULES: readonly Rule[] = [
  vaultResourcesTrustOnlyTheVault,
  vaultRolesAreTakenOnlyInside,
  nothingPushedNamesTheVault,
  keysStayWithTheirAccounts,
  accessRolesTrustNamedVaultRoles,
  vaultCopiesAreNeverShared,
  onlyPruneCopiesDeletes,
  managementHoldsNothingOfTheVault,
  writingOnlyAdds,
];

/** A broken promise. */
export interface Breach extends Finding {
  readonly rule: Rule;
}

/** Everything that breaks a promise, each thing once. */
export function breachesOf(estate: Estate): readonly Breach[] {
  const all = RULES.flatMap((rule) => rule.judge(estate).map((finding) => ({ rule, ...finding })));
  return [...new Map(all.map((one) => [[one.rule.id, one.template, one.at, one.what].join('\n'), one])).values()];
}
