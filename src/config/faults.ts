import { inspect } from 'node:util';
import type * as z from 'zod';
import { at, type ConfigFault } from './cross-checks';
import { nearest } from './nearest';

const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text ? `${text}.${String(key)}` : String(key)),
    '',
  );

/** What stands at a path of zod's, list positions included. */
const valueAt = (raw: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (Array.isArray(value) ? value[Number(key)] : at(value, String(key))), raw);

interface Schema {
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly element?: unknown;
  readonly unwrap?: () => unknown;
}

/** A schema without what says that it may be left out. */
const inner = (schema: unknown): Schema => {
  const { unwrap, element } = (schema ?? {}) as Schema;
  return unwrap && element === undefined ? inner((schema as Required<Schema>).unwrap()) : ((schema ?? {}) as Schema);
};

/** Field names of the schema at a path: what a misspelt one may have been meant for. */
function fieldsAt(whole: unknown, path: readonly PropertyKey[]): readonly string[] {
  let schema = whole;
  for (const key of path) {
    const { shape, element } = inner(schema);
    schema = shape?.[String(key)] ?? element;
  }
  return Object.keys(inner(schema).shape ?? {});
}

function misspelt(
  raw: unknown,
  { path, keys }: z.core.$ZodIssueUnrecognizedKeys,
  { schema, never: reasons = {} }: SchemaUse,
): readonly ConfigFault[] {
  const known = fieldsAt(schema, path);
  return keys.map((key) => {
    const never = Object.hasOwn(reasons, key) ? reasons[key] : undefined;
    if (never) return { path: pathOf([...path, key]), value: valueAt(raw, [...path, key]), remedy: never };
    const [near] = nearest(key, known);
    const meant = near ? `did you mean ${near}?` : `known are ${known.join(', ')}`;
    return {
      path: pathOf([...path, key]),
      value: valueAt(raw, [...path, key]),
      remedy: `there is no such field: ${meant}`,
    };
  });
}

function faultsOf(raw: unknown, issue: z.core.$ZodIssue, reading: SchemaUse): readonly ConfigFault[] {
  if (issue.code === 'unrecognized_keys') return misspelt(raw, issue, reading);
  const value = valueAt(raw, issue.path);
  const remedy =
    issue.code === 'invalid_type' && issue.message.startsWith('Invalid') ? `give an object` : issue.message;
  return [{ path: pathOf(issue.path) || reading.what, value, remedy }];
}

/** A value on one line and no longer than a line; what JSON does not know as JavaScript shows it. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const isJson = value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
  const text = isJson ? JSON.stringify(value) : inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY });
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

/** A fault on one line: its place, its value and a remedy. */
export const faultLine = ({ path, value, remedy }: ConfigFault): string => `- ${path}: ${shown(value)}: ${remedy}`;

/** What is read: by which schema, and what the whole is called. */
export interface SchemaUse {
  readonly schema: z.ZodType;
  /** Such as `the configuration`. */
  readonly what: string;
  /** Fields that people look for, and why they are not there. */
  readonly never?: Readonly<Record<string, string>>;
}

/** Every fault that a schema finds, each with its place, its value and a remedy. */
export const schemaFaults = (raw: unknown, reading: SchemaUse): readonly ConfigFault[] =>
  (reading.schema.safeParse(raw).error?.issues ?? []).flatMap((issue) => faultsOf(raw, issue, reading));
