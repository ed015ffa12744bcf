import { listOf, type PolicyDocument } from '../../policy-evaluator/policy';

/**
 * What a policy is: the identity policy of a principal, the trust policy of a role, the policy of a resource, or the
 * permissions boundary of a principal.
 */
export type TemplatePolicyKind = 'identity' | 'trust' | 'resource' | 'boundary';

/** A policy of a template. `where` is its place: `LogicalId.path`. The document is not checked: evaluating it checks it. */
export interface TemplatePolicy {
  readonly kind: TemplatePolicyKind;
  readonly ownerArn: string;
  readonly document: PolicyDocument;
  readonly where: string;
}

/** A policy that the template refers to without holding it, or holds in an unknown property: nothing judges it. */
export interface UnreadPolicy {
  readonly where: string;
  readonly what: string;
}

/** Several documents of one owner as one: a queue can have a queue policy, a function several permissions. */
export function mergedDocument(documents: readonly PolicyDocument[]): PolicyDocument {
  const [first, ...others] = documents;
  if (first !== undefined && others.length === 0) return first;
  return { Version: '2012-10-17', Statement: documents.flatMap(({ Statement }) => listOf(Statement)) };
}
