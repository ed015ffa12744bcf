/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Any JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** The kind of account that a template is deployed to. */
export type Zone = 'vault' | 'management' | 'source';

/** Where a template is deployed, and what is known about the deployment. */
export interface TemplatePlace {
  readonly account: string;
  readonly region: string;
  /** Only `aws` is supported. */
  readonly partition?: 'aws';
  readonly stackName: string;
  /** The ARN of the stack. Without it, a made-up ARN that is the same each time. */
  readonly stackId?: string;
  /** Values of parameters. The other parameters take their defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The truth of conditions, by name, where the caller knows more than the template. */
  readonly conditions?: Readonly<Record<string, boolean>>;
  /** What Ref returned for resources that are deployed, by logical id. */
  readonly physicalIds?: Readonly<Record<string, string>>;
}

/**
 * A resource with concrete properties: the one model of a resource, for the rules and for the proof. `arn`, `physicalName`
 * and `ref` are set for the types in `resource-shapes.ts`.
 */
export interface ResolvedResource {
  /** Logical id. */
  readonly id: string;
  readonly type: string;
  readonly properties: JsonObject;
  readonly arn?: string;
  readonly physicalName?: string;
  /** What Ref returns. */
  readonly ref?: string;
  readonly metadata?: JsonObject;
}

/** A value of a template that is not known: the resource, the path from it, and what could not be resolved. */
export interface UnresolvedValue {
  readonly logicalId: string;
  readonly path: string;
  readonly what: string;
}

/**
 * A template at a place, for one truth of its conditions. `<unresolved LogicalId.path>` replaces a value that could not be
 * resolved, and `unresolved` lists it.
 */
export interface TemplateVariant {
  readonly place: TemplatePlace;
  readonly resources: ReadonlyMap<string, ResolvedResource>;
  readonly unresolved: readonly UnresolvedValue[];
  /** The truth of the conditions that are used, by name. */
  readonly conditions: Readonly<Record<string, boolean>>;
}

/**
 * A template at a place: every variant that its conditions allow. Its other fields are those of the first variant. There is
 * more than one variant only where a condition that is used depends on an unknown value.
 */
export interface ResolvedTemplate extends TemplateVariant {
  readonly variants: readonly TemplateVariant[];
}

/** The sections of a template that values depend on. */
export interface TemplateParts {
  readonly resources: ReadonlyMap<string, JsonObject>;
  readonly parameters: JsonObject;
}

/** The truth of a condition by name, for one variant. */
export type TruthOf = (name: string) => boolean | null;

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is a JSON list. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A property that may be one value or a list of values, as a list. */
export function list(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value : [value];
}

/** The texts among the values of a property. */
export function texts(value: Json | undefined): readonly string[] {
  return list(value).filter((each): each is string => typeof each === 'string');
}
