/**
 * Condition blocks: several operators, keys and values, missing keys, set operators, IfExists, Null.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
import { readBoolean } from './comparable-values';
import { type Faults, unsupported } from './faults';
import { isObject, valuesIn } from './json';
import { OPERATORS, type ValueMatcher } from './operators';
import { faultOfVariables, type VariableSource } from './pattern';
import { type ConditionElement, listOf } from './policy';

/** The context of a request: values by lower-case key. A key without values counts as absent. */
export interface ContextValues extends VariableSource {
  valuesOf(key: string): readonly string[];
}

/** Whether one line of a condition, an operator on a key, holds for a request. */
export type ConditionCheck = (context: ContextValues) => boolean;

type SetOperator = 'ForAllValues' | 'ForAnyValue' | null;

interface OperatorName {
  readonly set: SetOperator;
  readonly base: string;
  readonly ifExists: boolean;
}

function readOperatorName(name: string): OperatorName | null {
  const found = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(name);
  if (found === null) return null;
  const [, set, base = '', ifExists] = found;
  if (base === 'Null' ? set !== undefined || ifExists !== undefined : !OPERATORS.has(base)) return null;
  return { set: (set as SetOperator | undefined) ?? null, base, ifExists: ifExists !== undefined };
}

/** Adds every fault of a Condition element. */
export function findConditionFaults(element: unknown, variables: boolean, path: string, faults: Faults): void {
  if (!isObject(element)) {
    faults.add(path, element, 'write { operator: { key: value } }');
    return;
  }
  for (const [name, block] of Object.entries(element)) {
    const operator = readOperatorName(name);
    if (operator === null) {
      faults.add(`${path}.${name}`, name, remedyForOperator(name));
    } else if (!isObject(block) || Object.keys(block).length === 0) {
      faults.add(`${path}.${name}`, block, 'write { key: value }');
    } else {
      for (const [key, value] of Object.entries(block)) {
        findValueFaults(operator, value, variables, `${path}.${name}.${key}`, faults);
      }
    }
  }
}

function remedyForOperator(name: string): string {
  if (name.includes('Null')) return 'Null takes neither IfExists nor a set operator';
  if (name.includes('Binary')) return 'BinaryEquals is not supported by this evaluator';
  return 'use an operator of the policy language, spelled as AWS documents it';
}

function findValueFaults(
  operator: OperatorName,
  value: unknown,
  variables: boolean,
  path: string,
  faults: Faults,
): void {
  const list = valuesIn(value);
  if (list.length === 0) faults.add(path, value, 'give at least one value');
  for (const each of list) {
    if (typeof each !== 'string' && typeof each !== 'number' && typeof each !== 'boolean') {
      faults.add(path, each, 'give strings, numbers or booleans');
      continue;
    }
    const fault =
      (variables ? faultOfVariables(String(each)) : null) ??
      (operator.base === 'Null'
        ? readBoolean(String(each)) === null
          ? 'give true or false'
          : null
        : (OPERATORS.get(operator.base)?.faultOf(String(each), variables) ?? null));
    if (fault !== null) faults.add(path, each, fault);
  }
}

/** Prepares a Condition element without faults. All checks must hold. */
export function prepareCondition(element: ConditionElement | undefined, variables: boolean): readonly ConditionCheck[] {
  const checks: ConditionCheck[] = [];
  for (const [name, block] of Object.entries(element ?? {})) {
    const operator = readOperatorName(name);
    if (operator === null) throw unsupported(`unknown condition operator ${name}`, remedyForOperator(name));
    for (const [key, value] of Object.entries(block)) {
      const policyValues = listOf(value).map(String);
      checks.push(
        operator.base === 'Null' ? nullCheck(key, policyValues) : valueCheck(operator, key, policyValues, variables),
      );
    }
  }
  return checks;
}

// Null checks whether the key is absent or empty. Its values are alternatives, like those of every operator.
function nullCheck(key: string, policyValues: readonly string[]): ConditionCheck {
  const wanted = policyValues.map(readBoolean);
  const lower = key.toLowerCase();
  return (context) => wanted.includes(isWithoutContent(context.valuesOf(lower)));
}

/** AWS calls a key whose values are empty strings a null data set. */
function isWithoutContent(values: readonly string[]): boolean {
  return values.every((value) => value === '');
}

function valueCheck(
  { set, base, ifExists }: OperatorName,
  key: string,
  policyValues: readonly string[],
  variables: boolean,
): ConditionCheck {
  const operator = OPERATORS.get(base);
  if (operator === undefined) throw unsupported(`unknown condition operator ${base}`, remedyForOperator(base));
  const { negated } = operator;
  const matchers: readonly ValueMatcher[] = policyValues.map((each) => operator.prepare(each, variables));
  // Several policy values are alternatives. Under a negated operator none of them may match.
  const holds = (value: string, source: VariableSource): boolean =>
    matchers.some((match) => match(value, source)) !== negated;
  const lower = key.toLowerCase();
  return (context) => {
    const given = context.valuesOf(lower);
    if (set === 'ForAllValues') return isWithoutContent(given) || given.every((value) => holds(value, context));
    if (given.length === 0) return ifExists || (set === null && negated);
    if (set === 'ForAnyValue') return !isWithoutContent(given) && given.some((value) => holds(value, context));
    if (given.length > 1) throw severalValues(key, base);
    return holds(given[0] ?? '', context);
  };
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
// says that a key with several values needs a set operator. It does not say what happens without one.
function severalValues(key: string, base: string): Error {
  return unsupported(
    `the request has several values for ${key}, and the policy compares it with ${base} alone`,
    `Write ForAnyValue:${base} or ForAllValues:${base} in the policy, or give the key one value.`,
  );
}
