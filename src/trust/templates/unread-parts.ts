/** The parts of a template that cannot be read before deployment. Each of them is a finding. */
import type { RuleFinding } from './rule-finding';
import { isList, isObject, type Json, type TemplateVariant } from './template';
import type { UnreadPolicy } from './template-policy';

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

/** Sections, attributes and macros that change the template after the rules have read it, and unknown ones. */
export function unreadSections(template: unknown): readonly string[] {
  const { Resources = {}, ...sections } = isObject(template) ? template : {};
  const attributes = Object.values(isObject(Resources) ? Resources : {}).flatMap((one) => Object.keys(Object(one)));
  // A macro can be anywhere in a template, for example in an output or a description.
  const macros = JSON.stringify(template).match(/"Fn::(Transform|ForEach)[^"\\]*":/g) ?? [];
  return [
    ...new Set(macros.map((key) => key.slice(1, -2))),
    ...Object.keys(sections).filter((key) => !SECTIONS.includes(key)),
    ...new Set(attributes.filter((key) => !ATTRIBUTES.includes(key))),
  ].map((key) => `${key}: its effect on the template cannot be read`);
}

/** Values that could not be resolved, and intrinsic functions that are left. */
export function unreadValues(variant: TemplateVariant, template: string): readonly RuleFinding[] {
  const left = [...variant.resources].flatMap(([at, { properties }]) =>
    functionsIn(properties).map((name) => ({ template, at, what: `${name}: its result cannot be read` })),
  );
  const unresolved = variant.unresolved.map(({ logicalId, path, what }) => ({
    template,
    at: logicalId,
    what: `${path} cannot be read before deployment: ${what}`,
  }));
  return [...unresolved, ...left];
}

/** Policies that the template does not hold, or holds in an unknown property. */
export const unreadPolicies = (unread: readonly UnreadPolicy[], template: string): readonly RuleFinding[] =>
  unread.map(({ where, what }) => {
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
