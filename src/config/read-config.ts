import { inspect } from 'node:util';
import type * as z from 'zod';
import { CheckvalveError } from '../contract/errors';
import type { CheckvalveConfig } from './checkvalve-config';
import { at, crossFaults, type Fault } from './cross-checks';
import { nearest } from './edit-distance';
import { CONFIG } from './schema';

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
function fieldsAt(path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = CONFIG;
  for (const key of path) {
    const { shape, element } = inner(schema);
    schema = shape?.[String(key)] ?? element;
  }
  return Object.keys(inner(schema).shape ?? {});
}

/** Fields that people look for, and why they are not there. */
const NEVER: Readonly<Record<string, string>> = {
  additionalAccounts:
    'tag the account instead: StackSets refuse to add accounts to units (UNION), so enrolment names each one within the units (INTERSECTION)',
};

function misspelt(raw: unknown, { path, keys }: z.core.$ZodIssueUnrecognizedKeys): readonly Fault[] {
  const known = fieldsAt(path);
  return keys.map((key) => {
    const never = Object.hasOwn(NEVER, key) ? NEVER[key] : undefined;
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

function faultsOf(raw: unknown, issue: z.core.$ZodIssue): readonly Fault[] {
  if (issue.code === 'unrecognized_keys') return misspelt(raw, issue);
  const value = valueAt(raw, issue.path);
  const remedy =
    issue.code === 'invalid_type' && issue.message.startsWith('Invalid') ? `give an object` : issue.message;
  return [{ path: pathOf(issue.path) || 'the configuration', value, remedy }];
}

/** A value on one line and no longer than a line; what JSON does not know as JavaScript shows it. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const isJson = value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
  const text = isJson ? JSON.stringify(value) : inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY });
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

const told = ({ path, value, remedy }: Fault): string => `- ${path}: ${shown(value)}: ${remedy}`;

/**
 * Reads the landing zone's one configuration.
 * @throws CheckvalveError `INVALID_CONFIG` whose message lists every fault, each with its place, its value and a remedy
 */
export function readConfig(raw: unknown): CheckvalveConfig {
  const parsed = CONFIG.safeParse(raw);
  const faults = [...(parsed.error?.issues ?? []).flatMap((issue) => faultsOf(raw, issue)), ...crossFaults(raw)];
  if (parsed.success && faults.length === 0) return parsed.data;
  throw new CheckvalveError(
    'INVALID_CONFIG',
    `The configuration has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n${faults.map(told).join('\n')}`,
    'Correct src/checkvalve.config.ts, or the file that was given; every field is explained in src/config/checkvalve-config.ts.',
  );
}
