import { NAMES } from '../../contract/names';
import type { PolicyDocument } from '../../policy-evaluator/policy';
import { ACCESS_ROLES, roleNameOf } from '../permissions/role-patterns';
import { DELETING, SHARING } from '../rules/statements-by-action';
import { SERVICES_WITH_PASSED_ROLES } from '../rules/vault-roles-are-assumed-only-inside';
import type { ActionCatalog, KnownAction } from './action-catalog';
import { Contexts } from './contexts';
import { alertsKeyUse, grantsForServices, inboxNotifications, needed, vaultInOtherAccounts } from './expected-accesses';
import { factsOutside } from './key-facts';
import type { Need } from './need';
import type { PromiseId } from './promises';
import { type Holdings, type ProofInput, proofInputOf, shares } from './proof-input';
import type { ProofLine } from './proof-line';
import {
  administratorsOf,
  type ProofPrincipal,
  principalsNamedBy,
  principalsOutside,
  UNRELATED_ACCOUNT,
  withAdministratorAccess,
  withOwnPolicies,
} from './proof-principals';
import type { ProvedLandingZone } from './proved-landing-zone';
import { importKeysOf, type Samples } from './samples';
import type { TargetResource, TemplateRole } from './target-resources';

/** A line of the proof, and which principals and resources it is about. */
export interface NamedProofLine extends ProofLine {
  readonly name: string;
}

const cannotHappen = (principal: string, action: string): boolean =>
  SERVICES_WITH_PASSED_ROLES.includes(principal) && action.startsWith('sts:');

const isKey = ({ arn }: TargetResource): boolean => arn.startsWith('arn:aws:kms:');

/** The promise that an access from outside the vault breaks. */
function brokenFromOutside({ action }: KnownAction, target: TargetResource): PromiseId {
  if (target.arn.startsWith('arn:aws:iam:') || action.startsWith('sts:')) return 'T2';
  if (isKey(target)) return 'T4';
  return target.arn.startsWith('arn:aws:rds:') ? 'T6' : 'T1';
}

/** The promise that a role of the vault breaks by a permission that it does not need. */
function brokenByOwnRole({ action }: KnownAction, target: TargetResource): PromiseId {
  if (target.arn.startsWith('arn:aws:ram:')) return 'T4';
  if (SHARING.includes(action)) return 'T6';
  if (DELETING.includes(action)) return 'T7';
  return isKey(target) ? 'T4' : 'T9';
}

const openTo = (Resource?: '*'): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', ...(Resource && { Resource }) }],
});
const [OPEN, OPEN_ROLE] = [openTo('*'), openTo()];

/** The target with a policy that allows everything to every principal: the principal's own policies decide. */
const opened = (target: TargetResource): TargetResource => ({
  ...target,
  policy: target.arn.startsWith('arn:aws:iam:') ? OPEN_ROLE : OPEN,
  places: [target.where],
});

const own = (roles: readonly TemplateRole[]): readonly ProofPrincipal[] => roles.map(withOwnPolicies);
const arnsOf = (...all: readonly Holdings[]): readonly string[] =>
  all.flatMap(({ roles }) => roles.map(({ arn }) => arn));

/** The contexts of requests from outside an account. */
function outside(
  { account, targets }: Holdings,
  { sources: [source], regions: [region] }: ProvedLandingZone,
): Contexts {
  const examples = [
    `arn:aws:sns:${region}:${source}:${NAMES.copiesTopic}`,
    `arn:aws:events:${region}:${source}:rule/theirs`,
    `arn:aws:lambda:${region}:${UNRELATED_ACCOUNT}:function:theirs`,
  ];
  return new Contexts(factsOutside({ account, examples, created: targets.map(({ arn }) => arn) }));
}

const principalsOutsideTheVault = ({
  zone,
  vault,
  management,
  source,
  everything,
  actionsOn,
}: ProofInput): NamedProofLine => ({
  name: 'every principal outside the vault, on everything in it',
  principals: principalsOutside(vault.account, zone, arnsOf(management, source)),
  named: (target) => principalsNamedBy(target, vault.account),
  targets: everything,
  actionsOn,
  expected: [...inboxNotifications(zone), ...alertsKeyUse(zone)],
  never: cannotHappen,
  contexts: outside(vault, zone),
  promiseOf: brokenFromOutside,
});

