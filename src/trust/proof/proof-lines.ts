import { NAMES } from '../../contract/names';
import type { PolicyDocument } from '../../policy-evaluator/policy';
import { ACCESS_ROLES } from '../permissions/role-patterns';
import { DELETING, SHARING } from '../rules/statements-by-action';
import { PASSED_BY_ITS_OWN_ACCOUNT } from '../rules/vault-roles-are-assumed-only-inside';
import type { TemplateVariant } from '../templates/template';
import type { ActionCatalog, KnownAction } from './action-catalog';
import type { Asker } from './proof-principals';
import { asItStands, everybodyBut, mighty, namedBy, powerful, STRANGER } from './proof-principals';
import type { Line } from './proof-line';
import { Contexts } from './contexts';
import { factsInside, factsOutside } from './key-facts';
import type { LandingZone } from './proved-landing-zone';
import type { Need } from './needs';
import { bell, grantsForServices, needed, sealing, vaultAbroad } from './expected-accesses';
import type { PromiseId } from './promises';
import { importKeysOf, type Samples } from './samples';
import { type RoleOf, rolesIn, type Subject, subjectsIn } from './target-resources';

/** A line of questions and what it is about. */
export interface NamedLine extends Line {
  readonly name: string;
}

const cannotHappen = (principal: string, action: string): boolean =>
  PASSED_BY_ITS_OWN_ACCOUNT.includes(principal) && action.startsWith('sts:');

const isKey = ({ arn }: Subject): boolean => arn.startsWith('arn:aws:kms:');

/** The promise that somebody breaks who comes from outside the vault. */
function brokenFromOutside({ action }: KnownAction, subject: Subject): PromiseId {
  if (subject.arn.startsWith('arn:aws:iam:') || action.startsWith('sts:')) return 'T2';
  if (isKey(subject)) return 'T4';
  return subject.arn.startsWith('arn:aws:rds:') ? 'T6' : 'T1';
}

/** The promise that a role of the vault breaks by more power than it needs. */
function brokenByOwnRole({ action }: KnownAction, subject: Subject): PromiseId {
  if (subject.arn.startsWith('arn:aws:ram:')) return 'T4';
  if (SHARING.includes(action)) return 'T6';
  if (DELETING.includes(action)) return 'T7';
  return isKey(subject) ? 'T4' : 'T9';
}

const openTo = (Resource?: '*'): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', ...(Resource && { Resource }) }],
});
const [OPEN, OPEN_ROLE] = [openTo('*'), openTo()];

/** The same subject as if it let everybody in: what is left is what those who ask allow themselves. */
const opened = (subject: Subject): Subject => ({
  ...subject,
  policy: subject.arn.startsWith('arn:aws:iam:') ? OPEN_ROLE : OPEN,
  places: [subject.where],
});

/** What a kind of account holds. */
interface Holdings {
  readonly account: string;
  readonly subjects: readonly Subject[];
  readonly roles: readonly RoleOf[];
}

/** What the lines are drawn between. */
interface Grounds {
  readonly zone: LandingZone;
  readonly actionsOn: Line['actionsOn'];
  readonly needs: readonly Need[];
  readonly vault: Holdings;
  readonly management: Holdings;
  /** The first source: it stands for all; another stands outside it. */
  readonly source: Holdings;
  readonly copies: (account: string) => readonly Subject[];
  /** Everything in the vault: what its templates make, its copies, and databases that somebody restored from them. */
  readonly kept: readonly Subject[];
  readonly inside: Contexts;
}

function groundsOf(zone: LandingZone, catalog: ActionCatalog, needs: readonly Need[], { snapshots }: Samples): Grounds {
  const { templates, regions } = zone;
  const holdings = (account: string, all: readonly TemplateVariant[]): Holdings => ({
    account,
    subjects: all.flatMap(subjectsIn),
    roles: all.flatMap(rolesIn),
  });
  const [first = ''] = zone.sources;
  const copies = (account: string): readonly Subject[] =>
    snapshots
      .filter((arn) => arn.split(':')[4] === account)
      .map((arn) => ({ arn, account, policy: null, places: [], where: 'a snapshot' }));
  const vault = holdings(zone.vault, templates.vault);
  return {
    ...{ zone, needs, vault, copies },
    actionsOn: ({ arn }) => catalog.actionsOn(arn),
    management: holdings(zone.management, templates.management),
    source: holdings(
      first,
      templates.source.filter(({ place }) => place.account === first),
    ),
    kept: [...vault.subjects, ...copies(zone.vault), ...databases(zone.vault, regions), ...shares(zone.vault, regions)],
    inside: new Contexts(factsInside),
  };
}

const own = (roles: readonly RoleOf[]): readonly Asker[] => roles.map(asItStands);
const arnsOf = (...all: readonly Holdings[]): readonly string[] =>
  all.flatMap(({ roles }) => roles.map(({ arn }) => arn));

/** What a request from outside an account may hold. */
function outside({ account, subjects }: Holdings, { sources: [source], regions: [region] }: LandingZone): Contexts {
  const examples = [
    `arn:aws:sns:${region}:${source}:${NAMES.copiesTopic}`,
    `arn:aws:events:${region}:${source}:rule/theirs`,
    `arn:aws:lambda:${region}:${STRANGER}:function:theirs`,
  ];
  return new Contexts(factsOutside({ account, examples, made: subjects.map(({ arn }) => arn) }));
}

