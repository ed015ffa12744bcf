/** One value or several. */
export type Many = string | readonly string[];
/** A Principal or NotPrincipal element. */
export type Principals = '*' | Readonly<Record<string, Many>>;

/** A statement. */
export interface LiteralStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: Principals;
  readonly NotPrincipal?: Principals;
  readonly Action?: Many;
  readonly NotAction?: Many;
  readonly Resource?: Many;
  readonly NotResource?: Many;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Many>>>>;
}

/** A policy document. */
export interface LiteralPolicy {
  readonly Version?: '2012-10-17' | '2008-10-17';
  readonly Statement: readonly LiteralStatement[];
}

/** A request, and every policy that has a say in it. */
export interface LiteralCase {
  readonly principal: string | { readonly service: string };
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  readonly context: Readonly<Record<string, Many>>;
  readonly identityPolicies: readonly LiteralPolicy[];
  readonly resourcePolicy: LiteralPolicy | null;
  readonly permissionBoundary?: LiteralPolicy;
  /** The policies of each level, from the root of the organization to the account. */
  readonly scps?: readonly (readonly LiteralPolicy[])[];
  readonly rcps?: readonly (readonly LiteralPolicy[])[];
}

/** `Unanswerable`: RCPs would stop it, and AWS's list of services does not say whether they reach this one. */
export type Answer = 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied' | 'Unanswerable';
