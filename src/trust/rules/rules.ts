import type { JudgedTemplates } from '../templates/judged-templates';
import type { RuleFinding } from '../templates/rule-finding';
import { accessRolesTrustNamedVaultRoles } from './access-roles-trust-named-vault-roles';
import { keysStayWithTheirAccounts } from './keys-stay-with-their-accounts';
import { managementHoldsNothingOfTheVault } from './management-holds-nothing-of-the-vault';
import { nothingPushedNamesTheVault } from './nothing-pushed-names-the-vault';
import { onlyPruneCopiesDeletes } from './only-prune-copies-deletes';
import type { Rule } from './rule';
import { vaultCopiesAreNeverShared } from './vault-copies-are-never-shared';
import { vaultResourcesTrustOnlyTheVault } from './vault-resources-trust-only-the-vault';
import { vaultRolesAreAssumedOnlyInside } from './vault-roles-are-assumed-only-inside';
import { writingOnlyAdds } from './writing-only-adds';

/** The nine promises, in order. */
export const RULES: readonly Rule[] = [
  vaultResourcesTrustOnlyTheVault,
  vaultRolesAreAssumedOnlyInside,
  nothingPushedNamesTheVault,
  keysStayWithTheirAccounts,
  accessRolesTrustNamedVaultRoles,
  vaultCopiesAreNeverShared,
  onlyPruneCopiesDeletes,
  managementHoldsNothingOfTheVault,
  writingOnlyAdds,
];

/** A finding, and the rule whose promise it breaks. */
export interface BrokenPromise extends RuleFinding {
  readonly rule: Rule;
}

/** The findings of all rules, each once. */
export function brokenPromisesOf(judged: JudgedTemplates): readonly BrokenPromise[] {
  const all = RULES.flatMap((rule) => rule.judge(judged).map((finding) => ({ rule, ...finding })));
  return [...new Map(all.map((one) => [[one.rule.id, one.template, one.at, one.what].join('\n'), one])).values()];
}
