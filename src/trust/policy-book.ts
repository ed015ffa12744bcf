import type { PrincipalInput } from '../policy-evaluator/case';
import type { Because, Decision } from '../policy-evaluator/evaluate';
import { evaluate } from '../policy-evaluator/evaluate';
import type { PolicyDocument } from '../policy-evaluator/policy';
import type { Access } from './implied/access';
import { policiesOf } from './templates/policies-of';
import type { TemplateVariant } from './templates/template';
import type { TemplatePolicy } from './templates/template-policy';

/** Statements of several documents of one owner, as one: a queue may have its own and a function's permissions. */
const merged = (documents: readonly PolicyDocument[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: documents.flatMap(({ Statement }) => (Array.isArray(Statement) ? Statement : [Statement])),
});

/** Something that a template makes, and the account in which it stands: not every ARN names one. */
export interface Thing {
  readonly arn: string;
  readonly account: string;
}

/** Every policy of the deployed templates, by whom or what it belongs to. */
export class PolicyBook {
  private readonly resource = new Map<string, PolicyDocument>();
  private readonly identity = new Map<string, readonly PolicyDocument[]>();

  constructor(
    readonly policies: readonly TemplatePolicy[],
    /** Everything that the templates make and that has an ARN, with a policy of its own or without. */
    readonly things: readonly Thing[] = [],
  ) {
    const of = (...kinds: readonly TemplatePolicy['kind'][]) => {
      const owners = new Map<string, PolicyDocument[]>();
      for (const { kind, ownerArn, document } of policies) {
        if (kinds.includes(kind)) owners.set(ownerArn, [...(owners.get(ownerArn) ?? []), document]);
      }
      return owners;
    };
    this.identity = of('identity');
    for (const [arn, documents] of of('resource', 'trust')) this.resource.set(arn, merged(documents));
  }

  /** The book of these templates. */
  static of(templates: readonly TemplateVariant[]): PolicyBook {
    const things = templates.flatMap(({ place: { account }, resources }) =>
      [...resources.values()].flatMap(({ arn }) => (arn ? [{ arn, account }] : [])),
    );
    return new PolicyBook(
      templates.flatMap((template) => policiesOf(template)),
      things,
    );
  }

  /** The policies of a role; empty when it has none. */
  identityPolicies(roleArn: string): readonly PolicyDocument[] {
    return this.identity.get(roleArn) ?? [];
  }

  /** The policy of a resource, or the trust policy of a role; that of its bucket for an object. Undefined when no template
   * gives it one. */
  resourcePolicy(arn: string): PolicyDocument | undefined {
    return this.resource.get(arn.startsWith('arn:aws:s3:::') ? (arn.split('/')[0] ?? arn) : arn);
  }

  /** Roles that have policies of their own. */
  get roles(): readonly string[] {
    return [...this.identity.keys()];
  }
}

/** Looks up the policy of a resource that stands in no template. */
export type ElsewherePolicy = (arn: string) => PolicyDocument | null;

/** Evaluates one access of a principal against the book. */
export function decide(
  book: PolicyBook,
  principal: PrincipalInput,
  { action, resource, resourceAccount, context }: Access,
  elsewhere: ElsewherePolicy = () => null,
): Decision {
  const arn = typeof principal === 'string' ? principal : '';
  return evaluate({
    principal,
    ...(arn.startsWith('arn:') && { principalAccount: arn.split(':')[4] }),
    action,
    resource,
    resourceAccount,
    context,
    identityPolicies: book.identityPolicies(arn),
    resourcePolicy: book.resourcePolicy(resource) ?? elsewhere(resource),
  });
}

/** A refusal in words: who may not do what on what, and the statement that says so or the lack of one. */
export function refusalText(
  principal: PrincipalInput,
  { action, resource, page }: Access,
  because: readonly Because[],
): string {
  const who = typeof principal === 'string' ? principal : (principal as { service: string }).service;
  const why = because.map(
    ({ policy, statement, why: text }) => `${policy} policy${statement ? ` (${statement})` : ''}: ${text}`,
  );
  return `${who} may not ${action} on ${resource}: ${why.join('; ')}. See ${page}`;
}