/** The permissions that roles of other accounts have on the vault, as if the policies of the vault allowed everything. */
const rolesOnTheVault = (
  name: string,
  { roles }: Holdings,
  promise: PromiseId,
  { everything, actionsOn, inside }: ProofInput,
): NamedProofLine => ({
  name: `${name}, on everything in the vault`,
  principals: own(roles),
  targets: everything.map(opened),
  actionsOn,
  expected: [],
  contexts: inside,
  promiseOf: () => promise,
});

const rolesOfTheVault = ({ vault, everything, actionsOn, needs, inside }: ProofInput): NamedProofLine => ({
  name: 'roles of the vault, on everything in it',
  principals: own(vault.roles),
  targets: everything,
  actionsOn,
  expected: needed(needs),
  contexts: inside,
  promiseOf: brokenByOwnRole,
});

/** Even a principal with administrator access in the vault can grant the import key to AWS services only. */
const grantsOnTheImportKey = ({ zone, vault, inside }: ProofInput): NamedProofLine => ({
  name: 'administrators of the vault, granting its import key',
  principals: [...administratorsOf(vault.account), ...arnsOf(vault).map(withAdministratorAccess)],
  targets: vault.targets.filter((one) => isKey(one) && importKeysOf(zone).includes(one.arn)),
  actionsOn: () => [{ action: 'kms:CreateGrant', level: 'Permissions management' }],
  expected: grantsForServices,
  contexts: inside,
  promiseOf: () => 'T4',
});

const principalsOutsideOf = (
  name: string,
  at: Holdings,
  others: readonly Holdings[],
  { zone, actionsOn }: ProofInput,
): NamedProofLine => ({
  name: `every principal outside ${name}, on what Checkvalve deploys in it`,
  principals: principalsOutside(at.account, zone, arnsOf(...others)),
  named: (target) => principalsNamedBy(target, at.account),
  targets: at.targets,
  actionsOn,
  expected: vaultInOtherAccounts(zone),
  never: cannotHappen,
  contexts: outside(at, zone),
  promiseOf: (_, target) => (isKey(target) ? 'T4' : 'T5'),
});

function accessRolesOf(name: string, { account, roles, targets }: Holdings, input: ProofInput): NamedProofLine {
  const { zone, copies, actionsOn, needs, inside } = input;
  const accessRoles = zone.regions.flatMap((region) =>
    ACCESS_ROLES.map((accessRole) => roleNameOf(accessRole, region, zone.cell)),
  );
  return {
    name: `the access role of ${name}, on everything there`,
    principals: own(roles.filter(({ arn }) => accessRoles.includes(arn.split('/').at(-1) ?? ''))),
    targets: [...targets, ...copies(account), ...shares(account, zone.regions)],
    actionsOn,
    expected: needed(needs),
    contexts: inside,
    promiseOf: () => 'T5',
  };
}

/** All lines, in the order of what they prove. */
export function proofLinesOf(
  zone: ProvedLandingZone,
  catalog: ActionCatalog,
  needs: readonly Need[],
  samples: Samples,
): readonly NamedProofLine[] {
  const input = proofInputOf(zone, catalog, needs, samples);
  const { vault, management, source } = input;
  const [aSource, theManagement] = ['a source', 'the management account'];
  return [
    principalsOutsideTheVault(input),
    rolesOnTheVault('roles that are pushed into sources', source, 'T3', input),
    rolesOnTheVault('roles in the management account', management, 'T8', input),
    rolesOfTheVault(input),
    grantsOnTheImportKey(input),
    principalsOutsideOf(aSource, source, [management, vault], input),
    principalsOutsideOf(theManagement, management, [source, vault], input),
    accessRolesOf(aSource, source, input),
    accessRolesOf(theManagement, management, input),
  ];
}
