import type { AmbientPower } from '../../contract/inherited-powers';
import { CheckvalveError } from '../../contract/errors';
import { allPoliciesOf } from './policies-of';
import { resolveTemplate } from './resolve-template';
import {
  isList,
  isObject,
  type Json,
  type ResolvedResource,
  type TemplatePlace,
  type TemplateVariant,
} from './template';
import type { UnseenPolicy } from './template-policy';
import type { Finding } from './rule-finding';
import { readPolicy, type Statement } from './statement';

/** The kind of account a template is deployed to. */
export type Zone = 'vault' | 'management' | 'source';

/** What the rules must be told: the two accounts that have a number, the organization, and what is accepted of it. */
export interface Accounts {
  readonly vault: string;
  readonly management: string;
  /** `o-…` */
  readonly organization: string;
  /** Powers over the vault that stand in no template, and that the configuration accepts; none when left out. */
  readonly accepted?: readonly AmbientPower[];
  /** Name of an analyzer that stands in the vault already; the vault's templates make none then. */
  readonly adoptedAnalyzer?: string;
}

/** A final template, and where it goes. Whatever is unknown of that is left out, and is guilty. */
export interface TemplateToJudge {
  readonly name: string;
  readonly zone?: Zone;
  readonly region?: string;
  readonly template: unknown;
  /** Under which name a StackSet finds it. */
  readonly digest?: string;
}

/** A resource of a template, in one way that its conditions can come out. */
export interface JudgedResource extends ResolvedResource {
  readonly id: string;
}

/** A template as the rules read it: everything resolved, every way of its conditions beside the others. */
export interface JudgedTemplate {
  readonly name: string;
  readonly zone: Zone;
  /** Account and Region that stand for the place: a source's are not known, and equal nothing that could be written. */
  readonly account: string;
  readonly region: string;
  readonly digest?: string;
  readonly resources: readonly JudgedResource[];
  readonly statements: readonly Statement[];
  /** Types of what it makes, by ARN. */
  readonly made: ReadonlyMap<string, string>;
  /** What cannot be read before deployment. */
  readonly unread: readonly Finding[];
}

/** All templates of a landing zone. */
export interface Estate {
  readonly accounts: Accounts;
  readonly templates: readonly JudgedTemplate[];
}

/** A place of which only the deployment knows where it is. */
const SOMEWHERE = { account: 'the-source', region: 'the-region' };

/** @throws CheckvalveError `UNRESOLVED_TEMPLATE` for what is no template, or has too many open conditions. */
export const estateOf = (accounts: Accounts, templates: readonly TemplateToJudge[]): Estate => ({
  accounts,
  templates: templates.map((one) => judgedTemplate(one, accounts)),
});

/** The templates of one kind of account. */
export const templatesIn = ({ templates }: Estate, ...zones: readonly Zone[]): readonly JudgedTemplate[] =>
  templates.filter(({ zone }) => zones.includes(zone));

/** Reads one template. Throws what {@link estateOf} throws. */
export function judgedTemplate(
  { name, zone: told, region = SOMEWHERE.region, template, digest }: TemplateToJudge,
  accounts: Accounts,
): JudgedTemplate {
  const zone = told ?? 'vault';
  const account = zone === 'source' ? SOMEWHERE.account : accounts[zone];
  const variants = variantsOf(template, { account, region, stackName: name });
  const held = variants.map(allPoliciesOf);
  const policies = held.flatMap((one, variant) => one.policies.map((policy) => ({ policy, variant })));
  const read = policies.map(({ policy, variant }) => {
    const { statements, faults } = readPolicy(policy);
    const ofVariant = statements.map((one) => ({ ...one, variant }));
    return { at: policy.where.split('.')[0] ?? '', statements: ofVariant, faults };
  });
  const resources = variants.flatMap((variant) => [...variant.resources].map(([id, one]) => ({ id, ...one })));
  const found = (at: string, what: string): Finding => ({ template: name, at, what });
  return {
    ...{ name, zone, account, region, resources },
    ...(digest !== undefined && { digest }),
    statements: read.flatMap(({ statements }) => statements),
    made: new Map(resources.flatMap(({ arn, type }) => (arn === undefined ? [] : [[arn, type] as const]))),
    unread: [
      ...(told === undefined ? [found('', 'the account of its stack is unknown')] : []),
      ...sectionsUnread(template).map((what) => found('', what)),
      ...read.flatMap(({ at, faults }) => faults.map((fault) => found(at, fault))),
      ...variants.flatMap((variant) => valuesUnread(variant, name)),
      ...held.flatMap(({ unseen }) => policiesUnread(unseen, name)),
    ],
  };
}

