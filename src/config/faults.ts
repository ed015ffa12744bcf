import { inspect } from 'node:util';
import type * as z from 'zod';
import { at, type ConfigFault } from './cross-checks';
import { nearest } from './nearest';

const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text ? `${text}.${String(key)}` : String(key)),
    '',
  );

/** The value at a path of zod's, positions of lists included. */
const valueAt = (raw: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (Array.isArray(value) ? value[Number(key)] : at(value, String(key))), raw);

interface Schema {
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly element?: unknown;
  readonly unwrap?: () => unknown;
}

/** The schema inside `optional` and similar wrappers. */
const inner = (schema: unknown): Schema => {
  const { unwrap, element } = (schema ?? {}) as Schema;
  return unwrap && element === undefined ? inner((schema as Required<Schema>).unwrap()) : ((schema ?? {}) as Schema);
};

/** Field names of the schema at a path, from which a correction of a misspelled name is suggested. */
function fieldsAt(whole: unknown, path: readonly PropertyKey[]): readonly string[] {
  let schema = whole;
  for (const key of path) {
    const { shape, element } = inner(schema);
    schema = shape?.[String(key)] ?? element;
  }
  return Object.keys(inner(schema).shape ?? {});
}

function unknownFields(
  raw: unknown,
  { path, keys }: z.core.$ZodIssueUnrecognizedKeys,
  { schema, never: reasons = {} }: SchemaUse,
): readonly ConfigFault[] {
  const known = fieldsAt(schema, path);
  return keys.map((key) => {
    const never = Object.hasOwn(reasons, key) ? reasons[key] : undefined;
    if (never) return { path: pathOf([...path, key]), value: valueAt(raw, [...path, key]), remedy: never };
    const [near] = nearest(key, known);
    const meant = near ? `did you mean ${near}?` : `the fields are ${known.join(', ')}`;
    return {
      path: pathOf([...path, key]),
      value: valueAt(raw, [...path, key]),
      remedy: `there is no such field; ${meant}`,
    };
  });
}

function faultsOf(raw: unknown, issue: z.core.$ZodIssue, reading: SchemaUse): readonly ConfigFault[] {
  if (issue.code === 'unrecognized_keys') return unknownFields(raw, issue, reading);
  const value = valueAt(raw, issue.path);
  const remedy =
    issue.code === 'invalid_type' && issue.message.startsWith('Invalid') ? `give an object` : issue.message;
  return [{ path: pathOf(issue.path) || reading.what, value, remedy }];
}

/** A value on one line of at most 120 characters: as JSON, or as JavaScript prints what JSON does not have. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const isJson = value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
  const text = isJson ? JSON.stringify(value) : inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY });
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

/** A fault on one line: its path, its value and its remedy. */
export const faultLine = ({ path, value, remedy }: ConfigFault): string => `- ${path}: ${shown(value)}: ${remedy}`;

/** The schema of a document, and how messages name the document. */
export interface SchemaUse {
  readonly schema: z.ZodType;
  /** Such as `the configuration`. */
  readonly what: string;
  /** Fields that operators try although they do not exist, each with what to do instead. */
  readonly never?: Readonly<Record<string, string>>;
}

/** Every fault against a schema, each with its path, its value and its remedy. */
export const schemaFaults = (raw: unknown, reading: SchemaUse): readonly ConfigFault[] =>
  (reading.schema.safeParse(raw).error?.issues ?? []).flatMap((issue) => faultsOf(raw, issue, reading));
