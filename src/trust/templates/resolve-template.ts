import { CheckvalveError } from '../../contract/errors';
import { type Assumptions, Conditions } from './conditions';
import {
  isList,
  isObject,
  type Json,
  type JsonObject,
  type ResolvedResource,
  type ResolvedTemplate,
  type TemplatePlace,
  type TemplateVariant,
} from './template';
import { isUnresolved } from './value-location';
import { ValueResolver } from './value-resolver';

const MAX_VARIANTS = 64;

/**
 * Resolves a CloudFormation template at a place: Ref, Fn::GetAtt, Fn::Sub, Fn::Join, Fn::Split, Fn::Select, Fn::If and pseudo
 * parameters become concrete values. Names and ids that AWS chooses are made up, the same each time. A value that cannot be
 * resolved (Fn::FindInMap, Fn::ImportValue, unknown types and attributes) is listed in `unresolved`. Throws CheckvalveError
 * (UNRESOLVED_TEMPLATE) for JSON that is not a template, and when the open conditions make more than 64 variants.
 */
export function resolveTemplate(template: unknown, place: TemplatePlace): ResolvedTemplate {
  const parts = partsOf(template);
  const { Parameters: parameters = {}, Conditions: declared = {} } = parts;
  const section = { parameters: objectOf(parameters), resources: new Map<string, JsonObject>() };
  // Conditions may refer to parameters and pseudo parameters only.
  const values = new ValueResolver(section, place, () => null);
  const conditions = new Conditions(objectOf(declared), place.conditions ?? {}, (value) => comparedText(value, values));
  const used = usedConditions(parts.Resources);
  const variants: TemplateVariant[] = [];
  const known = new Set<string>();
  for (const assumptions of assumptionsOf(conditions.unknownsOf(used))) {
    const truth = truthsOf(used, conditions, assumptions);
    const key = JSON.stringify(truth);
    if (!known.has(key)) variants.push(variantOf(parts, place, truth));
    known.add(key);
  }
  const [first] = variants;
  if (first === undefined) throw noTemplate('it has no variant');
  return { ...first, variants };
}

type Parts = JsonObject & { readonly Resources: JsonObject };

function partsOf(template: unknown): Parts {
  if (!isObject(template) || !isObject(template.Resources)) throw noTemplate('there are no Resources');
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    if (!isObject(resource) || typeof resource.Type !== 'string')
      throw noTemplate(`the resource ${logicalId} has no Type`);
  }
  return template as Parts;
}

function noTemplate(why: string): CheckvalveError {
  return new CheckvalveError(
    'UNRESOLVED_TEMPLATE',
    `This is not a CloudFormation template: ${why}`,
    'Give a synthesized template as JSON.',
  );
}

function comparedText(value: Json, values: ValueResolver): string | null {
  const resolved = values.resolve(value, 'Conditions', []);
  return typeof resolved === 'object' || isUnresolved(String(resolved)) ? null : String(resolved);
}

/** The conditions of resources, and of every Fn::If in them. */
function usedConditions(resources: JsonObject): readonly string[] {
  const used = new Set<string>();
  const walk = (value: Json): void => {
    if (isList(value)) value.forEach(walk);
    if (!isObject(value)) return;
    const choice = value['Fn::If'];
    if (isList(choice) && typeof choice[0] === 'string') used.add(choice[0]);
    Object.values(value).forEach(walk);
  };
  for (const resource of Object.values(resources)) {
    if (!isObject(resource)) continue;
    if (typeof resource.Condition === 'string') used.add(resource.Condition);
    walk(resource.Properties ?? null);
  }
  return [...used].sort();
}

/** Every combination of truth values of the unknown comparisons. */
function assumptionsOf(unknowns: readonly string[]): readonly Assumptions[] {
  const count = 2 ** unknowns.length;
  if (count > MAX_VARIANTS) {
    throw new CheckvalveError(
      'UNRESOLVED_TEMPLATE',
      `The template has ${unknowns.length} unknown comparisons in conditions: more than ${MAX_VARIANTS} variants`,
      'Give values for its parameters, or the truth of its conditions.',
    );
  }
  return Array.from(
    { length: count },
    (_, number) => new Map(unknowns.map((each, bit) => [each, ((number >> bit) & 1) === 0])),
  );
}

function truthsOf(
  used: readonly string[],
  conditions: Conditions,
  assumptions: Assumptions,
): Readonly<Record<string, boolean>> {
  return Object.fromEntries(used.map((name) => [name, conditions.truthOf(name, assumptions) === true]));
}

function variantOf(parts: Parts, place: TemplatePlace, conditions: Readonly<Record<string, boolean>>): TemplateVariant {
  const present = Object.entries(parts.Resources).filter((entry): entry is [string, JsonObject] => {
    const [, resource] = entry;
    return isObject(resource) && (typeof resource.Condition !== 'string' || conditions[resource.Condition] === true);
  });
  const sections = { parameters: objectOf(parts.Parameters ?? {}), resources: new Map(present) };
  const values = new ValueResolver(sections, place, (name) => conditions[name] ?? null);
  const resources = new Map(
    present.map(([logicalId, resource]) => [logicalId, resourceOf(logicalId, resource, values)]),
  );
  return { place, resources, unresolved: values.unresolved, conditions };
}

function resourceOf(logicalId: string, resource: JsonObject, values: ValueResolver): ResolvedResource {
  const properties = objectOf(values.resolve(resource.Properties ?? {}, logicalId, ['Properties']));
  const shape = values.shapeOf(logicalId);
  return {
    id: logicalId,
    type: String(resource.Type),
    properties,
    ...(shape === null ? {} : { physicalName: shape.name, ref: shape.ref }),
    ...(shape?.arn === undefined ? {} : { arn: shape.arn }),
    ...(isObject(resource.Metadata) ? { metadata: resource.Metadata } : {}),
  };
}

function objectOf(value: Json): JsonObject {
  return isObject(value) ? value : {};
}
