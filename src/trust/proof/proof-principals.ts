import { CheckvalveError } from '../../contract/errors';
import type { PrincipalInput } from '../../policy-evaluator/case';
import type { CallerClass } from '../../policy-evaluator/condition-keys';
import { listOf, type PolicyDocument } from '../../policy-evaluator/policy';
import { readPrincipal } from '../../policy-evaluator/request';
import { accountPart } from '../arn';
import { ROLES, roleNameOf } from '../permissions/role-patterns';
import type { ConditionLine } from '../templates/condition-line';
import { type NamedPrincipal, namedPrincipalsOf } from '../templates/statement';
import { comparableLinesOf, languageOf } from './comparisons';
import { CALLERS, exactly, type Language, like, SERVICE_NAMES, witnessesOf } from './languages';
import type { Places } from './proved-landing-zone';
import type { TargetResource, TemplateRole } from './target-resources';

/** A principal that the proof tries, and its identity policies. */
export interface ProofPrincipal {
  readonly id: PrincipalInput;
  readonly identityPolicies: readonly PolicyDocument[];
  /** The same policies with their places in templates; empty for policies that no template holds. */
  readonly policies: TemplateRole['policies'];
}

/** Administrator access: every action on every resource. */
export const EVERYTHING: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** A principal with administrator access in its own account. */
export const withAdministratorAccess = (id: PrincipalInput): ProofPrincipal => ({
  id,
  identityPolicies: [EVERYTHING],
  policies: [],
});

/** A role with the policies of its template. */
export const withOwnPolicies = ({ arn, documents, policies }: TemplateRole): ProofPrincipal => ({
  id: arn,
  identityPolicies: documents,
  policies,
});

/** A principal without identity policy: a root user, a service, an identity provider, an anonymous caller. */
const withoutIdentityPolicy = (id: PrincipalInput): ProofPrincipal => ({ id, identityPolicies: [], policies: [] });

/** A principal as text. */
export const nameOf = ({ id }: Pick<ProofPrincipal, 'id'>): string => (typeof id === 'string' ? id : id.service);

/** The class of a principal; undefined for a text that is not a principal. */
export const kindOf = ({ id }: Pick<ProofPrincipal, 'id'>): CallerClass | undefined => readPrincipal(id)?.kind;

/** An account outside the organization of the landing zone. */
export const UNRELATED_ACCOUNT = '111122223333';

/**
 * Services that could act for another account. A policy treats all services that it does not name alike, so the last one
 * represents every service that AWS has or will have.
 */
const SERVICES: readonly string[] = [
  'backup',
  'cloudformation',
  'cloudtrail',
  'cloudwatch',
  'config',
  'events',
  'export.rds',
  'kms',
  'lambda',
  'logs',
  'monitoring',
  'organizations',
  'pipes',
  'ram',
  'rds',
  's3',
  'scheduler',
  'sns',
  'sqs',
  'ssm',
  'states',
  'sts',
  'a-future-service',
].map((name) => `${name}.amazonaws.com`);

/** The root user and the administrators of an account. */
export const administratorsOf = (account: string): readonly ProofPrincipal[] => [
  withoutIdentityPolicy(`arn:aws:iam::${account}:root`),
  withAdministratorAccess(`arn:aws:iam::${account}:role/administrator`),
  withAdministratorAccess(`arn:aws:sts::${account}:assumed-role/administrator/session`),
  withAdministratorAccess(`arn:aws:iam::${account}:user/administrator`),
  withAdministratorAccess(`arn:aws:sts::${account}:federated-user/administrator`),
];

/**
 * The principals outside an account, by classes: the root user and the administrators of each other account of the landing
 * zone, of the vaults of other cells, of another member of the organization and of an unrelated account; `roles`, and the steps of other
 * vaults, with administrator access; the anonymous caller; every service.
 */
export function principalsOutside(
  account: string,
  { vault, management, sources, regions, otherCells = [] }: Places,
  roles: readonly string[],
): readonly ProofPrincipal[] {
  const otherVaults = otherCells.map((other) => other.vault);
  const accounts = [...new Set([vault, management, ...sources, ...otherVaults, UNENROLLED_MEMBER, UNRELATED_ACCOUNT])];
  const steps = [ROLES.follower, ROLES.importer, ROLES.pruner, ROLES.reporter];
  const ofOtherVaults = otherVaults.flatMap((other) =>
    regions.flatMap((at) => steps.map((step) => `arn:aws:iam::${other}:role/${roleNameOf(step, at, undefined)}`)),
  );
  return [
    ...accounts.filter((one) => one !== account).flatMap(administratorsOf),
    ...[...new Set([...roles, ...ofOtherVaults])].map(withAdministratorAccess),
    withoutIdentityPolicy('anonymous'),
    ...SERVICES.map((service) => withoutIdentityPolicy({ service })),
  ];
}

/**
 * The principals outside an account that the policy of a target names, or distinguishes by a condition. The policy treats all
 * others alike.
 */
