import * as fc from 'fast-check';

/** Checks a property that is not asynchronous. `fc.assert` has one name for both kinds, and its promise must be awaited. */
export const holds = <Ts>(property: fc.IProperty<Ts>, parameters?: fc.Parameters<Ts>): void =>
  fc.assert(property, parameters);
