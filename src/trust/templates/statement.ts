import type { TemplatePolicy, TemplatePolicyKind } from './template-policy';

/** A principal that a statement names: its kind (`AWS`, `Service`, …) and who. `*` is everybody. */
export interface NamedPrincipal {
  readonly kind: string;
  readonly who: string;
}

/** One test of a condition. The key is in lower case, as IAM reads it. */
export interface ConditionTest {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** A statement of a template's policy, with everything as a list. */
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
  readonly conditions: readonly ConditionTest[];
  /** Which of the ways that the template can come out the statement is of. */
  readonly variant?: number;
}

/** The statements of a policy, and what in it could not be read: whoever judges takes that for guilty. */
export interface ReadPolicy {
  readonly statements: readonly Statement[];
  readonly faults: readonly string[];
}

const DOCUMENT_KEYS = ['Version', 'Id', 'Statement'];
const STATEMENT_KEYS = ['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition'];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listed = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

/** Reads a policy as structure. Anything but the plain grammar is a fault: `NotAction` says what it does not mean. */
export function readPolicy({ kind, ownerArn, document, where }: TemplatePolicy): ReadPolicy {
  const raw: unknown = document;
  if (!isRecord(raw)) return { statements: [], faults: ['a policy that is no document'] };
  const faults = strangers(raw, DOCUMENT_KEYS);
  const statements: Statement[] = [];
  const at = where.split('.')[0] ?? where;
  for (const one of listed(raw.Statement)) {
    const read = readStatement(one, kind);
    for (const one of read.faults) faults.push(one);
    if (read.statement) statements.push({ at, kind, owner: ownerArn, ...read.statement });
  }
  return { statements, faults };
}

const strangers = (record: object, known: readonly string[]): string[] =>
  Object.keys(record)
    .filter((key) => !known.includes(key))
    .map((key) => `${key} in a policy cannot be judged`);

type Said = Omit<Statement, 'at' | 'kind' | 'owner'>;

function readStatement(raw: unknown, kind: TemplatePolicyKind): { statement?: Said; faults: readonly string[] } {
  if (!isRecord(raw)) return { faults: [`a statement that is none: ${shown(raw)}`] };
  const faults = strangers(raw, STATEMENT_KEYS);
  const { Effect: effect, Principal, Action, Resource, Condition = {} } = raw;
  const texts = (name: string, value: unknown): readonly string[] => {
    const all = listed(value);
    if (all.length === 0 || all.some((one) => typeof one !== 'string'))
      faults.push(`${name} in a policy cannot be judged: ${shown(value)}`);
    return all.filter((one): one is string => typeof one === 'string');
  };
  const principals =
    kind === 'identity' || kind === 'boundary'
      ? listed(Principal).map(shown)
      : Principal === '*'
        ? [{ kind: 'AWS', who: '*' }]
        : isRecord(Principal) && Object.keys(Principal).length > 0
          ? Object.entries(Principal).flatMap(([of, who]) =>
              texts('Principal', who).map((one) => ({ kind: of, who: one })),
            )
          : [shown(Principal)];
  const unreadable = principals.filter((one): one is string => typeof one === 'string');
  for (const one of unreadable) faults.push(`Principal in a policy cannot be judged: ${one}`);
  if (effect !== 'Allow' && effect !== 'Deny') {
    return { faults: [...faults, `Effect in a policy cannot be judged: ${shown(effect)}`] };
  }
  const statement: Said = {
    effect,
    principals: principals.filter((one): one is NamedPrincipal => typeof one !== 'string'),
    actions: texts('Action', Action),
    resources: kind === 'trust' && Resource === undefined ? [] : texts('Resource', Resource),
    conditions: readConditions(Condition, faults),
  };
  return { statement, faults };
}

function readConditions(raw: unknown, faults: string[]): readonly ConditionTest[] {
  if (!isRecord(raw)) {
    faults.push(`Condition in a policy cannot be judged: ${shown(raw)}`);
    return [];
  }
  return Object.entries(raw).flatMap(([operator, keys]) => {
    if (!isRecord(keys)) faults.push(`Condition in a policy cannot be judged: ${shown({ [operator]: keys })}`);
    return Object.entries(isRecord(keys) ? keys : {}).map(([key, values]) => {
      const literals = listed(values).filter((one) => ['string', 'number', 'boolean'].includes(typeof one));
      if (literals.length !== listed(values).length || literals.length === 0)
        faults.push(`Condition in a policy cannot be judged: ${shown({ [key]: values })}`);
      return { operator, key: key.toLowerCase(), values: literals.map(String) };
    });
  });
}

/** The tests of a key under one of these operators; `…IfExists` and `ForAllValues:…` pass what lacks the key. */
export const testsOf = (
  { conditions }: Statement,
  key: string,
  operators: readonly string[],
): readonly ConditionTest[] =>
  conditions.filter((test) => test.key === key.toLowerCase() && operators.includes(test.operator));

/** All values of a key under one of these operators: each of them counts, since any lets a request pass. */
export const valuesOf = (statement: Statement, key: string, operators: readonly string[]): readonly string[] =>
  testsOf(statement, key, operators).flatMap(({ values }) => values);
