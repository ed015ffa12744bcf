import { unsupported } from '../../policy-evaluator/faults';
import { OPERATORS } from '../../policy-evaluator/operators';
import { hasVariables } from '../../policy-evaluator/pattern';
import { type ConditionElement, listOf } from '../../policy-evaluator/policy';
import { exactly, type Language, like, likeArn } from './languages';

/** One line of a condition: an operator on one key. Its truth depends on that key alone. */
export interface Atom {
  /** In lower case: keys are not case-sensitive. */
  readonly key: string;
  readonly set: 'ForAllValues' | 'ForAnyValue' | null;
  /** The operator without set operator and `IfExists`; `Null` is one. */
  readonly base: string;
  readonly values: readonly string[];
}

/**
 * The lines of conditions.
 * @throws CheckvalveError `UNSUPPORTED_POLICY` for a policy variable: its line depends on more than one key
 */
export function atomsOf(conditions: readonly ConditionElement[]): readonly Atom[] {
  return conditions.flatMap((condition) =>
    Object.entries(condition).flatMap(([name, block]) => {
      const [, set, base = ''] = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(?:IfExists)?$/.exec(name) ?? [];
      return Object.entries(block).map(([key, value]) => {
        const values = listOf(value).map(String);
        if (values.some(hasVariables)) {
          throw unsupported(
            `a policy variable in a condition on ${key} makes it depend on another key`,
            'Write the value itself: nothing here needs a variable.',
          );
        }
        return { key: key.toLowerCase(), set: (set as Atom['set'] | undefined) ?? null, base, values };
      });
    }),
  );
}

/** How the values of a line are compared. */
export type Comparison = 'text' | 'number' | 'date' | 'address' | 'boolean' | 'presence';

/** How a line compares, by its operator. */
export function comparisonOf({ base }: Atom): Comparison {
  if (base === 'Null') return 'presence';
  if (!OPERATORS.has(base))
    throw unsupported(`unknown condition operator ${base}`, 'Use an operator that AWS documents.');
  if (base === 'Bool') return 'boolean';
  if (base.startsWith('Numeric')) return 'number';
  if (base.startsWith('Date')) return 'date';
  return base.endsWith('IpAddress') ? 'address' : 'text';
}

/** The texts that the values of a line mean. A negated operator means the others, which is the same distinction. */
export function languageOf({ base, values }: Atom): Language {
  if (/^Arn/.test(base)) return values.flatMap((value) => [likeArn(value) ?? []].filter((steps) => steps.length > 0));
  if (/Like$/.test(base)) return values.map((value) => like(value));
  return values.map((value) => exactly(value, base.endsWith('IgnoreCase')));
}
