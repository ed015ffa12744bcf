import { unsupported } from '../../policy-evaluator/faults';
import { OPERATORS } from '../../policy-evaluator/operators';
import { hasVariables } from '../../policy-evaluator/pattern';
import type { ConditionElement } from '../../policy-evaluator/policy';
import { type ConditionLine, conditionLinesOf } from '../templates/condition-line';
import { exactly, type Language, like, likeArn } from './languages';

/**
 * The lines of conditions. Whether a line holds depends on its key alone.
 * @throws CheckvalveError `UNSUPPORTED_POLICY` for a policy variable: its line depends on two keys
 */
export function comparableLinesOf(conditions: readonly ConditionElement[]): readonly ConditionLine[] {
  const lines = conditions.flatMap(conditionLinesOf);
  for (const { key, values } of lines) {
    if (!values.some(hasVariables)) continue;
    throw unsupported(
      `a policy variable in a condition on ${key} makes the condition depend on another key`,
      'Write the value instead of the variable.',
    );
  }
  return lines;
}

/** How the values of a line are compared. */
export type Comparison = 'text' | 'number' | 'date' | 'address' | 'boolean' | 'presence';

/** The comparison of a line, by its operator. */
export function comparisonOf({ base, operator }: ConditionLine): Comparison {
  if (base === 'Null') return 'presence';
  if (!OPERATORS.has(base))
    throw unsupported(`unknown condition operator ${operator}`, 'Use an operator that AWS documents.');
  if (base === 'Bool') return 'boolean';
  if (base.startsWith('Numeric')) return 'number';
  if (base.startsWith('Date')) return 'date';
  return base.endsWith('IpAddress') ? 'address' : 'text';
}

/** The texts that the values of a line match. A negated operator matches the others, which is the same distinction. */
export function languageOf({ base, values }: ConditionLine): Language {
  if (/^Arn/.test(base)) return values.flatMap((value) => [likeArn(value) ?? []].filter((steps) => steps.length > 0));
  if (/Like$/.test(base)) return values.map((value) => like(value));
  return values.map((value) => exactly(value, base.endsWith('IgnoreCase')));
}
