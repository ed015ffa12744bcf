import { isRecord } from '../../contract/records';
import {
  type ConditionElement,
  type ConditionLiteral,
  listOf,
  type OneOrMany,
  type PrincipalElement,
} from '../../policy-evaluator/policy';
import { type ConditionLine, conditionLinesOf } from './condition-line';
import type { TemplatePolicy, TemplatePolicyKind } from './template-policy';

/** A principal that a statement names: its kind (`AWS`, `Service`, …) and its name. `*` is every principal. */
export interface NamedPrincipal {
  readonly kind: string;
  readonly name: string;
}

/** A statement of a template's policy, with every element as a list. */
export interface Statement {
  /** Logical id of the resource that holds it. */
  readonly at: string;
  readonly kind: TemplatePolicyKind;
  /** ARN of the role or resource that the policy belongs to. */
  readonly owner: string;
  readonly effect: 'Allow' | 'Deny';
  readonly principals: readonly NamedPrincipal[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: readonly ConditionLine[];
  /** The number of the template's variant that holds it. */
  readonly variant?: number;
}

/** The statements of a policy, and its faults: what could not be read. A rule reports a fault as a finding. */
export interface ReadPolicy {
  readonly statements: readonly Statement[];
  readonly faults: readonly string[];
}

const DOCUMENT_KEYS = ['Version', 'Id', 'Statement'];
const STATEMENT_KEYS = ['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition'];

const listed = (value: unknown): readonly unknown[] => (value === undefined ? [] : listOf(value as OneOrMany<unknown>));
const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
const unreadable = (element: string, value: unknown): string =>
  `${element} in a policy cannot be judged: ${shown(value)}`;

/** The principals of a Principal element. */
export const namedPrincipalsOf = (element: PrincipalElement): readonly NamedPrincipal[] =>
  element === '*'
    ? [{ kind: 'AWS', name: '*' }]
    : Object.entries(element).flatMap(([kind, names]) => listOf(names).map((name) => ({ kind, name })));

/**
 * Reads a policy as structure. An element outside the plain grammar is a fault: `NotAction` does not name what it means.
 */
export function readPolicy({ kind, ownerArn, document, where }: TemplatePolicy): ReadPolicy {
  const raw: unknown = document;
  if (!isRecord(raw)) return { statements: [], faults: ['a policy is not a document'] };
  const faults = unknownKeys(raw, DOCUMENT_KEYS);
  const statements: Statement[] = [];
  const at = where.split('.')[0] ?? where;
  for (const one of listed(raw.Statement)) {
    const read = readStatement(one, kind);
    for (const fault of read.faults) faults.push(fault);
    if (read.statement) statements.push({ at, kind, owner: ownerArn, ...read.statement });
  }
  return { statements, faults };
}

const unknownKeys = (record: object, known: readonly string[]): string[] =>
  Object.keys(record)
    .filter((key) => !known.includes(key))
    .map((key) => `${key} in a policy cannot be judged`);

type Elements = Omit<Statement, 'at' | 'kind' | 'owner'>;

function readStatement(raw: unknown, kind: TemplatePolicyKind): { statement?: Elements; faults: readonly string[] } {
  if (!isRecord(raw)) return { faults: [`a statement is not an object: ${shown(raw)}`] };
  const faults = unknownKeys(raw, STATEMENT_KEYS);
  const { Effect: effect, Principal, Action, Resource, Condition = {} } = raw;
  const principals = readPrincipals(Principal, kind, faults);
  if (effect !== 'Allow' && effect !== 'Deny') return { faults: [...faults, unreadable('Effect', effect)] };
  const statement: Elements = {
    effect,
    principals,
    actions: readTexts('Action', Action, faults),
    resources: kind === 'trust' && Resource === undefined ? [] : readTexts('Resource', Resource, faults),
    conditions: readConditions(Condition, faults),
  };
  return { statement, faults };
}

function readTexts(name: string, value: unknown, faults: string[]): readonly string[] {
  const all = listed(value);
  const found = all.filter((one): one is string => typeof one === 'string');
  if (all.length === 0 || found.length < all.length) faults.push(unreadable(name, value));
  return found;
}

function readPrincipals(raw: unknown, kind: TemplatePolicyKind, faults: string[]): readonly NamedPrincipal[] {
  // An identity policy belongs to its principal and names none.
  if (kind === 'identity' || kind === 'boundary') {
    for (const one of listed(raw)) faults.push(unreadable('Principal', one));
    return [];
  }
  if (raw === '*') return namedPrincipalsOf(raw);
  if (!isRecord(raw) || Object.keys(raw).length === 0) {
    faults.push(unreadable('Principal', raw));
    return [];
  }
  const names = Object.entries(raw).map(([of, value]) => [of, readTexts('Principal', value, faults)]);
  return namedPrincipalsOf(Object.fromEntries(names));
}

function readConditions(raw: unknown, faults: string[]): readonly ConditionLine[] {
  if (!isRecord(raw)) {
    faults.push(unreadable('Condition', raw));
    return [];
  }
  return conditionLinesOf(
    Object.fromEntries(Object.entries(raw).map(([operator, block]) => [operator, readBlock(operator, block, faults)])),
  );
}

function readBlock(operator: string, block: unknown, faults: string[]): ConditionElement[string] {
  if (!isRecord(block)) faults.push(unreadable('Condition', { [operator]: block }));
  const lines = Object.entries(isRecord(block) ? block : {}).map(([key, values]) => {
    const all = listed(values);
    const literals = all.filter((one): one is ConditionLiteral => ['string', 'number', 'boolean'].includes(typeof one));
    if (literals.length !== all.length || literals.length === 0)
      faults.push(unreadable('Condition', { [key]: values }));
    return [key, literals] as const;
  });
  return Object.fromEntries(lines);
}

/** The lines of a key under one of these operators. `…IfExists` and `ForAllValues:…` also match requests without the key. */
export const linesOn = (
  { conditions }: Statement,
  key: string,
  operators: readonly string[],
): readonly ConditionLine[] =>
  conditions.filter((line) => line.key === key.toLowerCase() && operators.includes(line.operator));

/** All values of a key under one of these operators. Any one of them can match a request. */
export const valuesOf = (statement: Statement, key: string, operators: readonly string[]): readonly string[] =>
  linesOn(statement, key, operators).flatMap(({ values }) => values);
