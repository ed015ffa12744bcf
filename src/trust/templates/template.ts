/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Any JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** Where a template is deployed, and what is known about the deployment. */
export interface TemplatePlace {
  readonly account: string;
  readonly region: string;
  /** Only `aws` is supported. */
  readonly partition?: 'aws';
  readonly stackName: string;
  /** The ARN of the stack; a made-up, always equal one when it is not given. */
  readonly stackId?: string;
  /** Values of parameters; the others take their defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Truth of conditions, by name, where it is known better than the template tells. */
  readonly conditions?: Readonly<Record<string, boolean>>;
  /** What Ref gave for resources that were really deployed, by logical id. */
  readonly physicalIds?: Readonly<Record<string, string>>;
}

/** A resource with concrete properties. `arn`, `physicalName` and `ref` are there for the types the resolver knows. */
export interface ResolvedResource {
  readonly type: string;
  readonly properties: JsonObject;
  readonly arn?: string;
  readonly physicalName?: string;
  /** What Ref gives. */
  readonly ref?: string;
  readonly metadata?: JsonObject;
}

/** A place in a template whose value is not known: the resource, the path from it, and what could not be resolved. */
export interface UnresolvedValue {
  readonly logicalId: string;
  readonly path: string;
  readonly what: string;
}

/**
 * A template at a place, for one truth of its conditions. Where a value could not be resolved, `<unresolved LogicalId.path>`
 * stands in its place, and it is listed.
 */
export interface TemplateVariant {
  readonly place: TemplatePlace;
  readonly resources: ReadonlyMap<string, ResolvedResource>;
  readonly unresolved: readonly UnresolvedValue[];
  /** The truth of the conditions that are used, by name. */
  readonly conditions: Readonly<Record<string, boolean>>;
}

/**
 * A template at a place. `variants` holds every way it can come out; the first of them is told again at the top. There is
 * more than one only where a condition that is used depends on something unknown.
 */
export interface ResolvedTemplate extends TemplateVariant {
  readonly variants: readonly TemplateVariant[];
}

/** What a template declares, as far as values depend on it. */
export interface TemplateParts {
  readonly resources: ReadonlyMap<string, JsonObject>;
  readonly parameters: JsonObject;
}

/** The truth of a condition by name, for this variant. */
export type TruthOf = (name: string) => boolean | null;

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is a JSON list. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
