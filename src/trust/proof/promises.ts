import { RULES } from '../rules/rules';

/** The ids of the promises of one-way trust. */
export type PromiseId = 'T1' | 'T2' | 'T3' | 'T4' | 'T5' | 'T6' | 'T7' | 'T8' | 'T9';

/** The sentence of a promise, from its rule at synthesis. */
export const promiseOf = (id: PromiseId): string => RULES.find((rule) => rule.id === id)?.promise ?? id;