export function principalsNamedBy({ policy }: TargetResource, account: string): readonly ProofPrincipal[] {
  if (!policy) return [];
  const distinguished = principalsDistinguishedBy(policy, account);
  const arns = [...principalArnsIn(policy), ...distinguished.filter((one): one is string => typeof one === 'string')];
  return [
    ...arns
      .filter((arn) => accountPart(arn) !== account || FEDERATED.test(arn))
      .map((arn) =>
        FEDERATED.test(arn) || arn.endsWith(':root') ? withoutIdentityPolicy(arn) : withAdministratorAccess(arn),
      ),
    ...[...namesOf(policy, 'Service')].map((service) => withoutIdentityPolicy({ service })),
    ...distinguished.filter((one) => typeof one !== 'string').map(withoutIdentityPolicy),
  ];
}

/** An identity provider. Its identities come from outside, whichever account holds the provider. */
const FEDERATED = /-provider\//;

/** A member of the organization that is not enrolled. */
const UNENROLLED_MEMBER = '222200009999';

const namesOf = (policy: PolicyDocument, wanted: string): readonly string[] =>
  listOf(policy.Statement).flatMap(({ Principal, NotPrincipal }) => {
    const element = Principal ?? NotPrincipal;
    const named: readonly NamedPrincipal[] = typeof element === 'object' ? namedPrincipalsOf(element) : [];
    return named.filter(({ kind }) => kind === wanted).map(({ name }) => String(name));
  });

/** The ARNs that statements name. An account stands for its root user and administrators, a provider for its identities. */
function principalArnsIn(policy: PolicyDocument): readonly string[] {
  const arns = namesOf(policy, 'AWS').flatMap((one) => {
    if (/^\d{12}$/.test(one)) return administratorsOf(one).map(nameOf);
    const root = /^arn:aws[^:]*:iam::(\d{12}):root$/.exec(one)?.[1];
    return root ? administratorsOf(root).map(nameOf) : [one];
  });
  const federated = namesOf(policy, 'Federated').map((one) =>
    one.startsWith('arn:') ? one : `arn:aws:iam::${UNRELATED_ACCOUNT}:oidc-provider/${one}`,
  );
  return [...arns, ...federated].filter((one) => readPrincipal(one) !== null && one !== '*');
}

/** The lines of a policy's conditions; none where they cannot be read, because evaluating the policy then reports it. */
function linesIn({ Statement }: PolicyDocument): readonly ConditionLine[] {
  try {
    return comparableLinesOf(listOf(Statement).flatMap(({ Condition }) => (Condition ? [Condition] : [])));
  } catch (error) {
    if (error instanceof CheckvalveError) return [];
    throw error;
  }
}

/** ARNs of the callers in the accounts of a language. */
function arnsOfAccounts(accounts: Language): Language {
  return accounts.map((id) => [...like('arn:aws:???::'), ...id, ...like(':*')]);
}

/** The ARNs of each type of caller. */
const ARNS_BY_TYPE: Readonly<Record<string, string>> = {
  Account: 'arn:aws:iam::*:root',
  User: 'arn:aws:iam::*:user/*',
  AssumedRole: 'arn:aws:iam::*:role/*',
  FederatedUser: 'arn:aws:sts::*:federated-user/*',
};

/** Keys about the caller: the texts that a line matches, as ARNs of callers. AWS derives these keys from the ARN. */
const KEYS_OF_CALLERS: Readonly<Record<string, (meant: Language) => Language>> = {
  'aws:principalarn': (meant) => meant,
  'aws:principalaccount': arnsOfAccounts,
  'kms:calleraccount': arnsOfAccounts,
  'aws:principaltype': (meant) =>
    Object.entries(ARNS_BY_TYPE).flatMap(([type, arns]) =>
      witnessesOf([meant], [exactly(type)]).some(({ holds }) => holds[0]) ? [like(arns)] : [],
    ),
  'aws:username': (meant) => meant.map((name) => [...like('arn:aws:iam::????????????:user/'), ...name]),
};

/**
 * The principals that conditions distinguish. Keys about the caller take no values of their own, so for each combination of
 * their lines that a caller outside the account can meet, one such caller is found.
 */
function principalsDistinguishedBy(policy: PolicyDocument, account: string): readonly PrincipalInput[] {
  const lines = linesIn(policy).filter(({ base }) => base !== 'Null');
  const textsOutside = (languages: readonly Language[], within: Language): readonly string[] => {
    const distinct = [...new Map(languages.map((one) => [JSON.stringify(one), one])).values()];
    if (distinct.length === 0) return [];
    return witnessesOf([...distinct, [like(`arn:aws:???::${account}:*`)]], within)
      .filter(({ holds }) => holds.at(-1) === false)
      .map(({ text }) => text);
  };
  const ofCallers = lines.flatMap((line) => {
    const toArns = KEYS_OF_CALLERS[line.key];
    return toArns ? [toArns(languageOf(line))] : [];
  });
  const ofServices = lines.filter(({ key }) => key === 'aws:principalservicename').map(languageOf);
  const services = textsOutside(ofServices, SERVICE_NAMES).map((service) => ({ service }));
  return [...textsOutside(ofCallers, CALLERS), ...services].filter((one) => readPrincipal(one) !== null);
}