const everybodyOutsideTheVault = ({ zone, vault, management, source, kept, actionsOn }: Grounds): NamedLine => ({
  name: 'everybody outside the vault, on everything in it',
  askers: everybodyBut(vault.account, zone, arnsOf(management, source)),
  named: (subject) => namedBy(subject, vault.account),
  ...{ subjects: kept, actionsOn, permits: [...bell(zone), ...sealing(zone)], never: cannotHappen },
  contexts: outside(vault, zone),
  promiseOf: brokenFromOutside,
});

/** What roles elsewhere allow themselves on the vault, as if the vault let everybody in. */
const namingTheVault = (
  name: string,
  { roles }: Holdings,
  promise: PromiseId,
  { kept, actionsOn, inside }: Grounds,
): NamedLine => ({
  ...{ name: `${name}, on everything in the vault`, askers: own(roles), subjects: kept.map(opened), actionsOn },
  ...{ permits: [], contexts: inside, promiseOf: () => promise },
});

const rolesOfTheVault = ({ vault, kept, actionsOn, needs, inside }: Grounds): NamedLine => ({
  ...{ name: 'roles of the vault, on everything in it', askers: own(vault.roles), subjects: kept, actionsOn },
  ...{ permits: needed(needs), contexts: inside, promiseOf: brokenByOwnRole },
});

/** Whoever has every power in the vault: even he grants the import key to AWS services alone. */
const grantingTheImportKey = ({ zone, vault, inside }: Grounds): NamedLine => ({
  name: 'the vault itself, granting its import key',
  askers: [...powerful(vault.account), ...arnsOf(vault).map(mighty)],
  subjects: vault.subjects.filter((one) => isKey(one) && importKeysOf(zone).includes(one.arn)),
  actionsOn: () => [{ action: 'kms:CreateGrant', level: 'Permissions management' }],
  ...{ permits: grantsForServices, contexts: inside, promiseOf: () => 'T4' },
});

const everybodyOutside = (
  name: string,
  at: Holdings,
  others: readonly Holdings[],
  { zone, actionsOn }: Grounds,
): NamedLine => ({
  name: `everybody outside ${name}, on what of ours is in it`,
  askers: everybodyBut(at.account, zone, arnsOf(...others)),
  named: (subject) => namedBy(subject, at.account),
  ...{ subjects: at.subjects, actionsOn, permits: vaultAbroad(zone), never: cannotHappen },
  contexts: outside(at, zone),
  promiseOf: (_, subject) => (isKey(subject) ? 'T4' : 'T5'),
});

function accessRoleOf(name: string, { account, roles, subjects }: Holdings, grounds: Grounds): NamedLine {
  const { zone, copies, actionsOn, needs, inside } = grounds;
  const accessRoles = zone.regions.flatMap((region) =>
    ACCESS_ROLES.map((accessRole) => accessRole.replaceAll('{region}', region)),
  );
  return {
    name: `the access role of ${name}, on everything there`,
    askers: own(roles.filter(({ arn }) => accessRoles.includes(arn.split('/').at(-1) ?? ''))),
    ...{
      subjects: [...subjects, ...copies(account), ...shares(account, zone.regions)],
      actionsOn,
      permits: needed(needs),
      contexts: inside,
    },
    promiseOf: () => 'T5',
  };
}

/** All questions, in the order of what they prove. */
export function linesOf(...given: Parameters<typeof groundsOf>): readonly NamedLine[] {
  const grounds = groundsOf(...given);
  const { vault, management, source } = grounds;
  const [aSource, theManagement] = ['a source', 'the management account'];
  return [
    everybodyOutsideTheVault(grounds),
    namingTheVault('what is pushed into sources', source, 'T3', grounds),
    namingTheVault('what stands in the management account', management, 'T8', grounds),
    rolesOfTheVault(grounds),
    grantingTheImportKey(grounds),
    everybodyOutside(aSource, source, [management, vault], grounds),
    everybodyOutside(theManagement, management, [source, vault], grounds),
    accessRoleOf(aSource, source, grounds),
    accessRoleOf(theManagement, management, grounds),
  ];
}

/** Resource shares that somebody would make: a key that is put into one has a second policy. */
const shares = (account: string, regions: readonly string[]): readonly Subject[] =>
  regions.map((region) => ({
    arn: `arn:aws:ram:${region}:${account}:resource-share/00000000-0000-4000-8000-0000000000bb`,
    ...{ account, policy: null, places: [], where: 'a resource share' },
  }));

/** Databases under our prefix, and others: no role of ours needs any. */
const databases = (account: string, regions: readonly string[]): readonly Subject[] =>
  regions.flatMap((region) =>
    ['db:checkvalve-orders', 'cluster:checkvalve-orders', 'db:orders', 'cluster:orders'].map((name) => ({
      ...{ arn: `arn:aws:rds:${region}:${account}:${name}`, account, policy: null, places: [], where: 'a database' },
    })),
  );
