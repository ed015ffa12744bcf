import { PolicyCollector } from './policy-collector';
import type { TemplateVariant } from './template';
import type { TemplatePolicy, UnreadPolicy } from './template-policy';

/**
 * Every policy in the template: inline and attached policies of roles, users and groups, trust policies, boundaries, and the
 * policies of keys, queues, topics, buckets, backup vaults, tables and functions (one entry per permission). A policy with
 * several owners is listed once for each.
 */
export function policiesOf(template: TemplateVariant): readonly TemplatePolicy[] {
  return allPoliciesOf(template).policies;
}

/** What `policiesOf` lacks: attached policies of AWS or of other stacks, and policies in unknown properties. */
export function unreadPoliciesOf(template: TemplateVariant): readonly UnreadPolicy[] {
  return allPoliciesOf(template).unread;
}

/** Both at once: the results of {@link policiesOf} and {@link unreadPoliciesOf}. */
export function allPoliciesOf(template: TemplateVariant): {
  readonly policies: readonly TemplatePolicy[];
  readonly unread: readonly UnreadPolicy[];
} {
  const collector = new PolicyCollector(template);
  for (const [logicalId, resource] of template.resources) collector.collect(logicalId, resource);
  return collector;
}
