import { CheckvalveError } from '../../contract/errors';
import type { PrincipalInput } from '../../policy-evaluator/case';
import type { CallerClass } from '../../policy-evaluator/condition-keys';
import { listOf, type PolicyDocument } from '../../policy-evaluator/policy';
import { readPrincipal } from '../../policy-evaluator/request';
import { type Atom, atomsOf, languageOf } from './condition-lines';
import type { Places } from './proved-landing-zone';
import { CALLERS, exactly, type Language, like, SERVICE_NAMES, witnessesOf } from './languages';
import type { RoleOf, Subject } from './target-resources';

/** Somebody who asks: who it is to AWS, what he allows himself, and what stands for him in a list. */
export interface Asker {
  readonly principal: PrincipalInput;
  readonly identity: readonly PolicyDocument[];
  /** Where what he allows himself stands; empty for those who allow themselves everything. */
  readonly policies: RoleOf['policies'];
}

/** Everything on everything: what an administrator allows himself, and may allow every role of his account. */
export const EVERYTHING: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** Somebody who allows himself everything. */
export const mighty = (principal: PrincipalInput): Asker => ({ principal, identity: [EVERYTHING], policies: [] });

/** A role as it stands in its template. */
export const asItStands = ({ arn, documents, policies }: RoleOf): Asker => ({
  principal: arn,
  identity: documents,
  policies,
});

const unarmed = (principal: PrincipalInput): Asker => ({ principal, identity: [], policies: [] });

/** An asker as text. */
export const nameOf = ({ principal }: Pick<Asker, 'principal'>): string =>
  typeof principal === 'string' ? principal : principal.service;

/** The class of an asker; undefined for a text that is no principal. */
export const kindOf = ({ principal }: Pick<Asker, 'principal'>): CallerClass | undefined =>
  readPrincipal(principal)?.kind;

/** An account that has nothing to do with the landing zone. */
export const STRANGER = '111122223333';

/**
 * Services that might come for somebody. Whichever no policy names are all alike to every policy, so the last one stands
 * for all that AWS has or will have.
 */
const SERVICES: readonly string[] = [
  ...[
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
  ],
  ...['monitoring', 'organizations', 'pipes', 'ram', 'rds', 's3', 'scheduler', 'sns', 'sqs', 'ssm', 'states', 'sts'],
  'a-service-yet-to-come',
].map((name) => `${name}.amazonaws.com`);

/** Users and administrators of an account: those with every power in it. */
export const powerful = (account: string): readonly Asker[] => [
  unarmed(`arn:aws:iam::${account}:root`),
  mighty(`arn:aws:iam::${account}:role/administrator`),
  mighty(`arn:aws:sts::${account}:assumed-role/administrator/session`),
  mighty(`arn:aws:iam::${account}:user/administrator`),
  mighty(`arn:aws:sts::${account}:federated-user/administrator`),
];

/**
 * Everybody outside an account, by classes: for each other account of the landing zone, one beside it in the organization
 * and a stranger, its root user and administrators; `roles`, who may allow themselves everything; anybody at all; every
 * service.
 */
export function everybodyBut(
  account: string,
  { vault, management, sources }: Places,
  roles: readonly string[],
): readonly Asker[] {
  const accounts = [...new Set([vault, management, ...sources, ...BESIDE, STRANGER])];
  return [
    ...accounts.filter((one) => one !== account).flatMap(powerful),
    ...[...new Set(roles)].map(mighty),
    unarmed('anonymous'),
    ...SERVICES.map((service) => unarmed({ service })),
  ];
}

/** Whom outside an account the policy of a subject names, or tells apart by a condition: beside everybody, who are alike to it. */
export function namedBy({ policy }: Subject, account: string): readonly Asker[] {
  if (!policy) return [];
  const meant = meantBy(policy, account);
  const callers = [...namedIn(policy), ...meant.filter((one): one is string => typeof one === 'string')];
  return [
    ...callers
      .filter((arn) => arn.split(':')[4] !== account || FEDERATED.test(arn))
      .map((arn) => (FEDERATED.test(arn) || arn.endsWith(':root') ? unarmed(arn) : mighty(arn))),
    ...[...servicesIn(policy)].map((service) => unarmed({ service })),
    ...meant.filter((one) => typeof one !== 'string').map(unarmed),
  ];
}

