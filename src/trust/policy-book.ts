import type { PrincipalInput } from '../policy-evaluator/case';
import type { AccessDecision, Reason } from '../policy-evaluator/decision';
import { evaluate } from '../policy-evaluator/evaluate';
import type { PolicyDocument } from '../policy-evaluator/policy';
import type { Access } from './implied/access';
import { policiesOf } from './templates/policies-of';
import type { TemplateVariant } from './templates/template';
import { mergedDocument, type TemplatePolicy } from './templates/template-policy';

/** A resource that a template creates, and its account, which some ARNs lack. */
export interface CreatedResource {
  readonly arn: string;
  readonly account: string;
}

/** Every policy of the deployed templates, by its owner. */
export class PolicyBook {
  private readonly resource = new Map<string, PolicyDocument>();
  private readonly identity = new Map<string, readonly PolicyDocument[]>();

  constructor(
    readonly policies: readonly TemplatePolicy[],
    /** Every resource of the templates that has an ARN, with or without a policy. */
    readonly created: readonly CreatedResource[] = [],
  ) {
    const of = (...kinds: readonly TemplatePolicy['kind'][]) => {
      const owners = new Map<string, PolicyDocument[]>();
      for (const { kind, ownerArn, document } of policies) {
        if (kinds.includes(kind)) owners.set(ownerArn, [...(owners.get(ownerArn) ?? []), document]);
      }
      return owners;
    };
    this.identity = of('identity');
    for (const [arn, documents] of of('resource', 'trust')) this.resource.set(arn, mergedDocument(documents));
  }

  /** Collects the policies of templates. */
  static of(templates: readonly TemplateVariant[]): PolicyBook {
    const created = templates.flatMap(({ place: { account }, resources }) =>
      [...resources.values()].flatMap(({ arn }) => (arn ? [{ arn, account }] : [])),
    );
    return new PolicyBook(
      templates.flatMap((template) => policiesOf(template)),
      created,
    );
  }

  /** The identity policies of a role; empty when it has none. */
  identityPolicies(roleArn: string): readonly PolicyDocument[] {
    return this.identity.get(roleArn) ?? [];
  }

  /**
   * The policy of a resource, the trust policy of a role, or the bucket policy of an object. Undefined when no template has
   * one.
   */
  resourcePolicy(arn: string): PolicyDocument | undefined {
    return this.resource.get(arn.startsWith('arn:aws:s3:::') ? (arn.split('/')[0] ?? arn) : arn);
  }

  /** Roles with identity policies. */
  get roles(): readonly string[] {
    return [...this.identity.keys()];
  }
}

/** Looks up the policy of a resource that no template creates. */
export type PolicyLookup = (arn: string) => PolicyDocument | null;

/** Evaluates one access of a principal with the policies of the book. */
export function decide(
  book: PolicyBook,
  principal: PrincipalInput,
  { action, resource, resourceAccount, context }: Access,
  otherPolicies: PolicyLookup = () => null,
): AccessDecision {
  const arn = typeof principal === 'string' ? principal : '';
  return evaluate({
    principal,
    ...(arn.startsWith('arn:') && { principalAccount: arn.split(':')[4] }),
    action,
    resource,
    resourceAccount,
    context,
    identityPolicies: book.identityPolicies(arn),
    resourcePolicy: book.resourcePolicy(resource) ?? otherPolicies(resource),
  });
}

/** A refusal as text: the principal, the action, the resource, and the statement that denies it or the missing Allow. */
export function refusalText(
  principal: PrincipalInput,
  { action, resource, page }: Access,
  because: readonly Reason[],
): string {
  const name = typeof principal === 'string' ? principal : (principal as { service: string }).service;
  const why = because.map(
    ({ policy, statement, why: text }) => `${policy} policy${statement ? ` (${statement})` : ''}: ${text}`,
  );
  return `${name} may not ${action} on ${resource}: ${why.join('; ')}. See ${page}`;
}
