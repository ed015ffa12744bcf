/** One value or several: the policy language accepts both for most elements. */
export type OneOrMany<T> = T | readonly T[];

/** A literal inside a Condition block. JSON numbers and booleans are read as the strings they print as. */
export type ConditionLiteral = string | number | boolean;

/** `{ operator: { key: value or values } }`; every operator and every key must hold. */
export type ConditionElement = Readonly<Record<string, Readonly<Record<string, OneOrMany<ConditionLiteral>>>>>;

/** The principals of a resource policy: every principal (`'*'`), or lists by kind (`AWS`, `Service`, `Federated`, `CanonicalUser`). */
export type PrincipalElement = '*' | Readonly<Record<string, OneOrMany<string>>>;

/**
 * One statement of a policy, as AWS stores it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html
 */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: PrincipalElement;
  readonly NotPrincipal?: PrincipalElement;
  readonly Action?: OneOrMany<string>;
  readonly NotAction?: OneOrMany<string>;
  readonly Resource?: OneOrMany<string>;
  readonly NotResource?: OneOrMany<string>;
  readonly Condition?: ConditionElement;
}

/**
 * A policy document. Without a Version it follows 2008-10-17, the language without variables.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
 */
export interface PolicyDocument {
  readonly Version?: '2012-10-17' | '2008-10-17';
  readonly Id?: string;
  readonly Statement: OneOrMany<PolicyStatement>;
}

/**
 * The grammars of documents: `identity` for identity policies, permissions boundaries and service control policies (without
 * principals), `trust` for the policy of a role, `resource` for that of any other resource, `rcp` for resource control
 * policies.
 */
export type PolicyFamily = 'identity' | 'resource' | 'trust' | 'rcp';

/** An element as a list. */
export function listOf<T>(value: OneOrMany<T> | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