/** An identity provider: whoever it vouches for comes from elsewhere, in whichever account the provider stands. */
const FEDERATED = /-provider\//;

/** A member of the organization that is not enrolled. */
const BESIDE: readonly string[] = ['222200009999'];

const principalsIn = (policy: PolicyDocument, kind: string): readonly string[] =>
  listOf(policy.Statement).flatMap(({ Principal, NotPrincipal }) => {
    const element = Principal ?? NotPrincipal;
    return typeof element === 'object' ? listOf(element[kind]).map(String) : [];
  });

/** Whom statements name by ARN; an account stands for its root user and administrators, a provider for its identities. */
function namedIn(policy: PolicyDocument): readonly string[] {
  const named = principalsIn(policy, 'AWS').flatMap((one) => {
    if (/^\d{12}$/.test(one)) return powerful(one).map(nameOf);
    const root = /^arn:aws[^:]*:iam::(\d{12}):root$/.exec(one)?.[1];
    return root ? powerful(root).map(nameOf) : [one];
  });
  const federated = principalsIn(policy, 'Federated').map((one) =>
    one.startsWith('arn:') ? one : `arn:aws:iam::${STRANGER}:oidc-provider/${one}`,
  );
  return [...named, ...federated].filter((one) => readPrincipal(one) !== null && one !== '*');
}

const servicesIn = (policy: PolicyDocument): readonly string[] => principalsIn(policy, 'Service');

/** The lines of a policy's conditions; of one that cannot be read none: whoever asks for what it is about finds it guilty. */
function linesIn({ Statement }: PolicyDocument): readonly Atom[] {
  try {
    return atomsOf(listOf(Statement).flatMap(({ Condition }) => (Condition ? [Condition] : [])));
  } catch (error) {
    if (error instanceof CheckvalveError) return [];
    throw error;
  }
}

/** Callers of the accounts that a language means. */
function ofAccounts(meant: Language): Language {
  return meant.map((id) => [...like('arn:aws:???::'), ...id, ...like(':*')]);
}

/** Which ARNs have callers of each type. */
const TYPES: Readonly<Record<string, string>> = {
  Account: 'arn:aws:iam::*:root',
  User: 'arn:aws:iam::*:user/*',
  AssumedRole: 'arn:aws:iam::*:role/*',
  FederatedUser: 'arn:aws:sts::*:federated-user/*',
};

/** Lines on who asks, as texts of his ARN: what AWS tells of him in other keys follows from that. */
const ABOUT_CALLERS: Readonly<Record<string, (meant: Language) => Language>> = {
  'aws:principalarn': (meant) => meant,
  'aws:principalaccount': ofAccounts,
  'kms:calleraccount': ofAccounts,
  'aws:principaltype': (meant) =>
    Object.entries(TYPES).flatMap(([type, arns]) =>
      witnessesOf([meant], [exactly(type)]).some(({ holds }) => holds[0]) ? [like(arns)] : [],
    ),
  'aws:username': (meant) => meant.map((name) => [...like('arn:aws:iam::????????????:user/'), ...name]),
};

/**
 * Who asks is no context that could be made up, so whom conditions tell apart is found as the values of other keys are:
 * for each combination of their lines that a caller outside the account brings about, one such caller.
 */
function meantBy(policy: PolicyDocument, account: string): readonly PrincipalInput[] {
  const lines = linesIn(policy).filter(({ base }) => base !== 'Null');
  const told = (languages: readonly Language[], within: Language): readonly string[] => {
    const distinct = [...new Map(languages.map((one) => [JSON.stringify(one), one])).values()];
    if (distinct.length === 0) return [];
    return witnessesOf([...distinct, [like(`arn:aws:???::${account}:*`)]], within)
      .filter(({ holds }) => holds.at(-1) === false)
      .map(({ text }) => text);
  };
  const ofCallers = lines.flatMap((atom) => {
    const about = ABOUT_CALLERS[atom.key];
    return about ? [about(languageOf(atom))] : [];
  });
  const ofServices = lines.filter(({ key }) => key === 'aws:principalservicename').map(languageOf);
  return [...told(ofCallers, CALLERS), ...told(ofServices, SERVICE_NAMES).map((service) => ({ service }))].filter(
    (one) => readPrincipal(one) !== null,
  );
}
