import type { PolicyDocument } from '../../policy-evaluator/policy';

/**
 * What a policy is: of a principal, of a role about who may assume it, of a resource about who may use it, or the boundary
 * of a principal.
 */
export type TemplatePolicyKind = 'identity' | 'trust' | 'resource' | 'boundary';

/** A policy of a template. `where` is its place: `LogicalId.path`. The document was not checked: evaluating it does that. */
export interface TemplatePolicy {
  readonly kind: TemplatePolicyKind;
  readonly ownerArn: string;
  readonly document: PolicyDocument;
  readonly where: string;
}

/** A policy the template points to without holding it, or holds in a place that is not understood: nobody judged it. */
export interface UnseenPolicy {
  readonly where: string;
  readonly what: string;
}
