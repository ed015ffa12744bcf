/** Measures something: values by the name of their metric, counts unless the name ends in `Percent`. */
export type Measure = (values: Readonly<Record<string, number>>) => void;

/** Measures nothing: for simulations of a step. */
export const UNMEASURED: Measure = () => {};