/** Stands for the ids of export keys that were replaced: they only let more of a source's own snapshots be exported. */
export const PREVIOUS_KEYS = 'ids-of-previous-keys';

/** Parameters that a template may have, and what stands for whatever is given. */
const PARAMETERS: Readonly<Record<string, string>> = { PreviousExportKeyIds: PREVIOUS_KEYS };
const MOST_CONDITIONS = 6;

/**
 * Every way a template can come out: each condition that it uses both ways, whatever it says, since what it asks for may
 * be known to the deployment alone. Other parameters are left out: whoever deploys may give others than the defaults, so
 * what refers to them is unknown.
 */
function variantsOf(template: unknown, place: TemplatePlace): readonly TemplateVariant[] {
  const { Resources = {}, Conditions = {}, ...rest } = isObject(template) ? template : {};
  const text = JSON.stringify(Resources);
  const names = Object.keys(Object(Conditions)).filter((name) => text.includes(JSON.stringify(name)));
  if (names.length > MOST_CONDITIONS) {
    throw new CheckvalveError(
      'UNRESOLVED_TEMPLATE',
      `${place.stackName} has ${names.length} conditions: more than ${MOST_CONDITIONS} are not judged`,
      'Choose at synthesis what can be chosen there.',
    );
  }
  const Parameters = Object.fromEntries(
    Object.entries(PARAMETERS).map(([name, Default]) => [name, { Type: 'String', Default }]),
  );
  return Array.from({ length: 2 ** names.length }, (_, way) => {
    const conditions = Object.fromEntries(names.map((name, bit) => [name, ((way >> bit) & 1) === 0]));
    return resolveTemplate({ ...rest, Resources, Conditions, Parameters }, { ...place, conditions });
  });
}

const SECTIONS = [
  'AWSTemplateFormatVersion',
  'Conditions',
  'Description',
  'Mappings',
  'Metadata',
  'Outputs',
  'Parameters',
  'Resources',
  'Rules',
];
const ATTRIBUTES = [
  'Condition',
  'DeletionPolicy',
  'DependsOn',
  'Metadata',
  'Properties',
  'Type',
  'UpdateReplacePolicy',
];

/** Sections and attributes that make something else of a template after the rules have looked, or that nobody knows. */
function sectionsUnread(template: unknown): readonly string[] {
  const { Resources = {}, ...sections } = isObject(template) ? template : {};
  const attributes = Object.values(isObject(Resources) ? Resources : {}).flatMap((one) => Object.keys(Object(one)));
  // A macro may stand anywhere, among outputs and descriptions as well.
  const macros = JSON.stringify(template).match(/"Fn::(Transform|ForEach)[^"\\]*":/g) ?? [];
  return [
    ...new Set(macros.map((key) => key.slice(1, -2))),
    ...Object.keys(sections).filter((key) => !SECTIONS.includes(key)),
    ...new Set(attributes.filter((key) => !ATTRIBUTES.includes(key))),
  ].map((key) => `${key}: what it makes of the template cannot be read`);
}

/** Values that could not be resolved, and functions that are left over. */
function valuesUnread(variant: TemplateVariant, template: string): readonly Finding[] {
  const left = [...variant.resources].flatMap(([at, { properties }]) =>
    functionsIn(properties).map((name) => ({ template, at, what: `${name}: what it makes cannot be read` })),
  );
  const unresolved = variant.unresolved.map(({ logicalId, path, what }) => ({
    template,
    at: logicalId,
    what: `${path} cannot be read before deployment: ${what}`,
  }));
  return [...unresolved, ...left];
}

const policiesUnread = (unseen: readonly UnseenPolicy[], template: string): readonly Finding[] =>
  unseen.map(({ where, what }) => {
    const [at = '', ...path] = where.split('.');
    return { template, at, what: `${path.join('.')}: ${what}` };
  });

function functionsIn(value: Json): readonly string[] {
  if (isList(value)) return value.flatMap(functionsIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, held]) => [
    ...(/^(Fn::|Ref$)/.test(key) ? [key] : []),
    ...functionsIn(held),
  ]);
}
