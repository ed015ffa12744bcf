/**
 * The condition operators: whether a request value matches a policy value. Negation, several values, missing keys and set
 * operators are the same for all of them; see `condition.ts`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import {
  type AddressRange,
  rangeHolds,
  readAddressRange,
  readBoolean,
  readDecimal,
  readInstant,
} from './comparable-values';
import { unsupported } from './faults';
import {
  expand,
  hasVariables,
  hasWildcards,
  matches,
  type PreparedText,
  prepareText,
  type VariableSource,
} from './pattern';

/** Whether one value of the request matches. `source` holds the values of variables. */
export type ValueMatcher = (value: string, source: VariableSource) => boolean;

/** One operator of the language, without set operator and IfExists. */
export interface Operator {
  readonly negated: boolean;
  /** The reason why a policy value cannot be used with this operator, or null. */
  readonly faultOf: (policyValue: string, variables: boolean) => string | null;
  /** Prepares one policy value without faults. */
  readonly prepare: (policyValue: string, variables: boolean) => ValueMatcher;
}

type Positive = Omit<Operator, 'negated'>;

const anyText = (): null => null;

function onTemplate(wildcards: boolean, test: (wanted: string, value: string) => boolean): Positive['prepare'] {
  return (policyValue, variables) => {
    const template: PreparedText = prepareText(policyValue, wildcards, variables);
    if ('fixed' in template) return (value) => test(template.fixed, value);
    return (value, source) => {
      const wanted = expand(template, source);
      return wanted !== null && test(wanted, value);
    };
  };
}

const equals: Positive = { faultOf: anyText, prepare: onTemplate(false, (wanted, value) => wanted === value) };

const equalsIgnoringCase: Positive = {
  faultOf: anyText,
  prepare: onTemplate(false, (wanted, value) => wanted.toLowerCase() === value.toLowerCase()),
};

const like: Positive = {
  faultOf: anyText,
  prepare: onTemplate(true, (wanted, value) => (hasWildcards(wanted) ? matches(wanted, value) : wanted === value)),
};

/** The six components of an ARN; the last keeps its colons. Null when there are fewer. */
function componentsOf(arn: string): readonly string[] | null {
  const parts = arn.split(':');
  return parts.length < 6 ? null : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

// ArnEquals and ArnLike are the same: they compare by component, with wildcards in each. A text of fewer components never matches.
const arn: Positive = {
  faultOf: (policyValue, variables) =>
    policyValue.startsWith('arn:') || (variables && hasVariables(policyValue))
      ? null
      : 'give an ARN of six components, wildcards allowed in each',
  prepare: onTemplate(true, (wanted, value) => {
    const pattern = componentsOf(wanted);
    const given = componentsOf(value);
    if (pattern === null || given === null) return false;
    return pattern.every((component, i) => matches(component, given[i] ?? ''));
  }),
};

function ofKind<T>(kind: string, read: (text: string) => T | null, test: (value: T, wanted: T) => boolean): Positive {
  return {
    faultOf: (policyValue) => (read(policyValue) === null ? `give ${kind} (no variables, no wildcards)` : null),
    prepare: (policyValue) => {
      const wanted = read(policyValue) as T;
      return (value) => test(readOrRefuse(value, kind, read), wanted);
    },
  };
}

function readOrRefuse<T>(text: string, kind: string, read: (text: string) => T | null): T {
  const value = read(text);
  if (value !== null) return value;
  throw unsupported(
    `a context value ${JSON.stringify(text)} is compared as ${kind}, and it is none`,
    `Give the context key ${kind}, or use a string operator in the policy.`,
  );
}

const number = (test: (value: number, wanted: number) => boolean): Positive =>
  ofKind('a number of at most 15 digits', readDecimal, test);
const date = (test: (value: number, wanted: number) => boolean): Positive =>
  ofKind('a date (ISO 8601 or seconds since 1970)', readInstant, test);

const readAddress = (text: string): AddressRange | null => (text.includes('/') ? null : readAddressRange(text));

const ipAddress: Positive = {
  faultOf: ofKind('an IP address or CIDR range', readAddressRange, rangeHolds).faultOf,
  prepare: (policyValue) => {
    const range = readAddressRange(policyValue) as AddressRange;
    return (value) => rangeHolds(range, readOrRefuse(value, 'an IP address', readAddress));
  },
};

// The page on operators allows variables with Bool.
const bool: Positive = {
  faultOf: (policyValue, variables) =>
    readBoolean(policyValue) !== null || (variables && hasVariables(policyValue)) ? null : 'give true or false',
  prepare: onTemplate(
    false,
    (wanted, value) =>
      readOrRefuse(value, 'true or false', readBoolean) === readOrRefuse(wanted, 'true or false', readBoolean),
  ),
};

const is = (positive: Positive): Operator => ({ ...positive, negated: false });
const isNot = (positive: Positive): Operator => ({ ...positive, negated: true });

/** Every operator that this evaluator supports, by name, except `Null`, which checks the key and not its values. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['StringEquals', is(equals)],
  ['StringNotEquals', isNot(equals)],
  ['StringEqualsIgnoreCase', is(equalsIgnoringCase)],
  ['StringNotEqualsIgnoreCase', isNot(equalsIgnoringCase)],
  ['StringLike', is(like)],
  ['StringNotLike', isNot(like)],
  ['ArnEquals', is(arn)],
  ['ArnLike', is(arn)],
  ['ArnNotEquals', isNot(arn)],
  ['ArnNotLike', isNot(arn)],
  ['Bool', is(bool)],
  ['NumericEquals', is(number((value, wanted) => value === wanted))],
  ['NumericNotEquals', isNot(number((value, wanted) => value === wanted))],
  ['NumericLessThan', is(number((value, wanted) => value < wanted))],
  ['NumericLessThanEquals', is(number((value, wanted) => value <= wanted))],
  ['NumericGreaterThan', is(number((value, wanted) => value > wanted))],
  ['NumericGreaterThanEquals', is(number((value, wanted) => value >= wanted))],
  ['DateEquals', is(date((value, wanted) => value === wanted))],
  ['DateNotEquals', isNot(date((value, wanted) => value === wanted))],
  ['DateLessThan', is(date((value, wanted) => value < wanted))],
  ['DateLessThanEquals', is(date((value, wanted) => value <= wanted))],
  ['DateGreaterThan', is(date((value, wanted) => value > wanted))],
  ['DateGreaterThanEquals', is(date((value, wanted) => value >= wanted))],
  ['IpAddress', is(ipAddress)],
  ['NotIpAddress', isNot(ipAddress)],
]);
