import { RULES } from '../rules/rules';

/** The promises of one-way trust by their numbers. */
export type PromiseId = 'T1' | 'T2' | 'T3' | 'T4' | 'T5' | 'T6' | 'T7' | 'T8' | 'T9';

/** What one promises, in the sentence of the rule that holds it at synthesis. */
export const promiseOf = (id: PromiseId): string => RULES.find((rule) => rule.id === id)?.promise ?? id;
