import { PolicyCollector } from './policy-collector';
import type { TemplateVariant } from './template';
import type { TemplatePolicy, UnseenPolicy } from './template-policy';

/**
 * Every policy in the template: inline and attached ones of roles, users and groups, trust policies, boundaries, and the
 * policies of keys, queues, topics, buckets, backup vaults, tables and functions (one entry a permission). A policy with
 * several owners comes once for each.
 */
export function policiesOf(template: TemplateVariant): readonly TemplatePolicy[] {
  return allPoliciesOf(template).policies;
}

/** What `policiesOf` does not hold: attached policies of AWS or of other stacks, and policy-like properties it does not know. */
export function unseenPoliciesOf(template: TemplateVariant): readonly UnseenPolicy[] {
  return allPoliciesOf(template).unseen;
}

/** Both at once: what {@link policiesOf} and {@link unseenPoliciesOf} give. */
export function allPoliciesOf(template: TemplateVariant): {
  readonly policies: readonly TemplatePolicy[];
  readonly unseen: readonly UnseenPolicy[];
} {
  const collector = new PolicyCollector(template);
  for (const [logicalId, resource] of template.resources) collector.collect(logicalId, resource);
  return collector;
}
