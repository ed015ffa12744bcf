/**
 * The Conditions section. A condition is open when it depends on an unknown value. Each unknown comparison is then assumed true
 * and false, the same in every place.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
 */
import { CheckvalveError } from '../../contract/errors';
import { isList, isObject, type Json, type JsonObject } from './template';

/** The truth of the unknown comparisons, by their text. */
export type Assumptions = ReadonlyMap<string, boolean>;

/** Resolves a value of a comparison to text; null when it is unknown. */
export type ComparedText = (value: Json) => string | null;

/** The conditions of one template. */
export class Conditions {
  constructor(
    private readonly declared: JsonObject,
    private readonly given: Readonly<Record<string, boolean>>,
    private readonly textOf: ComparedText,
  ) {}

  /** The truth of a condition under assumptions; null when an unknown comparison was not assumed. */
  truthOf(name: string, assumptions: Assumptions): boolean | null {
    return this.evaluateNamed(name, assumptions, []);
  }

  /** The unknown comparisons that conditions depend on. */
  unknownsOf(names: Iterable<string>): readonly string[] {
    const unknowns = new Set<string>();
    for (const name of names) this.evaluateNamed(name, new Map(), [], unknowns);
    return [...unknowns];
  }

  private evaluateNamed(
    name: string,
    assumptions: Assumptions,
    above: readonly string[],
    unknowns?: Set<string>,
  ): boolean | null {
    const given = this.given[name];
    if (given !== undefined) return given;
    const expression = this.declared[name];
    if (expression === undefined) throw broken(`uses the condition ${name}, which it does not declare`);
    if (above.includes(name)) throw broken(`has a condition that depends on itself: ${[...above, name].join(' -> ')}`);
    return this.evaluate(expression, assumptions, [...above, name], unknowns);
  }

  // Evaluates every operand, to find the unknown comparisons of all.
  private evaluate(
    expression: Json,
    assumptions: Assumptions,
    above: readonly string[],
    unknowns?: Set<string>,
  ): boolean | null {
    const [name, argument] = onlyEntry(expression);
    if (name === 'Condition' && typeof argument === 'string')
      return this.evaluateNamed(argument, assumptions, above, unknowns);
    if (!isList(argument))
      throw broken(`has a condition in a form that is not supported: ${JSON.stringify(expression)}`);
    if (name === 'Fn::Equals') return this.compare(argument, assumptions, unknowns);
    const operands = argument.map((each) => this.evaluate(each, assumptions, above, unknowns));
    switch (name) {
      case 'Fn::Not': {
        const [operand = null] = operands;
        return operand === null ? null : !operand;
      }
      case 'Fn::And':
        return operands.includes(false) ? false : operands.includes(null) ? null : true;
      case 'Fn::Or':
        return operands.includes(true) ? true : operands.includes(null) ? null : false;
      default:
        throw broken(`has a condition with ${name}, which is not supported`);
    }
  }

  private compare(sides: readonly Json[], assumptions: Assumptions, unknowns?: Set<string>): boolean | null {
    const texts = sides.map((side) => this.textOf(side));
    if (!texts.includes(null)) return texts[0] === texts[1];
    const text = JSON.stringify([...sides].map((side) => JSON.stringify(side)).sort());
    unknowns?.add(text);
    return assumptions.get(text) ?? null;
  }
}

function onlyEntry(expression: Json): readonly [string, Json] {
  const [entry, ...more] = isObject(expression) ? Object.entries(expression) : [];
  if (entry === undefined || more.length > 0)
    throw broken(`has a condition that is not one function: ${JSON.stringify(expression)}`);
  return entry;
}

function broken(what: string): CheckvalveError {
  return new CheckvalveError(
    'UNRESOLVED_TEMPLATE',
    `The template ${what}`,
    'Synthesize it again, or correct it by hand.',
  );
}
