import { type ConditionElement, listOf } from '../../policy-evaluator/policy';

/** One line of a condition: an operator on one key. The rules and the proof read conditions as such lines. */
export interface ConditionLine {
  /** As it is written: `ForAllValues:StringLikeIfExists`. */
  readonly operator: string;
  readonly set: 'ForAllValues' | 'ForAnyValue' | null;
  /** The operator without set operator and `IfExists`. `Null` is one. */
  readonly base: string;
  /** In lower case: context keys are not case-sensitive. */
  readonly key: string;
  readonly values: readonly string[];
}

/** The lines of a condition. All of them must hold. */
export const conditionLinesOf = (condition: ConditionElement): readonly ConditionLine[] =>
  Object.entries(condition).flatMap(([operator, block]) => {
    const [, set, base = ''] = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(?:IfExists)?$/.exec(operator) ?? [];
    return Object.entries(block).map(([key, value]) => ({
      operator,
      set: (set as ConditionLine['set'] | undefined) ?? null,
      base,
      key: key.toLowerCase(),
      values: listOf(value).map(String),
    }));
  });
